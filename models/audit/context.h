// SPDX-License-Identifier: GPL-3.0-or-later
// What one model call of a run reads. A run's prompt tokens are the sum over its calls; what a ceiling, a window or a
// rotation is about is the context of its first one.
#pragma once

#include "models/domain/rows.h"

namespace bobbin {

struct RunCalls {
    std::vector<Usage> told; // one a model call, in their order; empty where the server does not say
    qint64 toolRounds = 0; // each is followed by another model call
    std::optional<qint64> outputTokens; // of a tool's output, on average, from its text
};

struct Context {
    qint64 first = 0; // tokens that the first call read
    qint64 largest = 0; // and the call that read most
    bool estimated = false;
    bool operator==(const Context &) const = default;
};

// None without usage, or where it has tool rounds and nothing says how its tokens fall to them.
std::optional<Context> contextOf(const std::optional<Usage> &run, const RunCalls &calls);

} // namespace bobbin
