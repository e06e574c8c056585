// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of the cost model: context by step, and where a thread's money went.
#include "models/audit/cause.h"
#include "models/audit/causetext.h"
#include "models/core/format.h"
#include "tests/support/testsupport.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 nano = 1'000; // pico-dollars

} // namespace

class TestCause : public QObject {
    Q_OBJECT
    const PriceTable m_prices = PriceTable::shipped();

    RateBook m_rates = [this] {
        RateBook rates(std::make_shared<const PriceTable>(m_prices));
        rates.name(1, u"gpt-4o"_s);
        rates.name(2, u"gpt-4.1"_s);
        rates.name(3, u"nobody's"_s);
        return rates;
    }();

    RunFact run(qint32 turn, const Usage &usage, const RunCalls &calls = oneCall(),
                RunStatus status = RunStatus::Completed, qint32 model = 1) const
    {
        RunFact fact;
        fact.turn = turn;
        fact.status = status;
        fact.model = model;
        fact.created = 1'780'000'000'000;
        fact.setUsage(usage);
        fact.setCalls(usage, calls);
        if (const auto cost = m_prices.cost(m_rates.name(model), fact.created, usage))
            fact.cost = cost->pico;
        return fact;
    }
    static RunCalls oneCall() { return {{}, 0, 0}; }
    static Usage prompt(qint64 tokens, qint64 completion = 0, std::optional<qint64> cached = {},
                        std::optional<qint64> written = {})
    {
        return {tokens, completion, cached, written, {}};
    }
    static Money costOf(const std::vector<RunFact> &runs)
    {
        Money sum;
        for (const RunFact &one : runs)
            sum += one.money().value_or(Money());
        return sum;
    }

private Q_SLOTS:
    // base 26,000, schema 1,200, output 2,000: 5 rounds read 156,000, 10 read 362,000
    void contextIsOfOneCall()
    {
        QCOMPARE(contextOf(prompt(156'000), {{}, 4, 8'000}), (Context{27'200, 35'200, true}));
        QCOMPARE(contextOf(prompt(362'000), {{}, 9, 18'000}), (Context{27'200, 45'200, true}));
        QCOMPARE(contextOf(prompt(43'200), oneCall()), (Context{43'200, 43'200, false}));
        QCOMPARE(contextOf(prompt(43'200), {}), (Context{43'200, 43'200, true})); // nobody read its steps
        QVERIFY(!contextOf(prompt(362'000), {{}, 9, 0})); // nothing says how it falls to the calls
        QVERIFY(!contextOf({}, {{}, 9, 18'000}));
        QVERIFY(!contextOf(prompt(0), oneCall())); // it failed before its first call
        QCOMPARE(contextOf(prompt(5'000), {{0, 5'000}, 1, 0}), (Context{5'000, 5'000, false}));
        const RunCalls told{{1'000, 5'000, 3'000}, 2, 0};
        QCOMPARE(contextOf(prompt(9'000), told), (Context{1'000, 5'000, false}));
        QCOMPARE(contextOf(prompt(10), {{}, 9, 18'000}),
                 (Context{0, 10, true})); // outputs longer than all that was read
    }
    void theCallsOfARunAddUpToIt()
    {
        QCOMPARE(callsOf(prompt(156'000), {{}, 4, 8'000}),
                 (std::vector<qint64>{27'200, 29'200, 31'200, 33'200, 35'200}));
        QCOMPARE(callsOf(prompt(9'000), {{1'000, 5'000, 3'000}, 2, 0}), (std::vector<qint64>{1'000, 5'000, 3'000}));
        QVERIFY(callsOf(prompt(9'000), oneCall()).empty());
        QVERIFY(callsOf({}, {{}, 4, 8'000}).empty());
        qint64 sum = 0;
        for (const qint64 call : callsOf(prompt(10), {{}, 9, 18'000}))
            sum += call;
        QCOMPARE(sum, 10);
    }
    void aRunOfManyCallsIsNoLongThread()
    {
        // 562,800 prompt tokens over 12 calls: the first one reads little of that.
        RunCalls calls;
        for (int i = 0; i < 12; ++i)
            calls.told.push_back(2'000 + 8'163 * i);
        const std::vector<RunFact> runs{run(1, prompt(2'000)), run(2, prompt(562'800, 500), calls)};
        const CostParts parts = partsOf(runs, m_rates, 2);
        QCOMPARE(parts.base.pico, 10'000'000 * nano); // 4,000 tokens
        QCOMPARE(parts.history.pico, 0);
        QCOMPARE(parts.toolRounds.pico, 560'800 * 2'500 * nano);
        QCOMPARE(parts.output.pico, 5'000'000 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::ToolRounds);
    }
    void historyIsWhatGoesBeyondTheFirstRun()
    {
        std::vector<RunFact> runs;
        for (int turn = 0; turn < 20; ++turn)
            runs.push_back(run(turn + 1, prompt(800 + 16'800 * turn / 19))); // 800 to 17,600
        const CostParts parts = partsOf(runs, m_rates, 2);
        QCOMPARE(parts.base.pico, 20 * 2'000'000 * nano);
        QCOMPARE((parts.base + parts.history).pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::History);
        QVERIFY(!parts.estimated);
    }
    // Five failed runs at 43,200 prompt tokens: 0.54; the one that succeeded is none of them.
    void retriesAreTheFailedRunsOfASpiral()
    {
        std::vector<RunFact> runs{run(1, prompt(800))};
        for (int i = 0; i < 5; ++i)
            runs.push_back(run(2, prompt(43'200), oneCall(), RunStatus::Failed));
        runs.push_back(run(2, prompt(43'200)));
        const CostParts parts = partsOf(runs, m_rates, 2);
        QCOMPARE(parts.retries.pico, 540'000'000 * nano);
        QCOMPARE(parts.history.pico, 42'400 * 2'500 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::Retries);
        QCOMPARE(partsOf(runs, m_rates, 6).retries.pico, 0);
        runs[3].turn = 3; // the person wrote in between: two of two, and one of three alone
        QCOMPARE(partsOf(runs, m_rates, 2).retries.pico, 4 * 108'000'000 * nano);
    }
    void cachedTokensAreTheBeginning()
    {
        // 1,000 base, 600 history, 400 tool rounds; 1,200 cached: all of base, 200 of history.
        const RunCalls calls{{1'600, 400}, 1, 0};
        const std::vector<RunFact> runs{run(1, prompt(1'000)), run(2, prompt(2'000, 0, 1'200), calls)};
        const CostParts parts = partsOf(runs, m_rates, 2);
        QCOMPARE(parts.base.pico, (1'000 * 2'500 + 1'000 * 1'250) * nano);
        QCOMPARE(parts.history.pico, (200 * 1'250 + 400 * 2'500) * nano);
        QCOMPARE(parts.toolRounds.pico, 400 * 2'500 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
    }
    void whatIsUnknownIsCounted()
    {
        std::vector<RunFact> runs{run(1, prompt(800)), run(2, prompt(900), oneCall(), RunStatus::Completed, 3),
                                  run(3, prompt(1'000, 10), {{}, 3, 0})};
        runs.push_back(run(4, prompt(5)));
        runs.back().prompt = -1;
        runs.back().cost = -1;
        const CostParts parts = partsOf(runs, m_rates, 2);
        QCOMPARE(parts.unknownRuns, 2);
        QCOMPARE(parts.undivided.pico, 1'000 * 2'500 * nano); // tool rounds, and nothing divides them
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::Volume);
        QCOMPARE(causeOf(parts, true), Cause::Files);
        QCOMPARE(causeOf({}), Cause::None);
    }
    // "$7.29, $6.10 of it in 5 runs with 10 and more tool rounds, since …"
    void theCauseInASentence()
    {
        std::vector<RunFact> runs;
        for (qint32 turn = 1; turn <= 6; ++turn) {
            RunCalls calls{{}, turn % 2 ? 12 : 2, turn % 2 ? 24'000 : 4'000};
            runs.push_back(run(turn, prompt(turn % 2 ? 500'000 : 90'000, 400), calls));
            runs.back().created += turn * 86'400'000LL;
        }
        const CauseRuns told = causeRuns(runs, m_rates, Cause::ToolRounds, 2, 5);
        QCOMPARE(told.runs, 3);
        QCOMPARE(told.least, 12);
        QCOMPARE(told.from, runs[0].created);
        CostSum sum;
        for (const RunFact &one : runs)
            sum.add(one.money());
        const QString text = causeText(sum, Cause::ToolRounds, told);
        QVERIFY2(text.contains(u"3 run"_s) && text.contains(u"12 and more tool rounds"_s), qPrintable(text));
        QVERIFY2(text.contains(format::money(told.money)) && text.contains(u"2026-05-29"_s), qPrintable(text));
        QVERIFY(causeText({}, Cause::None, {}).isEmpty());
    }
    // Whatever is odd about a run, nothing is lost and no part is below zero.
    void thePartsAlwaysAddUp()
    {
        quint32 seed = 7;
        const auto any = [&](qint64 most) {
            seed = seed * 1'664'525U + 1'013'904'223U;
            return qint64(seed >> 8U) % (most + 1);
        };
        for (int round = 0; round < 500; ++round) {
            std::vector<RunFact> runs;
            for (qint64 i = any(12); i >= 0; --i) {
                RunCalls calls;
                for (qint64 k = any(3); k > 0; --k)
                    calls.told.push_back(any(50'000));
                calls.toolRounds = any(4);
                if (any(1))
                    calls.outputTokens = any(9'000);
                runs.push_back(run(qint32(1 + i / 3), prompt(any(60'000), any(900), any(70'000), any(9'000)), calls,
                                   any(2) ? RunStatus::Completed : RunStatus::Failed, any(1) ? 1 : 2));
                if (!any(9))
                    runs.back().cost = any(1'000'000); // by a price since changed
            }
            const CostParts parts = partsOf(runs, m_rates, 2);
            QCOMPARE(parts.known().pico, costOf(runs).pico);
            for (const auto part : CostParts::all())
                QVERIFY((parts.*part).pico >= 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestCause)
#include "tst_cause.moc"
