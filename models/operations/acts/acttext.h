// SPDX-License-Identifier: GPL-3.0-or-later
// An act's words, for those who only show it.
#pragma once

#include "models/plans/plan.h"

namespace bobbin {

QString actText(const Step &step); // for a person: "delete thread"
QString actDetail(const Step &step); // and what: an id, "3 files"
bool changesServer(Act act); // false: may be repeated at will

} // namespace bobbin
