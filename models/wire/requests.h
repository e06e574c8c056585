// SPDX-License-Identifier: GPL-3.0-or-later
// From an object as the server sent it to the body that makes it again, within the protocol's limits.
#pragma once

#include "models/domain/objects.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QMap>

namespace bobbin::wire {

using Metadata = QMap<QString, QString>;

// What a thread, an assistant or a store carries besides its name.
struct Belongings {
    QString name;
    Metadata metadata;
    QStringList vectorStoreIds, fileIds;
    QJsonObject expiresAfter; // stores
};
Result<Belongings> readBelongings(const QByteArray &raw);

struct MessageBodies {
    std::vector<QJsonObject> bodies; // more than one where the text is longer than one message may hold
    bool empty = false; // nothing in it that could be sent
    QString refusedRole; // sent as "user", the protocol knows no such role in a request
};
Result<MessageBodies> messageBodies(const QByteArray &raw, qsizetype mostCharacters);
// A text as messages of one role.
std::vector<QJsonObject> textBodies(const QString &role, const QString &text, qsizetype mostCharacters);

// Files that a message to be sent refers to, and the same message without some of them: what was attached is left out,
// a picture becomes a line that says so.
QStringList filesOf(const QJsonObject &messageBody);
QJsonObject withoutFiles(QJsonObject messageBody, const QStringList &files);
QJsonObject textOnly(const QJsonObject &messageBody); // role and text; the least a server can be asked to take

QJsonObject toolResources(const QStringList &vectorStoreIds, const QStringList &fileIds);
QJsonObject toJson(const Metadata &metadata);
QString compactText(const QJsonObject &object);
QByteArray compactBytes(const QJsonObject &object);

// The answer of POST /chat/completions.
struct Completion {
    QString text, model;
    std::optional<Usage> usage;
};
Result<Completion> readCompletion(const QByteArray &bytes);
// GET /vector_stores/{id}/files/{id}/content: the parsed text, in either of the shapes seen.
Result<QString> readFileText(const QByteArray &bytes);

} // namespace bobbin::wire
