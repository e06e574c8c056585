// SPDX-License-Identifier: GPL-3.0-or-later
// How operations are begun, taken up again and let go.
#include "models/operations/operations.h"

#include "models/core/clock.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct OperationsText {
    Q_DECLARE_TR_FUNCTIONS(Operations)
};

} // namespace

Result<Operations::Hold> Operations::hold()
{
    if (Hold held = m_hold.lock())
        return held;
    auto lock = std::make_shared<QLockFile>(Store::journalFile(m_store.path()) + u".lock"_s);
    lock->setStaleLockTime(0); // only a process that is gone makes it stale
    if (!lock->tryLock(0)) {
        qint64 pid = 0;
        QString host;
        QString name;
        lock->getLockInfo(&pid, &host, &name);
        return fail(Error::Kind::Conflict,
                    OperationsText::tr("Another Bobbin (%1, process %2) is carrying out an operation on this "
                                       "connection; wait for it to end.")
                        .arg(name)
                        .arg(pid));
    }
    m_hold = lock;
    return lock;
}

std::shared_ptr<Control> Operations::takeUp(qint64 operation)
{
    const QMutexLocker lock(&m_mutex);
    if (m_running.contains(operation))
        return nullptr;
    return *m_running.insert(operation, std::make_shared<Control>());
}

void Operations::letGo(qint64 operation)
{
    const QMutexLocker lock(&m_mutex);
    m_running.remove(operation);
}

QCoro::Task<> Operations::drive(qint64 operation, std::shared_ptr<Control> control, Hold hold)
{
    ++m_tasks;
    auto running = m_executor.run(operation, control);
    const Done done = co_await running;
    letGo(operation);
    hold.reset(); // before ended(): who hears of it may begin the next
    Q_EMIT ended(operation, done);
    --m_tasks;
}

QCoro::Task<Result<qint64>> Operations::begin(std::shared_ptr<const Plan> plan)
{
    if (plan->count() == 0)
        co_return fail(Error::Kind::Input, OperationsText::tr("There is nothing to do."));
    const Result<Hold> held = hold();
    if (!held)
        co_return fail(held.error());
    m_executor.hands().moment("before journal");
    auto adding = m_store.journal().add(plan, nowMs());
    const Result<qint64> key = co_await adding;
    m_executor.hands().moment("after journal");
    if (key)
        drive(*key, takeUp(*key), *held);
    co_return key;
}

// Taken up first and asked about after: a second click finds it running.
QCoro::Task<Done> Operations::again(qint64 operation, bool failedOnes)
{
    const std::shared_ptr<Control> control = takeUp(operation);
    if (!control)
        co_return fail(Error::Kind::Conflict, OperationsText::tr("It is running."));
    const Result<Hold> held = hold();
    Done ready = held ? Done() : fail(held.error());
    if (ready) {
        auto takingUp = m_store.journal().takeUp(operation, failedOnes);
        ready = co_await takingUp;
    }
    if (!ready)
        letGo(operation);
    else
        drive(operation, control, *held);
    co_return ready;
}

QCoro::Task<Result<std::vector<std::pair<qint64, QString>>>> Operations::findInterrupted()
{
    // What this program is at work on is not interrupted, nor what another is.
    const bool busy = !m_hold.expired();
    const Result<Hold> held = hold();
    if (busy || !held)
        co_return std::vector<std::pair<qint64, QString>>();
    auto marking = m_store.journal().markInterrupted();
    const Done marked = co_await marking;
    if (!marked)
        co_return fail(marked.error());
    const auto query = [](Reader &reader) { return reader.operationsIn(OperationState::Interrupted); };
    auto reading = m_store.read(query);
    co_return co_await reading;
}

} // namespace bobbin
