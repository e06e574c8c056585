// SPDX-License-Identifier: GPL-3.0-or-later
// Days as numbers, UTC: 0 is 1970-01-01.
#pragma once

#include <QDateTime>

namespace bobbin {

constexpr qint64 dayMs = 86'400'000;

inline qint64 dayNumber(const QDate &day)
{
    return QDate(1970, 1, 1).daysTo(day);
}
inline QDate dateOf(qint64 day)
{
    return QDate(1970, 1, 1).addDays(day);
}

// When the last so many days began, today's counted as one: what the tabs of the Costs page mean by "last 28 days".
constexpr qint64 startOfLastDays(qint64 days, qint64 nowMs)
{
    return (nowMs / dayMs + 1 - days) * dayMs;
}

} // namespace bobbin
