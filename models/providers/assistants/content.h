// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a message and the tool calls of a step, read from their raw JSON.
#pragma once

#include "models/domain/content.h"
#include "models/wire/json.h"

namespace bobbin::assistants {

Result<MessageContent> readMessage(const QByteArray &raw);
ToolCall readCall(json::Value call);
Result<StepContent> readStep(const QByteArray &raw);
Result<std::vector<ToolCall>> readRequiredAction(const QByteArray &runRaw);

} // namespace bobbin::assistants
