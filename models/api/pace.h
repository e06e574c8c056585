// SPDX-License-Identifier: GPL-3.0-or-later
// How many requests may be under way at once: what the server bears. It begins with six; a round of answers allows one
// more, up to what connections (HTTP/1.1) or streams of one connection (HTTP/2) make sense; a refusal for haste halves
// it; what rate-limit headers leave bounds it. Who comes above that waits in turn.
#pragma once

#include "models/api/responsereader.h"

#include <QCoroTask>
#include <chrono>
#include <coroutine>
#include <deque>

namespace bobbin {

class Pace {
public:
    using Clock = std::chrono::steady_clock;

    // For as long as it lives, one request is counted. co_await turn first.
    class Turn {
    public:
        explicit Turn(Pace &pace) : m_pace(&pace), m_number(++pace.m_lastNumber) { }
        ~Turn();
        Turn(const Turn &) = delete;
        Turn &operator=(const Turn &) = delete;
        [[nodiscard]] quint64 number() const { return m_number; }

    private:
        friend class Pace;
        friend struct TurnAwaiter;
        Pace *m_pace;
        quint64 m_number;
        bool m_counted = false;
    };

    void setMost(int most) { m_most = most; } // 0: what the server bears
    void answered(const RawResponse &response, std::optional<qint64> requestsLeft, Clock::time_point now);
    void leave(quint64 number); // who still waits goes on at once, uncounted
    [[nodiscard]] int allowed() const;
    [[nodiscard]] bool multiplexed() const { return m_http2; } // all requests share one connection

private:
    friend struct TurnAwaiter;
    int m_busy = 0;
    quint64 m_lastNumber = 0;
    int m_allowed = 6;
    int m_since = 0; // answers since it was raised
    int m_most = 0;
    bool m_http2 = false;
    std::optional<qint64> m_left;
    Clock::time_point m_slowedAt{};
    struct Waiting {
        std::coroutine_handle<> who;
        Turn *turn;
    };
    std::deque<Waiting> m_waiting;

    void ended();
};

struct TurnAwaiter {
    explicit TurnAwaiter(Pace::Turn &t) : turn(t) { }
    Pace::Turn &turn;
    [[nodiscard]] bool await_ready() const;
    void await_suspend(std::coroutine_handle<> who) const;
    void await_resume() const { }
};

} // namespace bobbin

// QCoro awaits what it is told how to.
template <> struct QCoro::detail::awaiter_type<bobbin::Pace::Turn> {
    using type = bobbin::TurnAwaiter;
};
