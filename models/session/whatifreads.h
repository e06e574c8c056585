// SPDX-License-Identifier: GPL-3.0-or-later
// What a replay needs of messages' texts: which turns are simple, what answers needed. Long reads, that can be stopped.
#pragma once

#include "models/store/reader.h"
#include "models/whatif/frontier.h"
#include "models/whatif/reach.h"
#include "models/whatif/storagereplay.h"
#include "models/whatif/wording.h"

#include <atomic>

namespace bobbin {

struct ReplayQuestion { // as a person chose it
    Measures measures;
    std::optional<QString> assistant; // id: its runs; else all
    RowKey thread = 0; // 0: all
    qint64 from = 0; // ms; 0: all
    std::shared_ptr<const SimpleRuns> simple; // null: not read
    std::shared_ptr<const StoredStores> stores; // null: not read
    [[nodiscard]] ReplayScope scope(const Ledger &ledger) const;
    [[nodiscard]] Replay replayed(const Ledger &ledger) const;
    [[nodiscard]] std::vector<Replay> replayed(const Ledger &ledger, const std::vector<FrontierPoint> &pairs) const;

private:
    [[nodiscard]] std::vector<Replay> replayedAll(const Ledger &ledger, const std::vector<Measures> &each) const;
};

struct ReadProgress { // looked at from any thread
    std::atomic<qint64> done = 0, all = 0; // threads
    std::atomic<bool> stopped = false;
};

// What is looked at is gathered from the ledger first: reading takes long, and the ledger is needed by others.
struct ThreadTurns {
    RowKey thread = 0;
    std::vector<std::pair<RowKey, qint32>> runs; // with their turns
};
std::vector<ThreadTurns> turnsIn(const Ledger &ledger);
// Runs whose turn's question is simple.
Result<SimpleRuns> readSimpleRuns(Reader &reader, const std::vector<ThreadTurns> &threads, const WordingRule &rule,
                                  ReadProgress &progress);

struct Missed {
    RowKey thread = 0;
    QString title;
    Reach answer;
};
struct MissedAnswers {
    std::vector<Missed> some; // at most 100
    qint64 missed = 0, answers = 0; // of the threads that were looked at
    qint64 threads = 0; // that were
};
struct TouchedThread {
    RowKey thread = 0;
    ThreadReplay replayed;
};
// The costliest threads that the measures touch, at most so many.
std::vector<TouchedThread> touchedBy(const Ledger &ledger, const ReplayQuestion &question, std::size_t most);
Result<MissedAnswers> readMissed(Reader &reader, const std::vector<TouchedThread> &threads, const Measures &measures,
                                 ReadProgress &progress);

} // namespace bobbin
