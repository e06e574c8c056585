// SPDX-License-Identifier: GPL-3.0-or-later
// Where the runs of a thread go beyond what it is held to: the same for a trial on the record and for the guard.
#pragma once

#include "models/audit/ledger.h"
#include "models/guard/policy.h"

namespace bobbin {

struct Crossing {
    GuardRule rule = GuardRule::TurnCap;
    RowKey run = 0; // 0: the thread's files
    qint64 when = 0; // ms: when the run was created, or when the thread was active last
    qint32 turn = 0;
    qint64 value = 0; // in the rule's unit; of Models none
    QString name; // of the model or the file
};
// Every run that goes beyond, oldest first, then the files; budgets and ages are not among them. The ledger is for its
// names; the thread need not be in it.
std::vector<Crossing> crossingsOf(const Ledger &ledger, const ThreadFact &thread, const PolicyNow &policy);

// A rule that only speaks says so once of a thread, of a turn, or of a run. Equal for crossings that are one.
std::pair<GuardRule, qint64> spokenOnce(const Crossing &crossing);

[[nodiscard]] bool isAllowed(const Ledger &ledger, const RunFact &run, const RuleLimit &limit);

// Further tries of the same turn that go beyond the rule: too many, or after a failure that stays. Runs are asked about
// in order of time.
class RetryCount {
public:
    RetryCount(const Ledger &ledger, const RuleLimit &limit) : m_ledger(ledger), m_limit(limit) { }
    [[nodiscard]] qint64 retries() const { return m_retries; }
    bool isBeyond(const RunFact &run);
    void happened(const RunFact &run); // unless it was refused: then the failure before it counts on

private:
    const Ledger &m_ledger;
    const RuleLimit &m_limit;
    qint64 m_retries = 0;
    qint32 m_failedTurn = -1;
    bool m_stays = false;
};

} // namespace bobbin
