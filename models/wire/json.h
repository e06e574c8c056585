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

inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
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
