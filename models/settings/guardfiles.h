// SPDX-License-Identifier: GPL-3.0-or-later
// The guard's files beside the settings: the policy of each connection, and the mark that stops all guarding, in every
// program at once.
#pragma once

#include "models/core/error.h"

namespace bobbin {

QString policyFile(const QString &connection); // by its id; need not be there

struct GuardStop {
    QString since; // as it is in the file: ISO 8601
    QString reason; // may be empty
};
std::optional<GuardStop> guardStop(); // none: guarding goes on
Done stopGuard(const QString &reason);
Done letGuardGo();

} // namespace bobbin
