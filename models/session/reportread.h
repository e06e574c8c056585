// SPDX-License-Identifier: GPL-3.0-or-later
// A report of a store, from its ledger and its findings.
#pragma once

#include "models/report/report.h"
#include "models/store/reader.h"

namespace bobbin {

struct ReportOptions {
    QString connection; // its name
    bool texts = false; // threads without a title are named by their first message
    std::vector<Budget> budgets;
    LimitSet limits;
    qint64 now = 0; // ms
};
Result<Report> readReport(const Ledger &ledger, Reader &reader, const ReportOptions &options);

} // namespace bobbin
