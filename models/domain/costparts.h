// SPDX-License-Identifier: GPL-3.0-or-later
// Where a thread's money went: parts of its cost that add up to it to the last unit, and what made most of it.
#pragma once

#include "models/core/money.h"

#include <array>

namespace bobbin {

struct CostParts {
    Money retries; // failed runs in a row, without a new user message
    Money toolRounds; // the prompts of a run's calls after its first
    Money history; // of the first call, what goes beyond the thread's base
    Money base; // instructions, tools, the question itself
    Money output;
    Money undivided; // what nothing divides: prompts of runs whose tokens are not told by call
    qint64 unknownRuns = 0; // without usage or price: in no part
    bool estimated = false; // some context is
    [[nodiscard]] Money known() const { return retries + toolRounds + history + base + output + undivided; }
    static constexpr auto all() // members
    {
        return std::array{&CostParts::retries, &CostParts::toolRounds, &CostParts::history,
                          &CostParts::base,    &CostParts::output,     &CostParts::undivided};
    }
    bool operator==(const CostParts &) const = default;
};

// A run's cost by what is billed.
struct Charge {
    Money fresh; // prompt tokens that are neither read from the cache nor written to it
    Money cached, cacheWrite, output;
    [[nodiscard]] Money known() const { return fresh + cached + cacheWrite + output; }
    bool operator==(const Charge &) const = default;
};

// The numbers are in files.
enum class Cause : quint8 {
    None = 0, // it has no cost that is known
    Volume = 1, // model and volume: nothing stands out
    History = 2,
    ToolRounds = 3,
    Retries = 4,
    Files = 5, // nothing of the above, but the same file attached again and again
};

} // namespace bobbin
