// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a table to a file or to text, read from the store a stretch at a time: also those outside the table's window.
#pragma once

#include "models/items/export.h"
#include "models/items/rowtablemodel.h"

namespace bobbin {

// Seen from both sides: the reader counts, the person may stop it.
struct ExportJob {
    std::atomic<qint64> done = 0;
    std::atomic<bool> stop = false;
};

// Every row the model lists, raw values; the file appears only when it is whole. Answers the number of rows.
QFuture<Result<qint64>> exportRows(const RowTableModelBase &model, const QString &path, ExportFormat format,
                                   const std::vector<int> &columns, std::shared_ptr<ExportJob> job);
// The rows as they are shown, tabs between cells.
QFuture<Result<QString>> rowsAsText(const RowTableModelBase &model, std::vector<RowKey> keys,
                                    const std::vector<int> &columns, bool withHeader);

} // namespace bobbin
