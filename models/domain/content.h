// SPDX-License-Identifier: GPL-3.0-or-later
// What is inside an object beside the columns of its table: the parts of a message, the tool calls of a step, what a
// thread, an assistant or a store carries. A provider reads them from its raw JSON when somebody looks.
#pragma once

#include "models/domain/objects.h"

#include <QJsonObject>
#include <QMap>

namespace bobbin {

using Metadata = QMap<QString, QString>;

struct Citation {
    QString marker; // as it stands in the text
    QString fileId; // of a file, or
    QString url; // of a page
    QString quote;
};

struct ContentPart {
    enum class Kind { Text, Image, Refusal, Other };
    Kind kind = Kind::Other;
    QString text; // markdown-ish text; for images the file id or URL; for others the raw JSON
    std::vector<Citation> citations;
};

struct MessageContent {
    QString id, role, runId, status;
    OptTime createdAt;
    std::vector<ContentPart> parts;
    QStringList attachments; // file ids, or addresses
};

struct ToolCall {
    QString id, type, name; // name: of the function
    QString input; // arguments, code or query
    QString output; // empty with answered=false: nobody answered yet
    bool answered = false;
};

// The same for calls of the same name and arguments; none where these are not told.
std::optional<quint64> callHash(const ToolCall &call);

struct StepContent {
    RunStep step;
    QString messageId; // that it wrote
    std::vector<ToolCall> calls;
};

// Stands for a secret that was in an object's raw JSON: neither the store nor an archive keeps it.
inline const QString secretMark = QStringLiteral("[secret, not kept]");
bool holdsSecretMark(const QJsonObject &object);
QJsonObject withoutSecretMarks(const QJsonObject &object); // and without what they leave empty

// What a thread or an assistant has its tools work on.
struct ToolResources {
    QStringList vectorStoreIds, fileIds;
    QJsonObject more; // what else the provider keeps there, in its own terms: carried as it is
    [[nodiscard]] bool isEmpty() const { return vectorStoreIds.isEmpty() && fileIds.isEmpty() && more.isEmpty(); }
    bool operator==(const ToolResources &) const = default;
};

struct Expiry { // of a store
    QString anchor; // from when on
    qint64 days = 0;
    bool operator==(const Expiry &) const = default;
};

struct Belongings {
    QString name;
    Metadata metadata;
    ToolResources resources;
    std::optional<Expiry> expires;
};

struct ObjectFacts {
    QString instructions, description;
    QString errorMessage; // of a run that failed, or the details of a file's status
    QStringList tools; // types; functions by name
    std::vector<std::pair<QString, QString>> settings; // the protocol's names: temperature, max_prompt_tokens …
    std::vector<std::pair<QString, qint64>> fileCounts; // of a store: in_progress, completed …
    Belongings belongings;
};

} // namespace bobbin
