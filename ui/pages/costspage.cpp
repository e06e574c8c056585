// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/costspage.h"

#include "ui/pages/costs/budgetsview.h"
#include "ui/pages/costs/bytimeview.h"
#include "ui/pages/costs/forecastview.h"
#include "ui/pages/costs/othermodelsview.h"
#include "ui/pages/costs/reconcileview.h"
#include "ui/pages/costs/whatifview.h"
#include "ui/widgets/browseview.h"

#include <QLabel>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

CostsPage::CostsPage(std::shared_ptr<const PriceTable> prices, QWidget *parent)
    : QWidget(parent), m_tabs(new QTabWidget), m_reading(new QLabel(tr("Reading all runs…"))), m_byTime(new ByTimeView),
      m_budgets(new BudgetsView), m_forecast(new ForecastView), m_otherModels(new OtherModelsView),
      m_reconcile(new ReconcileView), m_whatIf(new WhatIfView)
{
    m_tabs->setDocumentMode(true);
    m_reading->setMargin(6);
    m_reading->hide();
    m_tabs->setCornerWidget(m_reading);
    m_tabs->addTab(m_byTime, tr("By time"));
    m_tabs->addTab(m_whatIf, tr("What if"));
    m_tabs->addTab(m_budgets, tr("Budgets"));
    m_tabs->addTab(m_forecast, tr("Forecast"));
    m_tabs->addTab(m_otherModels, tr("Other models"));
    m_tabs->addTab(m_reconcile, tr("Reconcile"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tabs);
    setPrices(std::move(prices));
    connect(m_byTime, &ByTimeView::runWanted, this, &CostsPage::runWanted);
    connect(m_byTime, &ByTimeView::failed, this, &CostsPage::failed);
    connect(m_budgets, &BudgetsView::failed, this, &CostsPage::failed);
    connect(m_budgets, &BudgetsView::budgetsChanged, this, &CostsPage::budgetsChanged);
    connect(m_forecast, &ForecastView::failed, this, &CostsPage::failed);
    connect(m_whatIf, &WhatIfView::failed, this, &CostsPage::failed);
    connect(m_otherModels, &OtherModelsView::failed, this, &CostsPage::failed);
    connect(m_reconcile, &ReconcileView::failed, this, &CostsPage::failed);
}

BrowseView *CostsPage::runs() const
{
    return m_byTime->runs();
}

void CostsPage::setSource(const CostSource &source, Billing *billing, const QString &project)
{
    if (m_auditor)
        m_auditor->disconnect(this);
    m_auditor = source.auditor;
    m_byTime->setSource(source);
    m_budgets->setSource(source);
    m_forecast->setSource(source);
    m_otherModels->setSource(source);
    m_whatIf->setSource(source);
    m_reconcile->setSource(source, billing, project);
    m_reading->setVisible(m_auditor && !m_auditor->hasLedger());
    if (!m_auditor)
        return;
    m_ledgerDue = true;
    connect(m_auditor, &Auditor::failed, this, [this] { m_reading->hide(); });
    connect(m_auditor, &Auditor::audited, this, [this](const AuditReport &report) {
        m_reading->hide();
        if (!std::exchange(m_ledgerDue, false) && report.judged == 0)
            return;
        m_whatIf->ledgerChanged();
        refresh();
    });
}

void CostsPage::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_ledgerDue = true;
    m_whatIf->setPrices(prices);
    m_forecast->setPrices(std::move(prices));
    refresh();
}

void CostsPage::setBudgets(const std::vector<Budget> &budgets)
{
    m_budgets->setBudgets(budgets);
}

void CostsPage::storeChanged(const Changes &changes)
{
    runs()->model()->storeChanged(changes);
}

void CostsPage::refresh()
{
    m_byTime->refresh();
    m_budgets->refresh();
    m_forecast->refresh();
    m_otherModels->refresh();
    m_reconcile->refresh();
    m_whatIf->refresh();
}

} // namespace bobbin::ui
