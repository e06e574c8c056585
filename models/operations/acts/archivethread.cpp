// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/archiving.h"

namespace bobbin {

const Handler acts::ArchiveThread{
    .act = Act::ArchiveThread,
    .text = QT_TRANSLATE_NOOP("Acts", "archive and verify"),
    .perform = archiveThread,
    .archives = true,
};

} // namespace bobbin
