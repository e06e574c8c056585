// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard makes of a thread as it is at this moment: pure. Each thing it sees has a mark, so that it is said and
// done once, whoever looks.
#pragma once

#include "models/audit/ledger.h"
#include "models/domain/guardrow.h"
#include "models/guard/policy.h"

#include <QHash>

namespace bobbin {

struct SeenThread {
    QString id;
    const ThreadFact *fact = nullptr;
    Metadata metadata;
    QHash<RowKey, QString> runs; // ids of its runs
    QHash<RowKey, qint64> waits; // ms: active runs that wait for tool outputs, or are being cancelled, for so long
};
// Of runs that are active, or were created from `since` on (ms).
std::vector<GuardRow> seenIn(const Ledger &ledger, const SeenThread &thread, const GuardPolicy &policy, qint64 since,
                             qint64 now);

struct BudgetUse {
    RuleNow budget; // whose it is: its origin
    GuardRule rule = GuardRule::MoneyADay;
    qint64 used = 0; // of the running day or month, in the rule's unit
};
struct ActiveRun {
    QString thread, run, assistant;
    Metadata metadata;
};
// From 80 % on it is told, from 100 % on the policy's act follows: runs that count for it are cancelled or asked about.
std::vector<GuardRow> seenOf(const std::vector<BudgetUse> &budgets, const std::vector<ActiveRun> &active, qint64 now);
constexpr qint64 nearPercent = 80;

// What happens where the person allows what was asked; Notify: nothing can be done from outside.
GuardAct actIfAllowed(GuardRule rule);
[[nodiscard]] bool isAct(const GuardRow &row, GuardAct act);
// One that changes something on the server when the guard sees it from outside.
[[nodiscard]] bool isActing(GuardAct act);
enum class GuardPlace : quint8 { Outside, InLine }; // where it looks from: in the line it can refuse
[[nodiscard]] bool isActing(const GuardPolicy &policy, GuardPlace place = GuardPlace::Outside); // any of its rules is
const RuleInfo *ruleOfWord(const QString &word); // null: unknown
std::optional<GuardAct> actOfWord(const QString &word);

} // namespace bobbin
