// SPDX-License-Identifier: GPL-3.0-or-later
// The guard in the line: a program asks the demo server through it; a real store and journal, real operations.
#include "models/core/clock.h"
#include "models/gateway/gateway.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QSignalSpy>

using namespace bobbin;
using namespace bobbin::test;
using namespace std::chrono_literals;

class TestGateway : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    Bench m_bench;
    std::unique_ptr<Auditor> m_auditor;
    std::unique_ptr<GuardActs> m_acts;
    std::unique_ptr<Gateway> m_gateway;
    bool m_stopped = false;
    int m_files = 0;
    std::unique_ptr<LiveRuns> m_app; // asks through the gateway

    void open(const GuardPolicy &policy, const QByteArray &token = {})
    {
        m_gateway.reset();
        m_acts = std::make_unique<GuardActs>(*m_bench.workspace, [this] { return !m_stopped; });
        m_gateway =
            std::make_unique<Gateway>(*m_bench.workspace, *m_auditor, *m_acts, policy, [this] { return m_stopped; });
        QSignalSpy listening(m_gateway.get(), &Gateway::listening);
        GatewayOptions options;
        options.token = token;
        m_gateway->start(options);
        QVERIFY(listening.wait(20'000));
        m_app->baseUrl = m_gateway->address();
    }
    void open(GuardRule rule, const RuleSaid &said)
    {
        GuardPolicy policy;
        of(policy, rule) = said;
        open(policy);
    }
    std::vector<GuardRow> rows()
    {
        return *wait(m_bench.store->read([](Reader &r) { return r.guardRows({}); }));
    }
    QString errorCode(const QJsonObject &answer) { return answer["error"_L1]["code"_L1].toString(); }
    std::optional<ThreadRow> threadRow(const QString &id)
    {
        return *wait(m_bench.store->read([&](Reader &r) -> Result<std::optional<ThreadRow>> {
            const auto key = r.keyOf(RowKind::Threads, id);
            if (!key || !*key)
                return std::optional<ThreadRow>();
            return std::optional((*r.rows<ThreadRow>({**key})).front());
        }));
    }
    std::optional<RunRow> runRow(const QString &id)
    {
        return *wait(m_bench.store->read([&](Reader &r) -> Result<std::optional<RunRow>> {
            const auto key = r.keyOf(RowKind::Runs, id);
            if (!key || !*key)
                return std::optional<RunRow>();
            return std::optional((*r.rows<RunRow>({**key})).front());
        }));
    }
    std::size_t runsAtTheServer(const QString &thread)
    {
        std::size_t runs = 0;
        m_bench.host->with(
            [&](demo::DemoServer &server) { runs = server.state().threadById.value(thread.toLatin1())->runs.size(); });
        return runs;
    }
    // A turn to its end, polled as an SDK does.
    QString turn(const QString &thread, const QJsonObject &orders = {}, const QString &text = u"How is it?"_s)
    {
        const QString run = m_app->ask(thread, orders, text);
        if (!run.isEmpty()) {
            std::ignore = m_app->ends(thread, run);
            m_app->get(u"/threads/%1/runs/%2"_s.arg(thread, run));
        }
        return run;
    }

private Q_SLOTS:
    void init()
    {
        m_bench.openQuiet(m_dir.filePath(u"gateway%1.sqlite"_s.arg(++m_files)), 3);
        m_app = std::make_unique<LiveRuns>(*m_bench.host, weatherTool());
        QVERIFY(m_bench.sync());
        m_auditor = std::make_unique<Auditor>(m_bench.store);
        m_auditor->start();
        m_stopped = false;
    }
    void cleanup()
    {
        m_gateway.reset();
        if (m_acts)
            QTRY_VERIFY_WITH_TIMEOUT(m_acts->isIdle(), 30'000);
        m_acts.reset();
        m_auditor.reset();
        m_app.reset();
        m_bench.workspace.reset();
        m_bench.store.reset();
    }

    // Without a policy that acts, everything passes; what no list would tell is in the store.
    void whatPassesIsLearnt()
    {
        open({});
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread, {{u"demo_asks"_s, u"0"_s}});
        QVERIFY(!run.isEmpty());
        m_app->answerTools(thread, run);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        m_app->get(u"/threads/%1/runs/%2"_s.arg(thread, run));
        QTRY_VERIFY(runRow(run) && runRow(run)->status == RunStatus::Completed);
        QVERIFY(runRow(run)->usage->prompt > 0);
        QVERIFY(runRow(run)->cost);
        QCOMPARE(*threadRow(thread)->turns, 1);
        QVERIFY(!threadRow(thread)->gone);
        QCOMPARE(m_app->get(u"/nothing/of/the/kind"_s)["error"_L1]["type"_L1].toString(), u"invalid_request_error"_s);
        QCOMPARE(m_app->status(), 404);
        QVERIFY(rows().empty());
    }
    void aTurnTooManyIsRefused()
    {
        open(GuardRule::TurnCap, upTo(2, GuardAct::Refuse));
        QSignalSpy refused(m_gateway.get(), &Gateway::refused);
        const QString thread = m_app->makeThread();
        const QJsonObject noTools{{u"demo_rounds"_s, u"1"_s}};
        for (int i = 0; i < 2; ++i) {
            const QString run = m_app->ask(thread, noTools);
            QVERIFY(!run.isEmpty());
            m_app->answerTools(thread, run);
            QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        }
        const QJsonArray said{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"And now?"_s}}};
        for (int i = 0; i < 3; ++i) { // its SDK may try again
            const QJsonObject answer =
                m_app->post(u"/threads/%1/runs"_s.arg(thread),
                            {{u"assistant_id"_s, m_app->assistant()}, {u"additional_messages"_s, said}});
            QCOMPARE(m_app->status(), 400);
            QCOMPARE(errorCode(answer), u"turn-cap"_s);
            QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("turn-cap"));
            QCOMPARE(m_app->field("x-should-retry"), QByteArray("false"));
            QVERIFY(answer["error"_L1]["message"_L1].toString().contains(u"3 turn"_s));
        }
        QCOMPARE(runsAtTheServer(thread), std::size_t(2));
        QTRY_COMPARE(rows().front().state, GuardState::Acted);
        QCOMPARE(rows().size(), std::size_t(1)); // one thing, refused three times
        const GuardRow row = rows().front();
        QCOMPARE(row.act, u"refuse"_s);
        QCOMPARE(row.thread, thread);
        QCOMPARE(row.value, 3);
        QCOMPARE(row.limit, 2);
        QCOMPARE(refused.size(), 3);
        QCOMPARE(refused.last().at(1).toLongLong(), 3);
        // A restart neither forgets nor repeats.
        open(GuardRule::TurnCap, upTo(2, GuardAct::Refuse));
        QVERIFY(m_app->ask(thread).isEmpty());
        QCOMPARE(m_app->status(), 400);
        QCOMPARE(rows().size(), std::size_t(1));
        // Stopped, it lets everything pass.
        m_stopped = true;
        QVERIFY(!m_app->ask(thread, {}, {}).isEmpty());
    }
    // A thread that somebody else wrote to is looked at first.
    void whatWasBeforeIsKnown()
    {
        const QString thread = m_app->makeThread();
        for (int i = 0; i < 2; ++i) {
            const QString run = m_app->ask(thread);
            m_app->answerTools(thread, run);
            QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        }
        open(GuardRule::TurnCap, upTo(2, GuardAct::Refuse));
        QVERIFY(m_app->ask(thread).isEmpty());
        QCOMPARE(m_app->status(), 400);
    }
    void aContextTooLargeIsRefused()
    {
        open(GuardRule::ContextCeiling, upTo(2'000, GuardAct::Refuse));
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread);
        m_app->answerTools(thread, run);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        m_app->get(u"/threads/%1/runs/%2"_s.arg(thread, run));
        QVERIFY(m_app->ask(thread, {}, u"word "_s.repeated(2'000)).isEmpty());
        QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("context-ceiling"));
        // Of a thread that had no run yet, what was written is the least.
        const QString large =
            m_app
                ->post(u"/threads"_s,
                       {{u"messages"_s,
                         QJsonArray{QJsonObject{{u"role"_s, u"user"_s},
                                                {u"content"_s, u"word "_s.repeated(2'000)}}}}})["id"_L1]
                .toString();
        QVERIFY(m_app->ask(large).isEmpty());
        QCOMPARE(m_app->status(), 400);
        QTRY_COMPARE(rows().size(), std::size_t(2));
        QVERIFY(rows().back().value > 2'000);
    }
    // A thread that cannot be looked at: somebody else may have said something, so that it is no retry.
    void whatCannotBeSeenIsNoRetry()
    {
        const QString thread = m_app->makeThread();
        const QJsonObject fails{{u"demo_fails"_s, u"invalid_prompt"_s}};
        QCOMPARE(m_app->ends(thread, m_app->ask(thread, fails)), QByteArray("failed"));
        QVERIFY(m_bench.sync());
        open(GuardRule::Retries, upTo(3, GuardAct::Refuse));
        QSignalSpy unclear(m_gateway.get(), &Gateway::unclear);
        m_bench.faults({u"GET /threads/*/messages=status:403"_s});
        const QString again = m_app->ask(thread, fails, {});
        QVERIFY(!again.isEmpty());
        QCOMPARE(unclear.size(), 1);
        QCOMPARE(m_app->ends(thread, again), QByteArray("failed"));
        m_bench.faults({});
        QVERIFY(m_app->ask(thread, fails, {}).isEmpty()); // now it can
    }
    void blindRetriesAreRefused()
    {
        open(GuardRule::Retries, upTo(3, GuardAct::Refuse));
        const QString thread = m_app->makeThread();
        const QJsonObject fails{{u"demo_fails"_s, u"invalid_prompt"_s}}; // stays
        QVERIFY(!turn(thread, fails).isEmpty());
        QVERIFY(turn(thread, fails, {}).isEmpty()); // again, without a word
        QCOMPARE(m_app->status(), 400);
        QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("retries"));
        QCOMPARE(runsAtTheServer(thread), std::size_t(1));
        // With a new message it is no retry.
        QVERIFY(!turn(thread, fails).isEmpty());
    }
    void whatMayPassIsTriedAgain()
    {
        open(GuardRule::Retries, upTo(2, GuardAct::Refuse));
        const QString thread = m_app->makeThread();
        const QJsonObject fails{{u"demo_fails"_s, u"server_error"_s}};
        QVERIFY(!turn(thread, fails).isEmpty());
        QVERIFY(!turn(thread, fails, {}).isEmpty());
        QVERIFY(!turn(thread, fails, {}).isEmpty());
        QVERIFY(turn(thread, fails, {}).isEmpty());
        QCOMPARE(runsAtTheServer(thread), std::size_t(3));
    }
    // Each rule that refuses is done with: nothing is left for the watch to do.
    void rulesThatRefuseTogether()
    {
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(1, GuardAct::Refuse);
        of(policy, GuardRule::ContextCeiling) = upTo(500, GuardAct::Refuse);
        open(policy);
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread);
        m_app->answerTools(thread, run);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        QVERIFY(m_app->ask(thread, {}, u"word "_s.repeated(1'000)).isEmpty());
        QTRY_COMPARE(rows().size(), std::size_t(2));
        QTRY_VERIFY(std::ranges::all_of(rows(), [](const GuardRow &row) { return row.state == GuardState::Acted; }));
        m_acts->act({thread}, [] {});
        QTest::qWait(500);
        QVERIFY(m_acts->isIdle());
        QVERIFY(threadRow(thread)->rotatedTo.isEmpty());
    }
    // A layer of metadata holds for a thread that is made with its run.
    void metadataOfAThreadThatIsMade()
    {
        GuardPolicy policy;
        RuleSaid said;
        said.limit = RuleLimit();
        said.limit->models = {u"gpt-4o-mini"_s};
        said.act = GuardAct::Refuse;
        MetadataLayer acme{u"customer"_s, u"acme"_s, {}};
        acme.layer[std::size_t(GuardRule::Models)] = said;
        policy.metadata = {acme};
        open(policy);
        const auto start = [&](const QString &customer) {
            m_app->post(u"/threads/runs"_s,
                        {{u"assistant_id"_s, m_app->assistant()},
                         {u"thread"_s, QJsonObject{{u"metadata"_s, QJsonObject{{u"customer"_s, customer}}}}}});
            return m_app->status();
        };
        QCOMPARE(start(u"acme"_s), 403);
        QCOMPARE(start(u"other"_s), 200);
    }
    void onlyAllowedModels()
    {
        RuleSaid said;
        said.limit = RuleLimit();
        said.limit->models = {u"gpt-4o"_s};
        said.act = GuardAct::Refuse;
        open(GuardRule::Models, said);
        const QString thread = m_app->makeThread();
        m_app->post(u"/threads/%1/messages"_s.arg(thread), {{u"role"_s, u"user"_s}, {u"content"_s, u"hi"_s}});
        const QJsonObject own{{u"assistant_id"_s, m_app->assistant()}};
        const QJsonObject other{{u"assistant_id"_s, m_app->assistant()}, {u"model"_s, u"o1-pro"_s}};
        m_app->post(u"/threads/%1/runs"_s.arg(thread), other);
        QCOMPARE(m_app->status(), 403);
        m_app->post(u"/threads/runs"_s, other);
        QCOMPARE(m_app->status(), 403);
        m_app->post(u"/threads/%1/runs"_s.arg(thread), own); // the assistant's
        QCOMPARE(m_app->status(), 200);
        // Of an assistant that was made, or changed, since the last sync as well.
        const QString dear = m_app->post(u"/assistants"_s, {{u"model"_s, u"o1-pro"_s}})["id"_L1].toString();
        const QString further = m_app->makeThread();
        m_app->post(u"/threads/%1/runs"_s.arg(further), {{u"assistant_id"_s, dear}});
        QCOMPARE(m_app->status(), 403);
        m_app->post(u"/assistants/"_s + dear, {{u"model"_s, u"gpt-4o"_s}});
        m_app->post(u"/threads/%1/runs"_s.arg(further), {{u"assistant_id"_s, dear}});
        QCOMPARE(m_app->status(), 200);
        const QJsonArray messages{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"hi there"_s}}};
        m_app->post(u"/chat/completions"_s, {{u"model"_s, u"o1-pro"_s}, {u"messages"_s, messages}});
        QCOMPARE(m_app->status(), 403);
        m_app->post(u"/responses"_s, {{u"model"_s, u"o1-pro"_s}, {u"input"_s, u"hi"_s}});
        QCOMPARE(m_app->status(), 403);
        m_app->post(u"/responses"_s, {{u"model"_s, u"gpt-4o"_s}, {u"input"_s, u"hi"_s}});
        QCOMPARE(m_app->status(), 200);
    }
    // The step ceiling: its outputs are refused, and the run is cancelled, else it would lock its thread.
    void outputsPastTheCeilingCancelTheRun()
    {
        open(GuardRule::ToolSteps, upTo(3, GuardAct::Refuse));
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread, {{u"demo_asks"_s, u"20"_s}});
        for (int i = 0; i < 3; ++i) {
            m_app->answerTools(thread, run);
            QCOMPARE(m_app->status(), 200);
        }
        const QJsonObject answer = m_app->answerTools(thread, run);
        QCOMPARE(m_app->status(), 400);
        QCOMPARE(errorCode(answer), u"tool-steps"_s);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QTRY_COMPARE(rows().front().state, GuardState::Acted);
        QCOMPARE(rows().front().act, u"cancel"_s);
        QCOMPARE(rows().front().value, 4);
        QVERIFY(rows().front().operation != 0);
    }
    void theSameCallAgainIsRefused()
    {
        open(GuardRule::IdenticalCalls, upTo(1, GuardAct::CancelRun));
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread, {{u"demo_asks"_s, u"20"_s}});
        m_app->answerTools(thread, run);
        m_app->answerTools(thread, run);
        QCOMPARE(m_app->status(), 200); // the same once more
        m_app->answerTools(thread, run);
        QCOMPARE(m_app->status(), 400);
        QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("identical-calls"));
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
    }
    // Calls without a thread count as well, by conversation, chain or day; no text of them is kept.
    void callsAreCounted()
    {
        open({});
        const QJsonArray messages{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, u"the secret plan"_s}}};
        const QString chat =
            m_app->post(u"/chat/completions"_s, {{u"model"_s, u"gpt-4o"_s}, {u"messages"_s, messages}})["id"_L1]
                .toString();
        const QString streamed = u"chat-gpt-4o-"_s + QDateTime::currentDateTimeUtc().toString(u"yyyy-MM-dd"_s);
        QTRY_VERIFY(runRow(chat));
        QCOMPARE(runRow(chat)->threadId, streamed);
        QVERIFY(runRow(chat)->cost);
        m_app->post(u"/chat/completions"_s,
                    {{u"model"_s, u"gpt-4o"_s}, {u"messages"_s, messages}, {u"stream"_s, true}});
        m_app->post(u"/chat/completions"_s,
                    {{u"model"_s, u"gpt-4o"_s},
                     {u"messages"_s, messages},
                     {u"stream"_s, true},
                     {u"stream_options"_s, QJsonObject{{u"include_usage"_s, true}}}});
        QTRY_COMPARE(threadRow(streamed)->runs.value_or(0), 3);
        QCOMPARE(threadRow(streamed)->cost.unknownRuns, 1); // of the one that does not tell it
        const QString first =
            m_app->post(u"/responses"_s, {{u"model"_s, u"gpt-4o"_s}, {u"input"_s, u"one"_s}})["id"_L1].toString();
        QTRY_VERIFY(runRow(first));
        const QString second =
            m_app
                ->post(u"/responses"_s,
                       {{u"model"_s, u"gpt-4o"_s}, {u"input"_s, u"two"_s}, {u"previous_response_id"_s, first}})["id"_L1]
                .toString();
        QTRY_VERIFY(runRow(second));
        QCOMPARE(runRow(second)->threadId, first);
        m_app->get(u"/responses/"_s + second); // asked for again, it is the same one
        QTest::qWait(500);
        QVERIFY(!threadRow(second));
        QCOMPARE(threadRow(first)->runs.value_or(0), 2);
        const QString conversation = m_app->post(u"/conversations"_s)["id"_L1].toString();
        m_app->post(u"/responses"_s,
                    {{u"model"_s, u"gpt-4o"_s},
                     {u"input"_s, u"three"_s},
                     {u"conversation"_s, conversation},
                     {u"stream"_s, true}});
        QTRY_VERIFY(threadRow(conversation));
        QVERIFY(threadRow(conversation)->gone); // no list of the server tells it
        QCOMPARE(threadRow(conversation)->cost.unknownRuns, 0);
        QVERIFY(m_bench.sync()); // and none of them is looked for there
        QVERIFY(m_bench.failures.empty());
        const QByteArray raw = *wait(
            m_bench.store->read([&](Reader &r) { return r.raw(Resource::Runs, **r.keyOf(RowKind::Runs, chat)); }));
        QVERIFY(raw.contains("prompt_tokens") && !raw.contains("secret plan"));
    }
    void aBudgetUsedUpRefuses()
    {
        GuardPolicy policy;
        of(policy, GuardRule::TokensADay) = upTo(40, GuardAct::Refuse);
        open(policy);
        const auto respond = [&] {
            m_app->post(u"/responses"_s,
                        {{u"model"_s, u"gpt-4o"_s},
                         {u"input"_s, u"How much is it all together, from the first to the last?"_s}});
        };
        respond();
        QCOMPARE(m_app->status(), 200);
        QTRY_VERIFY_WITH_TIMEOUT((respond(), m_app->status() == 429), 20'000);
        QCOMPARE(m_app->field("x-bobbin-rule"), QByteArray("tokens-a-day"));
        const QString thread = m_app->makeThread();
        QVERIFY(m_app->ask(thread).isEmpty());
        QCOMPARE(m_app->status(), 429);
        QCOMPARE(runsAtTheServer(thread), std::size_t(0));
        for (const GuardRow &row : rows())
            QVERIFY(row.value >= 40 && row.limit == 40);
    }
    // More than the policy's acts an hour are asked about, and pass.
    void refusalsAreLimitedToo()
    {
        GuardPolicy policy;
        policy.actsAnHour = 1;
        of(policy, GuardRule::TurnCap) = upTo(1, GuardAct::Refuse);
        open(policy);
        for (const bool first : {true, false}) {
            const QString thread = m_app->makeThread();
            const QString run = m_app->ask(thread);
            m_app->answerTools(thread, run);
            QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
            QCOMPARE(m_app->ask(thread).isEmpty(), first);
        }
        QCOMPARE(rows().front().state, GuardState::Asked);
    }
    // A thread over its cap is rotated first; what asks for it goes on in the successor, also after a restart.
    void aRotatedThreadGoesOn()
    {
        open(GuardRule::TurnCap, upTo(3, GuardAct::Rotate));
        QSignalSpy moved(m_gateway.get(), &Gateway::moved);
        const QString thread = m_app->makeThread();
        const QString said = u"Please remember what was said of the order 4711 in all detail. "_s.repeated(60);
        QStringList runs;
        for (int i = 0; i < 3; ++i) {
            runs << m_app->ask(thread, {}, said);
            m_app->answerTools(thread, runs.last());
            QCOMPARE(m_app->ends(thread, runs.last()), QByteArray("completed"));
        }
        m_app->post(u"/threads/%1/messages"_s.arg(thread),
                    {{u"role"_s, u"user"_s}, {u"content"_s, u"And the last one?"_s}});
        const QJsonObject run =
            m_app->post(u"/threads/%1/runs"_s.arg(thread), {{u"assistant_id"_s, m_app->assistant()}});
        QCOMPARE(m_app->status(), 200);
        QCOMPARE(moved.size(), 1);
        const QString successor = moved.first().at(1).toString();
        QCOMPARE(run["thread_id"_L1].toString(), successor);
        QCOMPARE(runsAtTheServer(thread), std::size_t(3));
        const auto goesOn = [&] {
            // Its new run by the old thread's id, and its old runs as well.
            QCOMPARE(
                m_app->get(u"/threads/%1/runs/%2"_s.arg(thread, run["id"_L1].toString()))["thread_id"_L1].toString(),
                successor);
            QCOMPARE(m_app->get(u"/threads/%1/runs/%2"_s.arg(thread, runs.first()))["thread_id"_L1].toString(), thread);
            const QJsonArray newest = m_app->get(u"/threads/%1/messages?limit=1"_s.arg(thread))["data"_L1].toArray();
            QCOMPARE(newest.first()["thread_id"_L1].toString(), successor);
            QCOMPARE(m_app->get(u"/threads/%1"_s.arg(thread))["id"_L1].toString(), thread);
        };
        goesOn();
        QTRY_COMPARE(rows().front().state, GuardState::Acted);
        open(GuardRule::TurnCap, upTo(3, GuardAct::Rotate));
        goesOn();
    }
    void aFileAttachedAgainIsReplaced()
    {
        open(GuardRule::AttachedAgain, upTo(1, GuardAct::Replace));
        QString file;
        m_bench.host->with([&](demo::DemoServer &server) {
            for (const QJsonObject &one : server.state().files.all())
                file = one["id"_L1].toString();
        });
        if (file.isEmpty())
            QSKIP("the workspace has no file");
        const QString store = m_app->post(u"/vector_stores"_s)["id"_L1].toString();
        const QString thread =
            m_app
                ->post(u"/threads"_s,
                       {{u"tool_resources"_s,
                         QJsonObject{
                             {u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}}}}}})["id"_L1]
                .toString();
        const QJsonArray attachments{
            QJsonObject{{u"file_id"_s, file}, {u"tools"_s, QJsonArray{QJsonObject{{u"type"_s, u"file_search"_s}}}}}};
        const auto say = [&] {
            return m_app->post(
                u"/threads/%1/messages"_s.arg(thread),
                {{u"role"_s, u"user"_s}, {u"content"_s, u"Read it."_s}, {u"attachments"_s, attachments}});
        };
        QCOMPARE(say()["attachments"_L1].toArray().size(), 1);
        QCOMPARE(say()["attachments"_L1].toArray().size(), 0);
        QCOMPARE(m_app->status(), 200);
        QTRY_COMPARE(rows().front().act, u"replace"_s);
    }
    void withItsOwnKey()
    {
        open({}, "bobbin-token");
        m_gateway->setKey("the key");
        m_app->makeThread(); // says "any"
        QCOMPARE(m_app->status(), 401);
    }
};

QTEST_GUILESS_MAIN(TestGateway)
#include "tst_gateway.moc"
