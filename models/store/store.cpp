// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store.h"

#include "models/store/schema.h"

#include <QDir>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QFuture<Result<std::shared_ptr<Store>>> Store::open(const QString &path, std::shared_ptr<const PriceTable> prices)
{
    auto writeWorker = std::make_unique<Worker>(u"store-write"_s);
    auto *worker = writeWorker.get();
    // The store is built where it is going to write; the last owner may be any thread.
    auto built = std::shared_ptr<Store>(new Store);
    built->m_writeWorker = std::move(writeWorker);
    built->m_path = path;
    return worker->run([built, prices]() -> Result<std::shared_ptr<Store>> {
        const QString &file = built->m_path;
        if (!QDir().mkpath(QFileInfo(file).absolutePath()))
            return fail(Error::Kind::Storage, u"the folder cannot be created"_s, QFileInfo(file).absolutePath());
        auto database = Database::open(file, Database::Mode::ReadWrite);
        if (!database)
            return fail(database.error());
        built->m_writeDatabase = std::move(*database);
        for (const auto &prepare : {tune, migrate})
            if (Done done = prepare(*built->m_writeDatabase); !done) {
                done.error().place = file;
                return fail(done.error());
            }
        built->m_writer = std::make_unique<Writer>(*built->m_writeDatabase);
        built->m_writer->setPrices(prices);
        Write settle{[](Writer &writer) { writer.settleDirty(); }, {}, {}};
        if (Done done = built->transact({&settle, 1}); !done)
            return fail(done.error());
        for (ReadLane *lane : {&built->m_quick, &built->m_scan}) {
            auto connection = Database::open(file, Database::Mode::ReadOnly);
            if (!connection)
                return fail(connection.error());
            lane->database = std::move(*connection);
            lane->reader = std::make_unique<Reader>(*lane->database);
            lane->reader->setPrices(prices);
            lane->worker = std::make_unique<Worker>(lane == &built->m_quick ? u"store-read"_s : u"store-scan"_s);
        }
        built->m_scanDatabase = built->m_scan.database.get();
        return built;
    });
}

Store::~Store()
{
    // Threads first: their tasks use the databases.
    m_quick.worker.reset();
    m_scan.worker.reset();
    m_writeWorker.reset();
}

QFuture<Done> Store::enqueue(std::function<void(Writer &)> change, Changes changes)
{
    Write write{std::move(change), changes, {}};
    write.promise.start();
    QFuture<Done> future = write.promise.future();
    bool first = false;
    {
        const QMutexLocker lock(&m_waitingLock);
        first = m_waiting.empty();
        m_waiting.push_back(std::move(write));
    }
    if (first)
        m_writeWorker->run([this] { return writeWaiting(), true; });
    return future;
}

void Store::writeWaiting()
{
    std::vector<Write> writes;
    {
        const QMutexLocker lock(&m_waitingLock);
        writes.swap(m_waiting);
    }
    const auto answer = [](Write &write, const Done &done) {
        write.promise.addResult(done);
        write.promise.finish();
    };
    const Done all = transact(writes);
    for (Write &write : writes) // what fails together may be the fault of one: each for itself then
        answer(write, all || writes.size() == 1 ? all : transact({&write, 1}));
}

Done Store::transact(std::span<Write> writes)
{
    Transaction transaction(*m_writeDatabase);
    Changes changes;
    for (Write &write : writes) {
        write.change(*m_writer);
        changes |= write.changes;
    }
    Done done = transaction.commit();
    if (!done)
        m_writer->forget();
    else if (changes)
        Q_EMIT changed(changes);
    return done;
}

QFuture<Done> Store::put(std::shared_ptr<const Objects> objects)
{
    Changes changes;
    changes.setFlag(Changed::Assistants, !objects->assistants.empty());
    changes.setFlag(Changed::Threads, !objects->threads.empty());
    changes.setFlag(Changed::Messages, !objects->messages.empty());
    changes.setFlag(Changed::Runs, !objects->runs.empty() || !objects->steps.empty());
    changes.setFlag(Changed::Files, !objects->files.empty());
    changes.setFlag(Changed::Stores, !objects->stores.empty() || !objects->storeFiles.empty());
    return write([objects = std::move(objects)](Writer &writer) { writer.write(*objects); }, changes);
}

QFuture<Done> Store::setPrices(std::shared_ptr<const PriceTable> prices)
{
    for (ReadLane *lane : {&m_quick, &m_scan})
        lane->worker->run([lane, prices] { return lane->reader->setPrices(prices), true; });
    return write(
        [prices = std::move(prices)](Writer &writer) {
            writer.setPrices(prices);
            writer.reprice();
        },
        Changed::Threads | Changed::Runs | Changed::Assistants);
}

} // namespace bobbin
