// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/domain/context.h"

#include <algorithm>

namespace bobbin {

namespace {

// Each call reads what the one before it did and one output more: prompt = (k + 1) * first + o * k * (k + 1) / 2.
struct Growth {
    qint64 first, each;
};
Growth growthOf(qint64 prompt, qint64 rounds, qint64 outputTokens)
{
    const qint64 each = outputTokens / rounds;
    return {std::max<qint64>(0, prompt - each * (rounds * (rounds + 1) / 2)) / (rounds + 1), each};
}

} // namespace

std::optional<Context> contextOf(const std::optional<Usage> &run, const RunCalls &calls)
{
    // A run that failed before its first call may tell of 0 tokens: it read nothing that says how long its thread is.
    const auto read = [](qint64 tokens) { return tokens > 0; };
    if (const auto first = std::ranges::find_if(calls.told, read); first != calls.told.end())
        return Context{*first, *std::ranges::max_element(calls.told), false};
    if (!run || run->prompt <= 0)
        return std::nullopt;
    const qint64 rounds = calls.toolRounds.value_or(0);
    if (rounds <= 0)
        return Context{run->prompt, run->prompt, !calls.toolRounds}; // what nobody read may have had some
    if (calls.outputTokens <= 0)
        return std::nullopt;
    const Growth growth = growthOf(run->prompt, rounds, calls.outputTokens);
    return Context{growth.first, std::min(run->prompt, growth.first + rounds * growth.each), true};
}

std::vector<qint64> callsOf(const std::optional<Usage> &run, const RunCalls &calls)
{
    if (!calls.told.empty() || !run || calls.toolRounds.value_or(0) <= 0 || calls.outputTokens <= 0)
        return calls.told;
    const qint64 rounds = *calls.toolRounds;
    const Growth growth = growthOf(run->prompt, rounds, calls.outputTokens);
    std::vector<qint64> all;
    qint64 left = run->prompt;
    for (qint64 k = 0; k < rounds; ++k) {
        all.push_back(std::min(left, growth.first + k * growth.each));
        left -= all.back();
    }
    all.push_back(left);
    return all;
}

} // namespace bobbin
