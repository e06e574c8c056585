// SPDX-License-Identifier: GPL-3.0-or-later
// What an operation did, in a line: "4 vector stores deleted in 3 groups, 1 spared".
#pragma once

#include "models/domain/rows.h"
#include "models/plans/plan.h"

#include <QHash>

namespace bobbin {

using Deeds = QHash<Act, qint64>; // finished steps of each act

QString resultText(const OperationRow &operation, const Deeds &deeds);

} // namespace bobbin
