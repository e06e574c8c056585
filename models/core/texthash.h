// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>
#include <string_view>

namespace bobbin {

// The same for the same text, in every version and on every system (qHash is not): it is kept in files. 0: no text.
constexpr quint64 textHash(std::string_view utf8)
{
    if (utf8.empty())
        return 0;
    quint64 hash = 14'695'981'039'346'656'037U; // FNV-1a
    for (const char c : utf8)
        hash = (hash ^ quint8(c)) * 1'099'511'628'211U;
    return hash == 0 ? 1 : hash;
}

} // namespace bobbin
