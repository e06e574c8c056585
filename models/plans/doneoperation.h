// SPDX-License-Identifier: GPL-3.0-or-later
// An operation as the journal has it: its plan, and what became of each target and step.
#pragma once

#include "models/plans/plan.h"

namespace bobbin {

// The numbers of these two are in journals.
enum class StepState : quint8 { Planned = 0, Sent = 1, Finished = 2, Failed = 3, Skipped = 4 };

struct DoneStep {
    Step step;
    int place = 0;
    StepState state = StepState::Planned;
    OptTime sentAt, answeredAt;
    QJsonObject result; // what the server answered, as far as it is needed later
    QString note;
};

enum class TargetState : quint8 { Planned = 0, Running = 1, Finished = 2, Skipped = 3, Failed = 4, Stopped = 5 };

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

} // namespace bobbin
