// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a question is simple enough for a smaller model, by its words alone.
#pragma once

#include <QStringList>

namespace bobbin {

struct WordingRule {
    // One guide's rule. What matches both is complex, what matches neither is simple.
    QStringList simple{QStringLiteral("explain"), QStringLiteral("what is"), QStringLiteral("how do i")};
    QStringList complex{QStringLiteral("analyze"), QStringLiteral("design"), QStringLiteral("architecture"),
                        QStringLiteral("debug")};
    bool unmatchedIsSimple = true;
    bool operator==(const WordingRule &) const = default;
};
bool isSimple(const QString &question, const WordingRule &rule);

} // namespace bobbin
