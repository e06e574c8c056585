// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that hold other servers' keys in plain text: headers of MCP servers, on assistants, threads and runs.
#pragma once

#include <QByteArray>

namespace bobbin::assistants {

// The object's JSON, each secret replaced by secretMark; the same bytes where there is none.
QByteArray withoutSecrets(const QByteArray &raw);

} // namespace bobbin::assistants
