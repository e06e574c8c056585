// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/days.h"
#include "models/guard/foresight.h"
#include "models/guard/policyedit.h"
#include "models/guard/policyjson.h"
#include "models/guard/policytrial.h"
#include "models/guard/sight.h"
#include "models/whatif/replay.h"
#include "tests/support/ledgers.h"
#include "tests/support/policies.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

qint64 times(const PolicyTrial &trial, GuardRule rule)
{
    return trial.times[std::size_t(rule)];
}
Money spared(const PolicyTrial &trial, GuardRule rule)
{
    return trial.spared[std::size_t(rule)];
}

Money costOf(const std::vector<RunFact> &runs, std::size_t from = 0)
{
    Money sum;
    for (std::size_t i = from; i < runs.size(); ++i)
        sum += runs[i].money().value_or(Money());
    return sum;
}

QStringList placesOf(const std::vector<Error> &problems)
{
    QStringList places;
    for (const Error &problem : problems)
        places << problem.place;
    return places;
}

GuardPolicy rich()
{
    GuardPolicy policy;
    policy.preset = u"support"_s;
    policy.actsAnHour = 4;
    of(policy.connection, GuardRule::TurnCap) = upTo(20, GuardAct::Rotate);
    of(policy.connection, GuardRule::MoneyADay) = upTo(12'500'000'000'000, GuardAct::Ask);
    RuleLimit models;
    models.models = {u"gpt-4o-mini"_s, u"gpt-4.1"_s};
    of(policy.connection, GuardRule::Models) = {models, GuardAct::Refuse};
    RuleLimit none;
    none.none = true;
    MetadataLayer team{u"team"_s, u"research"_s, {}};
    of(team.layer, GuardRule::ToolSteps) = {none, std::nullopt};
    policy.metadata = {team};
    RuleLimit retries;
    retries.number = 1;
    retries.backOffSeconds = 30;
    of(policy.assistants[u"asst_a"_s], GuardRule::Retries) = {retries, std::nullopt};
    of(policy.assistants[u"asst_a"_s], GuardRule::TurnCap).act = GuardAct::Notify;
    return policy;
}

} // namespace

class TestPolicy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingActsUnlessItIsSaid()
    {
        const PolicyNow now = policyFor({}, u"asst_a"_s, {});
        for (const RuleNow &rule : now)
            QCOMPARE(rule.act, GuardAct::Notify);
        QCOMPARE(of(now, GuardRule::TurnCap).limit.number, 30);
        QCOMPARE(of(now, GuardRule::ContextCeiling).limit.number, 40'000);
        QCOMPARE(of(now, GuardRule::SessionTokens).limit.number, 500'000);
        QCOMPARE(of(now, GuardRule::ToolSteps).limit.number, 5);
        QCOMPARE(of(now, GuardRule::Retries).limit.backOffSeconds, 2);
        QVERIFY(of(now, GuardRule::MoneyADay).limit.none);
        GuardPolicy policy;
        for (const auto &[name, steps] : {std::pair("support", 3), std::pair("general", 5), std::pair("research", 8)}) {
            policy.preset = QString::fromLatin1(name);
            QCOMPARE(of(policyFor(policy, {}, {}), GuardRule::ToolSteps).limit.number, steps);
        }
        for (std::size_t i = 0; i < guardRuleCount; ++i)
            QCOMPARE(std::size_t(guardRules()[i].rule), i);
    }
    // Assistant above metadata above connection above preset, limit and act each for itself.
    void whereEachValueComesFrom()
    {
        const GuardPolicy policy = rich();
        const PolicyNow now = policyFor(policy, u"asst_a"_s, {{u"team"_s, u"research"_s}});
        const RuleNow &cap = of(now, GuardRule::TurnCap);
        QCOMPARE(cap.limit.number, 20);
        QCOMPARE(cap.limitFrom, (RuleOrigin{RuleOrigin::From::Connection, {}}));
        QCOMPARE(cap.act, GuardAct::Notify);
        QCOMPARE(cap.actFrom, (RuleOrigin{RuleOrigin::From::Assistant, u"asst_a"_s}));
        QVERIFY(of(now, GuardRule::ToolSteps).limit.none);
        QCOMPARE(of(now, GuardRule::ToolSteps).limitFrom.name, u"team=research"_s);
        QCOMPARE(of(now, GuardRule::ToolSteps).actFrom, (RuleOrigin{RuleOrigin::From::Preset, u"support"_s}));
        QCOMPARE(of(policyFor(policy, {}, {{u"team"_s, u"sales"_s}}), GuardRule::ToolSteps).limit.number, 3);
        QCOMPARE(of(policyFor(policy, u"asst_b"_s, {}), GuardRule::TurnCap).act, GuardAct::Rotate);
    }
    void aFileIsReadAsItWasWritten()
    {
        const QByteArray json = policyToJson(rich());
        const auto read = policyFromJson(json, u"p.json"_s);
        QVERIFY(read);
        QVERIFY2(read->problems.empty(), qPrintable(placesOf(read->problems).join(u'\n')));
        QCOMPARE(read->policy, rich());
        QCOMPARE(policyToJson(read->policy), json);
        QVERIFY(json.contains("\"limit\": 12.5"));
        QVERIFY(policyFromJson(policyToJson({}), {})->problems.empty());
    }
    // A misspelt name would be a limit that nobody keeps.
    void whatIsWrongIsNamed()
    {
        const auto read = policyFromJson(R"({"policy": 1, "preset": "generous", "actsAnHour": -1, "turnCap": 3,
            "rules": {"turn-cap": {"limit": 0, "act": "replace"}, "tool-step": {"limit": 3}, "retries": {"backOffSeconds": 3},
                      "models": {"limit": []}, "money-a-day": {"limit": "5"}, "context-ceiling": {"limit": 1.5, "when": 1},
                      "tool-steps": 7, "tokens-a-day": {"act": "ask"}, "tokens-a-month": {"limit": null}},
            "metadata": [{"key": "", "rules": {}}, 5, {"key": "a", "value": "b"}, {"key": "a", "value": "b"}],
            "assistants": {"asst_a": {"rule": {}}, "": {}}})",
                                         u"p.json"_s);
        QVERIFY(read);
        const QStringList places = placesOf(read->problems);
        for (const QString &at : {u"preset"_s,
                                  u"actsAnHour"_s,
                                  u"turnCap"_s,
                                  u"rules.turn-cap.limit"_s,
                                  u"rules.turn-cap.act"_s,
                                  u"rules.tool-step"_s,
                                  u"rules.retries.backOffSeconds"_s,
                                  u"rules.models.limit"_s,
                                  u"rules.money-a-day.limit"_s,
                                  u"rules.context-ceiling.limit"_s,
                                  u"rules.context-ceiling.when"_s,
                                  u"rules.tokens-a-day.limit"_s,
                                  u"rules.tokens-a-month.limit"_s,
                                  u"assistants."_s,
                                  u"metadata[3]"_s,
                                  u"rules.tool-steps"_s,
                                  u"metadata[0].key"_s,
                                  u"metadata[0].value"_s,
                                  u"metadata[1]"_s,
                                  u"assistants.asst_a.rule"_s})
            QVERIFY2(places.contains(u"p.json: "_s + at), qPrintable(at + u" is not in\n"_s + places.join(u'\n')));
        QCOMPARE(policyFromJson("{\"policy\": 2}", u"p"_s)->problems.size(), std::size_t(1));
        QCOMPARE(policyFromJson("[]", u"p"_s).error().kind, Error::Kind::Input);
        QVERIFY(policyFromJson("{}", u"p"_s).error().message.contains(u"policy"_s));
        QCOMPARE(policyFromJson("{\n\"policy\": 1,\n\"rules\" {}}", u"p"_s).error().place, u"p, line 3"_s);
        QTemporaryDir dir;
        QCOMPARE(readPolicy(dir.filePath(u"none.json"_s)).error().kind, Error::Kind::Input);
    }

    // Seven turns of 1,000 tokens more each: what a replay says of a turn cap is what the policy would have spared.
    void rotationIsAsAReplayHasIt()
    {
        Ledger ledger = emptyLedger();
        const ThreadFact &thread = addThread(ledger, growingRuns(ledger, 7));
        GuardPolicy policy;
        of(policy.connection, GuardRule::TurnCap) = upTo(3, GuardAct::Rotate);
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        Measures measures;
        measures.turnCap = 3;
        const Replay replayed = replayThread(ledger, thread, measures).sum;
        QCOMPARE(times(trial, GuardRule::TurnCap), 2);
        QCOMPARE(spared(trial, GuardRule::TurnCap), replayed.actual - replayed.would);
        QCOMPARE(trial.allSpared(), spared(trial, GuardRule::TurnCap));
        QCOMPARE(trial.actual, replayed.actual);
        QCOMPARE(trial.runs, 7);
        QCOMPARE(trial.acts.front().value, 3); // turns since the last rotation
        QVERIFY(trial.acts.front().when > trial.acts.back().when);
    }
    // To be told costs nothing and spares nothing, and is told once a thread.
    void tellingSparesNothing()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, growingRuns(ledger, 50));
        const PolicyTrial trial = tryPolicy(ledger, {}, {}, 0);
        QCOMPARE(times(trial, GuardRule::TurnCap), 1);
        QCOMPARE(times(trial, GuardRule::ContextCeiling), 1);
        QCOMPARE(times(trial, GuardRule::SessionTokens), 1); // 1 + 2 + … + 32 thousand are 528,000
        QCOMPARE(trial.allSpared(), Money());
        for (const WouldAct &act : trial.acts) {
            QCOMPARE(act.act, GuardAct::Notify);
            if (act.rule == GuardRule::SessionTokens)
                QCOMPARE(act.value, 528'000);
        }
    }
    void aRefusedRunCostsNothing()
    {
        Ledger ledger = emptyLedger();
        const std::vector<RunFact> runs = growingRuns(ledger, 7);
        addThread(ledger, runs);
        GuardPolicy policy;
        of(policy.connection, GuardRule::TurnCap) = upTo(5, GuardAct::Refuse);
        PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(trial, GuardRule::TurnCap), 2);
        QCOMPARE(trial.allSpared(), costOf(runs, 5));
        // The same runs are refused by both, and counted by the first.
        of(policy.connection, GuardRule::ContextCeiling) = upTo(5'500, GuardAct::Refuse);
        trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(trial.allSpared(), costOf(runs, 5));
        QCOMPARE(times(trial, GuardRule::ContextCeiling), 0);
        // Earlier runs count for the turn, and are in no sum.
        trial = tryPolicy(ledger, policy, {}, runs.back().created);
        QCOMPARE(trial.allSpared(), costOf(runs, 6));
        QCOMPARE(trial.runs, 1);
        // Tokens of a session are known before its next run.
        GuardPolicy session;
        of(session.connection, GuardRule::SessionTokens) = upTo(6'000, GuardAct::Refuse);
        trial = tryPolicy(ledger, session, {}, 0);
        QCOMPARE(times(trial, GuardRule::SessionTokens), 3); // after 1 + 2 + 3 + 4 thousand
        QCOMPARE(trial.allSpared(), costOf(runs, 4));
    }
    void stepsAndCalls()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs{runWithTools(ledger, 1, 27'200, 9, 2'000), runWithTools(ledger, 2, 27'200, 2, 2'000)};
        runs[0].repeats = 4;
        addThread(ledger, runs);
        GuardPolicy policy;
        of(policy.connection, GuardRule::ToolSteps).act = GuardAct::CancelRun;
        of(policy.connection, GuardRule::IdenticalCalls) = upTo(2, GuardAct::CancelRun);
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(trial, GuardRule::ToolSteps), 1);
        QVERIFY(spared(trial, GuardRule::ToolSteps) > Money());
        QVERIFY(spared(trial, GuardRule::ToolSteps) < costOf(runs));
        QCOMPARE(times(trial, GuardRule::IdenticalCalls), 1);
        QCOMPARE(spared(trial, GuardRule::IdenticalCalls), Money());
    }
    // A retry after a failure that stays is one too many; so is one that would have succeeded: nobody knows
    // before.
    void mixedFailures()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs;
        for (const char *error : {"rate_limit_exceeded", "invalid_prompt", ""}) {
            runs.push_back(runAtTurn(ledger, 1, 1'000));
            runs.back().status = *error ? RunStatus::Failed : RunStatus::Completed;
            runs.back().error = ledger.names.errors.number(error);
        }
        runs[2].cost = -1;
        addThread(ledger, runs);
        GuardPolicy policy;
        QCOMPARE(times(tryPolicy(ledger, policy, {}, 0), GuardRule::Retries), 1);
        of(policy.connection, GuardRule::Retries).act = GuardAct::Refuse;
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(trial, GuardRule::Retries), 1);
        QCOMPARE(trial.acts.front().value, 2);
        QCOMPARE(trial.allSpared(), Money());
    }
    // Where nothing is known of the money, the acts are told all the same.
    void rotationWithoutAPrice()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs = growingRuns(ledger, 50);
        for (RunFact &run : runs) {
            run.model = 3;
            run.cost = -1;
        }
        addThread(ledger, runs);
        GuardPolicy policy;
        of(policy.connection, GuardRule::TurnCap).act = GuardAct::Rotate;
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(trial, GuardRule::TurnCap), 1);
        QCOMPARE(trial.unknownRuns, 50);
    }
    // Twenty dollars on the first day, one on each that follows: the day lets one through, the month ten.
    void dayAndMonthTogether()
    {
        Ledger ledger = emptyLedger();
        const qint64 day = dayNumber(QDate(2026, 9, 1));
        std::vector<RunFact> runs;
        for (int i = 0; i < 49; ++i) {
            runs.push_back(runAtTurn(ledger, 1, 400'000)); // $1
            runs.back().created = (day + std::max(0, i - 19)) * dayMs + i;
        }
        addThread(ledger, runs);
        GuardPolicy policy;
        of(policy.connection, GuardRule::ContextCeiling) = upTo(1'000'000, GuardAct::Notify);
        of(policy.connection, GuardRule::MoneyADay) = upTo(Money::perDollar, GuardAct::Refuse);
        of(policy.connection, GuardRule::MoneyAMonth) = upTo(10 * Money::perDollar, GuardAct::Refuse);
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(trial.allSpared(), Money::fromDollars(39));
        QCOMPARE(spared(trial, GuardRule::MoneyADay), Money::fromDollars(19));
        // What was spent of the month before the time that is looked at counts for it.
        QCOMPARE(tryPolicy(ledger, policy, {}, (day + 20) * dayMs).allSpared(), Money::fromDollars(10));
        // Told when it is exceeded, also by the last run.
        of(policy.connection, GuardRule::MoneyADay) = upTo(20 * Money::perDollar, GuardAct::Notify);
        of(policy.connection, GuardRule::MoneyAMonth) = {};
        QCOMPARE(times(tryPolicy(ledger, policy, {}, 0), GuardRule::MoneyADay), 1);
    }
    // Whose run it is, not whose thread.
    void twoAssistantsInAThread()
    {
        Ledger ledger = emptyLedger();
        const qint32 a = ledger.names.assistants.number("asst_a");
        std::vector<RunFact> runs = growingRuns(ledger, 5);
        for (RunFact &run : runs)
            run.assistant = a;
        runs.back().assistant = ledger.names.assistants.number("asst_b");
        addThread(ledger, runs);
        ledger.threads[0].assistant = runs.back().assistant;
        GuardPolicy policy;
        of(policy.assistants[u"asst_a"_s], GuardRule::TokensADay) = upTo(10'000, GuardAct::Ask);
        of(policy.assistants[u"asst_b"_s], GuardRule::TokensADay) = upTo(5'001, GuardAct::Ask);
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(trial, GuardRule::TokensADay), 1);
        QCOMPARE(trial.acts.back().name, u"asst_a"_s);
    }
    // Nothing is spared twice, whatever is combined.
    void neverMoreThanWasSpent()
    {
        QRandomGenerator random(11);
        for (int round = 0; round < 200; ++round) {
            Ledger ledger = emptyLedger();
            const qint32 error = ledger.names.errors.number("invalid_prompt");
            for (int t = 0; t < 4; ++t) {
                std::vector<RunFact> runs;
                qint32 turn = 1;
                for (int i = 0; i < 12; ++i) {
                    runs.push_back(runWithTools(ledger, turn, 1'000 + 4'000 * i, random.bounded(8), 500));
                    const bool failed = random.bounded(3) == 0;
                    runs.back().status = failed ? RunStatus::Failed : RunStatus::Completed;
                    runs.back().error = failed && random.bounded(2) ? error : 0;
                    runs.back().created += qint64(i) * dayMs / 3;
                    turn += failed ? 0 : 1;
                }
                addThread(ledger, runs);
            }
            GuardPolicy policy;
            for (const RuleInfo &info : guardRules()) {
                if (info.rule == GuardRule::Models || random.bounded(2))
                    continue;
                const qint64 most = isBudget(info.rule)      ? (isMoney(info.rule) ? Money::perDollar : 900'000)
                    : info.rule == GuardRule::ContextCeiling ? 40'000
                    : info.rule == GuardRule::SessionTokens  ? 400'000
                                                             : 8;
                of(policy.connection, info.rule) =
                    upTo(1 + random.bounded(most), info.acts[std::size_t(random.bounded(int(info.acts.size())))]);
            }
            const PolicyTrial trial = tryPolicy(ledger, policy, {}, firstTurnAt + dayMs);
            QVERIFY2(trial.allSpared() <= trial.actual, qPrintable(QString::fromUtf8(policyToJson(policy))));
        }
    }
    // The figures of the guides: five failed runs of 43,200 tokens in a row cost $0.54.
    void retriesByTheirClass()
    {
        Ledger ledger = emptyLedger();
        const qint32 limited = ledger.names.errors.number("rate_limit_exceeded");
        const qint32 invalid = ledger.names.errors.number("invalid_prompt");
        const auto spiral = [&](qint32 error) {
            std::vector<RunFact> runs;
            for (int i = 0; i < 5; ++i) {
                runs.push_back(runAtTurn(ledger, 1, 43'200));
                runs.back().status = RunStatus::Failed;
                runs.back().error = error;
            }
            return runs;
        };
        GuardPolicy policy;
        of(policy.connection, GuardRule::ContextCeiling) = upTo(100'000, GuardAct::Notify);
        for (const auto &[error, refusedRuns] : {std::pair(limited, 1), std::pair(invalid, 4)}) {
            ledger.threads.clear();
            ledger.places.clear();
            const std::vector<RunFact> runs = spiral(error);
            addThread(ledger, runs);
            QCOMPARE(costOf(runs), Money::fromDollars(0.54));
            of(policy.connection, GuardRule::Retries).act = GuardAct::Notify;
            QCOMPARE(times(tryPolicy(ledger, policy, {}, 0), GuardRule::Retries), 1);
            of(policy.connection, GuardRule::Retries).act = GuardAct::Refuse;
            const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
            QCOMPARE(times(trial, GuardRule::Retries), refusedRuns);
            QCOMPARE(spared(trial, GuardRule::Retries), Money::fromDollars(0.108 * refusedRuns));
        }
    }
    void modelsThatAreNotAllowed()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs = growingRuns(ledger, 4);
        runs[1].model = 2;
        addThread(ledger, runs);
        GuardPolicy policy;
        RuleLimit mini;
        mini.models = {u"gpt-4o-mini"_s};
        of(policy.connection, GuardRule::Models) = {mini, GuardAct::Ask};
        const PolicyTrial asked = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(asked, GuardRule::Models), 1);
        QCOMPARE(asked.acts.front().name, u"gpt-4o"_s);
        of(policy.connection, GuardRule::Models).act = GuardAct::Refuse;
        const PolicyTrial refused = tryPolicy(ledger, policy, {}, 0);
        QCOMPARE(times(refused, GuardRule::Models), 3);
        QCOMPARE(refused.allSpared(), costOf(runs) - *runs[1].money());
    }
    // The connection's counts all runs, the assistant's its own besides.
    void budgetsByDayAndWhose()
    {
        Ledger ledger = emptyLedger();
        const qint32 a = ledger.names.assistants.number("asst_a");
        const auto day = [&](qint64 number, int count, qint32 assistant) {
            std::vector<RunFact> runs;
            for (int i = 0; i < count; ++i) {
                runs.push_back(runAtTurn(ledger, 1, 10'000)); // $0.025
                runs.back().created = (20'000 + number) * dayMs + i;
                runs.back().assistant = assistant;
            }
            ThreadFact thread;
            thread.key = RowKey(ledger.threads.size()) + 1;
            thread.assistant = assistant;
            thread.runs = runs;
            ledger.put(std::move(thread));
        };
        day(0, 6, 0);
        day(1, 3, 0);
        day(0, 6, a);
        GuardPolicy policy;
        of(policy.connection, GuardRule::MoneyADay) = upTo(Money::fromDollars(0.06).pico, GuardAct::Notify);
        of(policy.assistants[u"asst_a"_s], GuardRule::MoneyADay) = upTo(Money::fromDollars(0.1).pico, GuardAct::Refuse);
        const PolicyTrial trial = tryPolicy(ledger, policy, {}, 0);
        // Told once a day, by the third run; refused: two of the assistant, after four.
        QCOMPARE(times(trial, GuardRule::MoneyADay), 4);
        QCOMPARE(spared(trial, GuardRule::MoneyADay), Money::fromDollars(0.05));
        for (const WouldAct &act : trial.acts)
            QCOMPARE(act.name, act.act == GuardAct::Refuse ? u"asst_a"_s : QString());
    }
    void metadataOfThreads()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, growingRuns(ledger, 6));
        addThread(ledger, growingRuns(ledger, 6));
        ThreadTags tags;
        tags.ofThread[2] = tags.values.number("blue");
        GuardPolicy policy;
        MetadataLayer blue{u"team"_s, u"blue"_s, {}};
        of(blue.layer, GuardRule::TurnCap) = upTo(5, GuardAct::Refuse);
        policy.metadata = {blue};
        const PolicyTrial trial = tryPolicy(ledger, policy, {{u"team"_s, tags}}, 0);
        QCOMPARE(times(trial, GuardRule::TurnCap), 1);
        QCOMPARE(trial.acts.front().thread, RowKey(2));
    }
    // Layer by layer: what holds in each, the order of those of metadata, and what may act.
    void changedLayerByLayer()
    {
        const LayerName all, bot{RuleOrigin::From::Assistant, u"asst_1"_s, {}},
            gold{RuleOrigin::From::MetadataValue, u"tier"_s, u"gold"_s},
            late{RuleOrigin::From::MetadataValue, u"tier"_s, u"late"_s};
        const auto with = [](qint64 turns, std::optional<GuardAct> act) {
            PolicyLayer layer;
            of(layer, GuardRule::TurnCap) = upTo(turns, act);
            return layer;
        };
        GuardPolicy policy;
        setLayer(policy, all, with(20, GuardAct::Rotate));
        setLayer(policy, gold, with(30, {}));
        setLayer(policy, late, with(9, {}));
        setLayer(policy, bot, with(5, GuardAct::Refuse));
        QVERIFY((layersOf(policy) == std::vector{all, gold, late, bot}));
        QCOMPARE(of(policyIn(policy, gold), GuardRule::TurnCap).limit.number, 30);
        QCOMPARE(of(policyIn(policy, gold), GuardRule::TurnCap).act, GuardAct::Rotate);
        QCOMPARE(of(policyIn(policy, bot), GuardRule::TurnCap).act, GuardAct::Refuse);
        QCOMPARE(of(policyIn(policy, all), GuardRule::TurnCap).limit.number, 20);
        // Silent for a moment, it is still where it was.
        setLayer(policy, gold, {});
        QVERIFY((layersOf(policy) == std::vector{all, gold, late, bot}));
        QCOMPARE(of(policyIn(policy, gold), GuardRule::TurnCap).limit.number, 20);
        QCOMPARE(withoutSilentLayers(policy).metadata.size(), std::size_t(1));
        setLayer(policy, bot, {});
        QVERIFY(policy.assistants.empty());
        setLayer(policy, bot, with(5, GuardAct::Refuse));
        const GuardPolicy quiet = onlyTelling(policy);
        QVERIFY(isActing(policy, GuardPlace::InLine));
        QVERIFY(!isActing(quiet, GuardPlace::InLine));
        QCOMPARE(of(policyIn(quiet, bot), GuardRule::TurnCap).limit.number, 5);
    }
    // What a person keeps to in What if is what the guard holds to; what happens beyond stays as it was said.
    void measuresBecomeLimits()
    {
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(50, GuardAct::Refuse);
        of(policy, GuardRule::Retries).act = GuardAct::Refuse;
        Measures measures;
        measures.turnCap = 12;
        measures.retries = 1;
        measures.model = u"gpt-4o-mini"_s;
        measures.batch = true; // is no rule
        const GuardPolicy held = withMeasures(policy, {}, measures);
        const PolicyNow now = policyFor(held, {}, {});
        QCOMPARE(of(now, GuardRule::TurnCap).limit.number, 12);
        QCOMPARE(of(now, GuardRule::TurnCap).act, GuardAct::Refuse);
        QCOMPARE(of(now, GuardRule::Retries).limit.number, 1);
        QCOMPARE(of(now, GuardRule::Retries).limit.backOffSeconds, 2);
        QCOMPARE(of(now, GuardRule::Models).limit.models, QStringList{u"gpt-4o-mini"_s});
        QVERIFY(!of(now, GuardRule::Models).limit.none);
        QCOMPARE(of(now, GuardRule::ToolSteps).limit, of(policyFor({}, {}, {}), GuardRule::ToolSteps).limit);
        // It holds what was said, and is never looser.
        measures.turnCap = 80;
        measures.model = u"gpt-4o"_s;
        const PolicyNow later = policyFor(withMeasures(held, {}, measures), {}, {});
        QCOMPARE(of(later, GuardRule::TurnCap).limit.number, 12);
        QCOMPARE(of(later, GuardRule::Models).limit.models, QStringList{u"gpt-4o-mini"_s});
        const LayerName bot{RuleOrigin::From::Assistant, u"asst_1"_s, {}};
        QCOMPARE(of(withMeasures(policy, bot, measures), GuardRule::TurnCap), of(policy, GuardRule::TurnCap));
    }
    // Before it is sent, a person is told of everything that a turn would go beyond; a program only of what holds.
    void whatIsForeseen()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, growingRuns(ledger, 3));
        NextRun next;
        next.thread = u"thread_1"_s;
        next.fact = &ledger.threads[0];
        next.userMessages = 4;
        next.characters = 400;
        next.model = u"gpt-4o"_s;
        GuardPolicy policy;
        of(policy, GuardRule::TurnCap) = upTo(2);
        QVERIFY(foreseen(ledger, next, policy, firstTurnAt).empty());
        const auto told = foreseen(ledger, next, policy, firstTurnAt, Foresee::All);
        QCOMPARE(told.size(), std::size_t(1));
        QCOMPARE(told[0].state, GuardState::Told);
        of(policy, GuardRule::TurnCap).act = GuardAct::Ask;
        QCOMPARE(foreseen(ledger, next, policy, firstTurnAt, Foresee::All)[0].state, GuardState::Asked);
        of(policy, GuardRule::TurnCap).act = GuardAct::Refuse;
        QCOMPARE(foreseen(ledger, next, policy, firstTurnAt, Foresee::All)[0].state, GuardState::Acting);
        QCOMPARE(foreseen(ledger, next, policy, firstTurnAt).size(), std::size_t(1));
    }
    void filesAttachedAgain()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, growingRuns(ledger, 2));
        ledger.threads[0].filesAgain = {{u"file_a"_s, u"prices.pdf"_s, 3, 100}, {u"file_b"_s, {}, 5, 100}};
        ledger.threads[0].lastActive = firstTurnAt;
        const PolicyTrial trial = tryPolicy(ledger, {}, {}, 0);
        QCOMPARE(times(trial, GuardRule::AttachedAgain), 1);
        QCOMPARE(trial.acts.back().value, 5);
        QVERIFY(!toldByRecord(GuardRule::RequiresAction));
    }
};

QTEST_GUILESS_MAIN(TestPolicy)
#include "tst_policy.moc"
