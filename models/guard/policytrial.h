// SPDX-License-Identifier: GPL-3.0-or-later
// What a policy would have done to recorded runs: each act with the figure that led to it, and what it would have
// spared. A thread is held to the policy of its newest run's assistant, a budget counts each run for its own.
#pragma once

#include "models/audit/ledger.h"
#include "models/guard/policy.h"

#include <QHash>

namespace bobbin {

struct WouldAct {
    GuardRule rule = GuardRule::TurnCap;
    GuardAct act = GuardAct::Notify;
    RowKey thread = 0;
    RowKey run = 0; // 0: the thread's files
    qint64 when = 0; // ms
    qint64 value = 0; // in the rule's unit, as recorded; of Models none
    qint64 limit = 0;
    QString name; // of the model or the file; of a budget whose it is
};

struct PolicyTrial {
    std::vector<WouldAct> acts; // newest first
    static constexpr std::size_t mostActs = 1'000; // kept; `times` counts all
    std::array<qint64, guardRuleCount> times{};
    // What is counted: runs and retries that are refused, tool steps beyond the ceiling, history that a rotation at cap
    // or ceiling leaves behind. What else a run that is cancelled would not have cost is not known, and not counted.
    std::array<Money, guardRuleCount> spared{};
    Money actual; // of the runs of that time with known cost
    qint64 runs = 0, unknownRuns = 0; // with known cost, and without
    [[nodiscard]] Money allSpared() const;
};
// Ages of waiting and of cancelling runs are not in the record: these rules do nothing here.
[[nodiscard]] bool toldByRecord(GuardRule rule);

// Runs from then on, ms; what came before them counts for what comes after. `tags`: of every metadata key that the
// policy speaks of. That more acts an hour than the policy allows are asked about is left out.
PolicyTrial tryPolicy(const Ledger &ledger, const GuardPolicy &policy, const QHash<QString, ThreadTags> &tags,
                      qint64 from);

} // namespace bobbin
