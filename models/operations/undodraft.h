// SPDX-License-Identifier: GPL-3.0-or-later
// The plan that takes an operation back, while it is put together: each act adds what undoes it, last step first.
#pragma once

#include "models/plans/doneoperation.h"
#include "models/providers/provider.h"

#include <QHash>
#include <QSet>

namespace bobbin {

// What is known now of a thread that an operation made: turns and messages since then must not be lost unseen.
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

class UndoDraft {
public:
    UndoDraft(const DoneOperation &of, const UndoFacts &known, const Capabilities &able)
        : operation(of), facts(known), can(able)
    {
    }

    const DoneOperation &operation;
    const UndoFacts &facts;
    const Capabilities &can;
    Plan plan;
    const DoneTarget *done = nullptr; // whose steps are looked at

    // One for each purpose; made, like the one that is done, when it is first asked for.
    PlanTarget &target(const QString &purpose, const QString &id);
    void next(const DoneTarget &target);

private:
    QHash<QString, std::size_t> m_places;
};

Result<Plan> planUndo(const DoneOperation &operation, const UndoFacts &facts, const Capabilities &can);

} // namespace bobbin
