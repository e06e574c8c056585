// SPDX-License-Identifier: GPL-3.0-or-later
// Slows every request of a connection when the server says so: one 429 holds back all. Knows what the rate-limit
// headers said last.
#pragma once

#include <QByteArray>
#include <QHash>
#include <chrono>
#include <optional>

namespace bobbin {

class RateLimiter {
public:
    using Clock = std::chrono::steady_clock;

    void answered(const QHash<QByteArray, QByteArray> &headers, Clock::time_point now);
    void holdUntil(Clock::time_point when) { m_heldUntil = std::max(m_heldUntil, when); }
    [[nodiscard]] std::chrono::milliseconds waitFor(Clock::time_point now) const; // 0: go
    [[nodiscard]] std::optional<qint64> remaining() const { return m_remaining; }
    [[nodiscard]] std::chrono::milliseconds pollAfter() const { return m_pollAfter; } // as the server last said; 0: not

private:
    Clock::time_point m_heldUntil{};
    std::optional<qint64> m_remaining;
    std::chrono::milliseconds m_pollAfter{0};
};

} // namespace bobbin
