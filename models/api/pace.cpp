// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/pace.h"

#include <algorithm>

namespace bobbin {

using namespace std::chrono_literals;

namespace {

constexpr int mostConnections = 12; // over HTTP/1.1
constexpr int mostStreams = 48; // servers usually allow a hundred
constexpr auto oneRound = 1s; // requests that were sent together are refused together

} // namespace

int Pace::allowed() const
{
    const int most = std::min(m_allowed, m_http2 ? mostStreams : mostConnections);
    const int bounded = m_most > 0 ? std::min(m_most, most) : most;
    return int(std::max<qint64>(1, m_left ? std::min<qint64>(*m_left, bounded) : bounded));
}

void Pace::answered(const RawResponse &response, std::optional<qint64> requestsLeft, Clock::time_point now)
{
    m_http2 = m_http2 || response.http2;
    m_left = requestsLeft;
    const bool tooMuch = response.status == 429 || response.status == 503 || response.status == 529;
    if (tooMuch && now - m_slowedAt > oneRound) {
        m_allowed = std::max(1, allowed() / 2);
        m_slowedAt = now;
        m_since = 0;
    } else if (!tooMuch && response.status >= 200 && response.status < 500 && ++m_since >= m_allowed) {
        m_allowed = std::min(m_allowed + 1, m_http2 ? mostStreams : mostConnections);
        m_since = 0;
    }
}

void Pace::ended()
{
    --m_busy;
    while (!m_waiting.empty() && m_busy < allowed()) {
        const Waiting next = m_waiting.front();
        m_waiting.pop_front();
        ++m_busy;
        next.turn->m_counted = true;
        next.who.resume();
    }
}

void Pace::leave(quint64 number)
{
    const auto found = std::ranges::find(m_waiting, number, [](const Waiting &one) { return one.turn->number(); });
    if (found == m_waiting.end())
        return;
    const std::coroutine_handle<> who = found->who;
    m_waiting.erase(found);
    who.resume();
}

Pace::Turn::~Turn()
{
    if (m_counted)
        m_pace->ended();
}

bool TurnAwaiter::await_ready() const
{
    Pace &pace = *turn.m_pace;
    if (pace.m_busy >= pace.allowed() || !pace.m_waiting.empty())
        return false;
    ++pace.m_busy;
    turn.m_counted = true;
    return true;
}

void TurnAwaiter::await_suspend(std::coroutine_handle<> who) const
{
    turn.m_pace->m_waiting.push_back({who, &turn});
}

} // namespace bobbin
