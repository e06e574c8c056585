// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/domain/content.h"

#include "models/core/texthash.h"

#include <QJsonArray>

#include <algorithm>

namespace bobbin {

namespace {

bool holds(const QJsonValue &value)
{
    if (value.isString())
        return value.toString() == secretMark;
    if (value.isArray()) {
        const QJsonArray array = value.toArray();
        return std::any_of(array.begin(), array.end(), holds);
    }
    const QJsonObject object = value.toObject();
    return std::any_of(object.begin(), object.end(), holds);
}

QJsonValue without(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray left;
        for (const QJsonValue one : value.toArray())
            if (!holds(one) || !one.isString())
                left << without(one);
        return left;
    }
    return value.isObject() ? QJsonValue(withoutSecretMarks(value.toObject())) : value;
}

} // namespace

std::optional<quint64> callHash(const ToolCall &call)
{
    if (call.input.isEmpty()) // a file search's query is not told
        return std::nullopt;
    return textHash((call.type + u'\n' + call.name + u'\n' + call.input).toStdString());
}

void RunStep::add(const ToolCall &call)
{
    ++toolCalls;
    if (const auto hash = callHash(call))
        callHashes.push_back(*hash);
    outputCharacters += call.output.size();
}

bool holdsSecretMark(const QJsonObject &object)
{
    return holds(object);
}

QJsonObject withoutSecretMarks(const QJsonObject &object)
{
    QJsonObject left;
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QJsonValue value = it.value();
        if (!holds(value)) {
            left.insert(it.key(), value);
            continue;
        }
        const QJsonValue rest = without(value);
        if (!value.isString() && !(rest.isObject() && rest.toObject().isEmpty()))
            left.insert(it.key(), rest);
    }
    return left;
}

} // namespace bobbin
