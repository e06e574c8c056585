// SPDX-License-Identifier: GPL-3.0-or-later
// What a transaction changed: of which kinds, and which rows of those that are followed one by one.
#pragma once

#include "models/domain/rows.h"

#include <QFlags>
#include <QSet>

namespace bobbin {

enum class Changed {
    Threads = 1,
    Runs = 2,
    Assistants = 4,
    Stores = 8,
    Files = 16,
    Messages = 32,
    Syncs = 64,
    Operations = 128,
    Findings = 256
};
Q_DECLARE_FLAGS(ChangedKinds, Changed)
Q_DECLARE_OPERATORS_FOR_FLAGS(ChangedKinds)

struct Changes {
    ChangedKinds kinds;
    QSet<RowKey> threads, runs, stores;
    bool all = false; // any row may be meant: too many to name, or nobody knows which

    static Changes everything() { return {ChangedKinds(~0), {}, {}, {}, true}; }
    void add(const Changes &other);
    [[nodiscard]] bool thread(RowKey key) const { return all || threads.contains(key); }
    [[nodiscard]] bool run(RowKey key) const { return all || runs.contains(key); }
    [[nodiscard]] bool store(RowKey key) const { return all || stores.contains(key); }
};

} // namespace bobbin
