// SPDX-License-Identifier: GPL-3.0-or-later
// What goes into the operation's archive, and comes out of it again before anything is deleted.
#pragma once

#include "models/operations/acts/handler.h"

namespace bobbin {

ArchiveOrigin origin(const Hands &hands);
QCoro::Task<Result<QJsonObject>> appended(JobPtr job, ArchiveFile::Frame frame); // where the archive has it
QCoro::Task<Result<std::vector<FileContent>>> fileContents(Hands &hands, JobPtr job, StoreContents referred);
QCoro::Task<Done> archiveHolds(Hands &hands, StepContext c); // read back, or an error
OutcomeTask archiveThread(Hands &hands, StepContext c);

} // namespace bobbin
