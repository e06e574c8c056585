// SPDX-License-Identifier: GPL-3.0-or-later
// A chart in a file: what all charts have in common.
#pragma once

#include "models/core/error.h"

#include <QWidget>

namespace bobbin::ui {

QString chartFileNamed(QWidget *parent, const QString &usual); // asked for: PNG, SVG or CSV; empty: none
Done savePicture(QWidget &chart, const QString &title, const QString &path); // SVG, or by its ending

} // namespace bobbin::ui
