// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace bobbin {

// More in one run than any model reads in a year: such a figure is wrong, is kept as this, and said so.
constexpr qint64 mostTokens = 1'000'000'000'000;

// Where nothing better is known.
constexpr qint64 usualCharactersPerToken = 4;

} // namespace bobbin
