// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/costs/budget.h"

#include "models/core/days.h"

#include <algorithm>

namespace bobbin {

std::vector<BudgetState> budgetStates(const Ledger &ledger, const std::vector<Budget> &budgets,
                                      const QHash<QString, ThreadTags> &tags, qint64 now)
{
    const qint64 today = now / dayMs * dayMs;
    const QDate date = dateOf(now / dayMs);
    const qint64 month = dayNumber({date.year(), date.month(), 1}) * dayMs;
    struct Wanted {
        BudgetState state;
        qint64 from = 0;
        std::optional<qint32> assistant; // its number in the ledger
        const ThreadTags *tags = nullptr;
        std::optional<qint32> value; // of the tags
    };
    std::vector<Wanted> all;
    for (const Budget &budget : budgets) {
        Wanted wanted;
        wanted.state.budget = budget;
        wanted.from = budget.per == Budget::Per::Day ? today : month;
        if (budget.scope == Budget::Scope::Assistant)
            wanted.assistant = ledger.names.assistants.find(budget.id.toStdString()).value_or(-1);
        if (budget.scope == Budget::Scope::MetadataValue) {
            const auto known = tags.constFind(budget.id);
            wanted.tags = known == tags.cend() ? nullptr : &*known;
            wanted.value = wanted.tags ? wanted.tags->values.find(budget.value.toStdString()).value_or(-1) : qint32(-1);
        }
        all.push_back(std::move(wanted));
    }
    for (const ThreadFact &thread : ledger.threads) {
        if (thread.runs.empty() || thread.runs.back().created < month)
            continue;
        for (Wanted &wanted : all) {
            if (wanted.value) {
                if (!wanted.tags)
                    continue;
                const auto tag = wanted.tags->ofThread.find(thread.key);
                if (tag == wanted.tags->ofThread.end() || tag->second != *wanted.value)
                    continue;
            }
            for (auto run = thread.runs.rbegin(); run != thread.runs.rend() && run->created >= wanted.from; ++run) {
                if (wanted.assistant && run->assistant != *wanted.assistant)
                    continue;
                wanted.state.spent.add(run->money(), run->assumed);
                if (run->hasUsage())
                    wanted.state.tokens += qint64(run->prompt) + run->completion;
            }
        }
    }
    std::vector<BudgetState> states;
    for (Wanted &wanted : all) {
        BudgetState &state = wanted.state;
        const Budget &budget = state.budget;
        if (budget.money && budget.money->pico > 0)
            state.share = double(state.spent.known.pico) / double(budget.money->pico);
        if (budget.tokens && *budget.tokens > 0)
            state.share = std::max(state.share, double(state.tokens) / double(*budget.tokens));
        state.level = state.share >= 1 ? BudgetState::Level::Over
            : state.share >= nearShare ? BudgetState::Level::Near
                                       : BudgetState::Level::Within;
        states.push_back(std::move(state));
    }
    return states;
}

} // namespace bobbin
