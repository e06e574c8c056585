// SPDX-License-Identifier: GPL-3.0-or-later
// Microsoft Foundry Agents (classic): what its dialect has besides, what runs out, and what must not be kept.
#include "models/plans/rotateplan.h"
#include "tests/support/operationbench.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const Provider &foundry()
{
    return **providerById(u"foundry-agents"_s);
}

constexpr auto secret = "demo-mcp-secret";

// What the program has written below a folder, whole.
QByteArray everythingIn(const QString &folder)
{
    QByteArray all;
    QDir dir(folder);
    for (const QFileInfo &info : dir.entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot)) {
        if (info.isDir()) {
            all += everythingIn(info.filePath());
            continue;
        }
        QFile file(info.filePath());
        if (file.open(QIODevice::ReadOnly))
            all += file.readAll();
    }
    return all;
}

} // namespace

class TestFoundry : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    std::unique_ptr<Bench> bench(const std::function<void(demo::DemoOptions &)> &change = {})
    {
        auto b = std::make_unique<Bench>();
        b->provider = &foundry();
        demo::DemoOptions options;
        options.protocol = demo::Protocol::Foundry;
        if (change)
            change(options);
        b->host = std::make_unique<demo::DemoHost>(options);
        QDir(m_folder.path()).mkpath(QString::number(++m_number));
        b->open(file());
        return b;
    }
    QString folder() const { return m_folder.filePath(QString::number(m_number)); }
    QString file() const { return folder() + u"/s.sqlite"_s; }
    static QString furnished(Bench &b) // the thread that has more than OpenAI's protocol knows
    {
        QString id;
        b.host->with([&](demo::DemoServer &server) {
            for (const auto &thread : server.state().threads)
                if (thread->toolResources.contains("mcp"_L1))
                    id = QString::fromLatin1(thread->id);
        });
        return id;
    }

private Q_SLOTS:
    void asksInItsOwnWay()
    {
        const auto b = bench();
        QStringList wrong;
        int files = 0;
        b->host->with([&](demo::DemoServer &server) {
            server.onRequest = [&](const demo::HttpRequest &request) {
                if (request.query.queryItemValue(u"api-version"_s) != "v1"_L1 ||
                    request.headers.contains("openai-beta"))
                    wrong << request.path;
                if (request.path.endsWith("/files"_L1) && !request.path.contains("vector_stores"_L1)) {
                    ++files;
                    if (request.query.hasQueryItem(u"limit"_s))
                        wrong << request.path;
                }
            };
        });
        const auto synced = b->sync();
        b->host->with([&](demo::DemoServer &server) { server.onRequest = {}; });
        QVERIFY2(synced, synced ? "" : qPrintable(synced.error().message));
        QCOMPARE(wrong, QStringList());
        QCOMPARE(files, 1); // the list comes whole
        QCOMPARE(synced->threads, 153);
        // Cached tokens are never told: a cost is what it is at most.
        const Overview all = b->overview();
        QVERIFY(all.total.known.pico > 0);
    }
    void aConnectionsOwnVersionWins()
    {
        Connection c;
        demo::DemoOptions options;
        options.protocol = demo::Protocol::Foundry;
        demo::DemoHost host(options);
        c.baseUrl = host.baseUrl();
        c.provider = foundry().id();
        c.query = {{u"api-version"_s, u"2025-05-01"_s}};
        QStringList versions;
        host.with([&](demo::DemoServer &server) {
            server.onRequest = [&](const demo::HttpRequest &r) {
                versions << r.query.allQueryItemValues(u"api-version"_s);
            };
        });
        ApiClient client(c, foundry(), "any");
        QVERIFY(QCoro::waitFor(client.item(Resource::Threads, u"thread_x"_s, {}, makeCancel())).error().kind ==
                Error::Kind::NotFound);
        host.with([&](demo::DemoServer &server) { server.onRequest = {}; });
        QCOMPARE(versions, QStringList{u"2025-05-01"_s});
    }
    void readsWhatOthersDoNotHave()
    {
        // moc takes two slashes in a raw literal for a comment.
        const auto message = foundry().readMessage(R"({"id":"msg_1","role":"assistant","created_at":1,"content":[
            {"type":"text","text":{"value":"See [1]","annotations":[{"type":"url_citation","text":"[1]",
            "url_citation":{"url":"https:\/\/example.org/a","title":"A"}}]}}],
            "attachments":[{"data_source":{"uri":"azureml:\/\/x","type":"uri_asset"},"tools":[{"type":"file_search"}]}]})");
        QVERIFY(message);
        QCOMPARE(message->parts.front().citations.front().url, u"https://example.org/a"_s);
        QCOMPARE(message->attachments, QStringList{u"azureml://x"_s});
        const auto again = foundry().again(R"({"id":"m","role":"user","content":"hi",
            "attachments":[{"data_source":{"uri":"azureml:\/\/x","type":"uri_asset"},"tools":[{"type":"file_search"}]}]})");
        const auto request = foundry().change(change::AddMessage{u"t"_s, again->messages.front()});
        QVERIFY(request->body.contains("azureml://x"));
        QVERIFY(!request->body.contains("file_id"));
        const auto step = foundry().readStep(R"({"id":"step_1","run_id":"r","type":"tool_calls","step_details":
            {"type":"tool_calls","tool_calls":[{"id":"c1","type":"bing_grounding","bing_grounding":
            {"requesturl":"https:\/\/api.bing.microsoft.com/v7.0/search?q=x"}}]}})");
        QCOMPARE(step->calls.front().type, u"bing_grounding"_s);
        QVERIFY(step->calls.front().input.contains(u"search?q=x"_s));
        const auto whole = foundry().readPage({Resource::Files}, {},
                                              R"({"object":"list","data":[{"id":"assistant-1","object":"file"}]})");
        QVERIFY(whole && !whole->next && whole->objects.files.size() == 1);
    }
    void theGatewaysErrorsAreRead()
    {
        const auto b = bench([](demo::DemoOptions &o) { o.token = "right"; });
        const auto synced = b->sync(); // with "any"
        QVERIFY(!synced);
        QCOMPARE(int(synced.error().kind), int(Error::Kind::Unauthorized));
        QVERIFY(synced.error().message.contains(u"audience is incorrect"_s));
        Connection c;
        c.keyForm = u"api-key"_s;
        QCOMPARE(foundry().authorization(c, "k").first, QByteArray("api-key"));
        QVERIFY(foundry().refine(synced.error(), c, {}).message.contains(u"Entra"_s));
    }
    void whatIsExtraIsShownAndNoSecretIsKept()
    {
        const auto b = bench();
        QVERIFY(b->sync());
        const auto raw = wait(b->store->read(
            [id = furnished(*b)](Reader &r) { return r.raw(Resource::Threads, **r.keyOf(RowKind::Threads, id)); }));
        const auto facts = foundry().readFacts(*raw);
        QVERIFY(facts);
        QString shown;
        for (const auto &[name, value] : facts->settings)
            shown += name + u"="_s + value + u'\n';
        QVERIFY2(shown.contains(u"azure_ai_search="_s) && shown.contains(u"handbook"_s), qPrintable(shown));
        QVERIFY2(shown.contains(secretMark), qPrintable(shown));
        b->workspace.reset();
        b->store.reset();
        QVERIFY(!everythingIn(folder()).contains(secret));
    }
    // The new thread has all that the old one had, its secrets too; nothing on the way has kept them.
    void rotatingCarriesEverything()
    {
        const auto b = bench();
        QVERIFY(b->sync());
        const QString old = furnished(*b);
        RotateOptions options;
        options.deleteOld = true;
        const auto drafts = wait(b->workspace->operations().draftRotations({old}, options));
        QVERIFY2(drafts, drafts ? "" : qPrintable(drafts.error().message));
        const qint64 done = run(*b, planRotation(*drafts, options));
        const std::vector<DoneTarget> ended = targets(*b, done);
        QVERIFY2(ended.front().state == TargetState::Finished, qPrintable(ended.front().outcome));
        const QJsonObject made = threadOf(*b, ended.front().made);
        const QJsonObject resources = made["tool_resources"_L1].toObject();
        QCOMPARE(resources["azure_ai_search"_L1]["indexes"_L1][0]["index_name"_L1].toString(), u"handbook"_s);
        QCOMPARE(resources["mcp"_L1][0]["headers"_L1]["Authorization"_L1].toString(), u"Bearer demo-mcp-secret"_s);
        // Taken back: the old thread returns from the archive, which has no secrets, and says so.
        const auto undo = wait(b->workspace->operations().planUndo(done));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        const qint64 back = run(*b, *undo);
        const DoneTarget restored = targets(*b, back).front();
        QVERIFY2(restored.state == TargetState::Finished, qPrintable(restored.outcome));
        QVERIFY2(restored.outcome.contains(u"MCP"_s), qPrintable(restored.outcome));
        const QJsonObject again = threadOf(*b, restored.made);
        QVERIFY(again["tool_resources"_L1]["azure_ai_search"_L1].isObject());
        QVERIFY(again["tool_resources"_L1]["mcp"_L1][0]["headers"_L1].isUndefined());
        QCOMPARE(again["tool_resources"_L1]["mcp"_L1][0]["server_label"_L1].toString(), u"orders"_s);
        b->workspace.reset();
        b->store.reset();
        QVERIFY(!everythingIn(folder()).contains(secret));
    }
    // Pointing an assistant elsewhere leaves its other resources as they are.
    void repointingKeepsTheRest()
    {
        const auto b = bench();
        QString assistant;
        QString thread;
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            assistant = state.assistants.all().front()["id"_L1].toString();
            thread = QString::fromLatin1(state.threads.front()->id);
            QJsonObject *owner = state.assistants.find(assistant);
            const QString store = state.stores.all().front()["id"_L1].toString();
            QJsonObject resources = (*owner)["tool_resources"_L1].toObject();
            resources.insert(u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}});
            (*owner)[u"tool_resources"_s] = resources;
        });
        QVERIFY(b->sync());
        QString from;
        QString to;
        b->host->with([&](demo::DemoServer &server) {
            from = server.state().stores.all().front()["id"_L1].toString();
            to = server.state().stores.all().back()["id"_L1].toString();
        });
        Plan plan;
        plan.kind = OperationKind::Consolidate;
        PlanTarget target;
        target.id = to;
        target.resource = Resource::VectorStores;
        target.steps = {{Act::RepointAssistant, assistant, {}, {{u"from"_s, QJsonArray{from}}, {u"to"_s, to}}}};
        plan.targets = {target};
        const qint64 done = run(*b, plan);
        QVERIFY2(row(*b, done).done == 1, qPrintable(targets(*b, done).front().outcome));
        b->host->with([&](demo::DemoServer &server) {
            const QJsonObject resources = (*server.state().assistants.find(assistant))["tool_resources"_L1].toObject();
            QCOMPARE(resources["file_search"_L1]["vector_store_ids"_L1][0].toString(), to);
            QCOMPARE(resources["mcp"_L1][0]["headers"_L1]["Authorization"_L1].toString(), u"Bearer demo-mcp-secret"_s);
            QVERIFY(resources["azure_ai_search"_L1].isObject());
        });
    }
    void itsEndIsTold()
    {
        const auto end = foundry().retirement();
        QVERIFY(end && end->date == QDate(2027, 3, 31));
        QVERIFY(!assistants().retirement());
        for (const FeatureLine &line : featureTable(foundry(), std::nullopt))
            QVERIFY(line.works == FeatureLine::Works::Yes || line.why.endsWith(u'.'));
    }
};

QTEST_GUILESS_MAIN(TestFoundry)
#include "tst_foundry.moc"
