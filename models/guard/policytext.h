// SPDX-License-Identifier: GPL-3.0-or-later
// A policy in words.
#pragma once

#include "models/domain/guardrow.h"
#include "models/guard/policy.h"

#include <QVariant>

namespace bobbin {

QString guardRuleTitle(GuardRule rule);
QString guardActName(GuardAct act);
QString guardStateName(GuardState state);
QString limitText(GuardRule rule, const RuleLimit &limit);
QString amountText(GuardRule rule, qint64 amount); // in the rule's unit, of a limit or of what went beyond
QString crossedText(const GuardRow &row); // which rule, and both figures
QVariant plainAmount(GuardRule rule, qint64 amount); // for programs: US dollars, or the number itself
QString originText(const RuleOrigin &origin);

} // namespace bobbin
