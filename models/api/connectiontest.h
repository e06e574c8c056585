// SPDX-License-Identifier: GPL-3.0-or-later
// A connection is tried before it is kept: whose protocol is spoken there, does it take the key, what will work?
#pragma once

#include "models/api/apiclient.h"

namespace bobbin {

struct ConnectionReport {
    QString provider; // that answered
    std::optional<bool> listsThreads; // empty: could not be found out
};

// Where the connection names no provider, those there are are tried, the likeliest first.
QCoro::Task<Result<ConnectionReport>> testConnection(Connection connection, QByteArray key,
                                                     std::chrono::milliseconds timeout, Cancel cancel);

// What a person may want to do there, each with whether it works.
struct FeatureLine {
    QString what;
    enum class Works { Yes, No, Unknown } works = Works::Yes;
    QString why; // where it does not, or is not known
};
std::vector<FeatureLine> featureTable(const Provider &provider, const std::optional<ConnectionReport> &report);

} // namespace bobbin
