// SPDX-License-Identifier: GPL-3.0-or-later
// The same work on other models: the tokens that were billed, at their prices.
#pragma once

#include "models/audit/ledger.h"

namespace bobbin {

struct ModelCost {
    QString model;
    Money cost;
    std::optional<Money> batch; // the same, sent as batches
    qint64 tooLarge = 0; // runs with a call that its window does not hold
    bool own = false; // its price is the person's own
    bool used = false; // some of the runs were on it
    QDate shutdown; // invalid: none is known
    QString price; // in words
};

struct SameWork {
    qint64 runs = 0; // whose cost is known
    qint64 unknownRuns = 0; // left out: there is nothing to compare with
    qint64 prompt = 0, cached = 0, completion = 0; // tokens
    Money actual;
    std::vector<ModelCost> models; // of the price table that are in force, the cheapest first
};

// Of the runs from then on (0: all), of one assistant (its number in the ledger) or of all.
SameWork sameWorkOn(const Ledger &ledger, qint64 from, const std::optional<qint32> &assistant, qint64 now);

} // namespace bobbin
