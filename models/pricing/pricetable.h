// SPDX-License-Identifier: GPL-3.0-or-later
// Prices by model and date, in USD per 1,000,000 tokens, each with its source. Rows come from the shipped table
// (resources/prices) and from the person's own overrides, which win. A model without a row has no price.
#pragma once

#include "models/domain/costparts.h"
#include "models/domain/objects.h"

#include <QDate>
#include <QHash>

namespace bobbin {

// Integer micro-dollars per 1,000,000 tokens, which is the same number as pico-dollars per token.
struct Rates {
    qint64 input = 0;
    qint64 output = 0;
    std::optional<qint64> cached; // none: cached tokens bill as input
    std::optional<qint64> cacheWrite; // none: cache writes bill as input
    bool operator==(const Rates &) const = default;
};

struct LongContext {
    qint64 above = 0; // input tokens of one request: from there on all of it is billed at these
    Rates rates;
    bool operator==(const LongContext &) const = default;
};

struct Price {
    Rates rates; // standard processing, which is what runs are priced at
    std::optional<Rates> batch, fast; // other tiers, where they are known
    std::optional<LongContext> longContext;
    QDate until; // in force before this day (UTC); invalid: still in force
    QString source;
    QString seen;
    bool own = false; // entered by the person
    bool operator==(const Price &) const = default;
};

struct ModelPrices {
    QString id;
    QStringList aliases;
    std::vector<Price> prices; // earliest first
    std::optional<qint64> contextWindow; // tokens
    QDate shutdown;
    QString note;
    bool operator==(const ModelPrices &) const = default;
};

// What a batch is billed at: half of `standard`, the rates for its context, where nothing else is known of it.
Rates batchRates(const Price &price, const Rates &standard);

class PriceTable {
public:
    static Result<PriceTable> fromJson(const QByteArray &json, const QString &place);
    static PriceTable shipped();
    [[nodiscard]] QByteArray overridesToJson() const; // the person's rows, in the same format

    void apply(const PriceTable &overrides); // rows of the other table replace ours
    void set(ModelPrices model); // the person's own row
    void reset(const QString &id); // as it is shipped; a model of the person's own goes

    [[nodiscard]] const std::vector<ModelPrices> &models() const { return m_models; }
    // Exact id, then alias, then without a trailing date, then the base of "ft:base:…".
    [[nodiscard]] const ModelPrices *find(const QString &model) const;
    // Its price is that of the model it was made from, for want of its own; the provider may bill another.
    [[nodiscard]] bool assumes(const QString &model) const;
    [[nodiscard]] const Price *priceAt(const QString &model, OptTime when) const;
    [[nodiscard]] QString generated() const { return m_generated; }
    [[nodiscard]] Money storagePerDay(qint64 bytes) const; // all vector stores of the account
    [[nodiscard]] Money storageListPrice(qint64 bytes) const; // a day, as if nothing were free

    // Unknown without usage or price.
    [[nodiscard]] std::optional<Money> cost(const QString &model, OptTime when,
                                            const std::optional<Usage> &usage) const;

private:
    std::vector<ModelPrices> m_models;
    QHash<QString, std::size_t> m_byName;
    QString m_generated;
    Money m_gigabyteDay;
    qint64 m_gigabyte = 1'000'000'000;
    qint64 m_freeBytes = 0;

    void index();
};

Money cost(const Rates &rates, const Usage &usage);
Charge charge(const Rates &rates, const Usage &usage); // its parts are the cost
QString priceWords(const Price &price); // rates by tier, source and date, a line each
const Price *priceAt(const ModelPrices &model, OptTime when); // null: it has none at that time

} // namespace bobbin
