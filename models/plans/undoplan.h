// SPDX-License-Identifier: GPL-3.0-or-later
// What was done, as the journal tells it, and the plan that takes it back.
#pragma once

#include "models/plans/doneoperation.h"
#include "models/providers/provider.h"

#include <QHash>

namespace bobbin {

struct MadeThread {
    qint64 messages = 0, runs = 0, activeRuns = 0;
    OptTime lastActive;
    bool gone = false;
};

// A store as its archive has it.
struct ArchivedStore {
    NewStore store;
    std::vector<NewStoreFile> files;
};

struct UndoFacts {
    QHash<QString, MadeThread> made;
    QHash<QString, ArchivedStore> stores;
    QSet<QString> takenBack; // targets that an undo before took care of
};

Result<Plan> planUndo(const DoneOperation &operation, const UndoFacts &facts, const Capabilities &can);

} // namespace bobbin
