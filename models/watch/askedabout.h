// SPDX-License-Identifier: GPL-3.0-or-later
// What the store knows of what is asked for, by a program or a person, before it is done.
#pragma once

#include "models/domain/asked.h"
#include "models/guard/foresight.h"
#include "models/store/reader.h"

namespace bobbin {

struct AskedAbout {
    bool known = false; // the thread is in the store
    Ledger ledger; // of the thread alone
    Metadata metadata;
    QString assistant, model; // that answers: the request's own, or else the thread's newest run's, and the assistant's
    qint64 userMessages = 0; // so far
    qint64 rounds = 0; // tool steps of the run, as far as they are known
    QStringList inStore; // of the attached files, those that the thread's own store holds
    QHash<QString, qint64> attachedBefore; // file: messages
    [[nodiscard]] const ThreadFact *fact() const { return ledger.threads.empty() ? nullptr : &ledger.threads.front(); }
};
Result<AskedAbout> readAbout(Reader &reader, const Asked &asked);

// The run that it would begin: with what is known of it, and what comes along.
NextRun nextRunOf(const AskedAbout &about, const Asked &asked);

// The thread of the chain that this response goes on with; empty: not known.
Result<QString> threadOfResponse(Reader &reader, const QString &response);
Result<bool> isRunOf(Reader &reader, const QString &run, const QString &thread);
// Threads that the guard has rotated, and who took over.
Result<QHash<QString, QString>> rotatedThreads(Reader &reader);

} // namespace bobbin
