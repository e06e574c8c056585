// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/domain/objects.h"

#include <QHash>

namespace bobbin {

// Where the sync of one thread goes on.
struct ThreadPlaces {
    QHash<Resource, ListToken> lists; // those not in it: from the beginning
    QStringList runsWithoutSteps; // oldest first
    bool bare = true; // the thread object itself was never fetched
};

// Where a list goes on, which is written down together with the page before it.
struct ListPlace {
    QString thread;
    Resource resource = Resource::Messages;
    ListToken token;
};

} // namespace bobbin
