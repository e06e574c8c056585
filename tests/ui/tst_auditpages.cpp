// SPDX-License-Identifier: GPL-3.0-or-later
// What the audit found, as a person sees it: the overview that answers the bill, the findings with their evidence.
#include "models/items/findingmodel.h"
#include "tests/support/testsupport.h"
#include "tests/support/windowbench.h"
#include "ui/dialogs/silencedialog.h"
#include "ui/operationdesk.h"
#include "ui/pages/findingspage.h"
#include "ui/pages/overviewpage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/evidencelist.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSet>
#include <QTableView>
#include <QTableWidget>
#include <QTimer>
#include <QTreeView>
#include <QTreeWidget>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::wait;
using bobbin::test::WindowBench;

class TestAuditPages : public WindowBench {
    Q_OBJECT

    ui::FindingsPage *page() { return m_window->findings(); }
    ui::OverviewPage *overview() { return m_window->findChild<ui::OverviewPage *>(); }
    template <class W> W *named(const QString &name)
    {
        for (W *one : page()->findChildren<W *>())
            if (one->accessibleName() == name)
                return one;
        return nullptr;
    }
    int rowOf(const QString &about)
    {
        const QAbstractItemModel *model = page()->table()->model();
        for (int row = 0; row < model->rowCount(); ++row)
            if (model->index(row, FindingModel::About).data().toString() == about)
                return row;
        return -1;
    }
    void choose(const QString &about)
    {
        QVERIFY(rowOf(about) >= 0);
        page()->table()->setCurrentIndex(page()->table()->model()->index(rowOf(about), 0));
    }
    void clearFilter()
    {
        named<QLineEdit>(u"Filter findings"_s)->clear();
        for (const auto *name : {"Grouping", "Severity", "State"})
            named<QComboBox>(QString::fromLatin1(name))->setCurrentIndex(0);
    }

private Q_SLOTS:
    void initTestCase()
    {
        openDemoWindow();
        QTRY_VERIFY_WITH_TIMEOUT(m_window->auditor()->ready(), 20'000);
        m_window->showPage(u"findings"_s);
        QTRY_VERIFY(page()->model()->findings().size() > 30);
    }
    void theCostliestComesFirstWithItsEvidence()
    {
        const QAbstractItemModel *model = page()->table()->model();
        QCOMPARE(model->index(0, FindingModel::About).data().toString(), u"checkout-bot · Maria K."_s);
        qint64 before = std::numeric_limits<qint64>::max();
        for (int row = 0; row < model->rowCount(); ++row) {
            const QVariant spent = model->index(row, FindingModel::Spent).data(FindingModel::SortRole);
            const qint64 pico = spent.isValid() ? spent.toLongLong() : -1;
            QVERIFY(pico <= before);
            before = pico;
        }
        choose(u"Quarterly filing Q3"_s);
        QTRY_VERIFY(page()->evidence()->topLevelItemCount() == 5);
        QVERIFY(page()->evidence()->topLevelItem(0)->text(0).startsWith(u"run_"_s));
        QVERIFY(page()->evidence()->topLevelItem(0)->text(2).contains(u"tool steps"_s));
        // Each opens where it happened.
        Q_EMIT page()->evidence()->itemActivated(page()->evidence()->topLevelItem(0), 0);
        QTRY_VERIFY(m_window->threads()->isVisible());
        QTRY_VERIFY(m_window->threads()->shown().has_value());
        m_window->showPage(u"findings"_s);
    }
    void groupedFilteredAndSorted()
    {
        QAbstractItemModel *model = page()->table()->model();
        const int all = model->rowCount();
        named<QComboBox>(u"Grouping"_s)->setCurrentIndex(int(FindingModel::Grouping::Rule));
        int inGroups = 0;
        for (int row = 0; row < model->rowCount(); ++row)
            inGroups += model->rowCount(model->index(row, 0));
        QCOMPARE(inGroups, all);
        QVERIFY(model->rowCount() < all);
        named<QComboBox>(u"Grouping"_s)->setCurrentIndex(int(FindingModel::Grouping::Subject));
        page()->table()->selectAll();
        QCOMPARE(int(page()->selected().size()), all);
        clearFilter();
        named<QLineEdit>(u"Filter findings"_s)->setText(u"spiral"_s);
        QCOMPARE(model->rowCount(), 4);
        named<QLineEdit>(u"Filter findings"_s)->setText(u"no such thing"_s);
        QCOMPARE(model->rowCount(), 0);
        clearFilter();
        named<QComboBox>(u"Severity"_s)->setCurrentIndex(2);
        for (int row = 0; row < model->rowCount(); ++row)
            QCOMPARE(model->index(row, FindingModel::Weight).data().toString(), u"serious"_s);
        clearFilter();
        QCOMPARE(model->rowCount(), all);
        // What is unknown is the last in both directions.
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            page()->table()->sortByColumn(FindingModel::Monthly, order);
            QVERIFY(model->index(0, FindingModel::Monthly).data(FindingModel::SortRole).isValid());
            QVERIFY(!model->index(all - 1, FindingModel::Monthly).data(FindingModel::SortRole).isValid());
        }
        page()->table()->sortByColumn(FindingModel::Spent, Qt::DescendingOrder);
    }
    void dismissedWithAReason()
    {
        const int all = page()->table()->model()->rowCount();
        choose(u"import watchdog"_s);
        QPushButton *dismiss = nullptr;
        for (QPushButton *button : page()->findChildren<QPushButton *>())
            if (button->text() == u"Dismiss…"_s)
                dismiss = button;
        QVERIFY(dismiss && dismiss->isVisible());
        QTimer::singleShot(0, this, [] {
            auto *dialog = qobject_cast<ui::SilenceDialog *>(QApplication::activeModalWidget());
            QVERIFY(dialog);
            for (QPushButton *button : dialog->findChildren<QPushButton *>())
                if (button->text() == u"Dismiss"_s)
                    QVERIFY(!button->isEnabled()); // not without a reason
            dialog->reasonField()->setText(u"it was stopped in May"_s);
            dialog->accept();
        });
        dismiss->click();
        QTRY_COMPARE(page()->table()->model()->rowCount(), all - 1);
        QCOMPARE(rowOf(u"import watchdog"_s), -1);
        named<QComboBox>(u"State"_s)->setCurrentIndex(1);
        QCOMPARE(page()->table()->model()->rowCount(), 1);
        choose(u"import watchdog"_s);
        for (QPushButton *button : page()->findChildren<QPushButton *>())
            if (button->text() == u"Let it speak again"_s && button->isVisible())
                button->click();
        clearFilter();
        QTRY_COMPARE(page()->table()->model()->rowCount(), all);
    }
    void byKeyboardAlone()
    {
        m_window->showPage(u"findings"_s);
        m_window->activateWindow();
        page()->table()->setFocus();
        page()->table()->setCurrentIndex(page()->table()->model()->index(0, 0));
        QTest::keyClick(page()->table(), Qt::Key_Down);
        QCOMPARE(page()->table()->currentIndex().row(), 1);
        QTRY_VERIFY(page()->evidence()->topLevelItemCount() > 0);
        // Every control of the page is reached by Tab, and has a name.
        QSet<QWidget *> reached;
        for (int i = 0; i < 150 && QApplication::focusWidget(); ++i) {
            reached.insert(QApplication::focusWidget());
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        }
        QVERIFY(reached.contains(page()->evidence()));
        for (QPushButton *button : page()->findChildren<QPushButton *>())
            QVERIFY2(!button->isVisible() || reached.contains(button), qPrintable(button->text()));
        for (QComboBox *box : page()->findChildren<QComboBox *>())
            QVERIFY2(reached.contains(box) && !box->accessibleName().isEmpty(), qPrintable(box->accessibleName()));
        // Enter opens what a finding is about.
        page()->table()->setFocus();
        choose(u"battery survey"_s);
        QTest::keyClick(page()->table(), Qt::Key_Return);
        QTRY_VERIFY(m_window->threads()->isVisible());
        m_window->showPage(u"findings"_s);
    }
    void theOverviewAnswersTheBill()
    {
        m_window->showPage(u"overview"_s);
        QTRY_VERIFY(overview()->headline()->text().contains(u"this month"_s));
        QTableWidget *costliest = overview()->costliest();
        QTRY_VERIFY(costliest->rowCount() > 3);
        bool caused = false;
        for (int row = 0; row < costliest->rowCount(); ++row) {
            QVERIFY(costliest->item(row, 2)->text().startsWith(u'$'));
            caused = caused || costliest->item(row, 3)->text().contains(u"history"_s);
            auto *button = qobject_cast<QPushButton *>(costliest->cellWidget(row, costliest->columnCount() - 1));
            QVERIFY(button && !button->accessibleName().isEmpty());
        }
        QVERIFY(caused);
    }
    void otherLimitsJudgeAnew()
    {
        const auto before = page()->model()->findings().size();
        LimitSet limits;
        limits.usual.contextCeiling = 5'000;
        m_window->auditor()->setLimits(limits);
        m_window->showPage(u"findings"_s);
        QTRY_VERIFY_WITH_TIMEOUT(page()->model()->findings().size() > before, 10'000);
        m_window->auditor()->setLimits({});
        QTRY_COMPARE_WITH_TIMEOUT(page()->model()->findings().size(), before, 10'000);
    }
    // The remedy of a finding is the operation it names.
    void oneClickHelps()
    {
        choose(u"checkout-bot · Maria K."_s);
        QTRY_COMPARE(page()->actButton()->text(), u"Rotate"_s);
        page()->actButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(u"checkout-bot · Maria K."_s) < 0, 30'000); // it is over: another took over
    }
    void cleanupTestCase() { m_window.reset(); }
};

QTEST_MAIN(TestAuditPages)
#include "tst_auditpages.moc"
