// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/retrypolicy.h"

namespace bobbin {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds longestObeyed = 120s;

bool worthIt(const Error &error, const RawResponse &response, const Request &request)
{
    if (error.kind == Error::Kind::Quota || error.kind == Error::Kind::Tls)
        return false;
    if (request.method == "DELETE")
        return false; // who deletes looks again before the next try
    const QByteArray advice = response.headers.value("x-should-retry");
    if (advice == "false")
        return false;
    if (error.httpStatus == 429 || (advice == "true" && error.httpStatus >= 400))
        return true; // answered, not done: safe for creates too
    if (!request.mayRepeat())
        return false;
    switch (error.kind) {
    case Error::Kind::Network:
    case Error::Kind::Timeout:
    case Error::Kind::Server:
        return true;
    default:
        return error.httpStatus == 409;
    }
}

} // namespace

std::optional<milliseconds> waitBeforeRetry(const Error &error, const RawResponse &response, const Request &request,
                                            int retries, double jitter)
{
    // A silent server is asked once more, not three times: each try lasts half a minute.
    const int most = error.kind == Error::Kind::Timeout && error.httpStatus == 0 ? 1 : mostRetries;
    if (retries >= most || !worthIt(error, response, request))
        return std::nullopt;
    if (error.retryAfter)
        return *error.retryAfter <= longestObeyed ? error.retryAfter : std::nullopt;
    const double seconds = std::min(0.5 * double(1 << retries), 8.0) * (1 - 0.25 * jitter);
    return milliseconds(qint64(seconds * 1000));
}

} // namespace bobbin
