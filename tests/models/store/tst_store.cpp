// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/neutraljson.h"
#include "models/store/schema.h"
#include "models/store/store.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"

#include <QThread>

#include <QRegularExpression>
#include <QSemaphore>

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
        const auto store =
            wait(Store::open(m_folder.filePath(u"s%1.sqlite"_s.arg(++m_number)), &test::assistants(), m_prices));
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
        QVERIFY(wait(store.write([thread](Writer &w) { w.threadSynced(thread, {1, {}, false, false}); })));
    }
    static ThreadRow threadRow(Store &store, const QString &id)
    {
        const auto rows = wait(store.read([id](Reader &r) -> Result<std::vector<ThreadRow>> {
            return r.rows<ThreadRow>({**r.keyOf(RowKind::Threads, id)});
        }));
        return rows->front();
    }

private Q_SLOTS:
    void cleanupTestCase() { Worker::joinAll(); } // as the programs do
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
        QCOMPARE(row.contextNow.value(), 8000);
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
        QVERIFY(wait(store->write([](Writer &w) { w.setMeta(u"a"_s, u"b"_s); })));
        auto db = Database::open(store->path(), Database::Mode::ReadOnly);
        Statement size = (*db)->prepare(u"SELECT sum(length(data)) FROM raw"_s);
        QVERIFY(size.step());
        QVERIFY2(size.integer(0) < 50 * 60, qPrintable(QString::number(size.integer(0))));
    }

    void aPlaceIsWrittenWithItsPage()
    {
        const auto store = fresh();
        Objects o;
        o.messages = {message(u"m1"_s, u"t"_s, 10, u"user"_s)};
        o.runs = {run(u"r1"_s, u"t"_s, 11), run(u"r2"_s, u"t"_s, 21, RunStatus::InProgress)};
        put(*store, o);
        const auto places = [&] { return *wait(store->read([](Reader &r) { return r.places(u"t"_s); })); };
        QVERIFY(places().lists.isEmpty() && places().bare);
        const ListToken token("\0opaque \xff", 10);
        const ListPlace place{u"t"_s, Resource::Messages, token};
        o.runs.clear();
        QVERIFY(wait(store->put(std::make_shared<const Objects>(o), place)));
        QCOMPARE(places().lists.value(Resource::Messages), token);
        QVERIFY(!places().lists.contains(Resource::Runs));
        QCOMPARE(places().runsWithoutSteps, (QStringList{u"r1"_s, u"r2"_s}));
        QVERIFY(wait(store->write([](Writer &w) {
            w.putSteps(u"t"_s, u"r1"_s, {});
            w.putSteps(u"t"_s, u"r2"_s, {});
            w.threadSynced(u"t"_s, {5, {}, true, false});
        })));
        QVERIFY(places().runsWithoutSteps.isEmpty());
        QVERIFY(places().lists.isEmpty()); // some of it could not be read: once more from the start
        o.runs = {run(u"r2"_s, u"t"_s, 21)}; // it ended: its steps are to be read again
        o.messages.clear();
        put(*store, o);
        QCOMPARE(places().runsWithoutSteps, QStringList{u"r2"_s});
    }
    void theFeedNamesWhatChanged()
    {
        const auto store = fresh();
        QMutex lock;
        Changes told;
        QObject context;
        connect(
            store.get(), &Store::changed, &context,
            [&](const Changes &changes) {
                const QMutexLocker locked(&lock);
                told.add(changes);
            },
            Qt::DirectConnection);
        const auto taken = [&] {
            const QMutexLocker locked(&lock);
            return std::exchange(told, {});
        };
        Objects o;
        o.runs = {run(u"r1"_s, u"a"_s, 11), run(u"r2"_s, u"b"_s, 12)};
        VectorStore s;
        s.id = u"vs"_s;
        s.raw = "{}";
        o.stores = {s};
        put(*store, o);
        const auto keyOf = [&](RowKind kind, const QString &id) {
            return **wait(store->read([kind, id](Reader &r) { return r.keyOf(kind, id); }));
        };
        const RowKey a = keyOf(RowKind::Threads, u"a"_s);
        const RowKey b = keyOf(RowKind::Threads, u"b"_s);
        Changes first = taken();
        QVERIFY(first.kinds & Changed::Runs && first.kinds & Changed::Stores);
        QCOMPARE(first.threads, (QSet<RowKey>{a, b}));
        QCOMPARE(first.runs, (QSet<RowKey>{keyOf(RowKind::Runs, u"r1"_s), keyOf(RowKind::Runs, u"r2"_s)}));
        QCOMPARE(first.stores, QSet<RowKey>{keyOf(RowKind::Stores, u"vs"_s)});
        settle(*store, u"b"_s);
        o.stores.clear();
        o.runs = {run(u"r3"_s, u"b"_s, 13)};
        put(*store, o);
        const Changes second = taken();
        QVERIFY(second.thread(b) && !second.thread(a) && !second.all);
        QCOMPARE(second.runs, QSet<RowKey>{keyOf(RowKind::Runs, u"r3"_s)});
        QVERIFY(second.stores.isEmpty());
        QVERIFY(wait(store->write([](Writer &w) { w.setGone(Resource::Threads, u"a"_s); })));
        QCOMPARE(taken().threads, QSet<RowKey>{a});
    }
    // None waits for another, and who gives one up stops no other.
    void scansStandAlone()
    {
        const auto store = fresh();
        Objects o;
        for (int i = 0; i < 3'000; ++i)
            o.messages.push_back(message(u"m%1"_s.arg(i), u"t"_s, i, u"user"_s));
        put(*store, o);
        std::atomic<bool> second = false;
        auto waits = store->read(
            [&second](Reader &reader) {
                while (!second)
                    QThread::msleep(1);
                return reader.messageCount();
            },
            Store::Lane::Scan);
        auto goes = store->read(
            [&second](Reader &reader) {
                second = true;
                return reader.messageCount();
            },
            Store::Lane::Scan);
        QCOMPARE(*wait(goes), 3'000);
        QCOMPARE(*wait(waits), 3'000);

        std::atomic<bool> begun = false, ended = false;
        const auto forEver = [&begun](Reader &reader) -> Result<qint64> {
            while (true) {
                const auto slice = reader.searchMessages(u"nothing of the kind"_s, 0, 3'000);
                begun = true;
                if (!slice)
                    return fail(slice.error());
            }
        };
        const auto stop = std::make_shared<ScanStop>();
        auto given = store->scan(forEver, stop);
        auto other = store->scan(
            [&ended](Reader &reader) -> Result<qint64> {
                while (!ended)
                    if (const auto slice = reader.searchMessages(u"nothing of the kind"_s, 0, 3'000); !slice)
                        return fail(slice.error());
                return reader.messageCount();
            },
            std::make_shared<ScanStop>());
        QTRY_VERIFY(begun);
        for (int i = 0; i < 2'000 && !given.isFinished(); ++i) {
            stop->stop(); // it may be between two questions
            QThread::msleep(1);
        }
        QVERIFY(!wait(given));
        ended = true;
        QCOMPARE(*wait(other), 3'000);
        // Given up before it began.
        const auto late = std::make_shared<ScanStop>();
        late->stop();
        const auto never = wait(store->scan([](Reader &reader) { return reader.messageCount(); }, late));
        QCOMPARE(int(never.error().kind), int(Error::Kind::Cancelled));
    }
    void idsAreUniqueInTheirThreadOnly()
    {
        const auto store = fresh();
        Objects o;
        for (const QString &t : {u"a"_s, u"b"_s}) {
            o.messages.push_back(message(u"1"_s, t, 10, u"user"_s));
            o.messages.back().fileIds = {u"file_of_"_s + t};
            o.runs.push_back(run(u"1"_s, t, t == u"a"_s ? 11 : 12));
            o.steps.push_back({});
            RunStep &step = o.steps.back();
            step.id = u"1"_s;
            step.runId = u"1"_s;
            step.threadId = t;
            step.raw = "{\"id\":\"step of " + t.toUtf8() + "\"}";
        }
        put(*store, o);
        put(*store, o); // and again, as every sync does
        for (const QString &t : {u"a"_s, u"b"_s}) {
            settle(*store, t);
            const ThreadRow row = threadRow(*store, t);
            QCOMPARE(row.messages.value(), 1);
            QCOMPARE(row.runs.value(), 1);
            const auto steps =
                wait(store->read([t](Reader &r) { return r.steps(**r.keyOf(RowKind::Runs, u"1"_s, t)); }));
            QCOMPARE(steps->front().step.id, u"step of "_s + t);
            const auto contents = wait(store->read([t](Reader &r) { return r.threadContents(t); }));
            QCOMPARE(contents->fileIds, QStringList{u"file_of_"_s + t});
        }
        QCOMPARE(*wait(store->read([](Reader &r) { return r.count(RowKind::Runs); })), 2);
    }
    void usageOfAThreadWhereNoRunTells()
    {
        const auto store = fresh();
        Objects o;
        Thread t;
        t.id = u"t"_s;
        t.createdAt = 1'788'300'000'000;
        t.model = u"gpt-4o"_s;
        t.usage = Usage{1'000'000, 0, {}, {}, {}};
        t.raw = "{}";
        o.threads = {t};
        o.runs = {run(u"r1"_s, u"t"_s, 11)};
        o.runs[0].usage.reset();
        put(*store, o);
        settle(*store, u"t"_s);
        ThreadRow row = threadRow(*store, u"t"_s);
        QCOMPARE(row.cost.known.pico, 2'500'000'000'000); // $2.50 a million
        QCOMPARE(row.cost.unknownRuns, 0);
        const auto overview = [&] {
            return *wait(store->read([](Reader &r) { return r.overview(1'788'400'000'000); }));
        };
        QCOMPARE(overview().total.known.pico, 2'500'000'000'000);
        QCOMPARE(overview().models.front().name, u"gpt-4o"_s);
        o.threads.clear();
        o.runs[0].usage = Usage{1'000, 0, {}, {}, {}}; // now a run tells: it counts, and nothing twice
        put(*store, o);
        settle(*store, u"t"_s);
        row = threadRow(*store, u"t"_s);
        QCOMPARE(row.cost.known.pico, 2'500'000'000);
        QCOMPARE(overview().total.known.pico, 2'500'000'000);
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
            s.threadId = u"t"_s;
            s.type = u"tool_calls"_s;
            s.toolCalls = 2;
            s.usage = Usage{1000, 250, {}, {}, {}};
            s.raw = "{}";
            o.steps.push_back(s);
        }
        put(*store, o);
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
        Price price;
        price.rates = {1'000'000, 0, {}, {}};
        price.source = u"me"_s;
        price.own = true;
        mine.prices.push_back(price);
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
        const auto store = wait(Store::open(path, &test::assistants(), m_prices));
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
        const auto store = wait(Store::open(path, &test::assistants(), m_prices));
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
    void aStoreOfVersion1KeepsEverything()
    {
        const QString path = m_folder.filePath(u"v1.sqlite"_s);
        QFile fixture(QStringLiteral(BOBBIN_FIXTURES "/store-v1.sql"));
        QVERIFY(fixture.open(QIODevice::ReadOnly));
        {
            auto db = Database::open(path, Database::Mode::ReadWrite);
            const Done made = (*db)->execute(QString::fromUtf8(fixture.readAll()));
            QVERIFY2(made, made ? "" : qPrintable(made.error().message));
        }
        const auto store = wait(Store::open(path, &test::assistants(), m_prices));
        QVERIFY2(store, store ? "" : qPrintable(store.error().message));
        const auto steps =
            wait((*store)->read([](Reader &r) { return r.steps(**r.keyOf(RowKind::Runs, u"run_1"_s)); }));
        QCOMPARE(int(steps->size()), 2);
        QCOMPARE(steps->at(0).step.raw, QByteArray("{\"id\":\"step_1\"}"));
        QCOMPARE(steps->at(1).step.id, u"step_2"_s);
        const ThreadRow row = threadRow(**store, u"thread_1"_s);
        QCOMPARE(row.runs.value(), 1);
        QCOMPARE(row.cost.known.pico, 10'000'000'000);
        // Where its lists go on was said by the newest ids.
        const auto places = wait((*store)->read([](Reader &r) { return r.places(u"thread_1"_s); }));
        QCOMPARE(places->lists.value(Resource::Runs), ListToken("run_1"));
    }
    // What columns hold of raw JSON comes back where an older Bobbin, which did not derive it, wrote the store; and a
    // record that is damaged stops nothing.
    void whatIsDerivedIsMadeAnew()
    {
        const auto json = [](const char *text) { return QByteArray(text).replace('\'', '"'); };
        const QString path = m_folder.filePath(u"derived.sqlite"_s);
        const auto open = [&] { return *wait(Store::open(path, &test::assistants(), m_prices)); };
        const auto look = [](Store &store) {
            const auto rows =
                wait(store.read([](Reader &r) { return r.rows<RunRow>({**r.keyOf(RowKind::Runs, u"run_1"_s)}); }));
            Ledger ledger;
            const auto done = wait(store.read([&](Reader &r) { return r.readLedger(ledger); }));
            const RunFact &fact = ledger.threads.front().runs.front();
            return std::tuple(rows->front().context, rows->front().toolRounds, fact.repeats, fact.outputs,
                              bool(done) && ledger.configs.contains(fact.config));
        };
        const auto decoded = [](Resource resource, const QByteArray &raw) {
            return *test::assistants().readItem(resource, {.thread = u"thread_1"_s, .run = u"run_1"_s, .store = {}},
                                                raw);
        };
        const QByteArray call =
            json("{'type':'function','function':{'name':'find','arguments':'a=1','output':'12345678'}}");
        const auto before = [&] {
            const auto store = open();
            auto objects = std::make_shared<Objects>(decoded(
                Resource::Runs,
                json("{'id':'run_1','thread_id':'thread_1','created_at':1700000000,'status':'completed','model':'gpt-"
                     "4o','instructions':'Be "
                     "short.','max_prompt_tokens':9000,'usage':{'prompt_tokens':3000,'completion_tokens':10}}")));
            wait(store->put(objects));
            std::vector<RunStep> steps;
            for (const QByteArray &raw :
                 {QByteArray(json("{'id':'step_1','created_at':1700000001,'type':'tool_calls','usage':{'prompt_tokens':"
                                  "1000,'completion_tokens':5},'step_details':{'type':'tool_calls','tool_calls':[") +
                             call + "," + call + "]}}"),
                  QByteArray(json("{'id':'step_2','created_at':1700000002,'type':'message_creation','usage':{'prompt_"
                                  "tokens':2000,'completion_tokens':5},'step_details':{'type':'message_creation','"
                                  "message_creation':{'message_id':'m'}}}"))})
                steps.push_back(decoded(Resource::Steps, raw).steps.front());
            wait(store->write([steps](Writer &writer) {
                writer.putSteps(u"thread_1"_s, u"run_1"_s, steps);
                writer.settleThread(u"thread_1"_s);
            }));
            return look(*store);
        }();
        QCOMPARE(std::get<0>(before), (Context{1'000, 2'000, false}));
        QCOMPARE(std::get<1>(before), 1);
        QCOMPARE(std::get<2>(before), 1);
        QCOMPARE(std::get<3>(before), 4);
        QVERIFY(std::get<4>(before));
        const auto forget = [&](const QString &more) {
            auto db = Database::open(path, Database::Mode::ReadWrite);
            QVERIFY((*db)->execute(u"UPDATE run SET told=NULL, rounds=NULL, outputs=NULL, repeats=NULL, config=NULL; "
                                   "DELETE FROM run_config; DELETE FROM meta WHERE key='derived'; "_s +
                                   more));
        };
        forget({});
        QVERIFY(look(*open()) == before);
        forget(u"UPDATE raw SET data=x'00' WHERE kind=3"_s);
        const auto damaged = look(*open());
        QCOMPARE(std::get<0>(damaged), std::get<0>(before));
        QVERIFY(!std::get<4>(damaged));
    }
    // A thread that tells usage itself, of a model without a price, is no reason not to open.
    void threadUsageWithoutAPrice()
    {
        const auto store = *wait(Store::open(m_folder.filePath(u"unpriced.sqlite"_s), &test::assistants(), m_prices));
        auto objects = std::make_shared<Objects>();
        Thread thread;
        thread.id = u"thread_u"_s;
        thread.model = u"nobody's"_s;
        thread.usage = Usage{10, 1, {}, {}, {}};
        thread.raw = "{}";
        objects->threads.push_back(thread);
        wait(store->put(objects));
        QVERIFY(wait(store->write([](Writer &writer) { writer.settleThread(u"thread_u"_s); })));
        const ThreadRow row = threadRow(*store, u"thread_u"_s);
        QCOMPARE(row.cause, Cause::None);
        QCOMPARE(row.cost.unknownRuns, 1);
    }
    void aJournalInOneDialectBecomesNeutral()
    {
        const QString path = m_folder.filePath(u"j3.sqlite"_s);
        QFile fixture(QStringLiteral(BOBBIN_FIXTURES "/journal-v3.sql"));
        QVERIFY(fixture.open(QIODevice::ReadOnly));
        {
            auto db = Database::open(Store::journalFile(path), Database::Mode::ReadWrite);
            const Done made = (*db)->execute(QString::fromUtf8(fixture.readAll()));
            QVERIFY2(made, made ? "" : qPrintable(made.error().message));
        }
        const auto store = wait(Store::open(path, &test::assistants(), m_prices));
        QVERIFY2(store, store ? "" : qPrintable(store.error().message));
        const auto targets = wait((*store)->read([](Reader &r) { return r.targets(1, {}, 0, 0); }));
        QVERIFY2(targets, targets ? "" : qPrintable(targets.error().message));
        QCOMPARE(int(targets->size()), 2);
        const std::vector<Step> &steps = targets->at(0).target.steps;
        QCOMPARE(int(steps.size()), 6);
        QCOMPARE(steps[0].body["messages"_L1].toInt(), 3); // what was neutral stays
        const NewMessage summary{u"assistant"_s, {{NewPart::Kind::Text, u"Summary"_s, {}}}, {}, {}};
        const NewMessage pictures{u"user"_s,
                                  {{NewPart::Kind::Text, u"See"_s, {}},
                                   {NewPart::Kind::ImageFile, u"file_2"_s, u"low"_s},
                                   {NewPart::Kind::ImageUrl, u"https://x/y.png"_s, {}}},
                                  {{u"file_3"_s, {u"file_search"_s}}},
                                  {{u"k"_s, u"v"_s}}};
        const NewThread thread{
            {summary, pictures}, {{u"vs_1"_s}, {u"file_1"_s}, {}}, {{u"rotated_from"_s, u"thread_1"_s}}};
        QVERIFY(threadFromJson(steps[1].body) == thread);
        QCOMPARE(steps[2].body["before"_L1].toInt(), 2);
        QCOMPARE(messageFromJson(steps[2].body["message"_L1].toObject()).text(), u"More"_s);
        QVERIFY(storeFromJson(steps[3].body) ==
                (NewStore{u"Shop"_s, {{u"m"_s, u"1"_s}}, Expiry{u"last_active_at"_s, 7}}));
        const std::vector<NewStoreFile> files{{u"file_1"_s, {{u"attributes"_s, QJsonObject{{u"lang"_s, u"it"_s}}}}}};
        QVERIFY(storeFilesFromJson(steps[4].body["files"_L1].toArray()) == files);
        QVERIFY(toolOutputsFromJson(steps[5].body["outputs"_L1].toArray()) ==
                (std::vector<ToolOutput>{{u"call_1"_s, u"42"_s}}));
    }
    void aTrainedDictionaryTakesOver()
    {
        const auto store = fresh();
        Objects o;
        for (int i = 0; i < 200; ++i)
            o.runs.push_back(run(u"run_%1"_s.arg(i * 7919), u"t"_s, 10 + i));
        put(*store, o);
        const auto reopened = [&] { return *wait(Store::open(store->path(), &test::assistants(), m_prices)); };
        const auto again = reopened();
        Objects more;
        more.runs = {run(u"run_x"_s, u"t"_s, 900)};
        put(*again, more);
        for (const QString &id : {u"run_0"_s, u"run_%1"_s.arg(150 * 7919), u"run_x"_s}) {
            const auto raw =
                wait(again->read([id](Reader &r) { return r.raw(Resource::Runs, **r.keyOf(RowKind::Runs, id)); }));
            QVERIFY2(raw && raw->contains(id.toUtf8()), qPrintable(id));
        }
    }
    void searchesTheTextOfMessages()
    {
        const auto store = fresh();
        Objects o;
        for (int i = 0; i < 250; ++i) {
            Message m = message(u"m%1"_s.arg(i), u"t"_s, 10 + i, u"user"_s);
            const QByteArray text = i == 7 ? "Die \\u00dcbergabe am M\xc3\xb6"
                                             "belhaus \u2014 \xe8\xae\xa2\xe5\x8d\x95"
                                           : "nothing of note";
            m.raw = "{\"id\":\"" + m.id.toUtf8() +
                "\",\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":{\"value\":\"" + text + "\"}}]}";
            o.messages.push_back(m);
        }
        put(*store, o);
        const auto search = [&](const QString &text) {
            std::vector<MessageHit> hits;
            RowKey before = 0;
            do { // a stretch at a time, as the page does
                const auto slice =
                    wait(store->read([text, before](Reader &r) { return r.searchMessages(text, before, 100); }));
                hits.insert(hits.end(), slice->hits.begin(), slice->hits.end());
                before = slice->next;
            } while (before != 0);
            return hits;
        };
        for (const QString &text : {u"übergabe"_s, u"möbelhaus"_s, u"订单"_s}) {
            const auto hits = search(text);
            QCOMPARE(hits.size(), std::size_t(1));
            QCOMPARE(hits[0].messageId, u"m7"_s);
            QCOMPARE(hits[0].threadId, u"t"_s);
            QVERIFY(hits[0].snippet.contains(text, Qt::CaseInsensitive));
        }
        QCOMPARE(search(u"nothing of note"_s).size(), std::size_t(249));
        QVERIFY(search(u"instead"_s).empty());
        QCOMPARE(
            **wait(store->read([](Reader &r) { return r.messageIndex(**r.keyOf(RowKind::Threads, u"t"_s), u"m7"_s); })),
            7);
    }
    void threadsWithoutAPriceAreNotTheCheapest()
    {
        const auto store = fresh();
        Objects o;
        o.runs = {run(u"r1"_s, u"priced"_s, 11), run(u"r2"_s, u"unpriced"_s, 12)};
        o.runs[1].model = u"nobody-knows"_s;
        put(*store, o);
        settle(*store, u"priced"_s);
        settle(*store, u"unpriced"_s);
        for (const bool descending : {false, true}) {
            RowQuery q;
            q.sort = "cost";
            q.descending = descending;
            const auto first = wait(store->read([q](Reader &r) -> Result<QString> {
                const auto keys = r.keys(RowKind::Threads, q);
                return (*r.rows<ThreadRow>({keys->keys.front()})).front().id;
            }));
            QCOMPARE(*first, u"priced"_s);
        }
    }
    void whatFailsTogetherIsTriedAlone()
    {
        const auto store = fresh();
        const auto other = *Database::open(store->path(), Database::Mode::ReadWrite);
        QVERIFY(other->execute(u"CREATE TRIGGER refuse BEFORE INSERT ON meta WHEN NEW.key='bad' "
                               "BEGIN SELECT RAISE(FAIL, 'refused'); END"_s));
        // Held back by the first write, the three are committed together: the bad one must not take the others along.
        QSemaphore started, held;
        auto first = store->write([&](Writer &) {
            started.release();
            held.acquire();
        });
        started.acquire();
        Objects good;
        good.runs = {run(u"r1"_s, u"t"_s, 11)};
        auto a = store->put(std::make_shared<const Objects>(good));
        auto bad = store->write([](Writer &w) { w.setMeta(u"bad"_s, u"x"_s); });
        good.runs = {run(u"r2"_s, u"t"_s, 12)};
        auto b = store->put(std::make_shared<const Objects>(good));
        held.release();
        QVERIFY(wait(first));
        QVERIFY(wait(a));
        QVERIFY(!wait(bad));
        QVERIFY(wait(b));
        QCOMPARE(*wait(store->read([](Reader &r) { return r.count(RowKind::Runs); })), 2);
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
        const auto store = wait(Store::open(path, &test::assistants(), m_prices));
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
