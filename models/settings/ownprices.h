// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped price table with the person's own rows on top, which lie in one JSON file beside the connections.
#pragma once

#include "models/pricing/pricetable.h"

namespace bobbin {

QString ownPricesFile();
// The shipped table alone where there is no file; an error (and nothing applied) where it cannot be read.
Result<PriceTable> loadPrices(const QString &ownFile);
Done saveOwnPrices(const PriceTable &table, const QString &ownFile);

} // namespace bobbin
