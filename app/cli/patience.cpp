// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/patience.h"

#include "app/cli/texttable.h"
#include "models/core/clock.h"
#include "models/core/format.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 firstWordMs = 8'000;
constexpr qint64 againMs = 30'000;

} // namespace

Patience::Patience(int timeoutSeconds, QObject *parent) : QObject(parent), m_timeoutMs(qint64(timeoutSeconds) * 1000)
{
    m_beat.setInterval(500);
    connect(&m_beat, &QTimer::timeout, this, &Patience::beat);
}

void Patience::begin(const QString &what)
{
    m_what = what;
    m_next = u"waits for the server's answer, tried again up to three times"_s;
    m_saidAt = 0;
    moved();
    m_beat.start();
}

void Patience::end()
{
    m_beat.stop();
    clearLine();
}

void Patience::moved()
{
    m_movedAt = nowMs();
}

void Patience::waits(const QString &what, const QString &next, qint64 sinceMs)
{
    m_what = what;
    m_next = next;
    m_movedAt = std::max(m_movedAt, sinceMs);
}

void Patience::progress(const QString &line)
{
    if (!isTerminal(stderr))
        return;
    std::fprintf(stderr, "\r\033[K%s", format::visible(line).toUtf8().constData());
    std::fflush(stderr);
    m_line = true;
}

void Patience::clearLine()
{
    if (m_line)
        std::fputs("\r\033[K", stderr);
    m_line = false;
}

void Patience::beat()
{
    const qint64 now = nowMs();
    const qint64 still = now - m_movedAt;
    if (still >= m_timeoutMs) {
        end();
        Q_EMIT timedOut();
        return;
    }
    if (still < std::min(firstWordMs, m_timeoutMs / 2) || now - m_saidAt < againMs)
        return;
    m_saidAt = now;
    clearLine();
    complain(u"%1: nothing moves since %2 (%3); %4; given up after %5"_s.arg(
        m_what, format::when(m_movedAt), format::duration(still), m_next, format::duration(m_timeoutMs)));
}

} // namespace bobbin::cli
