// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/frontierchart.h"

#include "models/core/format.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <cmath>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double near = 9; // pixels

QString percent(double share)
{
    return FrontierChart::tr("%1 %").arg(std::llround(share * 100));
}

} // namespace

FrontierChart::FrontierChart(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(190);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("What limits save, and what they cut"));
}

void FrontierChart::setFrontier(const Frontier &frontier)
{
    m_frontier = frontier;
    m_mostCut = m_mostSaved = 0.01;
    for (const FrontierPoint &point : m_frontier.points) {
        m_mostCut = std::max(m_mostCut, point.cutShare);
        m_mostSaved = std::max(m_mostSaved, point.savedShare);
    }
    select(m_frontier.knee);
}

QRectF FrontierChart::plot() const
{
    const int line = fontMetrics().height();
    return QRectF(rect()).adjusted(fontMetrics().horizontalAdvance(u"100 %"_s) + 12, line + 8, -16, -2 * line - 8);
}

QPointF FrontierChart::placeOf(const FrontierPoint &point) const
{
    const QRectF area = plot();
    return {area.left() + area.width() * point.cutShare / m_mostCut,
            area.bottom() - area.height() * std::max(0.0, point.savedShare) / m_mostSaved};
}

std::optional<std::size_t> FrontierChart::pointAt(const QPoint &at) const
{
    std::optional<std::size_t> nearest;
    double least = near * near;
    for (std::size_t i = 0; i < m_frontier.points.size(); ++i) {
        const QPointF way = placeOf(m_frontier.points[i]) - at;
        if (const double far = QPointF::dotProduct(way, way); far < least) {
            least = far;
            nearest = i;
        }
    }
    return nearest;
}

QString FrontierChart::describe(std::size_t at) const
{
    const FrontierPoint &point = m_frontier.points[at];
    QStringList limits;
    if (point.turnCap)
        limits << tr("turn cap %1").arg(format::count(*point.turnCap));
    if (point.contextCeiling)
        limits << tr("ceiling %1 tokens").arg(format::count(*point.contextCeiling));
    if (limits.isEmpty())
        limits << tr("no limit");
    return tr("%1: saves %2 (%3), cuts %4 of what is read, %n rotation(s)", nullptr,
              int(std::min<qint64>(point.rotations, std::numeric_limits<int>::max())))
        .arg(limits.join(u", "_s), format::money(point.saved), percent(point.savedShare), percent(point.cutShare));
}

void FrontierChart::select(std::optional<std::size_t> point)
{
    m_selected = point;
    setAccessibleDescription(point ? describe(*point) : QString());
    update();
}

void FrontierChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    painter.setPen(colour(Hue::Quiet));
    if (m_frontier.points.empty()) {
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("“Find the best limits” tries 48 pairs of turn cap and ceiling."));
        return;
    }
    painter.setPen(colour(Hue::Line));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.drawLine(area.bottomLeft(), area.topLeft());
    painter.setPen(colour(Hue::Quiet));
    painter.drawText(QRectF(0, area.top() - 10, area.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter,
                     percent(m_mostSaved));
    painter.drawText(QRectF(0, area.bottom() - 10, area.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter, percent(0));
    painter.drawText(QRectF(area.left(), 0, area.width(), area.top()), Qt::AlignLeft | Qt::AlignVCenter, tr("saved"));
    painter.drawText(QRectF(area.left(), area.bottom() + 2, area.width(), fontMetrics().height()),
                     Qt::AlignRight | Qt::AlignVCenter, tr("%1 of what is read is cut").arg(percent(m_mostCut)));
    QPolygonF best;
    for (const FrontierPoint &point : m_frontier.points)
        if (point.best)
            best << placeOf(point);
    painter.setPen(QPen(colour(Hue::Accent), 1.5));
    painter.drawPolyline(best);
    for (std::size_t i = 0; i < m_frontier.points.size(); ++i) {
        const FrontierPoint &point = m_frontier.points[i];
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(point.best ? Hue::Accent : Hue::Line));
        painter.drawEllipse(placeOf(point), point.best ? 4.0 : 3.0, point.best ? 4.0 : 3.0);
        if (m_selected == i) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colour(Hue::Text), 1.5));
            painter.drawEllipse(placeOf(point), 7.0, 7.0);
        }
    }
    if (m_selected) {
        painter.setPen(colour(Hue::Text));
        const QString said = fontMetrics().elidedText(describe(*m_selected), Qt::ElideRight, width() - 8);
        painter.drawText(QRectF(4, rect().bottom() - fontMetrics().height() - 2, width() - 8, fontMetrics().height()),
                         Qt::AlignLeft | Qt::AlignVCenter, said);
    }
}

bool FrontierChart::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const auto point = pointAt(help->pos()))
        QToolTip::showText(help->globalPos(), describe(*point), this);
    return true;
}

void FrontierChart::keyPressEvent(QKeyEvent *event)
{
    std::vector<std::size_t> best;
    for (std::size_t i = 0; i < m_frontier.points.size(); ++i)
        if (m_frontier.points[i].best)
            best.push_back(i);
    if (best.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto here = std::ranges::lower_bound(best, m_selected.value_or(0));
    switch (event->key()) {
    case Qt::Key_Left:
        select(here == best.begin() ? best.front() : *std::prev(here));
        break;
    case Qt::Key_Right:
        select(here == best.end() || std::next(here) == best.end() ? best.back() : *std::next(here));
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selected)
            Q_EMIT chosen(m_frontier.points[*m_selected]);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void FrontierChart::mousePressEvent(QMouseEvent *event)
{
    QWidget::mousePressEvent(event);
    if (const auto point = pointAt(event->pos()); point && event->button() == Qt::LeftButton) {
        select(point);
        Q_EMIT chosen(m_frontier.points[*point]);
    }
}

} // namespace bobbin::ui
