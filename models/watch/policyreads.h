// SPDX-License-Identifier: GPL-3.0-or-later
// What a policy and the guard ask the store.
#pragma once

#include "models/guard/policytrial.h"
#include "models/guard/sight.h"
#include "models/store/store.h"

namespace bobbin {

Result<QHash<QString, ThreadTags>> tagsOf(const GuardPolicy &policy, Reader &reader); // by metadata key

struct Sighted {
    std::vector<GuardRow> rows;
    QHash<QString, qint64> cancelling; // runs that are being cancelled: since when they were seen so, ms
};
// Threads as the store has them now. `cancelling`: as of the last look.
Result<Sighted> lookAt(Reader &reader, const GuardPolicy &policy, const QStringList &threads, qint64 since, qint64 now,
                       const QHash<QString, qint64> &cancelling);
// How far each is in its running day or month, in their order.
Result<std::vector<BudgetUse>> readUses(const Ledger &ledger, Reader &reader, const std::vector<PolicyBudget> &wanted);
// `threads`: whose active runs may be acted on.
Result<std::vector<GuardRow>> lookAtBudgets(const Ledger &ledger, Reader &reader,
                                            const std::vector<PolicyBudget> &wanted, const QStringList &threads,
                                            qint64 now);

// What a policy would have done, with the names of what it would have acted on.
struct TriedPolicy {
    PolicyTrial trial;
    QHash<RowKey, QString> threads, runs; // ids, of the trial's acts
    QSet<QString> falseAlarms; // by markOf(), of these acts: the person says so
    std::array<qint64, guardRuleCount> falseTimes{};
};
Result<TriedPolicy> tryHere(const GuardPolicy &policy, const Ledger &ledger, Reader &reader, qint64 from);
QString markOf(const WouldAct &act, const TriedPolicy &tried);
QFuture<Done> markFalseAlarm(Store &store, const QString &mark, bool isFalse);

// A policy that acts is looked at once before it does: what the person said then, of the policy as it is now.
enum class Consent : quint8 { NotAsked, OnlyTell, Act };
Result<Consent> consentTo(const GuardPolicy &policy, Reader &reader);
QFuture<Done> keepConsent(const GuardPolicy &policy, Consent consent, Store &store);

} // namespace bobbin
