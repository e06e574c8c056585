// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the person's language, where there is a translation; English ones need their plurals all the same.
#pragma once

class QCoreApplication;

namespace bobbin {

void installTranslations(QCoreApplication &application);

} // namespace bobbin
