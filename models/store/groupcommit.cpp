// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/groupcommit.h"

namespace bobbin {

QFuture<Done> GroupCommit::enqueue(Change change, When when)
{
    Write write{std::move(change), {}};
    write.promise.start();
    QFuture<Done> future = write.promise.future();
    bool full = false;
    {
        const QMutexLocker lock(&m_lock);
        m_waiting.push_back(std::move(write));
        full = m_waiting.size() >= mostLater;
    }
    if (when == When::Now || full)
        flush();
    return future;
}

void GroupCommit::flush()
{
    {
        const QMutexLocker lock(&m_lock);
        if (m_waiting.empty() || std::exchange(m_scheduled, true))
            return;
    }
    m_worker.run([this] { return writeWaiting(), true; });
}

Done GroupCommit::transactNow(Change change)
{
    Write write{std::move(change), {}};
    return transact({&write, 1});
}

void GroupCommit::writeWaiting()
{
    std::vector<Write> writes;
    {
        const QMutexLocker lock(&m_lock);
        writes.swap(m_waiting);
        m_scheduled = false;
    }
    const auto answer = [](Write &write, const Done &done) {
        write.promise.addResult(done);
        write.promise.finish();
    };
    const Done all = transact(writes);
    for (Write &write : writes)
        answer(write, all || writes.size() == 1 ? all : transact({&write, 1}));
}

Done GroupCommit::transact(std::span<Write> writes)
{
    Transaction transaction(m_database);
    for (Write &write : writes)
        write.change();
    Done done = transaction.commit();
    if (done)
        m_committed();
    else
        m_rolledBack();
    return done;
}

} // namespace bobbin
