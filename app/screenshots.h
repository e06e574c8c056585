// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the real window on the demo workspace, for the README and for looking at.
#pragma once

#include "ui/mainwindow.h"

namespace bobbin {

void takeScreenshots(ui::MainWindow &window, const QString &folder); // ends the program when done

} // namespace bobbin
