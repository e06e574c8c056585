// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of the cost model: context by step, and where a thread's money went.
#include "models/audit/cause.h"
#include "tests/support/testsupport.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 nano = 1'000; // pico-dollars

} // namespace

class TestCause : public QObject {
    Q_OBJECT
    const PriceTable m_prices = PriceTable::shipped();

    RunFacts run(qint64 turn, const Usage &usage, const RunCalls &calls = {}, RunStatus status = RunStatus::Completed,
                 const QString &model = u"gpt-4o"_s) const
    {
        RunFacts facts;
        facts.run.turn = turn;
        facts.run.status = status;
        facts.run.model = model;
        facts.run.createdAt = 1'780'000'000'000;
        facts.run.usage = usage;
        facts.run.cost = m_prices.cost(model, facts.run.createdAt, usage);
        facts.calls = calls;
        return facts;
    }
    static Usage prompt(qint64 tokens, qint64 completion = 0, std::optional<qint64> cached = {},
                        std::optional<qint64> written = {})
    {
        return {tokens, completion, cached, written, {}};
    }
    static Money costOf(const std::vector<RunFacts> &runs)
    {
        Money sum;
        for (const RunFacts &one : runs)
            sum += one.run.cost.value_or(Money());
        return sum;
    }

private Q_SLOTS:
    // base 26,000, schema 1,200, output 2,000: 5 rounds read 156,000, 10 read 362,000
    void contextIsOfOneCall()
    {
        QCOMPARE(contextOf(prompt(156'000), {{}, 4, 2'000}), (Context{27'200, 35'200, true}));
        QCOMPARE(contextOf(prompt(362'000), {{}, 9, 2'000}), (Context{27'200, 45'200, true}));
        QCOMPARE(contextOf(prompt(43'200), {}), (Context{43'200, 43'200, false}));
        QVERIFY(!contextOf(prompt(362'000), {{}, 9, {}})); // nothing says how it falls to the calls
        QVERIFY(!contextOf({}, {{}, 9, 2'000}));
        const RunCalls told{{prompt(1'000), prompt(5'000), prompt(3'000)}, 2, {}};
        QCOMPARE(contextOf(prompt(9'000), told), (Context{1'000, 5'000, false}));
        QCOMPARE(contextOf(prompt(10), {{}, 9, 2'000}),
                 (Context{0, 10, true})); // outputs longer than all that was read
    }
    void aRunOfManyCallsIsNoLongThread()
    {
        // 562,800 prompt tokens over 12 calls: the first one reads little of that.
        RunCalls calls;
        for (int i = 0; i < 12; ++i)
            calls.told.push_back(prompt(2'000 + 8'163 * i));
        const std::vector<RunFacts> runs{run(1, prompt(2'000)), run(2, prompt(562'800, 500), calls)};
        const CostParts parts = partsOf(runs, m_prices, 2);
        QCOMPARE(parts.base.pico, 10'000'000 * nano); // 4,000 tokens
        QCOMPARE(parts.history.pico, 0);
        QCOMPARE(parts.toolRounds.pico, 560'800 * 2'500 * nano);
        QCOMPARE(parts.output.pico, 5'000'000 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::ToolRounds);
    }
    void historyIsWhatGoesBeyondTheFirstRun()
    {
        std::vector<RunFacts> runs;
        for (int turn = 0; turn < 20; ++turn)
            runs.push_back(run(turn + 1, prompt(800 + 16'800 * turn / 19))); // 800 to 17,600
        const CostParts parts = partsOf(runs, m_prices, 2);
        QCOMPARE(parts.base.pico, 20 * 2'000'000 * nano);
        QCOMPARE((parts.base + parts.history).pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::History);
        QVERIFY(!parts.estimated);
    }
    // Five failed runs at 43,200 prompt tokens: 0.54; the one that succeeded is none of them.
    void retriesAreTheFailedRunsOfASpiral()
    {
        std::vector<RunFacts> runs{run(1, prompt(800))};
        for (int i = 0; i < 5; ++i)
            runs.push_back(run(2, prompt(43'200), {}, RunStatus::Failed));
        runs.push_back(run(2, prompt(43'200)));
        const CostParts parts = partsOf(runs, m_prices, 2);
        QCOMPARE(parts.retries.pico, 540'000'000 * nano);
        QCOMPARE(parts.history.pico, 42'400 * 2'500 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::Retries);
        QCOMPARE(partsOf(runs, m_prices, 6).retries.pico, 0);
        runs[3].run.turn = 3; // the person wrote in between: two of two, and one of three alone
        QCOMPARE(partsOf(runs, m_prices, 2).retries.pico, 4 * 108'000'000 * nano);
    }
    void cachedTokensAreTheBeginning()
    {
        // 1,000 base, 600 history, 400 tool rounds; 1,200 cached: all of base, 200 of history.
        const RunCalls calls{{prompt(1'600), prompt(400)}, 1, {}};
        const std::vector<RunFacts> runs{run(1, prompt(1'000)), run(2, prompt(2'000, 0, 1'200), calls)};
        const CostParts parts = partsOf(runs, m_prices, 2);
        QCOMPARE(parts.base.pico, (1'000 * 2'500 + 1'000 * 1'250) * nano);
        QCOMPARE(parts.history.pico, (200 * 1'250 + 400 * 2'500) * nano);
        QCOMPARE(parts.toolRounds.pico, 400 * 2'500 * nano);
        QCOMPARE(parts.known().pico, costOf(runs).pico);
    }
    void whatIsUnknownIsCounted()
    {
        std::vector<RunFacts> runs{run(1, prompt(800)), run(2, prompt(900), {}, RunStatus::Completed, u"nobody's"_s),
                                   run(3, prompt(1'000, 10), {{}, 3, {}})};
        runs.push_back(run(4, prompt(5)));
        runs.back().run.usage.reset();
        runs.back().run.cost.reset();
        const CostParts parts = partsOf(runs, m_prices, 2);
        QCOMPARE(parts.unknownRuns, 2);
        QCOMPARE(parts.undivided.pico, 1'000 * 2'500 * nano); // tool rounds, and nothing divides them
        QCOMPARE(parts.known().pico, costOf(runs).pico);
        QCOMPARE(causeOf(parts), Cause::Volume);
        QCOMPARE(causeOf({}), Cause::Volume);
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
            std::vector<RunFacts> runs;
            for (qint64 i = any(12); i >= 0; --i) {
                RunCalls calls;
                for (qint64 k = any(3); k > 0; --k)
                    calls.told.push_back(prompt(any(50'000)));
                calls.toolRounds = any(4);
                if (any(1))
                    calls.outputTokens = any(3'000);
                runs.push_back(run(1 + i / 3, prompt(any(60'000), any(900), any(70'000), any(9'000)), calls,
                                   any(2) ? RunStatus::Completed : RunStatus::Failed,
                                   any(1) ? u"gpt-4o"_s : u"gpt-4.1"_s));
                if (!any(9))
                    runs.back().run.cost = Money{any(1'000'000)}; // by a price since changed
            }
            const CostParts parts = partsOf(runs, m_prices, 2);
            QCOMPARE(parts.known().pico, costOf(runs).pico);
            for (const Money part :
                 {parts.retries, parts.toolRounds, parts.history, parts.base, parts.output, parts.undivided})
                QVERIFY(part.pico >= 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestCause)
#include "tst_cause.moc"
