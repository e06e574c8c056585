// SPDX-License-Identifier: GPL-3.0-or-later
// Threads written to an archive of the person's choice; nothing on the server changes.
#pragma once

#include "models/domain/rows.h"
#include "models/plans/plan.h"

namespace bobbin {

// `ids`: in the order wanted; those without a row are read from the server first. `file`: absolute.
Plan planArchive(const QStringList &ids, const std::vector<ThreadRow> &known, const QString &file);

} // namespace bobbin
