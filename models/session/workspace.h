// SPDX-License-Identifier: GPL-3.0-or-later
// One open connection as the programs see it: its store, its server, its sync, its operations. Network and decoding run
// on a thread of the workspace's own; every function may be called from the thread that made it, every answer comes
// back there.
#pragma once

#include "models/api/billedfetch.h"
#include "models/api/connectiontest.h"
#include "models/operations/operations.h"

#include <QThread>

namespace bobbin {

class Workspace : public QObject {
    Q_OBJECT
public:
    Workspace(Connection connection, std::optional<QByteArray> key, std::shared_ptr<Store> store,
              std::shared_ptr<const PriceTable> prices, QObject *parent = nullptr);
    ~Workspace() override; // cancels what runs and waits for it

    [[nodiscard]] const Connection &connection() const { return m_connection; }
    [[nodiscard]] Store &store() const { return *m_store; }
    [[nodiscard]] bool syncing() const { return m_syncing; }
    [[nodiscard]] Operations &operations() const;

    void sync(const SyncOptions &options = {});
    void cancel();
    void setKey(const QByteArray &key); // by the person: operations that asked for it go on
    void giveKey(const QByteArray &key); // to the requests that wait for it
    void goWithoutKey(); // none is to be had
    void failKey(const Error &why); // what waits for it ends with this
    void setTimeout(std::chrono::milliseconds timeout); // of one request
    // Active runs are followed until they end, and what was active lately is looked at for new ones: between syncs, and
    // through failures, until it is turned off. What is on goes on as it is.
    void setFollowing(bool on, const FollowOptions &options = {});
    [[nodiscard]] bool following() const { return m_followCancel != nullptr; }

    // Reads a thread anew, whole: after that the store has it as it was a moment ago.
    [[nodiscard]] QFuture<Done> refresh(const QString &thread);

    // One run and its steps; once it has ended, its thread besides.
    [[nodiscard]] QFuture<Result<RunLook>> lookAtRun(const QString &thread, const QString &run);

    // What the provider counted and billed, see models/api/billedfetch.h; `pageRead` is told how many there are by
    // now. Asked for again, what was under way is given up.
    [[nodiscard]] QFuture<Result<BilledAnswer>> fetchBilled(const QByteArray &adminKey, qint64 from, qint64 until,
                                                            std::function<void(int)> pageRead, const Cancel &cancel);

    // Tries a connection that need not be saved, see testConnection().
    static void test(const Connection &connection, const QByteArray &key, QObject *context,
                     std::function<void(const Result<ConnectionReport> &)> answer);

Q_SIGNALS:
    void keyWanted(bool fresh); // by a request, where there is none or the server refused the last one
    void progressed(const bobbin::SyncProgress &progress); // at most ten a second
    void syncFinished(const bobbin::Result<bobbin::SyncRow> &result);
    void failed(const QString &target, const bobbin::Error &error);
    void followed(const bobbin::FollowRound &round);
    void changed(const bobbin::Changes &changes); // gathered, at most five a second

private:
    struct Net; // lives on m_thread
    Connection m_connection;
    std::shared_ptr<Store> m_store;
    QThread m_thread;
    std::unique_ptr<Net> m_net;
    Cancel m_cancel;
    Cancel m_followCancel;
    Cancel m_refreshCancel;
    Cancel m_billedCancel; // of the last that was begun
    bool m_syncing = false;
    Changes m_pending;
    bool m_changePosted = false;

    void gather(const Changes &changes);
};

} // namespace bobbin
