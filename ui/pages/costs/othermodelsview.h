// SPDX-License-Identifier: GPL-3.0-or-later
// What the same work would cost on each model of the price table.
#pragma once

#include "models/costs/othermodels.h"
#include "models/domain/rows.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QTableWidget;

namespace bobbin::ui {

class OtherModelsView : public QWidget {
    Q_OBJECT
public:
    explicit OtherModelsView(QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void refresh() { m_question.refresh(); }
    [[nodiscard]] QTableWidget *table() const { return m_table; }

Q_SIGNALS:
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    enum Column { Model, Cost, Change, Batch, TooLarge, Shutdown, ColumnCount };
    struct Shown {
        SameWork work;
        std::vector<NamedCost> assistants;
    };
    CostSource m_source;
    QComboBox *m_range, *m_assistant;
    QLabel *m_sum;
    QTableWidget *m_table;
    LedgerQuestion<Shown> m_question;
    [[nodiscard]] LedgerQuestion<Shown>::Compute ask() const;
    void show(const Shown &shown);
};

} // namespace bobbin::ui
