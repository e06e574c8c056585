// SPDX-License-Identifier: GPL-3.0-or-later
// How each kind of row is listed: where from, and what the filter's text looks at.
#pragma once

#include "models/store/reader.h"

namespace bobbin {

struct Listing {
    const char *from;
    const char *text; // one expression, searched with LIKE
    const char *always; // condition of every listing
    const char *cost; // known, priced, unknown
};
const Listing &listing(RowKind kind);
QString likePattern(QString text);
QString jsonList(const QStringList &ids); // for json_each()
QString stateCondition(RowKind kind, const QStringList &states); // empty: no condition
QString statusWord(int status, const QString &word); // `word` is kept only for statuses we do not know
// Known, priced, unknown. Costs are summed by total(): sum() fails above nine million dollars, where 64 bits of
// pico-dollars end; there a sum stays at that limit, which format::money shows as such.
CostSum costSum(const Statement &q, int at);

} // namespace bobbin
