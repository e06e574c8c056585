// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps an assistant's bill down, point by point: met, not met, or not to be measured from here. Pure.
#pragma once

#include "models/audit/audit.h"
#include "models/audit/failures.h"
#include "models/costs/budget.h"

namespace bobbin {

enum class Check : quint8 {
    TurnCap,
    ContextCeiling,
    RetryClasses,
    StepCeiling,
    FileLevel,
    SessionTokens,
    Telemetry,
    CleanUp,
    Instructions,
    ModelChoice,
    Budget,
};
constexpr int checkCount = int(Check::Budget) + 1;

enum class CheckState : quint8 { Met, NotMet, Unmeasured };

enum class CheckHelp : quint8 { // what one can press
    None,
    Rotate, // the threads of the evidence
    Limits,
    CleanUp,
    Prices,
    Findings, // those of the rule
    Budgets,
};

struct CheckItem {
    Check check = Check::TurnCap;
    CheckState state = CheckState::Unmeasured;
    qint64 count = 0, of = 0; // of so many looked at, those that do not meet it
    qint64 limit = 0, most = 0; // the limit; the worst of them
    CheckHelp help = CheckHelp::None;
    QByteArray rule; // whose findings
    std::vector<Evidence> evidence; // the costliest first, at most Finding::mostEvidence
    QString model; // of its choice: the name
};

// How many tool steps runs take, and what that makes a sensible ceiling.
struct StepDistribution {
    std::vector<qint64> runs; // by their tool steps, from 0 on; the last also has all beyond
    qint64 all = 0; // runs whose steps are known
    qint64 middle = 0, p95 = 0, most = 0; // tool steps, nearest rank
    std::optional<StepCeiling> recommended;
    static constexpr std::size_t mostShown = 21;
};
struct CeilingPreset {
    const char *name; // in words
    qint64 steps;
};
constexpr CeilingPreset ceilingPresets[] = {
    {QT_TRANSLATE_NOOP("Checklist", "support"), 3},
    {QT_TRANSLATE_NOOP("Checklist", "general"), 5},
    {QT_TRANSLATE_NOOP("Checklist", "research"), 8},
};

struct Checklist {
    QString assistant; // its id
    qint64 runs = 0; // of the time looked at
    bool lately = true; // the last 28 days; else nothing ran in these, and all of the record was looked at
    CostSum cost; // of these runs
    std::vector<CheckItem> items; // in the order of Check
    StepDistribution steps; // of all recorded runs
    [[nodiscard]] qint64 met() const;
    [[nodiscard]] qint64 notMet() const;
};

struct ChecklistInput {
    const Ledger &ledger;
    const LimitSet &limits;
    const std::vector<Finding> &findings; // open ones
    const std::vector<BudgetState> &budgets;
    qint64 now; // ms
};
Checklist checklistOf(const ChecklistInput &input, const QString &assistant, const QString &model);

} // namespace bobbin
