// SPDX-License-Identifier: GPL-3.0-or-later
// How far budgets are, with what of threads' metadata they ask for.
#pragma once

#include "models/costs/budget.h"
#include "models/store/reader.h"

namespace bobbin {

Result<std::vector<BudgetState>> readBudgets(const Ledger &ledger, Reader &reader, const std::vector<Budget> &budgets);

} // namespace bobbin
