// SPDX-License-Identifier: GPL-3.0-or-later
// Whole syncs from the demo server into a real store: all of it, only what is new, through faults, cut short.
#include "models/settings/connections.h"
#include "tests/support/tinyserver.h"
#include "tests/support/workbench.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTimer>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::Bench;
using bobbin::test::bulk;
using bobbin::test::wait;

class TestSync : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    Bench bench(const demo::DemoOptions &options = {}, const QString &storeFile = {})
    {
        Bench b;
        b.host = std::make_unique<demo::DemoHost>(options);
        reopen(b, storeFile);
        return b;
    }
    void reopen(Bench &b, const QString &storeFile = {})
    {
        b.open(storeFile.isEmpty() ? m_folder.filePath(u"s%1.sqlite"_s.arg(++m_number)) : storeFile);
    }

private Q_SLOTS:
    void theWholeDemoWorkspace()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        Bench b = bench(options);
        const auto result = b.sync();
        QVERIFY2(result, result ? "" : qPrintable(errorText(result.error()).line()));
        QCOMPARE(result->failures, 0);
        const Overview o = b.overview();
        QVERIFY(o.threads >= 145 && o.threads <= 160);
        QCOMPARE(o.assistants, 6);
        QVERIFY(o.activeRuns >= 3);
        QVERIFY(o.total.unknownRuns > 0 && o.total.pricedRuns > 1000);
        const auto settled = wait(b.store->read([](Reader &r) { return r.threadIds(OptTime(0)); }));
        QVERIFY2(settled->isEmpty(), "every thread is synced");
    }
    void everyObjectArrives()
    {
        Bench b = bench(bulk(7, 130, 2, 260)); // more than one page of runs and messages
        QVERIFY(b.sync());
        const Overview o = b.overview();
        QCOMPARE(o.threads, 7);
        QCOMPARE(o.runs, 7 * 130);
        QCOMPARE(o.messages, 7 * 260);
        QCOMPARE(o.steps, 7 * 130 * 2);
    }
    void anUnchangedThreadCostsTwoRequests()
    {
        Bench b = bench(bulk(20, 3, 2, 6));
        QVERIFY(b.sync());
        const QString before = b.digest();
        const qint64 served = b.served();
        const auto again = b.sync();
        QVERIFY(again);
        // 20 threads twice; assistants, files, stores, threads once each
        QCOMPARE(b.served() - served, 20 * 2 + 4);
        QCOMPARE(b.digest(), before);
    }
    void newMessagesAndRunsAreBrought()
    {
        Bench b = bench(bulk(3, 2, 1, 4));
        QVERIFY(b.sync());
        b.host->with([](demo::DemoServer &server) {
            demo::DemoThread &t = *server.state().threads[1];
            demo::DemoMessage m = t.messages.back();
            m.id = "msg_new";
            m.created += 1000;
            m.user = true;
            t.messages.push_back(m);
        });
        QVERIFY(b.sync());
        QCOMPARE(b.overview().messages, 3 * 4 + 1);
    }
    void withoutAListTheIdsComeFromThePerson()
    {
        Bench b = bench(bulk(4, 2, 1, 4, false));
        QVERIFY(b.sync());
        QCOMPARE(b.overview().threads, 0);
        SyncOptions options;
        b.host->with([&](demo::DemoServer &server) {
            for (int i = 0; i < 3; ++i)
                options.onlyThreads << QString::fromLatin1(server.state().threads[std::size_t(i)]->id);
        });
        options.onlyThreads << u"thread_gone"_s;
        QVERIFY(b.sync(options));
        QCOMPARE(b.overview().threads, 3);
        QCOMPARE(b.overview().threadsGone, 1); // apart from those on the server
        QCOMPARE(b.overview().runs, 6);
        const auto left = wait(b.store->read([](Reader &r) { return r.threadIds(std::nullopt); }));
        QCOMPARE(left->size(), 3); // the fourth is marked as gone
        QVERIFY(b.sync()); // and the list is not probed again
        QCOMPARE(b.overview().threads, 3);
    }
    void aDeletedThreadStaysReadable()
    {
        Bench b = bench(bulk(3, 2, 1, 4));
        QVERIFY(b.sync());
        b.host->with([](demo::DemoServer &server) { server.state().removeThread(server.state().threads[0]->id); });
        QVERIFY(b.sync());
        QCOMPARE(b.overview().runs, 6);
        RowQuery q;
        q.filter.states = {u"gone"_s};
        QCOMPARE(wait(b.store->read([q](Reader &r) { return r.keys(RowKind::Threads, q); }))->keys.size(), 1u);
    }

    void oneBadThreadNeverStopsTheRest_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"status:500", "status:400", "invalid-json", "html", "wrong-types", "repeated-page",
                                 "endless-more", "plain-text"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }
    void oneBadThreadNeverStopsTheRest()
    {
        QFETCH(QString, kind);
        Bench b = bench(bulk(5, 3, 1, 6));
        QString bad;
        b.host->with([&](demo::DemoServer &server) { bad = QString::fromLatin1(server.state().threads[2]->id); });
        b.faults({u"GET /threads/%1/messages=%2"_s.arg(bad, kind)});
        const auto result = b.sync();
        QVERIFY2(result, result ? "" : qPrintable(errorText(result.error()).line()));
        QVERIFY(b.overview().runs >= 4 * 3);
        const bool harmless = kind == "repeated-page"_L1 || kind == "endless-more"_L1;
        if (harmless)
            QCOMPARE(result->failures, 0);
        else {
            QVERIFY(result->failures > 0);
            QVERIFY(!b.failures.isEmpty());
            const auto rows = wait(b.store->read([key = result->key](Reader &r) { return r.failures(key); }));
            QCOMPARE(qint64(rows->size()), result->failures);
            QVERIFY(!rows->front().reason.isEmpty());
        }
        b.faults({});
        QVERIFY(b.sync());
        Bench whole = bench(bulk(5, 3, 1, 6));
        QVERIFY(whole.sync());
        QCOMPARE(b.digest(), whole.digest());
    }
    void aRefusedKeyStopsTheLine()
    {
        Bench b = bench(bulk(30, 2, 1, 4));
        b.faults({u"GET /threads/*/messages=status:401"_s});
        const auto result = b.sync();
        QVERIFY(!result);
        QCOMPARE(int(result.error().kind), int(Error::Kind::Unauthorized));
        QVERIFY2(b.served() < 30, "the others are not even tried");
    }
    void rateLimitsSlowDownButLoseNothing()
    {
        Bench b = bench(bulk(4, 2, 1, 4));
        b.faults({u"GET /threads/*/runs=status:429*3"_s});
        const auto result = b.sync();
        QVERIFY(result);
        QCOMPARE(result->failures, 0);
        QCOMPARE(b.overview().runs, 8);
    }
    void cancelAndGoOn()
    {
        demo::DemoOptions options = bulk(40, 3, 1, 6);
        options.latencyMs = 5;
        Bench b = bench(options);
        connect(b.workspace.get(), &Workspace::progressed, b.workspace.get(), [&](const SyncProgress &p) {
            if (p.done >= 8)
                b.workspace->cancel();
        });
        const auto cut = b.sync();
        QVERIFY(cut);
        QCOMPARE(cut->outcome, u"cancelled"_s);
        QVERIFY(cut->threads < 40);
        disconnect(b.workspace.get(), &Workspace::progressed, b.workspace.get(), nullptr);
        const auto rest = b.sync();
        QVERIFY(rest);
        QCOMPARE(rest->threads + cut->threads, 40); // what was done is not done again
        QCOMPARE(b.overview().runs, 120);
    }
    void theServerDisappears()
    {
        demo::DemoOptions options = bulk(200, 3, 1, 6);
        options.latencyMs = 2;
        Bench b = bench(options);
        QTimer::singleShot(150, b.workspace.get(),
                           [&] { b.host->with([](demo::DemoServer &server) { server.drop(); }); });
        QTimer::singleShot(2500, b.workspace.get(), [&] { b.workspace->cancel(); });
        std::ignore = b.sync();
        const QString path = b.store->path();
        b.workspace.reset();
        b.store.reset();
        auto db = Database::open(path, Database::Mode::ReadOnly);
        Statement check = (*db)->prepare(u"PRAGMA integrity_check"_s);
        QVERIFY(check.step());
        QCOMPARE(check.text(0), u"ok"_s);
    }
    void closingInTheMiddle()
    {
        demo::DemoOptions options = bulk(100, 3, 1, 6);
        options.latencyMs = 20;
        for (int ms : {0, 10, 60, 200}) {
            Bench b = bench(options);
            b.workspace->sync();
            QTest::qWait(ms);
            b.workspace.reset(); // waits for its tasks; must neither hang nor crash
        }
    }
    void activeRunsAreFollowed()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        Bench b = bench(options);
        QVERIFY(b.sync());
        // A run waits for tool outputs; its app answers; Bobbin must see it end without a sync.
        QByteArray run;
        b.host->with([&](demo::DemoServer &server) {
            for (const auto &t : server.state().threads)
                if (demo::DemoRun *active = t->activeRun();
                    active && active->status == "requires_action" && run.isEmpty()) {
                    run = active->id;
                    active->status = "queued";
                    active->toolsAnswered = true;
                    active->nextMs = 1;
                }
        });
        QVERIFY(!run.isEmpty());
        b.workspace->setFollowing(true);
        QTRY_VERIFY_WITH_TIMEOUT(wait(b.store->read([run](Reader &r) {
                                     return r.rows<RunRow>({**r.keyOf(RowKind::Runs, QString::fromLatin1(run))});
                                 }))
                                         ->front()
                                         .status == RunStatus::Completed,
                                 20'000);
    }
    // Through failures, until it is turned off; and on again.
    void followingIsTheWorkspacesOwn()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        Bench b = bench(options);
        QVERIFY(b.sync());
        const auto active = [&] { return wait(b.store->read([](Reader &r) { return r.activeRuns(); }))->size(); };
        const std::size_t before = active();
        QVERIFY(before > 0);
        b.faults({u"GET /threads/*/runs/*=status:403"_s});
        b.workspace->setFollowing(true);
        QVERIFY(b.workspace->following());
        const qint64 asked = b.served();
        QTRY_VERIFY_WITH_TIMEOUT(b.served() > asked, 10'000); // refused
        b.host->with([&](demo::DemoServer &server) {
            for (const auto &t : server.state().threads)
                if (demo::DemoRun *run = t->activeRun())
                    run->status = "completed";
        });
        b.faults({});
        QTRY_VERIFY_WITH_TIMEOUT(active() < before, 30'000);
        b.workspace->setFollowing(false);
        QVERIFY(!b.workspace->following());
        QTest::qWait(300);
        const qint64 quiet = b.served();
        QTest::qWait(4'000);
        QCOMPARE(b.served(), quiet);
        b.workspace->setFollowing(true);
        QVERIFY(b.workspace->following());
    }
    void theKeyIsInNoFile()
    {
        const QByteArray key = "sk-very-secret-key-0123456789";
        Bench b = bench(bulk(2, 1, 1, 2));
        Connection c;
        c.id = u"c"_s;
        c.baseUrl = b.host->baseUrl();
        c.provider = defaultProviderId();
        b.workspace = std::make_unique<Workspace>(c, key, b.store, b.prices);
        b.faults({u"GET /threads/*/runs=status:500"_s});
        std::ignore = b.sync();
        const QString path = b.store->path();
        b.workspace.reset();
        b.store.reset();
        for (const QString &ending : {u""_s, u"-wal"_s}) {
            QFile file(path + ending);
            if (file.open(QIODevice::ReadOnly))
                QVERIFY(!file.readAll().contains("very-secret"));
        }
    }

    // What is missing of a server says nothing of the rest: neither an optional list, nor one of a thread.
    void aMissingListIsNoMissingThread()
    {
        demo::DemoOptions options = bulk(3, 1, 1, 2);
        options.listThreads = true;
        Bench b = bench(options);
        b.faults({u"GET /files=status:404"_s, u"GET /threads/*/messages=status:404"_s});
        const auto result = b.sync();
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        const auto rows =
            wait(b.store->read([](Reader &r) { return r.rows<ThreadRow>(r.keys(RowKind::Threads, {})->keys); }));
        QCOMPARE(int(rows->size()), 3);
        for (const ThreadRow &row : *rows) {
            QVERIFY(!row.gone);
            QVERIFY2(row.problem.contains(u"messages"_s), qPrintable(row.problem));
        }
        b.faults({});
        QVERIFY(b.sync());
        QCOMPARE(wait(b.store->read([](Reader &r) { return r.rows<ThreadRow>(r.keys(RowKind::Threads, {})->keys); }))
                     ->front()
                     .problem,
                 QString());
    }

    // Nobody answers: told after the first time-outs, not after minutes for every thread.
    void aSilentServerIsLeftOut()
    {
        demo::DemoOptions options = bulk(40, 1, 1, 2);
        Bench b = bench(options);
        b.workspace->setTimeout(std::chrono::milliseconds(200));
        b.faults({u"/threads/*/messages=hang"_s});
        QElapsedTimer timer;
        timer.start();
        const qint64 before = b.served();
        const auto result = b.sync();
        QVERIFY(!result);
        QCOMPARE(int(result.error().kind), int(Error::Kind::Timeout));
        QVERIFY2(result.error().message.contains(u"left out"_s), qPrintable(result.error().message));
        QVERIFY2(b.served() - before < 40, qPrintable(QString::number(b.served() - before)));
        QVERIFY(timer.elapsed() < 10'000);
        b.faults({});
        QVERIFY(b.sync());
    }
    // A server that invents pages for ever fills no disk.
    void aListWithoutAnEndIsStopped()
    {
        bobbin::test::TinyServer server([n = 0](QTcpSocket &socket, const QByteArray &request) mutable {
            QByteArray items;
            const QByteArray what = request.contains("/assistants") ? "assistant" : "other";
            for (int i = 0; i < 100; ++i)
                items += (i ? "," : "") + QByteArray("{\"id\":\"") + what + QByteArray::number(++n) +
                    "\",\"object\":\"" + what + "\"}";
            bobbin::test::TinyServer::json(socket, "{\"data\":[" + items + "],\"has_more\":true}");
        });
        Bench b = bench();
        Connection c;
        c.id = u"endless"_s;
        c.baseUrl = server.url();
        c.provider = defaultProviderId();
        b.workspace = std::make_unique<Workspace>(c, "any", b.store, b.prices);
        SyncOptions options;
        options.mostPerList = 1'000;
        const auto result = b.sync(options);
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(u"1000"_s) || result.error().message.contains(u"1,000"_s),
                 qPrintable(result.error().message));
        QVERIFY(server.requests < 20);
        b.workspace.reset();
    }
    // What is kept on this computer is for its owner.
    void filesAreTheOwnersOnly()
    {
#ifdef Q_OS_WIN
        QSKIP("the profile protects them there");
#endif
        const auto others = [](const QString &path) {
            return QFile::permissions(path) &
                (QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther |
                 QFile::ExeOther);
        };
        const QString folder = m_folder.filePath(u"made/for/it"_s);
        const QString file = folder + u"/private.sqlite"_s;
        demo::DemoOptions options = bulk(2, 1, 1, 2);
        options.listThreads = true;
        Bench b = bench(options, file);
        QVERIFY(b.sync());
        for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s, u".operations"_s, u".operations-wal"_s})
            QVERIFY2(QFile::exists(file + ending) && !others(file + ending), qPrintable(ending));
        QVERIFY(!others(folder));
        CleanupRule rule;
        rule.idleDays = 1;
        QSignalSpy ended(&b.workspace->operations(), &Operations::ended);
        const auto made = wait(b.workspace->operations().planCleanup(rule));
        QVERIFY(wait(b.workspace->operations().start(std::make_shared<const Plan>(made->plan))));
        QVERIFY(!ended.empty() || ended.wait(20'000));
        const QDir archives(Store::archiveFolder(file));
        QVERIFY(!others(archives.path()));
        const QString archive = archives.filePath(archives.entryList(QDir::Files).front());
        QVERIFY(!others(archive));
        // Existing ones are tightened.
        for (const QString &path : {file, archive, file + u".operations"_s})
            QVERIFY(QFile::setPermissions(path, QFile::permissions(path) | QFile::ReadGroup | QFile::ReadOther));
        reopen(b, file);
        for (const QString &path : {file, archive, file + u".operations"_s})
            QVERIFY2(!others(path), qPrintable(path));
        Connections connections(m_folder.filePath(u"conf/connections.ini"_s));
        Connection c;
        c.id = u"x"_s;
        c.name = u"x"_s;
        c.baseUrl = u"https://example.com/v1"_s;
        c.provider = defaultProviderId();
        QVERIFY(connections.save(c));
        QVERIFY(!others(m_folder.filePath(u"conf/connections.ini"_s)) && !others(m_folder.filePath(u"conf"_s)));
    }
};

QTEST_GUILESS_MAIN(TestSync)
#include "tst_sync.moc"
