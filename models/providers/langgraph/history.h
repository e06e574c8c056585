// SPDX-License-Identifier: GPL-3.0-or-later
// The history of a thread's state: checkpoints, newest first, each with all messages of its moment. What is new in one
// against the one before was written there, by its run; what a task of it left behind in the next one is a step.
// A page never ends inside a run, so that the steps of a run come together: where a run is longer than a page, a longer
// page is asked for.
#pragma once

#include "models/domain/objects.h"

#include <QJsonObject>

namespace bobbin::langgraph {

// A place in it, as JSON:
//   until    a later sync reads down to this checkpoint, which it has
//   before   only what is older than this checkpoint; empty: from the newest on
//   limit    checkpoints of a page
//   newest   where a later sync may end, as the first page told
//   later    the checkpoint just above the page: {parent, run, source}
//   fate     what newer pages told of messages that are older: id to {"removed": true} or to its last form
struct HistoryPlace {
    QString until, before, newest;
    int limit = 0;
    QJsonObject later, fate;

    static HistoryPlace from(const ListToken &token);
    [[nodiscard]] ListToken token() const;
};

Result<Page> readHistory(const QString &thread, const ListToken &from, const QByteArray &bytes);

// A step as the store keeps it: {"id", "node", "step", "run_id", "thread_id", "created_at", "ended_at", "status",
// "error", "interrupts", "messages", "calls"}.
Result<RunStep> readStepEnvelope(const QByteArray &raw);

} // namespace bobbin::langgraph
