// SPDX-License-Identifier: GPL-3.0-or-later
// The demo server's own honesty: what it answers over real HTTP, held against the protocol's rules.
#include "app/demo/demohost.h"
#include "tests/support/testsupport.h"

#include <QEventLoop>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>

using namespace bobbin::demo;
using namespace Qt::Literals::StringLiterals;

class TestDemoServer : public QObject {
    Q_OBJECT
    std::unique_ptr<DemoHost> m_host;
    QNetworkAccessManager m_network;

    struct Got {
        int status = 0;
        QJsonObject json;
        QByteArray requestId;
    };
    Got ask(const QByteArray &method, const QString &path, const QJsonObject &body = {}, bool beta = true,
            const QByteArray &key = "k")
    {
        QNetworkRequest request(QUrl(m_host->baseUrl() + path));
        if (!key.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + key);
        if (beta)
            request.setRawHeader("OpenAI-Beta", "assistants=v2");
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(
            request, method, body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact)));
        QEventLoop loop;
        connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
        loop.exec();
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                QJsonDocument::fromJson(reply->readAll()).object(), reply->rawHeader("x-request-id")};
    }
    Got get(const QString &path) { return ask("GET", path); }
    Got post(const QString &path, const QJsonObject &body = {}) { return ask("POST", path, body); }
    static QByteArray firstRun(DemoServer &server)
    {
        const auto used = std::ranges::find_if(server.state().threads, [](const auto &t) { return !t->runs.empty(); });
        return runJson(**used, (*used)->runs[0]);
    }
    static QString id(const Got &got) { return got.json["id"_L1].toString(); }
    static QString error(const Got &got) { return got.json["error"_L1]["message"_L1].toString(); }

private Q_SLOTS:
    void initTestCase() { m_host = std::make_unique<DemoHost>(DemoOptions()); }

    void headersAreChecked()
    {
        QCOMPARE(ask("GET", u"/assistants"_s, {}, true, {}).status, 401);
        const Got noBeta = ask("GET", u"/assistants"_s, {}, false);
        QCOMPARE(noBeta.status, 400);
        QCOMPARE(noBeta.json["error"_L1]["code"_L1].toString(), u"invalid_beta"_s);
        QCOMPARE(ask("GET", u"/files"_s, {}, false).status, 200);
        QVERIFY(!noBeta.requestId.isEmpty());
    }
    void threadsAreNotListed()
    {
        const Got got = get(u"/threads"_s);
        QCOMPARE(got.status, 401);
        QCOMPARE(got.json["error"_L1]["code"_L1].toString(), u"missing_scope"_s);
    }
    void pagingInBothOrders()
    {
        for (const char *order : {"asc", "desc"}) {
            QStringList ids;
            QString after;
            while (true) {
                const Got page = get(u"/files?limit=7&order=%1&after=%2"_s.arg(QString::fromLatin1(order), after));
                const QJsonArray data = page.json["data"_L1].toArray();
                for (const QJsonValue row : data)
                    ids << row["id"_L1].toString();
                QCOMPARE(page.json["last_id"_L1].toString(), ids.last());
                if (!page.json["has_more"_L1].toBool())
                    break;
                QCOMPARE(data.size(), 7);
                after = ids.last();
            }
            QCOMPARE(ids.size(), 48);
            QCOMPARE(QSet<QString>(ids.begin(), ids.end()).size(), 48);
        }
        QCOMPARE(get(u"/assistants?limit=0"_s).status, 400);
        QCOMPARE(get(u"/assistants?limit=101"_s).status, 400);
        QCOMPARE(get(u"/assistants?order=up"_s).status, 400);
    }
    void aWholeConversationWithAToolCall()
    {
        const QJsonObject function{{u"name"_s, u"weather"_s}, {u"parameters"_s, QJsonObject()}};
        const Got assistant =
            post(u"/assistants"_s,
                 {{u"model"_s, u"gpt-4o"_s},
                  {u"tools"_s, QJsonArray{QJsonObject{{u"type"_s, u"function"_s}, {u"function"_s, function}}}}});
        QCOMPARE(assistant.status, 200);
        const Got thread = post(u"/threads"_s);
        const QString base = u"/threads/"_s + id(thread);
        QCOMPARE(post(base + u"/messages"_s, {{u"role"_s, u"user"_s}, {u"content"_s, u"Weather in Torino?"_s}}).status,
                 200);
        const Got run = post(base + u"/runs"_s, {{u"assistant_id"_s, id(assistant)}});
        QCOMPARE(run.json["status"_L1].toString(), u"queued"_s);
        QVERIFY(run.json["usage"_L1].isNull());
        const QString runPath = base + u"/runs/"_s + id(run);
        // The lock.
        QCOMPARE(error(post(base + u"/messages"_s, {{u"role"_s, u"user"_s}, {u"content"_s, u"x"_s}})),
                 u"Can't add messages to %1 while a run %2 is active."_s.arg(id(thread), id(run)));
        QCOMPARE(error(post(base + u"/runs"_s, {{u"assistant_id"_s, id(assistant)}})),
                 u"Thread %1 already has an active run %2."_s.arg(id(thread), id(run)));
        const auto status = [&] { return get(runPath).json["status"_L1].toString(); };
        QTRY_COMPARE(status(), u"requires_action"_s);
        const QString call =
            get(runPath).json["required_action"_L1]["submit_tool_outputs"_L1]["tool_calls"_L1][0]["id"_L1].toString();
        QCOMPARE(post(runPath + u"/submit_tool_outputs"_s,
                      {{u"tool_outputs"_s,
                        QJsonArray{QJsonObject{{u"tool_call_id"_s, u"call_x"_s}, {u"output"_s, u"1"_s}}}}})
                     .status,
                 400);
        QCOMPARE(
            post(runPath + u"/submit_tool_outputs"_s,
                 {{u"tool_outputs"_s, QJsonArray{QJsonObject{{u"tool_call_id"_s, call}, {u"output"_s, u"sunny"_s}}}}})
                .json["status"_L1]
                .toString(),
            u"queued"_s);
        QTRY_COMPARE(status(), u"completed"_s);
        QVERIFY(get(runPath).json["usage"_L1]["prompt_tokens"_L1].toInt() > 0);
        const QJsonArray steps = get(runPath + u"/steps?order=asc"_s).json["data"_L1].toArray();
        QCOMPARE(steps.size(), 2);
        QCOMPARE(steps[0]["step_details"_L1]["tool_calls"_L1][0]["function"_L1]["output"_L1].toString(), u"sunny"_s);
        QCOMPARE(get(base + u"/messages"_s).json["data"_L1].toArray().size(), 2);
        QCOMPARE(error(post(runPath + u"/cancel"_s)), u"Cannot cancel run with status 'completed'."_s);
        QCOMPARE(ask("DELETE", base).json["deleted"_L1].toBool(), true);
        QCOMPARE(get(base).status, 404);
    }
    void cancelling()
    {
        const Got assistant = post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}});
        const Got thread = post(
            u"/threads"_s, {{u"messages"_s, QJsonArray{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"x"_s}}}}});
        const QString base = u"/threads/"_s + id(thread) + u"/runs"_s;
        const Got run = post(base, {{u"assistant_id"_s, id(assistant)}});
        const QString path = base + u"/"_s + id(run);
        QCOMPARE(post(path + u"/cancel"_s).json["status"_L1].toString(), u"cancelling"_s);
        QTRY_COMPARE(get(path).json["status"_L1].toString(), u"cancelled"_s);
        QVERIFY(get(path).json["cancelled_at"_L1].toInteger() > 0);
    }
    void limitsOfCreation()
    {
        QJsonArray many;
        for (int i = 0; i < 33; ++i)
            many << QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"x"_s}};
        QCOMPARE(post(u"/threads"_s, {{u"messages"_s, many}}).status, 400);
        many.removeLast();
        QCOMPARE(post(u"/threads"_s, {{u"messages"_s, many}}).status, 200);
        QJsonObject metadata;
        for (int i = 0; i < 17; ++i)
            metadata[QString::number(i)] = u"x"_s;
        QCOMPARE(post(u"/threads"_s, {{u"metadata"_s, metadata}}).status, 400);
        QCOMPARE(post(u"/threads"_s,
                      {{u"messages"_s, QJsonArray{QJsonObject{{u"role"_s, u"system"_s}, {u"content"_s, u"x"_s}}}}})
                     .status,
                 400);
        QCOMPARE(post(u"/assistants"_s, {{u"model"_s, u"m"_s}, {u"colour"_s, u"red"_s}}).status, 400);
    }
    void storesIndexTheirFiles()
    {
        const QString file = get(u"/files?limit=1"_s).json["data"_L1][0]["id"_L1].toString();
        const Got store = post(u"/vector_stores"_s, {{u"name"_s, u"n"_s}, {u"file_ids"_s, QJsonArray{file}}});
        const QString path = u"/vector_stores/"_s + id(store);
        QCOMPARE(store.json["status"_L1].toString(), u"in_progress"_s);
        QTRY_COMPARE(get(path).json["status"_L1].toString(), u"completed"_s);
        QVERIFY(get(path).json["usage_bytes"_L1].toInteger() > 0);
        QCOMPARE(get(path + u"/files"_s).json["data"_L1].toArray().size(), 1);
        QCOMPARE(post(path + u"/search"_s, {{u"query"_s, u"paper"_s}}).status, 200);
        const Got batch = post(path + u"/file_batches"_s, {{u"file_ids"_s, QJsonArray{file}}});
        QTRY_COMPARE(get(path + u"/file_batches/"_s + id(batch)).json["status"_L1].toString(), u"completed"_s);
        QCOMPARE(ask("DELETE", path).status, 200);
        QCOMPARE(get(u"/files/"_s + file).status, 200);
    }
    void theSummariserIsDeterministic()
    {
        const QJsonObject ask{
            {u"model"_s, u"gpt-4o-mini"_s},
            {u"messages"_s,
             QJsonArray{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"Maria ordered 88213. She waits."_s}}}}};
        const auto text = [&] {
            return post(u"/chat/completions"_s, ask).json["choices"_L1][0]["message"_L1]["content"_L1].toString();
        };
        QVERIFY(text().contains("88213"_L1));
        QCOMPARE(text(), text());
    }
    void stateIsKeptInAFile()
    {
        QTemporaryDir folder;
        DemoOptions options;
        options.stateFile = folder.filePath(u"state.json"_s);
        QByteArray before;
        QString problem;
        {
            DemoServer server(options);
            QVERIFY2(server.start(&problem), qPrintable(problem));
            QVERIFY(server.save(&problem));
            before = firstRun(server);
        }
        DemoServer server(options);
        QVERIFY2(server.start(&problem), qPrintable(problem));
        QCOMPARE(firstRun(server), before);
        QFile file(options.stateFile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"half\":");
        file.close();
        DemoServer broken(options);
        QVERIFY(!broken.start(&problem));
        QVERIFY(problem.contains("state.json"_L1));
    }
    void faultsParse()
    {
        QString problem;
        const auto fault = parseFault(u"GET /threads/*/runs=status:503*2"_s, &problem);
        QVERIFY(fault);
        QCOMPARE(fault->times, 2);
        QVERIFY(fault->matches("GET", {u"threads"_s, u"t"_s, u"runs"_s}));
        QVERIFY(!fault->matches("POST", {u"threads"_s, u"t"_s, u"runs"_s}));
        for (const char *bad : {"", "/x", "/x=boom", "/x=status:99", "x=hang", "/x=hang*0"})
            QVERIFY2(!parseFault(QString::fromLatin1(bad), &problem), bad);
    }

    // What is said about it on one page agrees with every other.
    void theStoryIsConsistent()
    {
        DemoHost host({});
        host.with([](DemoServer &server) {
            DemoState &state = server.state();
            const qint64 now = QDateTime::currentSecsSinceEpoch();
            for (const auto &thread : state.threads) {
                thread->load();
                const QByteArray id = thread->id;
                qint64 before = thread->created;
                QSet<QByteArray> runs;
                for (const DemoRun &run : thread->runs) {
                    runs.insert(run.id);
                    QVERIFY2(run.created >= thread->created && run.created <= now + 1, id.constData());
                    QVERIFY2(run.created >= before, id.constData());
                    before = run.created;
                    const qint64 ended = std::max({run.completed, run.failed, run.cancelled});
                    QVERIFY2(run.active() || run.status == "expired" || run.status == "incomplete" ||
                                 ended >= run.created,
                             run.id.constData());
                    QVERIFY2(run.active() || run.pendingCalls.isEmpty() || run.status == "expired", run.id.constData());
                    DemoUsage sum{0, 0, -1};
                    for (const DemoStep &step : run.steps) {
                        QVERIFY2(step.created >= run.created && (step.ended == 0 || step.ended >= step.created),
                                 step.id.constData());
                        QVERIFY2(step.usage == run.usage || run.active(), step.id.constData());
                        sum.prompt += step.tokens.prompt;
                        sum.completion += step.tokens.completion;
                    }
                    if (run.active() || !run.usage || run.steps.empty())
                        continue;
                    QVERIFY2(sum.prompt == run.tokens.prompt && sum.completion == run.tokens.completion,
                             qPrintable(u"%1: %2 + %3, its steps %4 + %5"_s.arg(QString::fromLatin1(run.id))
                                            .arg(run.tokens.prompt)
                                            .arg(run.tokens.completion)
                                            .arg(sum.prompt)
                                            .arg(sum.completion)));
                    QVERIFY(run.tokens.cached <= run.tokens.prompt);
                }
                for (const DemoMessage &message : thread->messages) {
                    QVERIFY2(message.created >= thread->created && message.created <= now + 1, message.id.constData());
                    QVERIFY2(message.runId.isEmpty() || runs.contains(message.runId), message.id.constData());
                    if (!message.runId.isEmpty())
                        QCOMPARE(message.created, thread->run(message.runId)->completed);
                }
                for (const QJsonValue store : thread->toolResources["file_search"_L1]["vector_store_ids"_L1].toArray())
                    QVERIFY2(state.stores.find(store.toString()), id.constData());
            }
            for (const QJsonObject &assistant : state.assistants.all())
                for (const QJsonValue store :
                     assistant["tool_resources"_L1]["file_search"_L1]["vector_store_ids"_L1].toArray())
                    QVERIFY(state.stores.find(store.toString()));
            for (const QJsonObject &store : state.stores.all()) {
                qint64 bytes = 0;
                int files = 0;
                for (const QJsonObject &file : state.storeFiles[store["id"_L1].toString()].all()) {
                    bytes += file["usage_bytes"_L1].toInteger();
                    ++files;
                    QVERIFY(state.files.find(file["id"_L1].toString()));
                }
                QCOMPARE(store["usage_bytes"_L1].toInteger(), bytes);
                QCOMPARE(store["file_counts"_L1]["total"_L1].toInt(), files);
            }
        });
    }
};

QTEST_GUILESS_MAIN(TestDemoServer)
#include "tst_demoserver.moc"
