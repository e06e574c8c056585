// SPDX-License-Identifier: GPL-3.0-or-later
// The turns of a thread, or the growth of several, as a chart with its legend or as a table of the same figures; above
// them what is to be told about it.
#pragma once

#include "models/domain/rows.h"

#include <QWidget>

class QStackedWidget;
class QTableView;
class QToolButton;

namespace bobbin {
class TurnTableModel;
struct TurnSeries;
}

namespace bobbin::ui {

class Notice;
class TurnChart;
class TurnLegend;

class TurnsView : public QWidget {
    Q_OBJECT
public:
    explicit TurnsView(QWidget *parent = nullptr);
    void setPoints(const std::vector<TurnPoint> &points, std::optional<qint64> contextWindow); // keeps what is selected
    void setComparison(const std::vector<TurnSeries> &threads);
    void clear(const QString &message);
    void select(RowKey run); // no signal
    void showTable(bool shown);
    [[nodiscard]] TurnChart *chart() const { return m_chart; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] Notice *notice() const { return m_notice; }

Q_SIGNALS:
    void runSelected(bobbin::RowKey run);

private:
    Notice *m_notice;
    TurnChart *m_chart;
    TurnLegend *m_legend;
    TurnTableModel *m_turns;
    QTableView *m_table;
    QStackedWidget *m_either;
    QToolButton *m_asTable, *m_whole;

    void selectRow(RowKey run);
    void exportFigures();
};

} // namespace bobbin::ui
