// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard counts, as Prometheus reads it (text format 0.0.4). Pure. No id of a thread or a run is a label: there
// would be one series each.
#pragma once

#include "models/audit/ledger.h"
#include "models/guard/sight.h"

#include <map>
#include <tuple>

namespace bobbin {

struct GuardMetrics {
    bool watches = false, sees = true, stopped = false;
    qint64 rounds = 0, requests = 0; // of the watch
    std::map<std::tuple<QString, QString, QString>, qint64> seen; // rule, act and state, in their words: how often
    std::map<QString, qint64> refused; // callers that were told so, by rule
    struct Line {
        qint64 connections = 0, running = 0, requests = 0, answered = 0, refused = 0, unanswered = 0, bytesUp = 0,
               bytesDown = 0;
    };
    std::optional<Line> line; // of the gateway
    struct Spent {
        CostSum cost;
        qint64 tokens = 0; // prompt and completion
    };
    std::optional<Spent> day, month; // running, UTC; none: not read yet
    std::optional<qint64> activeRuns;
    std::vector<BudgetUse> budgets;
};
QByteArray prometheusText(const GuardMetrics &metrics);

} // namespace bobbin
