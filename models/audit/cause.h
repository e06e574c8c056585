// SPDX-License-Identifier: GPL-3.0-or-later
// Where a thread's money went: its cost in parts that add up to it to the last unit, and the part that caused it.
#pragma once

#include "models/audit/context.h"
#include "models/pricing/pricetable.h"

namespace bobbin {

struct RunFacts {
    TurnPoint run;
    RunCalls calls;
};

struct CostParts {
    Money retries; // failed runs in a row, without a new user message
    Money toolRounds; // the prompts of a run's calls after its first
    Money history; // of the first call, what goes beyond the thread's base
    Money base; // instructions, tools, the question itself
    Money output;
    Money undivided; // prompts of runs whose tokens nothing divides among their calls
    qint64 unknownRuns = 0; // without usage or price: in no part
    bool estimated = false; // some context is
    [[nodiscard]] Money known() const { return retries + toolRounds + history + base + output + undivided; }
    bool operator==(const CostParts &) const = default;
};

enum class Cause { Volume, History, ToolRounds, Retries }; // Volume: model and volume, nothing stands out

// Oldest run first. `failedInARow`: how many make a spiral.
CostParts partsOf(const std::vector<RunFacts> &runs, const PriceTable &prices, int failedInARow);
Cause causeOf(const CostParts &parts);

} // namespace bobbin
