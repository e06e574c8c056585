// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard makes of a thread as it is: which runs are in its sight, what is said once, and what is to be done.
#include "models/core/money.h"
#include "models/guard/sight.h"
#include "tests/support/policies.h"

#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 now = 1'780'000'000'000; // 2026-05-28T20:26:40Z

RunFact run(RowKey key, qint64 created, RunStatus status, qint16 rounds = 0, qint32 turn = 1)
{
    RunFact fact;
    fact.key = key;
    fact.created = created;
    fact.status = status;
    fact.rounds = rounds;
    fact.turn = turn;
    return fact;
}

// A policy in which nothing but what is said has a limit.
GuardPolicy silent()
{
    GuardPolicy policy;
    RuleLimit none;
    none.none = true;
    for (const RuleInfo &info : guardRules())
        if (!isBudget(info.rule))
            of(policy, info.rule) = {none, {}};
    return policy;
}

} // namespace

class TestSight : public QObject {
    Q_OBJECT
    Ledger m_ledger;
    ThreadFact m_thread;
    SeenThread m_seen;

    std::vector<GuardRow> rows(const GuardPolicy &policy, qint64 since = 0)
    {
        m_seen.fact = &m_thread;
        return seenIn(m_ledger, m_seen, policy, since, now);
    }

private Q_SLOTS:
    void init()
    {
        m_ledger = Ledger();
        m_thread = {};
        m_thread.key = 1;
        m_seen = {};
        m_seen.id = u"thread_a"_s;
        for (RowKey key = 1; key <= 9; ++key)
            m_seen.runs.insert(key, u"run_%1"_s.arg(key));
    }
    // Each run is cancelled for itself; one that has ended is late.
    void eachRunIsCancelled()
    {
        GuardPolicy policy = silent();
        of(policy, GuardRule::ToolSteps) = upTo(5, GuardAct::CancelRun);
        m_thread.runs = {run(1, now - 60'000, RunStatus::Completed, 9), run(2, now - 10'000, RunStatus::InProgress, 6),
                         run(3, now - 9'000, RunStatus::InProgress, 5)};
        const auto found = rows(policy);
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[0].state, GuardState::Late);
        QCOMPARE(found[0].run, u"run_1"_s);
        QCOMPARE(found[1].state, GuardState::Acting);
        QCOMPARE(found[1].run, u"run_2"_s);
        QCOMPARE(found[1].value, 6);
        QCOMPARE(found[1].limit, 5);
        QVERIFY(found[0].mark != found[1].mark);
        // What was before the guard began is not judged, what runs always is.
        QCOMPARE(rows(policy, now).size(), std::size_t(1));
        QCOMPARE(rows(policy, now)[0].run, u"run_2"_s);
    }
    // Looked at again it is the same thing; what only speaks says so once a thread, a turn, a run.
    void marksSayWhatIsTheSame()
    {
        GuardPolicy policy = silent();
        of(policy, GuardRule::TurnCap) = upTo(1);
        m_thread.runs = {run(1, now - 60'000, RunStatus::Completed, 0, 2), run(2, now, RunStatus::Completed, 0, 3)};
        const auto first = rows(policy);
        QCOMPARE(first.size(), std::size_t(2));
        QCOMPARE(first[0].mark, first[1].mark);
        QCOMPARE(rows(policy)[0].mark, first[0].mark);
        // The same line acting is another thing: that it was told does not keep it from being done.
        of(policy, GuardRule::TurnCap).act = GuardAct::Rotate;
        QVERIFY(rows(policy)[0].mark != first[0].mark);
        QCOMPARE(rows(policy)[0].state, GuardState::Acting);
        m_thread.rotated = true;
        QCOMPARE(rows(policy)[0].state, GuardState::Late);
    }
    // Of what is over nobody needs to be asked.
    void nobodyIsAskedOfWhatIsOver()
    {
        GuardPolicy policy = silent();
        of(policy, GuardRule::ToolSteps) = upTo(5, GuardAct::Ask);
        m_thread.runs = {run(1, now, RunStatus::Completed, 9), run(2, now, RunStatus::InProgress, 9)};
        const auto found = rows(policy);
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[0].state, GuardState::Told);
        QVERIFY(!found[0].note.isEmpty());
        QCOMPARE(found[1].state, GuardState::Asked);
    }
    void waitingTooLong()
    {
        GuardPolicy policy = silent();
        of(policy, GuardRule::RequiresAction) = upTo(10, GuardAct::CancelRun);
        of(policy, GuardRule::Cancelling) = upTo(10);
        m_thread.runs = {run(1, now, RunStatus::RequiresAction), run(2, now, RunStatus::Cancelling)};
        m_seen.waits = {{1, 10 * 60'000}, {2, 11 * 60'000}};
        const auto found = rows(policy);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].rule, u"cancelling-minutes"_s);
        QCOMPARE(found[0].state, GuardState::Told);
        m_seen.waits = {{1, 10 * 60'000 + 60'000}};
        QCOMPARE(rows(policy)[0].rule, u"requires-action-minutes"_s);
        QCOMPARE(rows(policy)[0].value, 11);
        QCOMPARE(rows(policy)[0].state, GuardState::Acting);
    }
    void aBudgetIsToldAtEightyAndActsAtAHundred()
    {
        BudgetUse use;
        use.rule = GuardRule::MoneyADay;
        use.budget.limit.number = Money::fromDollars(10).pico;
        use.budget.act = GuardAct::CancelRun;
        use.budget.limitFrom = use.budget.actFrom = {RuleOrigin::From::Assistant, u"asst_a"_s};
        const std::vector<ActiveRun> active{{u"thread_a"_s, u"run_1"_s, u"asst_a"_s, {}},
                                            {u"thread_b"_s, u"run_2"_s, u"asst_b"_s, {}}};
        use.used = Money::fromDollars(7.99).pico;
        QVERIFY(seenOf({use}, active, now).empty());
        use.used = Money::fromDollars(8).pico;
        auto found = seenOf({use}, active, now);
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].state, GuardState::Told);
        QVERIFY(found[0].mark.endsWith(u"2026-05-28/near"_s));
        use.used = Money::fromDollars(10).pico;
        found = seenOf({use}, active, now);
        QCOMPARE(found.size(), std::size_t(2)); // that it is used up, and the run that counts for it
        QCOMPARE(found[0].state, GuardState::Told);
        QCOMPARE(found[1].state, GuardState::Acting);
        QCOMPARE(found[1].run, u"run_1"_s);
        use.budget.act = GuardAct::Ask; // of each run, too
        QCOMPARE(seenOf({use}, active, now)[1].state, GuardState::Asked);
        QCOMPARE(seenOf({use}, active, now)[1].run, u"run_1"_s);
        // Tomorrow is another budget.
        QVERIFY(seenOf({use}, active, now + 86'400'000)[0].mark != found[0].mark);
    }
    void metadataTellsWhoseARunIs()
    {
        BudgetUse use;
        use.rule = GuardRule::TokensAMonth;
        use.used = use.budget.limit.number = 1'000;
        use.budget.act = GuardAct::CancelRun;
        use.budget.limitFrom = use.budget.actFrom = {RuleOrigin::From::MetadataValue, u"team=blue"_s};
        const std::vector<ActiveRun> active{{u"thread_a"_s, u"run_1"_s, {}, {{u"team"_s, u"blue"_s}}},
                                            {u"thread_b"_s, u"run_2"_s, {}, {{u"team"_s, u"red"_s}}}};
        const auto found = seenOf({use}, active, now);
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[1].run, u"run_1"_s);
        QVERIFY(found[1].mark.contains(u"2026-05"_s));
    }
    void wordsOfActsAndRules()
    {
        for (const RuleInfo &info : guardRules()) {
            QCOMPARE(ruleOfWord(QLatin1String(info.word)), &info);
            for (const GuardAct act : info.acts)
                QCOMPARE(actOfWord(QLatin1String(actWord(act))), act);
            // What a person allows is something that the rule may do, or nothing.
            const GuardAct allowed = actIfAllowed(info.rule);
            QVERIFY(!isActing(allowed) || std::ranges::find(info.acts, allowed) != info.acts.end());
        }
        QVERIFY(!ruleOfWord(u"nothing"_s));
        QVERIFY(!actOfWord(u"nothing"_s));
    }
};

QTEST_GUILESS_MAIN(TestSight)
#include "tst_sight.moc"
