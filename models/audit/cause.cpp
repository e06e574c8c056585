// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/cause.h"

#include "models/audit/threadfindings.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bobbin {

namespace {

constexpr std::array dividedAmong{&CostParts::base, &CostParts::history, &CostParts::toolRounds};

// Cached tokens are the beginning of a prompt, those written to the cache follow them.
CostParts divided(const Usage &usage, const Rates &rates, qint64 first, qint64 threadBase)
{
    const qint64 base = std::min({first, threadBase, usage.prompt});
    const qint64 history = std::min(first, usage.prompt) - base;
    const std::array<qint64, 3> tokens{base, history, usage.prompt - base - history};
    qint64 cached = std::clamp<qint64>(usage.cached.value_or(0), 0, usage.prompt);
    qint64 written = std::clamp<qint64>(usage.cacheWrite.value_or(0), 0, usage.prompt - cached);
    CostParts parts;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const qint64 read = std::min(tokens[i], cached);
        const qint64 put = std::min(tokens[i] - read, written);
        cached -= read;
        written -= put;
        parts.*dividedAmong[i] = bobbin::cost(
            rates, {.prompt = tokens[i], .completion = 0, .cached = read, .cacheWrite = put, .reasoning = {}});
    }
    return parts;
}

} // namespace

CostParts partsOf(const std::vector<RunFacts> &runs, const PriceTable &prices, int failedInARow)
{
    CostParts sum;
    std::vector<bool> spiral(runs.size());
    for (const auto &[first, end] : spiralsIn(runs, failedInARow, &RunFacts::run))
        std::fill(spiral.begin() + qsizetype(first), spiral.begin() + qsizetype(end), true);
    std::optional<qint64> threadBase;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const TurnPoint &run = runs[i].run;
        const std::optional<Context> context = contextOf(run.usage, runs[i].calls);
        if (!threadBase && context)
            threadBase = context->first;
        const Price *price = prices.priceAt(run.model, run.createdAt);
        if (!run.usage || !price || !run.cost) {
            ++sum.unknownRuns;
            continue;
        }
        if (spiral[i]) {
            sum.retries += *run.cost;
            continue;
        }
        CostParts parts;
        if (context) {
            parts = divided(*run.usage, price->rates, context->first, *threadBase);
            sum.estimated = sum.estimated || context->estimated;
        } else {
            Usage prompts = *run.usage;
            prompts.completion = 0;
            parts.undivided = bobbin::cost(price->rates, prompts);
        }
        parts.output = Money{price->rates.output} * run.usage->completion;
        // What it was priced at counts, should the price have changed since.
        constexpr std::array all{&CostParts::base, &CostParts::history, &CostParts::toolRounds, &CostParts::output,
                                 &CostParts::undivided};
        if (const Money now = parts.known(); now != *run.cost && now.pico > 0)
            for (const auto part : all)
                (parts.*part).pico =
                    std::llround(double((parts.*part).pico) / double(now.pico) * double(run.cost->pico));
        const auto largest = *std::ranges::max_element(all, {}, [&](auto part) { return parts.*part; });
        parts.*largest += *run.cost - parts.known();
        for (const auto part : all)
            sum.*part += parts.*part;
    }
    return sum;
}

Cause causeOf(const CostParts &parts)
{
    struct One {
        Cause cause;
        Money money;
    };
    const std::array<One, 3> all{
        {{Cause::Retries, parts.retries}, {Cause::ToolRounds, parts.toolRounds}, {Cause::History, parts.history}}};
    const One &most = *std::ranges::max_element(all, {}, &One::money);
    const qint64 known = parts.known().pico;
    const qint64 third = known / 3 + (known % 3 > 0 ? 1 : 0);
    return most.money.pico > 0 && most.money.pico >= third ? most.cause : Cause::Volume;
}

} // namespace bobbin
