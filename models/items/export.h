// SPDX-License-Identifier: GPL-3.0-or-later
// Rows as CSV (RFC 4180, UTF-8 with a mark for spreadsheets) or JSON, with raw values: what a table shows, or the
// output of bobbin-cli.
#pragma once

#include "models/columns/columns.h"

#include <QIODevice>

namespace bobbin {

enum class ExportFormat { Csv, Json };

class RowWriter {
public:
    RowWriter(QIODevice &device, ExportFormat format, const QStringList &columns, bool mark);
    void add(const QVariantList &values);
    Done finish(); // the device's error, if any

private:
    QIODevice &m_device;
    ExportFormat m_format;
    QStringList m_columns;
    bool m_first = true;
};

} // namespace bobbin
