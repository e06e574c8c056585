// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/schema.h"
#include "models/store/store.h"
#include "tests/support/testsupport.h"

#include <QRegularExpression>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::wait;

class TestStore : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::shared_ptr<const PriceTable> m_prices = std::make_shared<const PriceTable>(PriceTable::shipped());
    int m_number = 0;

    std::shared_ptr<Store> fresh()
    {
        const auto store = wait(Store::open(m_folder.filePath(u"s%1.sqlite"_s.arg(++m_number)), m_prices));
        if (!store)
            qFatal("%s", qPrintable(store.error().message));
        return *store;
    }
    static Run run(const QString &id, const QString &thread, qint64 seconds, RunStatus status = RunStatus::Completed)
    {
        Run r;
        r.id = id;
        r.threadId = thread;
        r.assistantId = u"asst_1"_s;
        r.model = u"gpt-4o"_s;
        r.createdAt = seconds * 1000;
        r.completedAt = (seconds + 5) * 1000;
        r.status = status;
        if (!isActive(status))
            r.usage = Usage{2000, 500, 1000, {}, {}};
        r.raw = "{\"id\":\"" + id.toUtf8() + "\",\"instructions\":\"the same for every run of the assistant\"}";
        return r;
    }
    static Message message(const QString &id, const QString &thread, qint64 seconds, const QString &role)
    {
        Message m;
        m.id = id;
        m.threadId = thread;
        m.createdAt = seconds * 1000;
        m.role = role;
        m.text = u"Where is my order?"_s;
        m.raw = "{\"id\":\"" + id.toUtf8() + "\"}";
        return m;
    }
    static void put(Store &store, Objects objects)
    {
        const Done done = wait(store.put(std::make_shared<const Objects>(std::move(objects))));
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
    }
    static void settle(Store &store, const QString &thread)
    {
        QVERIFY(wait(store.write([thread](Writer &w) { w.settleThread(thread, 1, {}); }, Changed::Threads)));
    }
    static ThreadRow threadRow(Store &store, const QString &id)
    {
        const auto rows = wait(store.read([id](Reader &r) -> Result<std::vector<ThreadRow>> {
            return r.rows<ThreadRow>({**r.keyOf(RowKind::Threads, id)});
        }));
        return rows->front();
    }

private Q_SLOTS:
    void totalsOfAThread()
    {
        const auto store = fresh();
        Objects o;
        o.messages = {message(u"m1"_s, u"t"_s, 10, u"user"_s), message(u"m2"_s, u"t"_s, 20, u"assistant"_s),
                      message(u"m3"_s, u"t"_s, 30, u"user"_s)};
        o.runs = {run(u"r1"_s, u"t"_s, 11), run(u"r2"_s, u"t"_s, 31), run(u"r3"_s, u"t"_s, 40, RunStatus::Failed)};
        o.runs[1].usage->prompt = 8000;
        o.runs[2].model = u"nobody-knows"_s;
        o.runs[2].usage.reset();
        put(*store, o);
        settle(*store, u"t"_s);
        const ThreadRow row = threadRow(*store, u"t"_s);
        QCOMPARE(row.turns.value(), 2);
        QCOMPARE(row.messages.value(), 3);
        QCOMPARE(row.promptNow.value(), 8000);
        QCOMPARE(row.growth().value(), 4.0);
        QCOMPARE(row.cost.pricedRuns, 2);
        QCOMPARE(row.cost.unknownRuns, 1);
        QCOMPARE(row.failedRuns, 1);
        QCOMPARE(row.lastActiveAt.value(), 40'000);
        QCOMPARE(row.title, u"Where is my order?"_s);
        const auto turns = wait(store->read([key = row.key](Reader &r) { return r.turns(key); }));
        QCOMPARE(turns->size(), 3u);
        QCOMPARE((*turns)[0].turn, 1);
        QCOMPARE((*turns)[2].turn, 2);
        QVERIFY(!(*turns)[2].cost);
    }

    void rawComesBackByteForByteAndSmall()
    {
        const auto store = fresh();
        Objects o;
        QByteArray long1 =
            "{\"id\":\"x\",\"instructions\":\"" + QByteArray("never the same twice ").repeated(200) + "\"}";
        for (int i = 0; i < 50; ++i) {
            o.runs.push_back(run(u"r%1"_s.arg(i), u"t"_s, i));
            o.runs.back().raw = long1 + QByteArray::number(i);
        }
        put(*store, o);
        const auto back =
            wait(store->read([](Reader &r) { return r.raw(Resource::Runs, **r.keyOf(RowKind::Runs, u"r31"_s)); }));
        QCOMPARE(*back, long1 + "31");
        QVERIFY(wait(store->write([](Writer &w) { w.setMeta(u"a"_s, u"b"_s); }, {})));
        auto db = Database::open(store->path(), Database::Mode::ReadOnly);
        Statement size = (*db)->prepare(u"SELECT sum(length(data)) FROM raw"_s);
        QVERIFY(size.step());
        QVERIFY2(size.integer(0) < 50 * 60, qPrintable(QString::number(size.integer(0))));
    }

    void cursorsGoOnBeforeTheFirstActive()
    {
        const auto store = fresh();
        Objects o;
        o.messages = {message(u"m1"_s, u"t"_s, 10, u"user"_s), message(u"m2"_s, u"t"_s, 20, u"assistant"_s)};
        o.messages[1].status = u"in_progress"_s;
        o.runs = {run(u"r1"_s, u"t"_s, 11), run(u"r2"_s, u"t"_s, 21, RunStatus::InProgress)};
        put(*store, o);
        const auto cursor = [&] { return *wait(store->read([](Reader &r) { return r.cursor(u"t"_s); })); };
        QCOMPARE(cursor().lastMessage, u"m1"_s);
        QCOMPARE(cursor().lastRun, u"r1"_s);
        QCOMPARE(cursor().runsWithoutSteps, (QStringList{u"r1"_s, u"r2"_s}));
        QVERIFY(cursor().bare);
        QVERIFY(wait(store->write(
            [](Writer &w) {
                w.stepsDone(u"r1"_s);
                w.stepsDone(u"r2"_s);
            },
            {})));
        QVERIFY(cursor().runsWithoutSteps.isEmpty());
        o.runs = {run(u"r2"_s, u"t"_s, 21)}; // it ended: its steps are to be read again
        o.messages.clear();
        put(*store, o);
        QCOMPARE(cursor().runsWithoutSteps, QStringList{u"r2"_s});
        QCOMPARE(cursor().lastRun, u"r2"_s);
    }

    void usageFromStepsWhereTheRunHasNone()
    {
        const auto store = fresh();
        Objects o;
        o.runs = {run(u"r1"_s, u"t"_s, 11)};
        o.runs[0].usage.reset();
        for (int i = 0; i < 2; ++i) {
            RunStep s;
            s.id = u"s%1"_s.arg(i);
            s.runId = u"r1"_s;
            s.type = u"tool_calls"_s;
            s.toolCalls = 2;
            s.usage = Usage{1000, 250, {}, {}, {}};
            s.raw = "{}";
            o.steps.push_back(s);
        }
        put(*store, o);
        QVERIFY(wait(store->write([](Writer &w) { w.stepsDone(u"r1"_s); }, {})));
        const auto rows =
            wait(store->read([](Reader &r) { return r.rows<RunRow>({**r.keyOf(RowKind::Runs, u"r1"_s)}); }));
        QCOMPARE(rows->front().usage->prompt, 2000);
        QCOMPARE(rows->front().cost->pico, 10'000'000'000);
        QCOMPARE(rows->front().toolCalls.value(), 4);
    }

    void sortAndFilter()
    {
        const auto store = fresh();
        Objects o;
        for (int i = 0; i < 40; ++i) {
            o.runs.push_back(run(u"run_%1"_s.arg(i, 2, 10, QChar(u'0')), u"t%1"_s.arg(i % 3), 100 + i,
                                 i % 4 ? RunStatus::Completed : RunStatus::Failed));
            o.runs.back().usage->prompt = 2000 + (i * 37) % 40;
            if (i == 7)
                o.runs.back().usage.reset();
        }
        put(*store, o);
        const auto keys = [&](const RowQuery &q, int limit = 0) {
            return *wait(store->read([q, limit](Reader &r) { return r.keys(RowKind::Runs, q, limit); }));
        };
        RowQuery q;
        q.sort = "prompt";
        for (const bool descending : {true, false}) {
            q.descending = descending;
            const auto rows = *wait(store->read([list = keys(q).keys](Reader &r) { return r.rows<RunRow>(list); }));
            QCOMPARE(rows.size(), 40u);
            QVERIFY2(!rows.back().usage, "unknown comes last in both directions");
            for (std::size_t i = 1; i + 1 < rows.size(); ++i)
                QVERIFY((rows[i - 1].usage->prompt >= rows[i].usage->prompt) == descending ||
                        rows[i - 1].usage->prompt == rows[i].usage->prompt);
        }
        q = {};
        q.filter.states = {u"failed"_s};
        QCOMPARE(keys(q).keys.size(), 10u);
        q.filter.text = u"run_0"_s; // "_" is no wildcard
        QCOMPARE(keys(q).keys.size(), 3u);
        q.filter.text = u"run%"_s;
        QCOMPARE(keys(q).keys.size(), 0u);
        q.filter = {};
        q.filter.threadId = u"t1"_s;
        QCOMPARE(keys(q).keys.size(), 13u);
        QCOMPARE(keys(q, 5).keys.size(), 5u);
        QCOMPARE(keys({}).cost.unknownRuns, 1);
    }

    void newPricesPriceAnew()
    {
        const auto store = fresh();
        Objects o;
        o.runs = {run(u"r1"_s, u"t"_s, 11), run(u"r2"_s, u"t"_s, 12)};
        o.runs[1].model = u"own-model"_s;
        put(*store, o);
        settle(*store, u"t"_s);
        QCOMPARE(threadRow(*store, u"t"_s).cost.unknownRuns, 1);
        PriceTable table = *m_prices;
        ModelPrices mine;
        mine.id = u"own-model"_s;
        mine.prices.push_back({{1'000'000, 0, {}, {}}, {}, u"me"_s, {}, true});
        table.set(mine);
        QVERIFY(wait(store->setPrices(std::make_shared<const PriceTable>(table))));
        const CostSum cost = threadRow(*store, u"t"_s).cost;
        QCOMPARE(cost.unknownRuns, 0);
        QCOMPARE(cost.known.pico, 8'750'000'000 + 2'000'000'000);
    }

    void aFailedWriteLeavesNothing()
    {
        const auto store = fresh();
        Objects o;
        o.runs = {run(u"r1"_s, u"t"_s, 11)};
        // The transaction runs into an error half-way: a table is missing.
        auto other = Database::open(store->path(), Database::Mode::ReadWrite);
        QVERIFY((*other)->execute(u"ALTER TABLE raw RENAME TO elsewhere"_s));
        const Done done = wait(store->put(std::make_shared<const Objects>(o)));
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), int(Error::Kind::Storage));
        QVERIFY((*other)->execute(u"ALTER TABLE elsewhere RENAME TO raw"_s));
        QCOMPARE(*wait(store->read([](Reader &r) { return r.count(RowKind::Runs); })), 0);
        put(*store, o); // and the store works again
        QCOMPARE(*wait(store->read([](Reader &r) { return r.count(RowKind::Runs); })), 1);
    }

    void foreignFilesAreRefusedUntouched()
    {
        const QString path = m_folder.filePath(u"not-a-store.sqlite"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "this is somebody's letter, not a database; it is long enough to look like one ....................");
        file.close();
        const auto store = wait(Store::open(path, m_prices));
        QVERIFY(!store);
        QCOMPARE(store.error().place, path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().startsWith("this is somebody's letter"));
    }
    void newerStoresAreRefused()
    {
        const QString path = m_folder.filePath(u"newer.sqlite"_s);
        {
            auto db = Database::open(path, Database::Mode::ReadWrite);
            QVERIFY((*db)->execute(u"PRAGMA user_version=999"_s));
        }
        const auto store = wait(Store::open(path, m_prices));
        QVERIFY(!store);
        QVERIFY(store.error().message.contains("999"_L1));
    }
    void migrationsRunOnce()
    {
        auto db = Database::open(m_folder.filePath(u"migrate.sqlite"_s), Database::Mode::ReadWrite);
        QVERIFY(migrate(**db));
        QVERIFY(migrate(**db));
        Statement version = (*db)->prepare(u"PRAGMA user_version"_s);
        QVERIFY(version.step());
        QCOMPARE(version.integer(0), schemaVersion);
    }
    void aStoreCutShortSettlesAtTheNextStart()
    {
        QString path;
        {
            const auto store = fresh();
            path = store->path();
            Objects o;
            o.runs = {run(u"r1"_s, u"t"_s, 11)};
            put(*store, o); // never settled: the program dies here
        }
        const auto store = wait(Store::open(path, m_prices));
        QCOMPARE(threadRow(**store, u"t"_s).runs.value(), 1);
    }
    void everyQueryIsPrepared() // a mistake in SQL shows as an error of the listing
    {
        const auto store = fresh();
        for (const RowKind kind :
             {RowKind::Threads, RowKind::Runs, RowKind::Assistants, RowKind::Stores, RowKind::Files, RowKind::Syncs})
            for (const char *sort : {"name", "id", "cost", "thread", "status", "users", "started", "growth", "state",
                                     "lastRun", "messages", "duration"}) {
                RowQuery q;
                q.sort = sort;
                q.filter.text = u"x"_s;
                const auto list = wait(store->read([kind, q](Reader &r) { return r.keys(kind, q); }));
                QVERIFY2(list, list ? "" : qPrintable(list.error().message));
            }
        for (const char *by : {"model", "assistant", "thread", "day"})
            QVERIFY(wait(store->read([by](Reader &r) { return r.costBy(QString::fromLatin1(by)); })));
        QVERIFY(wait(store->read([](Reader &r) { return r.overview(1'795'207'010'000); })));
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
