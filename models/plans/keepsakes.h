// SPDX-License-Identifier: GPL-3.0-or-later
// What a summary may forget: names, numbers, dates, links, code and file references found in a conversation.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

namespace bobbin {

struct Keepsake {
    enum class Kind { Link, Mail, Date, Money, File, Code, Number, Name };
    Kind kind = Kind::Name;
    QString text; // as first written
    int times = 1;
    bool kept = false;
};

// In the order of their kinds, the frequent first; each once, whatever its case and spacing.
std::vector<Keepsake> findKeepsakes(const QStringList &texts);
// Marks those that `seed` still holds.
void markKept(std::vector<Keepsake> &keepsakes, const QString &seed);

} // namespace bobbin
