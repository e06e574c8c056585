// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every provider, whatever its dialect: those that are registered, and a toy that was made to be
// awkward.
#include "models/archive/archive.h"
#include "models/importers/importfile.h"
#include "models/plans/cleanupplan.h"
#include "models/plans/rotateplan.h"
#include "tests/support/langgraphserver.h"
#include "tests/support/operationbench.h"
#include "tests/support/toyprovider.h"
#include "tests/support/toyserver.h"

#include <QCryptographicHash>
#include <QTemporaryDir>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const ToyProvider toy;

std::vector<const Provider *> everyProvider()
{
    std::vector<const Provider *> all = allProviders();
    all.push_back(&toy);
    return all;
}

std::vector<ListRef> listsOf(const Provider &provider)
{
    std::vector<ListRef> all = provider.workspaceLists();
    for (const ListRef &ref : provider.threadLists(u"t"_s))
        all.push_back(ref);
    for (const ListRef &ref : provider.runLists(u"t"_s, u"r"_s))
        all.push_back(ref);
    return all;
}

struct OneChange {
    Feature needs;
    Change change;
};

std::vector<OneChange> everyChange()
{
    const NewMessage message{u"user"_s, {{NewPart::Kind::Text, u"hi"_s, {}}}, {}, {}};
    return {{Feature::CreateThreads, change::CreateThread{{{message}, {}, {{u"graph_id"_s, u"g"_s}}}}},
            {Feature::CreateThreads, change::AddMessage{u"t"_s, message}},
            {Feature::CreateThreads, change::EditThread{u"t"_s, Metadata{{u"k"_s, u"v"_s}}, {}}},
            {Feature::DeleteThreads, change::DeleteThread{u"t"_s}},
            {Feature::CancelRuns, change::CancelRun{u"t"_s, u"r"_s}},
            {Feature::AnswerTools, change::SubmitToolOutputs{u"t"_s, u"r"_s, {{u"c"_s, u"42"_s}}}},
            {Feature::Consolidate, change::EditAssistant{u"a"_s, {}}},
            {Feature::Consolidate, change::CreateStore{{u"s"_s, {}, {}}}},
            {Feature::Consolidate, change::EditStore{u"s"_s, {}}},
            {Feature::Consolidate, change::AddStoreFiles{u"s"_s, {{u"f"_s, {}}}}},
            {Feature::Consolidate, change::AddStoreFile{u"s"_s, {u"f"_s, {}}}},
            {Feature::Consolidate, change::RemoveStoreFile{u"s"_s, u"f"_s}},
            {Feature::Consolidate, change::DeleteStore{u"s"_s}},
            {Feature::DeleteFiles, change::DeleteFile{u"f"_s}},
            {Feature::WriteSummary, change::Complete{u"m"_s, u"sum up"_s, u"text"_s}}};
}

const QByteArrayList rubbish{"",
                             "{",
                             "null",
                             "[]",
                             "{}",
                             "[1,2]",
                             "\"text\"",
                             "<html><body>Sign in</body></html>",
                             "{\"data\":{}}",
                             "{\"rows\":7}",
                             "{\"data\":[null,1,\"x\",{},[]],\"rows\":[null,1,{}]}",
                             "{\"id\":{\"a\":[1]},\"key\":[],\"metadata\":\"no map\",\"content\":3}",
                             "\xff\xfe\x00{",
                             QByteArray(3'000, '[')};

} // namespace

class TestProviders : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    static void each() // a row for every provider
    {
        QTest::addColumn<int>("which");
        int i = 0;
        for (const Provider *provider : everyProvider())
            QTest::newRow(qPrintable(provider->id())) << i++;
    }
    static const Provider &current()
    {
        QFETCH(int, which);
        return *everyProvider()[std::size_t(which)];
    }

    // A server that speaks the provider's dialect, and a synced store; none where that server cannot be had.
    QString m_problem;
    struct Place {
        std::unique_ptr<ToyServer> toyServer;
        std::unique_ptr<LangGraphServer> langGraph;
        Bench bench;
    };
    std::unique_ptr<Place> place(const Provider &provider)
    {
        auto at = std::make_unique<Place>();
        Bench &b = at->bench;
        b.provider = &provider;
        if (provider.id() == "toy"_L1) {
            at->toyServer = std::make_unique<ToyServer>(5);
            b.url = at->toyServer->url();
        } else if (provider.id() == "langgraph"_L1) {
            at->langGraph = std::make_unique<LangGraphServer>();
            m_problem = at->langGraph->start();
            if (!m_problem.isEmpty()) {
                if (!at->langGraph->skipped())
                    qFatal("%s", qPrintable(m_problem));
                return nullptr;
            }
            b.url = at->langGraph->url();
            for (int i = 0; i < 5; ++i) {
                const QString id = at->langGraph->thread();
                at->langGraph->say(id, u"hello from %1"_s.arg(i));
                at->langGraph->say(id, u"a tool, 6 rounds"_s);
                at->langGraph->say(id, u"a tool, 6 rounds"_s); // more than a page
            }
        } else {
            demo::DemoOptions options = bulk(5, 2, 1, 4);
            if (provider.id() == "foundry-agents"_L1)
                options.protocol = demo::Protocol::Foundry;
            b.host = std::make_unique<demo::DemoHost>(options);
        }
        b.open(m_folder.filePath(u"s%1.sqlite"_s.arg(++m_number)));
        return at;
    }

private Q_SLOTS:
    void hasAName_data() { each(); }
    void hasAName()
    {
        const Provider &provider = current();
        QVERIFY(!provider.id().isEmpty() && !provider.name().isEmpty());
        int same = 0;
        for (const Provider *other : everyProvider())
            same += other->id() == provider.id() ? 1 : 0;
        QCOMPARE(same, 1);
        QVERIFY(provider.capabilities().messageCharacters > 0);
    }
    void anAddressTellsTheProvider()
    {
        QCOMPARE(likeliestProvider(u"https://one.services.ai.azure.com/api/projects/p"_s).id(), u"foundry-agents"_s);
        QCOMPARE(likeliestProvider(u"http://127.0.0.1:9/api/projects/demo"_s).id(), u"foundry-agents"_s);
        for (const QString &url : {u"https://api.example.com/v1"_s, u"https://host/openai"_s, u"rubbish"_s, u""_s})
            QCOMPARE(likeliestProvider(url).id(), u"assistants-v2"_s);
    }
    void anUnknownProviderIsAnError()
    {
        for (const Provider *provider : allProviders())
            QCOMPARE(*providerById(provider->id()), provider);
        for (const QString &id : {u""_s, u"toy"_s, u"assistants-v3"_s}) {
            const auto found = providerById(id);
            QVERIFY(!found);
            QCOMPARE(int(found.error().kind), int(Error::Kind::Input));
            QVERIFY(found.error().message.contains(defaultProviderId()));
        }
    }
    // An object that other programs read in another way than we do keeps nothing either.
    void noSecretOfAnAwkwardObjectIsKept()
    {
        const QByteArray server = R"({"type":"mcp","headers":{"Authorization":"hush-hush"}})";
        for (const QByteArray &fields : {R"("tools":[)" + server + "]", R"("tools":[],"tools":[)" + server + "]",
                                         R"("tools":[)" + server + R"(],"instructions":")" + "\xff" + R"(")",
                                         QByteArray(server).replace("mcp", R"(\u006dcp)").prepend(R"("tools":[)") + "]",
                                         R"("tool_resources":{},"tool_resources":{"mcp":[)" + server + "]}"})
            for (const QString &id : {u"assistants-v2"_s, u"foundry-agents"_s}) {
                const Result<Page> page =
                    (*providerById(id))
                        ->readPage(
                            {Resource::Assistants, {}}, {},
                            R"({"object":"list","has_more":false,"data":[{"id":"a","object":"assistant","created_at":1,)" +
                                fields + "}]}");
                QVERIFY(page);
                QVERIFY2(page->objects.assistants.size() + page->problems.size() == 1, fields);
                for (const Assistant &assistant : page->objects.assistants)
                    QVERIFY2(!assistant.raw.contains("hush-hush"), assistant.raw);
            }
    }
    void asksForLists_data() { each(); }
    void asksForLists()
    {
        const Provider &provider = current();
        QVERIFY(!provider.workspaceLists().empty() && !provider.threadLists(u"t"_s).empty());
        QSet<QByteArray> seen;
        for (const ListRef &ref : listsOf(provider)) {
            const Request request = provider.list(ref, {});
            QVERIFY(request.path.startsWith(u'/'));
            QVERIFY(request.mayRepeat()); // reading may be tried again
            const QByteArray what =
                request.method + request.path.toUtf8() + request.query.query().toUtf8() + request.body;
            QVERIFY2(!seen.contains(what), what.constData());
            seen.insert(what);
        }
        QVERIFY(provider.probe().mayRepeat());
    }
    void refusesInWords_data() { each(); }
    void refusesInWords()
    {
        const Provider &provider = current();
        for (const OneChange &one : everyChange()) {
            const QString why = provider.whyNot(one.needs);
            const Result<Request> request = provider.change(one.change);
            QCOMPARE(request.has_value(), why.isEmpty());
            if (request) {
                QVERIFY(request->path.startsWith(u'/') && !request->mayRepeat());
                continue;
            }
            QCOMPARE(int(request.error().kind), int(Error::Kind::NotSupported));
            QVERIFY(request.error().message.endsWith(u'.'));
        }
    }
    void survivesRubbish_data() { each(); }
    void survivesRubbish()
    {
        const Provider &provider = current();
        for (const QByteArray &bytes : rubbish) {
            QVERIFY2(!provider.readProbe(bytes) || bytes == "[]", bytes.constData());
            for (const ListRef &ref : listsOf(provider)) {
                if (const auto page = provider.readPage(ref, {}, bytes))
                    QCOMPARE(page->objects.size(), std::size_t(0));
                if (const auto item = provider.readItem(ref.resource, ref.parent, bytes))
                    QVERIFY2(item->size() == 0, bytes.constData());
            }
            std::ignore = provider.readMessage(bytes);
            std::ignore = provider.readStep(bytes);
            std::ignore = provider.readRequiredAction(bytes);
            std::ignore = provider.readBelongings(bytes);
            std::ignore = provider.readFacts(bytes);
            std::ignore = provider.again(bytes);
            std::ignore = provider.againInStore(bytes);
            std::ignore = provider.peekNext(bytes);
            QVERIFY(!provider.readCompletion(bytes));
            for (const Resource resource : {Resource::Threads, Resource::Messages})
                QCOMPARE(provider.comparable(resource, bytes), provider.comparable(resource, bytes));
        }
    }
    void syncsWhole_data() { each(); }
    void syncsWhole()
    {
        const auto at = place(current());
        if (!at)
            QSKIP(qPrintable(m_problem));
        Bench &b = at->bench;
        const auto first = b.sync();
        QVERIFY2(first, first ? "" : qPrintable(first.error().message));
        QVERIFY2(b.failures.isEmpty(), qPrintable(b.failures.join(u' ')));
        QCOMPARE(first->threads, 5);
        const QString before = b.digest();
        const auto threads =
            wait(b.store->read([](Reader &r) { return r.rows<ThreadRow>(r.keys(RowKind::Threads, {})->keys); }));
        QCOMPARE(int(threads->size()), 5);
        for (const ThreadRow &row : *threads) {
            QVERIFY(!row.gone && row.problem.isEmpty() && row.createdAt);
            QVERIFY(row.messages.value() > 3);
            QVERIFY(row.cost.pricedRuns > 0 && row.cost.known.pico > 0); // whoever tells the usage
            const auto contents = wait(b.store->read([id = row.id](Reader &r) { return r.threadContents(id); }));
            QVERIFY2(contents && contents->notWhole.isEmpty(), qPrintable(contents ? contents->notWhole : QString()));
        }
        QCOMPARE(b.overview().total.known.pico,
                 std::accumulate(threads->begin(), threads->end(), qint64(0),
                                 [](qint64 sum, const ThreadRow &row) { return sum + row.cost.known.pico; }));
        // Once more: nothing is new, and no list is read from its beginning again.
        const auto again = b.sync();
        QVERIFY(again);
        QCOMPARE(b.digest(), before);
        QVERIFY2(again->requests < first->requests, qPrintable(QString::number(again->requests)));
    }
    void archivesComeBack_data() { each(); }
    void archivesComeBack()
    {
        const Provider &provider = current();
        const auto at = place(provider);
        if (!at)
            QSKIP(qPrintable(m_problem));
        Bench &b = at->bench;
        QVERIFY(b.sync());
        const auto idsOf = [](Reader &r) { return r.threadIds({}); };
        const QStringList ids = *wait(b.store->read(idsOf));
        const QString file = m_folder.filePath(u"archive-%1.jsonl.zst"_s.arg(m_number));
        const auto plan = wait(b.workspace->operations().planArchive(ids, file));
        QVERIFY(plan);
        const qint64 operation = run(b, *plan);
        QCOMPARE(row(b, operation).done, 5);
        const auto store = wait(Store::open(m_folder.filePath(u"a%1.sqlite"_s.arg(m_number)), &provider, b.prices));
        const auto count = importFile(file, **store);
        QVERIFY2(count, count ? "" : qPrintable(count.error().message));
        Bench other;
        other.store = *store;
        QCOMPARE(other.digest(), b.digest());
    }
    // Version 1 had no ids beside the objects.
    void anArchiveOfVersion1IsStillRead()
    {
        QByteArray lines =
            R"({"type":"archive","format":"bobbin-archive","version":1,"what":"thread","id":"thread_1","provider":"assistants-v2","written_at":"2026-09-01T10:00:00.000Z"}
{"type":"thread","data":{"id":"thread_1","object":"thread","created_at":1788000000}}
{"type":"message","data":{"id":"msg_1","role":"user","created_at":1788000001,"content":"hi"}}
{"type":"run","data":{"id":"run_1","status":"completed","created_at":1788000002}}
{"type":"step","data":{"id":"step_1","run_id":"run_1","type":"tool_calls"}}
{"type":"referred_thread","data":{"id":"thread_2","object":"thread","created_at":1788000000}}
{"type":"vector_store","data":{"id":"vs_1","object":"vector_store","name":"s"}}
{"type":"vector_store_file","data":{"id":"file_1","vector_store_id":"vs_1","status":"completed"}}
)";
        const QByteArray hash = QCryptographicHash::hash(lines, QCryptographicHash::Sha256).toHex();
        lines += "{\"type\":\"end\",\"lines\":8,\"sha256\":\"" + hash + "\"}\n";
        QFile file(m_folder.filePath(u"v1.jsonl.zst"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(packFrame(lines));
        file.close();
        const auto prices = std::make_shared<const PriceTable>(PriceTable::shipped());
        const auto imported = importIntoStore(file.fileName(), m_folder.filePath(u"v1.sqlite"_s), prices);
        QVERIFY2(imported, imported ? "" : qPrintable(imported.error().message));
        QCOMPARE(imported->count.messages, 1);
        Store &store = *imported->store;
        const auto contents = wait(store.read([](Reader &r) { return r.threadContents(u"thread_1"_s); }));
        QVERIFY2(contents && contents->notWhole.isEmpty(), qPrintable(contents ? contents->notWhole : QString()));
        QCOMPARE(contents->messages.size(), 1);
        QCOMPARE(int(contents->steps.size()), 1);
        // Referred to is not read: nobody knows how many messages it has.
        const auto other =
            wait(store.read([](Reader &r) { return r.rows<ThreadRow>({**r.keyOf(RowKind::Threads, u"thread_2"_s)}); }));
        QVERIFY(!other->front().messages && !other->front().syncedAt);
        const auto held = wait(store.read([](Reader &r) { return r.storeContents({u"vs_1"_s}, {}, {}, {}); }));
        QCOMPARE(int(held->stores.front().files.size()), 1);
    }
    // A file that is none of those that are known is refused in words.
    void otherFilesAreRefused()
    {
        QFile file(m_folder.filePath(u"letter.txt"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("Dear Sir or Madam");
        file.close();
        const auto importer = importerFor(file.fileName());
        QVERIFY(!importer);
        QCOMPARE(int(importer.error().kind), int(Error::Kind::Archive));
        QVERIFY(importer.error().message.contains(u"Bobbin archive"_s));
    }
    // Deleted and made again: the same words, and the mark is gone.
    void whatIsDeletedComesBack_data() { each(); }
    void whatIsDeletedComesBack()
    {
        const auto at = place(current());
        if (!at)
            QSKIP(qPrintable(m_problem));
        Bench &b = at->bench;
        QVERIFY(b.sync());
        const QString id = wait(b.store->read([](Reader &r) { return r.threadIds({}); }))->front();
        const auto words = [&](const QString &thread) {
            return *wait(b.store->read([thread](Reader &r) -> Result<QStringList> {
                QStringList all;
                const auto messages = r.conversation(**r.keyOf(RowKind::Threads, thread), -1, 0);
                for (const MessageContent &message : *messages)
                    all << message.role + u": "_s + message.parts.front().text;
                return all;
            }));
        };
        const QStringList before = words(id);
        const qint64 deleted = run(b, cleanupOf(b, id));
        QVERIFY2(row(b, deleted).done == 1, qPrintable(targets(b, deleted).front().outcome));
        const auto undo = wait(b.workspace->operations().planUndo(deleted));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        const qint64 undone = run(b, *undo);
        const DoneTarget made = targets(b, undone).front();
        QVERIFY2(row(b, undone).done == 1, qPrintable(made.outcome));
        QCOMPARE(words(made.made), before);
        const auto raw = wait(b.store->read(
            [id = made.made](Reader &r) { return r.raw(Resource::Threads, **r.keyOf(RowKind::Threads, id)); }));
        QVERIFY(!current().readBelongings(*raw)->metadata.contains(u"bobbin_step"_s));
    }
};

QTEST_GUILESS_MAIN(TestProviders)
#include "tst_providers.moc"
