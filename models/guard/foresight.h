// SPDX-License-Identifier: GPL-3.0-or-later
// What would go beyond the policy if what is asked for were done: pure. By the same rules as what is seen afterwards.
#pragma once

#include "models/audit/ledger.h"
#include "models/guard/sight.h"

namespace bobbin {

struct NextRun {
    QString thread; // id; empty: of a thread that is not there yet, or of none
    const ThreadFact *fact = nullptr; // null: nothing is known of it
    Metadata metadata;
    QString assistant, model; // empty: not known
    qint64 userMessages = 0; // of the thread, with those that come along
    qint64 characters = 0; // of messages since its last run
};
// Tokens that its first call will read: what the last one read and wrote, and what came since. None: not known.
std::optional<qint64> expectedContext(const Ledger &ledger, const NextRun &next);
// Of its last runs; none where none of them tells.
std::optional<qint64> usualCompletion(const ThreadFact &thread);
// What that call costs with an answer as they usually are there (without one where that is not known, then it is the
// least), and none of it cached. None: not known.
std::optional<Money> expectedCost(const Ledger &ledger, const NextRun &next, qint64 now);
std::optional<Money> usualCost(const ThreadFact &thread); // of its runs lately

// The row of each rule that refuses it or wants the thread rotated first, to be done. What is only told or asked of
// (of what a program asks, that is seen when it has happened) is among them where all is wanted.
enum class Foresee : quint8 { WhatHolds, All };
std::vector<GuardRow> foreseen(const Ledger &ledger, const NextRun &next, const GuardPolicy &policy, qint64 now,
                               Foresee which = Foresee::WhatHolds);

struct NextOutputs { // of tools, for a run that waits for them
    QString thread, run; // ids
    QString assistant;
    Metadata metadata;
    qint64 rounds = 0; // steps of tool calls, with this one
    qint64 repeats = 0; // calls with the same name and arguments as one before
};
std::vector<GuardRow> foreseen(const NextOutputs &next, const GuardPolicy &policy, qint64 now); // to be cancelled

struct NextAttachments {
    QString thread;
    QString assistant;
    Metadata metadata;
    std::vector<std::pair<QString, qint64>> files; // id, and to how many messages it is attached with this one
};
// Of each file that is to be replaced, or refused; its id is the row's name.
std::vector<GuardRow> foreseen(const NextAttachments &next, const GuardPolicy &policy, qint64 now);

// Budgets that are used up and say that nothing more is begun.
std::vector<GuardRow> foreseen(const std::vector<BudgetUse> &budgets, const NextRun &next, qint64 now,
                               Foresee which = Foresee::WhatHolds);

} // namespace bobbin
