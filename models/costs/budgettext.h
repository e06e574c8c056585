// SPDX-License-Identifier: GPL-3.0-or-later
// A budget in words.
#pragma once

#include "models/costs/budget.h"

namespace bobbin {

QString budgetSubject(const Budget &budget, const std::vector<NamedCost> &assistants); // what it is of
QString budgetLevelText(BudgetState::Level level); // "used up"; empty: within
QString budgetText(const BudgetState &state); // "$61 of $100 this month": of money or tokens, whichever is further

} // namespace bobbin
