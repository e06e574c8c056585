// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard does about what it has seen and written down: begins operations, goes on with those of an earlier
// start, and writes down what came of them.
#pragma once

#include "models/guard/policy.h"
#include "models/session/workspace.h"
#include "models/watch/pending.h"

namespace bobbin {

// What the policy lets happen in an hour; more is asked about.
Journal::ActLimit actLimit(const GuardPolicy &policy, qint64 now);

class GuardActs : public QObject {
    Q_OBJECT
public:
    // `mayAct`: asked before anything is begun.
    GuardActs(Workspace &workspace, std::function<bool()> mayAct, QObject *parent = nullptr);

    // What is to be done, of threads that were looked at a moment ago; also what an earlier start left. `begun`
    // follows.
    void act(const QStringList &threads, std::function<void()> begun);
    // What was written down, and is to be done. attempted() follows, also where it is being done already.
    void perform(const GuardRow &row);
    void settle(GuardRow row, GuardState state, const QString &note);
    void halt(); // what is under way, between its steps; it stays to be done
    [[nodiscard]] bool isIdle() const { return m_pending.isEmpty() && m_acting.empty(); }

Q_SIGNALS:
    void noted(const bobbin::GuardRow &row); // its state changed, or why it cannot be done now
    void attempted(qint64 row); // key; done, given up, or to be tried again: the journal says which
    void failed(const bobbin::Error &error); // what it should know or keep cannot be read or written
    void rested(); // an answer came: it may be idle

private:
    struct Open; // what is still to be done

    Workspace &m_workspace;
    std::function<bool()> m_mayAct;
    Pending m_pending;
    QHash<qint64, GuardRow> m_acting; // what is being done, by operation
    QSet<qint64> m_planning; // keys of rows
    QHash<qint64, qint64> m_notBefore; // row that could not be done: when it is tried again, ms

    void carryOut(const GuardRow &row, const Result<Plan> &plan);
    void begun(GuardRow row, qint64 operation);
    void resume(const GuardRow &row);
    void ended(qint64 operation, const Done &done);
    void tryAgain(GuardRow row, const QString &why);
    [[nodiscard]] bool isUnderWay(const GuardRow &row) const;
    [[nodiscard]] bool isOwn(const GuardRow &row) const; // it is being seen to already

    static Result<Open> readOpen(Reader &reader, const QStringList &threads);
};

} // namespace bobbin
