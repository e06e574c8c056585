// SPDX-License-Identifier: GPL-3.0-or-later
// What stands out about one thread, from its runs alone: the four failure modes as far as runs show them.
#pragma once

#include "models/domain/rows.h"

namespace bobbin {

struct Limits {
    qint64 contextCeiling = 40'000; // prompt tokens a run
    int failedInARow = 2; // without a new user message
    int toolCalls = 5; // in one run
};

struct Finding {
    enum class Kind { HistoryGrowth, RetrySpiral, ToolLoop, Stuck, UnknownCost, BeyondReason };
    Kind kind = Kind::HistoryGrowth;
    RowKey run = 0; // where it begins
    qint64 turn = 0;
    qint64 count = 0; // runs concerned; for growth: prompt tokens now
    std::optional<Money> waste;
};

bool hasFailed(RunStatus status); // and took what it took for nothing
std::vector<Finding> threadFindings(const std::vector<TurnPoint> &points, const Limits &limits);

} // namespace bobbin
