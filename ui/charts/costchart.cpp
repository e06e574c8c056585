// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/costchart.h"

#include "models/core/format.h"
#include "ui/theme.h"

#include <QDate>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

CostChart::CostChart(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(190);
    setAccessibleName(tr("Cost by day and assistant"));
}

QColor CostChart::colourOf(std::size_t assistant)
{
    constexpr Hue hues[] = {Hue::Prompt, Hue::Completion, Hue::Good, Hue::Cached, Hue::Warning, Hue::Quiet};
    return colour(hues[assistant % std::size(hues)]);
}

void CostChart::setDays(std::vector<DayCost> days, const QString &lastDay, int dayCount)
{
    m_assistants.clear();
    m_days.clear();
    const QDate last = QDate::fromString(lastDay, Qt::ISODate);
    for (int i = dayCount - 1; i >= 0; --i)
        m_days.push_back({last.addDays(-i).toString(Qt::ISODate), {}, {}, 0});
    for (const DayCost &day : days) {
        auto assistant = std::ranges::find(m_assistants, day.assistant);
        if (assistant == m_assistants.end())
            assistant = m_assistants.insert(m_assistants.end(), day.assistant);
        const auto stack = std::ranges::find(m_days, day.day, &Stack::day);
        if (stack == m_days.end())
            continue;
        stack->parts.emplace_back(std::size_t(assistant - m_assistants.begin()), day.cost.known);
        stack->sum += day.cost.known;
        stack->unknown += day.cost.unknownRuns;
    }
    update();
}

QRectF CostChart::plot() const
{
    const int line = fontMetrics().height();
    return QRectF(rect()).adjusted(fontMetrics().horizontalAdvance(u"$100.00"_s) + 8, line + 10, -8, -line - 6);
}

void CostChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF area = plot();
    Money most;
    for (const Stack &day : m_days)
        most = std::max(most, day.sum);
    painter.setPen(colour(Hue::Quiet));
    if (most.pico == 0) {
        painter.drawText(rect(), Qt::AlignCenter, tr("No priced runs in these days."));
        return;
    }
    const double scale = area.height() / most.dollars();
    for (int i = 0; i <= 2; ++i) {
        const double y = area.bottom() - area.height() * i / 2;
        painter.setPen(colour(Hue::Line));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(colour(Hue::Quiet));
        painter.drawText(QRectF(0, y - 10, area.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter,
                         format::money(Money{most.pico * i / 2}));
    }
    const double step = area.width() / double(m_days.size());
    for (std::size_t i = 0; i < m_days.size(); ++i) {
        double y = area.bottom();
        for (const auto &[assistant, cost] : m_days[i].parts) {
            const double h = cost.dollars() * scale;
            painter.fillRect(QRectF(area.left() + double(i) * step + 1, y - h, std::max(1.0, step - 2), h),
                             colourOf(assistant));
            y -= h;
        }
        if (i % 14 == 0)
            painter.drawText(QPointF(area.left() + double(i) * step, rect().bottom() - 4), m_days[i].day.mid(5));
    }
    double x = area.left();
    for (std::size_t a = 0; a < m_assistants.size(); ++a) {
        const QString name = fontMetrics().elidedText(m_assistants[a], Qt::ElideRight, 160);
        painter.fillRect(QRectF(x, 5, 10, 10), colourOf(a));
        painter.setPen(colour(Hue::Quiet));
        painter.drawText(QPointF(x + 14, 5 + fontMetrics().ascent() - 2), name);
        x += 14 + fontMetrics().horizontalAdvance(name) + 18;
        if (x > area.right() - 80)
            break;
    }
}

bool CostChart::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip || m_days.empty())
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const QRectF area = plot();
    const int i = int((help->pos().x() - area.left()) / area.width() * double(m_days.size()));
    if (i < 0 || i >= int(m_days.size()))
        return QWidget::event(event);
    const Stack &day = m_days[std::size_t(i)];
    QStringList lines{day.day + u" · "_s + format::money(day.sum)};
    for (const auto &[assistant, cost] : day.parts)
        lines << m_assistants[assistant] + u"  "_s + format::money(cost);
    if (day.unknown > 0)
        lines << tr("%n run(s) without usage or price left out", nullptr, int(day.unknown));
    QToolTip::showText(help->globalPos(), lines.join(u'\n'), this);
    return true;
}

} // namespace bobbin::ui
