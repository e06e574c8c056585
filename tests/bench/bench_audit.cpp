// SPDX-License-Identifier: GPL-3.0-or-later
// How long the audit takes beside one SQL pass over the same rows: whole, after one changed thread, and what the ledger
// takes in memory; and what cost desk and what-if compute from it.
// usage: bench_audit FOLDER [--small], after bench_store FOLDER --fill
#include "models/audit/bill.h"
#include "models/core/days.h"
#include "models/costs/budget.h"
#include "models/costs/forecast.h"
#include "models/costs/othermodels.h"
#include "models/costs/pivot.h"
#include "models/reconcile/reconcile.h"
#include "models/report/report.h"
#include "models/session/auditor.h"
#include "models/session/reportread.h"
#include "models/whatif/frontier.h"
#include "tests/bench/benchsupport.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

using namespace bobbin;
using namespace bobbin::bench;

namespace {

// All columns that the audit looks at, of messages, threads and runs, once.
double onePass(Database &database)
{
    QElapsedTimer clock;
    clock.start();
    qint64 rows = 0;
    qint64 sum = 0; // that nothing is left out
    for (const QString &sql :
         {u"SELECT thread, created, role='user', chars FROM message"_s,
          u"SELECT key, last_active, cause, gone, unjudged FROM thread"_s,
          u"SELECT thread, key, created, ended, status, model, prompt, completion, cached, cache_write, cost, assumed, "
          "told, rounds, outputs, repeats, config, assistant, error FROM run"_s}) {
        const int columns = int(sql.section(u" FROM "_s, 0, 0).count(u',')) + 1;
        Statement all = database.prepare(sql);
        while (all.step()) {
            ++rows;
            for (int i = 0; i < columns; ++i)
                sum += all.integer(i);
        }
    }
    if (rows == 0 || sum == 0)
        qFatal("the store is empty: bench_store FOLDER --fill");
    return double(clock.nsecsElapsed()) / 1e6;
}

qint64 residentKb()
{
    QFile status(u"/proc/self/status"_s); // Linux alone: elsewhere nothing is said
    if (status.open(QIODevice::ReadOnly))
        for (const QByteArray &of : status.readAll().split('\n'))
            if (of.startsWith("VmRSS:"))
                return of.mid(6).simplified().split(' ').first().toLongLong();
    return 0;
}

// The middle one of five.
template <class F> void timed(const char *what, Auditor &auditor, double pass, F compute)
{
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer clock;
        clock.start();
        if (!wait(auditor.withLedger(
                [&](const Ledger &ledger, Reader &reader) -> Result<bool> { return compute(ledger, reader); })))
            qFatal("%s: it fails", what);
        times.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(times);
    line(what, times[2], u"x%1 of the pass · worst %2 ms"_s.arg(times[2] / pass, 0, 'f', 2).arg(times[4], 0, 'f', 0));
}

void costDesk(Auditor &auditor, double pass)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto pivot = [](Period period, GroupBy by) {
        return [=](const Ledger &ledger, Reader &) { return !pivotOf(ledger, {period, by, {}, {}}).columns.empty(); };
    };
    timed("Pivot by day and assistant", auditor, pass, pivot(Period::Day, GroupBy::Assistant));
    timed("Pivot by month and model", auditor, pass, pivot(Period::Month, GroupBy::Model));
    timed("Pivot by week and thread", auditor, pass, pivot(Period::Week, GroupBy::Thread));
    timed("Pivot by day and cause", auditor, pass, pivot(Period::Day, GroupBy::Cause));
    timed("The month's projection and a budget", auditor, pass, [now](const Ledger &ledger, Reader &) {
        Budget budget;
        budget.money = Money{Money::perDollar};
        return projectionOf(ledger, now).month.isValid() && budgetStates(ledger, {budget}, {}, now).size() == 1;
    });
    timed("The same work on other models", auditor, pass,
          [now](const Ledger &ledger, Reader &) { return sameWorkOn(ledger, 0, {}, now).runs > 0; });
    const auto replayed = [](const Measures &measures) {
        return [measures](const Ledger &ledger, Reader &) { return replay(ledger, measures).runs > 0; };
    };
    Measures one;
    one.turnCap = 30;
    timed("Replay with a turn cap", auditor, pass, replayed(one));
    Measures all = one;
    all.contextCeiling = 20'000;
    all.toolSteps = 5;
    all.retries = 3;
    all.lastMessages = 40;
    all.maxPromptTokens = 100'000;
    all.perfectCaching = true;
    all.model = u"gpt-4o-mini"_s;
    all.batch = true;
    timed("Replay with nine measures", auditor, pass, replayed(all));
    timed("Search for the best limits, 48 replays", auditor, pass,
          [](const Ledger &ledger, Reader &) { return searchLimits(ledger, {}, {}, {}).has_value(); });
    const qint64 today = now / dayMs;
    Billed billed; // a year of two models
    for (qint64 day = today - 365; day <= today; ++day) {
        billed.usageDays.insert(day);
        billed.itemDays.insert(day);
        for (const QString &model : {u"gpt-4o"_s, u"gpt-4o-mini"_s}) {
            billed.usage.push_back({day, model, {}, Tier::Standard, 10, 1'000'000, 0, 1'000});
            billed.items.push_back({day, model + u", input"_s, {}, Money{Money::perDollar}});
        }
    }
    timed("A year reconciled", auditor, pass, [today, &billed](const Ledger &ledger, Reader &) {
        return reconcile(ledger, billed, {today - 365, today + 1, {}}).days > 0;
    });
    ReportOptions options;
    options.now = now;
    timed("Report, read and written as HTML", auditor, pass, [options](const Ledger &ledger, Reader &reader) {
        const Result<Report> report = readReport(ledger, reader, options);
        return report && reportHtml(*report).size() > 1'000;
    });
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"Bobbin"_s);
    const QStringList arguments = QCoreApplication::arguments();
    const QString folder = QFileInfo(arguments.value(1)).absoluteFilePath();
    qputenv("XDG_DATA_HOME", (folder + (arguments.contains(u"--small"_s) ? u"/small"_s : u"/large"_s)).toUtf8());
    QElapsedTimer opening;
    opening.start();
    const auto store = openStore();
    line("Opened (of an older Bobbin's store: with what is derived anew)", double(opening.nsecsElapsed()) / 1e6);
    const auto database = Database::open(store->path(), Database::Mode::ReadWrite);
    if (!database)
        qFatal("%s", qPrintable(database.error().message));
    std::ignore = (*database)->execute(u"UPDATE thread SET unjudged=1; DELETE FROM finding"_s);
    onePass(**database); // into the page cache
    const double pass = onePass(**database);
    line("One SQL pass over messages, threads and runs", pass);
    const qint64 before = residentKb();
    Auditor auditor(store);
    QSignalSpy audited(&auditor, &Auditor::audited);
    const auto report = [&] { return audited.last().first().value<AuditReport>(); };
    auditor.start();
    if (!QTest::qWaitFor([&] { return !audited.isEmpty(); }, 600'000))
        qFatal("the audit does not end");
    line("Full audit, read and judged", double(report().milliseconds),
         u"%1 threads, %2 runs, %3 findings · x%4 of the pass · %5 MB more in memory"_s.arg(report().judged)
             .arg(report().runs)
             .arg(report().changed)
             .arg(double(report().milliseconds) / pass, 0, 'f', 2)
             .arg((residentKb() - before) / 1024));
    const auto ids = wait(store->read([](Reader &reader) { return reader.threadIds({}); }));
    std::vector<double> times;
    for (qsizetype i = 0; i < 20; ++i) {
        const auto seen = audited.size();
        wait(store->write([id = ids->at(i)](Writer &writer) { writer.settleThread(id); }));
        if (!QTest::qWaitFor([&] { return audited.size() > seen; }, 60'000))
            qFatal("a change is not judged");
        times.push_back(double(report().milliseconds));
    }
    std::ranges::sort(times);
    line("Audit after one changed thread", times[times.size() / 2], u"worst of 20: %1 ms"_s.arg(times.back()));
    QElapsedTimer clock;
    clock.start();
    const auto bill = wait(auditor.withLedger([](const Ledger &ledger, Reader &) -> Result<Bill> {
        return billOf(ledger, {}, QDateTime::currentMSecsSinceEpoch());
    }));
    line("The bill of the overview, from the ledger", double(clock.nsecsElapsed()) / 1e6,
         u"x%1 of the pass"_s.arg(double(clock.nsecsElapsed()) / 1e6 / pass, 0, 'f', 2));
    const double mb = double(wait(auditor.withLedger([](const Ledger &ledger, Reader &) -> Result<double> {
                                 double bytes = double(ledger.threads.capacity() * sizeof(ThreadFact));
                                 for (const ThreadFact &thread : ledger.threads)
                                     bytes += double(thread.runs.capacity() * sizeof(RunFact));
                                 return bytes / 1e6;
                             })).value());
    line("Runs and threads of the ledger", mb, u"MB, not ms"_s);
    costDesk(auditor, pass);
    return bill ? 0 : 1;
}
