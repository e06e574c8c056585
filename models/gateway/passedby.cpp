// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/passedby.h"

namespace bobbin {

namespace {

constexpr qint64 stillKnownMs = 600'000;
constexpr qint64 rememberedMs = 86'400'000;

} // namespace

bool PassedBy::isKnown(const QString &thread, qint64 now) const
{
    return now - m_lookedAt.value(thread, 0) < stillKnownMs;
}

PassedBy::Unread &PassedBy::touch(const QString &thread, qint64 now)
{
    Unread &found = m_unread[thread];
    found.lately = now;
    return found;
}

void PassedBy::lookedAt(const QString &thread, qint64 now)
{
    m_lookedAt.insert(thread, now);
    touch(thread, now).userMessages = 0;
}

// A stream tells of it more than once.
void PassedBy::threadBorn(const QString &thread, qint64 userMessages, qint64 characters, qint64 now)
{
    if (m_unread.contains(thread))
        return;
    if (userMessages == 0)
        m_lookedAt.insert(thread, now);
    Unread &fresh = touch(thread, now);
    fresh.userMessages = userMessages;
    fresh.characters = characters;
}

void PassedBy::messageAdded(const QString &thread, qint64 characters, qint64 now)
{
    touch(thread, now).characters += characters;
}

void PassedBy::runBegun(const QString &thread, qint64 userMessages, qint64 now)
{
    Unread &read = touch(thread, now);
    read.characters = 0;
    read.userMessages += userMessages;
    if (userMessages > 0)
        m_lookedAt.remove(thread);
}

void PassedBy::threadRotated(const QString &thread, const QString &successor, qint64 now)
{
    m_lookedAt.insert(successor, now);
    m_unread.remove(thread);
}

void PassedBy::runWaits(const QString &run, const std::vector<ToolCall> &calls, qint64 now)
{
    Waits &waits = m_waits[run];
    waits.lately = now;
    for (const ToolCall &call : calls) {
        const auto hash = callHash(call);
        if (!hash || waits.seen.contains(call.id))
            continue;
        waits.seen.insert(call.id);
        waits.repeats += waits.calls.contains(*hash) ? 1 : 0;
        waits.calls.insert(*hash);
    }
}

void PassedBy::outputsTaken(const QString &run)
{
    if (const auto waits = m_waits.find(run); waits != m_waits.end())
        ++waits->submitted;
}

qint64 PassedBy::refused(const QString &mark, qint64 now)
{
    Times &times = m_refused[mark];
    times.lately = now;
    return ++times.number;
}

void PassedBy::sweep(qint64 now)
{
    const auto old = [now](const auto &entry) { return now - entry.value().lately > rememberedMs; };
    m_unread.removeIf(old);
    m_waits.removeIf(old);
    m_refused.removeIf(old);
    m_lookedAt.removeIf([now](const auto &entry) { return now - entry.value() > stillKnownMs; });
}

} // namespace bobbin
