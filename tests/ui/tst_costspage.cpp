// SPDX-License-Identifier: GPL-3.0-or-later
// The cost desk and the checklist, as a person uses them.
#include "tests/support/testsupport.h"
#include "tests/support/windowbench.h"
#include "ui/charts/frontierchart.h"
#include "ui/charts/stackchart.h"
#include "ui/dialogs/adminkeydialog.h"
#include "ui/dialogs/budgetdialog.h"
#include "ui/dialogs/reportdialog.h"
#include "ui/guarddesk.h"
#include "ui/pages/costs/budgetsview.h"
#include "ui/pages/costs/bytimeview.h"
#include "ui/pages/costs/forecastview.h"
#include "ui/pages/costs/limitsearchview.h"
#include "ui/pages/costs/measuresform.h"
#include "ui/pages/costs/missedview.h"
#include "ui/pages/costs/othermodelsview.h"
#include "ui/pages/costs/reconcileview.h"
#include "ui/pages/costs/whatifview.h"
#include "ui/pages/costspage.h"
#include "ui/pages/overviewpage.h"
#include "ui/reportpdf.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/checklistview.h"
#include "ui/widgets/evidencelist.h"
#include "ui/widgets/progressbutton.h"

#include "models/settings/settings.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QSlider>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>
#include <QTreeWidget>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::wait;
using bobbin::test::WindowBench;

class TestCostsPage : public WindowBench {
    Q_OBJECT

    ui::CostsPage *page() { return m_window->costs(); }
    ui::ByTimeView *byTime() { return page()->byTime(); }
    ui::WhatIfView *whatIf() { return page()->whatIf(); }
    void show(QWidget *tab)
    {
        m_window->showPage(u"costs"_s);
        page()->tabs()->setCurrentWidget(tab);
    }
    void choose(const QString &name, int index)
    {
        for (QComboBox *box : byTime()->findChildren<QComboBox *>())
            if (box->accessibleName() == name) {
                box->setCurrentIndex(index);
                return;
            }
        QFAIL(qPrintable(name));
    }
    // Of all runs, as the store sums them.
    CostSum all()
    {
        return wait(m_window->workspace()->store().read([](Reader &reader) { return reader.overview(0); }))->total;
    }

private Q_SLOTS:
    void initTestCase()
    {
        openDemoWindow();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->auditor()->ready(), 20'000);
    }
    // Not a part of every start. Opened first now, it shows what is there by then.
    void itIsMadeWhenItIsSeen()
    {
        QVERIFY(!m_window->findChild<ui::CostsPage *>());
        m_window->showPage(u"costs"_s);
        auto *made = m_window->findChild<ui::CostsPage *>();
        QVERIFY(made && made->isVisible());
        QCOMPARE(made, page());
        QTRY_VERIFY(byTime()->model()->pivot().sum.cost.pricedRuns > 0);
        QTRY_VERIFY(byTime()->runs()->model()->rowCount() > 0);
    }
    // The table, the chart and the runs beneath say the same, and that is what all other pages say.
    void whateverTheGroupTheSumIsTheSame()
    {
        show(byTime());
        choose(u"Time"_s, 5);
        for (int by = 0; by < byTime()->by()->count(); ++by)
            for (int period = 0; period < 3; ++period) {
                byTime()->by()->setCurrentIndex(by);
                byTime()->period()->setCurrentIndex(period);
                QTRY_VERIFY(byTime()->model()->pivot().sum.cost == all());
                QTRY_VERIFY(byTime()->runs()->model()->complete());
                QTRY_COMPARE(byTime()->runs()->model()->list().cost, all());
            }
        QVERIFY2(byTime()->by()->count() > 4, "by metadata, too");
    }
    // A cell of the table leads to just its runs.
    void aCellListsItsRuns()
    {
        show(byTime());
        choose(u"Time"_s, 5);
        byTime()->period()->setCurrentIndex(2);
        for (int by = 0; by < byTime()->by()->count(); ++by) {
            QSignalSpy anew(byTime()->model(), &QAbstractItemModel::modelReset);
            byTime()->refresh();
            byTime()->by()->setCurrentIndex(by);
            QTRY_VERIFY(!anew.isEmpty());
            const PivotModel *model = byTime()->model();
            int looked = 0;
            for (int row = 0; row < model->rowCount() - 1; ++row) {
                if (model->pivot().groups[std::size_t(row)].others)
                    continue;
                const int column = PivotModel::PeriodsBegin + 1;
                const Amount cell = model->pivot().groups[std::size_t(row)].columns[*model->periodOf(column)];
                Q_EMIT byTime()->table()->activated(model->index(row, column));
                QTRY_VERIFY(byTime()->runs()->model()->complete());
                if (!QTest::qWaitFor([&] { return byTime()->runs()->model()->list().cost == cell.cost; }))
                    qWarning() << byTime()->by()->currentText() << model->names()[row] << cell.cost.known.dollars()
                               << cell.runs() << byTime()->runs()->model()->list().cost.known.dollars();
                QCOMPARE(byTime()->runs()->model()->list().cost, cell.cost);
                ++looked;
            }
            QVERIFY(looked > 0);
        }
    }
    void theRunLogTellsEachPartAndItsPrice()
    {
        show(byTime());
        QAbstractItemModel *model = byTime()->runs()->model();
        QTRY_VERIFY(model->rowCount() > 0);
        const int cost = byTime()->runs()->model()->columnOf("cost");
        for (const char *key : {"freshCost", "cachedCost", "outputCost"})
            QVERIFY(!byTime()->runs()->table()->isColumnHidden(byTime()->runs()->model()->columnOf(key)));
        QTRY_VERIFY(model->index(0, cost).data(Qt::ToolTipRole).toString().contains(u"standard:"_s));
        const auto value = [&](const char *key) {
            return model->index(0, byTime()->runs()->model()->columnOf(key))
                .data(RowTableModelBase::ValueRole)
                .toDouble();
        };
        QVERIFY(std::abs(value("freshCost") + value("cachedCost") + value("cacheWriteCost") + value("outputCost") -
                         value("cost")) < 1e-9);
    }
    void chartByKeyboardAndExport()
    {
        show(byTime());
        ui::StackChart *chart = byTime()->chart();
        QTRY_VERIFY(chart->columns() > 2);
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_End);
        QVERIFY(chart->accessibleDescription().contains(u'$'));
        for (const char *ending : {"png", "svg", "csv"}) {
            const QString path = m_folder.filePath(u"chart."_s + QLatin1StringView(ending));
            QVERIFY(chart->exportTo(path));
            QVERIFY(QFileInfo(path).size() > 100);
        }
        QVERIFY(!chart->exportTo(m_folder.filePath(u"no/such/folder/chart.csv"_s)));
    }
    void aBudgetIsTold()
    {
        show(page()->budgets());
        QTRY_VERIFY(page()->budgets()->projection()->text().contains(u"will come to about"_s));
        QTimer::singleShot(0, this, [] {
            auto *dialog = qobject_cast<ui::BudgetDialog *>(QApplication::activeModalWidget());
            QVERIFY(dialog);
            auto *ok = dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
            QVERIFY(!ok->isEnabled()); // of nothing
            dialog->findChildren<QDoubleSpinBox *>().first()->setValue(0.01);
            QVERIFY(ok->isEnabled());
            ok->click();
        });
        for (QPushButton *button : page()->budgets()->findChildren<QPushButton *>())
            if (button->text() == u"Add a budget…"_s)
                button->click();
        QTRY_COMPARE(page()->budgets()->table()->rowCount(), 1);
        QVERIFY(page()->budgets()->table()->item(0, 0)->text().contains(u"used up"_s));
        const auto kept = budgetsOf(*m_settings, u"demo"_s);
        QCOMPARE(kept.size(), std::size_t(1));
        QCOMPARE(kept.front().money, std::optional(Money::fromDollars(0.01)));
        m_window->showPage(u"overview"_s);
        QTRY_VERIFY(m_window->findChild<ui::OverviewPage *>()->headline()->text().contains(u"of a budget of $0.010"_s));
        show(page()->budgets());
        auto *remove = qobject_cast<QPushButton *>(page()->budgets()->table()->cellWidget(0, 7));
        remove->click();
        QTRY_COMPARE(page()->budgets()->table()->rowCount(), 0);
        QVERIFY(budgetsOf(*m_settings, u"demo"_s).empty());
    }
    void forecastsFollowTheFields()
    {
        show(page()->forecast());
        QTRY_VERIFY(page()->forecast()->months()->text().contains(u"in twelve months"_s));
        const QString before = page()->forecast()->months()->text();
        for (QDoubleSpinBox *box : page()->forecast()->findChildren<QDoubleSpinBox *>())
            if (box->accessibleName() == u"Growth a month"_s)
                box->setValue(200);
        QVERIFY(page()->forecast()->months()->text() != before);
        page()->forecast()->scenario()->setCurrentIndex(2);
        QVERIFY2(page()->forecast()->month()->text().startsWith(u"$540.00 a month"_s),
                 qPrintable(page()->forecast()->month()->text()));
        QVERIFY(page()->forecast()->returned()->text().contains(u"an interaction"_s));
    }
    void theSameWorkElsewhere()
    {
        show(page()->otherModels());
        QTRY_VERIFY(page()->otherModels()->table()->rowCount() > 10);
    }
    void aSliderIsFollowed()
    {
        show(whatIf());
        QTRY_VERIFY(whatIf()->headline()->text().contains(u"would have been"_s));
        const QString actual = whatIf()->headline()->text();
        whatIf()->form()->slider(Measure::TurnCap)->setValue(100); // takes the measure, too
        QVERIFY(whatIf()->form()->box(Measure::TurnCap)->isChecked());
        QTRY_VERIFY(whatIf()->headline()->text() != actual);
        const QString capped = whatIf()->headline()->text();
        whatIf()->form()->number(Measure::TurnCap)->setValue(5);
        QTRY_VERIFY(whatIf()->headline()->text() != capped);
        QVERIFY(whatIf()->chart()->columns() > 10);
        whatIf()->form()->setMeasures({});
        QTRY_COMPARE(whatIf()->headline()->text(), actual);
    }
    void simpleTurnsAreFoundInTheTexts()
    {
        show(whatIf());
        whatIf()->form()->setMeasures({});
        QTRY_VERIFY(whatIf()->headline()->text().contains(u"$0.00 saved"_s));
        const QString actual = whatIf()->headline()->text();
        whatIf()->form()->box(Measure::Routing)->setChecked(true);
        QTRY_VERIFY_WITH_TIMEOUT(whatIf()->headline()->text() != actual, 20'000);
        whatIf()->form()->setMeasures({});
    }
    void theBestLimitsAndWhatTheyCost()
    {
        show(whatIf());
        whatIf()->limits()->button()->click();
        QTRY_COMPARE_WITH_TIMEOUT(whatIf()->limits()->chart()->frontier().points.size(), std::size_t(48), 20'000);
        QVERIFY(whatIf()->limits()->chart()->selected());
        whatIf()->limits()->chart()->setFocus();
        QTest::keyClick(whatIf()->limits()->chart(), Qt::Key_Right);
        QTest::keyClick(whatIf()->limits()->chart(), Qt::Key_Return);
        const Measures chosen = whatIf()->form()->measures();
        QVERIFY(chosen.turnCap || chosen.contextCeiling);
        whatIf()->missed()->button()->click();
        QTRY_VERIFY_WITH_TIMEOUT(whatIf()->missed()->list()->topLevelItemCount() > 0, 20'000);
        QVERIFY(whatIf()->missed()->list()->topLevelItem(0)->text(0).contains(u"answers in"_s));
        // Kept, and known again.
        whatIf()->keepButton()->click();
        const auto policy = policyOf(*m_settings, u"demo"_s, {});
        QVERIFY(policy && policy->measures == chosen);
        // The guard holds to it as well, and only tells.
        const GuardPolicy held = m_window->guard()->policy();
        const PolicyNow now = policyFor(held, {}, {});
        const GuardRule rule = chosen.turnCap ? GuardRule::TurnCap : GuardRule::ContextCeiling;
        QCOMPARE(now[std::size_t(rule)].limit.number, chosen.turnCap ? *chosen.turnCap : *chosen.contextCeiling);
        QCOMPARE(now[std::size_t(rule)].act, GuardAct::Notify);
        QVERIFY(m_window->guard()->setPolicy({}));
        whatIf()->form()->setMeasures({});
    }
    void theChecklistOfAnAssistant()
    {
        m_window->showPage(u"assistants"_s);
        for (QTabWidget *tabs : m_window->findChildren<QTabWidget *>())
            if (tabs->indexOf(m_window->checklist()) >= 0)
                tabs->setCurrentWidget(m_window->checklist());
        ui::BrowseView *view = m_window->viewOf(u"assistants"_s);
        int row = -1; // its rows come after their number
        const auto found = [&] {
            for (int r = 0; row < 0 && r < view->model()->rowCount(); ++r)
                row = view->model()->index(r, 0).data().toString() == u"Research"_s ? r : -1;
            return row >= 0;
        };
        QTRY_VERIFY(found());
        view->table()->selectRow(row);
        ui::ChecklistView *list = m_window->checklist();
        QTRY_COMPARE(list->table()->rowCount(), 11);
        QTRY_VERIFY(list->headline()->text().contains(u"not met"_s));
        // Its first point that is not met has evidence, and that opens.
        QTRY_VERIFY(list->evidence()->topLevelItemCount() > 0);
        QVERIFY(!list->evidence()->topLevelItem(0)->text(0).isEmpty());
        // The recommended ceiling is kept for this assistant, and the point is met by it.
        QTRY_VERIFY(list->table()->item(3, 0)->text().contains(u"not met"_s));
        list->ceiling()->click();
        QTRY_VERIFY(!list->table()->item(3, 0)->text().contains(u"not"_s));
        QVERIFY(!limitsOf(*m_settings, u"demo"_s).assistants.isEmpty());
    }
    // Every control of the tab is reached by Tab, and has a name.
    void byKeyboardAlone()
    {
        show(byTime());
        m_window->activateWindow();
        byTime()->table()->setFocus();
        QTRY_VERIFY(byTime()->table()->hasFocus());
        QSet<QWidget *> reached;
        for (int i = 0; i < 60 && QApplication::focusWidget(); ++i) {
            reached.insert(QApplication::focusWidget());
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        for (QComboBox *box : byTime()->findChildren<QComboBox *>())
            QVERIFY2(reached.contains(box) && !box->accessibleName().isEmpty(), qPrintable(box->accessibleName()));
        QVERIFY(reached.contains(byTime()->chart()) && reached.contains(byTime()->table()));
        show(whatIf());
        for (const QSlider *slider : whatIf()->findChildren<QSlider *>())
            QVERIFY(!slider->accessibleName().isEmpty());
        for (const QSpinBox *number : whatIf()->findChildren<QSpinBox *>())
            QVERIFY(!number->accessibleName().isEmpty());
    }
    // The first time the admin key is asked for; then what the provider billed is read, kept and compared.
    void whatWasBilled()
    {
        ui::ReconcileView *view = page()->reconcile();
        show(view);
        QVERIFY(view->rows()->isHidden()); // unknown is no table of zeros
        QSignalSpy failed(view, &ui::ReconcileView::failed);
        QTimer::singleShot(0, this, [this] {
            QTRY_VERIFY(m_window->findChild<ui::AdminKeyDialog *>());
            auto *dialog = m_window->findChild<ui::AdminKeyDialog *>();
            QTRY_VERIFY(dialog->isVisible());
            QVERIFY(!dialog->keepButton()->isEnabled()); // nothing is typed yet
            QTest::keyClicks(dialog->field(), u"sk-ordinary"_s);
            QTest::keyClick(dialog->field(), Qt::Key_Return);
        });
        Q_EMIT view->keyWanted();
        const QString name = Credentials::adminName(u"demo"_s);
        QCOMPARE(m_secrets->keptUntilQuit(name), QByteArray("sk-ordinary")); // a demo's is in no keychain
        const QDate before = QDateTime::currentDateTimeUtc().date();
        view->readButton()->click();
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 20'000);
        QCOMPARE(failed[0][0].value<Error>().kind, Error::Kind::Forbidden);
        m_secrets->keepUntilQuit(name, "sk-admin-demo");
        view->readButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(view->rows()->rowCount() > 3, 20'000);
        QCOMPARE(failed.size(), 1);
        QVERIFY(view->gaps()->rowCount() > 2);
        QCOMPARE(view->projects()->count(), 3); // all, and the two
        const QString whole = view->summary();
        view->projects()->setCurrentIndex(view->projects()->findData(u"proj_bots"_s));
        const auto has = [view](const QString &cause) {
            for (int i = 0; i < view->gaps()->rowCount(); ++i)
                if (view->gaps()->item(i, 0)->text() == cause)
                    return true;
            return false;
        };
        QTRY_VERIFY(has(u"Other projects"_s));
        QCOMPARE(view->summary(), whole); // what is billed does not change by whose it is
        view->grouping()->setCurrentIndex(1);
        if (QDateTime::currentDateTimeUtc().date() != before)
            QSKIP("midnight went by");
        QCOMPARE(view->rows()->rowCount(), 30);
        QCOMPARE(view->rows()->item(0, 0)->text(), before.toString(Qt::ISODate));
    }
    void aReportIsSaved()
    {
        ReportOptions options;
        options.connection = u"Demo"_s;
        ui::ReportDialog dialog({threads()->model()->store(), m_window->auditor()}, options);
        QSignalSpy saved(&dialog, &ui::ReportDialog::saved);
        QSignalSpy failed(&dialog, &ui::ReportDialog::failed);
        for (const char *name : {"r.html", "r.pdf", "r.json", "r.csv"}) {
            const QString path = m_folder.filePath(QString::fromLatin1(name));
            dialog.save(path);
            QTRY_COMPARE_WITH_TIMEOUT(saved.size() + failed.size(), 1, 20'000);
            QCOMPARE(failed.size(), 0);
            saved.clear();
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY2(bytes.size() > 2'000, name);
            if (path.endsWith(u".pdf"_s))
                QVERIFY(bytes.startsWith("%PDF-") && !bytes.contains("/Subtype /Image")); // charts are drawn
            if (path.endsWith(u".html"_s)) { // no message's text: threads without a title are named by their id
                QVERIFY(bytes.contains("Quarterly filing Q3"));
                QVERIFY(bytes.contains("<svg"));
            }
        }
        const auto drawn = ui::writePdf(u"<p>a</p><svg viewBox=\"0 0 9 9\"><rect class=\"s0\" width=\"9\" "
                                        "height=\"9\"/></svg><p>b</p>"_s,
                                        m_folder.filePath(u"one.pdf"_s));
        QVERIFY(drawn);
        QVERIFY(*drawn >= 1);
        dialog.save(m_folder.filePath(u"no/such/folder/r.html"_s));
        QTRY_COMPARE(failed.size(), 1);
    }
    void nothingIsLeftWhenItCloses()
    {
        show(byTime());
        m_window->openArchive(m_folder.filePath(u"no-such-archive.jsonl.zst"_s));
        QTRY_COMPARE(byTime()->model()->rowCount(), 0);
        QCOMPARE(m_window->checklist()->table()->rowCount(), 0);
    }
};

QTEST_MAIN(TestCostsPage)
#include "tst_costspage.moc"
