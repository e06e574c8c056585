// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/wording.h"

#include <algorithm>

namespace bobbin {

bool isSimple(const QString &question, const WordingRule &rule)
{
    const auto has = [&](const QStringList &words) {
        return std::ranges::any_of(words, [&](const QString &word) {
            return !word.isEmpty() && question.contains(word, Qt::CaseInsensitive);
        });
    };
    if (has(rule.complex))
        return false;
    return rule.unmatchedIsSimple || has(rule.simple);
}

} // namespace bobbin
