// SPDX-License-Identifier: GPL-3.0-or-later
// An archive read into a store of its own, where all tables, charts and searches work on it.
#pragma once

#include "models/archive/archive.h"
#include "models/store/store.h"

namespace bobbin {

// Whose objects it holds, by its first frame.
Result<const Provider *> archiveProvider(const QString &path);
// Reads the whole file on the caller's thread and writes frame by frame; what cannot be read of a frame is an error
// with its place. Waits for each write: not for the UI thread.
Result<ArchiveCount> importArchive(const QString &path, Store &store);

} // namespace bobbin
