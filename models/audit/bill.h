// SPDX-License-Identifier: GPL-3.0-or-later
// What made the bill: this month beside the last one, by cause, and the threads that did it.
#pragma once

#include "models/audit/cause.h"
#include "models/audit/ledger.h"
#include "models/audit/limits.h"

namespace bobbin {

struct CostlyThread {
    RowKey key = 0;
    Money cost; // this month
    Cause cause = Cause::None; // of all of it
    CauseRuns runs;
    std::optional<Money> perTurn; // of its newest turns, on average
};

struct Bill {
    QString month, lastMonth; // YYYY-MM, UTC
    CostSum cost, before, beforeByNow; // this month; the last one, whole and up to the same day and hour
    CostParts parts; // of this month
    CostParts partsBefore; // of the last one, whole
    std::vector<CostlyThread> threads; // of this month, the costliest first
    std::vector<CostlyThread> costliestEver; // of all time
    Money ever; // all of it
    qint64 activeRuns = 0;
    // Runs only: what threads tell of themselves is in no month.
};
constexpr std::size_t costliestThreads = 10;

Bill billOf(const Ledger &ledger, const LimitSet &limits, qint64 now);

} // namespace bobbin
