// SPDX-License-Identifier: GPL-3.0-or-later
// Turns by hand under the policy: the demo server over loopback, a real store and journal, real operations and
// commands.
#include "models/core/clock.h"
#include "models/turns/toolcommand.h"
#include "models/turns/turn.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QSignalSpy>
#include <QStandardPaths>
#include <QTimer>

using namespace bobbin;
using namespace bobbin::test;
using namespace std::chrono_literals;
using How = TurnEnd::How;

class TestTurn : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    Bench m_bench;
    std::unique_ptr<Auditor> m_auditor;
    std::unique_ptr<GuardActs> m_acts;
    std::unique_ptr<LiveRuns> m_app; // another program on the same server
    std::unique_ptr<Turn> m_turn;
    GuardPolicy m_policy;
    bool m_stopped = false;
    int m_files = 0;
    TurnOutlook m_outlook; // of the last turn
    std::optional<TurnEnd> m_end;

    QString assistant(const QJsonObject &orders = {}, const QJsonArray &tools = {})
    {
        return m_app
            ->post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}, {u"tools"_s, tools}, {u"metadata"_s, orders}})["id"_L1]
            .toString();
    }
    Turn &make()
    {
        m_end.reset();
        m_turn = std::make_unique<Turn>(
            *m_bench.workspace, *m_auditor,
            Turn::Rules{m_policy, [this] { return m_stopped; }, [this] { return m_acts.get(); }});
        connect(m_turn.get(), &Turn::looked, this, [this](const TurnOutlook &outlook) { m_outlook = outlook; });
        connect(m_turn.get(), &Turn::ended, this, [this](const TurnEnd &end) {
            if (m_end)
                qFatal("it ended twice");
            m_end = end;
        });
        return *m_turn;
    }
    TurnEnd end()
    {
        if (!QTest::qWaitFor([&] { return m_end.has_value(); }, 90'000))
            qFatal("the turn does not end");
        return *m_end;
    }
    TurnEnd take(const QString &thread, const QString &text, const QString &assistant = {}, const QString &file = {})
    {
        make().start({thread, assistant, {}, text, file});
        return end();
    }
    bool comesTo(Turn::Stage stage)
    {
        return QTest::qWaitFor([&] { return m_turn->stage() == stage; }, 30'000);
    }
    demo::DemoThread served(const QString &id)
    {
        demo::DemoThread copy;
        m_bench.host->with([&](demo::DemoServer &server) {
            if (demo::DemoThread *found = server.state().threadById.value(id.toLatin1())) {
                copy.metadata = found->metadata;
                copy.messages = found->messages;
                copy.runs = found->runs;
            }
        });
        return copy;
    }
    std::vector<GuardRow> rows()
    {
        return *wait(m_bench.store->read([](Reader &r) { return r.guardRows({}); }));
    }
    QString talk(int turns) // a thread in which that was said and answered
    {
        const QString thread = m_app->makeThread();
        for (int i = 0; i < turns; ++i) {
            const QString said = u"Please remember what was said of the order 4711 in all detail. "_s.repeated(60);
            if (m_app->ends(thread, m_app->ask(thread, {}, said)) != "completed")
                qFatal("it is not answered");
        }
        return thread;
    }
    QString failed(const QString &code) // a thread whose only run failed of this
    {
        const QString thread = m_app->makeThread();
        m_app->post(u"/threads/%1/messages"_s.arg(thread), {{u"role"_s, u"user"_s}, {u"content"_s, u"Well?"_s}});
        const QString run = m_app
                                ->post(u"/threads/%1/runs"_s.arg(thread),
                                       {{u"assistant_id"_s, assistant({{u"demo_fails"_s, code}})}})["id"_L1]
                                .toString();
        if (m_app->ends(thread, run) != "failed")
            qFatal("it does not fail");
        return thread;
    }
    QString write(const QString &name, const QByteArray &content)
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("no file");
        return file.fileName();
    }
    QJsonArray list(const QString &path) { return m_app->get(path)["data"_L1].toArray(); }

private Q_SLOTS:
    void init()
    {
        m_bench.openQuiet(m_dir.filePath(u"turn%1.sqlite"_s.arg(++m_files)), 2);
        m_app = std::make_unique<LiveRuns>(*m_bench.host);
        QVERIFY(m_bench.sync());
        m_auditor = std::make_unique<Auditor>(m_bench.store);
        m_auditor->start();
        m_acts = std::make_unique<GuardActs>(*m_bench.workspace, [this] { return !m_stopped; });
        m_policy = {};
        m_stopped = false;
    }
    void cleanup()
    {
        m_turn.reset();
        m_acts.reset();
        m_auditor.reset();
        m_app.reset();
        m_bench.workspace.reset();
        m_bench.store.reset();
    }

    // A new thread, and a second turn on it: what it reads and costs is said before anything is sent.
    void aTurnIsTaken()
    {
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        QCOMPARE(first.how, How::Ran);
        QCOMPARE(first.row->statusWord, u"completed"_s);
        QVERIFY(first.answer.contains(u"demo server's answer"_s));
        QVERIFY(first.row->usage && first.row->cost);
        QVERIFY(!first.error);
        demo::DemoThread thread = served(first.thread);
        QCOMPARE(thread.messages.size(), std::size_t(2));
        QVERIFY(!thread.metadata.contains("bobbin_step"_L1)); // the mark is off again
        const TurnEnd second = take(first.thread, u"And now?"_s);
        QCOMPARE(second.how, How::Ran);
        QCOMPARE(second.thread, first.thread);
        QCOMPARE(m_outlook.turn, 2);
        QCOMPARE(m_outlook.assistant, m_app->assistant());
        QCOMPARE(m_outlook.model, u"gpt-4o"_s);
        QVERIFY(m_outlook.context && *m_outlook.context >= second.row->usage->prompt - 20);
        QVERIFY(m_outlook.cost && m_outlook.usual);
        const auto operations =
            wait(m_bench.store->read([](Reader &r) { return r.operationsIn(OperationState::Finished); }));
        QCOMPARE(operations->size(), std::size_t(2));
    }
    void overTheCapItIsRefused()
    {
        of(m_policy, GuardRule::TurnCap) = upTo(1, GuardAct::Refuse);
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        QCOMPARE(first.how, How::Ran);
        const TurnEnd second = take(first.thread, u"More"_s);
        QCOMPARE(second.how, How::Refused);
        QCOMPARE(second.rows.size(), std::size_t(1));
        QCOMPARE(second.rows[0].value, 2);
        QCOMPARE(second.rows[0].limit, 1);
        QCOMPARE(m_outlook.verdict(), TurnVerdict::Refuses);
        QCOMPARE(served(first.thread).messages.size(), std::size_t(2)); // nothing was sent
        QTRY_COMPARE(rows().front().state, GuardState::Acted);
        // While all guarding is stopped, nothing is refused.
        m_stopped = true;
        QCOMPARE(take(first.thread, u"More"_s).how, How::Ran);
    }
    // The old thread stays as it is; the turn goes on in the new one, and so does what is asked of the old one later.
    void atTheCapItIsRotatedAndGoesOn()
    {
        of(m_policy, GuardRule::TurnCap) = upTo(3, GuardAct::Rotate);
        const QString old = talk(3);
        make();
        QSignalSpy moved(m_turn.get(), &Turn::moved);
        m_turn->start({old, {}, {}, u"More"_s});
        const TurnEnd second = end();
        QCOMPARE(second.how, How::Ran);
        QVERIFY(second.thread != old);
        QCOMPARE(moved.size(), 1);
        QCOMPARE(served(old).runs.size(), std::size_t(3));
        QCOMPARE(served(second.thread).runs.size(), std::size_t(1));
        of(m_policy, GuardRule::TurnCap) = {};
        QCOMPARE(take(old, u"Once more"_s).thread, second.thread);
    }
    // Where there is nothing to be shortened the person is told so, and may go on as it is.
    void whatCannotBeRotatedIsAskedAbout()
    {
        of(m_policy, GuardRule::TurnCap) = upTo(1, GuardAct::Rotate);
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        make();
        QSignalSpy asks(m_turn.get(), &Turn::asks);
        m_turn->start({first.thread, {}, {}, u"More"_s});
        QVERIFY(comesTo(Turn::Stage::Asking));
        QVERIFY(!asks[0][1].toString().isEmpty());
        m_turn->goOn();
        const TurnEnd second = end();
        QCOMPARE(second.how, How::Ran);
        QCOMPARE(second.thread, first.thread);
    }
    void whatIsAskedIsThePersonsToSay()
    {
        of(m_policy, GuardRule::TurnCap) = upTo(1, GuardAct::Ask);
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        make().start({first.thread, {}, {}, u"More"_s});
        QVERIFY(comesTo(Turn::Stage::Asking));
        m_turn->cancel();
        QCOMPARE(end().how, How::LeftAlone);
        QCOMPARE(served(first.thread).messages.size(), std::size_t(2));
        make().start({first.thread, {}, {}, u"More"_s});
        QVERIFY(comesTo(Turn::Stage::Asking));
        m_turn->goOn();
        QCOMPARE(end().how, How::Ran);
    }
    // What the person allows is what was asked, and nothing that comes after it.
    void oneYesIsForOneQuestion()
    {
        const QString thread = failed(u"invalid_prompt"_s);
        of(m_policy, GuardRule::TurnCap) = upTo(1, GuardAct::Ask);
        m_app->post(u"/threads/%1/messages"_s.arg(thread), {{u"role"_s, u"user"_s}, {u"content"_s, u"And?"_s}});
        make();
        QSignalSpy asks(m_turn.get(), &Turn::asks);
        m_turn->runAgain(thread);
        QVERIFY(comesTo(Turn::Stage::Asking));
        m_turn->goOn(); // the structural failure
        QTRY_COMPARE_WITH_TIMEOUT(asks.size(), 2, 20'000);
        QCOMPARE(m_turn->stage(), Turn::Stage::Asking);
        m_turn->cancel();
        QCOMPARE(end().how, How::LeftAlone);
        QCOMPARE(served(thread).runs.size(), std::size_t(1));
    }
    // A slow answer is given once, however often the run is looked at meanwhile.
    void aSlowAnswerIsWantedOnce()
    {
        make();
        int wanted = 0;
        connect(m_turn.get(), &Turn::toolsWanted, this, [this, &wanted](const std::vector<ToolCall> &calls) {
            ++wanted;
            QTimer::singleShot(2'500, m_turn.get(), [this, id = calls[0].id] {
                m_turn->answer({{id, u"9 degrees"_s}});
            });
        });
        m_turn->start({{}, assistant({}, weatherTool()), {}, u"How is it?"_s});
        QCOMPARE(end().row->statusWord, u"completed"_s);
        QCOMPARE(wanted, 1);
    }
    // What was written stays written where no run can be begun, and that is told.
    void aMessageWithoutARun()
    {
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        const TurnEnd second = take(first.thread, u"More"_s, u"asst_none"_s);
        QCOMPARE(second.how, How::NotSent);
        QVERIFY(second.isWritten && second.error);
        QCOMPARE(served(first.thread).messages.size(), std::size_t(3));
    }
    void toolsAreAnsweredByHand()
    {
        make();
        connect(m_turn.get(), &Turn::toolsWanted, this, [this](const std::vector<ToolCall> &calls) {
            QCOMPARE(calls.size(), std::size_t(1));
            QCOMPARE(calls[0].name, u"get_weather"_s);
            m_turn->answer({{calls[0].id, u"9 degrees"_s}});
        });
        m_turn->start({{}, assistant({}, weatherTool()), {}, u"How is it?"_s});
        const TurnEnd done = end();
        QCOMPARE(done.row->statusWord, u"completed"_s);
        QVERIFY(served(done.thread).runs[0].steps[0].calls.contains("9 degrees"));
    }
    // By a program: what came as arguments is its input, what it prints is the output; one that fails, or takes too
    // long, leaves the call to the person.
    void toolsAreAnsweredByACommand()
    {
        const QString cat = QStandardPaths::findExecutable(u"cat"_s);
        const QString sleep = QStandardPaths::findExecutable(u"sleep"_s);
        const QString no = QStandardPaths::findExecutable(u"false"_s);
        if (cat.isEmpty() || sleep.isEmpty() || no.isEmpty())
            QSKIP("no such programs here");
        ToolAnswers tools({{u"echo"_s, {cat}, 5s}, {u"slow"_s, {sleep, u"30"_s}, 1s}, {u"*"_s, {no}, 5s}});
        QSignalSpy done(&tools, &ToolAnswers::done);
        QSignalSpy hand(&tools, &ToolAnswers::handWanted);
        tools.ask({{u"c1"_s, u"function"_s, u"echo"_s, u"{\"a\": \"ü; $(rm)\"}"_s, {}},
                   {u"c2"_s, u"function"_s, u"slow"_s, u"{}"_s, {}},
                   {u"c3"_s, u"function"_s, u"any"_s, u"{}"_s, {}}});
        QTRY_COMPARE_WITH_TIMEOUT(hand.size(), 2, 10'000);
        tools.give(u"c2"_s, u"two"_s);
        QVERIFY(done.isEmpty());
        tools.give(u"c3"_s, u"three"_s);
        QTRY_COMPARE(done.size(), 1);
        const auto outputs = done[0][0].value<std::vector<ToolOutput>>();
        QCOMPARE(outputs.size(), std::size_t(3));
        QCOMPARE(outputs[0].output, u"{\"a\": \"ü; $(rm)\"}"_s);
        QCOMPARE(outputs[1].output, u"two"_s);
        // Wanted again, the server did not take it: no command answers that twice.
        tools.ask({{u"c1"_s, u"function"_s, u"echo"_s, u"{}"_s, {}}});
        QTRY_COMPARE(hand.size(), 3);
    }
    void aCommandNeverSeesAKey()
    {
        const QString env = QStandardPaths::findExecutable(u"env"_s);
        if (env.isEmpty())
            QSKIP("no env here");
        qputenv("OPENAI_API_KEY", "sk-of-the-person");
        qputenv("BOBBIN_WEBHOOK_SECRET", "hook-of-the-person");
        qputenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=otel-of-the-person");
        ToolAnswers tools({{u"*"_s, {env}, 5s}});
        QSignalSpy done(&tools, &ToolAnswers::done);
        tools.ask({{u"c1"_s, u"function"_s, u"look"_s, u"{}"_s, {}}});
        QTRY_COMPARE(done.size(), 1);
        qunsetenv("OPENAI_API_KEY");
        qunsetenv("BOBBIN_WEBHOOK_SECRET");
        qunsetenv("OTEL_EXPORTER_OTLP_HEADERS");
        const QString output = done[0][0].value<std::vector<ToolOutput>>()[0].output;
        QVERIFY(output.contains(u"BOBBIN_TOOL=look"_s));
        QVERIFY(!output.contains(u"of-the-person"_s));
    }
    // A bot that asks for the same again and again gets its outputs up to the ceiling.
    void theBreakerGivesNoMoreOutputs()
    {
        of(m_policy, GuardRule::ToolSteps) = upTo(2, GuardAct::CancelRun);
        make();
        int answered = 0;
        connect(m_turn.get(), &Turn::toolsWanted, this, [this, &answered](const std::vector<ToolCall> &calls) {
            ++answered;
            m_turn->answer({{calls[0].id, u"9 degrees"_s}});
        });
        m_turn->start({{}, assistant({{u"demo_asks"_s, u"40"_s}}, weatherTool()), {}, u"How is it?"_s});
        const TurnEnd done = end();
        QCOMPARE(done.how, How::Ran);
        QCOMPARE(done.row->statusWord, u"cancelled"_s);
        QCOMPARE(answered, 2);
        QCOMPARE(done.rows.size(), std::size_t(1));
        QCOMPARE(done.rows[0].rule, u"tool-steps"_s);
        const auto breaker = [this] {
            const auto all = rows();
            const auto its = std::ranges::find(all, u"tool-steps"_s, &GuardRow::rule);
            return its != all.end() && its->state == GuardState::Acted;
        };
        QTRY_VERIFY(breaker());
    }
    // And one whose tools the server has is cancelled within a look or two.
    void aSpiralOnTheServerIsCancelled()
    {
        of(m_policy, GuardRule::ToolSteps) = upTo(4, GuardAct::CancelRun);
        const TurnEnd done = take({}, u"Go"_s, assistant({{u"demo_rounds"_s, u"40"_s}}));
        QCOMPARE(done.row->statusWord, u"cancelled"_s);
        QVERIFY(served(done.thread).runs[0].steps.size() < 15);
        QVERIFY(!done.rows.empty());
    }
    void thePersonCancels()
    {
        make().start({{}, assistant({{u"demo_rounds"_s, u"40"_s}}), {}, u"Go"_s});
        QVERIFY(comesTo(Turn::Stage::Running));
        m_turn->cancel();
        m_turn->cancel(); // twice is once
        const TurnEnd done = end();
        QCOMPARE(done.row->statusWord, u"cancelled"_s);
        QVERIFY(done.rows.empty());
    }
    // Nothing is sent where it is not wanted any more before that.
    void cancelledBeforeItIsSent()
    {
        make();
        connect(m_turn.get(), &Turn::looked, this, [this] { m_turn->cancel(); });
        m_turn->start({{}, m_app->assistant(), {}, u"Hello"_s});
        QCOMPARE(end().how, How::LeftAlone);
        QTest::qWait(300);
        QVERIFY(wait(m_bench.store->read([](Reader &r) { return r.operationsIn(OperationState::Finished); }))->empty());
    }
    void aLockedThreadIsLeftAlone()
    {
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread);
        const TurnEnd done = take(thread, u"More"_s);
        QCOMPARE(done.how, How::NotSent);
        QCOMPARE(done.error->kind, Error::Kind::Conflict);
        QVERIFY(done.error->message.contains(run));
    }
    void aBudgetThatIsUsedUp()
    {
        of(m_policy, GuardRule::TokensADay) = upTo(1, GuardAct::Refuse);
        QCOMPARE(take({}, u"Hello"_s, m_app->assistant()).how, How::Ran);
        QCOMPARE(take({}, u"Hello"_s, m_app->assistant()).how, How::Refused); // at once: what was spent is waited for
    }
    // What passes is tried again after 1, 2 … seconds, and not for ever.
    void whatPassesIsRunAgain()
    {
        RuleSaid &retries = of(m_policy, GuardRule::Retries);
        retries = upTo(2, GuardAct::Refuse);
        retries.limit->backOffSeconds = 1;
        const QString thread = failed(u"rate_limit_exceeded"_s);
        make();
        QSignalSpy waits(m_turn.get(), &Turn::waits);
        m_turn->runAgain(thread);
        const TurnEnd done = end();
        QCOMPARE(done.how, How::Ran);
        QCOMPARE(done.row->errorCode, u"rate_limit_exceeded"_s);
        QVERIFY(done.error);
        QCOMPARE(waits.size(), 2);
        QCOMPARE(waits[0][0].toLongLong(), 1);
        QCOMPARE(waits[1][0].toLongLong(), 2);
        QCOMPARE(served(thread).runs.size(), std::size_t(3));
        QCOMPARE(served(thread).messages.size(), std::size_t(1)); // nothing is said twice
    }
    void whatStaysWantsADecision()
    {
        const QString thread = failed(u"invalid_prompt"_s);
        make();
        QSignalSpy advised(m_turn.get(), &Turn::advised);
        m_turn->runAgain(thread);
        QVERIFY(comesTo(Turn::Stage::Asking));
        QCOMPARE(advised[0][0].value<AgainAdvice>().kind, FailureClass::Structural);
        m_turn->cancel();
        QCOMPARE(end().how, How::LeftAlone);
        QCOMPARE(served(thread).runs.size(), std::size_t(1));
        of(m_policy, GuardRule::Retries) = upTo(0, GuardAct::Refuse); // the decision is the person's
        make().runAgain(thread);
        QVERIFY(comesTo(Turn::Stage::Asking));
        m_turn->goOn();
        QCOMPARE(end().how, How::Ran);
        QCOMPARE(served(thread).runs.size(), std::size_t(2));
    }
    void whatIsFatalIsNotRunAgain()
    {
        const QString thread = failed(u"insufficient_quota"_s);
        make().runAgain(thread);
        const TurnEnd done = end();
        QCOMPARE(done.how, How::LeftAlone);
        QVERIFY(done.error->message.contains(u"insufficient_quota"_s));
        QCOMPARE(served(thread).runs.size(), std::size_t(1));
        // And what did not fail has nothing to be run again.
        const TurnEnd fine = take({}, u"Hello"_s, m_app->assistant());
        make().runAgain(fine.thread);
        QCOMPARE(end().how, How::LeftAlone);
    }
    // A file goes up once: afterwards the server's own is attached, or its vector store used.
    void aFileIsAttachedOnce()
    {
        const QString notes = write(u"notes.txt"_s, "All that was said.\n");
        const TurnEnd first = take({}, u"Read this"_s, m_app->assistant(), notes);
        QVERIFY2(first.how == How::Ran, qPrintable(first.error ? first.error->message : QString()));
        const qsizetype files = list(u"/files"_s).size();
        const QString file = list(u"/files"_s).first()["id"_L1].toString();
        QVERIFY(m_app->get(u"/threads/%1/messages"_s.arg(first.thread))["data"_L1][1]["attachments"_L1][0]["file_id"_L1]
                    .toString()
                    .startsWith(u"file"_s));
        const QString store =
            m_app->post(u"/vector_stores"_s, {{u"name"_s, u"notes"_s}, {u"file_ids"_s, QJsonArray{file}}})["id"_L1]
                .toString();
        QTRY_COMPARE_WITH_TIMEOUT(m_app->get(u"/vector_stores/"_s + store)["status"_L1].toString(), u"completed"_s,
                                  20'000); // what is not indexed yet is not searched
        QVERIFY(m_bench.sync());
        const auto storesOf = [this](const TurnEnd &end) {
            return m_app->get(u"/threads/"_s + end.thread)["tool_resources"_L1]["file_search"_L1]["vector_store_ids"_L1]
                .toArray();
        };
        const TurnEnd second = take({}, u"Read this"_s, m_app->assistant(), notes);
        QCOMPARE(second.how, How::Ran);
        QCOMPARE(list(u"/files"_s).size(), files);
        QCOMPARE(storesOf(second), QJsonArray{store});
        // It is that thread's now: what is attached there is no other's.
        const TurnEnd third = take({}, u"Read this"_s, m_app->assistant(), notes);
        QCOMPARE(third.how, How::Ran);
        QCOMPARE(list(u"/files"_s).size(), files);
        QVERIFY(storesOf(third).isEmpty());
        QCOMPARE(
            m_app->get(u"/threads/%1/messages"_s.arg(third.thread))["data"_L1][1]["attachments"_L1][0]["file_id"_L1]
                .toString(),
            file);
        // Where the thread has it, it is not attached again.
        QCOMPARE(take(second.thread, u"Read it again"_s, {}, notes).how, How::Ran);
        QVERIFY(m_app->get(u"/threads/%1/messages"_s.arg(second.thread))["data"_L1][1]["attachments"_L1]
                    .toArray()
                    .isEmpty());
        // Another content of the same name and size is another file.
        const QString other = write(u"notes.txt"_s, "All that was done.\n");
        QCOMPARE(take({}, u"Read this"_s, m_app->assistant(), other).how, How::Ran);
        QCOMPARE(list(u"/files"_s).size(), files + 1);
        QCOMPARE(take({}, u"Read this"_s, m_app->assistant(), m_dir.filePath(u"none.txt"_s)).how, How::NotSent);
    }
    void withoutAServerNothingIsLost()
    {
        const TurnEnd first = take({}, u"Hello"_s, m_app->assistant());
        m_bench.host.reset();
        m_bench.workspace->setTimeout(1s);
        const TurnEnd second = take(first.thread, u"More"_s);
        QCOMPARE(second.how, How::NotSent);
        QVERIFY(second.error);
        m_app.reset();
    }
    void nobodyToAnswer()
    {
        const QString thread = m_app->makeThread();
        const TurnEnd done = take(thread, u"Hello"_s);
        QCOMPARE(done.how, How::NotSent);
        QCOMPARE(done.error->kind, Error::Kind::Input);
    }
};

QTEST_GUILESS_MAIN(TestTurn)
#include "tst_turn.moc"
