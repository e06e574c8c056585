// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/days.h"
#include "models/costs/budget.h"
#include "models/costs/forecast.h"
#include "models/costs/othermodels.h"
#include "models/costs/pivot.h"
#include "tests/support/ledgers.h"

#include <QRandomGenerator>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const QDate firstDay(2026, 11, 2); // a Monday
qint64 at(const QDate &day, int hour = 12)
{
    return dayNumber(day) * dayMs + hour * 3'600'000;
}

RunFact run(const Ledger &ledger, const QDate &day, qint32 assistant, qint32 model, qint64 prompt, qint64 completion,
            qint64 cached = 0, int hour = 12)
{
    RunFact run;
    run.created = at(day, hour);
    run.assistant = assistant;
    run.model = model;
    run.status = RunStatus::Completed;
    run.turn = 1;
    run.setUsage(Usage{prompt, completion, cached, {}, {}});
    run.context = run.largest = run.prompt;
    if (const Price *price = ledger.rates.at(model, run.created))
        run.cost = cost(price->rates, run.usage()).pico;
    return run;
}

void add(Ledger &ledger, RowKey key, std::vector<RunFact> runs, Cause cause = Cause::Volume)
{
    ThreadFact thread;
    thread.key = key;
    thread.cause = cause;
    std::ranges::stable_sort(runs, {}, &RunFact::created);
    thread.runs = std::move(runs);
    ledger.put(std::move(thread));
}

bool near(double a, double b, double within)
{
    return std::abs(a - b) <= within;
}

} // namespace

class TestCosts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Whatever the question, the parts add up to the same sum, and that is the sum of the runs.
    void everyPivotAddsUp()
    {
        Ledger ledger = emptyLedger();
        QRandomGenerator random(7);
        CostSum known;
        ThreadTags tags;
        for (int t = 0; t < 60; ++t) {
            std::vector<RunFact> runs;
            for (int i = random.bounded(1, 20); i > 0; --i) {
                RunFact one =
                    run(ledger, firstDay.addDays(random.bounded(100)),
                        ledger.names.assistants.number(std::to_string(random.bounded(5))), random.bounded(1, 4),
                        random.bounded(50'000), random.bounded(2'000), random.bounded(1'000), random.bounded(24));
                known.add(one.money(), one.assumed);
                runs.push_back(one);
            }
            if (t % 3 > 0)
                tags.ofThread[t + 1] = tags.values.number(t % 3 == 1 ? "acme" : "globex");
            add(ledger, t + 1, runs, Cause(t % 6));
        }
        for (const Period period : {Period::Day, Period::Week, Period::Month})
            for (const GroupBy by :
                 {GroupBy::Assistant, GroupBy::Model, GroupBy::Thread, GroupBy::Cause, GroupBy::MetadataValue}) {
                const Pivot pivot = pivotOf(ledger, {period, by, {}, {}, 4}, tags);
                QCOMPARE(pivot.sum.cost, known);
                QVERIFY(pivot.groups.size() <= 6);
                Amount ofColumns;
                for (std::size_t c = 0; c < pivot.columns.size(); ++c) {
                    ofColumns += pivot.columns[c].sum;
                    Amount ofGroups;
                    for (const Pivot::Group &group : pivot.groups)
                        ofGroups += group.columns[c];
                    QCOMPARE(ofGroups, pivot.columns[c].sum);
                    QVERIFY(c == 0 || pivot.columns[c].from == pivot.columns[c - 1].until);
                }
                QCOMPARE(ofColumns, pivot.sum);
                for (const Pivot::Group &group : pivot.groups) {
                    Amount row;
                    for (const Amount &cell : group.columns)
                        row += cell;
                    QCOMPARE(row, group.sum);
                }
            }
    }
    void groupsAreNamed()
    {
        Ledger ledger = emptyLedger();
        const qint32 support = ledger.names.assistants.number("asst_support");
        add(ledger, 1, {run(ledger, firstDay, support, 1, 100'000, 0), run(ledger, firstDay, support, 3, 5, 5)});
        add(ledger, 2, {run(ledger, firstDay.addDays(7), 0, 2, 1'000, 0)});
        const Pivot byAssistant = pivotOf(ledger, {Period::Week, GroupBy::Assistant, {}, {}});
        QCOMPARE(byAssistant.columns.size(), 2);
        QCOMPARE(byAssistant.columns[0].from, firstDay);
        QCOMPARE(byAssistant.columns[0].until, firstDay.addDays(7));
        QCOMPARE(byAssistant.groups[0].id, u"asst_support"_s);
        QCOMPARE(byAssistant.groups[0].sum.cost, (CostSum{Money::fromDollars(0.25), 1, 1, 0}));
        QVERIFY(byAssistant.groups[1].without);
        const Pivot byModel = pivotOf(ledger, {Period::Month, GroupBy::Model, {}, {}});
        QCOMPARE(byModel.groups[0].id, u"gpt-4o"_s);
        QCOMPARE(byModel.groups[2].id, u"nobody-knows"_s);
        QCOMPARE(byModel.groups[2].sum.cost.unknownRuns, 1);
        const Pivot byThread = pivotOf(ledger, {Period::Day, GroupBy::Thread, firstDay, firstDay.addDays(1)});
        QCOMPARE(byThread.groups.size(), 1);
        QCOMPARE(byThread.groups[0].thread, 1);
    }
    void theOthersAreOne()
    {
        Ledger ledger = emptyLedger();
        for (int t = 1; t <= 9; ++t)
            add(ledger, t, {run(ledger, firstDay.addDays(t % 3), 0, 1, 1'000 * t, t)});
        const Pivot whole = pivotOf(ledger, {Period::Day, GroupBy::Thread, {}, {}});
        const Pivot few = folded(whole, 5);
        QCOMPARE(few.groups.size(), std::size_t(6));
        QCOMPARE(few.groups.back().members, 4);
        QVERIFY(few.groups.back().others && few.groups.back().thread == 0);
        Amount all;
        for (const Pivot::Group &group : few.groups)
            all += group.sum;
        QCOMPARE(all, whole.sum);
        for (std::size_t c = 0; c < few.columns.size(); ++c) {
            Amount column;
            for (const Pivot::Group &group : few.groups)
                column += group.columns[c];
            QCOMPARE(column, whole.columns[c].sum);
        }
        QCOMPARE(folded(whole, 8).groups.size(), std::size_t(9)); // one other is itself
    }
    void runsWithoutADateAreTold()
    {
        Ledger ledger = emptyLedger();
        RunFact undated = run(ledger, firstDay, 0, 1, 1'000, 0);
        undated.created = 0;
        add(ledger, 1, {undated, run(ledger, firstDay, 0, 1, 1'000, 0)});
        const Pivot pivot = pivotOf(ledger, {});
        QCOMPARE(pivot.undated.runs(), 1);
        QCOMPARE(pivot.sum.runs(), 1);
    }
    void budgetsNearAndOver()
    {
        Ledger ledger = emptyLedger();
        const qint32 a = ledger.names.assistants.number("a");
        const QDate today(2026, 11, 20);
        // $0.25 a run: a month of three, of which one today; October does not count.
        add(ledger, 1,
            {run(ledger, {2026, 10, 31}, a, 1, 100'000, 0), run(ledger, {2026, 11, 1}, a, 1, 100'000, 0),
             run(ledger, {2026, 11, 19}, a, 1, 100'000, 0)});
        add(ledger, 2, {run(ledger, today, 0, 1, 100'000, 0), run(ledger, today, 0, 3, 40, 2)});
        QHash<QString, ThreadTags> tags;
        tags[u"customer"_s].ofThread[2] = tags[u"customer"_s].values.number("acme");
        using Scope = Budget::Scope;
        using Per = Budget::Per;
        const std::vector<Budget> budgets{
            {Scope::Connection, Per::Month, {}, {}, Money::fromDollars(1), {}},
            {Scope::Connection, Per::Day, {}, {}, Money::fromDollars(0.25), {}},
            {Scope::Assistant, Per::Month, u"a"_s, {}, Money::fromDollars(0.6), {}},
            {Scope::MetadataValue, Per::Month, u"customer"_s, u"acme"_s, Money::fromDollars(5), 110'000},
            {Scope::MetadataValue, Per::Month, u"customer"_s, u"nobody"_s, Money::fromDollars(5), {}},
            {Scope::Assistant, Per::Month, u"gone"_s, {}, Money::fromDollars(1), {}}};
        const auto states = budgetStates(ledger, budgets, tags, at(today, 20));
        using Level = BudgetState::Level;
        QCOMPARE(states[0].spent, (CostSum{Money::fromDollars(0.75), 3, 1, 0}));
        QCOMPARE(states[0].level, Level::Within);
        QCOMPARE(states[1].level, Level::Over); // exactly all of it
        QCOMPARE(states[2].level, Level::Near); // 0.5 of 0.6
        QCOMPARE(states[3].tokens, 100'042);
        QCOMPARE(states[3].level, Level::Near); // by tokens
        QCOMPARE(states[4].spent, CostSum());
        QCOMPARE(states[5].spent, CostSum());
    }
    void theMonthGoesOnAsItsWeekdaysDid()
    {
        Ledger ledger = emptyLedger();
        // $0.10 on each Monday, $0.20 on each Thursday; the latest of the four weeks costs twice that.
        std::vector<RunFact> runs;
        const QDate today(2026, 11, 16); // Monday
        for (QDate day(2026, 10, 1); day < today; day = day.addDays(1)) {
            const qint64 times = day >= today.addDays(-7) ? 2 : 1;
            if (day.dayOfWeek() == 1)
                runs.push_back(run(ledger, day, 0, 1, 40'000 * times, 0));
            if (day.dayOfWeek() == 4)
                runs.push_back(run(ledger, day, 0, 1, 80'000 * times, 0));
        }
        add(ledger, 1, runs);
        const Projection projection = projectionOf(ledger, at(today, 0));
        // November so far: Mondays 2 and 9, Thursdays 5 and 12, the latter two of each twofold.
        QCOMPARE(projection.soFar.known, Money::fromDollars(0.1 + 0.2 + 0.2 + 0.4));
        QCOMPARE(projection.daysLeft, 14);
        QCOMPARE(projection.weeks, 4);
        // To come: Mondays 16, 23 and 30, Thursdays 19 and 26: $0.70 as usual, $1.40 as last week.
        QCOMPARE(projection.low, Money::fromDollars(0.9 + 0.7));
        QCOMPARE(projection.high, Money::fromDollars(0.9 + 1.4));
        QCOMPARE(projection.likely, Money::fromDollars(0.9 + (3 * 0.7 + 1.4) / 4));
        // What today has cost already is not counted twice.
        add(ledger, 2, {run(ledger, today, 0, 1, 40'000, 0)});
        QCOMPARE(projectionOf(ledger, at(today, 13)).low, Money::fromDollars(0.9 + 0.7));
        QCOMPARE(projectionOf(emptyLedger(), at(today)).weeks, 0);
        // Of a record of one week, that week.
        Ledger young = emptyLedger();
        add(young, 1, {run(young, today.addDays(-7), 0, 1, 40'000, 0)});
        const Projection first = projectionOf(young, at(today, 0));
        QCOMPARE(first.weeks, 1);
        QCOMPARE(first.likely, Money::fromDollars(0.1 + 0.3)); // Mondays 16, 23 and 30
        QCOMPARE(first.low, first.high);
    }
    void twelveMonths()
    {
        Assumptions assumptions;
        assumptions.storedTokens = 0.1;
        const auto months = forecastOf(assumptions);
        QVERIFY(near(months[0].threads, 575, 1e-9));
        QVERIFY(near(months[0].cost(), 31.0931, 5e-5));
        QVERIFY(near(months[11].threads, 2'675, 0.5));
        QVERIFY(near(months[11].cost(), 144.6574, 5e-5));
        double sum = 0;
        for (const ForecastMonth &month : months)
            sum += month.cost();
        QVERIFY(near(sum, 901.7525, 5e-5));
    }
    void aMonth()
    {
        const Rates mini{150'000, 600'000, 75'000, {}};
        const Rates large{2'500'000, 10'000'000, 1'250'000, {}};
        const MonthInputs runs{10'000, 3, 2'000, 0, 500, 0, 0};
        QVERIFY(near(monthCost(runs, mini).perRun, 0.0006, 1e-12));
        QVERIFY(near(monthCost(runs, mini).cost(), 540, 1e-9));
        QVERIFY(near(monthCost(runs, large).cost(), 9'000, 1e-9));
        const auto stored = [&](double threads, double tokens) {
            return monthCost({threads, 0, 0, 0, 0, tokens, 0.10}, mini).cost();
        };
        QVERIFY(near(stored(100, 1'000), 0.30, 1e-9));
        QVERIFY(near(stored(1'000, 5'000), 15, 1e-9));
        QVERIFY(near(stored(10'000, 25'000), 750, 1e-9));
        QVERIFY(near(stored(1'000, 3'000), 9, 1e-9));
    }
    void whatAnInteractionCosts()
    {
        const auto result = returnOf(500, 10'000, 5);
        QVERIFY(result && near(result->perInteraction, 0.01, 1e-12) && near(result->perUser, 0.05, 1e-12));
        QCOMPARE(result->grade, ReturnGrade::Good);
        QCOMPARE(returnOf(499, 10'000, 5)->grade, ReturnGrade::Excellent);
        QCOMPARE(returnOf(5'000, 10'000, 5)->grade, ReturnGrade::Acceptable);
        QCOMPARE(returnOf(10'000, 10'000, 5)->grade, ReturnGrade::Marginal);
        QVERIFY(!returnOf(500, 0, 5));
    }
    void assumptionsComeFromTheRecord()
    {
        Ledger ledger = emptyLedger();
        const QDate today(2026, 11, 20);
        std::vector<RunFact> runs;
        for (int i = 0; i < 60; ++i) // two a day; twice as dear as in the month before
            runs.push_back(run(ledger, today.addDays(-1 - i / 2), 0, 1, 80'000, 0));
        for (int i = 0; i < 60; ++i)
            runs.push_back(run(ledger, today.addDays(-31 - i / 2), 0, 1, 40'000, 0));
        Ledger young = emptyLedger();
        add(young, 1, runs); // reaches back 60 days and no more
        QVERIFY(near(assumptionsFrom(young, at(today, 0))->growth, 0, 1e-9));
        runs.push_back(run(ledger, today.addDays(-61), 0, 1, 40'000, 0));
        add(ledger, 1, runs);
        const auto found = assumptionsFrom(ledger, at(today, 0));
        QVERIFY(found);
        QVERIFY(near(found->threads, 1, 0) && near(found->runsPerDay, 2, 1e-9) && near(found->perRun, 0.2, 1e-9) &&
                near(found->growth, 1, 1e-9));
        QVERIFY(!assumptionsFrom(emptyLedger(), at(today)));
    }
    void theSameWorkElsewhere()
    {
        Ledger ledger = emptyLedger();
        RunFact large = run(ledger, firstDay, 0, 1, 200'000, 0); // more than gpt-4o's window holds
        add(ledger, 1,
            {run(ledger, firstDay, 0, 1, 2'000, 500, 1'000), run(ledger, firstDay, 0, 3, 2'000, 500), large});
        add(ledger, 2, {run(ledger, firstDay.addDays(-60), 0, 1, 9'000, 9'000)});
        const SameWork work = sameWorkOn(ledger, at(firstDay, 0), {}, at(firstDay));
        QCOMPARE(work.runs, 2);
        QCOMPARE(work.unknownRuns, 1);
        QCOMPARE(work.prompt, 202'000);
        const auto of = [&](const QString &model) { return *std::ranges::find(work.models, model, &ModelCost::model); };
        // 201,000 uncached, 1,000 cached, 500 out at 2.50, 1.25, 10: what they did cost.
        QCOMPARE(of(u"gpt-4o"_s).cost, Money::fromDollars(0.5025 + 0.00125 + 0.005));
        QCOMPARE(of(u"gpt-4o"_s).cost, work.actual);
        QCOMPARE(of(u"gpt-4o"_s).tooLarge, 1);
        QVERIFY(of(u"gpt-4o"_s).used && !of(u"gpt-4o-mini"_s).used);
        QCOMPARE(of(u"gpt-4.1"_s).tooLarge, 0);
        QCOMPARE(of(u"gpt-4o-mini"_s).cost, Money::fromDollars(0.03015 + 0.000075 + 0.0003));
        QVERIFY(std::ranges::is_sorted(work.models, {}, &ModelCost::cost));
        // What is switched off by then is no choice.
        QVERIFY(std::ranges::find(work.models, u"o4-mini"_s, &ModelCost::model) == work.models.end());
    }
};

QTEST_GUILESS_MAIN(TestCosts)
#include "tst_costs.moc"
