// SPDX-License-Identifier: GPL-3.0-or-later
// Budgets with what is spent of them, and what the running month will come to.
#pragma once

#include "models/costs/budget.h"
#include "models/costs/forecast.h"
#include "models/store/reader.h"
#include "ui/ledgerquestion.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableWidget;

namespace bobbin::ui {

class BudgetsView : public QWidget {
    Q_OBJECT
public:
    explicit BudgetsView(QWidget *parent = nullptr);
    void setSource(const CostSource &source);
    void setBudgets(const std::vector<Budget> &budgets);
    void refresh() { m_question.refresh(); }
    [[nodiscard]] QTableWidget *table() const { return m_table; }
    [[nodiscard]] QLabel *projection() const { return m_projection; }

Q_SIGNALS:
    void budgetsChanged(const std::vector<bobbin::Budget> &budgets); // by the person
    void failed(const bobbin::Error &error);

protected:
    void showEvent(QShowEvent *event) override;

private:
    enum Column { Of, Time, Most, Spent, ShareOf, Tokens, Edit, Remove };
    struct Shown {
        std::vector<BudgetState> states;
        Projection projection;
        std::vector<NamedCost> assistants;
        QStringList metadataKeys;
    };
    CostSource m_source;
    std::vector<Budget> m_budgets;
    std::vector<NamedCost> m_assistants;
    QStringList m_metadataKeys;
    QLabel *m_projection, *m_none;
    QTableWidget *m_table;
    QPushButton *m_add;
    LedgerQuestion<Shown> m_question;

    static Result<Shown> read(const Ledger &ledger, Reader &reader, const std::vector<Budget> &budgets);
    void show(const Shown &shown);
    void edit(std::optional<std::size_t> place); // none: a new one
};

QString projectionText(const Projection &projection);

} // namespace bobbin::ui
