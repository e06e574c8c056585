// SPDX-License-Identifier: GPL-3.0-or-later
// The cost desk: cost by time and group down to the runs, budgets, what is to come, the same work elsewhere.
#pragma once

#include "models/costs/budget.h"
#include "models/session/billing.h"
#include "ui/pages/costs/costsource.h"

#include <QWidget>

class QLabel;
class QTabWidget;

namespace bobbin::ui {

class BrowseView;
class BudgetsView;
class ByTimeView;
class ForecastView;
class OtherModelsView;
class ReconcileView;
class WhatIfView;

class CostsPage : public QWidget {
    Q_OBJECT
public:
    explicit CostsPage(std::shared_ptr<const PriceTable> prices, QWidget *parent = nullptr);
    // Empty and null: nothing is open. `project`: the connection's, where it says one.
    void setSource(const CostSource &source, Billing *billing, const QString &project);
    void setPrices(std::shared_ptr<const PriceTable> prices);
    void setBudgets(const std::vector<Budget> &budgets);
    void storeChanged(const Changes &changes);
    [[nodiscard]] QTabWidget *tabs() const { return m_tabs; }
    [[nodiscard]] ByTimeView *byTime() const { return m_byTime; }
    [[nodiscard]] BudgetsView *budgets() const { return m_budgets; }
    [[nodiscard]] ForecastView *forecast() const { return m_forecast; }
    [[nodiscard]] OtherModelsView *otherModels() const { return m_otherModels; }
    [[nodiscard]] ReconcileView *reconcile() const { return m_reconcile; }
    [[nodiscard]] WhatIfView *whatIf() const { return m_whatIf; }
    [[nodiscard]] BrowseView *runs() const;

Q_SIGNALS:
    void runWanted(bobbin::RowKey run);
    void budgetsChanged(const std::vector<bobbin::Budget> &budgets);
    void failed(const bobbin::Error &error);

private:
    QTabWidget *m_tabs;
    QLabel *m_reading; // while there is nothing yet to compute from
    ByTimeView *m_byTime;
    BudgetsView *m_budgets;
    ForecastView *m_forecast;
    OtherModelsView *m_otherModels;
    ReconcileView *m_reconcile;
    WhatIfView *m_whatIf;
    QPointer<Auditor> m_auditor;
    bool m_ledgerDue = true; // it is read for the first time, or with other prices
    void refresh();
};

} // namespace bobbin::ui
