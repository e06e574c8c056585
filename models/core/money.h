// SPDX-License-Identifier: GPL-3.0-or-later
// Exact money: US dollars as integer pico-dollars (1e-12), so that one token at 0.0125 a million still counts exactly.
#pragma once

#include <QtGlobal>
#include <cmath>
#include <compare>
#include <limits>
#include <optional>

namespace bobbin {

struct Money {
    qint64 pico = 0;

    static constexpr qint64 perDollar = 1'000'000'000'000;
    static Money fromDollars(double dollars) { return {std::llround(dollars * 1e6) * (perDollar / 1'000'000)}; }
    [[nodiscard]] constexpr double dollars() const { return double(pico) / double(perDollar); }
    static constexpr qint64 most = std::numeric_limits<qint64>::max(); // sums stay there: nine million dollars
    constexpr Money &operator+=(Money other)
    {
        pico = other.pico > 0 && pico > most - other.pico ? most : pico + other.pico;
        return *this;
    }
    friend constexpr Money operator+(Money a, Money b) { return a += b; }
    friend constexpr Money operator-(Money a, Money b) { return {a.pico - b.pico}; }
    friend constexpr Money operator*(Money a, qint64 n) { return {n > 0 && a.pico > most / n ? most : a.pico * n}; }
    constexpr auto operator<=>(const Money &) const = default;
};

// A sum that says what it leaves out.
struct CostSum {
    Money known;
    qint64 pricedRuns = 0;
    qint64 unknownRuns = 0; // no usage, or a model without a price
    qint64 assumedRuns = 0; // of the priced ones: at the price of the model theirs was made from

    void add(const std::optional<Money> &cost, bool assumed = false)
    {
        if (cost) {
            known += *cost;
            ++pricedRuns;
            assumedRuns += assumed ? 1 : 0;
        } else {
            ++unknownRuns;
        }
    }
    CostSum &operator+=(const CostSum &other)
    {
        known += other.known;
        pricedRuns += other.pricedRuns;
        unknownRuns += other.unknownRuns;
        assumedRuns += other.assumedRuns;
        return *this;
    }
    bool operator==(const CostSum &) const = default;
};

} // namespace bobbin
