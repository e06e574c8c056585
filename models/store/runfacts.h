// SPDX-License-Identifier: GPL-3.0-or-later
// Facts of runs, read from their rows: turn by turn, with what each model call read.
#pragma once

#include "models/audit/ledger.h"
#include "models/store/sqlite.h"

namespace bobbin {

// Runs are asked for their turn in order of time.
class TurnCounter {
public:
    void asked(qint64 when) { m_asked.push_back(when); } // user messages, oldest first
    qint64 turnOf(OptTime created);

private:
    std::vector<qint64> m_asked;
    std::size_t m_seen = 0;
    qint64 m_runs = 0;
};

RunCalls readCalls(const Statement &q, int at); // told, rounds, outputs, steps IS NULL
QString writtenCalls(const std::vector<qint64> &told);

// What a thread's messages come to.
struct MessageSums {
    qint64 messages = 0, turns = 0, characters = 0;
    qint64 newest = 0; // ms
};

class RunFacts {
public:
    explicit RunFacts(Database &database);
    // The thread's runs, oldest first. Models are numbered as in the store; `names`: those of assistants and errors.
    MessageSums read(qint64 thread, std::vector<RunFact> &runs, FactNames *names = nullptr);

private:
    Statement m_messages, m_runs;
    std::vector<RunFact> m_read;
};

void nameModels(Database &database, RateBook &rates);

} // namespace bobbin
