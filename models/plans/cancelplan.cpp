// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/cancelplan.h"

#include "models/core/format.h"
#include "models/plans/neutraljson.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CancelText {
    Q_DECLARE_TR_FUNCTIONS(CancelPlan)
};

constexpr qint64 patienceMs = 60'000; // cancelling and queued runs usually move on within seconds

// Of a person's patience: milliseconds are none of his.
QString span(std::optional<qint64> ms)
{
    return ms && *ms < 1'000 ? CancelText::tr("less than a second") : format::duration(ms);
}

QString cannotCancel(RunStatus status)
{
    switch (status) {
    case RunStatus::Completed:
        return CancelText::tr("it has completed already");
    case RunStatus::Cancelled:
        return CancelText::tr("it is cancelled already");
    case RunStatus::Failed:
        return CancelText::tr("it has failed already");
    case RunStatus::Incomplete:
        return CancelText::tr("it has ended incomplete");
    case RunStatus::Expired:
        return CancelText::tr("it has expired, which unlocked its thread");
    default:
        return {};
    }
}

PlanTarget targetOf(const RunRow &run)
{
    PlanTarget target;
    target.id = run.id;
    target.resource = Resource::Runs;
    target.label = run.threadTitle.isEmpty() ? run.threadId : run.threadTitle;
    target.lastActive = run.createdAt;
    CostSum cost;
    cost.add(run.cost);
    target.cost = cost;
    return target;
}

} // namespace

Plan planCancel(const std::vector<RunRow> &runs)
{
    Plan plan;
    plan.kind = OperationKind::CancelRuns;
    for (const RunRow &run : runs) {
        PlanTarget target = targetOf(run);
        target.why = CancelText::tr("%1 since %2").arg(run.statusWord, format::when(run.createdAt));
        target.keptBack = cannotCancel(run.status);
        if (target.keptBack.isEmpty() && run.status == RunStatus::Cancelling)
            target.steps = {{Act::FollowRun, run.id, run.threadId, {}}}; // asked already: only its end is awaited
        else if (target.keptBack.isEmpty())
            target.steps = {{Act::CancelRun, run.id, run.threadId, {}}, {Act::FollowRun, run.id, run.threadId, {}}};
        plan.targets.push_back(std::move(target));
    }
    plan.cannotComeBack = {CancelText::tr("a cancelled run: it can be started again, not taken back")};
    return plan;
}

StuckRun explainRun(const RunRow &run, const std::vector<ToolCall> &asked, const std::vector<StepContent> &steps,
                    qint64 nowMs)
{
    StuckRun found;
    found.threadId = run.threadId;
    found.runId = run.id;
    found.status = run.status;
    found.statusWord = run.statusWord;
    // Clocks differ by a little: nothing is younger than now.
    if (run.createdAt)
        found.ageMs = std::max<qint64>(0, nowMs - *run.createdAt);
    if (run.expiresAt && isActive(run.status))
        found.expiresInMs = *run.expiresAt - nowMs;
    for (const StepContent &content : steps) {
        const RunStep &step = content.step;
        if (step.status != "in_progress"_L1)
            continue;
        found.stepId = step.id;
        if (step.createdAt)
            found.waitsMs = std::max<qint64>(0, nowMs - *step.createdAt);
    }
    found.unanswered = asked;
    const QString age = span(found.ageMs);
    const bool overdue = found.expiresInMs && *found.expiresInMs < 0;
    found.dead = isActive(run.status) &&
        ((run.status == RunStatus::Cancelling && found.ageMs && *found.ageMs > deadAfterMs) ||
         (found.expiresInMs && *found.expiresInMs < -deadAfterMs));
    switch (run.status) {
    case RunStatus::RequiresAction: {
        QStringList names;
        for (const ToolCall &call : found.unanswered)
            names << call.name;
        found.advice = overdue ? StuckRun::Advice::Expired : StuckRun::Advice::Answer;
        if (names.isEmpty())
            found.text =
                CancelText::tr("The run waits for tool outputs, unanswered for %1; the server does not say for "
                               "which calls, so they cannot be answered from here.")
                    .arg(span(found.waitsMs ? found.waitsMs : found.ageMs));
        else
            found.text =
                CancelText::tr("The run waits for %n tool output(s) (%1), unanswered for %2; the thread takes no "
                               "message and no run until then.",
                               nullptr, int(found.unanswered.size()))
                    .arg(names.join(u", "_s), span(found.waitsMs ? found.waitsMs : found.ageMs));
        break;
    }
    case RunStatus::Cancelling:
        found.advice = StuckRun::Advice::Wait;
        found.text = found.ageMs && *found.ageMs > patienceMs
            ? CancelText::tr("It was asked to stop and has not left “cancelling” (its age: %1). Servers free such runs "
                             "when they expire; until then only a new thread helps: rotate it.")
                  .arg(age)
            : CancelText::tr("It was asked to stop; that usually takes seconds.");
        break;
    case RunStatus::Queued:
    case RunStatus::InProgress:
        found.advice = found.ageMs && *found.ageMs > patienceMs ? StuckRun::Advice::CancelRun : StuckRun::Advice::Wait;
        found.text = CancelText::tr("The run is %1 for %2 and locks the thread.").arg(run.statusWord, age);
        break;
    default:
        found.advice = StuckRun::Advice::Ended;
        found.text = CancelText::tr("The run has ended (%1); the thread is free.").arg(run.statusWord);
        return found;
    }
    if (overdue)
        found.text += u' ' + CancelText::tr("It should have expired %1 ago.").arg(span(-*found.expiresInMs));
    else if (found.expiresInMs)
        found.text += u' ' + CancelText::tr("It expires in %1.").arg(span(found.expiresInMs));
    return found;
}

Plan planAnswer(const RunRow &run, const std::vector<ToolOutput> &outputs)
{
    Plan plan;
    plan.kind = OperationKind::Answer;
    PlanTarget target = targetOf(run);
    target.why = CancelText::tr("%n tool call(s) wait", nullptr, int(outputs.size()));
    if (run.status != RunStatus::RequiresAction)
        target.keptBack = CancelText::tr("the run is %1 and takes no tool output").arg(run.statusWord);
    target.steps = {{Act::SubmitToolOutputs, run.id, run.threadId, {{u"outputs"_s, toJson(outputs)}}},
                    {Act::FollowRun, run.id, run.threadId, {}}};
    plan.targets.push_back(std::move(target));
    plan.title = CancelText::tr("Answer %n tool call(s)", nullptr, int(outputs.size()));
    plan.cannotComeBack = {CancelText::tr("what was submitted")};
    return plan;
}

} // namespace bobbin
