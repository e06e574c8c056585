// SPDX-License-Identifier: GPL-3.0-or-later
// Small ledgers, run by run: what tests of everything that is computed from one begin with.
#pragma once

#include "models/audit/ledger.h"

namespace bobbin::test {

using namespace Qt::Literals::StringLiterals;

inline Ledger emptyLedger()
{
    Ledger ledger;
    ledger.rates = RateBook(std::make_shared<PriceTable>(PriceTable::shipped()));
    ledger.rates.name(1, u"gpt-4o"_s); // 2.50, 1.25 cached, 10
    ledger.rates.name(2, u"gpt-4o-mini"_s); // 0.15, 0.075, 0.60
    ledger.rates.name(3, u"nobody-knows"_s);
    return ledger;
}

inline const ThreadFact &addThread(Ledger &ledger, std::vector<RunFact> runs)
{
    ThreadFact thread;
    thread.key = RowKey(ledger.threads.size()) + 1;
    thread.runs = std::move(runs);
    ledger.put(std::move(thread));
    return ledger.threads.back();
}

constexpr qint64 firstTurnAt = 1'790'000'000'000; // ms; each turn a minute after the one before

inline RunFact runAtTurn(const Ledger &ledger, qint32 turn, qint64 context, qint64 completion = 0, qint64 cached = 0)
{
    static RowKey key = 0;
    RunFact run;
    run.key = ++key;
    run.turn = turn;
    run.created = firstTurnAt + turn * 60'000;
    run.model = 1;
    run.rounds = 0;
    run.status = RunStatus::Completed;
    run.setUsage(Usage{context, completion, cached, {}, {}});
    run.context = run.largest = qint32(context);
    run.cost = cost(ledger.rates.at(1, run.created)->rates, run.usage()).pico;
    return run;
}

// With so many rounds of tool calls, the output of each so long.
inline RunFact runWithTools(const Ledger &ledger, qint32 turn, qint64 context, qint64 rounds, qint64 output)
{
    RunFact run = runAtTurn(ledger, turn, (rounds + 1) * context + output * rounds * (rounds + 1) / 2);
    run.rounds = qint16(rounds);
    run.context = qint32(context);
    run.largest = qint32(context + rounds * output);
    return run;
}

// One run a turn, each of them reading 1,000 tokens more.
inline std::vector<RunFact> growingRuns(const Ledger &ledger, qint32 turns)
{
    std::vector<RunFact> runs;
    for (qint32 turn = 1; turn <= turns; ++turn)
        runs.push_back(runAtTurn(ledger, turn, 1'000 * turn));
    return runs;
}

} // namespace bobbin::test
