// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/acts.h"

#include <algorithm>
#include <iterator>

namespace bobbin {

namespace {

constexpr const char *words[] = {
#define BOBBIN_ACT(name, word) word,
    BOBBIN_ACTS(BOBBIN_ACT)
#undef BOBBIN_ACT
};

} // namespace

QString actWord(Act act)
{
    return QString::fromLatin1(words[std::size_t(act)]);
}

std::optional<Act> actFromWord(const QString &word)
{
    const auto *const found =
        std::ranges::find_if(words, [&](const char *known) { return word == QLatin1StringView(known); });
    return found == std::end(words) ? std::nullopt : std::optional(Act(found - std::begin(words)));
}

} // namespace bobbin
