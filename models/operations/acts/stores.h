// SPDX-License-Identifier: GPL-3.0-or-later
// What the acts on vector stores have in common.
#pragma once

#include "models/operations/acts/handler.h"

namespace bobbin {

QString targetStore(const StepContext &c); // that pointers are moved to
QCoro::Task<Result<QStringList>> filesIn(Hands &hands, QString store);
OutcomeTask keepFor(Hands &hands, StepContext c, QString user); // spared, or failed
OutcomeTask isGone(Hands &hands, Resource resource, QString id); // Finished: written down as gone; NotDone: still there

} // namespace bobbin
