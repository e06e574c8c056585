// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of light and dark, asked for by role. Which of the two holds follows the application's palette.
#pragma once

#include "models/domain/objects.h"

#include <QColor>
#include <QPalette>

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
QColor seriesColour(std::size_t series); // of a chart; six, then again, all told apart by the colour-blind
QColor statusColour(RunStatus status); // invalid: no colour of its own
void resizeWithin(QWidget &window, const QSize &wanted); // and within the screen, its frame included
void applyTheme(QApplication &app, bool dark);
// A colour of the widget's palette that follows light and dark; `alpha` (of 255) makes a tint of it.
void tint(QWidget &widget, QPalette::ColorRole role, Hue hue, int alpha = 255);

} // namespace bobbin::ui
