// SPDX-License-Identifier: GPL-3.0-or-later
// What makes a difference, in words; the one place.
#pragma once

#include "models/reconcile/reconcile.h"

namespace bobbin {

QByteArray gapWord(Gap gap); // for programs: "missing-usage"
QString gapText(Gap gap); // "Runs without usage"
QString gapWhy(Gap gap); // what it is, and what to do about it, in a sentence or two
QString rowName(const ComparedRow &row);
QString differenceText(const Compared &figures); // "+$1.20", "−$0.30", or that nothing is known

} // namespace bobbin
