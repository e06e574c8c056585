// SPDX-License-Identifier: GPL-3.0-or-later
// From what is asked to what is sent.
#include "models/turns/turn.h"

#include "models/core/clock.h"
#include "models/plans/turnplan.h"
#include "models/watch/policyreads.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct TurnText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

constexpr auto rotationLookedAt = 300ms;
constexpr auto rotateWithin = 120s;
constexpr int mostCountWaits = 15;
constexpr int mostMoves = 5; // from thread to thread: two may say of each other that they took over

} // namespace

Turn::Turn(Workspace &workspace, Auditor &auditor, Rules rules, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_auditor(auditor),
      m_policy(std::make_shared<const GuardPolicy>(rules.policy)), m_rules(std::move(rules)), m_pending(this, [] {})
{
    connect(&workspace.operations(), &Operations::ended, this, &Turn::operationEnded);
    connect(&workspace.operations(), &Operations::progressed, this, [this](const OperationProgress &progress) {
        if (progress.operation != m_operation || !progress.error || m_stage == Stage::Ended)
            return;
        if (progress.state == OperationProgress::State::Asking) {
            m_problem = progress.error;
            Q_EMIT needsPerson(*progress.error);
        } else {
            Q_EMIT blind(*progress.error);
        }
    });
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, [this] {
        if (const auto next = std::exchange(m_whenNext, nullptr))
            next();
    });
}

void Turn::setStage(Stage stage)
{
    if (m_stage == stage)
        return;
    m_stage = stage;
    Q_EMIT staged(stage);
}

void Turn::after(std::chrono::milliseconds time, std::function<void()> next)
{
    m_whenNext = std::move(next);
    m_next.start(time);
}

void Turn::start(const TurnAsked &asked)
{
    if (std::exchange(m_isStarted, true))
        return;
    m_asked = asked;
    Q_EMIT staged(m_stage);
    if (const QString why = m_workspace.operations().whyNot(Feature::TakeTurns); !why.isEmpty()) {
        finish(TurnEnd::How::NotSent, fail(Error::Kind::NotSupported, why).value());
        return;
    }
    if (!asked.file.isEmpty() && asked.text.isEmpty()) {
        finish(TurnEnd::How::NotSent,
               fail(Error::Kind::Input, TurnText::tr("A file is attached to a message: write one.")).value());
        return;
    }
    look();
}

// Somebody else may have written there. What is not known as it is now is not spent on.
void Turn::look()
{
    setStage(Stage::Looking);
    if (m_asked.thread.isEmpty()) {
        count();
        return;
    }
    m_pending.then(m_workspace.refresh(m_asked.thread), [this](const Done &done) {
        if (m_stage == Stage::Ended)
            return;
        if (done)
            count();
        else
            finish(TurnEnd::How::NotSent, done.error());
    });
}

void Turn::count()
{
    const std::vector<PolicyBudget> wanted = allBudgets(*m_policy);
    if (wanted.empty() || isStopped()) {
        read({});
        return;
    }
    // What was spent is still being added up. Where something changes all the time, it is not waited for without end.
    if (!m_auditor.hasLedger() || (!m_auditor.ready() && m_countWaits++ < mostCountWaits)) {
        after(rotationLookedAt, [this] { count(); });
        return;
    }
    m_countWaits = 0;
    m_pending.then(m_auditor.withLedger(
                       [wanted](const Ledger &ledger, Reader &reader) { return readUses(ledger, reader, wanted); }),
                   [this](const Result<std::vector<BudgetUse>> &uses) {
                       if (m_stage == Stage::Ended)
                           return;
                       if (uses)
                           read(*uses);
                       else
                           finish(TurnEnd::How::NotSent, uses.error());
                   });
}

void Turn::read(const std::vector<BudgetUse> &uses)
{
    m_pending.then(m_workspace.store().read([asked = m_asked, policy = m_policy, uses](Reader &reader) {
        return readOutlook(reader, asked, *policy, uses, nowMs());
    }),
                   [this](const Result<TurnOutlook> &outlook) {
                       if (m_stage == Stage::Ended)
                           return;
                       if (outlook)
                           weigh(*outlook);
                       else
                           finish(TurnEnd::How::NotSent, outlook.error());
                   });
}

void Turn::weigh(const TurnOutlook &outlook)
{
    m_outlook = outlook;
    if (!outlook.successor.isEmpty()) {
        moveTo(outlook.successor);
        return;
    }
    if (isStopped())
        m_outlook.rows.clear();
    Q_EMIT looked(m_outlook);
    if (m_stage == Stage::Ended) // whoever looked wanted no more
        return;
    if (outlook.assistant.isEmpty()) {
        finish(TurnEnd::How::NotSent,
               fail(Error::Kind::Input, TurnText::tr("Nobody has answered on this thread yet: say which assistant."),
                    m_asked.thread)
                   .value());
        return;
    }
    if (!outlook.activeRun.isEmpty()) {
        finish(TurnEnd::How::NotSent,
               fail(Error::Kind::Conflict,
                    TurnText::tr("The run %1 (%2) locks the thread: wait for its end, answer it or cancel it.")
                        .arg(outlook.activeRun, outlook.activeStatus),
                    m_asked.thread)
                   .value());
        return;
    }
    std::vector<GuardRow> held;
    std::vector<GuardRow> asked;
    for (const GuardRow &row : m_outlook.rows)
        if (row.state == GuardState::Acting)
            held.push_back(row);
        else if (row.state == GuardState::Asked && !m_allowed.contains(row.mark))
            asked.push_back(row);
    if (!asked.empty()) {
        ask(asked, {});
        return;
    }
    if (held.empty())
        place();
    else
        note(std::move(held), [this](const std::vector<GuardRow> &rows) { carryOut(rows); });
}

// Written down before anything comes of it, whoever writes it first; what cannot be written down is not done.
void Turn::note(std::vector<GuardRow> rows, const std::function<void(const std::vector<GuardRow> &)> &then)
{
    QStringList marks;
    for (const GuardRow &row : rows)
        marks << row.mark;
    Store &store = m_workspace.store();
    m_pending.then(store.journal().noteSeen(std::move(rows), actLimit(*m_policy, nowMs())),
                   [this, marks, then](const Result<std::vector<GuardRow>> &fresh) {
                       if (m_stage == Stage::Ended)
                           return;
                       if (!fresh) {
                           Q_EMIT blind(fresh.error());
                           if (m_run.isEmpty())
                               finish(TurnEnd::How::NotSent, fresh.error());
                           return;
                       }
                       for (const GuardRow &row : *fresh)
                           Q_EMIT noted(row);
                       m_pending.then(
                           m_workspace.store().read([marks](Reader &reader) { return reader.guardRowsMarked(marks); }),
                           [this, then](const Result<std::vector<GuardRow>> &written) {
                               if (m_stage == Stage::Ended)
                                   return;
                               if (written)
                                   then(*written);
                               else if (m_run.isEmpty())
                                   finish(TurnEnd::How::NotSent, written.error());
                           });
                   });
}

// A person may have said no to one before; more than the policy lets happen in an hour are asked about.
void Turn::carryOut(const std::vector<GuardRow> &rows)
{
    std::vector<GuardRow> asked;
    const GuardRow *rotates = nullptr;
    for (const GuardRow &row : rows) {
        if (row.state == GuardState::Asked) {
            if (!m_allowed.contains(row.mark))
                asked.push_back(row);
        } else if (row.state == GuardState::Declined || row.state == GuardState::Told) {
            continue;
        } else if (isAct(row, GuardAct::Rotate)) {
            if (m_withoutRotation)
                continue;
            rotates = rotates ? rotates : &row;
        } else {
            m_against.push_back(row);
            if (row.state == GuardState::Acting)
                m_rules.acts()->settle(row, GuardState::Acted, TurnText::tr("It was refused before it began."));
        }
    }
    if (!m_against.empty()) {
        finish(TurnEnd::How::Refused);
        return;
    }
    if (!asked.empty()) {
        ask(asked, asked.front().note);
        return;
    }
    if (!rotates) {
        place();
        return;
    }
    m_rotation = *rotates;
    m_hasPerformed = false;
    m_rotating.start();
    setStage(Stage::Rotating);
    rotate();
}

void Turn::ask(const std::vector<GuardRow> &rows, const QString &why)
{
    m_asking.clear();
    for (const GuardRow &row : rows)
        m_asking.insert(row.mark);
    setStage(Stage::Asking);
    Q_EMIT asks(rows, why);
}

void Turn::goOn()
{
    if (m_stage != Stage::Asking)
        return;
    m_allowed += m_asking;
    look();
}

// Looked at until it is done, by whomever: another program may be at it.
void Turn::rotate()
{
    m_pending.then(
        m_workspace.store().read([key = m_rotation.key](Reader &reader) { return reader.guardRow(key); }),
        [this](const Result<std::optional<GuardRow>> &row) {
            if (m_stage != Stage::Rotating)
                return;
            if (!row || !*row) {
                finish(TurnEnd::How::NotSent,
                       row ? fail(Error::Kind::Storage, TurnText::tr("The journal has lost the rotation.")).value()
                           : row.error());
                return;
            }
            m_rotation = **row;
            const bool isOpen = m_rotation.state == GuardState::Acting || m_rotation.state == GuardState::Allowed;
            // It was tried, and is to be tried again later: a person is not kept waiting for that.
            const bool hasFailed = m_hasPerformed && m_rotation.operation == 0 && !m_rotation.note.isEmpty();
            if (m_rotation.state == GuardState::Acted) {
                goOnIn(m_rotation);
            } else if (isOpen && !hasFailed && std::chrono::milliseconds(m_rotating.elapsed()) < rotateWithin) {
                m_rules.acts()->perform(m_rotation);
                m_hasPerformed = true;
                after(rotationLookedAt, [this] { rotate(); });
            } else {
                m_withoutRotation = true; // where the person lets it go on
                ask({m_rotation},
                    m_rotation.note.isEmpty() ? TurnText::tr("The thread could not be rotated.") : m_rotation.note);
            }
        });
}

void Turn::goOnIn(const GuardRow &rotation)
{
    m_pending.then(m_workspace.store().read(
                       [rotation](Reader &reader) { return reader.madeBy(rotation.operation, {rotation.thread}); }),
                   [this, rotation](const Result<QHash<QString, QString>> &made) {
                       if (m_stage != Stage::Rotating)
                           return;
                       const QString to = made ? made->value(rotation.thread) : QString();
                       m_withoutRotation = to.isEmpty();
                       if (to.isEmpty())
                           ask({rotation}, TurnText::tr("Nobody knows which thread took over."));
                       else
                           moveTo(to);
                   });
}

void Turn::moveTo(const QString &thread)
{
    if (++m_moves > mostMoves) {
        finish(
            TurnEnd::How::NotSent,
            fail(Error::Kind::Input, TurnText::tr("Its threads say of each other that they took over."), m_asked.thread)
                .value());
        return;
    }
    Q_EMIT moved(m_asked.thread, thread);
    m_asked.assistant = m_outlook.assistant; // who answered on the old one: on the new one nobody has, yet
    m_asked.thread = thread;
    look();
}

void Turn::place()
{
    setStage(Stage::Sending);
    if (m_asked.file.isEmpty()) {
        send();
        return;
    }
    m_pending.then(
        m_workspace.operations().sameAs(m_asked.file), [this](const Result<std::vector<Reader::KnownFile>> &same) {
            if (m_stage == Stage::Ended)
                return;
            if (!same) {
                finish(TurnEnd::How::NotSent, same.error());
                return;
            }
            m_pending.then(
                m_workspace.store().read([same = *same, thread = m_asked.thread, who = m_outlook.assistant](
                                             Reader &reader) { return placeFor(reader, same, thread, who); }),
                [this](const Result<Attaching> &place) {
                    if (m_stage == Stage::Ended)
                        return;
                    if (!place) {
                        finish(TurnEnd::How::NotSent, place.error());
                        return;
                    }
                    m_place = *place;
                    const QString whyNot = m_workspace.operations().whyNot(Feature::UploadFiles);
                    if (m_place.how == Attaching::How::Upload && !whyNot.isEmpty()) {
                        finish(TurnEnd::How::NotSent, fail(Error::Kind::NotSupported, whyNot).value());
                        return;
                    }
                    Q_EMIT placed(attachingText(m_place, QFileInfo(m_asked.file).fileName()));
                    send();
                });
        });
}

void Turn::send()
{
    if (m_isCancelled) {
        finish(TurnEnd::How::LeftAlone);
        return;
    }
    NewTurn turn;
    turn.thread = m_asked.thread;
    turn.label = m_outlook.label;
    turn.assistant = m_outlook.assistant;
    turn.model = m_asked.model;
    turn.text = m_asked.text;
    turn.messages = m_outlook.messages;
    if (!m_asked.file.isEmpty()) {
        const QFileInfo file(m_asked.file);
        if (m_place.how == Attaching::How::Upload)
            turn.upload = NewTurn::Upload{file.absoluteFilePath(), file.fileName(), file.size()};
        else if (m_place.how == Attaching::How::UseFile)
            turn.file = m_place.file;
        else if (m_place.how == Attaching::How::UseStore)
            turn.store = m_place.store;
    }
    begin(planTurn(turn), [this] { readSent(); });
}

void Turn::begin(Plan plan, const std::function<void()> &ended)
{
    m_operation = 0;
    m_operationEnded = ended;
    m_pending.then(m_workspace.operations().start(std::make_shared<const Plan>(std::move(plan))),
                   [this](const Result<qint64> &operation) {
                       if (m_stage == Stage::Ended)
                           return;
                       if (!operation) {
                           m_operationEnded = nullptr;
                           if (m_run.isEmpty()) {
                               finish(TurnEnd::How::NotSent, operation.error());
                           } else { // another operation is at the same run, for one
                               Q_EMIT blind(operation.error());
                               after(rotationLookedAt, [this] { poll(); });
                           }
                           return;
                       }
                       m_operation = *operation;
                       if (m_isCancelled && m_run.isEmpty())
                           m_workspace.operations().cancel(m_operation);
                       if (!m_workspace.operations().running(m_operation))
                           operationEnded(m_operation, {}); // its end came before its beginning was known
                   });
}

void Turn::operationEnded(qint64 operation, const Done &done)
{
    if (operation != m_operation || !m_operationEnded || m_stage == Stage::Ended)
        return;
    const auto ended = std::exchange(m_operationEnded, nullptr);
    if (!done && m_run.isEmpty())
        finish(TurnEnd::How::NotSent, done.error());
    else
        ended();
}

struct Turn::Sent {
    DoneTarget target;
    QString run;
    bool isWritten = false; // as far as is known
};

void Turn::readSent()
{
    m_pending.then(m_workspace.store().read([operation = m_operation](Reader &reader) -> Result<Sent> {
        const auto done = withTargets(reader, operation);
        if (!done)
            return fail(done.error());
        if (done->targets.empty())
            return fail(Error::Kind::Storage, TurnText::tr("The journal has lost what was sent."));
        Sent sent{done->targets.front(), {}, false};
        const auto steps = reader.begunSteps(sent.target.key);
        if (!steps)
            return fail(steps.error());
        for (const DoneStep &step : *steps) {
            if (step.step.act == Act::StartRun)
                sent.run = step.result.value("run"_L1).toString();
            else if (step.step.act == Act::AddMessage)
                sent.isWritten = step.state == StepState::Finished || step.state == StepState::Sent;
        }
        return sent;
    }),
                   [this](const Result<Sent> &known) {
                       if (m_stage == Stage::Ended)
                           return;
                       const bool isNew = m_asked.thread.isEmpty();
                       m_isWritten = known && known->isWritten;
                       if (known && !known->target.made.isEmpty())
                           m_asked.thread = known->target.made;
                       if (!known || known->run.isEmpty()) {
                           if (m_isCancelled)
                               finish(TurnEnd::How::LeftAlone, m_problem);
                           else
                               finish(TurnEnd::How::NotSent,
                                      known ? fail(Error::Kind::Rejected, known->target.outcome, m_asked.thread).value()
                                            : known.error());
                           return;
                       }
                       m_run = known->run;
                       m_since = nowMs();
                       if (!isNew) {
                           followRun();
                           return;
                       }
                       // Before it is told of it is in the store; where that fails, its run is followed all the same.
                       m_pending.then(m_workspace.refresh(m_asked.thread), [this](const Done &) {
                           if (m_stage != Stage::Ended)
                               followRun();
                       });
                   });
}

void Turn::followRun()
{
    setStage(Stage::Running);
    Q_EMIT sent(m_asked.thread, m_run);
    if (m_isCancelled)
        cancelRun();
    else
        poll();
}

void Turn::cancel()
{
    m_isCancelled = true;
    switch (m_stage) {
    case Stage::Looking:
    case Stage::Asking:
    case Stage::BackingOff:
    case Stage::Rotating: // which goes on by itself: it is in the journal
        finish(TurnEnd::How::LeftAlone);
        break;
    case Stage::Sending:
        if (m_operation != 0)
            m_workspace.operations().cancel(m_operation); // between its steps; what came of it is read then
        break;
    case Stage::Running:
    case Stage::Answering:
        cancelRun();
        break;
    case Stage::Cancelling: // by the guard: from now on by the person, too
    case Stage::Ended:
        break;
    }
}

void Turn::finish(TurnEnd::How how, const std::optional<Error> &error)
{
    if (m_stage == Stage::Ended)
        return;
    if (m_failed && how == TurnEnd::How::LeftAlone) { // it was run again before it was left
        endWith(*m_failed, {}, error);
        return;
    }
    m_next.stop();
    TurnEnd end;
    end.how = how;
    end.thread = m_asked.thread;
    end.run = m_run;
    end.rows = m_against;
    end.isWritten = m_isWritten;
    end.error = error;
    setStage(Stage::Ended);
    Q_EMIT ended(end);
}

} // namespace bobbin
