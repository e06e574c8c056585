// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/cause.h"

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

std::optional<qint64> baseOf(std::span<const RunFact> runs)
{
    const auto first = std::ranges::find_if(runs, [](const RunFact &run) { return run.context >= 0; });
    return first == runs.end() ? std::nullopt : std::optional<qint64>(first->context);
}

std::vector<bool> inSpirals(std::span<const RunFact> runs, int failedInARow)
{
    std::vector<bool> spiral(runs.size());
    for (const auto &[first, end] : spiralsIn(runs, failedInARow))
        std::fill(spiral.begin() + qsizetype(first), spiral.begin() + qsizetype(end), true);
    return spiral;
}

// Of a run whose cost is known, and that is in no spiral.
CostParts partsOfRun(const RunFact &run, const RateBook &rates, qint64 threadBase)
{
    const Money cost{run.cost};
    CostParts parts;
    const Price *price = rates.at(run.model, run.created);
    if (!run.hasUsage() || !price) {
        parts.undivided = cost;
        return parts;
    }
    const Usage usage = run.usage();
    if (run.context >= 0) {
        parts = divided(usage, price->rates, run.context, threadBase);
        parts.estimated = run.estimated;
    } else {
        Usage prompts = usage;
        prompts.completion = 0;
        parts.undivided = bobbin::cost(price->rates, prompts);
    }
    parts.output = Money{price->rates.output} * usage.completion;
    // What it was priced at counts, should the price have changed since.
    if (const Money now = parts.known(); now != cost && now.pico > 0)
        for (const auto part : CostParts::all())
            (parts.*part).pico = std::llround(double((parts.*part).pico) / double(now.pico) * double(cost.pico));
    const auto members = CostParts::all();
    const auto largest = *std::ranges::max_element(members, {}, [&](auto part) { return parts.*part; });
    parts.*largest += cost - parts.known();
    return parts;
}

} // namespace

bool hasFailed(RunStatus status)
{
    return status == RunStatus::Failed || status == RunStatus::Expired || status == RunStatus::Incomplete;
}

std::vector<Spiral> spiralsIn(std::span<const RunFact> runs, int failedInARow)
{
    std::vector<Spiral> found;
    for (std::size_t i = 0; i < runs.size();) {
        std::size_t end = i;
        while (end < runs.size() && hasFailed(runs[end].status) && runs[end].turn == runs[i].turn)
            ++end;
        if (int(end - i) >= failedInARow)
            found.push_back({i, end});
        i = std::max(end, i + 1);
    }
    return found;
}

std::vector<std::optional<CostParts>> partsByRun(std::span<const RunFact> runs, const RateBook &rates, int failedInARow)
{
    std::vector<std::optional<CostParts>> all(runs.size());
    const std::vector<bool> spiral = inSpirals(runs, failedInARow);
    const qint64 base = baseOf(runs).value_or(0);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::optional<Money> cost = runs[i].money();
        if (!cost)
            continue;
        if (spiral[i])
            all[i].emplace().retries = *cost;
        else
            all[i] = partsOfRun(runs[i], rates, base);
    }
    return all;
}

CostParts partsOf(std::span<const RunFact> runs, const RateBook &rates, int failedInARow)
{
    CostParts sum;
    for (const std::optional<CostParts> &parts : partsByRun(runs, rates, failedInARow)) {
        if (!parts) {
            ++sum.unknownRuns;
            continue;
        }
        for (const auto part : CostParts::all())
            sum.*part += *parts.*part;
        sum.estimated = sum.estimated || parts->estimated;
    }
    return sum;
}

Cause causeOf(const CostParts &parts, bool filesAgain)
{
    struct One {
        Cause cause;
        Money money;
    };
    const std::array<One, 3> all{
        {{Cause::Retries, parts.retries}, {Cause::ToolRounds, parts.toolRounds}, {Cause::History, parts.history}}};
    const One &most = *std::ranges::max_element(all, {}, &One::money);
    const qint64 known = parts.known().pico;
    if (known <= 0)
        return Cause::None;
    const qint64 third = known / 3 + (known % 3 > 0 ? 1 : 0);
    if (most.money.pico > 0 && most.money.pico >= third)
        return most.cause;
    return filesAgain ? Cause::Files : Cause::Volume;
}

CauseRuns causeRuns(std::span<const RunFact> runs, const RateBook &rates, Cause cause, int failedInARow,
                    qint64 toolCeiling)
{
    CauseRuns told;
    const auto parts = partsByRun(runs, rates, failedInARow);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!parts[i])
            continue;
        const RunFact &run = runs[i];
        Money money = parts[i]->known();
        if (cause == Cause::Retries)
            money = parts[i]->retries;
        else if (cause == Cause::History)
            money = parts[i]->history;
        else if (cause == Cause::ToolRounds)
            money = run.rounds > toolCeiling ? parts[i]->toolRounds : Money();
        if (money.pico == 0)
            continue;
        told.least = told.runs == 0 ? run.rounds : std::min<qint64>(told.least, run.rounds);
        if (told.runs++ == 0)
            told.from = run.created;
        told.money += money;
    }
    if (cause == Cause::ToolRounds && told.runs == 0 && toolCeiling > 0)
        return causeRuns(runs, rates, cause, failedInARow, 0);
    return told;
}

} // namespace bobbin
