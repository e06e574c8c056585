// SPDX-License-Identifier: GPL-3.0-or-later
// The window over a store with a million runs, beside a plain QSortFilterProxyModel over the same rows.
// usage: bench_store FOLDER [--small] [--fill | --first-paint | --proxy | --sync]
#include "app/demo/demodata.h"
#include "app/demo/demohost.h"
#include "tests/bench/benchsupport.h"
#include "ui/charts/turnchart.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/threadspage.h"
#include "ui/widgets/browseview.h"

#include <QApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QHeaderView>
#include <QLineEdit>
#include <QPaintEvent>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace bobbin;
using namespace bobbin::bench;
using namespace Qt::Literals::StringLiterals;

namespace {

double residentMb()
{
    QFile status(u"/proc/self/status"_s);
    if (status.open(QIODevice::ReadOnly))
        for (const QByteArray &line : status.readAll().split('\n'))
            if (line.startsWith("VmRSS:"))
                return line.simplified().split(' ').at(1).toDouble() / 1024;
    return 0;
}

// Through the real decoder and writer, without HTTP.
void fill(int threads)
{
    demo::DemoState state(7);
    demo::BulkSize size;
    size.threads = threads;
    fillBulk(state, size, QDateTime::currentSecsSinceEpoch());
    const auto store = openStore();
    const Provider &provider = **providerById(defaultProviderId());
    QElapsedTimer timer;
    timer.start();
    const auto page = [&](Resource resource, const Parent &parent, const QByteArrayList &items, Objects &into) {
        Result<Page> read = provider.readPage(
            {resource, parent}, {}, "{\"object\":\"list\",\"data\":[" + items.join(',') + "],\"has_more\":false}");
        if (!read)
            qFatal("%s", qPrintable(read.error().message));
        const auto move = [](auto &from, auto &to) {
            to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
        };
        move(read->objects.threads, into.threads);
        move(read->objects.messages, into.messages);
        move(read->objects.runs, into.runs);
        move(read->objects.steps, into.steps);
    };
    constexpr std::size_t atOnce = 50;
    QFuture<Done> last;
    for (std::size_t i = 0; i < state.threads.size(); i += atOnce) {
        auto objects = std::make_shared<Objects>();
        QStringList ids;
        for (std::size_t k = i; k < std::min(state.threads.size(), i + atOnce); ++k) {
            demo::DemoThread &t = *state.threads[k];
            t.load();
            Parent parent;
            parent.thread = QString::fromLatin1(t.id);
            ids << parent.thread;
            QByteArrayList messages, runJson;
            for (const demo::DemoMessage &m : t.messages)
                messages << demo::messageJson(t, m);
            for (const demo::DemoRun &r : t.runs)
                runJson << demo::runJson(t, r);
            page(Resource::Threads, {}, {demo::threadJson(t)}, *objects);
            page(Resource::Messages, parent, messages, *objects);
            page(Resource::Runs, parent, runJson, *objects);
            for (const demo::DemoRun &r : t.runs) {
                parent.run = QString::fromLatin1(r.id);
                QByteArrayList steps;
                for (const demo::DemoStep &s : r.steps)
                    steps << demo::stepJson(t, r, s);
                page(Resource::Steps, parent, steps, *objects);
            }
            t.messages = {};
            t.runs = {};
        }
        wait(store->put(objects));
        last = store->write([ids](Writer &writer) {
            for (const QString &id : ids)
                writer.threadSynced(id, {1, {}, false, false});
        });
        if (i % 5000 == 0)
            std::fprintf(stderr, "\rfilling: %zu threads, %.0f s ", i, double(timer.elapsed()) / 1000);
    }
    wait(last);
    std::fprintf(stderr, "\n");
}

// Counts paints of a table with rows that are there (not "…").
class PaintWatch : public QObject {
public:
    explicit PaintWatch(QTableView *table) : m_table(table) { table->viewport()->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && m_table->model()->rowCount() > 0) {
            const int row = std::max(0, m_table->rowAt(2));
            if (m_table->model()->index(row, 1).data().isValid())
                QMetaObject::invokeMethod(
                    this, [this] { ++paints; }, Qt::QueuedConnection); // when it is done
        }
        return false;
    }
    int paints = 0;

private:
    QTableView *m_table;
};

void window(App &app)
{
    ui::BrowseView *threads = app.window.threads()->view();
    ui::BrowseView *runs = app.window.viewOf(u"runs"_s);
    auto *threadFilter = threads->findChild<QLineEdit *>(u"filter"_s);
    auto *runFilter = runs->findChild<QLineEdit *>(u"filter"_s);
    app.window.showPage(u"threads"_s);
    PaintWatch threadPaints(threads->table());
    PaintWatch runPaints(runs->table());
    const auto settled = [](ui::BrowseView *view) { return view->model()->complete() && !view->model()->loading(); };
    milliseconds([&] { return settled(threads) && threadPaints.paints > 0; }, "first rows");
    app.window.showPage(u"runs"_s);
    milliseconds([&] { return settled(runs) && runPaints.paints > 0; }, "runs");
    std::printf("  %-52s %10.0f MB\n", "resident memory, all runs listed", residentMb());

    Stalls all(Stalls::Of::Others);
    const auto phase = [&](const char *what, ui::BrowseView *view, PaintWatch &paints,
                           const std::function<void()> &act) {
        Stalls stalls;
        const int before = view->model()->rowCount();
        QSignalSpy queried(view->model(), &RowTableModelBase::queried);
        act();
        double first = milliseconds([&] { return queried.count() > 0; }, what);
        paints.paints = 0;
        view->table()->viewport()->update();
        first += milliseconds([&] { return paints.paints > 0; }, what);
        const double whole = milliseconds([&] { return settled(view); }, what);
        idle(50);
        all.add(stalls);
        line(what, first,
             u"whole list %1 ms, %2 → %3 rows, stalls p99.9 %4 ms, worst %5 ms"_s.arg(first + whole, 0, 'f', 0)
                 .arg(before)
                 .arg(view->model()->rowCount())
                 .arg(stalls.at(0.999), 0, 'f', 1)
                 .arg(stalls.worst(), 0, 'f', 1));
    };
    const auto header = [](ui::BrowseView *view, const char *column) {
        const int c = view->model()->columnOf(column);
        return [view, c] {
            QHeaderView *h = view->table()->horizontalHeader();
            h->setSortIndicator(c,
                                h->sortIndicatorOrder() == Qt::DescendingOrder && h->sortIndicatorSection() == c
                                    ? Qt::AscendingOrder
                                    : Qt::DescendingOrder);
        };
    };
    phase("sort 1,000,000 runs by cost, first painted rows", runs, runPaints, header(runs, "cost"));
    phase("  and the other way round", runs, runPaints, header(runs, "cost"));
    phase("  by prompt tokens", runs, runPaints, header(runs, "prompt"));
    phase("  by date", runs, runPaints, header(runs, "created"));
    phase("filter runs, common text, keystroke to painted rows", runs, runPaints,
          [&] { QTest::keyClicks(runFilter, u"gpt-4o-mini"_s, Qt::NoModifier, 0); });
    phase("  cleared", runs, runPaints, [&] { runFilter->clear(); });
    const QString rare =
        runs->model()->index(runs->model()->rowCount() - 1, 0).data(RowTableModelBase::IdRole).toString();
    Q_UNUSED(rare)
    app.window.showPage(u"threads"_s);
    idle(300);
    phase("filter 100,000 threads, common text", threads, threadPaints,
          [&] { QTest::keyClicks(threadFilter, u"order"_s, Qt::NoModifier, 0); });
    phase("  cleared", threads, threadPaints, [&] { threadFilter->clear(); });
    phase("sort threads by turns", threads, threadPaints, header(threads, "turns"));
    {
        app.window.showPage(u"runs"_s);
        idle(300);
        Stalls stalls;
        runPaints.paints = 0;
        QScrollBar *bar = runs->table()->verticalScrollBar();
        bar->setValue(0);
        idle(200);
        QElapsedTimer timer;
        timer.start();
        int stops = 1;
        for (; stops <= 60; ++stops) {
            runPaints.paints = 0;
            bar->setValue(int(double(bar->maximum()) * stops / 60));
            milliseconds([&] { return runPaints.paints > 0; }, "scrolling");
        }
        all.add(stalls);
        line("scroll a million runs end to end, each of 60 stops", double(timer.elapsed()) / 60,
             u"stalls p99.9 %1 ms, worst %2 ms"_s.arg(stalls.at(0.999), 0, 'f', 1).arg(stalls.worst(), 0, 'f', 1));
    }
    app.window.showPage(u"threads"_s);
    idle(300);
    Stalls stalls;
    ui::TurnChart *chart = app.window.threads()->chart();
    double sum = 0;
    constexpr int selections = 20;
    const auto shown = [chart] { return chart->points().empty() ? RowKey() : chart->points().front().key; };
    for (int i = 1; i <= selections; ++i) { // the first one is selected already
        const RowKey before = shown();
        threads->table()->setCurrentIndex(threads->model()->index(i, 0));
        sum += milliseconds([&] { return shown() != before; }, "chart");
        chart->repaint();
    }
    all.add(stalls);
    line("select a thread to its chart", sum / selections, u"stalls worst %1 ms"_s.arg(stalls.worst(), 0, 'f', 1));
    line("all of these together, stalls p99.9", all.at(0.999), u"worst %1 ms"_s.arg(all.worst(), 0, 'f', 1));
    std::printf("  %-52s %10.0f MB\n", "resident memory at the end", residentMb());
}

// The window on the threads page while a sync brings them in.
void syncing(App &app, const QString &baseUrl)
{
    app.openUrl = baseUrl;
    QSignalSpy opened(&app.window, &ui::MainWindow::opened);
    app.window.openDemo();
    if (!opened.wait(20'000))
        qFatal("the store does not open");
    Stalls stalls;
    QSignalSpy done(app.window.workspace(), &Workspace::syncFinished);
    QElapsedTimer timer;
    timer.start();
    if (!done.wait(300'000))
        qFatal("the sync does not end");
    line("sync while its threads are shown", double(timer.elapsed()),
         u"%1 threads, stalls p99 %2 ms, p99.9 %3 ms, worst %4 ms"_s.arg(app.window.threads()->model()->rowCount())
             .arg(stalls.at(0.99), 0, 'f', 1)
             .arg(stalls.at(0.999), 0, 'f', 1)
             .arg(stalls.worst(), 0, 'f', 1));
    app.window.close();
}

// What most programs do: all rows in memory behind a QSortFilterProxyModel.
class PlainModel final : public QAbstractTableModel {
public:
    std::vector<RunRow> rows;
    [[nodiscard]] int rowCount(const QModelIndex &p = {}) const override { return p.isValid() ? 0 : int(rows.size()); }
    [[nodiscard]] int columnCount(const QModelIndex &p = {}) const override { return p.isValid() ? 0 : 4; }
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override
    {
        if (role != Qt::DisplayRole)
            return {};
        const RunRow &r = rows[std::size_t(index.row())];
        switch (index.column()) {
        case 0:
            return r.id;
        case 1:
            return r.model;
        case 2:
            return r.usage ? r.usage->prompt : 0;
        default:
            return r.cost ? r.cost->pico : 0;
        }
    }
};

void proxy()
{
    const auto store = openStore();
    PlainModel model;
    QElapsedTimer timer;
    timer.start();
    const auto keys = wait(store->read([](Reader &reader) { return reader.keys(RowKind::Runs, {}); }));
    for (std::size_t i = 0; i < keys->keys.size(); i += 5000) {
        const std::vector<RowKey> some(keys->keys.begin() + qint64(i),
                                       keys->keys.begin() + qint64(std::min(keys->keys.size(), i + 5000)));
        const auto rows = wait(store->read([some](Reader &reader) { return reader.rows<RunRow>(some); }));
        model.rows.insert(model.rows.end(), rows->begin(), rows->end());
    }
    line("load all rows", double(timer.elapsed()));
    QSortFilterProxyModel proxy;
    proxy.setSourceModel(&model);
    proxy.setFilterKeyColumn(-1);
    QTableView view;
    view.setModel(&proxy);
    view.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view.resize(1000, 600);
    view.show();
    std::ignore = QTest::qWaitForWindowExposed(&view);
    std::printf("  %-52s %10.0f MB\n", "resident memory", residentMb());
    const auto phase = [&](const char *what, const std::function<void()> &act) {
        timer.start();
        act();
        view.viewport()->repaint();
        line(what, double(timer.elapsed()), u"all of it a stall"_s);
    };
    phase("sort by cost", [&] { proxy.sort(3, Qt::DescendingOrder); });
    phase("  and the other way round", [&] { proxy.sort(3, Qt::AscendingOrder); });
    phase("  by prompt tokens", [&] { proxy.sort(2, Qt::DescendingOrder); });
    phase("filter, common text", [&] { proxy.setFilterFixedString(u"gpt-4o-mini"_s); });
    phase("  cleared", [&] { proxy.setFilterFixedString({}); });
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(u"Bobbin"_s);
    const QStringList arguments = QCoreApplication::arguments();
    const QString folder = QFileInfo(arguments.value(1)).absoluteFilePath();
    const bool small = arguments.contains(u"--small"_s);
    qputenv("XDG_DATA_HOME", (folder + (small ? u"/small"_s : u"/large"_s)).toUtf8());
    const QString file = Connections::storeFile(benchConnection());
    if (arguments.contains(u"--fill"_s)) {
        if (!QFile::exists(file))
            fill(small ? 10'000 : 100'000);
        std::printf("%s\n", qPrintable(file));
        return 0;
    }
    if (arguments.contains(u"--proxy"_s)) {
        proxy();
        return 0;
    }
    const bool sync = arguments.contains(u"--sync"_s);
    if (sync) {
        qputenv("XDG_DATA_HOME", (folder + u"/sync"_s).toUtf8());
        for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s})
            QFile::remove(Connections::storeFile(benchConnection()) + ending);
    }
    App bobbin(folder);
    bobbin.window.showPage(u"threads"_s);
    bobbin.window.show();
    if (sync) {
        demo::DemoOptions options;
        options.listThreads = true;
        options.bulk.threads = small ? 100 : 1000;
        const demo::DemoHost host(options);
        syncing(bobbin, host.baseUrl());
        return 0;
    }
    bobbin.window.openDemo();
    if (arguments.contains(u"--first-paint"_s)) {
        PaintWatch paints(bobbin.window.threads()->view()->table());
        milliseconds([&] { return paints.paints > 0; }, "first rows");
        std::printf("painted\n");
        std::fflush(stdout);
        idle(3000); // its memory is read meanwhile
        return 0;
    }
    window(bobbin);
    return 0;
}
