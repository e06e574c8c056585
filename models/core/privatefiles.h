// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept on this computer is for its owner only: files 0600, folders 0700. On Windows the profile's own
// protection does that, and nothing is changed here.
#pragma once

#include "models/core/error.h"

namespace bobbin {

// Made with all above it. One that is there already is tightened where it is the program's own (below the folders for
// its data and settings, or `ours`), not where it is somebody's choice.
Done makePrivateFolder(const QString &path, bool ours = false);
// Made empty where it is not there, and tightened, before anything is written into it.
Done makePrivateFile(const QString &path);

} // namespace bobbin
