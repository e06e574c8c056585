// SPDX-License-Identifier: GPL-3.0-or-later
// How rows of the guard are made and marked, whoever sees what they tell: what has the same mark is one thing.
#pragma once

#include "models/guard/sight.h"

namespace bobbin {

QString guardWord(const char *text);
GuardRow guardRowOf(GuardRule rule, const RuleNow &now, qint64 value, qint64 at);
QString markOf(const BudgetUse &use, qint64 now); // of its day or month
// Whether a run of this assistant, in a thread with this metadata, counts for what was said there.
[[nodiscard]] bool counts(const RuleOrigin &of, const QString &assistant, const Metadata &metadata);

} // namespace bobbin
