// SPDX-License-Identifier: GPL-3.0-or-later
// A row of the guard for programs: in events, webhooks and lists; and a summary.
#pragma once

#include "models/domain/guardrow.h"
#include "models/watch/guardsummary.h"

#include <QJsonObject>

namespace bobbin {

QJsonObject guardJson(const GuardRow &row);
QJsonObject summaryJson(const GuardSummary &summary); // an unknown sum is null

} // namespace bobbin
