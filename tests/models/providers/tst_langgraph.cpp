// SPDX-License-Identifier: GPL-3.0-or-later
// LangGraph Agent Server: against the real development server, with graphs of our own (tests/langgraph).
#include "models/plans/cancelplan.h"
#include "models/plans/rotateplan.h"
#include "tests/support/langgraphserver.h"
#include "tests/support/operationbench.h"

#include <QTemporaryDir>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const Provider &langGraph()
{
    return **providerById(u"langgraph"_s);
}

} // namespace

class TestLangGraph : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    LangGraphServer m_server;
    int m_number = 0;

    std::unique_ptr<Bench> bench()
    {
        auto b = std::make_unique<Bench>();
        b->provider = &langGraph();
        b->url = m_server.url();
        b->open(m_folder.filePath(u"s%1.sqlite"_s.arg(++m_number)));
        ExecutorTimes times;
        times.firstPoll = std::chrono::milliseconds(100);
        times.firstRetry = std::chrono::milliseconds(20);
        times.patience = std::chrono::seconds(20);
        b->workspace->operations().executor().hands().times = times;
        return b;
    }
    static RowKey keyOf(Reader &r, const QString &thread) { return **r.keyOf(RowKind::Threads, thread); }
    static ThreadRow threadRow(Bench &b, const QString &id)
    {
        return wait(b.store->read([id](Reader &r) { return r.rows<ThreadRow>({keyOf(r, id)}); }))->front();
    }
    static std::vector<RunRow> runsOf(Bench &b, const QString &thread) // oldest first
    {
        return *wait(b.store->read([thread](Reader &r) {
            RowQuery q;
            q.filter.threadId = thread;
            q.sort = "created";
            q.descending = false;
            return r.rows<RunRow>(r.keys(RowKind::Runs, q)->keys);
        }));
    }
    static std::vector<StepContent> stepsOf(Bench &b, RowKey run)
    {
        return *wait(b.store->read([run](Reader &r) { return r.steps(run); }));
    }
    static QStringList words(Bench &b, const QString &thread)
    {
        return *wait(b.store->read([thread](Reader &r) -> Result<QStringList> {
            QStringList all;
            const auto messages = r.conversation(keyOf(r, thread), -1, 0);
            for (const MessageContent &message : *messages)
                all << message.role + u": "_s + message.parts.front().text;
            return all;
        }));
    }
    void sync(Bench &b, const QStringList &threads = {})
    {
        SyncOptions options;
        options.onlyThreads = threads;
        const auto done = b.sync(options);
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
        QVERIFY2(b.failures.isEmpty(), qPrintable(b.failures.join(u' ')));
        for (const QString &id : threads)
            QVERIFY2(threadRow(b, id).problem.isEmpty(), qPrintable(threadRow(b, id).problem));
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = m_server.start();
        if (m_server.skipped())
            QSKIP(qPrintable(problem));
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    void isFoundByItsProbe()
    {
        QCOMPARE(likeliestProvider(u"http://127.0.0.1:2024"_s).id(), u"langgraph"_s);
        QCOMPARE(likeliestProvider(u"https://x-1.us.langgraph.app"_s).id(), u"langgraph"_s);
        const auto b = bench();
        ApiClient client(b->workspace->connection(), langGraph(), "any");
        const auto bytes = QCoro::waitFor(client.send(langGraph().probe(), makeCancel()));
        QVERIFY(bytes && langGraph().readProbe(*bytes));
        QVERIFY(!langGraph().readProbe("{\"object\":\"list\",\"data\":[]}"));
        // Its ways of saying no.
        const auto gone =
            QCoro::waitFor(client.item(Resource::Threads, u"00000000-0000-4000-8000-000000000000"_s, {}, makeCancel()));
        QCOMPARE(int(gone.error().kind), int(Error::Kind::NotFound));
        const auto wrong = QCoro::waitFor(client.item(Resource::Threads, u"abc"_s, {}, makeCancel()));
        QCOMPARE(int(wrong.error().kind), int(Error::Kind::Rejected));
        QVERIFY2(wrong.error().message.contains(u"thread_id: Invalid uuid"_s), qPrintable(wrong.error().message));
    }
    // The whole of a conversation: what was said, by which run, what each took, every step.
    void readsAThread()
    {
        const QString id = m_server.thread({{u"title"_s, u"Order 42"_s}, {u"tier"_s, u"gold"_s}, {u"n"_s, 7}});
        m_server.say(id, u"hello"_s);
        m_server.say(id, u"a tool, 2 rounds"_s);
        m_server.say(id, u"please fail"_s);
        m_server.say(id, u"ask a human"_s);
        m_server.runs(id, u"/runs/wait"_s,
                      {{u"assistant_id"_s, u"desk"_s}, {u"command"_s, QJsonObject{{u"resume"_s, u"yes"_s}}}});
        const auto b = bench();
        sync(*b);
        const QStringList said{u"user: hello"_s,
                               u"assistant: You said: hello"_s,
                               u"user: a tool, 2 rounds"_s,
                               u"assistant: → lookup_order({\"of\":2,\"round\":1})"_s,
                               u"tool: round 1 of 2: order 42 was shipped"_s,
                               u"assistant: → lookup_order({\"of\":2,\"round\":2})"_s,
                               u"tool: round 2 of 2: order 42 was shipped"_s,
                               u"assistant: Found: round 2 of 2: order 42 was shipped"_s,
                               u"user: please fail"_s,
                               u"user: ask a human"_s,
                               u"assistant: You said \"yes\""_s};
        QCOMPARE(words(*b, id), said);
        const ThreadRow row = threadRow(*b, id);
        QCOMPARE(row.title, u"Order 42"_s);
        QCOMPARE(row.messages, 11);
        QCOMPARE(row.turns, 4);
        const std::vector<RunRow> runs = runsOf(*b, id);
        QCOMPARE(int(runs.size()), 5);
        // Each answer reads 100 tokens a message that was there, writes 20, and had 64 in the cache.
        QCOMPARE(runs[0].usage->prompt, 100);
        QCOMPARE(runs[1].usage->prompt, 300 + 500 + 700);
        QCOMPARE(runs[1].usage->completion, 60);
        QCOMPARE(runs[1].usage->cached, 3 * 64);
        QCOMPARE(runs[1].usage->reasoning, 9);
        QVERIFY(!runs[2].usage && !runs[3].usage); // they asked no model
        QCOMPARE(runs[4].usage->prompt, 1000);
        QCOMPARE(runs[1].model, u"gpt-4.1-mini-2025-04-14"_s);
        const auto cost = b->prices->cost(runs[1].model, runs[1].createdAt, runs[1].usage);
        QVERIFY(cost && cost->pico > 0);
        QCOMPARE(runs[1].cost->pico, cost->pico);
        QCOMPARE(int(runs[2].status), int(RunStatus::Failed));
        QCOMPARE(runs[2].errorCode, u"boom: model overloaded"_s);
        QCOMPARE(int(runs[1].status), int(RunStatus::Completed));
        QCOMPARE(runs[1].steps, 5); // agent and tools in turn
        QCOMPARE(runs[1].toolCalls, 2);
        const std::vector<StepContent> steps = stepsOf(*b, runs[1].key);
        QCOMPARE(steps[1].step.type, u"tool_calls"_s);
        QCOMPARE(steps[1].calls.front().name, u"lookup_order"_s);
        QCOMPARE(steps[1].calls.front().input, u"{\"of\":2,\"round\":1}"_s);
        QCOMPARE(steps[1].calls.front().output, u"round 1 of 2: order 42 was shipped"_s);
        QVERIFY(steps[1].step.createdAt && steps[1].step.endedAt && *steps[1].step.createdAt <= *steps[1].step.endedAt);
        QVERIFY(!steps[0].messageId.isEmpty());
        const std::vector<StepContent> asked = stepsOf(*b, runs[3].key);
        QCOMPARE(int(asked.size()), 1);
        QCOMPARE(asked.front().step.status, u"interrupted"_s);
        QVERIFY(asked.front().calls.front().input.contains(u"May I refund order 42?"_s));
        QCOMPARE(int(stepsOf(*b, runs[4].key).size()), 1); // the same task, carried out by the run that answered
    }
    // Nothing new costs one request a list; what is new comes alone.
    void aLaterSyncGoesOn()
    {
        const QString id = m_server.thread();
        for (int i = 0; i < 12; ++i)
            m_server.say(id, u"a tool, 3 rounds, turn %1"_s.arg(i));
        const auto b = bench();
        sync(*b, {id});
        const QString whole = b->digest();
        QCOMPARE(threadRow(*b, id).messages, 12 * 8);
        QCOMPARE(words(*b, id).front(), u"user: a tool, 3 rounds, turn 0"_s);
        const auto again = b->sync({.onlyThreads = {id}});
        QCOMPARE(again->requests, 2);
        QCOMPARE(b->digest(), whole);
        m_server.say(id, u"hello"_s);
        sync(*b, {id});
        QCOMPARE(threadRow(*b, id).messages, 12 * 8 + 2);
        QCOMPARE(runsOf(*b, id).back().usage->prompt, 9'700);
        const auto fresh = bench();
        sync(*fresh, {id});
        QCOMPARE(words(*fresh, id), words(*b, id));
        QCOMPARE(fresh->digest(), b->digest());
    }
    // A run that is longer than a page of checkpoints stays whole.
    void aLongRunStaysWhole()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"hello"_s);
        m_server.runs(id, u"/runs/wait"_s,
                      {{u"assistant_id"_s, u"desk"_s},
                       {u"input"_s, LangGraphServer::input(u"a tool, 40 rounds"_s)},
                       {u"config"_s, QJsonObject{{u"recursion_limit"_s, 200}}}});
        m_server.say(id, u"bye"_s);
        const auto b = bench();
        sync(*b, {id});
        const std::vector<RunRow> runs = runsOf(*b, id);
        QCOMPARE(int(runs.size()), 3);
        QCOMPARE(runs[1].steps, 81);
        QCOMPARE(runs[1].toolCalls, 40);
        QCOMPARE(threadRow(*b, id).messages, 2 + 82 + 2);
    }
    // Edited and taken out messages are seen, also where they were stored long before.
    void editsAreSeen()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"hello"_s);
        m_server.say(id, u"and again"_s);
        const auto b = bench();
        sync(*b, {id});
        QJsonObject answer = m_server.state(id)["values"_L1]["messages"_L1][1].toObject();
        answer[u"content"_s] = u"I did not say that"_s;
        m_server.runs(id, u"/state"_s, {{u"values"_s, QJsonObject{{u"messages"_s, QJsonArray{answer}}}}});
        m_server.say(id, u"forget the first"_s);
        sync(*b, {id});
        const QStringList said{u"user: hello"_s,
                               u"assistant: I did not say that"_s,
                               u"user: and again"_s,
                               u"assistant: You said: and again"_s,
                               u"user: forget the first"_s,
                               u"assistant: Forgotten."_s};
        QCOMPARE(words(*b, id), said);
        const auto raws = wait(b->store->read([id](Reader &r) { return r.messages(keyOf(r, id), -1, 0); }));
        QCOMPARE(langGraph().readMessage(raws->front().raw)->status, u"removed"_s);
        QVERIFY(langGraph().again(raws->front().raw)->messages.empty());
        const auto fresh = bench();
        sync(*fresh, {id});
        QCOMPARE(words(*fresh, id), said);
    }
    // Tried again by another run: the error stays with the one that had it.
    void aRetryIsNotBlamed()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"fail once"_s);
        m_server.runs(id, u"/runs/wait"_s, {{u"assistant_id"_s, u"desk"_s}, {u"input"_s, QJsonValue::Null}});
        const auto b = bench();
        sync(*b, {id});
        const std::vector<RunRow> runs = runsOf(*b, id);
        QCOMPARE(int(runs.size()), 2);
        QCOMPARE(runs[0].errorCode, u"boom: model overloaded"_s);
        QCOMPARE(stepsOf(*b, runs[0].key).back().step.status, u"failed"_s);
        QCOMPARE(int(runs[1].status), int(RunStatus::Completed));
        QCOMPARE(runs[1].errorCode, QString());
        QCOMPARE(stepsOf(*b, runs[1].key).back().step.status, u"completed"_s);
        QCOMPARE(runs[1].usage->prompt, 100);
    }
    void aRunningRunIsFinishedLater()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"hello"_s);
        const QString run = m_server.begin(id, u"slow 1500"_s);
        QTest::qWait(300);
        const auto b = bench();
        sync(*b, {id});
        QCOMPARE(int(runsOf(*b, id).back().status), int(RunStatus::InProgress));
        QVERIFY(!runsOf(*b, id).back().usage);
        QTRY_COMPARE_WITH_TIMEOUT(
            m_server.ask("GET", u"/threads/%1/runs/%2"_s.arg(id, run)).json["status"_L1].toString(), u"success"_s,
            8'000);
        sync(*b, {id});
        const RunRow done = runsOf(*b, id).back();
        QCOMPARE(int(done.status), int(RunStatus::Completed));
        QCOMPARE(done.usage->prompt, 300);
        QCOMPARE(done.steps, 1);
    }
    // A run on one thread and one that waits behind it: both are cancelled, and the thread is free again.
    void cancels()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"hello"_s);
        m_server.begin(id, u"slow 30000"_s);
        const QString waiting = m_server.begin(id, u"slow 30000"_s);
        QTest::qWait(500);
        const auto b = bench();
        sync(*b, {id});
        const auto plan = wait(b->workspace->operations().planCancelThreads({id}));
        QVERIFY(plan && plan->targets.size() == 2);
        const qint64 done = run(*b, *plan);
        for (const DoneTarget &target : targets(*b, done))
            QVERIFY2(target.state == TargetState::Finished, qPrintable(target.outcome));
        QVERIFY(targets(*b, done).front().outcome.contains(u"cancelled"_s));
        for (const RunRow &row : runsOf(*b, id))
            QVERIFY(!isActive(row.status));
        m_server.say(id, u"are you there"_s);
        sync(*b, {id});
        QCOMPARE(words(*b, id).back(), u"assistant: You said: are you there"_s);
        // The run that never began has no steps: that keeps nothing from being known whole.
        const auto contents = wait(b->store->read([id](Reader &r) { return r.threadContents(id); }));
        QCOMPARE(contents->notWhole, QString());
    }
    // The new thread has the summary, the last messages with their tool calls, the rest of the state; no node runs.
    void rotates()
    {
        const QString id = m_server.thread(
            {{u"title"_s, u"Long one"_s}, {u"n"_s, 7}, {u"x-tenant"_s, u"acme"_s}, {u"session_token"_s, u"t-1"_s}});
        for (int i = 0; i < 5; ++i)
            m_server.say(id, u"Please remember that the number of item %1 is %2."_s.arg(i).arg(i * 1'000 + 17));
        m_server.say(id, u"a tool, once"_s);
        const auto b = bench();
        sync(*b, {id});
        RotateOptions options;
        options.lastMessages = 2; // cuts between a tool's call and its answer
        const auto drafts = wait(b->workspace->operations().draftRotations({id}, options));
        QVERIFY2(drafts, drafts ? "" : qPrintable(drafts.error().message));
        QVERIFY2(drafts->front().target.keptBack.isEmpty(), qPrintable(drafts->front().target.keptBack));
        sync(*b); // a list tells less of a thread: what it leaves out stays
        const qint64 done = run(*b, planRotation(*drafts, options));
        const DoneTarget rotated = targets(*b, done).front();
        QVERIFY2(rotated.state == TargetState::Finished, qPrintable(rotated.outcome));
        const QJsonObject state = m_server.state(rotated.made);
        QCOMPARE(state["next"_L1].toArray().size(), 0);
        const QJsonArray messages = state["values"_L1]["messages"_L1].toArray();
        QCOMPARE(messages.size(), 4);
        QVERIFY(messages[0]["content"_L1].toString().contains(u"Summary"_s));
        QCOMPARE(messages[1]["tool_calls"_L1][0]["name"_L1].toString(), u"lookup_order"_s);
        QCOMPARE(messages[2]["tool_call_id"_L1], messages[1]["tool_calls"_L1][0]["id"_L1]);
        QVERIFY(state["values"_L1]["tickets"_L1]["open"_L1].toInt() > 0);
        const QJsonObject made = m_server.ask("GET", u"/threads/"_s + rotated.made).json["metadata"_L1].toObject();
        QCOMPARE(made["rotated_from"_L1].toString(), id);
        QCOMPARE(made["n"_L1].toInt(), 7);
        QCOMPARE(made["session_token"_L1].toString(), u"t-1"_s); // the app's own: as it was
        QCOMPARE(m_server.ask("GET", u"/threads/"_s + id).json["metadata"_L1]["x-tenant"_L1].toString(), u"acme"_s);
        QVERIFY(made["bobbin_step"_L1].isNull() || made["bobbin_step"_L1].isUndefined());
        QCOMPARE(m_server.ask("GET", u"/threads/"_s + id).json["metadata"_L1]["rotated_to"_L1].toString(),
                 rotated.made);
        m_server.say(rotated.made, u"hello again"_s); // and the conversation goes on
        QCOMPARE(m_server.state(rotated.made)["values"_L1]["messages"_L1].toArray().size(), 6);
        // Taken back: it was used since, so a person has to say so.
        const auto undo = wait(b->workspace->operations().planUndo(done));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        QVERIFY(std::ranges::any_of(undo->targets, [](const PlanTarget &t) { return !t.chosen; }));
    }
    void whatCannotBeRotatedSaysWhy()
    {
        const QString filled = m_server.thread();
        m_server.runs(filled, u"/runs/wait"_s,
                      {{u"assistant_id"_s, u"form"_s}, {u"input"_s, QJsonObject{{u"question"_s, u"why"_s}}}});
        const QString bare = m_server.thread();
        const QString asking = m_server.thread();
        m_server.say(asking, u"ask a human"_s);
        const auto b = bench();
        sync(*b, {filled, bare, asking});
        const auto drafts = wait(b->workspace->operations().draftRotations({filled, bare, asking}, {}));
        QVERIFY(drafts->at(2).target.keptBack.contains(u"waits for a person"_s));
        QVERIFY(drafts);
        QVERIFY(drafts->at(0).target.keptBack.contains(u"no list of messages"_s));
        QVERIFY(drafts->at(1).target.keptBack.contains(u"does not know its graph"_s));
        QCOMPARE(wait(b->workspace->operations().planConsolidation({}, false)).error().message,
                 u"LangGraph has no files and no vector stores."_s);
    }
    // Deleted and made again from its archive: the same messages with the same ids and calls, the same state.
    void whatIsCleanedUpComesBack()
    {
        const QString id = m_server.thread({{u"title"_s, u"Old"_s}, {u"n"_s, 7}});
        m_server.say(id, u"hello"_s);
        m_server.say(id, u"a tool, 2 rounds"_s);
        m_server.say(id, u"forget the first"_s);
        const QJsonObject before = m_server.state(id)["values"_L1].toObject();
        const auto b = bench();
        sync(*b, {id});
        const QStringList said = words(*b, id).mid(1);
        const Plan plan = cleanupOf(*b, id);
        const qint64 deleted = run(*b, plan);
        QVERIFY2(targets(*b, deleted).front().state == TargetState::Finished,
                 qPrintable(targets(*b, deleted).front().outcome));
        QCOMPARE(m_server.ask("GET", u"/threads/"_s + id).status, 404);
        const auto undo = wait(b->workspace->operations().planUndo(deleted));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        const qint64 undone = run(*b, *undo);
        const DoneTarget back = targets(*b, undone).front();
        QVERIFY2(back.state == TargetState::Finished, qPrintable(back.outcome));
        QCOMPARE(words(*b, back.made), said);
        const QJsonObject after = m_server.state(back.made)["values"_L1].toObject();
        QCOMPARE(after["tickets"_L1], before["tickets"_L1]);
        const auto gist = [](const QJsonObject &state) {
            QStringList all;
            for (const QJsonValue message : state["messages"_L1].toArray())
                all << message["id"_L1].toString() + u' ' + message["type"_L1].toString() + u' ' +
                        message["content"_L1].toString() + u' ' + message["tool_call_id"_L1].toString() +
                        QString::number(message["tool_calls"_L1].toArray().size());
            return all;
        };
        QCOMPARE(gist(after), gist(before));
        QCOMPARE(m_server.ask("GET", u"/threads/"_s + back.made).json["metadata"_L1]["n"_L1].toInt(), 7);
    }
    // Woken up between the plan and the deed: spared.
    void whatWokeUpIsSpared()
    {
        const QString id = m_server.thread();
        m_server.say(id, u"hello"_s);
        const auto b = bench();
        sync(*b, {id});
        const Plan plan = cleanupOf(*b, id);
        m_server.begin(id, u"slow 3000"_s);
        const qint64 done = run(*b, plan);
        QVERIFY2(targets(*b, done).front().state == TargetState::Skipped,
                 qPrintable(targets(*b, done).front().outcome));
        QCOMPARE(m_server.ask("GET", u"/threads/"_s + id).status, 200);
    }
    // What callers' headers and an app's settings left in a run is no business of a store or an archive.
    void secretsAreNotKept()
    {
        const QString id = m_server.thread();
        m_server.runs(
            id, u"/runs/wait"_s,
            {{u"assistant_id"_s, u"desk"_s},
             {u"input"_s, LangGraphServer::input(u"hello"_s)},
             {u"config"_s,
              QJsonObject{{u"configurable"_s,
                           QJsonObject{{u"openai_api_key"_s, u"sk-very-secret-1"_s},
                                       {u"mcp"_s,
                                        QJsonArray{QJsonObject{
                                            {u"headers"_s, QJsonObject{{u"Authorization"_s, u"very-secret-2"_s}}}}}},
                                       {u"model"_s, u"gpt-4.1"_s}}}}}});
        const auto b = bench();
        sync(*b, {id});
        const auto raw =
            wait(b->store->read([run = runsOf(*b, id).front().key](Reader &r) { return r.raw(Resource::Runs, run); }));
        QVERIFY(raw->contains("openai_api_key"));
        QVERIFY(!raw->contains("very-secret"));
        QVERIFY(raw->contains(secretMark.toUtf8()));
    }
};

QTEST_GUILESS_MAIN(TestLangGraph)
#include "tst_langgraph.moc"
