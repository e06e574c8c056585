// SPDX-License-Identifier: GPL-3.0-or-later
// The CSV files of a provider's usage dashboard: costs (amount_value, line_item) or usage (input_tokens, model) by day.
#pragma once

#include "models/core/error.h"
#include "models/domain/billed.h"

namespace bobbin {

struct BilledFile {
    Billed billed; // with the days from its first row to its last
    std::vector<Error> problems; // rows that could not be read, each with its line: without them it is another sum
};

// `name`: the file, for errors. An Input error says which columns are wanted.
Result<BilledFile> readBilledCsv(const QByteArray &bytes, const QString &name);
Result<BilledFile> readBilledCsv(const QString &path);

// One after the other: what is of the same day and list is of the later one.
void replaceDays(Billed &all, const Billed &newer);

} // namespace bobbin
