// SPDX-License-Identifier: GPL-3.0-or-later
// The best limits: what each pair of turn cap and context ceiling saves, and how much of the context it cuts for that.
#pragma once

#include "models/whatif/replay.h"

#include <functional>
#include <vector>

namespace bobbin {

struct FrontierPoint {
    std::optional<qint64> turnCap, contextCeiling;
    Money saved;
    double savedShare = 0; // of the actual cost
    double cutShare = 0; // of the tokens that first calls read
    qint64 rotations = 0;
    bool best = false; // nothing else saves more and cuts as little
};

struct Frontier {
    Money actual;
    std::vector<FrontierPoint> points; // by what they cut; the first does nothing
    std::optional<std::size_t> knee; // of the best ones the one from where on more cutting brings little
};

// The pairs that are tried, each as a point without figures; put() fills one in, settle() finds the best of them.
std::vector<FrontierPoint> limitPairs();
void put(Frontier &frontier, FrontierPoint pair, const Replay &replayed);
void settle(Frontier &frontier);
Measures with(Measures measures, const FrontierPoint &pair);
// All at once. With all other measures as they are. `step` is told how many of them are done, and answers false to
// stop: nullopt.
std::optional<Frontier> searchLimits(const Ledger &ledger, const Measures &measures, const ReplayScope &scope,
                                     const SimpleRuns &simple,
                                     const std::function<bool(std::size_t done, std::size_t of)> &step = {});

} // namespace bobbin
