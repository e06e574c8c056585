// SPDX-License-Identifier: GPL-3.0-or-later
// Threads made again, tolerantly: what is gone meanwhile, or refused, is left out, and the note says so.
#pragma once

#include "models/operations/acts/handler.h"

namespace bobbin {

// What an archive has of a thread, as it can be sent again, oldest message first.
struct ArchivedThread {
    NewThread thread; // as it was, with all its messages
    int leftOut = 0;
    QString refusedRole;
};
Result<ArchivedThread> archivedThread(const Hands &hands, const QJsonObject &body); // body: as of RestoreThread

bool refused(const Error &error); // as it stands; after all other errors it may be sent again
QCoro::Task<Result<QString>> addTolerantly(Hands &hands, QString thread, NewMessage message); // the note
OutcomeTask createTolerantly(Hands &hands, StepContext c, NewThread thread);
QString secretsLeftOut(); // of an MCP server, which no archive keeps
QCoro::Task<Result<qint64>> countMessages(Hands &hands, QString thread);

} // namespace bobbin
