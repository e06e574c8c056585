// SPDX-License-Identifier: GPL-3.0-or-later
// The four operations as a person does them: one click, a look at the plan, Undo.
#include "models/archive/archive.h"
#include "tests/support/testsupport.h"
#include "tests/support/windowbench.h"
#include "ui/dialogs/cleanupdialog.h"
#include "ui/dialogs/consolidatedialog.h"
#include "ui/dialogs/rotatedialog.h"
#include "ui/dialogs/stuckrundialog.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/threadspage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/detailsview.h"
#include "ui/widgets/findingsview.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/operationbar.h"
#include "ui/widgets/threadheader.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>
#include <QTreeWidget>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::wait;
using bobbin::test::WindowBench;

class TestActions : public WindowBench {
    Q_OBJECT

    QAction *action(const QString &text)
    {
        for (QAction *one : m_window->findChildren<QAction *>())
            if (one->text().remove(u'&') == text)
                return one;
        return nullptr;
    }
    QPushButton *button(QWidget *in, const QString &text)
    {
        for (QPushButton *one : in->findChildren<QPushButton *>())
            if (one->isVisibleTo(in) && one->text() == text)
                return one;
        return nullptr;
    }
    ui::OperationBar *bar() { return m_window->desk()->bar(); }
    // Does `act` with the dialog that comes up, when it is ready.
    template <class Dialog> void withDialog(std::function<bool(Dialog &)> act)
    {
        auto *timer = new QTimer(m_window.get());
        connect(timer, &QTimer::timeout, m_window.get(), [timer, act] {
            auto *dialog = qobject_cast<Dialog *>(QApplication::activeModalWidget());
            if (dialog && act(*dialog))
                timer->deleteLater();
        });
        timer->start(30);
    }
    QString m_defaultWas; // the default button of the last question
    QString idOf(int row) { return threads()->model()->index(row, 0).data(RowTableModelBase::IdRole).toString(); }
    qint64 threadsOnServer()
    {
        qint64 n = 0;
        m_host->with([&](demo::DemoServer &server) { n = qint64(server.state().threads.size()); });
        return n;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(QLocale::German)); // as a German system's: the figures stay those of all others
        openDemoWindow();
    }
    void cleanupTestCase()
    {
        m_window.reset();
        Worker::joinAll();
    }

    void disabledActionsSayWhy()
    {
        m_window->showPage(u"files"_s);
        QAction *rotate = action(u"Rotate"_s);
        QVERIFY(rotate && !rotate->isEnabled());
        QVERIFY(rotate->toolTip().contains(u"Select a thread"_s));
        m_window->showPage(u"threads"_s);
        QTRY_VERIFY(threads()->currentKey().has_value());
        QTRY_VERIFY(rotate->isEnabled());
    }
    void oneClickRotatesAndUndoTakesItBack()
    {
        m_window->showPage(u"threads"_s);
        QTRY_VERIFY(threads()->currentKey().has_value());
        threads()->table()->selectRow(0);
        const qint64 before = threadsOnServer();
        action(u"Rotate"_s)->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(bar()->isVisible() && button(bar(), u"Undo"_s), 20'000);
        QCOMPARE(threadsOnServer(), before + 1);
        QVERIFY2(bar()->text().contains(u"took over"_s), qPrintable(bar()->text()));
        // The thread that is shown says at once where it went on.
        const auto header = [this] {
            QString all;
            for (const QLabel *label : m_window->threads()->findChild<ui::ThreadHeader *>()->findChildren<QLabel *>())
                all += label->text();
            return all;
        };
        QTRY_VERIFY2(header().contains(u"rotated to thread_"_s), qPrintable(header()));
        const QString said = bar()->text();
        button(bar(), u"Undo"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(bar()->text() != said && !button(bar(), u"Cancel"_s), 20'000);
        QTRY_COMPARE(threadsOnServer(), before);
        QVERIFY(!button(bar(), u"Undo"_s));
    }
    void rotateWithOptionsShowsWhatWouldBeForgotten()
    {
        const qint64 before = threadsOnServer();
        threads()->table()->selectRow(0);
        bool looked = false;
        bool showsAll = false;
        withDialog<ui::RotateDialog>([&](ui::RotateDialog &dialog) {
            if (!dialog.runButton()->isEnabled())
                return false;
            if (!looked) {
                looked = true;
                showsAll = !dialog.draft().keepsakes.empty() && !dialog.summary()->toPlainText().isEmpty();
                dialog.summary()->appendPlainText(u"The agreed codeword is heliotrope."_s);
                return false;
            }
            if (!dialog.draft().summary.contains(u"heliotrope"_s))
                return false;
            dialog.runButton()->click();
            return true;
        });
        m_window->desk()->rotateWithOptions(threads()->selectedKeys());
        QTRY_VERIFY_WITH_TIMEOUT(threadsOnServer() == before + 1, 20'000);
        QByteArray seed;
        m_host->with([&](demo::DemoServer &server) { seed = server.state().threads.back()->messages.front().content; });
        QVERIFY(seed.contains("heliotrope"));
        QVERIFY(showsAll);
    }
    void cleanUpDeletesWhatIsChosen()
    {
        QTRY_VERIFY(!button(bar(), u"Pause"_s));
        const qint64 before = threadsOnServer();
        qint64 chosen = 0;
        QString says;
        bool isDefault = true;
        withDialog<ui::CleanupDialog>([&](ui::CleanupDialog &dialog) {
            if (!dialog.runButton()->isEnabled() || dialog.plan().targets.empty())
                return false;
            for (int row = 0; row < dialog.table()->model()->rowCount(); ++row) {
                const QModelIndex index = dialog.table()->model()->index(row, 0);
                if (row > 2)
                    dialog.table()->model()->setData(index, Qt::Unchecked, Qt::CheckStateRole);
            }
            chosen = dialog.plan().count();
            says = dialog.runButton()->text();
            isDefault = dialog.runButton()->isDefault();
            dialog.runButton()->click();
            return true;
        });
        m_window->desk()->cleanUp();
        QTRY_VERIFY_WITH_TIMEOUT(chosen > 0, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(threadsOnServer(), before - chosen, 20'000);
        QVERIFY(chosen <= 3);
        QVERIFY2(says.contains(QString::number(chosen)), qPrintable(says));
        QVERIFY(!isDefault);
        QTRY_VERIFY_WITH_TIMEOUT(!button(bar(), u"Pause"_s), 20'000);
    }
    void everyPartOfARuleIsInTheDialog()
    {
        CleanupRule rule;
        rule.idleDays = 90;
        rule.assistantGone = true;
        rule.costBelow = Money::fromDollars(0.25);
        rule.assistantId = u"asst_gone_since"_s; // no longer among the assistants
        rule.keepAssistants = {u"b"_s};
        rule.metadata = {{MetadataTest::How::Equals, u"env"_s, u"test"_s}, {MetadataTest::How::Lacks, u"vip"_s, {}}};
        rule.keepMetadata = {{MetadataTest::How::Has, u"hold"_s, {}}};
        rule.storage = true;
        Operations &operations = m_window->workspace()->operations();
        ui::CleanupDialog dialog(operations, {{u"a"_s, u"A"_s, 0, {}}, {u"b"_s, u"B"_s, 0, {}}}, nullptr);
        dialog.setRule(rule);
        QCOMPARE(dialog.rule(), rule);
        QCOMPARE(dialog.findChild<QDoubleSpinBox *>()->text(), u"$0.25"_s);
        // Enter in a field neither runs the plan nor throws it away.
        dialog.show();
        for (QLineEdit *field : dialog.findChildren<QLineEdit *>()) {
            field->setFocus();
            QTest::keyClick(field, Qt::Key_Return);
            QVERIFY2(dialog.isVisible(), qPrintable(field->accessibleName()));
        }
        dialog.setRule({});
        QCOMPARE(dialog.rule(), CleanupRule());

        QVERIFY(wait(operations.saveRule(u"old tests"_s, rule)));
        ui::CleanupDialog again(operations, {}, nullptr);
        QComboBox *names = nullptr;
        for (QComboBox *box : again.findChildren<QComboBox *>())
            if (box->accessibleName() == u"Saved rules"_s)
                names = box;
        QTRY_COMPARE(names->count(), 2);
        names->setCurrentIndex(1);
        withDialog<QMessageBox>([](QMessageBox &box) {
            box.button(QMessageBox::Yes)->click();
            return true;
        });
        button(&again, u"Remove"_s)->click();
        QTRY_COMPARE(names->count(), 1);
    }
    void activityTellsItAll()
    {
        m_window->showPage(u"activity"_s);
        QTRY_VERIFY(m_window->viewOf(u"activity"_s)->model()->rowCount() >= 4);
        auto *tree = m_window->findChild<ui::ActivityPage *>()->findChild<QTreeWidget *>();
        m_window->viewOf(u"activity"_s)->table()->selectRow(0);
        QTRY_VERIFY(tree->topLevelItemCount() > 0);
        const auto done = [tree] { return tree->topLevelItem(tree->topLevelItemCount() - 1); };
        tree->expandItem(done());
        QTRY_VERIFY(done()->childCount() >= 3);
        // It is filled anew while operations run: what was opened stays open.
        done()->setData(1, Qt::UserRole, u"of before"_s);
        m_window->findChild<ui::ActivityPage *>()->storeChanged(Changes::everything());
        QTRY_VERIFY(done() && !done()->data(1, Qt::UserRole).isValid());
        QTRY_VERIFY(done()->isExpanded() && done()->childCount() >= 3);
    }
    void anArchiveOpensReadOnly()
    {
        const QDir folder(Store::archiveFolder(demoStore()));
        const QStringList files = folder.entryList({u"*cleanup*"_s}, QDir::Files);
        QVERIFY(!files.isEmpty());
        m_window->showPage(u"stores"_s);
        ui::BrowseView *stores = m_window->viewOf(u"stores"_s);
        QTRY_VERIFY(stores->model()->complete() && stores->model()->rowCount() > 0);
        stores->table()->selectRow(0);
        const auto *details = stores->parentWidget()->findChild<ui::DetailsView *>();
        QTRY_VERIFY(!details->id().isEmpty());
        QSignalSpy opened(m_window.get(), &ui::MainWindow::opened);
        m_window->openArchive(folder.filePath(files.front()));
        QVERIFY(opened.wait(20'000));
        QCOMPARE(details->id(), QString()); // it was of another connection
        m_window->showPage(u"threads"_s);
        QTRY_COMPARE(threads()->model()->rowCount(), 3);
        threads()->table()->selectRow(0);
        QAction *rotate = action(u"Rotate"_s);
        QVERIFY(!rotate->isEnabled() && rotate->toolTip().contains(u"read only"_s));
        opened.clear();
        m_window->openDemo();
        QVERIFY(opened.wait(20'000));
        QSignalSpy synced(m_window->workspace(), &Workspace::syncFinished);
        QVERIFY(synced.wait(60'000));
    }
    void consolidateShowsItsPlan()
    {
        qint64 rows = 0;
        QString first, chosen, now;
        int steps = 0;
        withDialog<ui::ConsolidateDialog>([&](ui::ConsolidateDialog &dialog) {
            if (!dialog.runButton()->isEnabled())
                return false;
            rows = dialog.table()->model()->rowCount();
            if (first.isEmpty()) {
                first = dialog.plan().targets.front().id;
                dialog.table()->selectRow(0);
                steps = dialog.findChild<QTreeWidget *>()->topLevelItemCount();
                for (QComboBox *box : dialog.findChildren<QComboBox *>())
                    if (box->accessibleName().startsWith(u"The store of this group"_s) && box->count() > 1) {
                        chosen = box->itemData(1).toString();
                        box->setCurrentIndex(1);
                        Q_EMIT box->activated(1);
                    }
                return chosen.isEmpty();
            }
            if (dialog.plan().targets.front().id == first)
                return false; // it is planned anew
            now = dialog.plan().targets.front().id;
            dialog.reject();
            return true;
        });
        m_window->desk()->consolidate();
        QVERIFY(rows > 0);
        QVERIFY(steps >= 4);
        QVERIFY(!chosen.isEmpty() && chosen != first);
        QCOMPARE(now, chosen);
    }
    void aFindingOffersItsAction()
    {
        m_window->showPage(u"threads"_s);
        QByteArray longest;
        m_host->with([&](demo::DemoServer &server) {
            qint64 most = 0;
            for (const auto &one : server.state().threads)
                if (!one->runs.empty() && one->runs.back().tokens.prompt > most && one->runs.back().steps.size() == 1 &&
                    !one->metadata.contains(u"rotated_to"_s)) {
                    most = one->runs.back().tokens.prompt;
                    longest = one->id;
                }
        });
        m_window->threads()->openThread(QString::fromLatin1(longest));
        const auto key = wait(m_window->workspace()->store().read(
            [id = QString::fromLatin1(longest)](Reader &reader) { return reader.keyOf(RowKind::Threads, id); }));
        QTRY_COMPARE(m_window->threads()->shown(), *key);
        QPushButton *act = m_window->threads()->findings()->actButton();
        QTRY_COMPARE(act->text(), u"Rotate"_s);
        const qint64 before = threadsOnServer();
        act->click();
        QTRY_COMPARE_WITH_TIMEOUT(threadsOnServer(), before + 1, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(bar()->isVisible() && button(bar(), u"Undo"_s), 20'000);
    }
    void threadsGoIntoAnArchiveOfOnesChoice()
    {
        m_window->showPage(u"threads"_s);
        threads()->table()->selectRow(1);
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"Verträge.jsonl.zst"_s);
        m_window->desk()->archiveInto(threads()->selectedKeys(), file);
        QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(u"archived and verified"_s), 20'000);
        const auto count = readArchive(file, {});
        QVERIFY2(count, count ? "" : qPrintable(count.error().message));
        QCOMPARE(count->threads, 1);
    }
    void aLockedThreadIsExplainedAndItsCallAnswered()
    {
        m_window->showPage(u"threads"_s);
        QByteArray thread;
        m_host->with([&](demo::DemoServer &server) {
            for (const auto &one : server.state().threads)
                for (const demo::DemoRun &run : one->runs)
                    if (run.status == "requires_action")
                        thread = one->id;
        });
        QVERIFY(!thread.isEmpty());
        m_window->threads()->openThread(QString::fromLatin1(thread));
        QTRY_VERIFY(!threads()->selectedKeys().empty());
        QTest::qWait(200);
        bool waited = false;
        withDialog<ui::StuckRunDialog>([&](ui::StuckRunDialog &dialog) {
            waited = dialog.answerButton()->isEnabled() && !dialog.outputs().empty();
            dialog.answerButton()->click();
            return true;
        });
        m_window->desk()->explain(threads()->selectedKeys());
        QTRY_VERIFY_WITH_TIMEOUT(waited, 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(bar()->text().contains(u"answered"_s), 20'000);
        bool still = true;
        m_host->with([&](demo::DemoServer &server) {
            still = server.state().threadById.value(thread)->runs.back().status == "requires_action";
        });
        QVERIFY(!still);
    }
    void cancellingAFinishedRunIsExplained()
    {
        m_window->showPage(u"runs"_s);
        ui::BrowseView *runs = m_window->viewOf(u"runs"_s);
        runs->setText(u"gpt-4o"_s);
        QTRY_VERIFY(runs->model()->rowCount() > 3 && runs->model()->complete());
        runs->table()->selectRow(runs->model()->rowCount() - 1); // the oldest
        QAction *cancel = action(u"Cancel run"_s);
        QTRY_VERIFY(cancel && cancel->isEnabled());
        cancel->trigger();
        QTRY_VERIFY(std::ranges::any_of(m_window->findChildren<QLabel *>(), [](const QLabel *label) {
            return label->isVisible() && label->text().contains(u"already"_s);
        }));
    }
    // Last: the window is closed by it.
    void quittingWhileSomethingRuns()
    {
        Operations &operations = m_window->workspace()->operations();
        QStringList ids; // read before anything runs: what changes in the store drops the rows
        const auto archiveOf = [&](int from, int to) {
            const auto plan =
                wait(operations.planArchive(ids.mid(from, to - from), m_folder.filePath(u"%1.jsonl.zst"_s.arg(from))));
            const qint64 key = *wait(operations.start(std::make_shared<const Plan>(*plan)));
            operations.pause(key);
            return key;
        };
        const auto answer = [&](const QString &text) {
            withDialog<QMessageBox>([this, text](QMessageBox &box) {
                m_defaultWas = box.defaultButton() ? box.defaultButton()->text() : QString();
                button(&box, text)->click();
                return true;
            });
            m_window->close();
        };
        m_window->showPage(u"threads"_s);
        threads()->clearFilter();
        QTRY_VERIFY(threads()->model()->complete() && threads()->model()->rowCount() > 100);
        for (int i = 0; i < 100; ++i) {
            QTRY_VERIFY(!idOf(i).isEmpty());
            ids << idOf(i);
        }
        m_host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.latencyMs = 40; }); });
        const qint64 first = archiveOf(0, 50);
        const qint64 second = archiveOf(50, 100);
        QVERIFY(operations.running(first) && operations.running(second));
        m_host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.latencyMs = 0; }); });
        QSignalSpy closed(m_window.get(), &ui::MainWindow::closed);

        answer(u"Stay"_s);
        QCOMPARE(m_defaultWas, u"Stay"_s);
        QVERIFY(m_window->isVisible());
        QCOMPARE(closed.count(), 0);

        // It goes on out of sight, until the last has ended.
        answer(u"Quit when it has ended"_s);
        QVERIFY(!m_window->isVisible());
        operations.resume(first);
        QTRY_VERIFY_WITH_TIMEOUT(!operations.running(first), 20'000);
        QTest::qWait(100);
        QCOMPARE(closed.count(), 0);
        // What needs a person brings it back.
        OperationProgress asks;
        asks.operation = second;
        asks.state = OperationProgress::State::Asking;
        Q_EMIT operations.progressed(asks);
        QTRY_VERIFY(m_window->isVisible());

        answer(u"Quit when it has ended"_s);
        QVERIFY(!m_window->isVisible());
        operations.resume(second);
        QTRY_VERIFY_WITH_TIMEOUT(!operations.running(second), 20'000);
        QTRY_COMPARE(closed.count(), 1);
        QVERIFY(!operations.anyRunning());
    }
};

QTEST_MAIN(TestActions)
#include "tst_actions.moc"
