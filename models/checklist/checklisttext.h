// SPDX-License-Identifier: GPL-3.0-or-later
// A checklist in words.
#pragma once

#include "models/checklist/checklist.h"

namespace bobbin {

QString checkTitle(Check check);
QString checkStateName(CheckState state);
QString checkText(const CheckItem &item); // what was measured
QString checkHelpText(CheckHelp help); // on a button; empty: none
QString stepsText(const StepDistribution &steps); // with the recommended ceiling
QString checklistText(const Checklist &list); // the sum of it, in a sentence

} // namespace bobbin
