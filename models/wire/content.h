// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a message and the tool calls of a step, read from their raw JSON when a person looks at them.
#pragma once

#include "models/domain/objects.h"

namespace bobbin::wire {

struct Citation {
    QString marker; // as it stands in the text
    QString fileId;
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
    QStringList attachments; // file ids
};
Result<MessageContent> readMessage(const QByteArray &raw);

struct ToolCall {
    QString id, type, name; // name: of the function
    QString input; // arguments, code or query
    QString output; // empty with answered=false: nobody answered yet
    bool answered = false;
};
struct StepContent {
    RunStep step;
    QString messageId;
    std::vector<ToolCall> calls;
};
Result<StepContent> readStep(const QByteArray &raw);
Result<std::vector<ToolCall>> readRequiredAction(const QByteArray &runRaw);

QString prettyJson(const QByteArray &raw); // indented; as it is where it is no JSON

} // namespace bobbin::wire
