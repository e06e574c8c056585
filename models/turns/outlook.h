// SPDX-License-Identifier: GPL-3.0-or-later
// What a turn that a person is about to take will read and cost, and what the policy says to it: from the store.
#pragma once

#include "models/audit/failures.h"
#include "models/guard/policy.h"
#include "models/guard/sight.h"
#include "models/store/reader.h"

namespace bobbin {

struct TurnAsked {
    QString thread = {}; // id; empty: a new one
    QString assistant = {}; // id; empty: who answered there last
    QString model = {}; // empty: the assistant's own
    QString text = {}; // empty: nothing is added, what was asked before is run again
    QString file = {}; // on this computer, to be attached; empty: none
    bool decided = false; // the person has seen that it ends the same: retries are not counted
};

enum class TurnVerdict : quint8 { Free, Tells, Asks, Rotates, Refuses };

struct TurnOutlook {
    QString thread, label; // label: what a person knows it by
    QString assistant, assistantName, model; // that will answer; empty: not known
    qint64 messages = 0; // so far
    qint64 turn = 1; // that it will be
    std::optional<qint64> context; // tokens that its first call reads
    std::optional<Money> cost; // of that call
    bool costIsLeast = false; // how much it writes is not known, and not in it
    std::optional<Money> usual; // what the thread's runs cost lately
    FailureClass lastFailure = FailureClass::None; // of its newest run
    QString successor; // another thread took over; empty: none
    QString activeRun, activeStatus; // that locks the thread; empty: none
    std::vector<GuardRow> rows; // what the policy says to it

    [[nodiscard]] TurnVerdict verdict() const;
};

// `uses`: what is spent of the policy's budgets.
Result<TurnOutlook> readOutlook(Reader &reader, const TurnAsked &asked, const GuardPolicy &policy,
                                const std::vector<BudgetUse> &uses, qint64 now);

QString outlookText(const TurnOutlook &outlook); // "Turn 4, reads about 12,400 tokens, $0.03 …"

} // namespace bobbin
