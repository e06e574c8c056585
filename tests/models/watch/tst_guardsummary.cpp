// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/guardsummary.h"
#include "tests/support/ledgers.h"

#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

GuardRow row(const char *rule, const char *act, GuardState state, const QString &thread, qint64 at)
{
    GuardRow row;
    row.rule = QString::fromLatin1(rule);
    row.act = QString::fromLatin1(act);
    row.state = state;
    row.thread = thread;
    row.at = at;
    return row;
}

} // namespace

class TestGuardSummary : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyWhatCameSince()
    {
        Ledger ledger = emptyLedger();
        std::vector<RunFact> runs = growingRuns(ledger, 4); // 1,000 to 4,000 tokens, no output
        runs[2].status = RunStatus::Failed;
        RunFact unknown = runAtTurn(ledger, 4, 0);
        unknown.prompt = unknown.completion = -1;
        unknown.cost = -1;
        unknown.status = RunStatus::Cancelled;
        runs.push_back(unknown); // of the same turn
        addThread(ledger, runs);
        const GuardSummary all = summaryOf(ledger, {}, {}, 0);
        QCOMPARE(all.runs, 5);
        QCOMPARE(all.turns, 4);
        const GuardSummary some = summaryOf(ledger, {}, {}, firstTurnAt + 3 * 60'000);
        QCOMPARE(some.threads, 1);
        QCOMPARE(some.runs, 3);
        QCOMPARE(some.turns, 2);
        QCOMPARE(some.failedRuns, 1);
        QCOMPARE(some.cancelledRuns, 1);
        QCOMPARE(some.tokens, 7'000);
        QCOMPARE(some.cost.known, Money::fromDollars(0.0175)); // at $2.50 a million
        QCOMPARE(some.cost.unknownRuns, 1);
        QCOMPARE(summaryOf(ledger, {}, {}, firstTurnAt + 60'000'000).threads, 0);
    }
    // A refused run is as dear as the newest one of its thread was by then; outputs that were refused are not runs, and
    // what a cancelled run would still have cost is not made up.
    void whatRefusalsLeftUnspent()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, growingRuns(ledger, 4));
        addThread(ledger, {});
        const QHash<QString, RowKey> threads{{u"t1"_s, 1}, {u"t2"_s, 2}};
        const qint64 second = firstTurnAt + 2 * 60'000 + 1, late = firstTurnAt + 9 * 60'000;
        const GuardSummary summary = summaryOf(ledger,
                                               {row("turn-cap", "refuse", GuardState::Acted, u"t1"_s, late),
                                                row("models", "refuse", GuardState::Acted, u"t1"_s, second),
                                                row("money-a-day", "refuse", GuardState::Acted, u"t2"_s, late),
                                                row("tool-steps", "refuse", GuardState::Acted, u"t1"_s, late),
                                                row("tool-steps", "cancel", GuardState::Acted, u"t1"_s, late),
                                                row("turn-cap", "rotate", GuardState::Acting, u"t1"_s, late),
                                                row("attached-again", "replace", GuardState::Acted, u"t1"_s, late),
                                                row("turn-cap", "ask", GuardState::Asked, u"t1"_s, late),
                                                row("turn-cap", "cancel", GuardState::Failed, u"t1"_s, late),
                                                row("turn-cap", "notify", GuardState::Told, u"t1"_s, late)},
                                               threads, 0);
        QCOMPARE(summary.refused, 4);
        QCOMPARE(summary.cancelled, 1);
        QCOMPARE(summary.rotated, 1);
        QCOMPARE(summary.replaced, 1);
        QCOMPARE(summary.asking, 1);
        QCOMPARE(summary.failed, 1);
        QCOMPARE(summary.told, 1);
        QCOMPARE(summary.notSpent, Money::fromDollars((4'000 + 2'000) * 2.5e-6));
        QCOMPARE(summary.notSpentUnknown, 1);
        QVERIFY(summaryText(summary).contains(u"4 refused"_s));
    }
};

QTEST_GUILESS_MAIN(TestGuardSummary)
#include "tst_guardsummary.moc"
