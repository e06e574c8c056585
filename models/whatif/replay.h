// SPDX-License-Identifier: GPL-3.0-or-later
// What recorded runs would have cost under measures. Fast enough to follow a slider: a million runs in a tenth of a
// second. What it assumes is said with it: both ways of going on grow by the same, and the cache takes the same share.
#pragma once

#include "models/audit/ledger.h"
#include "models/whatif/measures.h"

namespace bobbin {

struct ReplayScope {
    RowKey thread = 0; // 0: all
    std::optional<qint32> assistant; // its number in the ledger: its runs, in whatever thread
    qint64 from = 0; // ms; 0: all; earlier runs count for what comes after them, and not in any sum
};

using SimpleRuns = std::vector<bool>; // by the runs' keys; beyond its end: not simple

struct TurnSum { // of all runs at that turn of their threads
    Money actual, would;
    qint64 runs = 0;
};

struct Replay {
    Money actual, would; // of runs with known cost
    std::array<Money, measureCount>
        saved; // by each, in their order; below zero where one costs more. Sum: actual-would
    qint64 runs = 0; // with known cost
    qint64 unknownRuns = 0; // left out
    qint64 unpriced = 0; // runs that a measure leaves as they were: no price of the other model
    qint64 untold = 0; // runs whose context is not known: no measure about context touches them
    qint64 estimated = 0; // runs whose context is
    qint64 dropped = 0; // runs that would not have been
    qint64 cutRuns = 0; // that would have ended before their last call
    qint64 rotations = 0, threadsRotated = 0;
    qint64 tokens = 0, tokensCut = 0; // read by first calls; and of these not read any more
    Money summaries; // what writing them would have cost, in `would`
    std::vector<TurnSum> turns; // by turn; the last has all beyond
    static constexpr std::size_t mostTurns = 201;
};
Replay replay(const Ledger &ledger, const Measures &measures, const ReplayScope &scope = {},
              const SimpleRuns &simple = {});

struct ReplayPoint { // a run
    RowKey run = 0;
    qint64 turn = 0;
    std::optional<Money> actual, would;
    std::optional<qint64> context, wouldContext; // tokens that its first call reads
    bool rotated = false; // before it
    bool dropped = false;
};
struct ThreadReplay {
    Replay sum;
    std::vector<ReplayPoint> points; // oldest first
    std::optional<qint64> paidAtTurn; // from when on what it saved is more than what it cost
};
// `from`: as of ReplayScope.
ThreadReplay replayThread(const Ledger &ledger, const ThreadFact &thread, const Measures &measures,
                          const SimpleRuns &simple = {}, qint64 from = 0);

} // namespace bobbin
