// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/context.h"

#include <algorithm>

namespace bobbin {

std::optional<Context> contextOf(const std::optional<Usage> &run, const RunCalls &calls)
{
    if (!calls.told.empty()) {
        const qint64 largest = std::ranges::max_element(calls.told, {}, &Usage::prompt)->prompt;
        return Context{calls.told.front().prompt, largest, false};
    }
    if (!run)
        return std::nullopt;
    if (calls.toolRounds <= 0)
        return Context{run->prompt, run->prompt, false};
    if (!calls.outputTokens)
        return std::nullopt;
    // Each call reads what the one before it did and one output more: prompt = (k + 1) * first + o * k * (k + 1) / 2.
    const qint64 k = calls.toolRounds;
    const qint64 grown = *calls.outputTokens * (k * (k + 1) / 2);
    const qint64 first = std::max<qint64>(0, run->prompt - grown) / (k + 1);
    return Context{first, std::min(run->prompt, first + k * *calls.outputTokens), true};
}

} // namespace bobbin
