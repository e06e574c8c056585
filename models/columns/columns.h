// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of every browse table: one line each, with a stable key (saved layouts, exports), how it sorts, a title
// and how the cell is written. Titles and tips are marked for translation, the model translates them.
#pragma once

#include "models/domain/rows.h"

#include <QVariant>
#include <span>

namespace bobbin {

struct ColumnInfo {
    const char *key;
    const char *sort; // what the store orders by, over the row's table t
    const char *title;
    const char *tip; // the provider's own word or the formula
    bool number;
    int width; // first width in average characters
    bool shown; // at first start
    const char *unit = ""; // what exports add to the key: "Usd", "Ms"
};
const char *sortOf(RowKind kind, QByteArrayView column); // null: there is no such column
QString exportKey(const ColumnInfo &column);

template <class Row> struct Column : ColumnInfo {
    QString (*display)(const Row &row, qint64 nowMs);
    QVariant (*value)(const Row &row); // for exports: raw, null where unknown
};

template <class Row> std::span<const Column<Row>> columnsOf();

} // namespace bobbin
