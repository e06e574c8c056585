// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/providers/registry.h"

namespace bobbin::test {

inline const Provider &assistants()
{
    return **providerById(defaultProviderId());
}

} // namespace bobbin::test
