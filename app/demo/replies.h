// SPDX-License-Identifier: GPL-3.0-or-later
// What several routes of the demo server answer with.
#pragma once

#include "app/demo/state.h"

#include <QDateTime>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

inline qint64 nowSeconds()
{
    return QDateTime::currentSecsSinceEpoch();
}
inline qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

inline QByteArray deleted(const QString &id, const char *object)
{
    return compact(QJsonObject{{u"id"_s, id}, {u"object"_s, QString::fromLatin1(object)}, {u"deleted"_s, true}});
}

inline qint64 estimateTokens(qsizetype bytes)
{
    return std::max<qint64>(1, qint64(bytes) / 4);
}

// 16 pairs, keys to 64 characters, values to 512.
inline QString metadataProblem(const QJsonValue &value)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return u"Invalid type for 'metadata': expected an object."_s;
    const QJsonObject map = value.toObject();
    if (map.size() > 16)
        return u"Invalid 'metadata': too many properties. Expected an object with at most 16 properties."_s;
    for (auto it = map.begin(); it != map.end(); ++it) {
        if (!it.value().isString())
            return u"Invalid type for 'metadata.%1': expected a string."_s.arg(it.key());
        if (it.key().size() > 64 || it.value().toString().size() > 512)
            return u"Invalid 'metadata.%1': string too long."_s.arg(it.key());
    }
    return {};
}

inline QJsonObject objectOrEmpty(const QJsonValue &value)
{
    return value.isObject() ? value.toObject() : QJsonObject();
}

} // namespace bobbin::demo
