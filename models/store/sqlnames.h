// SPDX-License-Identifier: GPL-3.0-or-later
// Enums that files hold as numbers, by their names in SQL: {resource.thread}, {run.failed}, {target.done}, {step.done}.
#pragma once

#include <QByteArray>

namespace bobbin {

QByteArray withNames(QByteArray sql); // a name nobody knows stays, and SQLite refuses it

} // namespace bobbin
