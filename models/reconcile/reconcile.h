// SPDX-License-Identifier: GPL-3.0-or-later
// The provider's own figures beside what the recorded runs come to, by day and model, and what makes the difference:
// parts that add up to it to the last unit. Computed over the ledger.
#pragma once

#include "models/audit/ledger.h"
#include "models/domain/billed.h"

#include <QStringList>

#include <array>

namespace bobbin {

// What the provider has more (or less) than is recorded here.
enum class Gap : quint8 {
    Unpriced, // models that have no price here
    MissingUsage, // runs whose tokens the server did not tell; what they cost is estimated from the others
    OtherWork, // tokens and services that no run here used
    OtherProjects,
    Storage, // of files and vector stores
    ToolFees,
    Rates, // the same tokens at other prices: discounts, tiers, rounding
    NotCounted, // recorded here, and not (yet) counted there
    Unexplained,
};
constexpr std::size_t gapCount = 9;
struct Gaps {
    std::array<Money, gapCount> of;
    Money &operator[](Gap gap) { return of[std::size_t(gap)]; }
    Money operator[](Gap gap) const { return of[std::size_t(gap)]; }
    Gaps &operator+=(const Gaps &other);
    [[nodiscard]] Money sum() const;
    [[nodiscard]] std::optional<Gap> largest() const; // none: all are zero
    bool operator==(const Gaps &) const = default;
};

struct Tokens {
    qint64 prompt = 0, cached = 0, completion = 0;
    Tokens &operator+=(const Tokens &other);
    bool operator==(const Tokens &) const = default;
};

struct Compared {
    std::optional<Money> billed; // by the provider; or what it counted at the prices here, see atOurPrices
    bool atOurPrices = false; // some of it is not what it billed
    CostSum here; // runs of a model without a price, or without usage, are among its unknown ones
    qint64 withoutUsage = 0; // of these
    std::optional<Tokens> counted; // by the provider
    qint64 requests = 0;
    Tokens recorded;
    Gaps gaps; // add up to billed - here
    qint64 uncompared = 0; // rows in it of which the provider's money is not known: these are in no gap
    [[nodiscard]] std::optional<Money> difference() const { return billed ? std::optional(gaps.sum()) : std::nullopt; }
    [[nodiscard]] bool ran() const { return here.pricedRuns + here.unknownRuns > 0; } // runs are in it
    void add(const Compared &other);
};

struct ComparedRow {
    enum class Kind : quint8 { Model, Storage, Tools, Services, Projects, Whole }; // Whole: all of a day, not itemized
    Kind kind = Kind::Model;
    qint64 day = 0;
    QString name; // of the model, the item
    Compared figures;
};

struct Reconciliation {
    std::vector<ComparedRow> rows; // by day, then the dearest first
    Compared sum;
    QStringList projects; // that the figures name
    qint64 days = 0; // that are compared
    qint64 daysWithout = 0; // with runs, in the time that was asked for, of which there are no figures
    std::vector<ComparedRow> byDay() const; // oldest first; of any kind
    std::vector<ComparedRow> byName() const; // the dearest first; of no day
};

struct ReconcileQuery {
    qint64 from = 0, until = 0; // days; until: the first that is not in it
    QString project; // of this workspace; empty: all that is billed is its
};

Reconciliation reconcile(const Ledger &ledger, const Billed &billed, const ReconcileQuery &query);

// "gpt-4o-2024-08-06, cached input" is of a model, "code interpreter sessions" of tools.
struct ItemClass {
    ComparedRow::Kind kind = ComparedRow::Kind::Services;
    QString model; // its id in the price table, or as it is called
};
ItemClass classOf(const QString &item, const PriceTable *prices);

} // namespace bobbin
