// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/turnsview.h"

#include "models/items/turntablemodel.h"
#include "ui/charts/chartexport.h"
#include "ui/charts/turnchart.h"
#include "ui/charts/turnlegend.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

QToolButton *button(const QString &text, const QString &tip)
{
    auto *made = new QToolButton;
    made->setText(text);
    made->setToolTip(tip);
    made->setAutoRaise(true);
    return made;
}

} // namespace

TurnsView::TurnsView(QWidget *parent)
    : QWidget(parent), m_notice(new Notice), m_chart(new TurnChart), m_legend(new TurnLegend),
      m_turns(new TurnTableModel(this)), m_table(new QTableView), m_either(new QStackedWidget),
      m_asTable(button(tr("Table"), tr("The same figures as a table, for the keyboard and for screen readers"))),
      m_whole(button(tr("Whole thread"),
                     tr("Undo the zoom (0). Wheel or dragging zooms, Shift and dragging moves, arrow keys go from "
                        "run to run.")))
{
    QToolButton *save = button(tr("Export…"), tr("Save the chart as PNG or SVG, or its figures as CSV"));
    m_asTable->setCheckable(true);
    m_asTable->setObjectName(u"asTable"_s);
    m_table->setModel(m_turns);
    m_table->setAccessibleName(tr("Figures of the chart"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false);
    m_table->setItemDelegate(new PaddedDelegate(6, m_table));
    PaddedHeaderStyle::applyTo(m_table->horizontalHeader(), 6);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 10);
    const int em = fontMetrics().averageCharWidth();
    const int widths[] = {30, 8, 18, 14, 20, 14, 14, 12, 12, 12, 14, 11, 12};
    static_assert(std::size(widths) == TurnTableModel::ColumnCount);
    for (int c = 0; c < TurnTableModel::ColumnCount; ++c)
        m_table->setColumnWidth(c, widths[c] * em);
    m_either->addWidget(m_chart);
    m_either->addWidget(m_table);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(0, 0, 12, 0);
    bar->addWidget(m_legend, 1);
    bar->addWidget(m_whole);
    bar->addWidget(m_asTable);
    bar->addWidget(save);
    auto *noticeRow = new QHBoxLayout;
    noticeRow->setContentsMargins(12, 0, 12, 0);
    noticeRow->addWidget(m_notice);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 0);
    column->setSpacing(2);
    column->addLayout(noticeRow);
    column->addLayout(bar);
    column->addWidget(m_either, 1);

    connect(m_whole, &QToolButton::clicked, m_chart, &TurnChart::resetZoom);
    connect(m_asTable, &QToolButton::toggled, this, &TurnsView::showTable);
    connect(save, &QToolButton::clicked, this, &TurnsView::exportFigures);
    connect(m_chart, &TurnChart::holdsChanged, m_legend, [this] { m_legend->setHolds(m_chart->holds()); });
    connect(m_chart, &TurnChart::runSelected, this, [this](RowKey run) {
        selectRow(run);
        Q_EMIT runSelected(run);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &now) {
        if (!now.isValid())
            return;
        const RowKey run = m_turns->runAt(now.row());
        if (m_chart->selected() == run)
            return; // it followed the chart
        m_chart->select(run);
        Q_EMIT runSelected(run);
    });
}

void TurnsView::setPoints(const std::vector<TurnPoint> &points, std::optional<qint64> contextWindow)
{
    const auto selected = m_chart->selected();
    m_chart->setPoints(points, contextWindow);
    m_turns->setSeries({{{}, points}});
    m_table->setColumnHidden(TurnTableModel::Thread, true);
    m_legend->setVisible(!m_asTable->isChecked());
    if (selected)
        select(*selected);
}

void TurnsView::setComparison(const std::vector<TurnSeries> &threads)
{
    m_chart->setComparison(threads);
    m_turns->setSeries(threads);
    m_table->setColumnHidden(TurnTableModel::Thread, false);
    m_legend->hide();
}

void TurnsView::clear(const QString &message)
{
    m_chart->clear(message);
    m_turns->setSeries({});
    m_notice->hide();
}

void TurnsView::select(RowKey run)
{
    m_chart->select(run);
    selectRow(run);
}

void TurnsView::selectRow(RowKey run)
{
    if (const int row = m_turns->rowOf(run); row >= 0)
        m_table->selectRow(row);
}

void TurnsView::showTable(bool shown)
{
    m_asTable->setChecked(shown);
    m_either->setCurrentWidget(shown ? static_cast<QWidget *>(m_table) : m_chart);
    m_legend->setVisible(!shown && m_chart->compared().empty());
    m_whole->setEnabled(!shown);
    if (const auto run = m_chart->selected(); shown && run)
        m_table->scrollTo(m_turns->index(std::max(0, m_turns->rowOf(*run)), 1));
}

void TurnsView::exportFigures()
{
    const QString path = chartFileNamed(this, u"turns.png"_s);
    if (path.isEmpty())
        return;
    if (const Done done = m_chart->exportTo(path); !done)
        m_notice->show(done.error());
    else
        m_notice->show(tr("Saved to %1").arg(path), Notice::Tone::Info);
}

} // namespace bobbin::ui
