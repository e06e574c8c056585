// SPDX-License-Identifier: GPL-3.0-or-later
// What a person may set, beside connections and prices: one table of typed keys, each with what is usual and what it
// may be. A value that cannot be read, or is out of its bounds, is the nearest that may be.
#pragma once

#include "models/audit/threadfindings.h"

#include <QSettings>

#include <algorithm>

namespace bobbin {

struct Setting {
    const char *key; // in the file
    qint64 usual, least, most;
};

namespace setting {
inline constexpr Setting look{"window/look", 0, 0, 2}; // as the system, light, dark
inline constexpr Setting textSize{"window/textSize", 100, 80, 200}; // percent
inline constexpr Setting contextCeiling{"limits/contextCeiling", 40'000, 1'000, 10'000'000}; // prompt tokens a run
inline constexpr Setting failedInARow{"limits/failedInARow", 2, 2, 1'000}; // runs, without a new user message
inline constexpr Setting toolCalls{"limits/toolCalls", 5, 2, 10'000}; // in one run
} // namespace setting

qint64 settingOf(const QSettings &file, const Setting &setting);
void setSetting(QSettings &file, const Setting &setting, qint64 value); // what is usual is not written

Limits limitsOf(const QSettings &file);
void setLimits(QSettings &file, const Limits &limits);

// The file's version is written down, and what an older one called otherwise is carried over. A newer one's is left.
constexpr int settingsVersion = 1;
void bringUpToDate(QSettings &file);

} // namespace bobbin
