// SPDX-License-Identifier: GPL-3.0-or-later
// Watches a connection from outside: follows its runs closely, sees where they go beyond the policy, says so and acts.
// What it sees is journaled before anything is done about it; it acts on nothing but what it looked at a moment ago.
#pragma once

#include "models/guard/policy.h"
#include "models/session/auditor.h"
#include "models/watch/guardacts.h"

namespace bobbin {

struct WatchOptions {
    std::chrono::milliseconds shortest{1'000}, longest{20'000}; // between two looks
};

class Watch : public QObject {
    Q_OBJECT
public:
    // `auditor`: for budgets; started by its owner. `stopped`: whether all guarding is stopped at this moment.
    Watch(Workspace &workspace, Auditor &auditor, GuardPolicy policy, std::function<bool()> stopped,
          QObject *parent = nullptr);
    ~Watch() override;

    void start(const WatchOptions &options = {});
    // No further looks; what it has begun goes on, and idle() follows once that is done and written down.
    void stop();
    // What was asked, by anybody: what is allowed is done by the watch that runs, or by the next. False: it is asked no
    // longer.
    static QFuture<Result<bool>> answer(Store &store, const GuardRow &asked, bool allowed);
    [[nodiscard]] GuardActs &acts() { return m_acts; } // for whoever guards the same connection otherwise
    [[nodiscard]] qint64 rounds() const { return m_rounds; }
    [[nodiscard]] qint64 requests() const { return m_requests; }

Q_SIGNALS:
    void watching(); // from now on
    void notBegun(const bobbin::Error &error); // Conflict: another program watches this connection
    void noted(const bobbin::GuardRow &row); // it is new, or its state changed
    void blind(const bobbin::Error &error); // it cannot see: nothing is done until sees()
    void sees();
    void unclear(const QString &thread,
                 const bobbin::Error &error); // could not be read, or not whole; once, until it can
    void held(bool stopped); // guarding was stopped, or goes on
    void failed(const bobbin::Error &error); // what it should know or keep cannot be read or written
    void idle();

private:
    enum class Budgets { Read, Leave };

    Workspace &m_workspace;
    Auditor &m_auditor;
    const std::shared_ptr<const GuardPolicy> m_policy;
    std::function<bool()> m_stopped;
    std::unique_ptr<QLockFile> m_lock; // one watch a store: two would act on the same
    QTimer m_holdCheck;
    qint64 m_since = 0; // ms: runs from then on
    bool m_started = false, m_stopping = false, m_rested = false, m_isBlind = false, m_isHeld = false;
    Pending m_pending;
    GuardActs m_acts;
    bool m_judging = false;
    QStringList m_fresh; // threads that were looked at, and not judged yet
    QSet<QString> m_unclear; // threads
    QHash<QString, qint64> m_cancelling; // run: since when it was seen so, ms
    qint64 m_rounds = 0, m_requests = 0;
    QElapsedTimer m_budgetsRead;

    void begin(const FollowOptions &follow);
    void notBegin(const Error &error);
    void round(const FollowRound &round);
    void judge();
    void judged();
    void note(std::vector<GuardRow> rows, const QStringList &threads, Budgets budgets);
    void readBudgets(const QStringList &threads);
    void checkHold();
    void rest();
    [[nodiscard]] bool mayAct();
};

} // namespace bobbin
