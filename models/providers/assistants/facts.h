// SPDX-License-Identifier: GPL-3.0-or-later
// What an object says beside the columns of its table.
#pragma once

#include "models/domain/content.h"

namespace bobbin::assistants {

Result<ObjectFacts> readFacts(const QByteArray &raw);

} // namespace bobbin::assistants
