// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/domain/objects.h"

namespace bobbin {

QString statusName(RunStatus status); // as the protocol calls it, "unknown" for what it does not
constexpr int runStatusCount = 10;

} // namespace bobbin
