// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/svg.h"

#include <algorithm>
#include <numeric>

namespace bobbin::svg {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double width = 760, height = 220, left = 64, bottom = 24, top = 34;

QString at(double value)
{
    return QString::number(value, 'f', 1);
}

} // namespace

QString stackedColumns(const QString &title, const QStringList &series, const std::vector<Stack> &stacks,
                       QString (*written)(double value))
{
    double most = 0;
    for (const Stack &stack : stacks)
        most = std::max(most, std::accumulate(stack.parts.begin(), stack.parts.end(), 0.0));
    QString out =
        u"<svg viewBox=\"0 0 760 220\" role=\"img\" aria-label=\"%1\"><title>%1</title>"_s.arg(title.toHtmlEscaped());
    const double ground = height - bottom, high = ground - top;
    for (const double share : {0.0, 0.5, 1.0}) {
        const QString y = at(ground - high * share);
        out += u"<line class=\"grid\" x1=\"%1\" x2=\"%2\" y1=\"%3\" y2=\"%3\"/>"_s.arg(at(left), at(width), y);
        out += u"<text class=\"axis\" x=\"%1\" y=\"%2\" text-anchor=\"end\">%3</text>"_s.arg(
            at(left - 6), at(ground - high * share + 4), written(most * share).toHtmlEscaped());
    }
    const double step = (width - left) / double(std::max<std::size_t>(1, stacks.size()));
    double free = 0;
    for (std::size_t i = 0; i < stacks.size(); ++i) {
        const double x = left + double(i) * step;
        double y = ground;
        QStringList told{stacks[i].name};
        QString bars;
        for (std::size_t s = 0; s < stacks[i].parts.size(); ++s) {
            const double value = stacks[i].parts[s];
            if (value <= 0 || most <= 0)
                continue;
            const double h = value / most * high;
            y -= h;
            bars += u"<rect class=\"s%1\" x=\"%2\" y=\"%3\" width=\"%4\" height=\"%5\"/>"_s.arg(
                QString::number(s % 6), at(x + 1), at(y), at(std::max(1.0, step - 2)), at(h));
            told << series.value(qsizetype(s)) + u": "_s + written(value);
        }
        out += u"<g><title>%1</title>%2</g>"_s.arg(told.join(u"\n"_s).toHtmlEscaped(), bars);
        if (x >= free) {
            out += u"<text class=\"axis\" x=\"%1\" y=\"%2\">%3</text>"_s.arg(at(x), at(height - 6),
                                                                             stacks[i].name.toHtmlEscaped());
            free = x + 90;
        }
    }
    double x = left;
    for (qsizetype s = 0; s < series.size(); ++s) {
        const QString name = series[s].size() > 22 ? series[s].left(21) + u"…"_s : series[s];
        out +=
            u"<rect class=\"s%1\" x=\"%2\" y=\"6\" width=\"10\" height=\"10\"/><text class=\"axis\" x=\"%3\" y=\"15\">%4</text>"_s
                .arg(QString::number(s % 6), at(x), at(x + 14), name.toHtmlEscaped());
        x += 24 + 7.0 * double(name.size());
    }
    return out + u"</svg>"_s;
}

} // namespace bobbin::svg
