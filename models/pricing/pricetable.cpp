// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/pricing/pricetable.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTimeZone>
#include <cmath>

// Outside any namespace, as the macro demands: a static library's resources are not registered by themselves.
static void registerResources()
{
    Q_INIT_RESOURCE(bobbin);
}

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

std::optional<qint64> rate(const QJsonValue &value)
{
    return value.isDouble() && value.toDouble() >= 0 ? std::optional<qint64>(std::llround(value.toDouble() * 1e6))
                                                     : std::nullopt;
}

QJsonValue rateJson(std::optional<qint64> value)
{
    return value ? QJsonValue(double(*value) / 1e6) : QJsonValue();
}

QDate date(const QJsonValue &value)
{
    return QDate::fromString(value.toString(), Qt::ISODate);
}

std::optional<Rates> readTier(const QJsonObject &row)
{
    const std::optional<qint64> input = rate(row["input"_L1]);
    const std::optional<qint64> output = rate(row["output"_L1]);
    if (!input || !output)
        return std::nullopt;
    return Rates{*input, *output, rate(row["cached_input"_L1]), rate(row["cache_write"_L1])};
}

QJsonObject tierJson(const Rates &rates)
{
    return {{u"input"_s, rateJson(rates.input)},
            {u"cached_input"_s, rateJson(rates.cached)},
            {u"cache_write"_s, rateJson(rates.cacheWrite)},
            {u"output"_s, rateJson(rates.output)}};
}

Result<Price> readPrice(const QJsonObject &row, const QString &place)
{
    Price price;
    const std::optional<qint64> input = rate(row["input"_L1]);
    const std::optional<qint64> output = rate(row["output"_L1]);
    if (!input || !output)
        return fail(Error::Kind::Input,
                    u"a price needs \"input\" and \"output\", numbers of 0 or more, in USD per 1,000,000 tokens"_s,
                    place);
    price.rates = {*input, *output, rate(row["cached_input"_L1]), rate(row["cache_write"_L1])};
    price.batch = readTier(row["batch"_L1].toObject());
    price.fast = readTier(row["fast"_L1].toObject());
    const QJsonObject large = row["long_context"_L1].toObject();
    if (const std::optional<Rates> rates = readTier(large); rates && large["above_input_tokens"_L1].isDouble())
        price.longContext = LongContext{large["above_input_tokens"_L1].toInteger(), *rates};
    price.until = date(row["until"_L1]);
    price.source = row["source"_L1].toString();
    price.seen = row["seen"_L1].toString();
    price.own = row["own"_L1].toBool();
    return price;
}

QJsonObject priceJson(const Price &price)
{
    QJsonObject row = tierJson(price.rates);
    row[u"source"_s] = price.source;
    row[u"seen"_s] = price.seen;
    row[u"own"_s] = price.own;
    if (price.batch)
        row[u"batch"_s] = tierJson(*price.batch);
    if (price.fast)
        row[u"fast"_s] = tierJson(*price.fast);
    if (price.longContext) {
        QJsonObject large = tierJson(price.longContext->rates);
        large[u"above_input_tokens"_s] = price.longContext->above;
        row[u"long_context"_s] = large;
    }
    if (price.until.isValid())
        row[u"until"_s] = price.until.toString(Qt::ISODate);
    return row;
}

QJsonObject modelJson(const ModelPrices &model)
{
    QJsonArray prices;
    for (const Price &price : model.prices)
        prices << priceJson(price);
    QJsonObject row{{u"id"_s, model.id}, {u"prices"_s, prices}};
    if (model.contextWindow)
        row[u"context_window"_s] = *model.contextWindow;
    if (model.shutdown.isValid())
        row[u"shutdown_date"_s] = model.shutdown.toString(Qt::ISODate);
    if (!model.note.isEmpty())
        row[u"note"_s] = model.note;
    return row;
}

} // namespace

Result<PriceTable> PriceTable::fromJson(const QByteArray &json, const QString &place)
{
    QJsonParseError parse;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parse);
    if (!document.isObject())
        return fail(Error::Kind::Input, u"not a price table: "_s + parse.errorString(),
                    place + u", byte %1"_s.arg(parse.offset));
    const QJsonObject top = document.object();
    PriceTable table;
    table.m_generated = top["generated"_L1].toString();
    const QJsonObject storage = top["storage"_L1].toObject();
    table.m_gigabyteDay = {qint64(std::llround(storage["price_per_gb_day"_L1].toDouble() * double(Money::perDollar)))};
    table.m_gigabyte = storage["gb_bytes"_L1].toInteger(1'000'000'000);
    table.m_freeBytes = storage["free_gb"_L1].toInteger() * table.m_gigabyte;
    int row = 0;
    for (const QJsonValue value : top["models"_L1].toArray()) {
        const QJsonObject entry = value.toObject();
        ModelPrices model;
        model.id = entry["id"_L1].toString();
        const QString here = place + u", models[%1] %2"_s.arg(row++).arg(model.id);
        if (model.id.isEmpty())
            return fail(Error::Kind::Input, u"a model needs an \"id\""_s, here);
        for (const QJsonValue alias : entry["aliases"_L1].toArray())
            model.aliases << alias.toString();
        for (const QJsonValue price : entry["prices"_L1].toArray()) {
            Result<Price> read = readPrice(price.toObject(), here);
            if (!read)
                return fail(read.error());
            model.prices.push_back(std::move(*read));
        }
        if (entry["context_window"_L1].isDouble())
            model.contextWindow = entry["context_window"_L1].toInteger();
        model.shutdown = date(entry["shutdown_date"_L1]);
        model.note = entry["note"_L1].toString();
        table.m_models.push_back(std::move(model));
    }
    table.index();
    return table;
}

PriceTable PriceTable::shipped()
{
    registerResources();
    QFile file(u":/prices/openai.json"_s);
    const bool open = file.open(QIODevice::ReadOnly);
    Q_ASSERT(open);
    Q_UNUSED(open)
    Result<PriceTable> table = fromJson(file.readAll(), file.fileName());
    Q_ASSERT(table);
    return table ? *std::move(table) : PriceTable();
}

QByteArray PriceTable::overridesToJson() const
{
    QJsonArray rows;
    for (const ModelPrices &model : m_models)
        for (const Price &price : model.prices)
            if (price.own) {
                rows << modelJson(model);
                break;
            }
    return QJsonDocument(QJsonObject{{u"schema"_s, 1}, {u"models"_s, rows}}).toJson();
}

void PriceTable::apply(const PriceTable &overrides)
{
    for (const ModelPrices &model : overrides.m_models)
        set(model);
}

void PriceTable::set(ModelPrices model)
{
    const auto known = m_byName.constFind(model.id);
    if (known != m_byName.cend() && m_models[*known].id == model.id) {
        if (model.aliases.isEmpty())
            model.aliases = m_models[*known].aliases;
        m_models[*known] = std::move(model);
    } else {
        m_models.push_back(std::move(model));
    }
    index();
}

void PriceTable::reset(const QString &id)
{
    const PriceTable original = shipped();
    const auto hit = std::ranges::find(original.m_models, id, &ModelPrices::id);
    if (hit != original.m_models.end())
        set(*hit);
    else
        std::erase_if(m_models, [&](const ModelPrices &model) { return model.id == id; });
    index();
}

void PriceTable::index()
{
    m_byName.clear();
    for (std::size_t i = 0; i < m_models.size(); ++i)
        for (const QString &alias : m_models[i].aliases)
            m_byName.insert(alias, i);
    for (std::size_t i = 0; i < m_models.size(); ++i)
        m_byName.insert(m_models[i].id, i);
}

const ModelPrices *PriceTable::find(const QString &model) const
{
    static const QRegularExpression dated(u"^(.+)-\\d{4}-\\d{2}-\\d{2}$"_s);
    const auto exact = [this](const QString &name) -> const ModelPrices * {
        const auto hit = m_byName.constFind(name);
        return hit == m_byName.cend() ? nullptr : &m_models[*hit];
    };
    if (const ModelPrices *hit = exact(model))
        return hit;
    if (const QRegularExpressionMatch match = dated.match(model); match.hasMatch())
        if (const ModelPrices *hit = exact(match.captured(1)))
            return hit;
    if (model.startsWith("ft:"_L1))
        return find(model.section(u':', 1, 1));
    return nullptr;
}

bool PriceTable::assumes(const QString &model) const
{
    if (!model.startsWith("ft:"_L1))
        return false;
    const ModelPrices *found = find(model);
    return found && found->id != model && !found->aliases.contains(model);
}

const Price *PriceTable::priceAt(const QString &model, OptTime when) const
{
    const ModelPrices *prices = find(model);
    return prices ? bobbin::priceAt(*prices, when) : nullptr;
}

const Price *priceAt(const ModelPrices &model, OptTime when)
{
    std::optional<QDate> day; // most models have had one price only
    for (const Price &price : model.prices) {
        if (!price.until.isValid())
            return &price;
        if (!day)
            day = when ? QDateTime::fromMSecsSinceEpoch(*when, Qt::UTC).date() : QDate();
        if (day->isValid() && *day < price.until)
            return &price;
    }
    return nullptr;
}

Money PriceTable::storagePerDay(qint64 bytes) const
{
    return storageListPrice(std::max<qint64>(0, bytes - m_freeBytes));
}

Money PriceTable::storageListPrice(qint64 bytes) const
{
    return {qint64(std::llround(double(bytes) / double(m_gigabyte) * double(m_gigabyteDay.pico)))};
}

std::optional<Money> PriceTable::cost(const QString &model, OptTime when, const std::optional<Usage> &usage) const
{
    if (!usage)
        return std::nullopt;
    const Price *price = priceAt(model, when);
    return price ? std::optional(bobbin::cost(price->rates, *usage)) : std::nullopt;
}

Rates batchRates(const Price &price, const Rates &standard)
{
    if (price.batch)
        return *price.batch;
    const auto half = [](const std::optional<qint64> &rate) {
        return rate ? std::optional<qint64>(*rate / 2) : std::nullopt;
    };
    return {standard.input / 2, standard.output / 2, half(standard.cached), half(standard.cacheWrite)};
}

Charge charge(const Rates &rates, const Usage &usage)
{
    // A server may report more cached tokens than prompt tokens; no part is ever billed below zero.
    const qint64 cached = std::clamp<qint64>(usage.cached.value_or(0), 0, usage.prompt);
    const qint64 written = std::clamp<qint64>(usage.cacheWrite.value_or(0), 0, usage.prompt - cached);
    const auto part = [](qint64 tokens, qint64 perToken) { return Money{perToken} * tokens; };
    return {part(usage.prompt - cached - written, rates.input), part(cached, rates.cached.value_or(rates.input)),
            part(written, rates.cacheWrite.value_or(rates.input)), part(usage.completion, rates.output)};
}

Money cost(const Rates &rates, const Usage &usage)
{
    return charge(rates, usage).known();
}

QString priceWords(const Price &price)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("Prices", text); };
    const auto perMillion = [](qint64 rate) { return format::money(Money{rate} * 1'000'000); };
    const auto line = [&](const QString &tier, const Rates &rates) {
        QStringList said{tr(QT_TRANSLATE_NOOP("Prices", "%1 in")).arg(perMillion(rates.input))};
        if (rates.cached)
            said << tr(QT_TRANSLATE_NOOP("Prices", "%1 cached")).arg(perMillion(*rates.cached));
        if (rates.cacheWrite)
            said << tr(QT_TRANSLATE_NOOP("Prices", "%1 cache write")).arg(perMillion(*rates.cacheWrite));
        said << tr(QT_TRANSLATE_NOOP("Prices", "%1 out")).arg(perMillion(rates.output));
        return tier + u": "_s + said.join(u", "_s);
    };
    QStringList lines{tr(QT_TRANSLATE_NOOP("Prices", "Per 1,000,000 tokens")),
                      line(tr(QT_TRANSLATE_NOOP("Prices", "standard")), price.rates)};
    if (price.batch)
        lines << line(tr(QT_TRANSLATE_NOOP("Prices", "batch")), *price.batch);
    if (price.fast)
        lines << line(tr(QT_TRANSLATE_NOOP("Prices", "fast")), *price.fast);
    if (price.longContext)
        lines << line(
            tr(QT_TRANSLATE_NOOP("Prices", "requests above %1 tokens")).arg(format::tokens(price.longContext->above)),
            price.longContext->rates);
    if (price.until.isValid())
        lines << tr(QT_TRANSLATE_NOOP("Prices", "until %1")).arg(price.until.toString(Qt::ISODate));
    if (price.own)
        lines << tr(QT_TRANSLATE_NOOP("Prices", "entered by you"));
    else if (!price.source.isEmpty())
        lines << tr(QT_TRANSLATE_NOOP("Prices", "source: %1, seen %2")).arg(price.source, price.seen);
    return lines.join(u'\n');
}

} // namespace bobbin
