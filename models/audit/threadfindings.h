// SPDX-License-Identifier: GPL-3.0-or-later
// What stands out about one thread, from its runs alone: the four failure modes as far as runs show them.
#pragma once

#include "models/domain/rows.h"

#include <algorithm>
#include <functional>

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

// Failed runs in a row without a new user message, from `first` to before `end`.
struct Spiral {
    std::size_t first = 0, end = 0;
};
template <class Runs, class PointOf> std::vector<Spiral> spiralsIn(const Runs &runs, int failedInARow, PointOf pointOf)
{
    std::vector<Spiral> found;
    const auto point = [&](std::size_t i) -> const TurnPoint & { return std::invoke(pointOf, runs[i]); };
    for (std::size_t i = 0; i < runs.size();) {
        std::size_t end = i;
        while (end < runs.size() && hasFailed(point(end).status) && point(end).turn == point(i).turn)
            ++end;
        if (int(end - i) >= failedInARow)
            found.push_back({i, end});
        i = std::max(end, i + 1);
    }
    return found;
}

std::vector<Finding> threadFindings(const std::vector<TurnPoint> &points, const Limits &limits);

} // namespace bobbin
