// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of each run, small enough to keep a million of them in memory: audit, cost desk and what-if read these
// and never the objects themselves. Unknown figures are -1.
#pragma once

#include "models/domain/rows.h"
#include "models/pricing/pricetable.h"

#include <unordered_map>

namespace bobbin {

struct RunFact {
    RowKey key = 0;
    qint64 created = 0; // ms
    qint64 cost = -1; // pico-dollars
    qint32 lasted = -1; // s
    qint32 prompt = -1, completion = -1, cached = -1, cacheWrite = -1; // tokens
    qint32 context = -1, largest = -1; // see Context
    qint32 outputs = 0; // tokens of tool outputs, estimated
    qint32 turn = 0; // 1-based: user messages up to this run
    qint32 assistant = 0, model = 0, error = 0, config = 0; // in the names of who holds it; 0: none
    qint16 rounds = -1; // steps of tool calls
    qint16 repeats = 0; // calls with the same name and arguments as one before
    RunStatus status = RunStatus::Unknown;
    bool estimated = false; // its context is
    bool assumed = false; // its price is, see CostSum
    bool beyondReason = false; // its usage is; all tokens are -1 then

    void setUsage(const std::optional<Usage> &usage);
    void setCalls(const std::optional<Usage> &usage, const RunCalls &calls);
    [[nodiscard]] bool hasUsage() const { return prompt >= 0; }
    [[nodiscard]] std::optional<Money> money() const { return cost >= 0 ? std::optional(Money{cost}) : std::nullopt; }
    [[nodiscard]] Usage usage() const; // only where it has any
};

static_assert(sizeof(RunFact) <= 88); // a million of them are held at once

// Prices by a model's number: what a name means is looked up once.
class RateBook {
public:
    explicit RateBook(std::shared_ptr<const PriceTable> prices = {}) : m_prices(std::move(prices)) { }
    void name(qint32 model, const QString &name);
    [[nodiscard]] bool knows(qint32 model) const { return model == 0 || m_models.contains(model); }
    [[nodiscard]] QString name(qint32 model) const;
    [[nodiscard]] const ModelPrices *model(qint32 model) const; // null: not in the price table
    [[nodiscard]] const Price *at(qint32 model, qint64 created) const; // null: no price
    [[nodiscard]] const std::shared_ptr<const PriceTable> &prices() const { return m_prices; }

private:
    struct Model {
        QString name;
        const ModelPrices *prices;
    };
    std::shared_ptr<const PriceTable> m_prices;
    std::unordered_map<qint32, Model> m_models;
};

} // namespace bobbin
