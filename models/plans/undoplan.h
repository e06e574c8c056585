// SPDX-License-Identifier: GPL-3.0-or-later
// What was done, as the journal tells it, and the plan that takes it back.
#pragma once

#include "models/plans/plan.h"
#include "models/providers/provider.h"

#include <QHash>

namespace bobbin {

enum class StepState : quint8 { Planned, Sent, Finished, Failed, Skipped };

struct DoneStep {
    Step step;
    int place = 0;
    StepState state = StepState::Planned;
    OptTime sentAt, answeredAt;
    QJsonObject result; // what the server answered, as far as it is needed later
    QString note;
};

enum class TargetState : quint8 { Planned, Running, Finished, Skipped, Failed, Stopped };

struct DoneTarget {
    qint64 key = 0;
    int place = 0;
    PlanTarget target;
    TargetState state = TargetState::Planned;
    QString outcome; // for a person
    QString made; // id of the thread or store it created
    std::vector<DoneStep> steps; // those that were begun

    [[nodiscard]] const DoneStep *done(Act act) const; // the first done step of the kind
};

enum class OperationState : quint8 { Planned, Running, Interrupted, Finished, Cancelled };

struct DoneOperation {
    qint64 key = 0;
    QString id; // goes into the metadata of what it creates
    OperationKind kind = OperationKind::Rotate;
    OperationState state = OperationState::Planned;
    QString title;
    QString archive; // file name below the archives' folder, empty: none
    QJsonObject options; // as chosen
    QStringList warnings, cannotComeBack; // of its plan
    qint64 undoes = 0, undoneBy = 0;
    QString result; // what it did so far, in a line
    std::vector<DoneTarget> targets;
};

// What is known now of the threads an operation made: turns and messages since then must not be lost unseen.
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
