// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/barsitem.h"

#include "models/audit/cause.h"
#include "ui/charts/turnchart.h"
#include "ui/theme.h"

#include <QChart>
#include <QLineSeries>
#include <QPainter>
#include <cmath>

namespace bobbin::ui {

namespace {

qint64 tokens(const TurnPoint &p)
{
    return p.usage ? p.usage->prompt + p.usage->completion : -1;
}

} // namespace

struct BarsItem::Scale {
    QRectF area;
    double left = 0; // the first run in sight
    double perBar = 1, perToken = 1; // pixels
    double width = 1; // of a bar
    std::size_t first = 0, last = 0; // runs in sight

    [[nodiscard]] double middle(std::size_t run) const { return area.left() + (double(run) - left + 0.5) * perBar; }
};

BarsItem::BarsItem(QChart *chart, QLineSeries *anchor, const Bars &bars)
    : QGraphicsItem(chart), m_chart(chart), m_anchor(anchor), m_bars(bars)
{
    setZValue(3.5); // between Qt Charts' axes (3) and its series (4): the lines stay in sight
}

QRectF BarsItem::boundingRect() const
{
    return m_chart->plotArea();
}

void BarsItem::paint(QPainter *painter, const QStyleOptionGraphicsItem *, QWidget *)
{
    if (!m_bars.points || m_bars.points->empty())
        return;
    const std::vector<TurnPoint> &points = *m_bars.points;
    Scale scale;
    scale.area = m_chart->plotArea();
    scale.left = m_chart->mapToValue(scale.area.bottomLeft(), m_anchor).x() - firstEdge;
    const double right = m_chart->mapToValue(scale.area.bottomRight(), m_anchor).x() - firstEdge;
    const double top = m_chart->mapToValue(scale.area.topLeft(), m_anchor).y();
    if (right <= scale.left || top <= 0)
        return;
    scale.perBar = scale.area.width() / (right - scale.left);
    scale.perToken = scale.area.height() / top;
    scale.width = std::max(1.0, scale.perBar > 3 ? scale.perBar - 1 : scale.perBar);
    const auto clamped = [&](double run) { return std::size_t(std::clamp(run, 0.0, double(points.size() - 1))); };
    scale.first = clamped(std::floor(scale.left - 0.5));
    scale.last = clamped(std::ceil(right + 0.5));

    painter->save();
    painter->setClipRect(scale.area.adjusted(0, -10, 0, 0));
    painter->setRenderHint(QPainter::Antialiasing, false);
    if (m_bars.selected) {
        const double x = scale.middle(*m_bars.selected);
        const double width = std::max(scale.width, 4.0) + 2;
        QColor band = colour(Hue::Accent);
        band.setAlpha(60);
        painter->fillRect(QRectF(x - width / 2, scale.area.top(), width, scale.area.height()), band);
    }
    const QColor prompt = colour(Hue::Prompt);
    const QColor ground = colour(Hue::Window);
    QColor later = ground; // over the calls after the first: what is solid is the context
    later.setAlpha(laterCallsAlpha);
    const QColor cached = colour(Hue::Cached);
    const QColor completion = colour(Hue::Completion);
    const auto bar = [&](double x, const TurnPoint &p) {
        if (!p.usage)
            return;
        const double base = scale.area.bottom();
        const double hot = double(p.usage->cached.value_or(0)) * scale.perToken;
        const double whole = double(p.usage->prompt) * scale.perToken;
        double out = double(p.usage->completion) * scale.perToken;
        if (out > 0)
            out = std::max(out, 1.0);
        painter->fillRect(QRectF(x, base - hot, scale.width, hot), cached);
        painter->fillRect(QRectF(x, base - whole, scale.width, whole - hot), prompt);
        painter->fillRect(QRectF(x, base - whole - out, scale.width, out), completion);
        const std::vector<qint64> calls = callsOf(p.usage, p.calls);
        if (calls.size() < 2)
            return;
        const double first = std::min(whole, double(calls.front()) * scale.perToken);
        painter->fillRect(QRectF(x, base - whole, scale.width, whole - first), later);
        if (scale.width < 4)
            return;
        double end = 0;
        double drawn = 0;
        for (std::size_t k = 0; k + 1 < calls.size() && end < whole; ++k) {
            end += double(calls[k]) * scale.perToken;
            if (end - drawn < 4)
                continue; // more than can be told apart
            drawn = end;
            painter->fillRect(QRectF(x, std::round(base - end), scale.width, 1), ground);
        }
    };
    std::size_t tallest = scale.first; // of the runs that share a pixel
    double pixel = std::floor(scale.middle(scale.first) - scale.width / 2);
    for (std::size_t i = scale.first; i <= scale.last; ++i) {
        const double x = std::floor(scale.middle(i) - scale.width / 2);
        if (x > pixel) {
            bar(pixel, points[tallest]);
            pixel = x;
            tallest = i;
        } else if (tokens(points[i]) > tokens(points[tallest])) {
            tallest = i;
        }
    }
    bar(pixel, points[tallest]);
    paintMarks(painter, scale);
    const auto rotation = [&](double run) {
        const double x = scale.middle(std::size_t(0)) + (run - 0.5) * scale.perBar;
        painter->setPen(QPen(colour(Hue::Good), 2));
        painter->drawLine(QPointF(x, scale.area.top()), QPointF(x, scale.area.bottom()));
    };
    if (m_bars.rotatedFrom)
        rotation(0);
    if (m_bars.rotatedTo)
        rotation(double(points.size()));
    painter->restore();
}

// Failed and cancelled runs, and gaps where usage is unknown; thinned out to what can be told apart.
void BarsItem::paintMarks(QPainter *painter, const Scale &scale) const
{
    constexpr double apart = 5;
    double lastMark = -100;
    double lastGap = -100;
    painter->setRenderHint(QPainter::Antialiasing, true);
    for (std::size_t i = scale.first; i <= scale.last; ++i) {
        const TurnPoint &p = (*m_bars.points)[i];
        const double x = scale.middle(i);
        if (!p.usage && x - lastGap >= std::min(apart, scale.perBar)) {
            lastGap = x;
            painter->setPen(QPen(colour(Hue::Quiet), 1, Qt::DotLine));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(QRectF(x - std::max(2.0, scale.perBar / 2 - 1), scale.area.bottom() - 8,
                                     std::max(4.0, scale.perBar - 2), 8));
        }
        const bool bad = hasFailed(p.status);
        if ((bad || p.status == RunStatus::Cancelled) && x - lastMark >= apart) {
            lastMark = x;
            const double y = scale.area.bottom() - (p.usage ? double(tokens(p)) * scale.perToken : 12);
            const double m = std::max(scale.area.top() + 4, y - 7);
            painter->setPen(QPen(colour(bad ? Hue::Danger : Hue::Warning), 1.6));
            painter->drawLine(QPointF(x - 3, m - 3), QPointF(x + 3, m + 3));
            painter->drawLine(QPointF(x - 3, m + 3), QPointF(x + 3, m - 3));
        }
    }
}

} // namespace bobbin::ui
