// SPDX-License-Identifier: GPL-3.0-or-later
// Decimal text to an exact scaled integer: what a double would round.
#pragma once

#include <QStringView>

#include <limits>
#include <optional>
#include <utility>

namespace bobbin {

// "-12.345" at 2 digits is -1235: rounded half away from zero. "1.5E3" is 1500, and "0E-6176" is 0, as decimal types
// write it. Beyond 64 bits, or no number: none.
inline std::optional<qint64> scaledDecimal(QStringView text, int digits)
{
    text = text.trimmed();
    const bool negative = text.startsWith(u'-');
    if (negative || text.startsWith(u'+'))
        text = text.mid(1);
    qint64 exponent = 0;
    if (const qsizetype e = text.indexOf(u'e', 0, Qt::CaseInsensitive); e >= 0) {
        bool ok = false;
        exponent = text.mid(e + 1).toLongLong(&ok);
        if (!ok || exponent > 1'000'000 || exponent < -1'000'000)
            return std::nullopt;
        text = text.left(e);
    }
    const qsizetype point = text.indexOf(u'.');
    qint64 before = (point < 0 ? text.size() : point) + exponent + digits; // digits that count
    constexpr qint64 most = std::numeric_limits<qint64>::max();
    qint64 value = 0;
    bool any = false, up = false, first = true;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (i == point)
            continue;
        if (text[i] < u'0' || text[i] > u'9')
            return std::nullopt;
        any = true;
        const int digit = text[i].unicode() - u'0';
        if (before > 0) {
            if (value > (most - digit) / 10)
                return std::nullopt;
            value = value * 10 + digit;
            --before;
        } else if (std::exchange(first, false)) { // of those that are left out
            up = before == 0 && digit >= 5;
        }
    }
    for (; before > 0 && value > 0; --before) {
        if (value > most / 10)
            return std::nullopt;
        value *= 10;
    }
    if (!any || (up && value == most))
        return std::nullopt;
    value += up ? 1 : 0;
    return negative ? -value : value;
}

} // namespace bobbin
