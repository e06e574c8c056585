// SPDX-License-Identifier: GPL-3.0-or-later
// What a caller is told that is refused, in the form that the protocol's SDKs make exceptions of.
#pragma once

#include "models/domain/guardrow.h"
#include "models/gateway/httpline.h"

namespace bobbin {

// Names the rule, the figure, the limit and who says so; the SDKs do not try it again.
LineAnswer refusalOf(const GuardRow &row);
// Of the line itself. It is tried again where that may help: from status 500 on.
LineAnswer lineRefusal(int status, const QString &message, const QByteArray &code);

constexpr auto ruleField = "x-bobbin-rule"; // its word in a policy's file

} // namespace bobbin
