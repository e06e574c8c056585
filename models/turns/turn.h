// SPDX-License-Identifier: GPL-3.0-or-later
// One turn that a person takes under the policy: looked at, weighed, sent, followed until its run has ended, with its
// tool calls answered. Each request is in the journal before it goes out; what is under way when the program ends goes
// on at the server, and the store shows it at the next start.
#pragma once

#include "models/session/auditor.h"
#include "models/turns/again.h"
#include "models/turns/attaching.h"
#include "models/turns/outlook.h"
#include "models/watch/guardacts.h"

#include <QElapsedTimer>
#include <QTimer>

namespace bobbin {

struct TurnProgress {
    QString run;
    RunStatus status = RunStatus::Unknown;
    QString statusWord;
    std::vector<StepContent> steps; // so far
    qint64 sinceMs = 0; // it was begun
};

struct TurnEnd {
    enum class How : quint8 {
        Ran, // to whatever end
        Refused, // by the policy, before anything was sent
        LeftAlone, // the person did not want it
        NotSent, // or not known to be: `error` says why
    };
    How how = How::NotSent;
    QString thread, run; // ids; empty: none
    std::optional<RunRow> row;
    QString answer; // what the run wrote
    std::vector<GuardRow> rows; // what refused it, or had it cancelled
    bool isWritten = false; // the message is in the thread, also where no run was begun
    std::optional<Error> error;
    FailureClass failure = FailureClass::None;
};

class Turn : public QObject {
    Q_OBJECT
public:
    enum class Stage : quint8 {
        Looking,
        Asking, // the person: goOn() or cancel()
        BackingOff,
        Rotating,
        Sending,
        Running,
        Answering, // waits for answer()
        Cancelling,
        Ended,
    };
    struct Rules {
        GuardPolicy policy;
        std::function<bool()> stopped; // whether all guarding is, at this moment
        std::function<GuardActs *()> acts; // who carries out what is to be done, at this moment
    };
    Turn(Workspace &workspace, Auditor &auditor, Rules rules, QObject *parent = nullptr);

    void start(const TurnAsked &asked);
    void runAgain(const QString &thread); // what failed last: classified first, see AgainAdvice
    void goOn();
    void answer(const std::vector<ToolOutput> &outputs);
    void cancel();
    [[nodiscard]] Stage stage() const { return m_stage; }
    [[nodiscard]] QString thread() const { return m_asked.thread; } // empty: until it is made
    [[nodiscard]] QString run() const { return m_run; }

Q_SIGNALS:
    void staged(bobbin::Turn::Stage stage);
    void looked(const bobbin::TurnOutlook &outlook); // before anything is sent
    void advised(const bobbin::AgainAdvice &advice); // before it is run again
    void placed(const QString &text); // where its file goes
    void asks(const std::vector<bobbin::GuardRow> &rows, const QString &why);
    void waits(qint64 seconds); // before the next try
    void moved(const QString &from, const QString &to); // another thread took over: it goes on there
    void sent(const QString &thread, const QString &run);
    void progressed(const bobbin::TurnProgress &progress);
    void toolsWanted(const std::vector<bobbin::ToolCall> &calls);
    void noted(const bobbin::GuardRow &row); // by this turn
    void blind(const bobbin::Error &error); // it cannot be looked at now; tried again
    void needsPerson(const bobbin::Error &error); // a key, for one: what is sent waits for it
    void ended(const bobbin::TurnEnd &end);

private:
    struct Seen; // the run, as the store has it
    struct Sent;

    Workspace &m_workspace;
    Auditor &m_auditor;
    const std::shared_ptr<const GuardPolicy> m_policy;
    Rules m_rules;
    Pending m_pending;
    Stage m_stage = Stage::Looking;
    TurnAsked m_asked;
    TurnOutlook m_outlook;
    Attaching m_place;
    QString m_run;
    bool m_isAgain = false; // a run that failed is run again, and again after its back-off
    QSet<QString> m_asking, m_allowed; // marks of what the person is asked about, and has allowed
    bool m_isWritten = false;
    std::optional<Error> m_problem; // that a person would have to see to
    std::optional<RunRow> m_failed; // the run that is run again
    bool m_hasPerformed = false; // the rotation, as far as it could be
    bool m_withoutRotation = false; // it could not be done
    bool m_isStarted = false, m_isCancelled = false;
    int m_moves = 0, m_countWaits = 0;
    GuardRow m_rotation; // that is under way
    qint64 m_operation = 0; // that sends, or answers, or cancels
    std::function<void()> m_operationEnded;
    std::vector<GuardRow> m_against; // rows that ended it
    qint64 m_since = 0; // ms
    QHash<QString, qint64> m_cancelling;
    int m_looks = 0; // what an earlier one brings is dropped
    std::size_t m_digest = 0;
    std::chrono::milliseconds m_wait{0};
    QTimer m_next; // of whatever is tried or looked at again
    QElapsedTimer m_rotating;
    std::function<void()> m_whenNext;

    void setStage(Stage stage);
    void look();
    void count();
    void read(const std::vector<BudgetUse> &uses);
    void weigh(const TurnOutlook &outlook);
    void note(std::vector<GuardRow> rows, const std::function<void(const std::vector<GuardRow> &)> &then);
    void carryOut(const std::vector<GuardRow> &rows);
    void ask(const std::vector<GuardRow> &rows, const QString &why);
    void rotate();
    void goOnIn(const GuardRow &rotation);
    void moveTo(const QString &thread);
    void place();
    void send();
    void begin(Plan plan, const std::function<void()> &ended); // an operation
    void operationEnded(qint64 operation, const Done &done);
    void readSent();
    void followRun();
    void poll();
    void see(const Seen &seen);
    void judge(const Seen &seen);
    void notHeld(const Seen &seen);
    void advise();
    void follow(const AgainAdvice &advice);
    void after(std::chrono::milliseconds time, std::function<void()> next);
    void cancelRun();
    void finish(TurnEnd::How how, const std::optional<Error> &error = {});
    void finishRun(const Seen &seen);
    void endWith(const RunRow &run, const QString &answer, const std::optional<Error> &error);
    [[nodiscard]] bool isStopped() const { return m_rules.stopped && m_rules.stopped(); }
};

} // namespace bobbin
