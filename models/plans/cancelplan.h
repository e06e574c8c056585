// SPDX-License-Identifier: GPL-3.0-or-later
// Runs to be cancelled, and what can be said of a run that locks its thread.
#pragma once

#include "models/domain/change.h"
#include "models/domain/rows.h"
#include "models/plans/plan.h"

namespace bobbin {

Plan planCancel(const std::vector<RunRow> &runs);

// Why a thread is locked, and the one safe act.
struct StuckRun {
    enum class Advice { Wait, CancelRun, Answer, Expired, Ended };
    QString threadId, runId, statusWord, stepId;
    RunStatus status = RunStatus::Unknown;
    std::vector<ToolCall> unanswered;
    bool dead = false; // it should have ended long ago and cannot be cancelled: only a new thread helps
    std::optional<qint64> ageMs, waitsMs, expiresInMs; // since it began, since the calls wait
    Advice advice = Advice::Wait;
    QString text; // what is the matter, in a sentence or two
};
StuckRun explainRun(const RunRow &run, const std::vector<ToolCall> &asked, const std::vector<StepContent> &steps,
                    qint64 nowMs);

// Answers the calls of a run that waits; every call needs an output, which may be empty.
Plan planAnswer(const RunRow &run, const std::vector<ToolOutput> &outputs);

} // namespace bobbin
