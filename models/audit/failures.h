// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's end means for the next try, by its status and its error's code, and how many tool steps are usual.
#pragma once

#include "models/domain/objects.h"

namespace bobbin {

enum class FailureClass {
    None, // it came to its end, somebody cancelled it, or it is under way
    Transient, // after a back-off, a few times
    Structural, // the same again ends the same: its tool calls come first
    Fatal, // no retry
};

// A run that waits for tool outputs counts as structural only where it is stuck; who asks knows for how long it waits.
FailureClass failureClass(RunStatus status, QStringView errorCode, bool stuck = false);

struct StepCeiling {
    qint64 steps = 0;
    qint64 runs = 0; // that it rests on
    bool operator==(const StepCeiling &) const = default;
};

// Two above the 99th percentile (nearest rank) of the tool steps a run; none without runs.
std::optional<StepCeiling> recommendedCeiling(std::vector<qint64> toolStepsOfRuns);

} // namespace bobbin
