// SPDX-License-Identifier: GPL-3.0-or-later
// Vector stores that hold the same files, by their places in the facts; a set of them each.
#pragma once

#include "models/plans/storegroups.h"

namespace bobbin {

std::vector<std::vector<std::size_t>> equalStores(const ConsolidateFacts &facts);

} // namespace bobbin
