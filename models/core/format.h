// SPDX-License-Identifier: GPL-3.0-or-later
// How figures are written everywhere: tables, charts, exports, terminal. Unknown is a word, never 0.
#pragma once

#include "models/core/money.h"
#include "models/core/tokens.h"

#include <QString>
#include <optional>

namespace bobbin::format {

QString unknown();
QString count(qint64 value); // 1,234,567
QString count(std::optional<qint64> value);
QString tokens(std::optional<qint64> value); // of a run: a figure that cannot be true is told as that
QString tokensShort(double value); // 40k, 1.2M: for axes
QString money(Money value); // $18.40, $0.0058: the digits it needs
QString money(const std::optional<Money> &value);
QString money(const CostSum &sum); // $3.05 +2?: two runs left out; ≈ $3.05: at an assumed price
QString bytes(std::optional<qint64> value); // 2.4 GB (10^9)
QString duration(std::optional<qint64> ms); // 14 s, 2 min 5 s
QString age(std::optional<qint64> unixMs, qint64 nowMs); // 2 h ago
QString when(std::optional<qint64> unixMs); // 2026-11-21 12:03, local time
// Control characters, and those that turn the direction of text, as symbols: a server's texts are shown anywhere, also
// on a terminal. Line breaks and tabs stay.
QString visible(const QString &text);
QString isoTime(qint64 unixMs); // 2026-11-21T12:03:00Z: for programs
QString factor(std::optional<double> ratio); // 214×

} // namespace bobbin::format
