// SPDX-License-Identifier: GPL-3.0-or-later
// The Assistants v2 objects, JSON -> domain. Only the id is hard-required; each JSON field name appears once.
#pragma once

#include "models/wire/json.h"

namespace bobbin::assistants {

Done decodeObject(Resource resource, json::Value item, const QByteArray &raw, Objects &into);
QStringList readTools(json::Value item); // types; functions as "function:name"
RunStatus runStatus(const QString &word);

} // namespace bobbin::assistants
