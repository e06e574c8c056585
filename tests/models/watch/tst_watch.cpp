// SPDX-License-Identifier: GPL-3.0-or-later
// The guard from outside: runs that are played live on the demo server, a real store and journal, real operations.
#include "models/core/clock.h"
#include "models/guard/sight.h"
#include "models/watch/watch.h"
#include "tests/support/liveruns.h"
#include "tests/support/policies.h"

#include <QSignalSpy>

using namespace bobbin;
using namespace bobbin::test;
using namespace std::chrono_literals;

namespace {

GuardPolicy cancelling(qint64 toolSteps)
{
    GuardPolicy policy;
    of(policy, GuardRule::ToolSteps) = upTo(toolSteps, GuardAct::CancelRun);
    return policy;
}

} // namespace

class TestWatch : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    Bench m_bench;
    std::unique_ptr<Auditor> m_auditor;
    std::unique_ptr<Watch> m_watch;
    std::vector<GuardRow> m_noted;
    bool m_stopped = false;
    int m_files = 0;
    std::unique_ptr<LiveRuns> m_app; // whose runs are watched

    void watch(const GuardPolicy &policy, std::chrono::milliseconds shortest = 200ms)
    {
        m_watch = std::make_unique<Watch>(*m_bench.workspace, *m_auditor, policy, [this] { return m_stopped; });
        connect(m_watch.get(), &Watch::noted, this, [this](const GuardRow &row) { m_noted.push_back(row); });
        QSignalSpy began(m_watch.get(), &Watch::watching);
        WatchOptions options;
        options.shortest = shortest;
        options.longest = 2s;
        m_watch->start(options);
        QVERIFY(began.wait(20'000));
    }
    void endWatch()
    {
        if (!m_watch)
            return;
        QSignalSpy idle(m_watch.get(), &Watch::idle);
        m_watch->stop();
        QVERIFY(idle.wait(30'000));
        m_watch.reset();
    }
    std::vector<GuardRow> rows()
    {
        return *wait(m_bench.store->read([](Reader &r) { return r.guardRows({}); }));
    }
    std::vector<GuardRow> rowsOf(const QString &thread, GuardState state)
    {
        std::vector<GuardRow> found;
        for (const GuardRow &row : rows())
            if (row.thread == thread && row.state == state)
                found.push_back(row);
        return found;
    }
    // As the journal is when the watch is killed between the writing and the deed.
    void writeDown(const QString &thread, const QString &run)
    {
        GuardRow open;
        open.mark = u"tool-steps/"_s + thread + u'/' + run + u"/cancel"_s;
        open.at = nowMs();
        open.rule = u"tool-steps"_s;
        open.act = u"cancel"_s;
        open.thread = thread;
        open.run = run;
        open.value = 6;
        open.limit = 5;
        open.state = GuardState::Acting;
        QVERIFY(wait(m_bench.store->journal().noteSeen({open}, {0, 10, {}})));
    }
    // A thread that has used up the day's tokens, and its next run.
    std::pair<QString, QString> runBeyondTheBudget(GuardAct act)
    {
        GuardPolicy policy;
        of(policy, GuardRule::TokensADay) = upTo(3'000, act);
        watch(policy);
        const QString thread = m_app->makeThread();
        if (m_app->ends(thread, m_app->ask(thread, {{u"demo_rounds"_s, u"2"_s}})) != "completed")
            qFatal("the first run does not complete");
        return {thread, m_app->explode(thread, 200)};
    }
    bool isStored(const QString &run)
    {
        return *wait(m_bench.store->read([&](Reader &r) -> Result<bool> {
            const auto key = r.keyOf(RowKind::Runs, run);
            return key && *key;
        }));
    }
    bool comes(const QString &thread, GuardState state)
    {
        return QTest::qWaitFor([&] { return !rowsOf(thread, state).empty(); }, 40'000);
    }

private Q_SLOTS:
    void init()
    {
        m_bench.openQuiet(m_dir.filePath(u"watch%1.sqlite"_s.arg(++m_files)), 3);
        m_app = std::make_unique<LiveRuns>(*m_bench.host);
        QVERIFY(m_bench.sync());
        m_auditor = std::make_unique<Auditor>(m_bench.store);
        m_auditor->start();
        m_noted.clear();
        m_stopped = false;
    }
    void cleanup()
    {
        endWatch();
        m_auditor.reset();
        m_app.reset();
        m_bench.workspace.reset();
        m_bench.store.reset();
    }

    // A thread and a run that nobody told it of: found, followed, cancelled; what led to it is in the journal.
    void anExplosionIsCancelled()
    {
        watch(cancelling(5));
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QVERIFY(m_app->run(thread, run).steps.size() < 20);
        QVERIFY(m_app->run(thread, run).steps.size() > 5);
        QVERIFY(comes(thread, GuardState::Acted));
        const auto acted = rowsOf(thread, GuardState::Acted);
        QCOMPARE(acted.size(), std::size_t(1));
        QCOMPARE(acted[0].rule, u"tool-steps"_s);
        QCOMPARE(acted[0].act, u"cancel"_s);
        QCOMPARE(acted[0].run, run);
        QCOMPARE(acted[0].limit, 5);
        QVERIFY(acted[0].value > 5);
        QVERIFY(acted[0].operation != 0);
        QCOMPARE(acted[0].from, u"connection"_s);
        const auto operations =
            *wait(m_bench.store->read([&](Reader &r) { return r.rows<OperationRow>({acted[0].operation}); }));
        QCOMPARE(operations.front().state, u"finished"_s);
        QCOMPARE(operations.front().done, 1);
        // It said so as it went.
        QStringList said;
        for (const GuardRow &row : m_noted)
            if (row.rule == "tool-steps"_L1)
                said << guardStateWord(row.state);
        QCOMPARE(said, QStringList({u"acting"_s, u"acting"_s, u"acted"_s}));
    }
    void whatOnlyTellsDoesNothing()
    {
        GuardPolicy policy;
        of(policy, GuardRule::ToolSteps) = upTo(1);
        watch(policy);
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 4);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        QVERIFY(comes(thread, GuardState::Told));
        QTest::qWait(2'500); // further looks say nothing new
        std::map<QString, int> told;
        for (const GuardRow &row : rowsOf(thread, GuardState::Told))
            ++told[row.rule];
        QCOMPARE(told[u"tool-steps"_s], 1);
        QCOMPARE(told[u"identical-calls"_s], 1);
        QVERIFY(std::ranges::all_of(rows(), [](const GuardRow &row) { return row.operation == 0; }));
    }
    void withinLimitsNothingIsSaid()
    {
        watch(cancelling(5));
        const QString thread = m_app->makeThread();
        const QString run = m_app->ask(thread);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        QTRY_VERIFY_WITH_TIMEOUT(isStored(run), 20'000);
        QTest::qWait(2'500);
        QVERIFY(m_watch->rounds() > 2);
        QVERIFY(rows().empty());
    }
    // Neither says nor does again what it did, and does what it had only written down.
    void aRestartNeitherRepeatsNorForgets()
    {
        watch(cancelling(5));
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread)), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
        endWatch();
        const std::size_t before = rows().size();
        // Killed between the journal and the deed.
        const QString second = m_app->makeThread();
        const QString run = m_app->explode(second);
        writeDown(second, run);
        watch(cancelling(5));
        QCOMPARE(m_app->ends(second, run), QByteArray("cancelled"));
        QVERIFY(comes(second, GuardState::Acted));
        QTest::qWait(2'500);
        QCOMPARE(rowsOf(second, GuardState::Acted).size(), std::size_t(1));
        QCOMPARE(rowsOf(thread, GuardState::Acted).size(), std::size_t(1));
        QVERIFY(rows().size() > before);
    }
    // What happened while nobody watched is told, and not acted upon: it is over.
    void whatEndedMeanwhileIsLate()
    {
        watch(cancelling(2));
        endWatch();
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 4)), QByteArray("completed"));
        watch(cancelling(2));
        QVERIFY(comes(thread, GuardState::Late));
        QVERIFY(rowsOf(thread, GuardState::Acted).empty());
    }
    // Another policy judges from its own beginning on.
    void aNewPolicyDoesNotJudgeWhatWas()
    {
        watch(cancelling(30));
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 4)), QByteArray("completed"));
        endWatch();
        QTest::qWait(1'100); // the server counts in seconds
        watch(cancelling(2));
        const QString run = m_app->ask(thread);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        QTRY_VERIFY_WITH_TIMEOUT(isStored(run), 20'000); // it has been looked at
        QTest::qWait(1'000);
        QVERIFY(rowsOf(thread, GuardState::Late).empty());
    }
    // It may be found before its program has said a word there.
    void aThreadThatIsStillEmptyIsLookedAtAgain()
    {
        watch(cancelling(3));
        const QString thread = m_app->makeThread();
        QTRY_VERIFY_WITH_TIMEOUT(*wait(m_bench.store->read([&](Reader &r) -> Result<bool> {
            const auto key = r.keyOf(RowKind::Threads, thread);
            return key && *key;
        })),
                                 20'000);
        QTest::qWait(1'500);
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 60)), QByteArray("cancelled"));
    }
    void moreActsThanAllowedAreAsked()
    {
        GuardPolicy policy = cancelling(3);
        policy.actsAnHour = 1;
        watch(policy);
        const QString first = m_app->makeThread();
        QCOMPARE(m_app->ends(first, m_app->explode(first)), QByteArray("cancelled"));
        QVERIFY(comes(first, GuardState::Acted));
        const QString second = m_app->makeThread();
        const QString run = m_app->explode(second, 200);
        QVERIFY(comes(second, GuardState::Asked));
        QVERIFY(m_app->run(second, run).active());
        const GuardRow asked = rowsOf(second, GuardState::Asked).front();
        QVERIFY(!asked.note.isEmpty());
        // Allowed by whoever it is, it is done.
        QCOMPARE(*wait(Watch::answer(*m_bench.store, asked, true)), true);
        QCOMPARE(m_app->ends(second, run), QByteArray("cancelled"));
        QVERIFY(comes(second, GuardState::Acted));
        QCOMPARE(*wait(Watch::answer(*m_bench.store, asked, false)), false); // too late
    }
    void declinedIsLeftAlone()
    {
        GuardPolicy policy;
        of(policy, GuardRule::ToolSteps) = upTo(2, GuardAct::Ask);
        watch(policy);
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 8);
        QVERIFY(comes(thread, GuardState::Asked));
        QCOMPARE(*wait(Watch::answer(*m_bench.store, rowsOf(thread, GuardState::Asked).front(), false)), true);
        QCOMPARE(m_app->ends(thread, run), QByteArray("completed"));
        QCOMPARE(rowsOf(thread, GuardState::Declined).size(), std::size_t(1));
        QVERIFY(rowsOf(thread, GuardState::Asked).empty());
    }
    void stoppedItDoesNothing()
    {
        m_stopped = true;
        watch(cancelling(3));
        QSignalSpy held(m_watch.get(), &Watch::held);
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QTRY_VERIFY_WITH_TIMEOUT(m_app->run(thread, run).steps.size() > 6, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(held.size(), 1, 10'000);
        QTest::qWait(1'000);
        QVERIFY(m_app->run(thread, run).active());
        QVERIFY(rowsOf(thread, GuardState::Acting).empty());
        m_stopped = false; // and goes on: it is seen again
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
        QCOMPARE(held.size(), 2);
    }
    // What it cannot see it does not judge; it says so, and goes on when it can.
    void blindItSaysSo()
    {
        watch(cancelling(3));
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QTRY_VERIFY_WITH_TIMEOUT(m_app->run(thread, run).steps.size() > 0, 30'000);
        QSignalSpy blind(m_watch.get(), &Watch::blind);
        QSignalSpy sees(m_watch.get(), &Watch::sees);
        m_bench.faults({u"GET /threads/**=status:403"_s});
        QTRY_COMPARE_WITH_TIMEOUT(blind.size(), 1, 20'000);
        QTest::qWait(2'500);
        QCOMPARE(blind.size(), 1); // once
        QVERIFY(sees.empty());
        QVERIFY(m_app->run(thread, run).active());
        m_bench.faults({});
        QTRY_COMPARE_WITH_TIMEOUT(sees.size(), 1, 20'000);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
    }
    // Whoever acts on them does not wait for the threads that are due.
    void activeRunsAreToldFirst()
    {
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QVERIFY(m_bench.sync());
        std::vector<FollowRound> rounds;
        connect(m_bench.workspace.get(), &Workspace::followed, this,
                [&](const FollowRound &round) { rounds.push_back(round); });
        watch(cancelling(100));
        QTRY_VERIFY_WITH_TIMEOUT(rounds.size() >= 2, 20'000);
        m_bench.workspace->disconnect(this);
        QVERIFY(!rounds[0].whole);
        QCOMPARE(rounds[0].threads, QStringList(thread));
        QVERIFY(rounds[1].whole);
        QVERIFY(!rounds[1].threads.isEmpty());
        QVERIFY(!rounds[1].threads.contains(thread)); // not twice
        QVERIFY(m_app->run(thread, run).active());
    }
    void oneWatchAConnection()
    {
        watch(cancelling(5));
        Watch second(*m_bench.workspace, *m_auditor, {}, [] { return false; });
        QSignalSpy refused(&second, &Watch::notBegun);
        second.start();
        QVERIFY(refused.wait(5'000));
        QVERIFY(m_bench.workspace->following());
    }
    void aBlindRetryIsCancelled()
    {
        GuardPolicy policy;
        of(policy, GuardRule::Retries) = upTo(3, GuardAct::CancelRun);
        watch(policy);
        const QString thread = m_app->makeThread();
        const QJsonObject fails{{u"demo_fails"_s, u"invalid_prompt"_s}};
        QCOMPARE(m_app->ends(thread, m_app->ask(thread, fails)), QByteArray("failed"));
        // The same again, without a word from the person: structural, so the first retry is one too many.
        const QString again =
            m_app->ask(thread, {{u"demo_rounds"_s, u"60"_s}, {u"demo_fails"_s, u"invalid_prompt"_s}}, {});
        QCOMPARE(m_app->ends(thread, again), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
        QCOMPARE(rowsOf(thread, GuardState::Acted).front().rule, u"retries"_s);
    }
    void aLongThreadIsRotated()
    {
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(4, GuardAct::Rotate);
        watch(policy);
        const QString thread = m_app->makeThread();
        const QString text = u"The report of the quarter has many words in it. "_s.repeated(100);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(m_app->ends(thread, m_app->ask(thread, {}, text)), QByteArray("completed"));
        QVERIFY(comes(thread, GuardState::Acted));
        QTest::qWait(2'500);
        QCOMPARE(rowsOf(thread, GuardState::Acted).size(), std::size_t(1)); // and not its successor, nor again
        QString successor;
        m_bench.host->with([&](demo::DemoServer &server) {
            if (const demo::DemoThread *t = server.state().threadById.value(thread.toLatin1()))
                successor = t->metadata["rotated_to"_L1].toString();
        });
        QVERIFY(!successor.isEmpty());
    }
    // Short as it is there is nothing to sum up: it is tried again later, and neither done nor given up.
    void aRotationThatGivesNothingWaits()
    {
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(1, GuardAct::Rotate);
        watch(policy);
        const QString thread = m_app->makeThread();
        for (int i = 0; i < 2; ++i)
            QCOMPARE(m_app->ends(thread, m_app->ask(thread)), QByteArray("completed"));
        QTRY_VERIFY_WITH_TIMEOUT(!rowsOf(thread, GuardState::Acting).empty() &&
                                     !rowsOf(thread, GuardState::Acting).front().note.isEmpty(),
                                 20'000);
        QTest::qWait(1'500);
        QCOMPARE(rowsOf(thread, GuardState::Acting).size(), std::size_t(1));
        QVERIFY(rowsOf(thread, GuardState::Late).empty());
        QVERIFY(rowsOf(thread, GuardState::Acted).empty());
    }
    void aStopHoldsWhatARestartFinds()
    {
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QVERIFY(m_bench.sync());
        watch(cancelling(5)); // so that it is no new policy
        m_stopped = true;
        endWatch();
        writeDown(thread, run);
        watch(cancelling(5));
        QTRY_VERIFY_WITH_TIMEOUT(m_watch->rounds() > 4, 20'000);
        QVERIFY(m_app->run(thread, run).active());
        m_stopped = false;
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
    }
    void aBudgetAsksForEachRun()
    {
        const auto [thread, run] = runBeyondTheBudget(GuardAct::Ask);
        QVERIFY(comes(thread, GuardState::Asked));
        const GuardRow asked = rowsOf(thread, GuardState::Asked).front();
        QCOMPARE(asked.run, run);
        QVERIFY(m_app->run(thread, run).active());
        QCOMPARE(*wait(Watch::answer(*m_bench.store, asked, true)), true);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
    }
    // What comes of it after the last look is said before the end.
    void theEndWaitsForWhatWasBegun()
    {
        watch(cancelling(3));
        const QString thread = m_app->makeThread();
        const QString run = m_app->explode(thread, 200);
        QVERIFY(comes(thread, GuardState::Acting));
        QTRY_VERIFY_WITH_TIMEOUT(!rowsOf(thread, GuardState::Acting).empty() &&
                                     rowsOf(thread, GuardState::Acting).front().operation != 0,
                                 10'000);
        endWatch();
        QVERIFY(!m_noted.empty());
        QCOMPARE(m_noted.back().state, GuardState::Acted);
        QCOMPARE(m_app->run(thread, run).status, QByteArray("cancelled"));
    }
    void aBudgetThatIsUsedUpCancels()
    {
        const auto [thread, run] = runBeyondTheBudget(GuardAct::CancelRun);
        QCOMPARE(m_app->ends(thread, run), QByteArray("cancelled"));
        QVERIFY(comes(thread, GuardState::Acted));
        QCOMPARE(rowsOf(thread, GuardState::Acted).front().rule, u"tokens-a-day"_s);
        QCOMPARE(rowsOf({}, GuardState::Told).size(), std::size_t(1)); // that it is used up, once
    }
    void whatOnlyTheLineCanDoIsSaid()
    {
        GuardPolicy policy = cancelling(3);
        of(policy, GuardRule::ToolSteps).act = GuardAct::Refuse;
        watch(policy);
        const QString thread = m_app->makeThread();
        QCOMPARE(m_app->ends(thread, m_app->explode(thread, 5)), QByteArray("completed"));
        QVERIFY(comes(thread, GuardState::Told)); // from outside nothing is refused, and that is said
        for (const GuardRow &row : rowsOf(thread, GuardState::Told))
            if (row.rule == "tool-steps"_L1)
                QVERIFY(row.note.contains(u"from outside"_s));
    }
};

QTEST_GUILESS_MAIN(TestWatch)
#include "tst_watch.moc"
