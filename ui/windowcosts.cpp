// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does about money: the cost desk, the checklist's buttons, the report.
#include "ui/mainwindow.h"

#include "models/guard/policyedit.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"
#include "ui/dialogs/adminkeydialog.h"
#include "ui/dialogs/reportdialog.h"
#include "ui/guarddesk.h"
#include "ui/operationdesk.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/costs/budgetsview.h"
#include "ui/pages/costs/reconcileview.h"
#include "ui/pages/costs/whatifview.h"
#include "ui/pages/costspage.h"
#include "ui/pages/findingspage.h"
#include "ui/pages/guardpage.h"
#include "ui/pages/overviewpage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/checklistview.h"
#include "ui/widgets/notice.h"

#include <QLayout>
#include <QTabWidget>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

// Its tabs and charts would be a part of every start.
CostsPage *MainWindow::costs()
{
    if (m_costs)
        return m_costs;
    m_costs = new CostsPage(m_session.prices());
    m_costsPlace->layout()->addWidget(m_costs);
    connect(m_costs, &CostsPage::runWanted, this, &MainWindow::openRun);
    connect(m_costs, &CostsPage::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(m_costs->reconcile(), &ReconcileView::readWanted, this, &MainWindow::readBilled);
    connect(m_costs->reconcile(), &ReconcileView::keyWanted, this, [this] { askForAdminKey(); });
    WhatIfView *whatIf = m_costs->whatIf();
    connect(whatIf, &WhatIfView::threadWanted, this, &MainWindow::openThreadRow);
    connect(whatIf, &WhatIfView::policyWanted, this, [this, whatIf](const QString &assistant) {
        whatIf->showPolicy(policyOf(m_services.settings, m_session.connection().id, assistant));
    });
    connect(whatIf, &WhatIfView::policyChosen, this,
            [this, whatIf](const QString &assistant, const std::optional<Policy> &policy) {
                if (!isKept())
                    return;
                setPolicy(m_services.settings, m_session.connection().id, assistant, policy);
                whatIf->showPolicy(policy);
                if (policy)
                    holdTo(policy->measures, assistant);
            });
    connect(m_costs, &CostsPage::budgetsChanged, this, [this](const std::vector<Budget> &budgets) {
        if (isKept())
            setBudgets(m_services.settings, m_session.connection().id, budgets);
        budgetsChanged();
    });
    m_costs->runs()->restoreLayout(m_services.settings);
    restoreSplitters(m_costs);
    m_costs->setBudgets(budgetsOf(m_services.settings, m_session.connection().id));
    feedCosts();
    return m_costs;
}

// From now on the guard holds to them as well; it tells, unless the policy says more.
void MainWindow::holdTo(const Measures &measures, const QString &assistant)
{
    if (!m_guard->keepsPolicy() || !m_guard->problems().empty())
        return;
    const LayerName layer = assistant.isEmpty() ? LayerName{} : LayerName{RuleOrigin::From::Assistant, assistant, {}};
    const GuardPolicy held = withMeasures(m_guard->policy(), layer, measures);
    if (held == m_guard->policy() || !settlePolicyDraft())
        return;
    if (const Done kept = m_guard->setPolicy(held); !kept) {
        m_notice->show(kept.error());
        return;
    }
    if (m_guardPage)
        m_guardPage->policyChanged();
    watchBudgets();
    m_notice->show(tr("Kept. Their limits are in the policy of the Guard page, too."), Notice::Tone::Info);
}

void MainWindow::feedCosts()
{
    if (m_costs)
        m_costs->setSource({m_session.store(), m_session.auditor()}, m_session.billing(),
                           m_session.connection().project);
}

void MainWindow::report()
{
    if (!m_session.auditor()) {
        m_notice->show(tr("Open a connection first"), Notice::Tone::Info);
        return;
    }
    ReportOptions options;
    options.connection = m_session.connection().name;
    options.limits = limits();
    options.budgets = budgetsOf(m_services.settings, m_session.connection().id);
    ReportDialog dialog({m_session.store(), m_session.auditor()}, options, this);
    dialog.exec();
}

// The keychain may ask its owner first; the connection may be another one by then.
void MainWindow::readBilled(qint64 from, qint64 until)
{
    const QPointer<Billing> billing = m_session.billing();
    if (!billing || std::exchange(m_adminKeyAwaited, true))
        return;
    m_services.credentials.secrets().read(
        Credentials::adminName(m_session.connection().id),
        [this, self = QPointer(this), billing, from, until](const Result<QByteArray> &key) {
            if (!self)
                return;
            m_adminKeyAwaited = false;
            if (!billing)
                return;
            if (key && !key->isEmpty()) {
                billing->fetch(*key, from, until);
                return;
            }
            if (!key)
                m_notice->show(key.error());
            // Where the keychain does not open, what is in it must not be written over.
            if (askForAdminKey(key.has_value()) && billing) // then it is there
                readBilled(from, until);
        });
}

bool MainWindow::askForAdminKey(bool keychain)
{
    const Connection &connection = m_session.connection();
    AdminKeyDialog dialog(m_services.credentials.secrets(), connection,
                          keychain && m_services.connections.byName(connection.id).has_value(), this);
    connect(&dialog, &AdminKeyDialog::failed, this, [this](const Error &error) { m_notice->show(error); });
    return dialog.exec() == QDialog::Accepted;
}

void MainWindow::budgetsChanged()
{
    const std::vector<Budget> budgets = budgetsOf(m_services.settings, m_session.connection().id);
    if (m_costs)
        m_costs->setBudgets(budgets);
    m_overview->setBudgets(budgets);
    m_checklist->setBudgets(budgets);
    watchBudgets();
}

bool MainWindow::isKept()
{
    const bool kept = !m_session.connection().id.isEmpty();
    if (!kept)
        m_notice->show(tr("An archive has no limits, budgets or policies of its own. Those of everywhere are under "
                          "Tools → Limits."),
                       Notice::Tone::Info);
    return kept;
}

void MainWindow::makeChecklist()
{
    m_checklist = new ChecklistView;
    m_assistants->addTab(m_checklist, tr("Checklist"));
    connect(m_assistants->view(), &BrowseView::currentChanged, m_checklist, &ChecklistView::setAssistant);
    connect(m_checklist, &ChecklistView::wanted, this, &MainWindow::openFound);
    connect(m_checklist, &ChecklistView::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(m_checklist, &ChecklistView::rotateWanted, this,
            [this](const std::vector<RowKey> &threads) { m_desk->rotateWithOptions(threads); });
    connect(m_checklist, &ChecklistView::ceilingChosen, this, [this](const QString &assistant, qint64 toolSteps) {
        if (!isKept())
            return;
        Limits own = limits().of(assistant);
        own.toolSteps = toolSteps;
        setLimits(m_services.settings, m_session.connection().id, assistant, own);
        limitsChanged();
    });
    connect(m_checklist, &ChecklistView::helpWanted, this, [this](CheckHelp help, const QByteArray &rule) {
        switch (help) {
        case CheckHelp::Limits:
            editLimits();
            break;
        case CheckHelp::CleanUp:
            m_desk->cleanUp();
            break;
        case CheckHelp::Prices:
            editPrices();
            break;
        case CheckHelp::Findings:
            showPage(FindingsIndex);
            m_findings->showRule(rule);
            break;
        case CheckHelp::Budgets:
            showPage(CostsIndex);
            costs()->tabs()->setCurrentWidget(costs()->budgets());
            break;
        case CheckHelp::Rotate:
        case CheckHelp::None:
            break;
        }
    });
}

} // namespace bobbin::ui
