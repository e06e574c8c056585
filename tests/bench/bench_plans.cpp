// SPDX-License-Identifier: GPL-3.0-or-later
// How long the plans of the large operations take, from the rule to the table that shows them, beside the same facts
// merely read from the store; and how long the window is away meanwhile.
// usage: bench_plans FOLDER [--small], after bench_store FOLDER --fill
#include "tests/bench/benchsupport.h"
#include "ui/dialogs/cleanupdialog.h"
#include "ui/dialogs/consolidatedialog.h"

#include <QApplication>
#include <QFileInfo>
#include <QPushButton>
#include <QTableView>

using namespace bobbin;
using namespace bobbin::bench;

namespace {

// Every third store holds the same files as the two before it.
void fillStores(int stores, int filesEach)
{
    const auto store = openStore();
    const auto there = wait(store->read([](Reader &reader) { return reader.keys(RowKind::Stores, {}, 1); }));
    if (there && !there->keys.empty())
        return;
    for (int i = 0; i < stores; ++i) {
        auto objects = std::make_shared<Objects>();
        VectorStore one;
        one.id = u"vs_bench%1"_s.arg(i);
        one.name = u"store %1"_s.arg(i);
        one.status = u"completed"_s;
        one.createdAt = 1'700'000'000'000;
        one.usageBytes = filesEach * 40'000;
        one.fileCount = filesEach;
        one.raw = "{\"id\":\"" + one.id.toLatin1() + "\",\"object\":\"vector_store\",\"metadata\":{}}";
        QStringList ids;
        for (int f = 0; f < filesEach; ++f) {
            StoreFile file;
            file.id = u"file-bench%1"_s.arg((i / 3) * filesEach + f);
            file.storeId = one.id;
            file.status = u"completed"_s;
            file.usageBytes = 40'000;
            file.raw = "{}";
            ids << file.id;
            objects->storeFiles.push_back(file);
        }
        objects->stores.push_back(one);
        wait(store->put(objects));
        wait(store->write([id = one.id, ids](Writer &writer) { writer.storeFilesDone(id, u"bench"_s, ids); }));
    }
}

template <class Dialog> void plan(const char *what, Dialog &dialog, double read)
{
    Stalls stalls;
    QSignalSpy reset(dialog.table()->model(), &QAbstractItemModel::modelReset);
    const double took = milliseconds([&] { return reset.count() > 0 && dialog.runButton()->isEnabled(); }, what);
    line(what, took,
         u"%1 targets · x%2 of reading · window away %3 ms at most"_s.arg(dialog.plan().count())
             .arg(took / read, 0, 'f', 1)
             .arg(stalls.worst(), 0, 'f', 0));
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
    fillStores(small ? 500 : 5'000, 40);
    App bobbin(folder);
    bobbin.window.show();
    QSignalSpy opened(&bobbin.window, &ui::MainWindow::opened);
    bobbin.window.openDemo();
    milliseconds([&] { return opened.count() > 0; }, "opened");
    Operations &operations = bobbin.window.workspace()->operations();
    const auto store = openStore();

    QElapsedTimer timer;
    timer.start();
    if (!wait(store->read([](Reader &reader) { return reader.cleanupFacts(); }, Store::Lane::Scan)))
        qFatal("the threads cannot be read");
    const double readThreads = double(timer.nsecsElapsed()) / 1e6;
    line("All that a clean-up looks at, read", readThreads);
    CleanupRule rule;
    rule.idleDays.reset();
    rule.metadata = {{MetadataTest::How::Lacks, u"tier"_s, {}}};
    ui::CleanupDialog cleanup(operations, {}, nullptr);
    cleanup.setRule(rule);
    cleanup.show();
    plan("Clean-up, from the rule to the table", cleanup, readThreads);
    cleanup.hide();

    timer.start();
    if (!wait(store->read([](Reader &reader) { return reader.consolidateFacts(); }, Store::Lane::Scan)))
        qFatal("the stores cannot be read");
    const double readStores = double(timer.nsecsElapsed()) / 1e6;
    line("All that a consolidation looks at, read", readStores);
    ui::ConsolidateDialog consolidate(operations, false, nullptr);
    consolidate.show();
    plan("Consolidation, from the dialog to the table", consolidate, readStores);
    return 0;
}
