// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/prettyjson.h"
#include "models/providers/assistants/assistantsprovider.h"
#include "models/providers/assistants/content.h"
#include "models/wire/pagereader.h"
#include "tests/support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::fixture;

class TestWire : public QObject {
    Q_OBJECT
    AssistantsProvider provider;

    Page page(Resource resource, const QByteArray &bytes, const Parent &parent = {})
    {
        const Result<Page> read = provider.readPage({resource, parent}, {}, bytes);
        if (!read)
            qFatal("%s", qPrintable(read.error().message + read.error().place));
        return *read;
    }
    Page runs(const QByteArray &items) { return page(Resource::Runs, "{\"data\":[" + items + "]}"); }

private Q_SLOTS:
    void everyFixtureReads_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("resource");
        QTest::addColumn<int>("count");
        const auto row = [](const char *name, Resource resource, int count) {
            QTest::newRow(name) << QString::fromLatin1(name) << int(resource) << count;
        };
        row("assistants_list_tools", Resource::Assistants, 1);
        row("doc_assistants_list", Resource::Assistants, 3);
        row("doc_messages_list", Resource::Messages, 2);
        row("messages_list_rich", Resource::Messages, 5);
        row("doc_runs_list", Resource::Runs, 2);
        row("runs_list_all_states", Resource::Runs, 10);
        row("doc_steps_list", Resource::Steps, 1);
        row("steps_list_failed", Resource::Steps, 1);
        row("steps_list_tool_calls", Resource::Steps, 4);
        row("files_list", Resource::Files, 2);
        row("doc_vector_stores_list", Resource::VectorStores, 2);
        row("vector_stores_list", Resource::VectorStores, 3);
        row("vector_store_files_list", Resource::StoreFiles, 2);
        row("doc_vector_store_files_list", Resource::StoreFiles, 2);
    }
    void everyFixtureReads()
    {
        QFETCH(QString, name);
        QFETCH(int, resource);
        QFETCH(int, count);
        const QByteArray bytes = fixture(u"assistants-v2/"_s + name + u".json"_s);
        const Page read = page(Resource(resource), bytes);
        QCOMPARE(int(read.objects.size()), count);
        QVERIFY(read.problems.empty());
    }

    void rawIsByteForByte()
    {
        const QByteArray one = "{ \"id\" : \"run_1\", \"new_field\": [1.0, 2.50, \"é\"] }";
        const Page read = runs(one + " , " + one);
        QCOMPARE(read.objects.runs.size(), 2u);
        QCOMPARE(read.objects.runs[0].raw, one);
    }

    void runsInEveryState()
    {
        const Page read = page(Resource::Runs, fixture(u"assistants-v2/runs_list_all_states.json"_s));
        QSet<int> seen;
        for (const Run &run : read.objects.runs) {
            seen.insert(int(run.status));
            QVERIFY2(run.status != RunStatus::Unknown, qPrintable(run.statusWord));
            if (isActive(run.status))
                QVERIFY2(!run.usage, "an active run has no usage, and that is not 0");
        }
        QCOMPARE(seen.size(), 9);
    }

    void usageUnderEverySpelling_data()
    {
        QTest::addColumn<QByteArray>("usage");
        QTest::addColumn<qint64>("prompt");
        QTest::addColumn<qint64>("cached"); // -1: unknown
        QTest::newRow("assistants")
            << QByteArray(
                   "{\"prompt_tokens\":10,\"completion_tokens\":2,\"prompt_token_details\":{\"cached_tokens\":4}}")
            << 10LL << 4LL;
        QTest::newRow("chat")
            << QByteArray(
                   "{\"prompt_tokens\":10,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4}}")
            << 10LL << 4LL;
        QTest::newRow("responses")
            << QByteArray("{\"input_tokens\":10,\"output_tokens\":2,\"input_tokens_details\":{\"cached_tokens\":4}}")
            << 10LL << 4LL;
        QTest::newRow("no details") << QByteArray("{\"prompt_tokens\":10,\"completion_tokens\":2}") << 10LL << -1LL;
        QTest::newRow("as text") << QByteArray("{\"prompt_tokens\":\"10\",\"completion_tokens\":2.0}") << 10LL << -1LL;
    }
    void usageUnderEverySpelling()
    {
        QFETCH(QByteArray, usage);
        QFETCH(qint64, prompt);
        QFETCH(qint64, cached);
        const Page read = runs("{\"id\":\"r\",\"usage\":" + usage + "}");
        QVERIFY(read.objects.runs[0].usage);
        QCOMPARE(read.objects.runs[0].usage->prompt, prompt);
        QCOMPARE(read.objects.runs[0].usage->completion, 2);
        QCOMPARE(read.objects.runs[0].usage->cached.value_or(-1), cached);
    }
    void missingUsageIsUnknown()
    {
        for (const char *usage : {"null", "{}", "[1]", "\"none\"", "{\"total_tokens\":5}"}) {
            const Page read = runs(QByteArray("{\"id\":\"r\",\"usage\":") + usage + "}");
            QVERIFY2(!read.objects.runs[0].usage, usage);
        }
    }

    void timesInAnyUnit_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<qint64>("ms");
        QTest::newRow("seconds") << QByteArray("1795207010") << 1795207010000LL;
        QTest::newRow("milliseconds") << QByteArray("1795207010123") << 1795207010123LL;
        QTest::newRow("float") << QByteArray("1795207010.5") << 1795207010500LL;
        QTest::newRow("text") << QByteArray("\"1795207010\"") << 1795207010000LL;
        QTest::newRow("iso") << QByteArray("\"2026-11-20T20:36:50Z\"") << 1795207010000LL;
        QTest::newRow("null") << QByteArray("null") << -1LL;
        QTest::newRow("list") << QByteArray("[]") << -1LL;
        QTest::newRow("zero") << QByteArray("0") << -1LL;
        QTest::newRow("huge") << QByteArray("1e300") << -1LL;
    }
    void timesInAnyUnit()
    {
        QFETCH(QByteArray, json);
        QFETCH(qint64, ms);
        const Page read = runs("{\"id\":\"r\",\"created_at\":" + json + "}");
        QCOMPARE(read.objects.runs[0].createdAt.value_or(-1), ms);
    }

    void textAsObjectStringOrArray()
    {
        const char *contents[] = {"\"hi\"", "[{\"type\":\"text\",\"text\":{\"value\":\"hi\"}}]",
                                  "[{\"type\":\"text\",\"text\":\"hi\"}]", "{\"type\":\"text\",\"text\":\"hi\"}"};
        for (const char *content : contents) {
            const Page read =
                page(Resource::Messages,
                     QByteArray("{\"data\":[{\"id\":\"m\",\"role\":\"user\",\"content\":") + content + "}]}");
            QCOMPARE(read.objects.messages[0].text, u"hi"_s);
        }
    }

    // One bad character costs neither the page nor the item; what cannot be read is marked, and the bytes are kept.
    void badCharacters_data()
    {
        QTest::addColumn<QByteArray>("page");
        QTest::addColumn<QString>("text");
        const auto message = [](const QByteArray &text) {
            return QByteArray("{\"data\":[{\"id\":\"a\",\"role\":\"user\",\"content\":\"before\"},{\"id\":\"m\","
                              "\"role\":\"user\",\"content\":\"") +
                text + "\"}]}";
        };
        QTest::newRow("byte order mark") << "\xEF\xBB\xBF" + message("caf\xC3\xA9") << u"café"_s;
        QTest::newRow("Latin-1") << message("caf\xE9!") << u"caf\uFFFD!"_s;
        QTest::newRow("cut UTF-8") << message("caf\xC3") << u"caf\uFFFD"_s;
        QTest::newRow("overlong") << message("\xC0\xAF.") << u"\uFFFD\uFFFD."_s;
        QTest::newRow("lone high surrogate") << message("a\\ud800b") << u"a\uFFFDb"_s;
        QTest::newRow("lone low surrogate") << message("a\\uDC00b") << u"a\uFFFDb"_s;
        QTest::newRow("a pair is none of them") << message("a\\ud83d\\ude00b") << u"a\U0001F600b"_s;
        QTest::newRow("an escaped backslash") << message("a\\\\ud800b") << u"a\\ud800b"_s;
    }
    void badCharacters()
    {
        QFETCH(QByteArray, page);
        QFETCH(QString, text);
        const Page read = this->page(Resource::Messages, page);
        QCOMPARE(read.problems.size(), 0u);
        QCOMPARE(read.objects.messages.size(), 2u);
        const Message &message = read.objects.messages[1];
        QCOMPARE(message.text, text);
        QVERIFY(page.contains(message.raw)); // as the server sent it
        QVERIFY(message.raw.startsWith("{\"id\":\"m\"") && message.raw.endsWith('}'));
        const auto again = assistants::readMessage(message.raw);
        QVERIFY(again);
        QCOMPARE(again->parts.front().text, text);
    }
    void aNumberAsAnId()
    {
        const Page read = runs("{\"id\":17,\"thread_id\":4}");
        QCOMPARE(read.objects.runs[0].id, u"17"_s);
        QCOMPARE(read.objects.runs[0].threadId, u"4"_s);
    }
    void anErrorInAGoodAnswerIsTold()
    {
        const QByteArray bytes = R"({"error":{"message":"The upstream is asleep","code":"asleep"}})";
        for (const Error &error : {provider.readPage({Resource::Runs}, {}, bytes).error(),
                                   provider.readItem(Resource::Threads, {}, bytes).error()}) {
            QCOMPARE(error.message, u"The upstream is asleep"_s);
            QCOMPARE(error.code, u"asleep"_s);
            QCOMPARE(int(error.kind), int(Error::Kind::Server));
        }
    }
    // In our words, with the place.
    void whatIsNoJsonIsToldInOurWords()
    {
        for (const QByteArray &bytes : {QByteArray("{\"data\":[{\"id\":\"a\"},]}"), QByteArray("{\"data\":{}}"),
                                        QByteArray("[1,2"), QByteArray("nonsense"), QByteArray()}) {
            const Result<Page> read = provider.readPage({Resource::Runs}, {}, bytes);
            if (read)
                continue;
            QVERIFY2(!read.error().message.contains(u"JSON element"_s) &&
                         !read.error().message.contains(u"simdjson"_s) && !read.error().message.contains(u"The "_s),
                     qPrintable(read.error().message));
        }
        QCOMPARE(provider.readPage({Resource::Runs}, {}, "{\"data\":{}}").error().place, u"data"_s);
    }
    void usageBeyondReasonSaturates()
    {
        const Page read = runs(R"({"id":"a","usage":{"prompt_tokens":10000000000000,"completion_tokens":1}},)"
                               R"({"id":"b","usage":{"prompt_tokens":1e300,"completion_tokens":18446744073709551615}},)"
                               R"({"id":"c","usage":{"prompt_tokens":-5,"completion_tokens":7}})");
        QCOMPARE(read.objects.runs[0].usage->prompt, mostTokens);
        QVERIFY(read.objects.runs[0].usage->beyondReason());
        QCOMPARE(read.objects.runs[1].usage->completion, mostTokens);
        QCOMPARE(read.objects.runs[2].usage->prompt, 0);
        QVERIFY(!read.objects.runs[2].usage->beyondReason());
    }

    void oneBadItemDoesNotLoseTheOthers()
    {
        const Page read = runs("{\"id\":\"a\"},7,{\"object\":\"thread.run\"},null,{\"id\":\"b\"}");
        QCOMPARE(read.objects.runs.size(), 2u);
        QCOMPARE(read.problems.size(), 3u);
        QCOMPARE(read.problems[1].place, u"data[2].id"_s);
    }

    void brokenPagesSayWhy_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("kind");
        QTest::newRow("empty") << QByteArray() << int(Error::Kind::Decode);
        QTest::newRow("html") << QByteArray("<html></html>") << int(Error::Kind::Decode);
        QTest::newRow("cut") << fixture(u"exports/truncated.json"_s) << int(Error::Kind::Decode);
        QTest::newRow("no list") << QByteArray("{\"ok\":true}") << int(Error::Kind::NotThisProtocol);
        QTest::newRow("data is text") << QByteArray("{\"data\":\"x\"}") << int(Error::Kind::Decode);
        QTest::newRow("number") << QByteArray("7") << int(Error::Kind::Decode);
        QTest::newRow("deep") << QByteArray("{\"data\":") + QByteArray(100'000, '[') << int(Error::Kind::Decode);
    }
    void brokenPagesSayWhy()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, kind);
        const Result<Page> read = provider.readPage({Resource::Runs}, {}, bytes);
        QVERIFY(!read);
        QCOMPARE(int(read.error().kind), kind);
    }

    // Any of a run's fields may be of any type: nothing but the id is needed, and nothing may crash.
    void generatedOddities()
    {
        const QJsonArray source =
            QJsonDocument::fromJson(fixture(u"assistants-v2/runs_list_all_states.json"_s))["data"_L1].toArray();
        const QJsonValue odd[] = {
            QJsonValue(), true, -1, 1e308, u"💥"_s, QJsonArray{1, QJsonObject()}, QJsonObject{{u"a"_s, 1}}};
        QRandomGenerator random(7);
        for (int round = 0; round < 3000; ++round) {
            QJsonObject run = source[random.bounded(int(source.size()))].toObject();
            const QStringList keys = run.keys();
            for (int n = 0; n < 4; ++n)
                if (const QString key = keys[random.bounded(int(keys.size()))]; key != "id"_L1)
                    run[key] = odd[random.bounded(int(std::size(odd)))];
            const QByteArray bytes = QJsonDocument(run).toJson(QJsonDocument::Compact);
            const Page read = runs(bytes);
            QCOMPARE(read.objects.runs.size(), 1u);
            QCOMPARE(read.objects.runs[0].raw, bytes);
        }
    }
    void cutAnywhere()
    {
        const QByteArray whole = fixture(u"assistants-v2/steps_list_tool_calls.json"_s);
        for (qsizetype n = 0; n + 1 < whole.trimmed().size(); n += 7)
            QVERIFY2(!provider.readPage({Resource::Steps}, {}, whole.left(n)), qPrintable(QString::number(n)));
    }

    void stepsWithTheirCalls()
    {
        const Page read = page(Resource::Steps, fixture(u"assistants-v2/steps_list_tool_calls.json"_s));
        const Result<StepContent> functions = assistants::readStep(read.objects.steps[3].raw);
        QVERIFY(functions);
        QCOMPARE(functions->calls.size(), 2u);
        QCOMPARE(functions->calls[0].name, u"lookup_order"_s);
        QVERIFY(functions->calls[0].answered);
        QVERIFY(!functions->calls[1].answered);
        const Result<StepContent> code = assistants::readStep(read.objects.steps[1].raw);
        QVERIFY(code->calls[0].output.contains("20.0"_L1));
        QVERIFY(code->calls[0].output.contains("file-9Xk2LmP4qRs7TvWz"_L1));
    }
    void messagesWithTheirParts()
    {
        const Page read = page(Resource::Messages, fixture(u"assistants-v2/messages_list_rich.json"_s));
        const Result<MessageContent> answer = assistants::readMessage(read.objects.messages[0].raw);
        QCOMPARE(answer->parts.size(), 2u);
        QCOMPARE(answer->parts[0].citations.size(), 2u);
        QCOMPARE(answer->parts[0].citations[0].fileId, u"file-1Ab2Cd3Ef4Gh5Ij6"_s);
        QCOMPARE(int(answer->parts[1].kind), int(ContentPart::Kind::Image));
        QCOMPARE(int(assistants::readMessage(read.objects.messages[2].raw)->parts[0].kind),
                 int(ContentPart::Kind::Refusal));
    }
    void prettyKeepsWhatTheServerSaid()
    {
        QCOMPARE(prettyJson("{\"z\":1.50,\"a\" : [ ],\"m\":{\"t\":\"a \\\"b\\\\ {\\u00e4\"},\"n\":[1,2]}"),
                 u"{\n    \"z\": 1.50,\n    \"a\": [],\n    \"m\": {\n        \"t\": \"a \\\"b\\\\ {\\u00e4\"\n    },\n"
                 "    \"n\": [\n        1,\n        2\n    ]\n}"_s);
        QCOMPARE(prettyJson("not { json"), u"not { json"_s);
        QCOMPARE(prettyJson(""), QString());
    }
    // A later sync goes on behind what will not change any more.
    void aListGoesOnBeforeTheFirstThatIsOpen()
    {
        const ListRef runs{Resource::Runs, {u"t"_s, {}, {}}};
        const auto read = [&](const QByteArray &items, const ListToken &from = {}, bool more = false) {
            return provider.readPage(runs, from,
                                     "{\"data\":[" + items + "],\"has_more\":" + (more ? "true}" : "false}"));
        };
        const auto item = [](const char *id, int at, const char *status) {
            return QByteArray("{\"id\":\"") + id + "\",\"created_at\":" + QByteArray::number(1'700'000'000 + at) +
                ",\"status\":\"" + status + "\"}";
        };
        auto page = read(item("r1", 1, "completed") + "," + item("r2", 2, "queued") + "," + item("r3", 3, "failed"));
        QCOMPARE(page->resume, ListToken("r1"));
        QVERIFY(!page->settled && !page->next);
        page = read(item("r1", 1, "queued"));
        QVERIFY(page->resume.isEmpty() && !page->settled);
        page = read(item("r1", 1, "completed") + "," + item("r2", 2, "failed"), {}, true);
        QCOMPARE(page->resume, ListToken("r2"));
        QVERIFY(page->settled);
        QCOMPARE(*page->next, ListToken("r2"));
        QVERIFY(provider.list(runs, *page->next).query.queryItemValue(u"after"_s) == u"r2"_s);
        // The server lists the newest first whatever it is asked: nothing to go on from, but all pages can be read.
        const QByteArray backwards = item("r2", 2, "completed") + "," + item("r1", 1, "completed");
        page = read(backwards, {}, true);
        QVERIFY(page->resume.isEmpty() && !page->settled);
        QVERIFY(provider.list(runs, *page->next).query.queryItemValue(u"after"_s) == u"r1"_s);
        QVERIFY(read(backwards, *page->next).has_value());
        QVERIFY(!read(backwards, "r0").has_value()); // it was to go on from there
    }
    void theNextCursorIsPeekedOnlyWhereItIsPlain()
    {
        const auto peek = [](const char *json) { return wire::peekCursor(json).value_or(u"-"_s); };
        QCOMPARE(peek("{\"data\":[{\"id\":\"a\"}],\"first_id\":\"a\",\"last_id\":\"b_2\",\"has_more\":true}"),
                 u"b_2"_s);
        QCOMPARE(peek("{\"has_more\": true, \"last_id\" : \"b\" }\n"), u"b"_s);
        QCOMPARE(peek("{\"data\":[],\"last_id\":\"b\",\"has_more\":false}"), u"-"_s);
        QCOMPARE(peek("{\"last_id\":\"b\",\"has_more\":true,\"data\":[{\"id\":\"a\"}]}"), u"-"_s); // too far away
        QCOMPARE(peek("{\"data\":[{\"last_id\":\"x\",\"has_more\":true}]}"), u"-"_s); // an item's own
        QCOMPARE(peek(""), u"-"_s);
    }
};

QTEST_GUILESS_MAIN(TestWire)
#include "tst_wire.moc"
