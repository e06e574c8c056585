// SPDX-License-Identifier: GPL-3.0-or-later
// What a provider's workspaces have at all.
#pragma once

#include "models/providers/provider.h"

#include <algorithm>

namespace bobbin {

inline bool hasList(const Provider &provider, Resource resource)
{
    return std::ranges::any_of(provider.workspaceLists(),
                               [resource](const ListRef &ref) { return ref.resource == resource; });
}

} // namespace bobbin
