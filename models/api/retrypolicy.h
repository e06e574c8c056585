// SPDX-License-Identifier: GPL-3.0-or-later
// Whether and when a failed request is sent again. One place, no state.
#pragma once

#include "models/api/responsereader.h"
#include "models/providers/provider.h"

namespace bobbin {

constexpr int mostRetries = 3;

// How long to wait before the next try; none: give up. `retries` are those already made, `jitter` is 0…1.
std::optional<std::chrono::milliseconds> waitBeforeRetry(const Error &error, const RawResponse &response,
                                                         const Request &request, int retries, double jitter);

} // namespace bobbin
