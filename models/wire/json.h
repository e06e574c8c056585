// SPDX-License-Identifier: GPL-3.0-or-later
// Tolerant reading of JSON values: every accessor takes what odd servers send (numbers as text, times in s or ms,
// text as object or array) and answers empty where there is nothing. Thin over simdjson's DOM.
#pragma once

#include "models/domain/objects.h"

#include <QJsonObject>
#include <simdjson.h>
#include <string_view>

namespace bobbin::json {

using Value = simdjson::dom::element;

// What simdjson takes of a text that is nearly JSON: without a byte order mark; bytes that are no UTF-8, and halves of
// surrogate pairs, replaced. Of the same length but for the mark, so that places stay; the text itself where it is
// fine.
QByteArray parseable(const QByteArray &json);
constexpr char notUtf8 = '\x7f'; // stands for such a byte, and is read as U+FFFD
QString words(simdjson::error_code code); // what is wrong with it, in ours

inline QString toQString(std::string_view text)
{
    QString all = QString::fromUtf8(text.data(), qsizetype(text.size()));
    if (text.find(notUtf8) != std::string_view::npos)
        all.replace(QLatin1Char(notUtf8), QChar(QChar::ReplacementCharacter));
    return all;
}

template <class F> Done withObject(const QByteArray &raw, F use) // use: (Value); Decode where it is no object
{
    simdjson::dom::parser parser;
    Value top;
    const QByteArray text = parseable(raw);
    const auto error = parser.parse(text.constData(), std::size_t(text.size())).get(top);
    if (error || !top.is_object())
        return fail(Error::Kind::Decode, error ? words(error) : QStringLiteral("this is no JSON object"));
    use(top);
    return {};
}

std::optional<Value> member(Value object, std::string_view key); // absent and null are the same
QString text(Value object, std::string_view key); // strings; numbers and bools as their text
QString asText(Value value); // string | {value} | {text} | [parts]: the text in it
std::optional<qint64> integer(Value object, std::string_view key);
OptTime time(Value object, std::string_view key); // seconds, milliseconds, floats, ISO 8601 -> Unix ms
QStringList strings(Value object, std::string_view key);
std::vector<Value> array(Value object, std::string_view key);
QJsonObject object(Value value); // as Qt has it; empty where it is none
std::optional<Usage> usage(Value object, std::string_view key);

} // namespace bobbin::json
