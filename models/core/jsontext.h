// SPDX-License-Identifier: GPL-3.0-or-later
// JSON on one line, as files and databases keep it.
#pragma once

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

} // namespace bobbin
