// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does about the guard, and about budgets that are nearly or wholly spent.
#include "ui/mainwindow.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/format.h"
#include "models/costs/budgettext.h"
#include "models/guard/guardmarks.h"
#include "models/guard/policytext.h"
#include "models/session/budgetcheck.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"
#include "ui/notifier.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/costs/budgetsview.h"
#include "ui/pages/costspage.h"
#include "ui/pages/guard/policyview.h"
#include "ui/pages/guardpage.h"
#include "ui/pages/guardrowsview.h"
#include "ui/pages/threadspage.h"
#include "ui/quitting.h"
#include "ui/theme.h"
#include "ui/tray.h"
#include "ui/turndesk.h"
#include "ui/widgets/notice.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLayout>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

void MainWindow::makeGuard()
{
    m_guard = new GuardDesk(m_session, m_services.credentials.source(), m_services.settings, this);
    m_tray = new Tray(*m_guard, this);
    m_notifier = new Notifier(this);
    m_guardButton = new QToolButton;
    m_guardButton->setAutoRaise(true);
    m_guardButton->setToolTip(tr("Opens the Guard page"));
    m_watchAction = new QAction(tr("&Watch this connection"), this);
    m_watchAction->setCheckable(true);
    m_stopAction = new QAction(this);
    connect(m_watchAction, &QAction::triggered, m_guard, &GuardDesk::setWatching);
    connect(m_stopAction, &QAction::triggered, m_guard, [this] { m_guard->setStopped(!m_guard->state().stopped); });
    connect(m_guardButton, &QToolButton::clicked, this, [this] { showPage(GuardIndex); });
    connect(m_guardBar, &Notice::actionClicked, this, [this] {
        m_askedRow = 0;
        m_guardBar->hide();
        if (m_guardBarLeadsTo)
            m_guardBarLeadsTo();
    });
    connect(m_guard, &GuardDesk::changed, this, &MainWindow::tellGuard);
    connect(m_guard, &GuardDesk::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(m_guard, &GuardDesk::told, this, [this](const QString &text) { m_notice->show(text, Notice::Tone::Info); });
    connect(m_guard, &GuardDesk::noted, this, [this](const GuardRow &row) {
        if (row.state != GuardState::Asked) {
            if (m_askedRow == row.key) {
                m_askedRow = 0;
                m_guardBar->hide();
            }
            return;
        }
        m_askedRow = row.key;
        raise(tr("The guard asks. %1").arg(guardSentence(row)), Notice::Tone::Warning, tr("Look at it"),
              [this, key = row.key] {
                  showPage(ActivityIndex);
                  m_activity->showGuarded(key);
              });
    });
    connect(m_activity->guarded(), &GuardRowsView::answered, m_guard, &GuardDesk::answer);
    connect(m_activity->guarded(), &GuardRowsView::threadWanted, this,
            [this](const QString &thread, const QString &run) {
                showPage(ThreadsIndex);
                m_threads->openThread(thread, run);
            });
    connect(m_tray, &Tray::windowWanted, this, [this] {
        show();
        QMainWindow::raise();
        activateWindow();
    });
    connect(m_tray, &Tray::quitWanted, this, &MainWindow::quit);
    m_turnDesk = new TurnDesk(m_session, *m_guard, m_services.settings, *m_threads->composer(), this);
    connect(m_threads, &ThreadsPage::threadShown, m_turnDesk, &TurnDesk::setThread);
    connect(m_threads, &ThreadsPage::threadLeft, m_turnDesk, [this] { m_turnDesk->setThread({}); });
    connect(m_turnDesk, &TurnDesk::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(m_turnDesk, &TurnDesk::threadWanted, this, [this](const QString &thread) {
        showPage(ThreadsIndex);
        m_threads->openThread(thread);
        m_threads->showConversation();
    });
}

GuardPage *MainWindow::guardPage()
{
    if (m_guardPage)
        return m_guardPage;
    m_guardPage = new GuardPage(*m_guard);
    m_guardPlace->layout()->addWidget(m_guardPage);
    PolicyView *policy = m_guardPage->policy();
    connect(policy, &PolicyView::threadWanted, this, &MainWindow::openThreadRow);
    connect(policy, &PolicyView::runWanted, this, &MainWindow::openRun);
    connect(policy, &PolicyView::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(policy, &PolicyView::keepWanted, this, [this](const GuardPolicy &kept) {
        if (const Done done = m_guard->setPolicy(kept); !done) {
            m_notice->show(done.error());
            return;
        }
        m_guardPage->policyChanged();
        watchBudgets();
    });
    restoreSplitters(m_guardPage);
    m_guardPage->policyChanged();
    feedGuard();
    return m_guardPage;
}

void MainWindow::feedGuard()
{
    if (!m_guardPage)
        return;
    m_guardPage->policy()->setSource(m_session.store(), m_session.auditor());
    m_guardPage->setAuditor(m_session.auditor());
    m_guardPage->policyChanged();
    m_guardPage->tell();
}

void MainWindow::tellGuard()
{
    const GuardDesk::State state = m_guard->state();
    const bool watching = state.watching != GuardDesk::Watching::Off;
    m_guardButton->setText(guardStateWords(state));
    m_guardButton->setVisible(watching || state.stopped);
    tint(*m_guardButton, QPalette::ButtonText,
         state.stopped || state.watching == GuardDesk::Watching::Blind ? Hue::Danger : Hue::Text);
    m_watchAction->setChecked(watching);
    m_watchAction->setEnabled(state.possible && !state.wantsGateway);
    m_stopAction->setText(state.stopped ? tr("Let &guarding go on") : tr("Stop all &guarding"));
}

void MainWindow::raise(const QString &text, Notice::Tone tone, const QString &action, std::function<void()> leadsTo)
{
    m_guardBarLeadsTo = std::move(leadsTo);
    m_guardBar->show(text, tone, action);
}

// Those of the Costs page, and those of the policy.
void MainWindow::watchBudgets()
{
    struct Known {
        std::vector<BudgetState> own;
        std::vector<BudgetUse> policy;
    };
    const int asked = ++m_budgetsAsked;
    Auditor *auditor = m_session.auditor();
    const std::vector<Budget> budgets = budgetsOf(m_services.settings, m_session.connection().id);
    const std::vector<PolicyBudget> wanted = allBudgets(m_guard->policy());
    if (!auditor || !auditor->hasLedger() || (budgets.empty() && wanted.empty())) {
        m_budget->clear();
        return;
    }
    whenDone(auditor->withLedger([budgets, wanted](const Ledger &ledger, Reader &reader) -> Result<Known> {
        auto own = readBudgets(ledger, reader, budgets);
        auto uses = readUses(ledger, reader, wanted);
        if (!own || !uses)
            return fail(!own ? own.error() : uses.error());
        return Known{*std::move(own), *std::move(uses)};
    }),
             this, [this, asked](const Result<Known> &known) {
                 if (asked != m_budgetsAsked || !known)
                     return;
                 std::vector<SpentBudget> all;
                 const QString today = dateOf(nowMs() / dayMs).toString(Qt::ISODate);
                 const QString month = today.left(7);
                 for (const BudgetState &state : known->own) {
                     QString said = budgetText(state);
                     if (state.budget.scope != Budget::Scope::Connection)
                         said = budgetSubject(state.budget, m_assistantNames) + u": "_s + said;
                     const bool day = state.budget.per == Budget::Per::Day;
                     all.push_back({said, (day ? today : month) + budgetSubject(state.budget, {}), state.share});
                 }
                 for (const BudgetUse &use : known->policy) {
                     const qint64 limit = use.budget.limit.number;
                     all.push_back({tr("%1, %2: %3 of %4")
                                        .arg(guardRuleTitle(use.rule), originText(use.budget.limitFrom),
                                             amountText(use.rule, use.used), amountText(use.rule, limit)),
                                    markOf(use, nowMs()), double(use.used) / double(std::max<qint64>(1, limit))});
                 }
                 tellBudgets(all);
             });
}

// In the status bar the one that is furthest; above it, once each, those that came near or over.
void MainWindow::tellBudgets(const std::vector<SpentBudget> &all)
{
    const auto levelOf = [](double share) {
        return share >= 1        ? BudgetState::Level::Over
            : share >= nearShare ? BudgetState::Level::Near
                                 : BudgetState::Level::Within;
    };
    if (all.empty()) {
        m_budget->clear();
        return;
    }
    const SpentBudget &furthest = *std::ranges::max_element(all, {}, &SpentBudget::share);
    const BudgetState::Level level = levelOf(furthest.share);
    m_budget->setText(format::visible(
        level == BudgetState::Level::Within ? furthest.text : furthest.text + u" — "_s + budgetLevelText(level)));
    tint(*m_budget, QPalette::WindowText,
         level == BudgetState::Level::Over       ? Hue::Danger
             : level == BudgetState::Level::Near ? Hue::Warning
                                                 : Hue::Text);
    QStringList fresh;
    BudgetState::Level worst = BudgetState::Level::Within;
    for (const SpentBudget &one : all) {
        const BudgetState::Level its = levelOf(one.share);
        if (its == BudgetState::Level::Within)
            continue;
        const QString key = m_session.connection().id + u' ' + one.key + u' ' + QString::number(int(its));
        if (m_raisedBudgets.contains(key))
            continue;
        m_raisedBudgets.insert(key);
        fresh << one.text + u" — "_s + budgetLevelText(its);
        worst = std::max(worst, its);
    }
    if (fresh.isEmpty())
        return;
    const QString said = format::visible(fresh.join(u"; "_s));
    m_notifier->tell(worst == BudgetState::Level::Over ? tr("A budget is used up") : tr("A budget is nearly used up"),
                     said);
    if (m_askedRow != 0 && m_guardBar->isVisible()) { // what waits for the person stays in sight
        m_notice->show(said, worst == BudgetState::Level::Over ? Notice::Tone::Danger : Notice::Tone::Warning);
        return;
    }
    raise(said, worst == BudgetState::Level::Over ? Notice::Tone::Danger : Notice::Tone::Warning, tr("Show budgets"),
          [this] {
              showPage(CostsIndex);
              costs()->tabs()->setCurrentWidget(costs()->budgets());
          });
}

bool MainWindow::settlePolicyDraft()
{
    PolicyView *view = m_guardPage ? m_guardPage->policy() : nullptr;
    if (!view || !m_guard->keepsPolicy() || !view->isChanged())
        return true;
    QMessageBox ask(QMessageBox::Question, tr("Policy"),
                    tr("The policy of “%1” was changed, and is not kept.").arg(m_session.connection().name),
                    QMessageBox::Cancel, this);
    ask.setObjectName(u"policydraft"_s);
    const QPushButton *keep = ask.addButton(tr("Keep it"), QMessageBox::AcceptRole);
    const QPushButton *drop = ask.addButton(tr("Drop the changes"), QMessageBox::DestructiveRole);
    ask.setDefaultButton(QMessageBox::Cancel);
    ask.exec();
    if (ask.clickedButton() == keep) {
        view->keepButton()->click();
        return !view->isChanged();
    }
    if (ask.clickedButton() != drop)
        return false;
    view->revertButton()->click();
    return true;
}

bool MainWindow::goesToTray() const
{
    return m_tray->isShown() && !m_quits && !qApp->isSavingSession();
}

void MainWindow::quit()
{
    m_quits = true;
    if (isVisible()) {
        close();
    } else if (settlePolicyDraft() && m_quitting->mayClose()) { // a hidden window takes no close()
        leave();
    } else if (!m_quitting->waits()) {
        show();
    }
    m_quits = false;
}

} // namespace bobbin::ui
