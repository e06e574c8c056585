// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/facts.h"

#include <algorithm>

namespace bobbin {

namespace {

constexpr qint64 most32 = std::numeric_limits<qint32>::max();

qint32 small(qint64 tokens)
{
    return qint32(std::clamp<qint64>(tokens, 0, most32));
}

qint32 small(const std::optional<qint64> &tokens)
{
    return tokens ? small(*tokens) : -1;
}

} // namespace

void RunFact::setUsage(const std::optional<Usage> &usage)
{
    if (!usage)
        return;
    beyondReason = usage->prompt > most32 || usage->completion > most32;
    if (beyondReason)
        return;
    prompt = small(usage->prompt);
    completion = small(usage->completion);
    cached = small(usage->cached);
    cacheWrite = small(usage->cacheWrite);
}

void RunFact::setCalls(const std::optional<Usage> &usage, const RunCalls &calls)
{
    if (calls.toolRounds)
        rounds = qint16(std::min<qint64>(*calls.toolRounds, std::numeric_limits<qint16>::max()));
    outputs = small(calls.outputTokens);
    if (beyondReason)
        return;
    if (const std::optional<Context> read = contextOf(usage, calls)) {
        context = small(read->first);
        largest = small(read->largest);
        estimated = read->estimated;
    }
}

Usage RunFact::usage() const
{
    const auto known = [](qint32 tokens) { return tokens >= 0 ? std::optional<qint64>(tokens) : std::nullopt; };
    return {std::max(0, prompt), std::max(0, completion), known(cached), known(cacheWrite), {}};
}

void RateBook::name(qint32 model, const QString &name)
{
    m_models.insert_or_assign(model, Model{name, m_prices ? m_prices->find(name) : nullptr});
}

QString RateBook::name(qint32 model) const
{
    const auto known = m_models.find(model);
    return known == m_models.end() ? QString() : known->second.name;
}

const ModelPrices *RateBook::model(qint32 model) const
{
    const auto known = m_models.find(model);
    return known == m_models.end() ? nullptr : known->second.prices;
}

const Price *RateBook::at(qint32 model, qint64 created) const
{
    const ModelPrices *of = this->model(model);
    return of ? priceAt(*of, created > 0 ? OptTime(created) : OptTime()) : nullptr;
}

} // namespace bobbin
