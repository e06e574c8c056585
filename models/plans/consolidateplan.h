// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of vector stores that hold the same: one of a group survives, gets what it lacks, is waited for, takes
// over who pointed to the others; only then are these deleted.
#pragma once

#include "models/plans/storegroups.h"
#include "models/providers/provider.h"

namespace bobbin {

struct ConsolidatePlan {
    struct Member {
        QString id, label; // "research-papers-v2, 24 files"
    };
    Plan plan;
    QHash<QString, std::vector<Member>> groups; // target -> the stores that could survive in its place, itself first
};
ConsolidatePlan planConsolidation(const ConsolidateFacts &facts, const ConsolidateOptions &options,
                                  const Capabilities &can, qint64 nowMs);

} // namespace bobbin
