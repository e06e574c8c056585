// SPDX-License-Identifier: GPL-3.0-or-later
// What a provider itself counted and billed, by day (UTC): its own figures, beside what is known of the runs.
#pragma once

#include "models/core/money.h"

#include <QString>

#include <optional>
#include <set>
#include <vector>

namespace bobbin {

enum class Tier : quint8 { Standard = 0, Batch = 1, Fast = 2 }; // the numbers are in files

// Flexible processing is billed as batches are.
inline Tier tierOf(const QString &service, bool batch)
{
    using namespace Qt::Literals::StringLiterals;
    if (batch || service == "batch"_L1 || service == "flex"_L1)
        return Tier::Batch;
    return service == "priority"_L1 ? Tier::Fast : Tier::Standard;
}

// Tokens that were counted. Sums are beyond what a run may have: 64 bits.
struct CountedUsage {
    qint64 day = 0; // see days.h
    QString model, project; // empty: not told
    Tier tier = Tier::Standard;
    qint64 requests = 0;
    qint64 prompt = 0, cached = 0, completion = 0; // tokens; cached ones are among the prompt's
    bool operator==(const CountedUsage &) const = default;
};

struct BilledItem {
    qint64 day = 0;
    QString item; // as the provider calls it: "gpt-4o-2024-08-06, input"; empty: all of the day
    QString project;
    Money amount;
    bool operator==(const BilledItem &) const = default;
};

struct Billed {
    std::vector<CountedUsage> usage;
    std::vector<BilledItem> items;
    std::set<qint64> usageDays, itemDays; // that were asked for: a day among them without a row had nothing
    bool operator==(const Billed &) const = default;
};

enum class BilledList : quint8 { Usage, Items };

} // namespace bobbin
