// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of light and dark, asked for by role. Which of the two holds follows the application's palette.
#pragma once

#include "models/domain/objects.h"

#include <QColor>

class QApplication;
class QSize;
class QWidget;

namespace bobbin::ui {

enum class Hue {
    Window,
    Panel,
    Header,
    Text,
    Quiet,
    Line,
    Accent,
    Selection,
    Prompt,
    Cached,
    Completion,
    Danger,
    Warning,
    Good
};

bool isDark();
QColor colour(Hue hue);
QColor statusColour(RunStatus status); // invalid: no colour of its own
void resizeWithin(QWidget &window, const QSize &wanted); // and within the screen, its frame included
void applyTheme(QApplication &app, const QString &name); // "light", "dark" or "" for the platform's

} // namespace bobbin::ui
