// SPDX-License-Identifier: GPL-3.0-or-later
// What vector stores and attached files would have cost, had what they hold been there once.
#pragma once

#include "models/audit/ledger.h"
#include "models/plans/storegroups.h"
#include "models/whatif/replay.h"

namespace bobbin {

struct StoredBytes { // a vector store, as long as it held them
    qint64 from = 0, until = 0; // ms; until 0: it is there still
    qint64 bytes = 0;
    bool again = false; // an older one holds the same
    std::optional<qint64> onceUntil; // of the oldest: as long as one of the same is there
    QStringList assistants; // ids, that point to it
};
using StoredStores = std::vector<StoredBytes>;
StoredStores storedIn(const ConsolidateFacts &facts);

struct StorageReplay {
    Money actual, would; // of storage in that time, the free gigabyte counted once
    qint64 stores = 0; // that would not have been
    qint64 filesAgain = 0; // attached once more than needed, each time
    qint64 tokensAgain = 0; // of these
    Money embedding; // of these tokens, at the measure's price
};
// One store for the same content: `stores` of the whole account, or of one assistant. Files once: of the threads in
// scope that were active in that time; when a file was attached is not in the ledger.
StorageReplay replayStorage(const Ledger &ledger, const StoredStores &stores, const Measures &measures,
                            const ReplayScope &scope, const QString &assistant, qint64 now);

// In the order of measures: what is saved is the share of each, and both are in what was and would have been paid.
void addStorage(Replay &replay, const StorageReplay &storage, const Measures &measures);

} // namespace bobbin
