// SPDX-License-Identifier: GPL-3.0-or-later
// What providers say of their prompt caches.
#pragma once

#include <QtGlobal>

namespace bobbin {

constexpr qint64 leastCachedPrompt = 1'024; // tokens: shorter prompts are never cached
constexpr qint64 cacheLifeMs = 600'000; // a prefix that was read so lately may still be cached

} // namespace bobbin
