// SPDX-License-Identifier: GPL-3.0-or-later
// The four operations as a person does them: one click, a look at the plan, Undo.
#include "tests/support/windowbench.h"
#include "ui/dialogs/cleanupdialog.h"
#include "ui/dialogs/consolidatedialog.h"
#include "ui/dialogs/rotatedialog.h"
#include "ui/dialogs/stuckrundialog.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/operationbar.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTimer>
#include <QTreeWidget>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::WindowBench;

class TestActions : public WindowBench {
    Q_OBJECT

    QAction *action(const QString &text)
    {
        for (QAction *one : m_window->findChildren<QAction *>())
            if (one->text() == text)
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
    qint64 threadsOnServer()
    {
        qint64 n = 0;
        m_host->with([&](demo::DemoServer &server) { n = qint64(server.state().threads.size()); });
        return n;
    }

private Q_SLOTS:
    void initTestCase() { openDemoWindow(); }
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
        withDialog<ui::RotateDialog>([&](ui::RotateDialog &dialog) {
            if (!dialog.runButton()->isEnabled())
                return false;
            if (!looked) {
                looked = true;
                if (dialog.draft().keepsakes.empty() || dialog.summary()->toPlainText().isEmpty())
                    qWarning("no keepsakes or no summary");
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
    }
    void cleanUpDeletesWhatIsChosen()
    {
        QTRY_VERIFY(!button(bar(), u"Pause"_s));
        const qint64 before = threadsOnServer();
        qint64 chosen = 0;
        withDialog<ui::CleanupDialog>([&](ui::CleanupDialog &dialog) {
            if (!dialog.runButton()->isEnabled() || dialog.plan().targets.empty())
                return false;
            for (int row = 0; row < dialog.table()->model()->rowCount(); ++row) {
                const QModelIndex index = dialog.table()->model()->index(row, 0);
                if (row > 2)
                    dialog.table()->model()->setData(index, Qt::Unchecked, Qt::CheckStateRole);
            }
            chosen = dialog.plan().count();
            if (!dialog.runButton()->text().contains(QString::number(chosen)) || dialog.runButton()->isDefault())
                qWarning("the button says %s", qPrintable(dialog.runButton()->text()));
            dialog.runButton()->click();
            return true;
        });
        m_window->desk()->cleanUp();
        QTRY_COMPARE_WITH_TIMEOUT(threadsOnServer(), before - chosen, 20'000);
        QVERIFY(chosen > 0 && chosen <= 3);
    }
    void activityTellsItAll()
    {
        m_window->showPage(u"activity"_s);
        QTRY_VERIFY(m_window->viewOf(u"activity"_s)->model()->rowCount() >= 4);
        auto *tree = m_window->findChild<QTreeWidget *>();
        m_window->viewOf(u"activity"_s)->table()->selectRow(0);
        QTRY_VERIFY(tree->topLevelItemCount() > 0);
        QTreeWidgetItem *done = tree->topLevelItem(tree->topLevelItemCount() - 1);
        tree->expandItem(done);
        QTRY_VERIFY(done->childCount() >= 3);
    }
    void anArchiveOpensReadOnly()
    {
        const QDir folder(Store::archiveFolder(Connections::storeFile({u"demo"_s, {}, {}, {}, {}, {}, {}, {}})));
        const QStringList files = folder.entryList({u"*cleanup*"_s}, QDir::Files);
        QVERIFY(!files.isEmpty());
        QSignalSpy opened(m_window.get(), &ui::MainWindow::opened);
        m_window->openArchive(folder.filePath(files.front()));
        QVERIFY(opened.wait(20'000));
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
        withDialog<ui::ConsolidateDialog>([&](ui::ConsolidateDialog &dialog) {
            if (!dialog.runButton()->isEnabled())
                return false;
            rows = dialog.table()->model()->rowCount();
            dialog.reject();
            return true;
        });
        m_window->desk()->consolidate();
        QVERIFY(rows > 0);
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
};

QTEST_MAIN(TestActions)
#include "tst_actions.moc"
