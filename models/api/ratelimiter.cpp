// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/ratelimiter.h"

#include "models/api/responsereader.h"

namespace bobbin {

using std::chrono::milliseconds;

namespace {

// A header that says more is wrong, or means an account that is not served any more: the next answer tells.
constexpr std::chrono::seconds longestHold{120};
constexpr milliseconds longestPoll{60'000};

} // namespace

void RateLimiter::answered(const QHash<QByteArray, QByteArray> &headers, Clock::time_point now)
{
    bool ok = false;
    // Comes with a run.
    if (const qint64 after = headers.value("openai-poll-after-ms").toLongLong(&ok); ok && after >= 0)
        m_pollAfter = std::min(milliseconds(after), longestPoll);
    const qint64 remaining = headers.value("x-ratelimit-remaining-requests").toLongLong(&ok);
    if (!ok)
        return;
    m_remaining = remaining;
    if (remaining > 0)
        return;
    if (const auto reset = goDuration(headers.value("x-ratelimit-reset-requests")))
        holdUntil(now + std::min<milliseconds>(*reset, longestHold));
}

milliseconds RateLimiter::waitFor(Clock::time_point now) const
{
    return now >= m_heldUntil ? milliseconds(0) : std::chrono::ceil<milliseconds>(m_heldUntil - now);
}

} // namespace bobbin
