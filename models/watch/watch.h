// SPDX-License-Identifier: GPL-3.0-or-later
// Watches a connection from outside: follows its runs closely, sees where they go beyond the policy, says so and acts.
// What it sees is journaled before anything is done about it; it acts on nothing but what it looked at a moment ago.
#pragma once

#include "models/guard/policy.h"
#include "models/session/auditor.h"
#include "models/session/workspace.h"
#include "models/store/whendone.h"

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
    struct Open; // what is still to be done
    enum class Budgets { Read, Leave };

    Workspace &m_workspace;
    Auditor &m_auditor;
    const std::shared_ptr<const GuardPolicy> m_policy;
    std::function<bool()> m_stopped;
    std::unique_ptr<QLockFile> m_lock; // one watch a store: two would act on the same
    QTimer m_holdCheck;
    qint64 m_since = 0; // ms: runs from then on
    bool m_started = false, m_stopping = false, m_rested = false, m_isBlind = false, m_isHeld = false;
    int m_pending = 0; // questions and writes whose answer is still to come
    bool m_judging = false;
    QStringList m_fresh; // threads that were looked at, and not judged yet
    QSet<QString> m_unclear; // threads
    QHash<QString, qint64> m_cancelling; // run: since when it was seen so, ms
    QHash<qint64, GuardRow> m_acting; // what is being done, by operation
    QSet<qint64> m_planning; // keys of rows
    QHash<qint64, qint64> m_notBefore; // row that could not be done: when it is tried again, ms
    qint64 m_rounds = 0, m_requests = 0;
    QElapsedTimer m_budgetsRead;

    // whenDone(), and idle() waits for it.
    template <class T, class F> void then(const QFuture<T> &future, F answer);
    void begin(const FollowOptions &follow);
    void notBegin(const Error &error);
    void round(const FollowRound &round);
    void judge();
    void judged();
    void note(std::vector<GuardRow> rows, const QStringList &threads, Budgets budgets);
    void act(const QStringList &threads, Budgets budgets);
    void readBudgets(const QStringList &threads);
    void perform(const GuardRow &row);
    void carryOut(const GuardRow &row, const Result<Plan> &plan);
    void begun(GuardRow row, qint64 operation);
    void resume(const GuardRow &row);
    void ended(qint64 operation, const Done &done);
    void tryAgain(GuardRow row, const QString &why);
    void settle(GuardRow row, GuardState state, const QString &note);
    void checkHold();
    void rest();
    [[nodiscard]] bool mayAct();
    [[nodiscard]] bool isOwn(const GuardRow &row) const; // it is being seen to already

    static Result<Open> readOpen(Reader &reader, const QStringList &threads);
};

template <class T, class F> void Watch::then(const QFuture<T> &future, F answer)
{
    ++m_pending;
    whenDone(future, this, [this, answer = std::move(answer)](const T &result) mutable {
        answer(result);
        --m_pending;
        rest();
    });
}

} // namespace bobbin
