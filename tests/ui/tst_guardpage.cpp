// SPDX-License-Identifier: GPL-3.0-or-later
// The guard as a person uses it: the policy, the watch, the gateway, what they tell and ask.
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"
#include "tests/support/testsupport.h"
#include "tests/support/windowbench.h"
#include "ui/dialogs/consentdialog.h"
#include "ui/guarddesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/guard/policyview.h"
#include "ui/pages/guard/ruleform.h"
#include "ui/pages/guard/wouldacts.h"
#include "ui/pages/guardpage.h"
#include "ui/pages/guardrowsview.h"
#include "ui/tray.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/notice.h"

#include "models/guard/policyjson.h"
#include "models/guard/policytext.h"
#include "models/settings/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;
using Watching = ui::GuardDesk::Watching;

class TestGuardPage : public WindowBench {
    Q_OBJECT
    std::unique_ptr<LiveRuns> m_app; // whose runs are watched
    std::unique_ptr<QTimer> m_answering;
    int m_asked = 0; // how often the dialog came

    ui::GuardPage *page() { return m_window->guardPage(); }
    ui::PolicyView *policy() { return page()->policy(); }
    ui::GuardDesk *desk() { return m_window->guard(); }
    static QString file() { return policyFile(u"demo"_s); }
    void choose(QComboBox *box, int index)
    {
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }
    void say(GuardRule rule, qint64 limit, std::optional<GuardAct> act) // in the form, for the layer that is shown
    {
        policy()->table()->setCurrentCell(int(rule), 0);
        ui::RuleForm *form = policy()->form();
        choose(form->kind(), form->kind()->count() - 1);
        form->amount()->setValue(double(limit));
        if (act)
            choose(form->act(), form->act()->findData(int(*act)));
    }
    void keep(const GuardPolicy &kept)
    {
        QVERIFY(desk()->setPolicy(kept));
        page()->policyChanged();
    }
    // Answers the dialog that asks before a policy acts, if it comes; none: cancels it.
    void consent(std::optional<Consent> choice)
    {
        m_asked = 0;
        m_answering = std::make_unique<QTimer>();
        connect(m_answering.get(), &QTimer::timeout, this, [this, choice] {
            auto *dialog = qobject_cast<ui::ConsentDialog *>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            ++m_asked;
            if (!choice)
                dialog->reject();
            else
                (*choice == Consent::Act ? dialog->actButton() : dialog->tellButton())->click();
        });
        m_answering->start(20);
    }
    void watch()
    {
        m_window->showPage(u"guard"_s);
        consent(Consent::Act);
        page()->watchBox()->click();
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::On, 30'000);
    }
    std::vector<GuardRow> rowsOf(const QString &thread, GuardState state)
    {
        const auto all = wait(m_window->workspace()->store().read([](Reader &r) { return r.guardRows({}); }));
        std::vector<GuardRow> found;
        std::ranges::copy_if(*all, std::back_inserter(found),
                             [&](const GuardRow &row) { return row.thread == thread && row.state == state; });
        return found;
    }
    QString cell(GuardRule rule, int column) { return policy()->table()->item(int(rule), column)->text(); }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QFile::remove(file());
        QVERIFY(letGuardGo());
        openDemoWindow();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->auditor()->ready(), 30'000);
        m_app = std::make_unique<LiveRuns>(*m_host);
        m_window->showPage(u"guard"_s);
    }
    void cleanup()
    {
        m_answering.reset();
        policy()->revertButton()->click();
        desk()->setGateway(false);
        QTRY_VERIFY_WITH_TIMEOUT(!desk()->gateway() && desk()->state().watching != Watching::Stopping, 60'000);
        desk()->setWatching(false);
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::Off, 60'000);
        desk()->setStopped(false);
        QFile::remove(file());
        m_window->guardBar()->hide();
    }
    void cleanupTestCase()
    {
        m_app.reset();
        m_window.reset();
        QFile::remove(file());
    }

    // The usual policy only tells, and every value says where it comes from.
    void itBeginsHarmless()
    {
        QCOMPARE(policy()->table()->rowCount(), int(guardRuleCount));
        for (const RuleInfo &info : guardRules()) {
            QCOMPARE(cell(info.rule, 3), u"notify"_s);
            QCOMPARE(cell(info.rule, 4), u"preset general"_s);
        }
        QVERIFY(!policy()->isChanged());
        QVERIFY(!policy()->keepButton()->isEnabled());
        QCOMPARE(desk()->state().watching, Watching::Off);
    }

    // What is said is kept on demand only, as a file that says the same when it is read.
    void aPolicyIsEditedAndKept()
    {
        say(GuardRule::ToolSteps, 4, GuardAct::CancelRun);
        QCOMPARE(cell(GuardRule::ToolSteps, 2), u"connection"_s);
        QCOMPARE(cell(GuardRule::ToolSteps, 3), u"cancel the run"_s);
        QVERIFY(policy()->isChanged());
        QVERIFY(!QFile::exists(file()));
        policy()->revertButton()->click();
        QVERIFY(!policy()->isChanged());
        QCOMPARE(cell(GuardRule::ToolSteps, 2), u"preset general"_s);
        say(GuardRule::ToolSteps, 4, GuardAct::CancelRun);
        say(GuardRule::MoneyADay, 5, GuardAct::Refuse);
        policy()->keepButton()->click();
        QVERIFY(!policy()->isChanged());
        const auto read = readPolicy(file());
        QVERIFY(read && read->problems.empty());
        GuardPolicy wanted;
        of(wanted, GuardRule::ToolSteps) = upTo(4, GuardAct::CancelRun);
        of(wanted, GuardRule::MoneyADay) = upTo(5 * Money::perDollar, GuardAct::Refuse);
        QVERIFY(read->policy == wanted);
        QVERIFY(desk()->policy() == wanted);
        keep({});
    }

    // What is typed is what is said, stroke by stroke, whatever is read meanwhile.
    void numbersAreTyped()
    {
        policy()->table()->setCurrentCell(int(GuardRule::MoneyADay), 0);
        ui::RuleForm *form = policy()->form();
        choose(form->kind(), form->kind()->count() - 1);
        const auto type = [&](const QString &text) {
            form->amount()->setFocus();
            form->amount()->selectAll();
            for (const QChar key : text) {
                QTest::keyClick(form->amount(), key.toLatin1());
                policy()->ledgerChanged();
                QTest::qWait(30);
            }
        };
        type(u"1.50"_s);
        QCOMPARE(of(policy()->draft(), GuardRule::MoneyADay).limit->number, Money::fromDollars(1.5).pico);
        policy()->table()->setCurrentCell(int(GuardRule::SessionTokens), 0);
        choose(form->kind(), form->kind()->count() - 1);
        type(u"12345"_s);
        QCOMPARE(of(policy()->draft(), GuardRule::SessionTokens).limit->number, 12'345);
        policy()->table()->setCurrentCell(int(GuardRule::Models), 0);
        choose(form->kind(), form->kind()->count() - 1);
        QTest::keyClicks(form->models(), u"gpt-4o,  o3"_s);
        policy()->ledgerChanged();
        QTest::qWait(300);
        QCOMPARE(form->models()->text(), u"gpt-4o,  o3"_s);
        QCOMPARE(of(policy()->draft(), GuardRule::Models).limit->models, QStringList({u"gpt-4o"_s, u"o3"_s}));
    }

    // What a file says more exactly than the form shows it stays as it is when something else is changed.
    void whatIsNotTouchedStays()
    {
        GuardPolicy fine;
        of(fine, GuardRule::MoneyAMonth) = upTo(Money::perDollar / 250, GuardAct::Notify); // $0.004
        fine.actsAnHour = 5'000;
        policy()->setPolicy(fine, {});
        policy()->table()->setCurrentCell(int(GuardRule::MoneyAMonth), 0);
        choose(policy()->form()->act(), policy()->form()->act()->findData(int(GuardAct::Ask)));
        QCOMPARE(of(policy()->draft(), GuardRule::MoneyAMonth).limit->number, Money::perDollar / 250);
        QCOMPARE(policy()->draft().actsAnHour, 5'000);
        policy()->setPolicy({}, {});
    }

    // What is said for the connection holds for an assistant, until that says otherwise; clearing takes it back.
    void layersInherit()
    {
        say(GuardRule::TurnCap, 12, {});
        QTRY_VERIFY(policy()->layers()->count() > 1);
        policy()->layers()->setCurrentIndex(1);
        QCOMPARE(cell(GuardRule::TurnCap, 1), amountText(GuardRule::TurnCap, 12));
        QCOMPARE(cell(GuardRule::TurnCap, 2), u"connection"_s);
        say(GuardRule::TurnCap, 7, {});
        QVERIFY(cell(GuardRule::TurnCap, 2).startsWith(u"assistant "_s));
        QCOMPARE(policy()->draft().assistants.size(), std::size_t(1));
        policy()->layers()->setCurrentIndex(0);
        QCOMPARE(cell(GuardRule::TurnCap, 1), amountText(GuardRule::TurnCap, 12));
        const LayerName vip{RuleOrigin::From::MetadataValue, u"tier"_s, u"gold"_s};
        policy()->addLayer(vip);
        say(GuardRule::TurnCap, 99, GuardAct::Ask);
        QVERIFY(layerOf(policy()->draft(), vip) != PolicyLayer());
        QCOMPARE(cell(GuardRule::TurnCap, 4), u"metadata tier=gold"_s);
        for (QPushButton *button : policy()->findChildren<QPushButton *>())
            if (button->text() == u"Clear this layer"_s)
                button->click();
        QVERIFY(layerOf(policy()->draft(), vip) == PolicyLayer());
        policy()->revertButton()->click();
    }

    // What it would have done is what the trial of the same policy says; a false alarm stays marked.
    void whatItWouldHaveDone()
    {
        say(GuardRule::ToolSteps, 90, GuardAct::CancelRun);
        QTRY_COMPARE_WITH_TIMEOUT(cell(GuardRule::ToolSteps, 5), u"0"_s, 20'000);
        QTRY_COMPARE(policy()->acts()->topLevelItemCount(), 0);
        say(GuardRule::ToolSteps, 2, GuardAct::CancelRun);
        QTRY_VERIFY_WITH_TIMEOUT(policy()->acts()->topLevelItemCount() > 1, 20'000);
        const int times = cell(GuardRule::ToolSteps, 5).remove(u',').toInt();
        QVERIFY(times >= policy()->acts()->topLevelItemCount() - 1);
        QVERIFY(policy()->summary()->text().contains(u"30 days"_s));
        QCOMPARE(cell(GuardRule::ToolSteps, 6), QString());
        policy()->acts()->topLevelItem(0)->setCheckState(4, Qt::Checked);
        QTRY_COMPARE(cell(GuardRule::ToolSteps, 6), u"1"_s);
        // Looser, it finds less; as strict as before, the same, and the mark is still there.
        say(GuardRule::ToolSteps, 90, GuardAct::CancelRun);
        QTRY_COMPARE(cell(GuardRule::ToolSteps, 5), u"0"_s);
        say(GuardRule::ToolSteps, 2, GuardAct::CancelRun);
        QTRY_COMPARE(cell(GuardRule::ToolSteps, 5).remove(u',').toInt(), times);
        QCOMPARE(cell(GuardRule::ToolSteps, 6), u"1"_s);
        policy()->revertButton()->click();
    }

    void importAndExport()
    {
        say(GuardRule::Retries, 2, GuardAct::Refuse);
        const QString out = m_folder.filePath(u"policy.json"_s);
        policy()->exportTo(out);
        const GuardPolicy said = policy()->draft();
        policy()->revertButton()->click();
        policy()->importFrom(out);
        QVERIFY(policy()->draft() == said);
        policy()->revertButton()->click();
        QFile bad(m_folder.filePath(u"bad.json"_s));
        QVERIFY(bad.open(QIODevice::WriteOnly) && bad.write("{\"policy\":1,\"rules\":{\"turn-cup\":{}}}") > 0);
        bad.close();
        policy()->importFrom(bad.fileName());
        QVERIFY(!policy()->isChanged());
        bool told = false;
        for (const ui::Notice *notice : policy()->findChildren<ui::Notice *>())
            told = told || notice->isVisible();
        QVERIFY(told);
    }

    // A policy that acts is looked at first; "only tell" and "cancel" do what they say.
    void beforeItActsThePersonLooks()
    {
        GuardPolicy acting;
        of(acting, GuardRule::ToolSteps) = upTo(5, GuardAct::CancelRun);
        keep(acting);
        consent(std::nullopt);
        page()->watchBox()->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_asked, 1, 20'000);
        QTRY_COMPARE(desk()->state().watching, Watching::Off);
        QVERIFY(!isWatched(*m_settings, u"demo"_s));
        QVERIFY(!page()->watchBox()->isChecked());
        consent(Consent::OnlyTell);
        page()->watchBox()->click();
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::On, 30'000);
        QCOMPARE(m_asked, 1);
        QVERIFY(!desk()->state().acts);
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 12)), QByteArray("completed"));
        QTRY_VERIFY_WITH_TIMEOUT(!rowsOf(thread, GuardState::Told).empty(), 30'000);
    }

    // The whole way: watched, cancelled, and listed with the figures under Activity.
    void anExplosionIsCancelledFromTheWindow()
    {
        GuardPolicy acting;
        of(acting, GuardRule::ToolSteps) = upTo(4, GuardAct::CancelRun);
        keep(acting);
        watch();
        QVERIFY(desk()->state().acts);
        QVERIFY(isWatched(*m_settings, u"demo"_s));
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QTRY_VERIFY_WITH_TIMEOUT(!rowsOf(thread, GuardState::Acted).empty(), 40'000);
        const GuardRow row = rowsOf(thread, GuardState::Acted).front();
        m_window->showPage(u"activity"_s);
        m_window->activity()->showGuarded(row.key);
        auto *guarded = m_window->activity()->guarded();
        QTRY_VERIFY(guarded->details()->text().contains(amountText(GuardRule::ToolSteps, 4)));
        QTRY_VERIFY(guarded->view()->model()->rowOf(row.key) >= 0);
        QVERIFY(!guarded->allowButton()->isVisible());
        // The same policy again asks nothing.
        desk()->setWatching(false);
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::Off, 60'000);
        QVERIFY(m_window->workspace()->following()); // as without a watch
        consent(std::nullopt);
        page()->watchBox()->click();
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::On, 30'000);
        QCOMPARE(m_asked, 0);
    }

    // Stopped, nothing is done, in every program at once; going on, it is done.
    void everythingCanBeStopped()
    {
        GuardPolicy acting;
        of(acting, GuardRule::ToolSteps) = upTo(3, GuardAct::CancelRun);
        keep(acting);
        watch();
        page()->stopButton()->click();
        QVERIFY(guardStop());
        QVERIFY(desk()->state().stopped);
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 400);
        QTest::qWait(6'000);
        QVERIFY(m_app->run(thread, run).active());
        QVERIFY(letGuardGo()); // by another program
        QTRY_VERIFY(!desk()->state().stopped);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
    }

    // What it asks is shown wherever the person is, leads to the row, and is done when it is allowed.
    void whatIsAskedIsAnswered()
    {
        GuardPolicy asking;
        of(asking, GuardRule::ToolSteps) = upTo(3, GuardAct::Ask);
        keep(asking);
        watch();
        m_window->showPage(u"threads"_s);
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 400);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->guardBar()->isVisible(), 40'000);
        Q_EMIT m_window->guardBar()->actionClicked();
        auto *guarded = m_window->activity()->guarded();
        QTRY_VERIFY(guarded->allowButton()->isVisible());
        QVERIFY(m_app->run(thread, run).active());
        guarded->allowButton()->click();
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QTRY_VERIFY_WITH_TIMEOUT(!guarded->allowButton()->isVisible(), 20'000);
    }

    // A policy that is kept while it watches holds once the person has looked at it; until then the earlier one does.
    void anotherPolicyTakesOver()
    {
        watch();
        GuardPolicy acting;
        of(acting, GuardRule::ToolSteps) = upTo(4, GuardAct::CancelRun);
        consent(std::nullopt);
        keep(acting);
        QTRY_COMPARE_WITH_TIMEOUT(m_asked, 1, 30'000);
        QTest::qWait(500);
        QCOMPARE(desk()->state().watching, Watching::On);
        QVERIFY(!desk()->state().acts);
        of(acting, GuardRule::ToolSteps) = upTo(5, GuardAct::CancelRun);
        consent(Consent::Act);
        keep(acting);
        QTRY_VERIFY_WITH_TIMEOUT(desk()->state().watching == Watching::On && desk()->state().acts, 60'000);
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 200)), QByteArray("cancelled"));
    }

    // Any program can go through it; with the connection's key it needs the token.
    void theGatewayStandsInTheLine()
    {
        GuardPolicy refusing;
        of(refusing, GuardRule::Models).limit.emplace().models = QStringList{u"gpt-4o-mini"_s};
        of(refusing, GuardRule::Models).act = GuardAct::Refuse;
        keep(refusing);
        consent(Consent::Act);
        page()->gatewayBox()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!desk()->state().address.isEmpty(), 30'000);
        QVERIFY(desk()->state().token.isEmpty());
        QVERIFY(page()->address()->isVisible());
        QVERIFY(!page()->watchBox()->isEnabled());
        const QString direct = std::exchange(m_app->baseUrl, page()->address()->text());
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->status(), 200);
        m_app->post(u"/threads/%1/runs"_s.arg(thread),
                    {{u"assistant_id"_s, m_app->assistant()}, {u"model"_s, u"gpt-4o"_s}});
        QCOMPARE(m_app->status(), 403);
        QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("models"));
        // Another policy, and the address that programs were told of is the same.
        of(refusing, GuardRule::ToolSteps) = upTo(4);
        const QString address = page()->address()->text();
        keep(refusing);
        QTRY_VERIFY_WITH_TIMEOUT(desk()->state().watching == Watching::Stopping, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().address, address, 60'000);
        m_app->get(u"/assistants"_s);
        QCOMPARE(m_app->status(), 200);
        m_app->baseUrl = direct;
        page()->gatewayBox()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!desk()->gateway(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::On, 30'000); // the watch goes on

        page()->ownKey()->setChecked(true);
        page()->gatewayBox()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!desk()->state().address.isEmpty(), 60'000);
        QVERIFY(desk()->state().token.startsWith(u"bobbin-"_s));
        m_app->baseUrl = page()->address()->text();
        m_app->get(u"/assistants"_s); // with another key
        QCOMPARE(m_app->status(), 401);
        m_app->key = desk()->state().token;
        m_app->get(u"/assistants"_s);
        QCOMPARE(m_app->status(), 200);
        m_app->key = u"any"_s;
        m_app->baseUrl = direct;
        page()->ownKey()->setChecked(false);
    }

    // Near and over are told once each, above the status bar and in it.
    void aBudgetRaisesTheBar()
    {
        GuardPolicy budget;
        of(budget, GuardRule::TokensAMonth) = upTo(1);
        m_window->guardBar()->hide();
        policy()->setPolicy(budget, {});
        Q_EMIT policy()->keepWanted(budget);
        QTRY_VERIFY(m_window->guardBar()->isVisible());
        m_window->guardBar()->hide();
        Q_EMIT policy()->keepWanted(budget);
        QTest::qWait(500);
        QVERIFY(!m_window->guardBar()->isVisible());
    }

    // A file that cannot be read is told of, not used, and not lost.
    void aBrokenFileIsNotLost()
    {
        QDir().mkpath(QFileInfo(file()).path());
        QFile broken(file());
        QVERIFY(broken.open(QIODevice::WriteOnly) && broken.write("{ \"policy\": 1, ") > 0);
        broken.close();
        desk()->opened();
        page()->policyChanged();
        QVERIFY(!desk()->problems().empty());
        QVERIFY(desk()->policy() == GuardPolicy());
        say(GuardRule::TurnCap, 9, {});
        policy()->keepButton()->click();
        QVERIFY(desk()->problems().empty());
        QVERIFY(readPolicy(file()).has_value());
        QVERIFY(QFile::exists(file() + u".unread"_s));
        QFile::remove(file() + u".unread"_s);
        keep({});
    }

    // While it watches the connection may be closed: what was begun is in the journal, nothing hangs.
    void closingWhileItWatches()
    {
        watch();
        QSignalSpy opened(m_window.get(), &ui::MainWindow::opened);
        m_window->openDemo();
        QVERIFY(opened.wait(20'000));
        // It was on when it was closed: it is on again by itself.
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::On, 60'000);
        // The tray's menu says and does the same.
        for (QAction *action : m_window->tray()->menu().actions())
            if (action->isCheckable()) {
                QVERIFY(action->isChecked());
                action->trigger();
            }
        QTRY_COMPARE_WITH_TIMEOUT(desk()->state().watching, Watching::Off, 60'000);
    }

    // What was changed and not kept is asked about before another connection takes its place.
    void aDraftIsNotDropped()
    {
        say(GuardRule::TurnCap, 8, {});
        QTimer::singleShot(200, this, [this] {
            auto *box = m_window->findChild<QMessageBox *>(u"policydraft"_s);
            if (box)
                box->button(QMessageBox::Cancel)->click();
        });
        QSignalSpy closing(m_window.get(), &ui::MainWindow::opened);
        m_window->openDemo();
        QVERIFY(policy()->isChanged());
        QVERIFY(!closing.wait(500));
    }
};

QTEST_MAIN(TestGuardPage)
#include "tst_guardpage.moc"
