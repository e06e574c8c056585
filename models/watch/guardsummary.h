// SPDX-License-Identifier: GPL-3.0-or-later
// A stretch of time in a few figures: what ran and cost, and what the guard did about it.
#pragma once

#include "models/audit/ledger.h"
#include "models/domain/guardrow.h"
#include "models/store/reader.h"

#include <QHash>

namespace bobbin {

struct GuardSummary {
    qint64 since = 0; // ms
    qint64 threads = 0, turns = 0, runs = 0, cancelledRuns = 0, failedRuns = 0; // that were created from then on
    qint64 tokens = 0; // of these runs, where they are known: prompt and completion
    CostSum cost;
    qint64 stores = 0; // vector stores there are
    qint64 told = 0, asking = 0, cancelled = 0, refused = 0, rotated = 0, replaced = 0, failed = 0; // by the guard
    // What the newest run of their threads had cost when runs were refused, once a refusal: a further run reads no
    // less. What a cancelled run would still have cost nobody knows; it is not in here.
    Money notSpent;
    qint64 notSpentUnknown = 0; // refusals of threads without a run of known cost
};

// `rows`: what the guard saw from then on; `threads`: keys by the ids that they name.
GuardSummary summaryOf(const Ledger &ledger, const std::vector<GuardRow> &rows, const QHash<QString, RowKey> &threads,
                       qint64 since);
Result<GuardSummary> readSummary(const Ledger &ledger, Reader &reader, qint64 since);
QString summaryText(const GuardSummary &summary); // in a sentence or two

} // namespace bobbin
