// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/threadfindings.h"

namespace bobbin {

namespace {

void addGrowth(const std::vector<TurnPoint> &points, const Limits &limits, std::vector<Finding> &found)
{
    const auto over = std::ranges::find_if(
        points, [&](const TurnPoint &p) { return p.usage && p.usage->prompt > limits.contextCeiling; });
    if (over == points.end())
        return;
    Finding f{Finding::Kind::HistoryGrowth, over->key, over->turn, 0, std::nullopt};
    for (const TurnPoint &p : points)
        if (p.usage)
            f.count = p.usage->prompt;
    found.push_back(f);
}

void addSpirals(const std::vector<TurnPoint> &points, const Limits &limits, std::vector<Finding> &found)
{
    for (const auto &[first, end] : spiralsIn(points, limits.failedInARow, std::identity())) {
        CostSum waste;
        for (std::size_t i = first; i < end; ++i)
            waste.add(points[i].cost);
        found.push_back({Finding::Kind::RetrySpiral, points[first].key, points[first].turn, qint64(end - first),
                         waste.unknownRuns == 0 ? std::optional(waste.known) : std::nullopt});
    }
}

} // namespace

bool hasFailed(RunStatus status)
{
    return status == RunStatus::Failed || status == RunStatus::Expired || status == RunStatus::Incomplete;
}

std::vector<Finding> threadFindings(const std::vector<TurnPoint> &points, const Limits &limits)
{
    std::vector<Finding> found;
    addGrowth(points, limits, found);
    addSpirals(points, limits, found);
    Finding loops{Finding::Kind::ToolLoop, 0, 0, 0, std::nullopt};
    Finding beyond{Finding::Kind::BeyondReason, 0, 0, 0, std::nullopt};
    Finding unknown{Finding::Kind::UnknownCost, 0, 0, 0, std::nullopt};
    const auto count = [](Finding &f, const TurnPoint &p) {
        if (f.count++ == 0) {
            f.run = p.key;
            f.turn = p.turn;
        }
    };
    for (const TurnPoint &p : points) {
        if (p.toolCalls && *p.toolCalls > limits.toolCalls)
            count(loops, p);
        if (p.usage && p.usage->beyondReason())
            count(beyond, p);
        if (isActive(p.status)) {
            if (p.status == RunStatus::RequiresAction || p.status == RunStatus::Cancelling)
                found.push_back({Finding::Kind::Stuck, p.key, p.turn, 1, std::nullopt});
        } else if (!p.cost) {
            count(unknown, p);
        }
    }
    for (const Finding &f : {loops, beyond, unknown})
        if (f.count > 0)
            found.push_back(f);
    return found;
}

} // namespace bobbin
