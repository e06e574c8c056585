// SPDX-License-Identifier: GPL-3.0-or-later
// Tables as spreadsheets and dashboards write them (RFC 4180 and what people make of it): comma, semicolon or tab, with
// or without a byte order mark, quoted fields over several lines.
#pragma once

#include "models/core/error.h"

#include <QStringList>

#include <vector>

namespace bobbin {

struct CsvTable {
    QStringList head; // as written
    struct Row {
        qint64 line = 0; // in the file, 1-based, where it begins
        QStringList fields; // as many as the head has
    };
    std::vector<Row> rows;

    [[nodiscard]] qsizetype column(QStringView name) const; // whatever its case; -1: there is none
};

// A Decode error names the line.
Result<CsvTable> readCsv(const QByteArray &bytes);

} // namespace bobbin
