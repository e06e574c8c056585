// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/changes.h"

namespace bobbin {

void Changes::add(const Changes &other)
{
    constexpr qsizetype mostNamed = 20'000;
    kinds |= other.kinds;
    all = all || other.all;
    if (!all) {
        threads.unite(other.threads);
        runs.unite(other.runs);
        stores.unite(other.stores);
    }
    if (all || threads.size() + runs.size() + stores.size() > mostNamed) {
        all = true;
        threads.clear();
        runs.clear();
        stores.clear();
    }
}

} // namespace bobbin
