// SPDX-License-Identifier: GPL-3.0-or-later
// What an operation creates carries the operation's id and the target's place in its metadata, and is found by it.
#pragma once

#include "models/operations/acts/handler.h"

namespace bobbin {

inline const QString markKey = QStringLiteral("bobbin_step");

// Where the metadata is full, its last pair makes room, and comes back with TakeMarkOff.
Metadata marked(Metadata metadata, const StepContext &c, const Provider &provider);
OutcomeTask findMadeThread(Hands &hands, StepContext c); // Finished, or NotDone
OutcomeTask findMadeStore(Hands &hands, StepContext c);

} // namespace bobbin
