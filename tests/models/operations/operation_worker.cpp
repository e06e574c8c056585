// SPDX-License-Identifier: GPL-3.0-or-later
// A process that plans and carries out operations, and can be told to die at any moment of it.
// usage: operation_worker STORE BASE_URL WHAT [KILL_AT]
// WHAT: sync, rotate, rotate-delete, cleanup, consolidate, merge, cancel, undo, finish, take-back
// Prints "moments N" at its end. Exit codes: 0 done, 1 not all of it done, 3 broken.
#include "models/session/workspace.h"
#include "tests/support/provider.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFutureWatcher>
#include <QTimer>
#include <csignal>
#include <cstdio>
#include <cstdlib>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

[[noreturn]] void die()
{
#ifdef Q_OS_UNIX
    std::raise(SIGKILL);
#endif
    std::_Exit(9);
}

template <class T> T wait(QFuture<T> future)
{
    QEventLoop loop;
    QFutureWatcher<T> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    watcher.setFuture(future);
    if (!future.isFinished())
        loop.exec();
    return future.result();
}

template <class T> T orEnd(Result<T> result)
{
    if (result)
        return *std::move(result);
    std::fprintf(stderr, "%s\n", qPrintable(errorText(result.error()).line()));
    std::exit(3);
}

class Hand : public QObject {
public:
    Hand(std::shared_ptr<Store> store, const QString &url) : m_store(std::move(store))
    {
        Connection connection;
        connection.id = u"c"_s;
        connection.baseUrl = url;
        connection.provider = defaultProviderId();
        m_workspace = std::make_unique<Workspace>(connection, "key", m_store,
                                                  std::make_shared<const PriceTable>(PriceTable::shipped()));
        m_workspace->setTimeout(std::chrono::milliseconds(500));
        ExecutorTimes times;
        times.firstPoll = std::chrono::milliseconds(20);
        times.longestPoll = std::chrono::milliseconds(100);
        times.firstRetry = std::chrono::milliseconds(5);
        times.longestRetry = std::chrono::milliseconds(20);
        operations().executor().hands().times = times;
        operations().executor().setLanes(1);
        // A refused key, a redirect: the person looks, and says go on.
        connect(&operations(), &Operations::progressed, this, [this](const OperationProgress &p) {
            if (p.state == OperationProgress::State::Asking)
                QTimer::singleShot(5, this, [this, key = p.operation] { operations().resume(key); });
        });
    }
    Operations &operations() { return m_workspace->operations(); }
    void dieAt(int moment)
    {
        operations().executor().hands().onMoment = [this, moment](const char *) {
            if (++m_moments == moment)
                die();
        };
    }
    [[nodiscard]] int moments() const { return m_moments; }

    bool sync()
    {
        QEventLoop loop;
        bool ok = false;
        connect(m_workspace.get(), &Workspace::syncFinished, &loop, [&](const Result<SyncRow> &result) {
            ok = result && result->failures == 0;
            loop.quit();
        });
        m_workspace->sync();
        loop.exec();
        return ok;
    }
    bool start(const Plan &plan)
    {
        return untilEnd([&] { return orEnd(wait(operations().start(std::make_shared<const Plan>(plan)))); });
    }
    // To the end, with what failed tried again: faults of the tests pass.
    bool finish(qint64 key)
    {
        bool done = untilEnd([&] {
            if (const Done begun = wait(operations().finish(key)); !begun)
                std::exit(3);
            return key;
        });
        for (int i = 0; i < 3 && !done; ++i)
            done = untilEnd([&] {
                std::ignore = wait(operations().retryFailed(key));
                return key;
            });
        return done;
    }
    std::vector<std::pair<qint64, QString>> interrupted() { return orEnd(wait(operations().interrupted())); }
    qint64 lastOperation()
    {
        return orEnd(wait(m_store->read([](Reader &r) -> Result<qint64> {
            RowQuery q;
            q.sort = "created";
            const auto keys = r.keys(RowKind::Operations, q, 1);
            return keys && !keys->keys.empty() ? keys->keys.front() : 0;
        })));
    }
    QStringList threads()
    {
        return orEnd(wait(m_store->read([](Reader &r) -> Result<QStringList> {
            RowQuery q;
            q.sort = "created";
            q.descending = false;
            QStringList ids;
            const auto keys = r.keys(RowKind::Threads, q);
            const auto rows = r.rows<ThreadRow>(keys->keys);
            for (const ThreadRow &row : *rows)
                ids << row.id;
            return ids;
        })));
    }

private:
    std::shared_ptr<Store> m_store;
    std::unique_ptr<Workspace> m_workspace;
    std::atomic_int m_moments = 0;

    template <class F> bool untilEnd(F begin)
    {
        QEventLoop loop;
        bool came = false;
        const auto connection = connect(&operations(), &Operations::ended, this, [&] {
            came = true;
            loop.quit();
        });
        const qint64 key = begin();
        if (!came)
            loop.exec();
        disconnect(connection);
        const auto rows = orEnd(wait(m_store->read([key](Reader &r) { return r.rows<OperationRow>({key}); })));
        return rows.front().failed == 0 && rows.front().done + rows.front().skipped == rows.front().targets;
    }
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 4)
        return 2;
    const auto prices = std::make_shared<const PriceTable>(PriceTable::shipped());
    bool done = true;
    int moments = 0;
    {
        Hand hand(orEnd(wait(Store::open(arguments[1], &test::assistants(), prices))), arguments[2]);
        const QString what = arguments[3];
        if (arguments.size() > 4)
            hand.dieAt(arguments[4].toInt());
        if (what == "sync"_L1) {
            done = hand.sync();
        } else if (what == "rotate"_L1 || what == "rotate-delete"_L1) {
            RotateOptions options;
            options.deleteOld = what == "rotate-delete"_L1;
            options.lastMessages = options.deleteOld ? 34 : 3;
            const QStringList ids = hand.threads().mid(0, 2);
            done = hand.start(planRotation(orEnd(wait(hand.operations().draftRotations(ids, options))), options));
        } else if (what == "cleanup"_L1) {
            CleanupRule rule;
            rule.idleDays = 1;
            rule.storage = true;
            done = hand.start(orEnd(wait(hand.operations().planCleanup(rule))).plan);
        } else if (what == "consolidate"_L1 || what == "merge"_L1) {
            ConsolidateOptions options;
            options.intoNew = what == "merge"_L1;
            options.contained = options.overlapping = true;
            done = hand.start(orEnd(wait(hand.operations().planConsolidation(options))).plan);
        } else if (what == "cancel"_L1) {
            done = hand.start(orEnd(wait(hand.operations().planCancelRuns({}))));
        } else if (what == "undo"_L1) {
            done = hand.start(orEnd(wait(hand.operations().planUndo(hand.lastOperation()))));
        } else if (what == "finish"_L1) {
            std::ignore = hand.interrupted();
            if (const qint64 last = hand.lastOperation())
                done = hand.finish(last);
        } else if (what == "take-back"_L1) {
            std::ignore = hand.interrupted();
            const qint64 last = hand.lastOperation();
            if (last == 0)
                done = true;
            else if (const auto plan = wait(hand.operations().planUndo(last)))
                done = hand.start(*plan);
            else if (plan.error().kind != Error::Kind::Input) // else there was nothing to take back yet
                done = false;
        }
        moments = hand.moments();
    }
    Worker::joinAll();
    std::printf("moments %d\n", moments);
    return done ? 0 : 1;
}
