// SPDX-License-Identifier: GPL-3.0-or-later
// JSON on one line, as files and databases keep it.
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace bobbin {

inline QByteArray compactBytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

inline QString compactText(const QJsonObject &object)
{
    return QString::fromUtf8(compactBytes(object));
}

inline QString compactText(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

} // namespace bobbin
