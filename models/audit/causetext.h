// SPDX-License-Identifier: GPL-3.0-or-later
// A thread's cause in a sentence.
#pragma once

#include "models/audit/cause.h"

#include <QString>

namespace bobbin {

// "$7.29, $6.10 of it in 5 runs with 10 and more tool rounds, since 2026-09-02." Empty without a known cost.
QString causeText(const CostSum &cost, Cause cause, const CauseRuns &runs);

} // namespace bobbin
