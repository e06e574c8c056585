// SPDX-License-Identifier: GPL-3.0-or-later
// A message as LangChain writes it, inside a thread's state: {type, content, id?, tool_calls?, usage_metadata? …}, or
// its serialised form {lc, id: [… "AIMessage"], kwargs}.
// What the store keeps of one is an envelope of ours around it, because the message itself does not say when it was
// written, or by which run: {"message", "id", "thread_id", "run_id"?, "created_at", "status", "key"}.
#pragma once

#include "models/domain/change.h"
#include "models/wire/json.h"

namespace bobbin::langgraph {

// As it stands in a state. The value lives as long as its parser.
struct StateMessage {
    QString id; // its own, or its place in the list where it has none
    QByteArray bytes; // the message, without white space
    json::Value fields; // of it: `kwargs` of a serialised one
    QString type; // human, ai, tool, system …
};

struct StateMessages {
    QString key; // of the state; empty: it has no list of messages
    std::vector<StateMessage> all;
};

StateMessages messagesOf(json::Value values);
std::optional<Usage> usageOf(json::Value fields); // as the app's model told it; most of them do not
QString modelOf(json::Value fields);
QString roleOf(const QString &type);

struct Written { // when and where a message came to be
    QString thread, run, createdAt, key;
    QString status; // completed, or removed: it was in the state once
};
Message messageFrom(const StateMessage &message, const Written &written);

// Of the envelope.
Result<Message> readEnvelope(json::Value envelope, const QByteArray &raw);
Result<MessageContent> readContent(const QByteArray &raw);
Result<MessageAgain> sendAgain(const QByteArray &raw); // whole, as it was
QByteArray messageBytes(const QByteArray &raw); // without when and where

} // namespace bobbin::langgraph
