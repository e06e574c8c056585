// SPDX-License-Identifier: GPL-3.0-or-later
// A report's page as PDF.
#pragma once

#include "models/core/error.h"

namespace bobbin::ui {

Result<int> writePdf(const QString &page, const QString &path); // how many charts it drew

} // namespace bobbin::ui
