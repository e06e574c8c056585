// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/stackchart.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/items/export.h"
#include "ui/charts/chartexport.h"
#include "ui/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QSaveFile>
#include <QToolTip>

#include <cmath>
#include <numeric>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int scaleLines = 2; // above the ground

double sumOf(const StackColumn &column)
{
    return std::accumulate(column.parts.begin(), column.parts.end(), 0.0);
}

} // namespace

QString dollarsWritten(double dollars)
{
    constexpr double most = 9e6; // what an exact sum holds; a forecast may come to more
    if (std::abs(dollars) < most)
        return format::money(Money::fromDollars(dollars));
    return u"$"_s + QLocale(QLocale::English).toString(dollars, 'f', 0);
}

StackChart::StackChart(QWidget *parent) : QWidget(parent)
{
    setMinimumHeight(190);
    setFocusPolicy(Qt::StrongFocus);
}

void StackChart::setColumns(QStringList series, std::vector<StackColumn> columns, Written written,
                            const QString &nothing, const QString &unit)
{
    m_series = std::move(series);
    m_columns = std::move(columns);
    m_written = written;
    m_nothing = nothing;
    m_unit = unit;
    if (m_selected && *m_selected >= m_columns.size())
        m_selected.reset();
    setAccessibleDescription(m_selected ? describe(*m_selected) : QString()); // it may be something else by now
    update();
}

double StackChart::most() const
{
    double most = 0;
    for (const StackColumn &column : m_columns)
        most = std::max(most, sumOf(column));
    return most;
}

QRectF StackChart::plot() const
{
    const int line = fontMetrics().height();
    return QRectF(rect()).adjusted(fontMetrics().horizontalAdvance(u"$100.00"_s) + 8, line + 10, -8, -line - 6);
}

void StackChart::paintScale(QPainter &painter, const QRectF &area, double most) const
{
    for (int i = 0; i <= scaleLines; ++i) {
        const double y = area.bottom() - area.height() * i / scaleLines;
        painter.setPen(colour(Hue::Line));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(colour(Hue::Quiet));
        painter.drawText(QRectF(0, y - 10, area.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter,
                         m_written(most * i / scaleLines));
    }
}

void StackChart::paintLegend(QPainter &painter, const QRectF &area) const
{
    double x = area.left();
    for (qsizetype s = 0; s < m_series.size(); ++s) {
        const int room = int(area.width()) / int(m_series.size()) - 32;
        const QString name = fontMetrics().elidedText(m_series[s], Qt::ElideRight, std::min(160, room));
        painter.fillRect(QRectF(x, 5, 10, 10), seriesColour(std::size_t(s)));
        painter.setPen(colour(Hue::Quiet));
        painter.drawText(QPointF(x + 14, 5 + fontMetrics().ascent() - 2), name);
        x += 14 + fontMetrics().horizontalAdvance(name) + 18;
    }
}

void StackChart::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF area = plot();
    const double top = most();
    painter.setPen(colour(Hue::Quiet));
    if (top <= 0 || !m_written) {
        painter.drawText(rect(), Qt::AlignCenter, m_nothing);
        return;
    }
    paintScale(painter, area, top);
    const double step = area.width() / double(m_columns.size());
    const double gap = step > 4 ? 1 : 0;
    double free = area.left(); // from where a mark has room
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        double y = area.bottom();
        const double x = area.left() + double(i) * step;
        for (std::size_t s = 0; s < m_columns[i].parts.size(); ++s) {
            const double h = m_columns[i].parts[s] / top * area.height();
            painter.fillRect(QRectF(x + gap, y - h, std::max(1.0, step - 2 * gap), h), seriesColour(s));
            y -= h;
        }
        if (m_selected == i) {
            painter.setPen(colour(Hue::Text));
            painter.drawRect(QRectF(x, area.top(), step, area.height()));
        }
        const QString &mark = m_columns[i].mark;
        const int wide = fontMetrics().horizontalAdvance(mark);
        if (!mark.isEmpty() && x >= free && x + wide <= rect().right()) {
            painter.setPen(colour(Hue::Quiet));
            painter.drawText(QPointF(x, rect().bottom() - 4), mark);
            free = x + wide + 14;
        }
    }
    paintLegend(painter, area);
}

std::optional<std::size_t> StackChart::columnAt(const QPoint &at) const
{
    const QRectF area = plot();
    const double place = (at.x() - area.left()) / area.width() * double(m_columns.size());
    return place >= 0 && place < double(m_columns.size()) ? std::optional(std::size_t(place)) : std::nullopt;
}

bool StackChart::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const auto column = columnAt(help->pos()))
        QToolTip::showText(help->globalPos(), describe(*column), this);
    return true;
}

QString StackChart::describe(std::size_t at) const
{
    const StackColumn &column = m_columns[at];
    QStringList lines{column.name + u" · "_s + m_written(sumOf(column))};
    for (std::size_t s = 0; s < column.parts.size(); ++s)
        if (column.parts[s] > 0)
            lines << m_series[qsizetype(s)] + u"  "_s + m_written(column.parts[s]);
    if (!column.note.isEmpty())
        lines << column.note;
    return lines.join(u'\n');
}

void StackChart::select(std::optional<std::size_t> column)
{
    m_selected = column;
    setAccessibleDescription(column ? describe(*column) : QString());
    update();
    if (!column) {
        QToolTip::hideText();
        return;
    }
    const QRectF area = plot();
    const double x = area.left() + area.width() * (double(*column) + 0.5) / double(m_columns.size());
    QToolTip::showText(mapToGlobal(QPointF(x, area.top()).toPoint()), describe(*column), this);
}

void StackChart::keyPressEvent(QKeyEvent *event)
{
    if (m_columns.empty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const std::size_t last = m_columns.size() - 1;
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
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selected)
            Q_EMIT activated(*m_selected);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void StackChart::mousePressEvent(QMouseEvent *event)
{
    QWidget::mousePressEvent(event);
    const auto column = columnAt(event->pos());
    if (event->button() != Qt::LeftButton || !column)
        return;
    select(column);
    Q_EMIT activated(*column);
}

void StackChart::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    if (m_selected) // else the tool tip is somebody else's
        select(std::nullopt);
}

void StackChart::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    menu.addAction(tr("Export…"), this, [this] {
        const QString path = chartFileNamed(this, u"chart.png"_s);
        if (path.isEmpty())
            return;
        if (const Done done = exportTo(path); !done)
            QMessageBox::warning(this, tr("Export the chart"), errorText(done.error()).line());
    });
    menu.exec(event->globalPos());
}

Done StackChart::exportTo(const QString &path)
{
    if (path.endsWith(".csv"_L1, Qt::CaseInsensitive)) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly))
            return fail(Error::Kind::Storage, file.errorString(), path);
        RowWriter writer(file, ExportFormat::Csv, {u"column"_s, u"series"_s, m_unit}, true);
        for (const StackColumn &column : m_columns)
            for (std::size_t s = 0; s < column.parts.size(); ++s)
                writer.add({column.name, m_series[qsizetype(s)], column.parts[s]});
        if (Done done = writer.finish(); !done)
            return done;
        return file.commit() ? Done() : fail(Error::Kind::Storage, file.errorString(), path);
    }
    return savePicture(*this, accessibleName(), path);
}

} // namespace bobbin::ui
