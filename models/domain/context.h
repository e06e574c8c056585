// SPDX-License-Identifier: GPL-3.0-or-later
// What one model call of a run reads. A run's prompt tokens are the sum over its calls; what a ceiling, a window or a
// rotation is about is the context of its first one.
#pragma once

#include "models/domain/objects.h"

namespace bobbin {

struct RunCalls {
    std::vector<qint64> told; // prompt tokens of each model call, in order; empty where the server does not say
    std::optional<qint64> toolRounds; // steps of tool calls, each followed by another model call; none: not read
    qint64 outputTokens = 0; // of all tool outputs, estimated from their text
};

struct Context {
    qint64 first = 0; // tokens that the first call read
    qint64 largest = 0; // and the call that read most
    bool estimated = false;
    bool operator==(const Context &) const = default;
};

// None without usage, or where it has tool rounds and nothing says how its tokens fall to them.
std::optional<Context> contextOf(const std::optional<Usage> &run, const RunCalls &calls);
// Prompt tokens of each call, told or estimated; of one call, or where nothing divides them, empty.
std::vector<qint64> callsOf(const std::optional<Usage> &run, const RunCalls &calls);

} // namespace bobbin
