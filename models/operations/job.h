// SPDX-License-Identifier: GPL-3.0-or-later
// An operation that is being carried out.
#pragma once

#include "models/archive/archivefile.h"
#include "models/operations/control.h"
#include "models/plans/doneoperation.h"
#include "models/store/journal.h"

#include <QCoroTask>
#include <QSet>

#include <deque>
#include <functional>

namespace bobbin {

struct Job {
    DoneOperation operation;
    std::shared_ptr<Control> control;
    std::deque<DoneTarget> queue;
    OperationProgress progress;
    qint64 startedMs = 0, settledBefore = 0;
    QString archivePath;
    std::unique_ptr<ArchiveFile> archive;
    qint64 archived = 0; // bytes of the archive the journal knows of
    bool resumed = false; // some of it was begun before
    bool halted = false; // one lane asks; the others wait with it
    QHash<qint64, OperationProgress::Waits> underWay; // by target
    QSet<QString> unreadable; // purposes of files whose contents the server does not give out
    // Written down whatever it takes: without it nothing may be sent. False: leave.
    std::function<QCoro::Task<bool>(JournalEntry)> note;
};
using JobPtr = std::shared_ptr<Job>;

} // namespace bobbin
