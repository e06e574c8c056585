// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checklist/checklist.h"
#include "models/checklist/checklisttext.h"
#include "models/core/days.h"

#include <QTest>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

const qint64 now = dayNumber(QDate(2026, 11, 20)) * dayMs;

} // namespace

class TestChecklist : public QObject {
    Q_OBJECT
    Ledger m_ledger;
    LimitSet m_limits;
    std::vector<Finding> m_findings;
    std::vector<BudgetState> m_budgets;
    qint32 m_assistant = 0;

    RunFact run(qint32 turn, int daysAgo = 1) const
    {
        RunFact fact;
        fact.assistant = m_assistant;
        fact.turn = turn;
        fact.created = now - daysAgo * dayMs + turn * 60'000;
        fact.status = RunStatus::Completed;
        fact.rounds = 1;
        fact.setUsage(Usage{1'000, 10, {}, {}, {}});
        fact.context = fact.largest = 1'000;
        fact.cost = 1'000'000;
        return fact;
    }
    void add(std::vector<RunFact> runs)
    {
        ThreadFact thread;
        thread.key = RowKey(m_ledger.threads.size()) + 1;
        thread.assistant = m_assistant;
        thread.lastActive = runs.back().created;
        thread.runs = std::move(runs);
        m_ledger.put(std::move(thread));
    }
    Checklist list() const
    {
        return checklistOf({m_ledger, m_limits, m_findings, m_budgets, now}, u"asst"_s, u"gpt-4o"_s);
    }
    CheckItem item(Check check) const { return list().items[std::size_t(check)]; }

private Q_SLOTS:
    void init()
    {
        m_ledger = Ledger();
        m_findings.clear();
        m_budgets.clear();
        m_assistant = m_ledger.names.assistants.number("asst");
    }
    void nothingIsKnownOfNobody()
    {
        const Checklist empty = list();
        QCOMPARE(empty.items.size(), std::size_t(checkCount));
        QCOMPARE(empty.met(), 0);
        for (const CheckItem &item : empty.items)
            QVERIFY2(item.check == Check::Budget || item.state == CheckState::Unmeasured,
                     qPrintable(checkTitle(item.check)));
        QVERIFY(!empty.steps.recommended);
    }
    void allIsWell()
    {
        add({run(1), run(2)});
        Budget budget;
        budget.money = Money{100};
        m_budgets = {{budget, {}, 0, 0.5, BudgetState::Level::Within}};
        const Checklist fine = list();
        for (const CheckItem &item : fine.items)
            QVERIFY2(item.state == CheckState::Met, qPrintable(checkTitle(item.check) + checkText(item)));
        QCOMPARE(fine.runs, 2);
        QVERIFY(fine.lately);
        QVERIFY(checklistText(fine).startsWith(u"11 of 11"_s));
    }
    void eachPointCanFail()
    {
        std::vector<RunFact> runs;
        for (qint32 turn = 1; turn <= 31; ++turn)
            runs.push_back(run(turn));
        runs[3].context = 50'000;
        runs[4].rounds = 9;
        runs[5].setUsage(Usage{600'000, 10, {}, {}, {}});
        RunFact failed = run(31);
        failed.status = RunStatus::Expired;
        runs.push_back(failed);
        runs.push_back(run(31));
        RunFact untold = run(32);
        untold.prompt = untold.completion = -1;
        untold.cost = -1;
        runs.push_back(untold);
        add(runs);
        m_ledger.threads.back().filesAgain = {{u"file"_s, u"a.pdf"_s, 4, {}}};
        add({run(1, 100)}); // stale
        Finding dear;
        dear.rule = "dear-model";
        dear.subject = SubjectKind::Assistant;
        dear.id = u"asst"_s;
        Finding told = dear;
        told.rule = "instructions-per-run";
        Finding others = told;
        others.id = u"another"_s;
        m_findings = {dear, told, others};
        for (const CheckItem &item : list().items) {
            QVERIFY2(item.state == CheckState::NotMet, qPrintable(checkTitle(item.check) + checkText(item)));
            QVERIFY2(item.help != CheckHelp::None, qPrintable(checkTitle(item.check)));
        }
        QCOMPARE(item(Check::TurnCap).most, 32);
        QCOMPARE(item(Check::ContextCeiling).most, 50'000);
        QCOMPARE(item(Check::StepCeiling).most, 9);
        QCOMPARE(item(Check::CleanUp).count, 1);
        QCOMPARE(item(Check::CleanUp).of, 2);
        QCOMPARE(item(Check::RetryClasses).count, 1);
        QCOMPARE(item(Check::FileLevel).most, 4);
        QCOMPARE(item(Check::Instructions).count, 1);
        QCOMPARE(item(Check::Telemetry).count, 1);
    }
    // Written to, though nothing ran: not stale. Gone: nothing to be done about it.
    void whatIsStaleAndWhatIsGone()
    {
        add({run(1, 100)});
        m_ledger.threads.back().lastActive = now - 2 * dayMs;
        QCOMPARE(item(Check::CleanUp).state, CheckState::Met);
        std::vector<RunFact> many;
        for (qint32 turn = 1; turn <= 40; ++turn)
            many.push_back(run(turn));
        add(many);
        QCOMPARE(item(Check::TurnCap).state, CheckState::NotMet);
        m_ledger.threads.back().gone = true;
        QCOMPARE(item(Check::TurnCap).state, CheckState::Unmeasured);
        QCOMPARE(item(Check::CleanUp).of, 1);
    }
    void limitsAreTheAssistants()
    {
        RunFact busy = run(1);
        busy.rounds = 7;
        add({busy});
        QCOMPARE(item(Check::StepCeiling).state, CheckState::NotMet);
        Limits own;
        own.toolSteps = 8;
        m_limits.assistants.insert(u"asst"_s, own);
        QCOMPARE(item(Check::StepCeiling).state, CheckState::Met);
        m_limits = {};
    }
    void whatIsOldIsLookedAtWhereNothingElseIs()
    {
        add({run(1, 200)});
        const Checklist old = list();
        QVERIFY(!old.lately);
        QCOMPARE(old.runs, 1);
        add({run(1, 2)});
        QVERIFY(list().lately);
        QCOMPARE(list().runs, 1);
    }
    // Two above the 99th percentile, by nearest rank: of 200 runs the 198th.
    void theRecommendedCeiling()
    {
        std::vector<RunFact> runs;
        for (qint32 i = 0; i < 200; ++i) {
            RunFact fact = run(1);
            fact.rounds = qint16(i < 150 ? 1 : i < 197 ? 4 : i < 198 ? 6 : 40);
            runs.push_back(fact);
        }
        add(runs);
        const StepDistribution steps = list().steps;
        QCOMPARE(steps.recommended, (std::optional<StepCeiling>({8, 200})));
        QCOMPARE(steps.middle, 1);
        QCOMPARE(steps.p95, 4);
        QCOMPARE(steps.most, 40);
        QCOMPARE(steps.runs[1], 150);
        QCOMPARE(steps.runs.back(), 2);
        QVERIFY(stepsText(steps).contains(u"A ceiling of 8"_s));
    }
};

QTEST_GUILESS_MAIN(TestChecklist)
#include "tst_checklist.moc"
