// SPDX-License-Identifier: GPL-3.0-or-later
// What is to come: the running month from the weeks before it, twelve months at a growth, a month from assumptions,
// and what a user and an interaction cost.
#pragma once

#include "models/audit/ledger.h"

#include <QDate>

#include <array>

namespace bobbin {

// The running month as it will be if the rest of it goes as the last four weeks did, weekday by weekday.
struct Projection {
    QDate month; // its first day, UTC
    CostSum soFar;
    Money likely; // whole month, from the mean of the weeks
    Money low, high; // from the cheapest and the dearest of them
    int daysLeft = 0; // whole ones, after today
    int weeks = 0; // of the four that the record reaches back to; none: nothing is projected
};
Projection projectionOf(const Ledger &ledger, qint64 now);

struct Assumptions {
    double threads = 500; // at the start
    double growth = 0.15; // a month
    double runsPerDay = 3; // of a thread
    double perRun = 0.0006; // dollars
    double messages = 5, tokensPerMessage = 150; // kept in a thread
    double prompt = 0, cached = 0, completion = 0; // tokens a run, for a month's calculation
    double storedTokens = 0; // dollars per 1,000,000 tokens and month; no known provider bills it
};
struct ForecastMonth {
    int month = 0; // 1: the next one
    double threads = 0;
    double runs = 0, storage = 0; // dollars
    [[nodiscard]] double cost() const { return runs + storage; }
};
constexpr int forecastMonths = 12;
std::array<ForecastMonth, forecastMonths> forecastOf(const Assumptions &assumptions);

// What the last 30 days say of them; none without runs. Growth: of their known cost over that of the 30 days before,
// where the record reaches back over both.
std::optional<Assumptions> assumptionsFrom(const Ledger &ledger, qint64 now);

struct MonthInputs {
    double threads = 0, runsPerDay = 0; // a thread
    double prompt = 0, cached = 0, completion = 0; // tokens a run; cached ones are among the prompt's
    double storedTokens = 0; // a thread
    double storedRate = 0; // dollars per 1,000,000 tokens and day
};
struct MonthCost { // of 30 days, in dollars
    double runs = 0; // how many
    double perRun = 0, ofRuns = 0, storage = 0;
    [[nodiscard]] double cost() const { return ofRuns + storage; }
};
MonthCost monthCost(const MonthInputs &inputs, const Rates &rates);

enum class ReturnGrade : quint8 { Excellent, Good, Acceptable, Marginal };
struct Return {
    double perUser = 0, perInteraction = 0; // dollars a month, dollars
    ReturnGrade grade = ReturnGrade::Marginal;
};
std::optional<Return> returnOf(double monthCost, double users, double interactionsPerUser); // none without any

} // namespace bobbin
