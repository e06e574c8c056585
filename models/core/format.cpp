// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <cmath>

namespace bobbin::format {

using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Format", text);
}
QString tr(const char *text, int n)
{
    return QCoreApplication::translate("Format", text, nullptr, n);
}

const QLocale &figures()
{
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

} // namespace

QString unknown()
{
    return tr("unknown");
}

QString count(qint64 value)
{
    return figures().toString(value);
}

QString count(std::optional<qint64> value)
{
    return value ? count(*value) : unknown();
}

QString tokens(std::optional<qint64> value)
{
    return value && *value >= mostTokens ? tr("beyond reason (%1 or more)").arg(count(mostTokens)) : count(value);
}

QString tokensShort(double value)
{
    const double size = std::abs(value);
    if (size >= 1e6)
        return QString::number(value / 1e6, 'f', std::fmod(size, 1e6) == 0 ? 0 : 1) + u"M"_s;
    if (size >= 1e3)
        return QString::number(value / 1e3, 'f', std::fmod(size, 1e3) == 0 ? 0 : 1) + u"k"_s;
    return QString::number(value, 'f', 0);
}

QString money(Money value)
{
    if (value.pico == Money::most)
        return u"> $9,223,372"_s;
    const double dollars = value.dollars();
    const double size = std::abs(dollars);
    int digits = 2;
    if (value.pico != 0 && size < 0.995) {
        // two significant digits below ten cents, so that $0.0058 does not read as $0.01
        digits = size >= 0.095 ? 2 : std::min(9, 1 - int(std::floor(std::log10(size))));
    }
    return (dollars < 0 ? u"−$"_s : u"$"_s) + figures().toString(size, 'f', digits);
}

QString money(const std::optional<Money> &value)
{
    return value ? money(*value) : unknown();
}

QString money(const CostSum &sum)
{
    if (sum.pricedRuns == 0 && sum.unknownRuns > 0)
        return unknown();
    QString text = (sum.assumedRuns > 0 ? u"≈ "_s : QString()) + money(sum.known);
    if (sum.unknownRuns > 0)
        text += u" +"_s + count(sum.unknownRuns) + u"?"_s;
    return text;
}

QString bytes(std::optional<qint64> value)
{
    return value ? figures().formattedDataSize(*value, 1, QLocale::DataSizeSIFormat) : unknown();
}

QString duration(std::optional<qint64> ms)
{
    if (!ms)
        return unknown();
    if (*ms < 1000)
        return tr("%1 ms").arg(*ms);
    const qint64 s = *ms / 1000;
    if (s < 60)
        return tr("%1 s").arg(s);
    if (s < 3600)
        return s % 60 ? tr("%1 min %2 s").arg(s / 60).arg(s % 60) : tr("%1 min").arg(s / 60);
    return tr("%1 h %2 min").arg(s / 3600).arg(s / 60 % 60);
}

QString age(std::optional<qint64> unixMs, qint64 nowMs)
{
    if (!unixMs)
        return unknown();
    const qint64 s = (nowMs - *unixMs) / 1000;
    if (s < -60)
        return tr("in the future");
    if (s < 60)
        return tr("just now");
    if (s < 3600)
        return tr("%1 min ago").arg(s / 60);
    if (s < 48 * 3600)
        return tr("%1 h ago").arg(s / 3600);
    return tr("%1 d ago", int(s / 86400)).arg(s / 86400);
}

QString when(std::optional<qint64> unixMs)
{
    return unixMs ? QDateTime::fromMSecsSinceEpoch(*unixMs).toString(u"yyyy-MM-dd HH:mm:ss"_s) : unknown();
}

QString visible(const QString &text)
{
    const auto hides = [](QChar c) {
        return (c.category() == QChar::Other_Control && c != u'\n' && c != u'\t') ||
            (c >= QChar(0x202A) && c <= QChar(0x202E)) || (c >= QChar(0x2066) && c <= QChar(0x2069));
    };
    if (std::none_of(text.begin(), text.end(), hides))
        return text;
    QString shown;
    shown.reserve(text.size() + 8);
    for (const QChar c : text) {
        if (!hides(c))
            shown += c;
        else if (c < QChar(0x20))
            shown += QChar(0x2400 + c.unicode()); // the symbol for it
        else if (c == QChar(0x7F))
            shown += QChar(0x2421);
        else
            shown += u"\\u%1"_s.arg(c.unicode(), 4, 16, QLatin1Char('0'));
    }
    return shown;
}

QString isoTime(qint64 unixMs)
{
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC).toString(Qt::ISODate);
}

QString factor(std::optional<double> ratio)
{
    if (!ratio)
        return u"–"_s;
    return figures().toString(*ratio, 'f', *ratio < 10 ? 1 : 0) + u"×"_s;
}

} // namespace bobbin::format
