// SPDX-License-Identifier: GPL-3.0-or-later
// What a batch is billed at: half, where nothing else is known of it.
#pragma once

#include "models/pricing/pricetable.h"

namespace bobbin {

inline Rates batchRates(const Price &price, const Rates &standard) // standard: of the price, for its context
{
    if (price.batch)
        return *price.batch;
    const auto half = [](const std::optional<qint64> &rate) {
        return rate ? std::optional<qint64>(*rate / 2) : std::nullopt;
    };
    return {standard.input / 2, standard.output / 2, half(standard.cached), half(standard.cacheWrite)};
}

} // namespace bobbin
