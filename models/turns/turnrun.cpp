// SPDX-License-Identifier: GPL-3.0-or-later
// A run that was begun: followed and judged until it has ended, and run again after what passes.
#include "models/core/clock.h"
#include "models/plans/cancelplan.h"
#include "models/turns/turn.h"
#include "models/watch/askedabout.h"
#include "models/watch/policyreads.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct TurnText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

constexpr std::chrono::milliseconds shortest = 400ms, longest = 5s; // between two looks
constexpr int lastMessages = 40; // that its answer is looked for in

Result<QString> readAnswer(Reader &reader, const QString &thread, const QString &run)
{
    const auto key = reader.keyOf(RowKind::Threads, thread);
    if (!key || !*key)
        return key ? Result<QString>(QString()) : fail(key.error());
    const auto rows = reader.rows<ThreadRow>({**key});
    if (!rows)
        return fail(rows.error());
    const qint64 count = rows->empty() ? 0 : rows->front().messages.value_or(0);
    const auto messages = reader.conversation(**key, lastMessages, int(std::max<qint64>(0, count - lastMessages)));
    if (!messages)
        return fail(messages.error());
    QStringList said;
    for (const MessageContent &message : *messages)
        if (message.runId == run && message.role != "user"_L1)
            for (const ContentPart &part : message.parts)
                if (part.kind == ContentPart::Kind::Text || part.kind == ContentPart::Kind::Refusal)
                    said << part.text;
    return said.join(u"\n\n"_s);
}

} // namespace

struct Turn::Seen {
    RunRow row;
    std::vector<StepContent> steps;
    std::vector<ToolCall> calls; // that it waits for
    std::vector<GuardRow> rows; // of this run
    QHash<QString, qint64> cancelling;
    NextOutputs outputs;
    QString answer; // of one that has ended

    static Result<Seen> read(Reader &reader, const QString &thread, const QString &run, const GuardPolicy &policy,
                             qint64 since, const QHash<QString, qint64> &cancelling)
    {
        Seen seen;
        const auto key = reader.keyOf(RowKind::Runs, run, thread);
        if (!key)
            return fail(key.error());
        const auto rows = *key ? reader.rows<RunRow>({**key}) : std::vector<RunRow>();
        if (!rows)
            return fail(rows.error());
        if (rows->empty())
            return fail(Error::Kind::NotFound, TurnText::tr("The server does not know the run any more."), run);
        seen.row = rows->front();
        auto steps = reader.steps(**key);
        if (!steps)
            return fail(steps.error());
        seen.steps = *std::move(steps);
        if (!isActive(seen.row.status)) {
            auto answer = readAnswer(reader, thread, run);
            if (!answer)
                return fail(answer.error());
            seen.answer = *std::move(answer);
            return seen;
        }
        auto sighted = lookAt(reader, policy, {thread}, since, nowMs(), cancelling);
        if (!sighted)
            return fail(sighted.error());
        for (GuardRow &one : sighted->rows)
            if (one.run == run && !isAct(one, GuardAct::Rotate)) // that comes before the next turn
                seen.rows.push_back(std::move(one));
        seen.cancelling = sighted->cancelling;
        if (seen.row.status != RunStatus::RequiresAction)
            return seen;
        auto calls = reader.requiredAction(**key);
        Asked asked;
        asked.what = Asked::What::SubmitOutputs;
        asked.thread = thread;
        asked.run = run;
        const auto about = readAbout(reader, asked);
        if (!calls || !about)
            return fail(!calls ? calls.error() : about.error());
        seen.calls = *std::move(calls);
        seen.outputs = {thread, run, about->assistant, about->metadata, about->rounds, 0};
        if (const ThreadFact *fact = about->fact())
            if (const auto its = std::ranges::find(fact->runs, **key, &RunFact::key); its != fact->runs.end())
                seen.outputs.repeats = its->repeats;
        return seen;
    }
};

void Turn::poll()
{
    const int number = ++m_looks;
    m_pending.then(m_workspace.lookAtRun(m_asked.thread, m_run), [this, number](const Result<RunLook> &look) {
        if (m_stage == Stage::Ended || number != m_looks)
            return;
        if (look && !look->isKnown) {
            finish(
                TurnEnd::How::NotSent,
                fail(Error::Kind::NotFound, TurnText::tr("The server does not know the run any more."), m_run).value());
            return;
        }
        if (!look) {
            if (look.error().kind == Error::Kind::NotFound) {
                finish(TurnEnd::How::NotSent, look.error());
                return;
            }
            Q_EMIT blind(look.error());
            after(longest, [this] { poll(); });
            return;
        }
        const bool moves = std::exchange(m_digest, look->digest) != look->digest;
        m_wait = std::max(moves ? shortest : std::min(m_wait * 3 / 2, longest), look->pollAfter);
        m_pending.then(m_workspace.store().read([thread = m_asked.thread, run = m_run, policy = m_policy,
                                                 since = m_since, cancelling = m_cancelling](Reader &reader) {
            return Seen::read(reader, thread, run, *policy, since, cancelling);
        }),
                       [this, number](const Result<Seen> &seen) {
                           if (m_stage == Stage::Ended || number != m_looks)
                               return;
                           if (seen)
                               see(*seen);
                           else
                               finish(TurnEnd::How::NotSent, seen.error());
                       });
    });
}

void Turn::see(const Seen &seen)
{
    m_cancelling = seen.cancelling;
    Q_EMIT progressed({m_run, seen.row.status, seen.row.statusWord, seen.steps, nowMs() - m_since});
    if (!isActive(seen.row.status)) {
        finishRun(seen);
        return;
    }
    if (m_stage == Stage::Answering && seen.row.status != RunStatus::RequiresAction)
        setStage(Stage::Running); // somebody else answered it
    const bool isAsked = m_stage == Stage::Cancelling && m_isCancelled && seen.row.status != RunStatus::Cancelling;
    if (isAsked && !m_operationEnded) { // what was in its way before may be over
        cancelRun();
        return;
    }
    after(m_wait, [this] { poll(); });
    judge(seen);
}

// The circuit breaker: before outputs are given, a run that is beyond its steps gets none.
void Turn::judge(const Seen &seen)
{
    std::vector<GuardRow> rows;
    if (!isStopped()) {
        rows = seen.rows;
        if (!seen.calls.empty())
            for (GuardRow &row : foreseen(seen.outputs, *m_policy, nowMs()))
                if (std::ranges::find(rows, row.mark, &GuardRow::mark) == rows.end())
                    rows.push_back(std::move(row));
    }
    if (rows.empty()) {
        notHeld(seen);
        return;
    }
    note(std::move(rows), [this, seen, number = m_looks](const std::vector<GuardRow> &written) {
        if (number != m_looks)
            return;
        bool isCancelled = false;
        for (const GuardRow &row : written) {
            const bool isOpen = row.state == GuardState::Acting || row.state == GuardState::Allowed;
            if (row.run != m_run || !isAct(row, GuardAct::CancelRun) || !(isOpen || row.state == GuardState::Acted))
                continue;
            isCancelled = true;
            if (std::ranges::find(m_against, row.mark, &GuardRow::mark) == m_against.end())
                m_against.push_back(row);
            if (isOpen)
                m_rules.acts()->perform(row);
        }
        if (isCancelled)
            setStage(Stage::Cancelling);
        else
            notHeld(seen);
    });
}

// Also where the guard was to cancel it, and does not any more: it was stopped, or could not.
void Turn::notHeld(const Seen &seen)
{
    if (m_stage == Stage::Cancelling && !m_isCancelled)
        setStage(Stage::Running);
    if (seen.calls.empty() || m_stage != Stage::Running)
        return;
    setStage(Stage::Answering);
    Q_EMIT toolsWanted(seen.calls);
}

void Turn::answer(const std::vector<ToolOutput> &outputs)
{
    if (m_stage != Stage::Answering)
        return;
    m_next.stop();
    ++m_looks; // what is on its way saw it unanswered
    RunRow run;
    run.id = m_run;
    run.threadId = m_asked.thread;
    run.threadTitle = m_outlook.label;
    run.status = RunStatus::RequiresAction;
    Plan plan = planAnswer(run, outputs);
    for (PlanTarget &target : plan.targets)
        std::erase_if(target.steps, [](const Step &step) { return step.act == Act::FollowRun; }); // that is done here
    setStage(Stage::Running);
    begin(std::move(plan), [this] { poll(); });
}

void Turn::cancelRun()
{
    m_next.stop();
    ++m_looks;
    setStage(Stage::Cancelling);
    m_pending.then(m_workspace.operations().planCancelRun(m_asked.thread, m_run), [this](const Result<Plan> &plan) {
        if (m_stage == Stage::Ended)
            return;
        if (plan && plan->count() > 0) {
            begin(*plan, [this] { poll(); });
            return;
        }
        if (!plan)
            Q_EMIT blind(plan.error());
        after(shortest, [this] { poll(); });
    });
}

void Turn::finishRun(const Seen &seen)
{
    const FailureClass failure = failureClass(seen.row.status, seen.row.errorCode);
    if (m_isAgain && failure == FailureClass::Transient && !m_isCancelled && m_against.empty()) {
        setStage(Stage::Looking);
        m_failed = seen.row;
        m_asked.decided = false;
        advise();
        return;
    }
    endWith(seen.row, seen.answer, {});
}

void Turn::endWith(const RunRow &run, const QString &answer, const std::optional<Error> &error)
{
    m_next.stop();
    TurnEnd end;
    end.how = TurnEnd::How::Ran;
    end.thread = m_asked.thread;
    end.run = m_run;
    end.row = run;
    end.answer = answer;
    end.rows = m_against;
    end.isWritten = m_isWritten;
    end.error = error;
    end.failure = failureClass(run.status, run.errorCode);
    setStage(Stage::Ended);
    Q_EMIT ended(end);
}

void Turn::runAgain(const QString &thread)
{
    if (std::exchange(m_isStarted, true))
        return;
    m_isAgain = true;
    m_asked.thread = thread;
    Q_EMIT staged(m_stage);
    m_pending.then(m_workspace.refresh(thread), [this](const Done &done) {
        if (m_stage == Stage::Ended)
            return;
        if (done)
            advise();
        else
            finish(TurnEnd::How::NotSent, done.error());
    });
}

void Turn::advise()
{
    m_pending.then(m_workspace.store().read([thread = m_asked.thread, policy = m_policy](Reader &reader) {
        return readAgain(reader, thread, *policy);
    }),
                   [this](const Result<AgainAdvice> &advice) {
                       if (m_stage == Stage::Ended)
                           return;
                       if (advice)
                           follow(*advice);
                       else
                           finish(TurnEnd::How::NotSent, advice.error());
                   });
}

void Turn::follow(const AgainAdvice &advice)
{
    Q_EMIT advised(advice);
    if (m_stage == Stage::Ended)
        return;
    m_asked.assistant = advice.assistant;
    m_asked.model = advice.model;
    if (advice.mayGo()) {
        m_run.clear();
        setStage(Stage::BackingOff);
        Q_EMIT waits(advice.waitSeconds);
        after(std::chrono::seconds(advice.waitSeconds), [this] { look(); });
    } else if (advice.needsDecision()) {
        m_asked.decided = true; // where the person says so
        ask({}, againText(advice));
    } else if (m_failed) { // it was run again, and to no avail
        endWith(*m_failed, {}, fail(Error::Kind::Input, againText(advice), advice.run).value());
    } else {
        finish(TurnEnd::How::LeftAlone, fail(Error::Kind::Input, againText(advice), advice.run).value());
    }
}

} // namespace bobbin
