// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/json.h"

#include <QDateTime>
#include <QJsonDocument>
#include <cmath>

namespace bobbin::json {

QJsonObject object(Value value)
{
    const std::string text = simdjson::minify(value);
    return QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), qsizetype(text.size()))).object();
}

using simdjson::dom::element_type;

namespace {

// Times above this are milliseconds: as seconds they would lie past the year 5000.
constexpr double millisecondsFrom = 1e11;
// Outside this range a number cannot be a time or count that we could keep exactly.
constexpr double largest = 9e15;

std::optional<double> number(Value value)
{
    switch (value.type()) {
    case element_type::INT64:
        return double(value.get_int64().value_unsafe());
    case element_type::UINT64:
        return double(value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
        return value.get_double().value_unsafe();
    case element_type::STRING: {
        bool ok = false;
        const double parsed = toQString(value.get_string().value_unsafe()).toDouble(&ok);
        return ok ? std::optional(parsed) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

std::optional<qint64> whole(Value value)
{
    if (value.type() == element_type::INT64)
        return value.get_int64().value_unsafe();
    const std::optional<double> n = number(value);
    if (!n || !std::isfinite(*n) || std::abs(*n) > largest)
        return std::nullopt;
    return qint64(std::llround(*n));
}

} // namespace

std::optional<Value> member(Value object, std::string_view key)
{
    simdjson::dom::object fields;
    if (object.get(fields) != simdjson::SUCCESS)
        return std::nullopt;
    Value value;
    if (fields.at_key(key).get(value) != simdjson::SUCCESS || value.is_null())
        return std::nullopt;
    return value;
}

QString text(Value object, std::string_view key)
{
    const std::optional<Value> value = member(object, key);
    if (!value)
        return {};
    switch (value->type()) {
    case element_type::STRING:
        return toQString(value->get_string().value_unsafe());
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
    case element_type::BOOL:
        return QString::fromStdString(simdjson::minify(*value));
    default:
        return {};
    }
}

QString asText(Value value)
{
    switch (value.type()) {
    case element_type::STRING:
        return toQString(value.get_string().value_unsafe());
    case element_type::OBJECT:
        for (const std::string_view key : {"text", "value", "refusal", "content"})
            if (const auto inner = member(value, key))
                return asText(*inner);
        return {};
    case element_type::ARRAY: {
        QString all;
        const simdjson::dom::array parts = value.get_array().value_unsafe();
        for (const Value part : parts) {
            const QString piece = asText(part);
            if (!piece.isEmpty())
                all += all.isEmpty() ? piece : QChar(u'\n') + piece;
        }
        return all;
    }
    default:
        return {};
    }
}

std::optional<qint64> integer(Value object, std::string_view key)
{
    const std::optional<Value> value = member(object, key);
    return value ? whole(*value) : std::nullopt;
}

OptTime time(Value object, std::string_view key)
{
    const std::optional<Value> value = member(object, key);
    if (!value)
        return std::nullopt;
    if (const std::optional<double> n = number(*value)) {
        if (!std::isfinite(*n) || *n <= 0 || *n > largest)
            return std::nullopt;
        return std::abs(*n) > millisecondsFrom ? qint64(*n) : qint64(std::llround(*n * 1000));
    }
    if (value->type() == element_type::STRING) {
        const QDateTime parsed =
            QDateTime::fromString(toQString(value->get_string().value_unsafe()), Qt::ISODateWithMs);
        if (parsed.isValid())
            return parsed.toMSecsSinceEpoch();
    }
    return std::nullopt;
}

std::vector<Value> array(Value object, std::string_view key)
{
    std::vector<Value> all;
    const std::optional<Value> value = member(object, key);
    simdjson::dom::array items;
    if (value && value->get(items) == simdjson::SUCCESS)
        all.assign(items.begin(), items.end());
    return all;
}

QStringList strings(Value object, std::string_view key)
{
    QStringList all;
    for (const Value value : array(object, key))
        if (value.type() == element_type::STRING)
            all << toQString(value.get_string().value_unsafe());
    return all;
}

std::optional<Usage> usage(Value object, std::string_view key)
{
    const std::optional<Value> value = member(object, key);
    if (!value)
        return std::nullopt;
    const auto either = [&](std::string_view a, std::string_view b) {
        const std::optional<qint64> first = integer(*value, a);
        return first ? first : integer(*value, b);
    };
    const std::optional<qint64> prompt = either("prompt_tokens", "input_tokens");
    const std::optional<qint64> completion = either("completion_tokens", "output_tokens");
    if (!prompt && !completion)
        return std::nullopt; // {} or only a total says nothing that could be priced
    Usage all;
    all.prompt = prompt.value_or(0);
    all.completion = completion.value_or(0);
    // OpenAI's runs spell it "prompt_token_details", its chat answers "prompt_tokens_details".
    for (const std::string_view details : {"prompt_token_details", "prompt_tokens_details", "input_tokens_details"}) {
        if (const auto inner = member(*value, details)) {
            all.cached = integer(*inner, "cached_tokens");
            all.cacheWrite = integer(*inner, "cache_write_tokens");
        }
    }
    for (const std::string_view details :
         {"completion_tokens_details", "completion_token_details", "output_tokens_details"})
        if (const auto inner = member(*value, details))
            all.reasoning = integer(*inner, "reasoning_tokens");
    return all;
}

} // namespace bobbin::json
