// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/digest.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace bobbin::wire {

using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

} // namespace

// Qt keeps the fields of an object sorted.
QByteArray canonical(const QByteArray &raw)
{
    const QJsonDocument document = QJsonDocument::fromJson(raw);
    return document.isNull() ? raw : document.toJson(QJsonDocument::Compact); // no JSON: as it stands
}

QByteArray canonicalThread(const QByteArray &raw)
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

QString threadDigest(const QByteArray &thread, const QByteArrayList &messages)
{
    QByteArrayList hashes;
    hashes.reserve(messages.size());
    for (const QByteArray &message : messages)
        hashes << hashOf(canonical(message));
    std::ranges::sort(hashes);
    return QString::fromLatin1(hashOf(hashOf(canonicalThread(thread)) + hashes.join()).toHex());
}

} // namespace bobbin::wire
