// SPDX-License-Identifier: GPL-3.0-or-later
// A file read into a store of its own, where all tables, charts and searches work on it; and the importers there are.
#pragma once

#include "models/importers/importer.h"
#include "models/store/store.h"

namespace bobbin {

std::vector<const Importer *> allImporters(); // one line each
Result<const Importer *> importerFor(const QString &path);

// Reads the whole file on the caller's thread and writes part by part; what cannot be read of a part is an error with
// its place. Waits for each write: not for the UI thread.
Result<ContentCount> importFile(const QString &path, Store &store);

// The same into a new store.
struct ImportedStore {
    std::shared_ptr<Store> store;
    ContentCount count;
};
Result<ImportedStore> importIntoStore(const QString &path, const QString &storeFile,
                                      std::shared_ptr<const PriceTable> prices);

} // namespace bobbin
