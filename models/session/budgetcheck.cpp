// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/budgetcheck.h"

#include "models/core/clock.h"

namespace bobbin {

Result<std::vector<BudgetState>> readBudgets(const Ledger &ledger, Reader &reader, const std::vector<Budget> &budgets)
{
    QHash<QString, ThreadTags> tags;
    for (const Budget &budget : budgets)
        if (budget.scope == Budget::Scope::MetadataValue && !tags.contains(budget.id)) {
            auto read = reader.threadTags(budget.id);
            if (!read)
                return fail(read.error());
            tags.insert(budget.id, *std::move(read));
        }
    return budgetStates(ledger, budgets, tags, nowMs());
}

} // namespace bobbin
