// SPDX-License-Identifier: GPL-3.0-or-later
// The store's tables and their migrations, one step a version. A store newer than this program is refused.
#pragma once

#include "models/store/sqlite.h"

namespace bobbin {

constexpr int schemaVersion = 8;
constexpr int journalVersion = 6;
Done migrate(Database &database);
Done tune(Database &database); // per connection
Done migrateJournal(Database &database);
Done tuneJournal(Database &database); // every commit reaches the disk: a request follows it

// What only lists of runs are sorted by. A first sync does without and makes them at its end, in half the time.
Done dropRunIndexes(Database &database);
Done makeRunIndexes(Database &database); // those that are missing

} // namespace bobbin
