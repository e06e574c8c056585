// SPDX-License-Identifier: GPL-3.0-or-later
// Where a thread's money went, from its runs.
#pragma once

#include "models/audit/facts.h"

#include <span>

namespace bobbin {

// Failed runs in a row without a new user message, from `first` to before `end`.
struct Spiral {
    std::size_t first = 0, end = 0;
};
bool hasFailed(RunStatus status); // and took what it took for nothing
std::vector<Spiral> spiralsIn(std::span<const RunFact> runs, int failedInARow);

// Of each run, oldest first; none where its cost is unknown.
std::vector<std::optional<CostParts>> partsByRun(std::span<const RunFact> runs, const RateBook &rates,
                                                 int failedInARow);
// Of all of them. `failedInARow`: how many make a spiral.
CostParts partsOf(std::span<const RunFact> runs, const RateBook &rates, int failedInARow);
Cause causeOf(const CostParts &parts, bool filesAgain = false); // the same file attached to several messages

// What a sentence says of a thread's cause: which runs they are. Of tool rounds those beyond the ceiling; where none
// is, all that had any.
struct CauseRuns {
    Money money; // of that part
    qint64 runs = 0;
    qint64 least = 0; // tool rounds: the fewest of those runs
    qint64 from = 0; // ms
};
CauseRuns causeRuns(std::span<const RunFact> runs, const RateBook &rates, Cause cause, int failedInARow,
                    qint64 toolCeiling);

} // namespace bobbin
