// SPDX-License-Identifier: GPL-3.0-or-later
// A demo server, a store file and a workspace between them: what tests of whole syncs and operations work at.
#pragma once

#include "app/demo/demohost.h"
#include "models/session/workspace.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"

#include <QDateTime>

namespace bobbin::test {

using namespace Qt::Literals::StringLiterals;

struct Bench {
    std::unique_ptr<demo::DemoHost> host;
    const Provider *provider = &assistants();
    QString url; // of another server than the host
    std::shared_ptr<Store> store;
    std::unique_ptr<Workspace> workspace;
    QStringList failures;
    std::shared_ptr<const PriceTable> prices = std::make_shared<const PriceTable>(PriceTable::shipped());

    void open(const QString &storeFile)
    {
        workspace.reset();
        store.reset();
        const auto opened = wait(Store::open(storeFile, provider, prices));
        if (!opened)
            qFatal("%s", qPrintable(opened.error().message));
        store = *opened;
        Connection c;
        c.id = u"c"_s;
        c.baseUrl = host ? host->baseUrl() : url;
        c.provider = provider->id();
        workspace = std::make_unique<Workspace>(c, "any", store, prices);
    }

    // A demo server with little on it and no story, for what is played live.
    void openQuiet(const QString &storeFile, int threads)
    {
        demo::DemoOptions options;
        options.bulk = {threads, 2, 1, 4};
        options.listThreads = true;
        options.story = false;
        host = std::make_unique<demo::DemoHost>(options);
        open(storeFile);
    }

    Result<SyncRow> sync(const SyncOptions &options = {})
    {
        Result<SyncRow> answer = fail(Error::Kind::Timeout, u"the sync did not end"_s);
        bool came = false;
        QObject context;
        QObject::connect(workspace.get(), &Workspace::failed, &context,
                         [this](const QString &target, const Error &) { failures << target; });
        QObject::connect(workspace.get(), &Workspace::syncFinished, &context, [&](const Result<SyncRow> &result) {
            answer = result;
            came = true;
        });
        workspace->sync(options);
        std::ignore = QTest::qWaitFor([&] { return came; }, 120'000);
        return answer;
    }
    qint64 served() const
    {
        qint64 n = 0;
        host->with([&](demo::DemoServer &server) { n = server.served(); });
        return n;
    }
    void faults(const QStringList &texts) const
    {
        std::vector<demo::Fault> all;
        for (const QString &text : texts) {
            QString problem;
            all.push_back(*demo::parseFault(text, &problem));
        }
        host->with([&](demo::DemoServer &server) { server.setFaults(all); });
    }
    Overview overview() const
    {
        return *wait(store->read([](Reader &r) { return r.overview(QDateTime::currentMSecsSinceEpoch()); }));
    }
    QString digest() const // everything a person would see of threads and runs
    {
        return *wait(store->read([](Reader &r) -> Result<QString> {
            QStringList lines;
            RowQuery q;
            q.sort = "id";
            const auto threads = r.rows<ThreadRow>(r.keys(RowKind::Threads, q)->keys);
            for (const ThreadRow &t : *threads)
                lines << u"%1 %2 %3 %4 %5"_s.arg(t.id)
                             .arg(t.messages.value_or(-1))
                             .arg(t.runs.value_or(-1))
                             .arg(t.turns.value_or(-1))
                             .arg(t.cost.known.pico);
            q.sort = "run";
            const auto runs = r.rows<RunRow>(r.keys(RowKind::Runs, q)->keys);
            for (const RunRow &run : *runs)
                lines << u"%1 %2 %3 %4"_s.arg(run.id, run.statusWord)
                             .arg(run.steps.value_or(-1))
                             .arg(run.toolCalls.value_or(-1));
            lines.sort();
            return lines.join(u'\n');
        }));
    }
};

inline demo::DemoOptions bulk(int threads, int runs, int steps, int messages, bool list = true)
{
    demo::DemoOptions o;
    o.bulk = {threads, runs, steps, messages};
    o.listThreads = list;
    return o;
}

} // namespace bobbin::test
