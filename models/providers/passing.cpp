// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/passing.h"

#include "models/providers/provider.h"

namespace bobbin {

const Passing *passingOf(const Provider &provider)
{
    return dynamic_cast<const Passing *>(&provider);
}

} // namespace bobbin
