// SPDX-License-Identifier: GPL-3.0-or-later
// How a thread stands: what the store has of it, beside what the server has at this moment. A thread is deleted only
// while both say the same as its archive.
#pragma once

#include "models/operations/acts/handler.h"

namespace bobbin {

struct StoredThread {
    ThreadRow row;
    bool known = false, pinned = false;
    QByteArray raw;
    QHash<QString, QByteArray> messages; // by id

    [[nodiscard]] QString digest(const Provider &provider) const;
};

struct ThreadNow {
    ThreadLook look;
    qint64 newMessages = 0, newRuns = 0;
    QString activeRun;
    bool edited = false; // the thread itself or one of its messages
    [[nodiscard]] bool awake(const QString &deadRun = {}) const // that run hangs for long, and is no sign of life
    {
        return newMessages > 0 || newRuns > 0 || (!activeRun.isEmpty() && activeRun != deadRun);
    }
};

QCoro::Task<Result<StoredThread>> storedThread(Hands &hands, QString thread);
QCoro::Task<Result<ThreadNow>> threadNow(Hands &hands, QString thread, StoredThread stored);
QCoro::Task<Done> keepLook(Hands &hands, ThreadLook look); // in the store
// Why a clean-up keeps it although it was planned otherwise; empty: it does not.
QString keptSince(const Hands &hands, const StepContext &c, const StoredThread &stored, const Thread &now);

bool seenAs(const QJsonObject &seen, const ThreadRow &row); // as CheckThread's body has it
QString wokeUp(qint64 messages, qint64 runs);
QString wokeUp(const QJsonObject &seen, const ThreadRow &row);
QString goneText();
OutcomeTask goneMeanwhile(Hands &hands, QString thread);

} // namespace bobbin
