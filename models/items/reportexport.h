// SPDX-License-Identifier: GPL-3.0-or-later
// A report as a file: a page, an object for programs, or its cost by week and assistant for a spreadsheet.
#pragma once

#include "models/core/error.h"
#include "models/report/report.h"

namespace bobbin {

enum class ReportForm : quint8 { Html, Json, Csv };
QByteArray reportBytes(const Report &report, ReportForm form);
ReportForm reportFormOf(const QString &path); // by its ending; HTML where it says nothing
Done writeReport(const Report &report, const QString &path); // whole, or not at all

} // namespace bobbin
