// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/canonical.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace bobbin::wire {

using namespace Qt::Literals::StringLiterals;

// Qt keeps the fields of an object sorted.
QByteArray canonical(const QByteArray &raw)
{
    const QJsonDocument document = QJsonDocument::fromJson(raw);
    return document.isNull() ? raw : document.toJson(QJsonDocument::Compact); // no JSON: as it stands
}

QByteArray withoutMarks(const QByteArray &raw)
{
    if (!QJsonDocument::fromJson(raw).isObject())
        return raw;
    QJsonObject thread = QJsonDocument::fromJson(raw).object();
    QJsonObject metadata = thread.value("metadata"_L1).toObject();
    for (const QString &mark : {u"rotated_to"_s, u"bobbin_step"_s})
        metadata.remove(mark);
    thread.insert(u"metadata"_s, metadata);
    return QJsonDocument(thread).toJson(QJsonDocument::Compact);
}

} // namespace bobbin::wire
