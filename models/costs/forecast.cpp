// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/costs/forecast.h"

#include "models/core/days.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace bobbin {

namespace {

constexpr int lookBack = 28; // days: every weekday four times
constexpr int weekDays = 7;
constexpr int weeks = lookBack / weekDays;
constexpr int monthDays = 30;

template <class Take> void eachRunSince(const Ledger &ledger, qint64 from, Take take)
{
    for (const ThreadFact &thread : ledger.threads)
        for (auto run = thread.runs.rbegin(); run != thread.runs.rend() && run->created >= from; ++run)
            take(thread, *run);
}

} // namespace

Projection projectionOf(const Ledger &ledger, qint64 now)
{
    const qint64 today = now / dayMs;
    const QDate date = dateOf(today);
    Projection projection;
    projection.month = {date.year(), date.month(), 1};
    const qint64 month = dayNumber(projection.month);
    projection.daysLeft = int(dayNumber(projection.month.addMonths(1)) - today - 1);
    std::array<Money, lookBack> before; // 0: yesterday
    Money ofToday;
    qint64 first = today; // day of the first priced run
    for (const ThreadFact &thread : ledger.threads)
        for (const RunFact &run : thread.runs)
            if (run.money() && run.created > 0)
                first = std::min(first, run.created / dayMs);
    eachRunSince(ledger, std::min(month, today - lookBack) * dayMs, [&](const ThreadFact &, const RunFact &run) {
        const qint64 day = run.created / dayMs;
        if (day >= month)
            projection.soFar.add(run.money(), run.assumed);
        const Money cost = run.money().value_or(Money());
        if (day == today)
            ofToday += cost;
        else if (day < today && today - day <= lookBack)
            before[std::size_t(today - day - 1)] += cost;
    });
    // Weeks that the record does not reach back to tell nothing; the first one is as long as it is.
    projection.weeks = int(std::clamp<qint64>((today - first) / weekDays, first < today ? 1 : 0, weeks));
    if (std::ranges::all_of(before, [](const Money &day) { return day.pico == 0; }))
        projection.weeks = 0;
    projection.likely = projection.low = projection.high = projection.soFar.known;
    if (projection.weeks == 0)
        return projection;
    const auto asInWeek = [&](int week, int daysAhead) { // the same weekday, so many weeks ago
        return before[std::size_t(weekDays * (week + 1) - daysAhead % weekDays - 1)];
    };
    std::array<Money, weeks> ofWeeks;
    for (int week = 0; week < projection.weeks; ++week) {
        Money &sum = ofWeeks[std::size_t(week)];
        sum = projection.soFar.known + std::max(Money(), asInWeek(week, 0) - ofToday);
        for (int ahead = 1; ahead <= projection.daysLeft; ++ahead)
            sum += asInWeek(week, ahead);
    }
    Money all;
    const auto known = std::span(ofWeeks).first(std::size_t(projection.weeks));
    for (const Money &one : known)
        all += one;
    projection.likely = {all.pico / projection.weeks};
    projection.low = *std::ranges::min_element(known);
    projection.high = *std::ranges::max_element(known);
    return projection;
}

std::array<ForecastMonth, forecastMonths> forecastOf(const Assumptions &assumptions)
{
    std::array<ForecastMonth, forecastMonths> all;
    for (int i = 0; i < forecastMonths; ++i) {
        ForecastMonth &month = all[std::size_t(i)];
        month.month = i + 1;
        month.threads = assumptions.threads * std::pow(1 + assumptions.growth, month.month);
        month.runs = month.threads * assumptions.runsPerDay * monthDays * assumptions.perRun;
        month.storage =
            month.threads * assumptions.messages * assumptions.tokensPerMessage / 1e6 * assumptions.storedTokens;
    }
    return all;
}

std::optional<Assumptions> assumptionsFrom(const Ledger &ledger, qint64 now)
{
    const qint64 from = now - monthDays * dayMs;
    CostSum recent, earlier;
    qint64 threads = 0, turns = 0;
    bool reachesBack = false; // over both of these months
    double kept = 0, prompt = 0, cached = 0, completion = 0, used = 0;
    for (const ThreadFact &thread : ledger.threads) {
        bool active = false;
        reachesBack = reachesBack ||
            (!thread.runs.empty() && thread.runs.front().created > 0 &&
             thread.runs.front().created <= from - monthDays * dayMs);
        for (auto run = thread.runs.rbegin(); run != thread.runs.rend() && run->created >= from - monthDays * dayMs;
             ++run) {
            (run->created >= from ? recent : earlier).add(run->money(), run->assumed);
            active = active || run->created >= from;
            if (run->created >= from && run->hasUsage()) {
                ++used;
                prompt += run->prompt;
                cached += std::max(0, run->cached);
                completion += run->completion;
            }
        }
        if (!active)
            continue;
        ++threads;
        turns += thread.runs.back().turn;
        kept += std::max(0, thread.runs.back().context);
    }
    const qint64 runs = recent.pricedRuns + recent.unknownRuns;
    if (threads == 0 || recent.pricedRuns == 0)
        return std::nullopt;
    Assumptions assumptions;
    assumptions.threads = double(threads);
    assumptions.runsPerDay = double(runs) / double(threads) / monthDays;
    assumptions.perRun = recent.known.dollars() / double(recent.pricedRuns);
    assumptions.growth =
        reachesBack && earlier.known.pico > 0 ? recent.known.dollars() / earlier.known.dollars() - 1 : 0;
    assumptions.messages = std::max(1.0, 2 * double(turns) / double(threads)); // each with its answer
    assumptions.tokensPerMessage = kept / double(threads) / assumptions.messages;
    if (used > 0) {
        assumptions.prompt = prompt / used;
        assumptions.cached = cached / used;
        assumptions.completion = completion / used;
    }
    return assumptions;
}

MonthCost monthCost(const MonthInputs &inputs, const Rates &rates)
{
    constexpr double perToken = 1e12; // pico-dollars
    const double cached = std::clamp(inputs.cached, 0.0, inputs.prompt);
    MonthCost month;
    month.runs = inputs.threads * inputs.runsPerDay * monthDays;
    month.perRun = ((inputs.prompt - cached) * double(rates.input) +
                    cached * double(rates.cached.value_or(rates.input)) + inputs.completion * double(rates.output)) /
        perToken;
    month.ofRuns = month.runs * month.perRun;
    month.storage = inputs.threads * inputs.storedTokens / 1e6 * inputs.storedRate * monthDays;
    return month;
}

std::optional<Return> returnOf(double monthCost, double users, double interactionsPerUser)
{
    if (users <= 0 || interactionsPerUser <= 0)
        return std::nullopt;
    Return result;
    result.perUser = monthCost / users;
    result.perInteraction = monthCost / (users * interactionsPerUser);
    result.grade = result.perInteraction < 0.01 ? ReturnGrade::Excellent
        : result.perInteraction < 0.05          ? ReturnGrade::Good
        : result.perInteraction < 0.20          ? ReturnGrade::Acceptable
                                                : ReturnGrade::Marginal;
    return result;
}

} // namespace bobbin
