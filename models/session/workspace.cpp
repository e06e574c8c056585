// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/workspace.h"

#include "models/providers/registry.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

struct Workspace::Net {
    ApiClient client;
    SyncService sync;
    Operations operations;
    int tasks = 0;
    QElapsedTimer lastProgress;

    Net(const Connection &connection, const std::optional<QByteArray> &key, Store &store,
        std::shared_ptr<const PriceTable> prices)
        : client(connection, store.provider(), key), sync(client, store),
          operations(client, store, sync, std::move(prices))
    {
    }

    QCoro::Task<> runSync(SyncOptions options, Cancel cancel, Workspace *back)
    {
        ++tasks;
        Result<SyncRow> result = co_await sync.sync(std::move(options), cancel);
        --tasks;
        QMetaObject::invokeMethod(back, [back, result] {
            back->m_syncing = false;
            Q_EMIT back->syncFinished(result);
        });
    }

    QCoro::Task<> runFollow(FollowOptions options, Cancel cancel)
    {
        ++tasks;
        co_await sync.follow(options, cancel);
        --tasks;
    }

    QCoro::Task<> runRefresh(QString thread, Cancel cancel, std::shared_ptr<QPromise<Done>> promise)
    {
        ++tasks;
        promise->addResult(co_await sync.refresh(std::move(thread), std::move(cancel)));
        promise->finish();
        --tasks;
    }

    QCoro::Task<> runLookAtRun(QString thread, QString run, Cancel cancel,
                               std::shared_ptr<QPromise<Result<RunLook>>> promise)
    {
        ++tasks;
        promise->addResult(co_await sync.lookAtRun(std::move(thread), std::move(run), true, std::move(cancel)));
        promise->finish();
        --tasks;
    }

    QCoro::Task<> runFetchBilled(Connection connection, QByteArray adminKey, qint64 from, qint64 until,
                                 std::function<void()> pageRead, Cancel cancel,
                                 std::shared_ptr<QPromise<Result<BilledAnswer>>> promise)
    {
        ++tasks;
        promise->addResult(co_await bobbin::fetchBilled(std::move(connection), std::move(adminKey), from, until,
                                                        std::move(pageRead), cancel));
        promise->finish();
        --tasks;
    }
};

Workspace::Workspace(Connection connection, std::optional<QByteArray> key, std::shared_ptr<Store> store,
                     std::shared_ptr<const PriceTable> prices, QObject *parent)
    : QObject(parent), m_connection(std::move(connection)), m_store(std::move(store)),
      m_net(std::make_unique<Net>(m_connection, key, *m_store, std::move(prices))), m_refreshCancel(makeCancel())
{
    m_thread.setObjectName(u"network"_s);
    m_net->client.moveToThread(&m_thread);
    m_net->sync.moveToThread(&m_thread);
    m_net->operations.moveToThread(&m_thread);
    m_thread.start();
    connect(&m_net->sync, &SyncService::progressed, &m_net->sync, [this](const SyncProgress &progress) {
        QElapsedTimer &last = m_net->lastProgress;
        if (progress.stage != SyncProgress::Stage::Finished && last.isValid() && last.elapsed() < 100)
            return;
        last.start();
        QMetaObject::invokeMethod(this, [this, progress] { Q_EMIT progressed(progress); });
    });
    connect(&m_net->client, &ApiClient::keyWanted, this, &Workspace::keyWanted);
    connect(&m_net->sync, &SyncService::failed, this, &Workspace::failed);
    connect(&m_net->sync, &SyncService::followed, this, &Workspace::followed);
    connect(m_store.get(), &Store::changed, this, &Workspace::gather, Qt::QueuedConnection);
}

Workspace::~Workspace()
{
    cancel();
    setFollowing(false);
    m_refreshCancel->request();
    if (m_billedCancel)
        m_billedCancel->request();
    // A suspended coroutine whose reply dies never resumes: let all of them end first.
    QMetaObject::invokeMethod(&m_net->sync, [this] {
        m_net->operations.stop();
        auto *timer = new QTimer(&m_net->sync);
        QObject::connect(timer, &QTimer::timeout, timer, [this, timer] {
            if (m_net->tasks > 0 || m_net->operations.tasks() > 0 || m_net->client.inFlight() > 0)
                return;
            timer->stop();
            // deleteLater()s of replies come before the thread's end
            QTimer::singleShot(0, &m_net->sync, [this] {
                // QNetworkAccessManager must die on its thread; give both back to ours only when idle
                m_net->client.moveToThread(thread());
                m_net->sync.moveToThread(thread());
                m_net->operations.moveToThread(thread());
                m_thread.quit();
            });
        });
        timer->start(5);
    });
    m_thread.wait();
}

Operations &Workspace::operations() const
{
    return m_net->operations;
}

void Workspace::gather(const Changes &changes)
{
    m_pending.add(changes);
    if (m_changePosted)
        return;
    m_changePosted = true;
    QTimer::singleShot(200, this, [this] {
        m_changePosted = false;
        Q_EMIT changed(std::exchange(m_pending, {}));
    });
}

void Workspace::sync(const SyncOptions &options)
{
    if (m_syncing)
        return;
    m_syncing = true;
    m_cancel = makeCancel();
    QMetaObject::invokeMethod(&m_net->sync,
                              [this, options, cancel = m_cancel] { m_net->runSync(options, cancel, this); });
}

void Workspace::cancel()
{
    if (m_cancel)
        m_cancel->request();
}

void Workspace::setKey(const QByteArray &key)
{
    QMetaObject::invokeMethod(&m_net->sync, [this, key] {
        m_net->client.setKey(key);
        m_net->operations.resumeAll();
    });
}

void Workspace::giveKey(const QByteArray &key)
{
    QMetaObject::invokeMethod(&m_net->sync, [this, key] { m_net->client.setKey(key); });
}

void Workspace::failKey(const Error &why)
{
    QMetaObject::invokeMethod(&m_net->sync, [this, why] { m_net->client.failKey(why); });
}

void Workspace::goWithoutKey()
{
    QMetaObject::invokeMethod(&m_net->sync, [this] { m_net->client.goWithoutKey(); });
}

void Workspace::setTimeout(std::chrono::milliseconds timeout)
{
    QMetaObject::invokeMethod(&m_net->sync, [this, timeout] { m_net->client.setTimeout(timeout); });
}

void Workspace::setFollowing(bool on, const FollowOptions &options)
{
    if (on == following())
        return;
    if (!on) {
        std::exchange(m_followCancel, nullptr)->request();
        return;
    }
    m_followCancel = makeCancel();
    QMetaObject::invokeMethod(&m_net->sync,
                              [this, options, cancel = m_followCancel] { m_net->runFollow(options, cancel); });
}

QFuture<Done> Workspace::refresh(const QString &thread)
{
    auto promise = std::make_shared<QPromise<Done>>();
    promise->start();
    QMetaObject::invokeMethod(&m_net->sync, [this, thread, promise, cancel = m_refreshCancel] {
        m_net->runRefresh(thread, cancel, promise);
    });
    return promise->future();
}

QFuture<Result<RunLook>> Workspace::lookAtRun(const QString &thread, const QString &run)
{
    auto promise = std::make_shared<QPromise<Result<RunLook>>>();
    promise->start();
    QMetaObject::invokeMethod(&m_net->sync, [this, thread, run, promise, cancel = m_refreshCancel] {
        m_net->runLookAtRun(thread, run, cancel, promise);
    });
    return promise->future();
}

QFuture<Result<BilledAnswer>> Workspace::fetchBilled(const QByteArray &adminKey, qint64 from, qint64 until,
                                                     std::function<void(int)> pageRead, const Cancel &cancel)
{
    if (m_billedCancel)
        m_billedCancel->request();
    m_billedCancel = cancel;
    auto promise = std::make_shared<QPromise<Result<BilledAnswer>>>();
    promise->start();
    const auto told = [this, pageRead = std::move(pageRead), pages = 0]() mutable {
        ++pages;
        QMetaObject::invokeMethod(this, [pageRead, pages] { pageRead(pages); });
    };
    QMetaObject::invokeMethod(
        &m_net->sync, [=, this] { m_net->runFetchBilled(m_connection, adminKey, from, until, told, cancel, promise); });
    return promise->future();
}

void Workspace::test(const Connection &connection, const QByteArray &key, QObject *context,
                     std::function<void(const Result<ConnectionReport> &)> answer)
{
    QCoro::connect(testConnection(connection, key, 15s, makeCancel()), context, std::move(answer));
}

} // namespace bobbin
