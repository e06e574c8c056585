// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/costs/othermodels.h"

#include "models/core/days.h"

#include <algorithm>
#include <set>

namespace bobbin {

SameWork sameWorkOn(const Ledger &ledger, qint64 from, const std::optional<qint32> &assistant, qint64 now)
{
    SameWork work;
    std::vector<qint32> largest; // calls
    std::set<qint32> used;
    Usage all{0, 0, 0, 0, {}};
    for (const ThreadFact &thread : ledger.threads)
        for (const RunFact &run : thread.runs) {
            if (run.created < from || (assistant && run.assistant != *assistant))
                continue;
            if (!run.hasUsage() || !run.money()) {
                ++work.unknownRuns;
                continue;
            }
            ++work.runs;
            work.actual += *run.money();
            const qint64 cached = std::clamp(run.cached, 0, run.prompt);
            all.prompt += run.prompt;
            *all.cached += cached;
            *all.cacheWrite += std::clamp<qint64>(run.cacheWrite, 0, run.prompt - cached);
            all.completion += run.completion;
            largest.push_back(run.largest);
            used.insert(run.model);
        }
    work.prompt = all.prompt;
    work.cached = *all.cached;
    work.completion = all.completion;
    std::ranges::sort(largest);
    std::set<const ModelPrices *> usedModels;
    for (const qint32 model : used)
        usedModels.insert(ledger.rates.model(model));
    if (!ledger.rates.prices() || work.runs == 0)
        return work;
    const QDate today = dateOf(now / dayMs);
    for (const ModelPrices &model : ledger.rates.prices()->models()) {
        const Price *price = priceAt(model, now);
        if (!price || (model.shutdown.isValid() && model.shutdown <= today))
            continue;
        ModelCost &one = work.models.emplace_back();
        one.model = model.id;
        one.cost = cost(price->rates, all);
        if (price->batch)
            one.batch = cost(*price->batch, all);
        if (model.contextWindow)
            one.tooLarge = largest.end() - std::ranges::upper_bound(largest, *model.contextWindow);
        one.own = price->own;
        one.used = usedModels.contains(&model);
        one.shutdown = model.shutdown;
        one.price = priceWords(*price);
    }
    std::ranges::stable_sort(work.models, {}, &ModelCost::cost);
    return work;
}

} // namespace bobbin
