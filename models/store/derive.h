// SPDX-License-Identifier: GPL-3.0-or-later
// What columns hold of an object's raw JSON beside what lists show: filled in anew where an older Bobbin, which did not
// derive it, wrote the store.
#pragma once

#include "models/store/reader.h"

namespace bobbin {

std::optional<qint64> headOf(const Message &message); // a hash of how a long one of the person begins
std::optional<qint64> instructionsOf(const Assistant &assistant); // their hash
Done deriveAnew(Database &database, const Provider &provider, Writer &writer);

} // namespace bobbin
