// SPDX-License-Identifier: GPL-3.0-or-later
// What a policy and the guard ask the store.
#pragma once

#include "models/guard/sight.h"
#include "models/store/reader.h"

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

} // namespace bobbin
