// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/failures.h"
#include "models/audit/threadfindings.h"
#include "tests/support/testsupport.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestFindings : public QObject {
    Q_OBJECT
    static TurnPoint run(qint64 turn, RunStatus status, qint64 prompt, std::optional<qint64> cost, qint64 calls = 0)
    {
        TurnPoint p;
        static RowKey next = 0;
        p.key = ++next;
        p.turn = turn;
        p.status = status;
        p.usage = Usage{prompt, 10, {}, {}, {}};
        if (cost)
            p.cost = Money{*cost * 1'000'000'000};
        p.toolCalls = calls;
        return p;
    }
    static const Finding *find(const std::vector<Finding> &all, Finding::Kind kind)
    {
        const auto hit = std::ranges::find(all, kind, &Finding::kind);
        return hit == all.end() ? nullptr : &*hit;
    }

private Q_SLOTS:
    void fiveFailuresInARow() // 43,200 prompt tokens on gpt-4o, five times: 0.54
    {
        std::vector<TurnPoint> points{run(1, RunStatus::Completed, 800, 2)};
        for (int i = 0; i < 5; ++i)
            points.push_back(run(2, RunStatus::Failed, 43'200, 108));
        points.push_back(run(2, RunStatus::Completed, 43'200, 108));
        const auto found = threadFindings(points, {});
        const Finding *spiral = find(found, Finding::Kind::RetrySpiral);
        QVERIFY(spiral);
        QCOMPARE(spiral->count, 5);
        QCOMPARE(spiral->waste->pico, 540'000'000'000);
        QCOMPARE(find(found, Finding::Kind::HistoryGrowth)->turn, 2);
    }
    void aNewMessageEndsTheRow()
    {
        const auto found = threadFindings({run(1, RunStatus::Failed, 100, 1), run(2, RunStatus::Failed, 100, 1)}, {});
        QVERIFY(!find(found, Finding::Kind::RetrySpiral));
    }
    void cancelledIsNoFailure()
    {
        const auto found =
            threadFindings({run(1, RunStatus::Cancelled, 100, 1), run(1, RunStatus::Cancelled, 100, 1)}, {});
        QVERIFY(found.empty());
    }
    void toolLoopsStuckAndUnknown()
    {
        const auto found =
            threadFindings({run(1, RunStatus::Completed, 100, 1, 6), run(2, RunStatus::Completed, 100, {}),
                            run(3, RunStatus::RequiresAction, 100, {})},
                           {});
        QCOMPARE(find(found, Finding::Kind::ToolLoop)->count, 1);
        QCOMPARE(find(found, Finding::Kind::UnknownCost)->count, 1);
        QVERIFY(find(found, Finding::Kind::Stuck));
    }
    void whatAnEndMeansForTheNextTry()
    {
        using enum FailureClass;
        const auto of = [](RunStatus status, QLatin1String code = {}) { return failureClass(status, QString(code)); };
        QCOMPARE(of(RunStatus::Failed, "rate_limit_exceeded"_L1), Transient);
        QCOMPARE(of(RunStatus::Failed, "server_error"_L1), Transient);
        QCOMPARE(of(RunStatus::Failed, "invalid_prompt"_L1), Structural);
        QCOMPARE(of(RunStatus::Failed, "insufficient_quota"_L1), Fatal);
        QCOMPARE(of(RunStatus::Failed), Fatal);
        QCOMPARE(of(RunStatus::Expired), Structural);
        QCOMPARE(of(RunStatus::Incomplete, "max_completion_tokens"_L1), Structural);
        QCOMPARE(of(RunStatus::Completed), None);
        QCOMPARE(of(RunStatus::Cancelled), None);
        QCOMPARE(of(RunStatus::RequiresAction), None);
        QCOMPARE(failureClass(RunStatus::RequiresAction, {}, true), Structural);
    }
    void theCeilingThatIsRecommended()
    {
        QVERIFY(!recommendedCeiling({}));
        QCOMPARE(recommendedCeiling({4}), (StepCeiling{6, 1}));
        std::vector<qint64> runs(100, 1);
        runs[7] = 40; // one in a hundred is beyond the 99th percentile
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{3, 100}));
        runs[3] = 12;
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{14, 100}));
        runs.push_back(1); // rank 100 of 101
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{14, 101}));
    }
};

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
