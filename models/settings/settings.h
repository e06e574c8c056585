// SPDX-License-Identifier: GPL-3.0-or-later
// What a person may set, beside connections and prices: one table of typed keys, each with what is usual and what it
// may be. A value that cannot be read, or is out of its bounds, is the nearest that may be.
#pragma once

#include "models/audit/limits.h"
#include "models/costs/budget.h"
#include "models/whatif/measures.h"

#include <QSettings>

#include <algorithm>
#include <span>

namespace bobbin {

QString settingsFile(); // of this person; its folder is made, for nobody else to read

struct Setting {
    const char *key; // in the file
    qint64 usual, least, most;
};

namespace setting {
inline constexpr Setting look{"window/look", 0, 0, 2}; // as the system, light, dark
inline constexpr Setting textSize{"window/textSize", 100, 80, 200}; // percent
} // namespace setting

qint64 settingOf(const QSettings &file, const Setting &setting);
void setSetting(QSettings &file, const Setting &setting, qint64 value); // what is usual is not written

// Limits: of the program, of a connection where it differs, of an assistant of it where that differs.
struct LimitSetting {
    Setting setting; // its key follows the group
    qint64 Limits::*member;
};
std::span<const LimitSetting> limitSettings();
const Setting &settingOf(qint64 Limits::*member);
LimitSet limitsOf(const QSettings &file, const QString &connection);
// Of the program (both empty), a connection, an assistant of it. What is as it would be otherwise is not written.
void setLimits(QSettings &file, const QString &connection, const QString &assistant, const Limits &limits);

// Budgets of a connection, in the order in which they were made.
std::vector<Budget> budgetsOf(const QSettings &file, const QString &connection);
void setBudgets(QSettings &file, const QString &connection, const std::vector<Budget> &budgets);

// Measures that a person chose to keep to, of a connection or of an assistant of it.
struct Policy {
    Measures measures;
    QDate since;
};
std::optional<Policy> policyOf(const QSettings &file, const QString &connection, const QString &assistant);
void setPolicy(QSettings &file, const QString &connection, const QString &assistant,
               const std::optional<Policy> &policy);

// Whether the connection is watched while the window has it open.
bool isWatched(const QSettings &file, const QString &connection);
void setWatched(QSettings &file, const QString &connection, bool watched);

// The file's version is written down, and what an older one called otherwise is carried over. A newer one's is left.
constexpr int settingsVersion = 1;
void bringUpToDate(QSettings &file);

} // namespace bobbin
