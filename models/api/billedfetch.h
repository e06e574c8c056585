// SPDX-License-Identifier: GPL-3.0-or-later
// Asks a provider what it counted and billed, page by page, with an administrator's key.
#pragma once

#include "models/api/apiclient.h"

#include <functional>

namespace bobbin {

struct BilledAnswer {
    Billed billed; // with the days that were asked for
    std::vector<Error> problems; // a list that could not be had while the other one could
};

// Costs and usage of whole days, until: the first that is not wanted. An error where neither could be had.
QCoro::Task<Result<BilledAnswer>> fetchBilled(Connection connection, QByteArray adminKey, qint64 from, qint64 until,
                                              std::function<void()> pageRead, Cancel cancel);

} // namespace bobbin
