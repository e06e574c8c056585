// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checklist/checklisttext.h"

#include "models/core/format.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Checklist)
};

QString ofAll(const CheckItem &item)
{
    return Words::tr("%1 of %2").arg(format::count(item.count), format::count(item.of));
}

} // namespace

QString checkTitle(Check check)
{
    switch (check) {
    case Check::TurnCap:
        return Words::tr("Threads have a turn cap");
    case Check::ContextCeiling:
        return Words::tr("Context stays below the ceiling");
    case Check::RetryClasses:
        return Words::tr("Only what may pass is retried");
    case Check::StepCeiling:
        return Words::tr("Runs have a step ceiling");
    case Check::FileLevel:
        return Words::tr("Files are attached once, at the right level");
    case Check::SessionTokens:
        return Words::tr("Threads stay below the session's tokens");
    case Check::Telemetry:
        return Words::tr("Every run tells its usage and has a price");
    case Check::CleanUp:
        return Words::tr("Stale threads are cleaned up");
    case Check::Instructions:
        return Words::tr("Instructions are the assistant's, and stay the same");
    case Check::ModelChoice:
        return Words::tr("The model fits the work, and stays");
    case Check::Budget:
        return Words::tr("There is a budget, and it is kept");
    }
    return {};
}

QString checkStateName(CheckState state)
{
    switch (state) {
    case CheckState::Met:
        return Words::tr("met");
    case CheckState::NotMet:
        return Words::tr("not met");
    case CheckState::Unmeasured:
        break;
    }
    return Words::tr("cannot be measured from here");
}

QString checkText(const CheckItem &item)
{
    const bool any = item.count > 0;
    const QString limit = format::count(item.limit);
    const QString most = format::count(item.most);
    switch (item.check) {
    case Check::TurnCap:
        if (item.of == 0)
            return Words::tr("No thread was active.");
        return any
            ? Words::tr("%1 active threads have more than %2 turns, the longest %3.").arg(ofAll(item), limit, most)
            : Words::tr("No active thread has more than %1 turns; the longest has %2.").arg(limit, most);
    case Check::ContextCeiling:
        if (item.of == 0)
            return Words::tr("The server does not tell what a call reads.");
        return any
            ? Words::tr("%1 runs began by reading more than %2 tokens, the largest %3.").arg(ofAll(item), limit, most)
            : Words::tr("No run began by reading more than %1 tokens; the largest read %2.").arg(limit, most);
    case Check::RetryClasses:
        if (item.of == 0)
            return Words::tr("No run failed.");
        return any ? Words::tr("%1 failed runs were tried again although that does not help, or more than %2 times.")
                         .arg(ofAll(item), limit)
                   : Words::tr("%1 runs failed; none was tried again in vain.").arg(format::count(item.of));
    case Check::StepCeiling:
        if (item.of == 0)
            return Words::tr("The steps of its runs are not known.");
        return any ? Words::tr("%1 runs took more than %2 tool steps, the longest %3.").arg(ofAll(item), limit, most)
                   : Words::tr("No run took more than %1 tool steps; the longest took %2.").arg(limit, most);
    case Check::FileLevel:
        if (item.of == 0)
            return Words::tr("No thread was active.");
        return any ? Words::tr("In %1 threads the same file is attached to several messages, to %2 at most.")
                         .arg(ofAll(item), most)
                   : Words::tr("No file is attached to %1 messages of a thread or more.").arg(limit);
    case Check::SessionTokens:
        if (item.of == 0)
            return Words::tr("No run tells its tokens.");
        return any ? Words::tr("%1 threads used more than %2 tokens, the largest %3.").arg(ofAll(item), limit, most)
                   : Words::tr("No thread used more than %1 tokens; the largest used %2.").arg(limit, most);
    case Check::Telemetry:
        if (item.of == 0)
            return Words::tr("No run has ended.");
        return any ? Words::tr("%1 runs have no known cost: the server told no usage, or the model has no price.")
                         .arg(ofAll(item))
                   : Words::tr("All %1 runs have a known cost.").arg(format::count(item.of));
    case Check::CleanUp:
        if (item.of == 0)
            return Words::tr("It has no thread on the server.");
        return any ? Words::tr("%1 threads were not used for %2 days or more.").arg(ofAll(item), limit)
                   : Words::tr("Every thread was used in the last %1 days.").arg(limit);
    case Check::Instructions:
        if (item.state == CheckState::Unmeasured)
            return Words::tr("It has no run.");
        return any ? Words::tr("%n finding(s) of instructions that are sent again, or keep the cache from helping.",
                               nullptr, int(item.count))
                   : Words::tr("No finding speaks against it.");
    case Check::ModelChoice:
        if (item.state == CheckState::Unmeasured)
            return Words::tr("It has no run.");
        return any ? Words::tr("%n finding(s) about %1: switched off soon, without a price, or dear for simple turns.",
                               nullptr, int(item.count))
                         .arg(item.model.isEmpty() ? Words::tr("its model") : item.model)
                   : Words::tr("No finding speaks against it.");
    case Check::Budget:
        if (item.of == 0)
            return Words::tr("Neither it nor the connection has a budget.");
        return any ? Words::tr("A budget is used up: %1 %.").arg(most) : Words::tr("%1 % of it are used.").arg(most);
    }
    return {};
}

QString checkHelpText(CheckHelp help)
{
    switch (help) {
    case CheckHelp::Rotate:
        return Words::tr("Rotate…");
    case CheckHelp::Limits:
        return Words::tr("Limits…");
    case CheckHelp::CleanUp:
        return Words::tr("Clean up…");
    case CheckHelp::Prices:
        return Words::tr("Prices…");
    case CheckHelp::Findings:
        return Words::tr("Findings");
    case CheckHelp::Budgets:
        return Words::tr("Budgets…");
    case CheckHelp::None:
        break;
    }
    return {};
}

QString stepsText(const StepDistribution &steps)
{
    if (!steps.recommended)
        return Words::tr("The tool steps of its runs are not known.");
    QStringList presets;
    for (const CeilingPreset &preset : ceilingPresets)
        presets << u"%1 %2"_s.arg(QCoreApplication::translate("Checklist", preset.name)).arg(preset.steps);
    return Words::tr(
               "Tool steps of %1 runs: half take %2 or fewer, 95 % take %3 or fewer, the longest %4. A ceiling of "
               "%5 fits (two above what 99 % take). Usual ones: %6.")
        .arg(format::count(steps.all), format::count(steps.middle), format::count(steps.p95), format::count(steps.most),
             format::count(steps.recommended->steps), presets.join(u", "_s));
}

QString checklistText(const Checklist &list)
{
    if (list.runs == 0)
        return Words::tr("It has no recorded run.");
    const QString time = list.lately ? Words::tr("the last 28 days")
                                     : Words::tr("all of the record, as nothing ran in the last 28 days");
    return Words::tr("%1 of %2 points met, %3 not met; from %4 runs that cost %5, in %6.")
        .arg(format::count(list.met()), format::count(qint64(list.items.size())), format::count(list.notMet()),
             format::count(list.runs), format::money(list.cost), time);
}

} // namespace bobbin
