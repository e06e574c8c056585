// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that hold other servers' keys in plain text: headers of MCP servers, on assistants, threads and runs.
#pragma once

#include "models/wire/json.h"

namespace bobbin::assistants {

bool mayHoldSecrets(json::Value object); // else there are none for sure

// The object's JSON, each secret replaced by secretMark; the same bytes where there is none. Decode where it cannot be
// looked through.
Result<QByteArray> withoutSecrets(const QByteArray &raw);

} // namespace bobbin::assistants
