// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/costchart.h"

#include "models/core/format.h"
#include "ui/theme.h"

#include <QDate>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <map>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostNamed = 5; // and the others: as many as there are colours

} // namespace

CostChart::CostChart(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(190);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Cost by day and assistant"));
}

void CostChart::setDays(std::vector<DayCost> days, const QString &lastDay, int dayCount)
{
    m_days.clear();
    const QDate last = QDate::fromString(lastDay, Qt::ISODate);
    for (int i = dayCount - 1; i >= 0; --i)
        m_days.push_back({last.addDays(-i).toString(Qt::ISODate), {}, {}, 0});
    const auto stackOf = [this](const DayCost &day) { return std::ranges::find(m_days, day.day, &Stack::day); };
    std::map<QString, Money> sums;
    for (const DayCost &day : days)
        if (stackOf(day) != m_days.end())
            sums[day.assistant] += day.cost.known;
    m_assistants.clear();
    for (const auto &[assistant, sum] : sums)
        m_assistants.push_back(assistant);
    std::ranges::stable_sort(m_assistants, std::greater<>(), [&](const QString &name) { return sums[name]; });
    if (m_assistants.size() > mostNamed + 1) {
        const auto others = m_assistants.size() - mostNamed;
        m_assistants.resize(mostNamed);
        m_assistants.push_back(tr("%n other(s)", nullptr, int(others)));
    }
    for (Stack &day : m_days)
        day.parts.resize(m_assistants.size());
    for (const DayCost &day : days) {
        const auto stack = stackOf(day);
        if (stack == m_days.end())
            continue;
        const auto named = std::ranges::find(m_assistants, day.assistant);
        const auto part = std::min(std::size_t(named - m_assistants.begin()), m_assistants.size() - 1);
        stack->parts[part] += day.cost.known;
        stack->sum += day.cost.known;
        stack->unknown += day.cost.unknownRuns;
    }
    if (m_selected) // it may cost something else by now
        setAccessibleDescription(*m_selected < m_days.size() ? describe(*m_selected) : QString());
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
        for (std::size_t a = 0; a < m_days[i].parts.size(); ++a) {
            const double h = m_days[i].parts[a].dollars() * scale;
            painter.fillRect(QRectF(area.left() + double(i) * step + 1, y - h, std::max(1.0, step - 2), h),
                             seriesColour(a));
            y -= h;
        }
        if (m_selected == i) {
            painter.setPen(colour(Hue::Text));
            painter.drawRect(QRectF(area.left() + double(i) * step, area.top(), step, area.height()));
        }
        painter.setPen(colour(Hue::Quiet));
        if (i % 14 == 0)
            painter.drawText(QPointF(area.left() + double(i) * step, rect().bottom() - 4), m_days[i].day.mid(5));
    }
    double x = area.left();
    for (std::size_t a = 0; a < m_assistants.size(); ++a) {
        const int room = int(area.width()) / int(m_assistants.size()) - 32;
        const QString name = fontMetrics().elidedText(m_assistants[a], Qt::ElideRight, std::min(160, room));
        painter.fillRect(QRectF(x, 5, 10, 10), seriesColour(a));
        painter.setPen(colour(Hue::Quiet));
        painter.drawText(QPointF(x + 14, 5 + fontMetrics().ascent() - 2), name);
        x += 14 + fontMetrics().horizontalAdvance(name) + 18;
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
    QToolTip::showText(help->globalPos(), describe(std::size_t(i)), this);
    return true;
}

QString CostChart::describe(std::size_t at) const
{
    const Stack &day = m_days[at];
    QStringList lines{day.day + u" · "_s + format::money(day.sum)};
    for (std::size_t a = 0; a < day.parts.size(); ++a)
        if (day.parts[a].pico > 0)
            lines << m_assistants[a] + u"  "_s + format::money(day.parts[a]);
    if (day.unknown > 0)
        lines << tr("%n run(s) without usage or price left out", nullptr, int(day.unknown));
    return lines.join(u'\n');
}

void CostChart::select(std::optional<std::size_t> day)
{
    m_selected = day;
    setAccessibleDescription(day ? describe(*day) : QString());
    update();
    if (!day) {
        QToolTip::hideText();
        return;
    }
    const QRectF area = plot();
    const double x = area.left() + area.width() * (double(*day) + 0.5) / double(m_days.size());
    QToolTip::showText(mapToGlobal(QPointF(x, area.top()).toPoint()), describe(*day), this);
}

void CostChart::keyPressEvent(QKeyEvent *event)
{
    if (m_days.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const std::size_t last = m_days.size() - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        select(m_selected ? (*m_selected > 0 ? *m_selected - 1 : 0) : last);
        break;
    case Qt::Key_Right:
        select(m_selected ? std::min(last, *m_selected + 1) : last);
        break;
    case Qt::Key_Home:
        select(0);
        break;
    case Qt::Key_End:
        select(last);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void CostChart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    if (m_selected) // else the tool tip is somebody else's
        select(std::nullopt);
}

} // namespace bobbin::ui
