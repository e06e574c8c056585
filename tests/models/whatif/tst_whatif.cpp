// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/days.h"
#include "models/whatif/frontier.h"
#include "models/whatif/measuresjson.h"
#include "models/whatif/reach.h"
#include "models/whatif/storagereplay.h"
#include "models/whatif/wording.h"
#include "tests/support/ledgers.h"

#include <QRandomGenerator>
#include <QTest>

#include <numeric>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

std::vector<qint64> contextsOf(const ThreadReplay &replayed)
{
    std::vector<qint64> contexts;
    for (const ReplayPoint &point : replayed.points)
        contexts.push_back(*point.wouldContext);
    return contexts;
}

Money dollars(double amount)
{
    return Money::fromDollars(amount);
}

Money savedBy(const Replay &replay, Measure measure)
{
    return replay.saved[std::size_t(measure)];
}

} // namespace

class TestWhatIf : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingDoneCostsTheSame()
    {
        Ledger ledger = emptyLedger();
        RunFact unknown = runAtTurn(ledger, 3, 10);
        unknown.cost = -1;
        addThread(ledger, {runAtTurn(ledger, 1, 800, 100), runAtTurn(ledger, 2, 1'600, 100, 1'100), unknown});
        const Replay same = replay(ledger, {});
        QCOMPARE(same.would, same.actual);
        QCOMPARE(same.actual, dollars(0.002 + 0.001 + 0.00125 + 0.001375 + 0.001));
        QCOMPARE(same.unknownRuns, 1);
    }
    // Contexts of 1,000 a turn; every 3 turns it begins anew with its base and 500 tokens.
    void aTurnCapRotates()
    {
        Ledger ledger = emptyLedger();
        const ThreadFact &thread = addThread(ledger, growingRuns(ledger, 7));
        Measures measures;
        measures.turnCap = 3;
        const ThreadReplay replayed = replayThread(ledger, thread, measures);
        QCOMPARE(contextsOf(replayed), (std::vector<qint64>{1'000, 2'000, 3'000, 1'500, 2'500, 3'500, 1'500}));
        QCOMPARE(replayed.sum.rotations, 2);
        QVERIFY(replayed.points[3].rotated && replayed.points[6].rotated && !replayed.points[4].rotated);
        QCOMPARE(replayed.sum.would, dollars(15'000 * 2.5 / 1e6));
        QCOMPARE(replayed.sum.tokensCut, 28'000 - 15'000);
        QCOMPARE(savedBy(replayed.sum, Measure::TurnCap), dollars(13'000 * 2.5 / 1e6));
        QCOMPARE(replayed.paidAtTurn, std::optional<qint64>(4));
        // Written by the model it costs: 4,000 and 4,500 read, 500 written each time.
        measures.summaryByModel = true;
        const Replay written = replay(ledger, measures);
        QCOMPARE(written.summaries, dollars(8'500 * 2.5 / 1e6 + 1'000 * 10 / 1e6));
        QCOMPARE(written.would, replayed.sum.would + written.summaries);
    }
    void aContextCeilingRotates()
    {
        Ledger ledger = emptyLedger();
        const ThreadFact &thread = addThread(ledger, growingRuns(ledger, 6));
        Measures measures;
        measures.contextCeiling = 2'600;
        QCOMPARE(contextsOf(replayThread(ledger, thread, measures)),
                 (std::vector<qint64>{1'000, 2'000, 1'500, 2'500, 1'500, 2'500}));
    }
    // Both together: each cuts what the other has left.
    void capAndCeilingTogether()
    {
        Ledger ledger = emptyLedger();
        const ThreadFact &thread = addThread(ledger, growingRuns(ledger, 13));
        Measures measures;
        measures.turnCap = 10;
        measures.contextCeiling = 5'000;
        const ThreadReplay replayed = replayThread(ledger, thread, measures);
        QCOMPARE(contextsOf(replayed),
                 (std::vector<qint64>{1'000, 2'000, 3'000, 4'000, 5'000, 1'500, 2'500, 3'500, 4'500, 1'500, 2'500,
                                      3'500, 4'500}));
        QVERIFY(savedBy(replayed.sum, Measure::TurnCap).pico == 0); // the ceiling is faster
        measures.turnCap = 3;
        const ThreadReplay fast = replayThread(ledger, thread, measures);
        QVERIFY(savedBy(fast.sum, Measure::TurnCap).pico > 0);
        QCOMPARE(savedBy(fast.sum, Measure::ContextCeiling), Money());
        for (std::size_t i = 3; i < fast.points.size(); ++i)
            QCOMPARE(*fast.points[i].wouldContext, 1'500 + qint64(i % 3) * 1'000);
    }
    // A run without a known cost is in no sum, and yet in its thread.
    void unpricedRunsCountForTheirThread()
    {
        Ledger ledger = emptyLedger();
        RunFact first = runAtTurn(ledger, 1, 1'000);
        first.cost = -1;
        const ThreadFact &thread =
            addThread(ledger, {first, runAtTurn(ledger, 2, 40'000), runAtTurn(ledger, 3, 41'000)});
        Measures measures;
        measures.contextCeiling = 10'000;
        const ThreadReplay replayed = replayThread(ledger, thread, measures);
        QCOMPARE(*replayed.points[1].wouldContext, 1'500);
        QCOMPARE(*replayed.points[2].wouldContext, 2'500);
    }
    void onlyTheLastMessagesAreRead()
    {
        Ledger ledger = emptyLedger();
        const ThreadFact &thread = addThread(ledger, growingRuns(ledger, 6));
        Measures measures;
        measures.lastMessages = 5; // the question and two turns before it
        QCOMPARE(contextsOf(replayThread(ledger, thread, measures)),
                 (std::vector<qint64>{1'000, 2'000, 3'000, 3'000, 3'000, 3'000}));
    }
    // base 27,200, output 2,000: 10 rounds read 362,000 (an input cost of 0.905... with 11 calls), 5 of them less
    void roundsBeyondTheCeilingAreNotMade()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runWithTools(ledger, 1, 27'200, 10, 2'000), runWithTools(ledger, 2, 27'200, 4, 2'000)});
        Measures measures;
        measures.toolSteps = 5;
        const Replay replayed = replay(ledger, measures);
        const qint64 kept = 6 * 27'200 + 2'000 * 15, other = 5 * 27'200 + 2'000 * 10;
        QCOMPARE(replayed.would, dollars(double(kept + other) * 2.5 / 1e6));
        QCOMPARE(replayed.cutRuns, 1);
        measures.maxPromptTokens = 50'000; // cuts both, one of them again
        QCOMPARE(replay(ledger, measures).cutRuns, 2);
        measures = {};
        measures.maxPromptTokens = 100'000;
        QCOMPARE(replay(ledger, measures).would, dollars(200'000 * 2.5 / 1e6));
    }
    // Every call of a run carries the history.
    void whatIsCutIsCutFromEveryCall()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runAtTurn(ledger, 1, 1'000), runWithTools(ledger, 2, 5'000, 3, 100)});
        Measures measures;
        measures.contextCeiling = 2'000;
        const Replay replayed = replay(ledger, measures);
        QCOMPARE(replayed.actual - replayed.would, dollars(4 * 3'500 * 2.5 / 1e6));
    }
    void aFailedRunIsNotTriedAgain()
    {
        Ledger ledger = emptyLedger();
        const qint32 limit = ledger.names.errors.number("rate_limit_exceeded");
        const auto failed = [&](qint32 turn, RunStatus status, qint32 error) {
            RunFact fact = runAtTurn(ledger, turn, 40'000);
            fact.status = status;
            fact.error = error;
            return fact;
        };
        // Structural: only the first would have been. Transient: the first, and two more.
        addThread(ledger,
                  {failed(1, RunStatus::Expired, 0), failed(1, RunStatus::Expired, 0), failed(1, RunStatus::Expired, 0),
                   runAtTurn(ledger, 1, 40'000)});
        addThread(ledger,
                  {failed(1, RunStatus::Failed, limit), failed(1, RunStatus::Failed, limit),
                   failed(1, RunStatus::Failed, limit), failed(1, RunStatus::Failed, limit),
                   runAtTurn(ledger, 1, 40'000)});
        Measures measures;
        measures.retries = 2;
        const Replay replayed = replay(ledger, measures);
        QCOMPARE(replayed.dropped, 3);
        QCOMPARE(savedBy(replayed, Measure::Retries), dollars(3 * 0.1));
        QCOMPARE(replayed.would, dollars(6 * 0.1));
        // After one that must not be tried again nothing is, whatever the ones after it ended with.
        Ledger mixed = emptyLedger();
        std::vector<RunFact> runs{runAtTurn(mixed, 1, 1'000), runAtTurn(mixed, 1, 1'000), runAtTurn(mixed, 1, 1'000)};
        runs[0].status = RunStatus::Expired;
        runs[1].status = runs[2].status = RunStatus::Failed;
        runs[1].error = runs[2].error = mixed.names.errors.number("rate_limit_exceeded");
        addThread(mixed, runs);
        QCOMPARE(replay(mixed, measures).dropped, 2);
    }
    void anotherModelAndHalfThePrice()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runAtTurn(ledger, 1, 2'000, 500, 1'000), runAtTurn(ledger, 2, 2'000, 500)});
        Measures measures;
        measures.model = u"gpt-4o-mini"_s;
        QCOMPARE(replay(ledger, measures).would, dollars(0.000525 + 0.0006));
        measures.batch = true;
        const Replay batch = replay(ledger, measures);
        // No price of cached tokens in a batch: they bill as the others.
        QVERIFY(batch.would <= dollars(0.0006) && batch.would >= dollars((0.000525 + 0.0006) / 2));
        measures = {};
        measures.model = u"nobody-knows"_s;
        const Replay unknown = replay(ledger, measures);
        QCOMPARE(unknown.would, unknown.actual);
        QCOMPARE(unknown.unpriced, 2);
        measures = {};
        measures.routeTo = u"gpt-4o-mini"_s;
        const RowKey simple = ledger.threads[0].runs[1].key;
        SimpleRuns runs(std::size_t(simple) + 1);
        runs[std::size_t(simple)] = true;
        QCOMPARE(replay(ledger, measures, {}, runs).would, dollars(0.00875 + 0.0006));
    }
    void theCacheTakesWhatIsUnchanged()
    {
        Ledger ledger = emptyLedger();
        RunFact late = runAtTurn(ledger, 60, 6'000); // long after the one before
        addThread(ledger, {runAtTurn(ledger, 1, 2'000), runAtTurn(ledger, 2, 4'000), late});
        Measures measures;
        measures.perfectCaching = true;
        const Replay replayed = replay(ledger, measures);
        QCOMPARE(replayed.actual - replayed.would, dollars(2'000 * 1.25 / 1e6));
        // What is cut elsewhere each time begins alike only as far as the base.
        Ledger cut = emptyLedger();
        addThread(
            cut,
            {runAtTurn(cut, 1, 2'000), runAtTurn(cut, 2, 4'000), runAtTurn(cut, 3, 6'000), runAtTurn(cut, 4, 8'000)});
        Measures both = measures;
        both.lastMessages = 3;
        QCOMPARE(savedBy(replay(cut, both), Measure::Caching), dollars(3 * 2'000 * 1.25 / 1e6));
        // Of a run's later calls all that the call before read: 12,000 + 1,000 of 12,000, 13,000 and 14,000.
        Ledger tools = emptyLedger();
        addThread(tools, {runWithTools(tools, 1, 12'000, 2, 1'000)});
        const Replay calls = replay(tools, measures);
        QCOMPARE(calls.actual - calls.would, dollars(25'000 * 1.25 / 1e6));
    }
    void scopes()
    {
        Ledger ledger = emptyLedger();
        const qint32 a = ledger.names.assistants.number("a");
        std::vector<RunFact> runs = growingRuns(ledger, 10);
        for (qint32 turn = 5; turn < 10; ++turn)
            runs[std::size_t(turn)].assistant = a;
        addThread(ledger, runs);
        addThread(ledger, {runAtTurn(ledger, 1, 1'000)});
        Measures measures;
        measures.turnCap = 4;
        const Replay all = replay(ledger, measures);
        const Replay first = replay(ledger, measures, {.thread = 1, .assistant = {}, .from = 0});
        const Replay ofAssistant = replay(ledger, measures, {.thread = 0, .assistant = a, .from = 0});
        const Replay later = replay(ledger, measures, {.thread = 0, .assistant = {}, .from = firstTurnAt + 6 * 60'000});
        QCOMPARE(all.actual, first.actual + dollars(0.0025));
        QCOMPARE(ofAssistant.runs, 5);
        QCOMPARE(later.runs, 5);
        QCOMPARE(ofAssistant.would, later.would); // what was before counts for what comes after
        QVERIFY(ofAssistant.would < ofAssistant.actual);
    }
    // Whatever is combined: what each saves adds up, nothing is below zero, and the record is as it was.
    void sharesAddUp()
    {
        QRandomGenerator random(11);
        for (int round = 0; round < 300; ++round) {
            Ledger ledger = emptyLedger();
            for (int t = 0; t < 4; ++t) {
                std::vector<RunFact> runs;
                qint64 context = random.bounded(100, 3'000);
                qint32 turn = 1;
                for (int i = random.bounded(1, 40); i > 0; --i) {
                    RunFact fact = random.bounded(3) == 0
                        ? runWithTools(ledger, turn, context, random.bounded(1, 12), random.bounded(5'000))
                        : runAtTurn(ledger, turn, context, random.bounded(900), random.bounded(qint32(context)));
                    if (random.bounded(10) == 0)
                        fact.context = fact.largest = -1;
                    if (random.bounded(15) == 0)
                        fact.cost = random.bounded(2) ? -1 : fact.cost * 3 / 2; // unknown; priced otherwise then
                    if (random.bounded(6) == 0)
                        fact.status = RunStatus::Failed;
                    else
                        ++turn;
                    runs.push_back(fact);
                    context = random.bounded(20) == 0 ? context / 2 + 50 : context + random.bounded(2'000);
                }
                addThread(ledger, runs);
            }
            Measures measures;
            const auto maybe = [&](std::optional<qint64> &limit, int least, int most) {
                if (random.bounded(2) == 0)
                    limit = random.bounded(least, most);
            };
            maybe(measures.retries, 0, 3);
            maybe(measures.toolSteps, 1, 8);
            maybe(measures.turnCap, 2, 20);
            maybe(measures.contextCeiling, 500, 20'000);
            maybe(measures.lastMessages, 1, 20);
            maybe(measures.maxPromptTokens, 500, 60'000);
            measures.perfectCaching = random.bounded(2) == 0;
            measures.summaryByModel = random.bounded(2) == 0;
            measures.batch = random.bounded(2) == 0;
            if (random.bounded(2) == 0)
                measures.model = u"gpt-4.1"_s;
            const Replay replayed = replay(ledger, measures);
            Money saved;
            for (const Money one : replayed.saved)
                saved.pico += one.pico;
            QCOMPARE(saved, replayed.actual - replayed.would);
            QVERIFY(replayed.tokensCut >= 0 && replayed.tokensCut <= replayed.tokens);
            Money actual, would;
            for (const ThreadFact &thread : ledger.threads) {
                const ThreadReplay one = replayThread(ledger, thread, measures);
                for (const ReplayPoint &point : one.points) {
                    QVERIFY(!point.would || point.would->pico >= 0);
                    QVERIFY(!point.wouldContext || (*point.wouldContext >= 0 && *point.wouldContext <= *point.context));
                    actual += point.actual.value_or(Money());
                    would += point.would.value_or(Money());
                }
            }
            QCOMPARE(actual, replayed.actual);
            QCOMPARE(would, replayed.would);
            Money byTurn, wouldByTurn;
            for (const TurnSum &turn : replayed.turns) {
                byTurn += turn.actual;
                wouldByTurn += turn.would;
            }
            QCOMPARE(byTurn, actual);
            QCOMPARE(wouldByTurn, would);
        }
    }
    void theBestLimits()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs;
        for (qint32 turn = 1; turn <= 200; ++turn)
            runs.push_back(runAtTurn(ledger, turn, 800 + 860 * turn, 200));
        addThread(ledger, runs);
        std::size_t steps = 0;
        const auto found = searchLimits(ledger, {}, {}, {}, [&](std::size_t, std::size_t of) {
            ++steps;
            return of == 48;
        });
        QVERIFY(found && found->knee);
        QCOMPARE(steps, std::size_t(48));
        QVERIFY(!found->points.front().turnCap && !found->points.front().contextCeiling);
        QCOMPARE(found->points.front().saved, Money());
        double before = -1;
        for (const FrontierPoint &point : found->points) {
            // None that is not best saves more than a best one that cuts as little.
            if (point.best) {
                QVERIFY(point.savedShare > before);
                before = point.savedShare;
            } else {
                QVERIFY(point.savedShare <= before + 0.001);
            }
        }
        const FrontierPoint &knee = found->points[*found->knee];
        QVERIFY(knee.best);
        QVERIFY2(knee.savedShare > 0.1 && knee.savedShare < 1, qPrintable(QString::number(knee.savedShare)));
        QVERIFY(!searchLimits(ledger, {}, {}, {}, [](std::size_t done, std::size_t) { return done < 3; }));
    }
    void simpleByItsWords()
    {
        const WordingRule rule;
        QVERIFY(isSimple(u"What is a bobbin?"_s, rule));
        QVERIFY(isSimple(u"Hello"_s, rule));
        QVERIFY(!isSimple(u"Please ANALYZE this"_s, rule));
        QVERIFY(!isSimple(u"Explain the architecture"_s, rule)); // both: complex
        WordingRule own;
        own.simple = {u"order"_s};
        own.complex = {u"refund"_s};
        own.unmatchedIsSimple = false;
        QVERIFY(isSimple(u"Where is my order?"_s, own));
        QVERIFY(!isSimple(u"Hello"_s, own) && !isSimple(u"refund my order"_s, own));
    }
    // Two stores of 5 gigabytes hold the same; each is alone for 10 of 30 days, then both are there.
    void oneStoreForTheSame()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runAtTurn(ledger, 1, 1'000)});
        const qint64 gigabyte = ledger.rates.prices()->storageListPrice(1'000'000'000) == dollars(0.1)
            ? 1'000'000'000
            : 1'073'741'824; // as the price table has it
        const qint64 now = firstTurnAt / dayMs * dayMs + dayMs / 2;
        ConsolidateFacts facts;
        const auto store = [&](const QString &id, qint64 daysAgo, const QString &file) {
            StoreFacts one;
            one.id = id;
            one.createdAt = now - daysAgo * dayMs;
            one.bytes = 5 * gigabyte;
            one.filesKnown = true;
            one.files = {{file, {}, 1'000, false}};
            one.assistants = {u"asst_"_s + id};
            facts.stores.push_back(one);
        };
        store(u"newer"_s, 9, u"f1"_s); // ten days, today among them
        store(u"older"_s, 29, u"f1"_s);
        const StoredStores stored = storedIn(facts);
        QVERIFY(stored[0].again && !stored[1].again);
        Measures measures;
        measures.oneStore = true;
        const StorageReplay all = replayStorage(ledger, stored, measures, {}, {}, now);
        QCOMPARE(all.would, dollars(30 * 0.4)); // 5 gigabytes, the first is free
        QCOMPARE(all.actual, dollars(20 * 0.4 + 10 * 0.9));
        QCOMPARE(all.stores, 1);
        Replay sum = replay(ledger, measures);
        addStorage(sum, all, measures);
        QCOMPARE(savedBy(sum, Measure::OneStore), dollars(10 * 0.5));
        QCOMPARE(sum.actual - sum.would, dollars(10 * 0.5));
        ReplayScope lately;
        lately.from = now - 4 * dayMs;
        QCOMPARE(replayStorage(ledger, stored, measures, lately, {}, now).actual, dollars(5 * 0.9));
        QCOMPARE(replayStorage(ledger, stored, measures, {}, u"asst_older"_s, now).actual, dollars(30 * 0.4));
        QCOMPARE(replayStorage(ledger, {}, {}, {}, {}, now).actual, Money());
        // A third that holds less is not the same; and the oldest goes on as long as one of them is there.
        store(u"more"_s, 9, u"f2"_s);
        facts.stores.back().files.push_back({u"f1"_s, {}, 1'000, false});
        facts.stores[1].expiresAt = now - 20 * dayMs;
        const StoredStores others = storedIn(facts);
        QVERIFY(others[0].again && !others[1].again && !others[2].again);
        QCOMPARE(others[1].onceUntil, 0);
        const StorageReplay later = replayStorage(ledger, others, measures, {}, {}, now);
        QVERIFY(later.would >= later.actual); // the gap between the two would have been stored through
    }
    // Ten files of 25,000 tokens, each attached in 20 turns: $0.50 at $0.10 a million, $0.025 once.
    void filesOnce()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runAtTurn(ledger, 1, 1'000)});
        ledger.threads[0].lastActive = firstTurnAt;
        for (int i = 0; i < 10; ++i)
            ledger.threads[0].filesAgain.push_back({QString::number(i), {}, 20, 100'000});
        Measures measures;
        measures.attachOnce = 10; // cents
        const StorageReplay all = replayStorage(ledger, {}, measures, {}, {}, firstTurnAt);
        QCOMPARE(all.tokensAgain, 10 * 19 * 25'000);
        QCOMPARE(all.embedding, dollars(0.5 - 0.025));
        ReplayScope later;
        later.from = firstTurnAt + 1;
        QCOMPARE(replayStorage(ledger, {}, measures, later, {}, firstTurnAt).embedding, Money());
        measures.oneStore = true;
        const Measures again = measuresFromJson(measuresToJson(measures));
        QCOMPARE(again, measures);
    }
    void howFarAnswersReach()
    {
        const QString address = u"send it to 12 Harbour Lane, third door, please ring twice after six"_s;
        std::vector<SaidMessage> messages{{1, false, address, {u"file_a"_s}},
                                          {1, true, u"Noted."_s, {}},
                                          {2, false, u"And the other order?"_s, {}},
                                          {2, true, u"It comes too."_s, {}},
                                          {3, false, u"Where does it go again?"_s, {}},
                                          {3, true, u"As you said: "_s + address, {}},
                                          {4, false, u"Good. And what does the file say?"_s, {}},
                                          {4, true, u"It says so."_s, {u"file_a"_s}},
                                          {5, false, u"Once more the address, please."_s, {}},
                                          {5, true, address, {}}};
        const auto answers = reachOf(messages);
        QCOMPARE(answers.size(), std::size_t(5));
        QCOMPARE(answers[1].to, 2); // nothing older
        QCOMPARE(answers[2].to, 1);
        QVERIFY(!answers[2].cited && answers[2].quote.startsWith(u"send it to 12"_s));
        QCOMPARE(answers[3].to, 1);
        QVERIFY(answers[3].cited && answers[3].quote == u"file_a"_s);
        QCOMPARE(answers[4].to, 3); // where it stands last
        // Rotated before turn 3, the third and the fourth answer miss what they needed; the fifth does not.
        ThreadReplay replayed;
        ReplayPoint point;
        point.turn = 3;
        point.rotated = true;
        replayed.points = {point};
        const auto missed = missedBy(answers, replayed, {});
        QCOMPARE(missed.size(), std::size_t(2));
        QCOMPARE(missed[0].turn, 3);
        QCOMPARE(missed[1].turn, 4);
        Measures measures;
        measures.lastMessages = 3; // two turns
        QCOMPARE(missedBy(answers, {}, measures).size(), std::size_t(3));
    }
};

QTEST_GUILESS_MAIN(TestWhatIf)
#include "tst_whatif.moc"
