// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/costs/budgettext.h"

#include "models/core/format.h"
#include "models/domain/names.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Budget)
};

} // namespace

QString budgetSubject(const Budget &budget, const std::vector<NamedCost> &assistants)
{
    switch (budget.scope) {
    case Budget::Scope::Assistant:
        return nameIn(assistants, budget.id);
    case Budget::Scope::MetadataValue:
        return budget.id + u" = "_s + budget.value;
    case Budget::Scope::Connection:
        break;
    }
    return Words::tr("the whole connection");
}

QString budgetLevelText(BudgetState::Level level)
{
    switch (level) {
    case BudgetState::Level::Over:
        return Words::tr("used up");
    case BudgetState::Level::Near:
        return Words::tr("nearly used up");
    case BudgetState::Level::Within:
        break;
    }
    return {};
}

QString budgetText(const BudgetState &state)
{
    const Budget &budget = state.budget;
    const bool money = budget.money &&
        (!budget.tokens ||
         state.spent.known.dollars() / budget.money->dollars() >= double(state.tokens) / double(*budget.tokens));
    const QString said = money
        ? Words::tr("%1 of %2").arg(format::money(state.spent), format::money(*budget.money))
        : Words::tr("%1 of %2 tokens").arg(format::count(state.tokens), format::count(budget.tokens));
    return budget.per == Budget::Per::Day ? Words::tr("%1 today").arg(said) : Words::tr("%1 this month").arg(said);
}

} // namespace bobbin
