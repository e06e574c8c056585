// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/json.h"

#include <QDateTime>
#include <QJsonDocument>
#include <cmath>

namespace bobbin::json {

using namespace Qt::Literals::StringLiterals;

QJsonObject object(Value value)
{
    const std::string text = simdjson::minify(value);
    return QJsonDocument::fromJson(QByteArray::fromRawData(text.data(), qsizetype(text.size()))).object();
}

using simdjson::dom::element_type;

namespace {

// Four hexadecimal digits at this place; -1: there are none.
int hexAt(const QByteArray &text, qsizetype at)
{
    bool ok = false;
    const int value = at + 4 <= text.size() ? text.mid(at, 4).toInt(&ok, 16) : 0;
    return ok ? value : -1;
}

void replaceHalves(QByteArray &text)
{
    for (qsizetype i = 0; i + 1 < text.size(); ++i) {
        if (text[i] != '\\')
            continue;
        if (text[i + 1] != 'u') {
            ++i;
            continue;
        }
        const int code = hexAt(text, i + 2);
        const bool first = code >= 0xD800 && code < 0xDC00;
        const int next = first && text.mid(i + 6, 2) == "\\u" ? hexAt(text, i + 8) : -1;
        if (first && next >= 0xDC00 && next < 0xE000)
            i += 11;
        else if (code >= 0xD800 && code < 0xE000)
            text.replace(i + 2, 4, "fffd");
    }
}

// How many bytes the character at this place has; 0: it is none.
int utf8Length(const QByteArray &text, qsizetype at)
{
    const auto byte = [&](qsizetype i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
    const unsigned char first = byte(at);
    const int length = first < 0x80     ? 1
        : first >= 0xC2 && first < 0xE0 ? 2
        : first >= 0xE0 && first < 0xF0 ? 3
        : first >= 0xF0 && first < 0xF5 ? 4
                                        : 0;
    return length > 0 &&
            simdjson::validate_utf8(text.constData() + at, std::size_t(std::min<qsizetype>(length, text.size() - at)))
        ? length
        : 0;
}

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

QByteArray parseable(const QByteArray &json)
{
    static const QByteArray mark = QByteArray::fromHex("efbbbf");
    QByteArray text = json.startsWith(mark) ? json.mid(mark.size()) : json;
    if (!simdjson::validate_utf8(text.constData(), std::size_t(text.size())))
        for (qsizetype i = 0; i < text.size();) {
            const int length = utf8Length(text, i);
            if (length == 0)
                text[i] = notUtf8;
            i += std::max(1, length);
        }
    // Only a text that has such escapes at all is gone through for halves. (QByteArray looks at every byte by itself.)
    const std::string_view all(text.constData(), std::size_t(text.size()));
    if (all.find("\\ud") != all.npos || all.find("\\uD") != all.npos)
        replaceHalves(text);
    return text;
}

QString words(simdjson::error_code code)
{
    switch (code) {
    case simdjson::EMPTY:
        return u"it is empty"_s;
    case simdjson::INCORRECT_TYPE:
        return u"a value is of another type than the protocol says"_s;
    case simdjson::UTF8_ERROR:
    case simdjson::STRING_ERROR:
        return u"a text in it holds what is no character"_s;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE:
        return u"a number in it is none, or too large"_s;
    case simdjson::DEPTH_ERROR:
        return u"it is nested too deeply"_s;
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
        return u"it is too large"_s;
    case simdjson::UNCLOSED_STRING:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
        return u"it ends in the middle"_s;
    default:
        return u"it is no JSON: a bracket, a comma or a value is missing or misplaced"_s;
    }
}

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
    const auto tokens = [](Value of, std::string_view name) -> std::optional<qint64> {
        const std::optional<Value> said = member(of, name);
        const std::optional<double> n = said ? number(*said) : std::nullopt;
        if (!n || std::isnan(*n) || *n < 0)
            return std::nullopt;
        return *n >= double(mostTokens) ? mostTokens : qint64(std::llround(*n));
    };
    const auto either = [&](std::string_view a, std::string_view b) {
        const std::optional<qint64> first = tokens(*value, a);
        return first ? first : tokens(*value, b);
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
            all.cached = tokens(*inner, "cached_tokens");
            all.cacheWrite = tokens(*inner, "cache_write_tokens");
        }
    }
    for (const std::string_view details :
         {"completion_tokens_details", "completion_token_details", "output_tokens_details"})
        if (const auto inner = member(*value, details))
            all.reasoning = tokens(*inner, "reasoning_tokens");
    return all;
}

} // namespace bobbin::json
