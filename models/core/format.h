// SPDX-License-Identifier: GPL-3.0-or-later
// How figures are written everywhere: tables, charts, exports, terminal. Unknown is a word, never 0.
#pragma once

#include "models/core/money.h"

#include <QString>
#include <optional>

namespace bobbin::format {

QString unknown();
QString count(qint64 value); // 1,234,567
QString count(std::optional<qint64> value);
QString tokensShort(double value); // 40k, 1.2M: for axes
QString money(Money value); // $18.40, $0.0058: the digits it needs
QString money(const std::optional<Money> &value);
QString money(const CostSum &sum); // $3.05 +2?: two runs left out
QString bytes(std::optional<qint64> value); // 2.4 GB (10^9)
QString duration(std::optional<qint64> ms); // 14 s, 2 min 5 s
QString age(std::optional<qint64> unixMs, qint64 nowMs); // 2 h ago
QString when(std::optional<qint64> unixMs); // 2026-11-21 12:03, local time
QString factor(std::optional<double> ratio); // 214×

} // namespace bobbin::format
