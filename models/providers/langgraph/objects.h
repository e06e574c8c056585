// SPDX-License-Identifier: GPL-3.0-or-later
// Assistants, threads and runs of a LangGraph Agent Server. Where a model and instructions are is the app's choice:
// they are looked for in the assistant's config and context. A thread's raw JSON has its state without the messages,
// with the key under which they were ("messages_key").
#pragma once

#include "models/domain/content.h"
#include "models/wire/json.h"

namespace bobbin::langgraph {

Done decodeObject(Resource resource, json::Value item, const QByteArray &raw, Objects &into);
Result<Belongings> readBelongings(const QByteArray &raw);
Result<ObjectFacts> readFacts(const QByteArray &raw);
// What is the same as long as nobody but an operation of ours changed the thread.
QByteArray comparableThread(const QByteArray &raw);

} // namespace bobbin::langgraph
