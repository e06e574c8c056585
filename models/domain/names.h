// SPDX-License-Identifier: GPL-3.0-or-later
// What an assistant is called.
#pragma once

#include "models/domain/rows.h"

#include <algorithm>

namespace bobbin {

inline QString nameOf(const NamedCost &assistant)
{
    return assistant.name.isEmpty() ? assistant.id : assistant.name;
}
inline QString nameIn(const std::vector<NamedCost> &assistants, const QString &id) // the id where it has none
{
    const auto known = std::ranges::find(assistants, id, &NamedCost::id);
    return known == assistants.end() ? id : nameOf(*known);
}

} // namespace bobbin
