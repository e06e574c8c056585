// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/frontier.h"

#include <algorithm>

namespace bobbin {

namespace {

constexpr std::optional<qint64> caps[] = {std::nullopt, 5, 10, 15, 20, 30, 50, 100};
constexpr std::optional<qint64> ceilings[] = {std::nullopt, 5'000, 10'000, 20'000, 40'000, 80'000};
constexpr double least = 0.001; // of the actual cost: less is no gain

// The best point that is furthest from the line between the first and the last of them.
std::optional<std::size_t> kneeOf(const std::vector<FrontierPoint> &points)
{
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (points[i].best)
            best.push_back(i);
    if (best.size() < 2)
        return std::nullopt;
    const FrontierPoint &first = points[best.front()];
    const FrontierPoint &last = points[best.back()];
    const double wide = last.cutShare - first.cutShare;
    const double high = last.savedShare - first.savedShare;
    if (wide <= 0 || high <= 0)
        return best.back();
    const auto above = [&](std::size_t i) {
        return (points[i].savedShare - first.savedShare) / high - (points[i].cutShare - first.cutShare) / wide;
    };
    return *std::ranges::max_element(best, {}, above);
}

} // namespace

std::vector<FrontierPoint> limitPairs()
{
    std::vector<FrontierPoint> pairs;
    for (const auto &cap : caps)
        for (const auto &ceiling : ceilings) {
            pairs.emplace_back().turnCap = cap;
            pairs.back().contextCeiling = ceiling;
        }
    return pairs;
}

Measures with(Measures measures, const FrontierPoint &pair)
{
    measures.turnCap = pair.turnCap;
    measures.contextCeiling = pair.contextCeiling;
    return measures;
}

void put(Frontier &frontier, FrontierPoint pair, const Replay &replayed)
{
    frontier.actual = replayed.actual;
    pair.saved = replayed.actual - replayed.would;
    pair.savedShare = replayed.actual.pico > 0 ? double(pair.saved.pico) / double(replayed.actual.pico) : 0;
    pair.cutShare = replayed.tokens > 0 ? double(replayed.tokensCut) / double(replayed.tokens) : 0;
    pair.rotations = replayed.rotations;
    frontier.points.push_back(pair);
}

void settle(Frontier &frontier)
{
    std::ranges::stable_sort(frontier.points, [](const FrontierPoint &a, const FrontierPoint &b) {
        return std::pair(a.cutShare, b.savedShare) < std::pair(b.cutShare, a.savedShare);
    });
    double most = -1;
    for (FrontierPoint &point : frontier.points)
        if (point.savedShare > most + (most < 0 ? 0 : least)) {
            point.best = true;
            most = point.savedShare;
        }
    frontier.knee = kneeOf(frontier.points);
}

std::optional<Frontier> searchLimits(const Ledger &ledger, const Measures &measures, const ReplayScope &scope,
                                     const SimpleRuns &simple,
                                     const std::function<bool(std::size_t done, std::size_t of)> &step)
{
    Frontier frontier;
    const std::vector<FrontierPoint> pairs = limitPairs();
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (step && !step(i, pairs.size()))
            return std::nullopt;
        put(frontier, pairs[i], replay(ledger, with(measures, pairs[i]), scope, simple));
    }
    settle(frontier);
    return frontier;
}

} // namespace bobbin
