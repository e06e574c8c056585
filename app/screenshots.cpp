// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshots.h"

#include "ui/dialogs/adminkeydialog.h"
#include "ui/guarddesk.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/costs/limitsearchview.h"
#include "ui/pages/costs/measuresform.h"
#include "ui/pages/costs/reconcileview.h"
#include "ui/pages/costs/whatifview.h"
#include "ui/pages/costspage.h"
#include "ui/pages/guard/policyview.h"
#include "ui/pages/guardpage.h"
#include "ui/pages/searchpage.h"
#include "ui/pages/threadspage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/checklistview.h"
#include "ui/widgets/composer.h"
#include "ui/widgets/progressbutton.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void takeScreenshots(ui::MainWindow &window, const QString &folder)
{
    QDir().mkpath(folder);
    const auto save = [&window, folder](const QString &name) {
        const QString path = QDir(folder).filePath(name + u".png"_s);
        auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget());
        if (!(dialog ? dialog->grab() : window.grab()).save(path))
            qWarning("cannot write %s", qPrintable(path));
        if (dialog)
            dialog->reject();
    };
    QTimer::singleShot(300, &window, [save, &window] {
        save(u"welcome"_s);
        window.openDemo();
    });
    QObject::connect(&window, &ui::MainWindow::opened, &window, [save, &window] {
        QObject::connect(window.workspace(), &Workspace::syncFinished, &window, [save, &window] {
            struct Shot {
                QString name;
                std::function<void()> prepare;
            };
            const auto page = [&window](const QString &name) { return [&window, name] { window.showPage(name); }; };
            const auto tab = [&window](int index) {
                return [&window, index] {
                    window.showPage(u"threads"_s);
                    window.threads()->tabs()->setCurrentIndex(index);
                };
            };
            const auto costs = [&window](int index) {
                return [&window, index] {
                    window.showPage(u"costs"_s);
                    window.costs()->tabs()->setCurrentIndex(index);
                };
            };
            const auto connecting = [&window](const QString &provider) {
                return [&window, provider] {
                    QTimer::singleShot(500, &window, [provider] {
                        auto *box = QApplication::activeModalWidget()->findChild<QComboBox *>(u"provider"_s);
                        box->setCurrentIndex(box->findData(provider));
                        Q_EMIT box->activated(box->currentIndex());
                    });
                    window.newConnection();
                };
            };
            const auto shots = std::make_shared<std::vector<Shot>>(std::vector<Shot>{
                {u"overview"_s, page(u"overview"_s)},
                {u"threads"_s, page(u"threads"_s)}, // its first row is selected by itself
                {u"conversation"_s,
                 [&window, tab] {
                     tab(1)();
                     window.threads()->composer()->message()->setPlainText(u"And where is my parcel now?"_s);
                 }},
                {u"turn"_s, [&window] { window.threads()->composer()->sendButton()->click(); }},
                {u"steps"_s, tab(2)},
                {u"thread-findings"_s, tab(3)},
                {u"raw"_s, tab(4)},
                {u"compare"_s,
                 [&window] {
                     window.threads()->tabs()->setCurrentIndex(0);
                     window.threads()->view()->table()->selectAll();
                 }},
                {u"runs"_s, page(u"runs"_s)},
                {u"assistants"_s, page(u"assistants"_s)},
                {u"stores"_s, page(u"stores"_s)},
                {u"files"_s, page(u"files"_s)},
                {u"findings"_s, page(u"findings"_s)},
                {u"checklist"_s,
                 [&window, page] {
                     page(u"assistants"_s)();
                     window.viewOf(u"assistants"_s)->table()->selectRow(1);
                     for (QTabWidget *tabs : window.findChildren<QTabWidget *>())
                         if (tabs->indexOf(window.checklist()) >= 0)
                             tabs->setCurrentWidget(window.checklist());
                 }},
                {u"costs"_s, costs(0)},
                {u"whatif"_s,
                 [&window, costs] {
                     costs(1)();
                     Measures measures;
                     measures.turnCap = 30;
                     measures.toolSteps = 5;
                     measures.retries = 3;
                     measures.perfectCaching = true;
                     window.costs()->whatIf()->form()->setMeasures(measures);
                     auto *button = window.costs()->whatIf()->limits()->button();
                     QTimer::singleShot(700, button, [button] { button->click(); }); // once there is something to try
                 }},
                {u"budgets"_s,
                 [&window, costs] {
                     costs(2)();
                     Budget month;
                     month.money = Money::fromDollars(60);
                     Budget day;
                     day.per = Budget::Per::Day;
                     day.tokens = 2'000'000;
                     Q_EMIT window.costs()->budgetsChanged({month, day});
                 }},
                {u"forecast"_s, costs(3)},
                {u"othermodels"_s, costs(4)},
                {u"reconcile"_s,
                 [&window, costs] {
                     costs(5)();
                     QTimer::singleShot(500, &window, [] {
                         if (auto *dialog = qobject_cast<ui::AdminKeyDialog *>(QApplication::activeModalWidget())) {
                             dialog->field()->setText(u"sk-admin-demo"_s);
                             dialog->keepButton()->click();
                         }
                     });
                     Q_EMIT window.costs()->reconcile()->keyWanted();
                     window.costs()->reconcile()->readButton()->click();
                 }},
                {u"guard"_s,
                 [&window] {
                     window.showPage(u"guard"_s);
                     GuardPolicy policy;
                     const auto hold = [&policy](GuardRule rule, qint64 number, GuardAct act) {
                         RuleSaid &said = policy.connection[std::size_t(rule)];
                         said.limit.emplace().number = number;
                         said.act = act;
                     };
                     hold(GuardRule::ContextCeiling, 60'000, GuardAct::Rotate);
                     hold(GuardRule::ToolSteps, 5, GuardAct::CancelRun);
                     hold(GuardRule::Retries, 3, GuardAct::Refuse);
                     hold(GuardRule::MoneyADay, 20 * Money::perDollar, GuardAct::Ask);
                     ui::PolicyView *view = window.guardPage()->policy();
                     view->setPolicy(policy, {});
                     view->table()->setCurrentCell(int(GuardRule::ToolSteps), 0);
                     Q_EMIT view->keepWanted(policy);
                 }},
                {u"consent"_s, [&window] { window.guard()->setWatching(true); }},
                {u"cleanup"_s, [&window] { window.desk()->cleanUp(); }},
                {u"consolidate"_s, [&window] { window.desk()->consolidate(); }},
                {u"rotate"_s,
                 [&window, page] {
                     page(u"threads"_s)();
                     window.threads()->view()->table()->selectRow(0);
                     window.desk()->rotateWithOptions(window.threads()->view()->selectedKeys());
                 }},
                {u"rotated"_s, [&window] { window.desk()->rotate(window.threads()->view()->selectedKeys()); }},
                {u"activity"_s, page(u"activity"_s)},
                {u"guarded"_s,
                 [&window, page] {
                     page(u"activity"_s)();
                     window.activity()->showGuarded({});
                 }},
                {u"connection"_s, [&window] { window.newConnection(); }},
                {u"connection-foundry"_s, connecting(u"foundry-agents"_s)},
                {u"connection-langgraph"_s, connecting(u"langgraph"_s)},
                {u"search"_s,
                 [&window] {
                     window.showPage(u"search"_s);
                     window.found()->search(u"tracking"_s);
                 }},
                {u"watching"_s, // last: it goes on
                 [&window] {
                     window.showPage(u"guard"_s);
                     std::ignore = window.guard()->setPolicy({});
                     window.guardPage()->policyChanged();
                     window.guard()->setGateway(true);
                 }},
            });
            // The next one is set off before this one is prepared: a dialog stays in it until it is closed.
            const auto next = std::make_shared<std::function<void(std::size_t)>>();
            *next = [save, shots, self = std::weak_ptr(next), &window](std::size_t at) {
                if (at > 0)
                    save((*shots)[at - 1].name);
                if (at == shots->size()) {
                    QApplication::quit();
                    return;
                }
                QTimer::singleShot(2200, &window, [next = self.lock(), at] { (*next)(at + 1); });
                (*shots)[at].prepare();
            };
            QTimer::singleShot(2200, &window, [next] { (*next)(0); });
        });
    });
}

} // namespace bobbin
