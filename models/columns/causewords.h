// SPDX-License-Identifier: GPL-3.0-or-later
// What a thread's cause is called: for programs, and for people.
#pragma once

#include "models/domain/costparts.h"

#include <QString>
#include <QStringList>

namespace bobbin {

QString causeWord(Cause cause); // stable: exports and options
std::optional<Cause> causeOfWord(const QString &word);
QStringList causeWords();
QString causeName(Cause cause); // translated, with its mark; empty: none

} // namespace bobbin
