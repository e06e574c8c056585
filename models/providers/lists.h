// SPDX-License-Identifier: GPL-3.0-or-later
// What a provider's workspaces have at all.
#pragma once

#include "models/providers/provider.h"

#include <algorithm>

namespace bobbin {

inline std::optional<ListRef> workspaceList(const Provider &provider, Resource resource)
{
    const std::vector<ListRef> lists = provider.workspaceLists();
    const auto found = std::ranges::find(lists, resource, &ListRef::resource);
    return found == lists.end() ? std::nullopt : std::optional(*found);
}

} // namespace bobbin
