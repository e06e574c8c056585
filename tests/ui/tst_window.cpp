// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the demo workspace, offscreen.
#include "models/items/turntablemodel.h"
#include "ui/charts/stackchart.h"
#include "ui/charts/turnchart.h"
#include "ui/charts/turnlegend.h"
#include "ui/dialogs/pricesdialog.h"
#include "ui/pages/overviewpage.h"
#include "ui/pages/searchpage.h"
#include "ui/pages/threadspage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/conversationview.h"
#include "ui/widgets/detailsview.h"
#include "ui/widgets/foldingtext.h"
#include "ui/widgets/turnsview.h"

#include "tests/support/windowbench.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTextBrowser>
#include <QToolButton>
#include <QToolTip>
#include <QTreeView>

using namespace bobbin;
using bobbin::test::WindowBench;
using namespace Qt::Literals::StringLiterals;

class TestWindow : public WindowBench {
    Q_OBJECT
private:
    // Empty until the row has been fetched.
    QString idOf(int row) { return threads()->model()->index(row, 0).data(RowTableModelBase::IdRole).toString(); }
private Q_SLOTS:
    void initTestCase() { openDemoWindow(); }
    void cleanupTestCase() { m_window.reset(); }

    void theThreadsAreThere()
    {
        m_window->showPage(u"threads"_s);
        QTRY_VERIFY(threads()->model()->rowCount() > 110);
        QTRY_COMPARE(threads()->model()->index(0, 0).data().toString(), u"checkout-bot · Maria K."_s);
    }
    void selectingAThreadDrawsItsTurns()
    {
        threads()->table()->setFocus();
        QTRY_VERIFY(threads()->model()->rowCount() > 0);
        threads()->table()->setCurrentIndex(threads()->model()->index(0, 0));
        ui::TurnChart *chart = m_window->threads()->chart();
        // By keyboard: End goes to the last run, Left to the one before.
        QTRY_VERIFY([&] {
            QTest::keyClick(chart->focusProxy(), Qt::Key_End);
            return chart->selected().has_value();
        }());
        const auto last = chart->selected();
        QTest::keyClick(chart->focusProxy(), Qt::Key_Left);
        QVERIFY(chart->selected() != last);
        QVERIFY(chart->describe(0).contains("turn 1"_L1));
        QVERIFY(chart->describe(41).contains("usage unknown"_L1));
    }
    void theChartIsExported()
    {
        for (const char *ending : {"png", "svg", "csv"}) {
            const QString path = m_folder.filePath(u"chart."_s + QString::fromLatin1(ending));
            QVERIFY(m_window->threads()->chart()->exportTo(path));
            QVERIFY(QFileInfo(path).size() > 1000);
        }
        QVERIFY(!m_window->threads()->chart()->exportTo(u"/nowhere/at/all.csv"_s));
    }
    void filterAndClear()
    {
        auto *filter = threads()->findChild<QLineEdit *>(u"filter"_s);
        filter->setFocus();
        QTest::keyClicks(filter, u"battery"_s);
        QTRY_COMPARE(threads()->model()->rowCount(), 1);
        filter->clear();
        QTRY_VERIFY(threads()->model()->rowCount() > 110);
    }
    void copyRows()
    {
        auto *table = threads()->table();
        table->clearSelection();
        QTRY_VERIFY(threads()->model()->index(0, 0).data(RowTableModelBase::IdRole).isValid());
        table->selectRow(0);
        QSignalSpy copied(threads(), &ui::BrowseView::copied);
        threads()->copySelection(true);
        QVERIFY(copied.wait());
        const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith("Thread\tAssistant"_L1));
        QVERIFY(lines[1].startsWith("checkout-bot"_L1));
    }
    void copyOfRowsThatWereNeverInSight()
    {
        m_window->showPage(u"runs"_s);
        ui::BrowseView *runs = m_window->viewOf(u"runs"_s);
        QTRY_VERIFY(runs->model()->complete() && runs->model()->rowCount() > 1000);
        runs->table()->selectAll();
        QSignalSpy copied(runs, &ui::BrowseView::copied);
        runs->copySelection(false);
        QVERIFY(copied.wait(20'000));
        const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
        QCOMPARE(lines.size(), runs->model()->rowCount());
        for (const QString &line : lines)
            QVERIFY(line.section(u'\t', 1, 1).size() > 5); // a status
        runs->table()->clearSelection();
        m_window->showPage(u"threads"_s);
    }
    void aRunLeadsToItsTurn()
    {
        m_window->showPage(u"runs"_s);
        ui::BrowseView *runs = m_window->viewOf(u"runs"_s);
        runs->table()->setFocus();
        runs->table()->setCurrentIndex(runs->model()->index(40, 0));
        const RowKey run = runs->model()->keyAt(40);
        QTest::keyClick(runs->table(), Qt::Key_Return);
        QTRY_COMPARE(m_window->threads()->chart()->selected().value_or(0), run);
    }
    void theLegendFollowsTheZoom()
    {
        m_window->showPage(u"threads"_s);
        threads()->clearFilter();
        QTRY_COMPARE(threads()->model()->index(0, 0).data().toString(), u"checkout-bot · Maria K."_s);
        threads()->table()->setCurrentIndex(threads()->model()->index(0, 0));
        ui::TurnChart *chart = m_window->threads()->chart();
        QTRY_VERIFY(chart->holds().ceiling);
        auto *legend = m_window->threads()->findChild<ui::TurnLegend *>();
        const QImage whole = legend->grab().toImage();
        QTest::keyClick(chart->focusProxy(), Qt::Key_Home);
        // The first runs are far below the ceiling.
        for (int i = 0; i < 40; ++i) {
            QTest::keyClick(chart->focusProxy(), Qt::Key_Plus);
            QTest::keyClick(chart->focusProxy(), Qt::Key_Home);
        }
        QVERIFY(!chart->holds().ceiling);
        QVERIFY(legend->grab().toImage() != whole);
        chart->resetZoom();
        QVERIFY(legend->grab().toImage() == whole);
    }
    void theChartIsATableToo()
    {
        ui::TurnsView *turns = m_window->threads()->turns();
        auto *asTable = turns->findChild<QToolButton *>(u"asTable"_s);
        QVERIFY(asTable && !turns->table()->isVisible());
        asTable->setFocus();
        QTest::keyClick(asTable, Qt::Key_Space);
        QTRY_VERIFY(turns->table()->isVisible());
        const QAbstractItemModel *model = turns->table()->model();
        QTRY_COMPARE(model->rowCount(), int(turns->chart()->points().size()));
        QVERIFY(model->rowCount() > 42);
        const auto cell = [&](int row, TurnTableModel::Column column) {
            return model->index(row, column).data().toString();
        };
        QCOMPARE(cell(0, TurnTableModel::Turn), u"1"_s);
        QCOMPARE(cell(41, TurnTableModel::Prompt), u"unknown"_s);
        // The sum of the last row is what the thread costs everywhere else.
        const QString cost = threads()->model()->index(0, threads()->model()->columnOf("cost")).data().toString();
        QCOMPARE(cell(model->rowCount() - 1, TurnTableModel::Sum), cost);
        turns->table()->setFocus();
        turns->table()->setCurrentIndex(model->index(3, 1));
        QTest::keyClick(turns->table(), Qt::Key_Down);
        QCOMPARE(turns->chart()->selected().value_or(0), turns->chart()->points()[4].key);
        QTest::keyClick(asTable, Qt::Key_Space);
        QVERIFY(!turns->table()->isVisible() && turns->chart()->isVisible());
    }
    void theCostChartByKeyboard()
    {
        m_window->showPage(u"overview"_s);
        auto *chart = m_window->findChild<ui::OverviewPage *>()->findChild<ui::StackChart *>();
        QTRY_VERIFY(chart->isVisible());
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_Left);
        QVERIFY(chart->selected());
        const QString last = chart->accessibleDescription();
        QVERIFY2(last.contains(u'$'), qPrintable(last));
        QTest::keyClick(chart, Qt::Key_Left);
        QVERIFY(chart->accessibleDescription() != last);
        m_window->showPage(u"threads"_s);
        QVERIFY(!chart->selected());
    }
    void detailsInsteadOfJson()
    {
        for (const char *name : {"runs", "assistants", "stores", "files"}) {
            m_window->showPage(QString::fromLatin1(name));
            ui::BrowseView *view = m_window->viewOf(QString::fromLatin1(name));
            view->clearFilter();
            QTRY_VERIFY(view->model()->complete() && view->model()->rowCount() > 1);
            QTRY_VERIFY(view->model()->index(1, 0).data(RowTableModelBase::IdRole).isValid());
            auto *details = view->parentWidget()->findChild<ui::DetailsView *>();
            view->table()->setCurrentIndex(view->model()->index(1, 0));
            const QString id = view->model()->index(1, 0).data(RowTableModelBase::IdRole).toString();
            QTRY_COMPARE(details->id(), id);
            QVERIFY(!details->findChildren<QGridLayout *>().isEmpty());
            QTRY_VERIFY(details->findChild<ui::FoldingText *>()->toPlainText().contains(id));
            // Nothing of it stays when it is no longer selected.
            view->setText(u"nothing has this name"_s);
            QTRY_COMPARE(details->id(), QString());
            QVERIFY(details->findChild<ui::FoldingText *>()->toPlainText().isEmpty());
            view->clearFilter();
            QTRY_VERIFY(view->model()->rowCount() > 1);
        }
        // What belongs to it is a click away.
        m_window->showPage(u"runs"_s);
        ui::BrowseView *runs = m_window->viewOf(u"runs"_s);
        runs->table()->setCurrentIndex(runs->model()->index(3, 0));
        auto *details = runs->parentWidget()->findChild<ui::DetailsView *>();
        const auto link = [&](const QString &label) -> QAbstractButton * {
            for (QAbstractButton *one : details->findChildren<QAbstractButton *>())
                if (one->accessibleName().startsWith(label))
                    return one;
            return nullptr;
        };
        QTRY_VERIFY(link(u"Assistant: "_s));
        link(u"Assistant: "_s)->click();
        ui::BrowseView *assistants = m_window->viewOf(u"assistants"_s);
        QTRY_VERIFY(assistants->isVisible() && assistants->currentKey());
        details = assistants->parentWidget()->findChild<ui::DetailsView *>();
        QTRY_VERIFY(!details->id().isEmpty());
    }
    // What one sees is what one acts on: the header names it, a sort or filter keeps what is selected by id.
    void theSelectionStays()
    {
        m_window->showPage(u"threads"_s);
        threads()->clearFilter();
        QTRY_VERIFY(threads()->model()->complete() && threads()->model()->rowCount() > 100);
        auto *selection = threads()->table()->selectionModel();
        QStringList ids;
        selection->clearSelection();
        for (const int row : {3, 7, 40}) {
            const QModelIndex index = threads()->model()->index(row, 0);
            selection->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
        }
        const std::vector<RowKey> keys = threads()->selectedKeys();
        QCOMPARE(keys.size(), 3u);
        const auto same = [&] {
            std::vector<RowKey> now = threads()->selectedKeys();
            std::vector<RowKey> then = keys;
            std::ranges::sort(now);
            std::ranges::sort(then);
            return now == then;
        };
        auto *count = threads()->findChild<QLabel *>(u"count"_s);
        QTRY_VERIFY2(count->text().startsWith(u"3 selected · $"_s), qPrintable(count->text()));
        threads()->model()->sort(threads()->model()->columnOf("thread"), Qt::AscendingOrder);
        QTRY_VERIFY(threads()->model()->complete());
        QTRY_VERIFY(same());
        threads()->model()->sort(threads()->model()->columnOf("cost"), Qt::DescendingOrder);
        QTRY_VERIFY(threads()->model()->complete());
        QTRY_VERIFY(same());
        // What the filter hides is neither selected nor shown any more.
        threads()->setText(u"nothing has this name"_s);
        QTRY_COMPARE(threads()->model()->rowCount(), 0);
        QTRY_VERIFY(threads()->model()->complete());
        QVERIFY(threads()->selectedKeys().empty());
        QTRY_COMPARE(m_window->threads()->threadId(), QString());
        QTRY_VERIFY(!m_window->threads()->shown());
        threads()->clearFilter();
        QTRY_VERIFY(threads()->model()->rowCount() > 100);
        QTRY_VERIFY(!idOf(2).isEmpty());
        threads()->table()->setCurrentIndex(threads()->model()->index(2, 0));
        QTRY_COMPARE(m_window->threads()->threadId(), idOf(2));
    }
    void backAndForwardThroughThreads()
    {
        const QString first = m_window->threads()->threadId();
        QVERIFY(!first.isEmpty());
        QTRY_VERIFY(!idOf(5).isEmpty());
        const QString second = idOf(5);
        QVERIFY(second != first);
        threads()->table()->setCurrentIndex(threads()->model()->index(5, 0));
        QTRY_COMPARE(m_window->threads()->threadId(), second);
        m_window->showPage(u"runs"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QTRY_VERIFY(threads()->isVisible());
        QCOMPARE(m_window->threads()->threadId(), second);
        QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
        QTRY_COMPARE(m_window->threads()->threadId(), first);
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
        QTRY_COMPARE(m_window->threads()->threadId(), second);
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
        QTRY_VERIFY(m_window->viewOf(u"runs"_s)->isVisible());
        m_window->showPage(u"threads"_s);
    }
    void searchSaysWhenThereIsNothing()
    {
        auto *search = m_window->findChild<QLineEdit *>(u"search"_s);
        search->setFocus();
        search->clear();
        QTest::keyClicks(search, u"Quarterly fil"_s); // found as it is typed, in a title
        QTRY_VERIFY(m_window->found()->isVisible() && m_window->found()->list()->model()->rowCount() > 0);
        QVERIFY(search->hasFocus());
        search->clear();
        QTest::keyClicks(search, u"zzqqzzqq"_s);
        QTRY_VERIFY(!m_window->found()->searching() && m_window->found()->list()->isHidden());
        const auto labels = m_window->found()->findChildren<QLabel *>();
        QVERIFY(std::ranges::any_of(
            labels, [](const QLabel *l) { return l->isVisible() && l->text().contains(u"zzqqzzqq"_s); }));
        search->clear();
        m_window->showPage(u"threads"_s);
    }
    void textOfMessagesIsFound()
    {
        auto *search = m_window->findChild<QLineEdit *>(u"search"_s);
        search->setFocus();
        search->setText(u"tracking"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QTRY_VERIFY(m_window->found()->list()->model()->rowCount() > 0);
        QTRY_VERIFY(!m_window->found()->searching());
        QTest::keyClick(m_window->found()->list(), Qt::Key_Return);
        auto *conversation = m_window->threads()->findChild<ui::ConversationView *>();
        QTRY_VERIFY(conversation->isVisible() && conversation->text().contains("tracking"_L1, Qt::CaseInsensitive));
        m_window->threads()->tabs()->setCurrentIndex(0);
    }
    void draggingZoomsToTheRange()
    {
        ui::TurnChart chart;
        chart.resize(1000, 400);
        std::vector<TurnPoint> points(100);
        for (std::size_t i = 0; i < points.size(); ++i)
            points[i].usage = Usage{1000, 10, {}, {}, {}};
        chart.setPoints(points, {});
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        QWidget *canvas = static_cast<QAbstractScrollArea *>(chart.focusProxy())->viewport();
        QTest::mousePress(canvas, Qt::LeftButton, {}, {300, 200});
        QTest::mouseMove(canvas, {400, 200});
        QTest::mouseMove(canvas, {600, 200});
        QTest::mouseRelease(canvas, Qt::LeftButton, {}, {600, 200});
        const auto [left, right] = chart.span();
        QVERIFY2(left > 15 && left < 35 && right > 50 && right < 70, qPrintable(u"%1 %2"_s.arg(left).arg(right)));
        QTest::keyClick(chart.focusProxy(), Qt::Key_0);
        QCOMPARE(chart.span().second, 100.0);
    }
    void rawJsonFolds()
    {
        ui::FoldingText text;
        text.setText(
            u"{\n    \"a\": {\n        \"b\": [\n            1,\n            2\n        ]\n    },\n    \"c\": 3\n}"_s);
        QVERIFY(text.canFold(1) && !text.isFolded(1) && !text.canFold(3));
        text.setFolded(1, true);
        QVERIFY(!text.document()->findBlockByNumber(3).isVisible() &&
                text.document()->findBlockByNumber(6).isVisible());
        QVERIFY(text.findNext(u"2"_s, true)); // unfolds what hides it
        QVERIFY(!text.isFolded(1) && text.document()->findBlockByNumber(4).isVisible());
        text.foldBelow(1);
        text.setFolded(1, false); // what is folded inside stays so
        QVERIFY(text.isFolded(2) && !text.document()->findBlockByNumber(4).isVisible());
    }
    void pricesWithADate()
    {
        ui::PricesDialog dialog(PriceTable::shipped());
        auto *rows = dialog.findChild<QTableWidget *>();
        const auto button = [&](const char *text) {
            for (QAbstractButton *b : dialog.findChildren<QAbstractButton *>())
                if (b->text().remove(u'&') == QLatin1String(text))
                    return b;
            return static_cast<QAbstractButton *>(nullptr);
        };
        const int before = rows->rowCount();
        rows->setCurrentItem(rows->findItems(u"gpt-4o"_s, Qt::MatchExactly).first());
        button("New price from today")->click();
        QCOMPARE(rows->rowCount(), before + 1);
        rows->item(rows->currentRow(), ui::PricesDialog::Input)->setText(u"9"_s);
        rows->item(rows->currentRow() - 1, ui::PricesDialog::Until)->setText(u"soon"_s);
        button("Save")->click();
        QVERIFY(dialog.result() != QDialog::Accepted); // and says why
        rows->item(rows->currentRow(), ui::PricesDialog::Until)->setText(u"2026-11-01"_s);
        button("Save")->click();
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
        const auto input = [&](const QDate &day) {
            return dialog.table().priceAt(u"gpt-4o"_s, day.startOfDay(Qt::UTC).toMSecsSinceEpoch())->rates.input;
        };
        QCOMPARE(input({2026, 11, 1}), 9'000'000);
        QCOMPARE(input({2026, 10, 31}), 2'500'000);
    }
    void exportWhatIsShown()
    {
        const QString path = m_folder.filePath(u"threads.csv"_s);
        QSignalSpy exported(threads(), &ui::BrowseView::exported);
        threads()->exportTo(path, ExportFormat::Csv);
        QVERIFY(exported.wait(20'000));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll().count("\r\n"), threads()->model()->rowCount() + 1);
    }
    void byKeyboardAlone()
    {
        const auto press = [&](Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
            QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : m_window.get(), key, with);
        };
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        press(Qt::Key_3, Qt::ControlModifier);
        QVERIFY(m_window->viewOf(u"runs"_s)->isVisible());
        press(Qt::Key_2, Qt::ControlModifier);
        QVERIFY(threads()->isVisible());
        press(Qt::Key_F, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"filter"_s);
        QTest::keyClicks(QApplication::focusWidget(), u"battery"_s);
        QTRY_COMPARE(threads()->model()->rowCount(), 1);
        QTRY_VERIFY(!threads()->model()->loading());
        press(Qt::Key_Return); // to the table
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget *>(threads()->table()));
        press(Qt::Key_Down);
        press(Qt::Key_Up);
        press(Qt::Key_Return); // to the chart
        QTRY_VERIFY(m_window->threads()->tabs()->isAncestorOf(QApplication::focusWidget()));
        press(Qt::Key_F, Qt::ControlModifier);
        press(Qt::Key_Delete);
        QTRY_VERIFY(threads()->model()->rowCount() > 110);
        press(Qt::Key_K, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"search"_s);
        QTest::keyClicks(QApplication::focusWidget(), u"jacket"_s);
        press(Qt::Key_Return);
        QTRY_VERIFY(m_window->found()->isVisible() && !m_window->found()->searching());
        QTRY_COMPARE(QApplication::focusWidget(), static_cast<QWidget *>(m_window->found()->list()));
        QTRY_VERIFY(m_window->found()->list()->currentIndex().isValid());
        QTRY_VERIFY(!m_window->found()->searching());
        press(Qt::Key_Down);
        press(Qt::Key_Return);
        QTRY_VERIFY(threads()->isVisible());
        m_window->threads()->tabs()->setCurrentIndex(0);
    }
    void everyPageShowsRows()
    {
        for (const char *page : {"runs", "assistants", "stores", "files"}) {
            m_window->showPage(QString::fromLatin1(page));
            QTRY_VERIFY2(m_window->viewOf(QString::fromLatin1(page))->model()->rowCount() > 0, page);
        }
    }
    void whatAProviderNeverHas()
    {
        ui::MainWindow other(ui::Services{*m_connections, *m_credentials, *m_settings, *m_appearance,
                                          [this]() -> Result<Connection> {
                                              Connection c;
                                              c.id = u"graphs"_s;
                                              c.name = u"Graphs"_s;
                                              c.baseUrl = m_host->baseUrl(); // another protocol's: nothing is read
                                              c.provider = u"langgraph"_s;
                                              m_secrets->keepUntilQuit(c.id, "k");
                                              return c;
                                          },
                                          m_folder.filePath(u"prices.json"_s)});
        QSignalSpy opened(&other, &ui::MainWindow::opened);
        other.openDemo();
        QVERIFY(opened.wait(20'000));
        const auto told = [&](const QString &page) {
            QStringList words;
            for (const QLabel *label : other.viewOf(page)->table()->viewport()->findChildren<QLabel *>())
                words << label->text();
            return words.join(u' ');
        };
        QCOMPARE(told(u"stores"_s), u"There are no vector stores: LangGraph Agent Server has none."_s);
        QCOMPARE(told(u"files"_s), u"There are no files: LangGraph Agent Server keeps none."_s);
        QVERIFY(!told(u"assistants"_s).contains("LangGraph"_L1)); // there may be some
    }
    // As a screen reader is told it, on every page and under every tab of it.
    void everyControlHasAName()
    {
        QStringList nameless;
        int controls = 0;
        const auto look = [&](const QString &where) {
            for (QWidget *w : m_window->findChildren<QWidget *>()) {
                if (!w->isVisible() || !(w->focusPolicy() & Qt::TabFocus) || w->objectName().startsWith("qt_"_L1))
                    continue;
                const auto *area = qobject_cast<QAbstractScrollArea *>(w->parentWidget());
                if (w->focusProxy() || (area && area->viewport() == w))
                    continue; // another has it in its place
                ++controls;
                QAccessibleInterface *told = QAccessible::queryAccessibleInterface(w);
                if (!told || told->text(QAccessible::Name).isEmpty())
                    nameless << u"%1: %2 in %3"_s.arg(where, QLatin1StringView(w->metaObject()->className()),
                                                      QLatin1StringView(w->parentWidget()->metaObject()->className()));
            }
        };
        for (const QString &page : {u"overview"_s, u"threads"_s, u"runs"_s, u"assistants"_s, u"stores"_s, u"files"_s,
                                    u"findings"_s, u"costs"_s, u"guard"_s, u"activity"_s, u"search"_s}) {
            m_window->showPage(page);
            look(page);
            for (QTabWidget *tabs : m_window->findChildren<QTabWidget *>())
                for (int i = 0; tabs->isVisible() && i < tabs->count(); ++i) {
                    tabs->setCurrentIndex(i);
                    look(page + u", "_s + tabs->tabText(i));
                }
        }
        QVERIFY(controls > 100);
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u'\n')));
        m_window->showPage(u"threads"_s);
    }
    void messagesAreShownSafely()
    {
        // A picture on this computer, and one on a server that would notice.
        QTemporaryDir dir;
        const QColor loud(255, 0, 255);
        QImage picture(40, 40, QImage::Format_RGB32);
        picture.fill(loud);
        const QString path = dir.filePath(u"picture.png"_s);
        QVERIFY(picture.save(path));
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const auto pictures = [&](const QString &mark) {
            return mark.arg(QUrl::fromLocalFile(path).toString(),
                            u"http://127.0.0.1:%1/x.png"_s.arg(server.serverPort()));
        };
        const QString markdown = pictures(u"![here](%1) ![there](%2)"_s);
        const QString html = pictures(u"<img src=\"%1\"><img src=\"%2\">"_s);
        const auto shows = [&](QWidget &widget) {
            widget.resize(500, 400);
            widget.show();
            QTest::qWait(100);
            const QImage shot = widget.grab().toImage();
            for (int y = 0; y < shot.height(); ++y)
                for (int x = 0; x < shot.width(); ++x)
                    if (shot.pixelColor(x, y) == loud)
                        return true;
            return false;
        };
        QTextBrowser careless;
        careless.setMarkdown(markdown);
        QVERIFY(shows(careless)); // so that what follows proves something

        ui::ConversationView view;
        MessageContent message;
        message.role = u"user"_s;
        message.parts.push_back({ContentPart::Kind::Text,
                                 u"<script>alert(1)</script> **bold** [link](javascript:alert(1)) "_s + markdown + html,
                                 {}});
        message.parts.push_back(
            {ContentPart::Kind::Text, u"| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\ncode\n```"_s, {}});
        view.setMessages({message});
        QVERIFY(!shows(view));
        QVERIFY(!server.hasPendingConnections());
        QVERIFY(view.text().contains("alert(1)"_L1)); // as text
        QVERIFY(view.text().contains("bold"_L1) && !view.text().contains("**bold**"_L1));
        QVERIFY(view.text().contains("code"_L1));
        QVERIFY(view.text().contains("[image here file:"_L1));
        // Labels and tool tips show the words of a server as they are, too.
        QLabel label(html);
        QVERIFY(!shows(label));
        QToolTip::showText({}, html, &view);
        QWidget *tip = nullptr;
        for (QWidget *widget : QApplication::topLevelWidgets())
            if (widget->inherits("QTipLabel"))
                tip = widget;
        QVERIFY(tip);
        QVERIFY(!shows(*tip));
        QVERIFY(!server.hasPendingConnections());
        // Neither does a link that is no web address open anything, nor ask.
        auto *browser = view.findChild<QTextBrowser *>();
        Q_EMIT browser->anchorClicked(QUrl(u"javascript:alert(1)"_s));
        Q_EMIT browser->anchorClicked(QUrl::fromLocalFile(path));
        QVERIFY(!QApplication::activeModalWidget());
    }
    void aHundredThousandTurnsStayFluid()
    {
        std::vector<TurnPoint> points(100'000);
        for (std::size_t i = 0; i < points.size(); ++i) {
            points[i].key = RowKey(i + 1);
            points[i].turn = qint64(i + 1);
            points[i].status = i % 1000 ? RunStatus::Completed : RunStatus::Failed;
            if (i % 777)
                points[i].usage = Usage{qint64(800 + i), 100, qint64(i / 3), {}, {}};
        }
        ui::TurnChart chart;
        chart.resize(1200, 400);
        chart.setPoints(points, 128'000);
        chart.show();
        QVERIFY(!chart.grab().isNull());
        chart.select(99'999);
        QCOMPARE(chart.selected().value(), 99'999);
    }
    void anotherConnectionShowsItsFirstThread()
    {
        m_window->showPage(u"threads"_s);
        QTRY_VERIFY(threads()->currentKey().has_value());
        QSignalSpy opened(m_window.get(), &ui::MainWindow::opened);
        m_window->openDemo();
        QVERIFY(opened.wait(20'000));
        QTRY_VERIFY(m_window->threads()->tabs()->tabText(3) != u"Findings"_s); // of a thread that is shown
    }
    void theLayoutIsRemembered()
    {
        threads()->table()->setColumnHidden(2, true);
        m_window->close();
        m_window.reset();
        makeWindow();
        QVERIFY(threads()->table()->isColumnHidden(2));
        QCOMPARE(m_window->findChild<QListWidget *>(u"sidebar"_s)->currentRow(), 1); // and the page
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
