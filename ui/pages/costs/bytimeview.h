// SPDX-License-Identifier: GPL-3.0-or-later
// Cost by time and group: chart, table, and the runs behind a cell.
#pragma once

#include "models/domain/rows.h"
#include "models/items/pivotmodel.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QTableView;

namespace bobbin::ui {

class BrowseView;
class StackChart;

class ByTimeView : public QWidget {
    Q_OBJECT
public:
    explicit ByTimeView(QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void refresh() { m_question.refresh(); }
    [[nodiscard]] BrowseView *runs() const { return m_runs; }
    [[nodiscard]] PivotModel *model() const { return m_model; }
    [[nodiscard]] QTableView *table() const { return m_table; }
    [[nodiscard]] StackChart *chart() const { return m_chart; }
    [[nodiscard]] QComboBox *by() const { return m_by; }
    [[nodiscard]] QComboBox *period() const { return m_period; }

Q_SIGNALS:
    void runWanted(bobbin::RowKey run);
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    CostSource m_source;
    PivotModel *m_model;
    QComboBox *m_period, *m_by, *m_range, *m_unit;
    QLabel *m_sum;
    StackChart *m_chart;
    QTableView *m_table;
    BrowseView *m_runs;
    bool m_asksAnew = true; // another time or group than before
    GroupBy m_shownBy = GroupBy::Assistant; // of what is in the table
    QString m_shownKey; // of the metadata

    struct Shown {
        PivotQuery query;
        QString metadataKey;
        Pivot pivot;
        std::vector<Related> groups; // id and name of each
        QStringList metadataKeys;
    };
    QWidget *makeBar();
    static Result<Shown> read(const Ledger &ledger, Reader &reader, PivotQuery query, const QString &metadataKey);
    [[nodiscard]] PivotQuery query() const;
    [[nodiscard]] QString metadataKey() const;
    void show(const Shown &shown);
    void showChart();
    void tellSum();
    void asksAnew(); // another time or group
    void drill(int row, std::optional<std::size_t> column); // row beyond the groups: all
    std::vector<Related> m_groups;
    LedgerQuestion<Shown> m_question;
};

} // namespace bobbin::ui
