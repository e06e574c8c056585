// SPDX-License-Identifier: GPL-3.0-or-later
// How each kind of row is listed: where from, and what the filter's text looks at.
#pragma once

#include "models/store/reader.h"

namespace bobbin {

struct Listing {
    const char *from;
    const char *text; // what a text is looked for in; {like} stands for the comparison
    const char *textOfFew; // the same, for the first rows: without looking through other tables beforehand
    const char *always; // condition of every listing
    const char *cost; // known, priced, unknown, assumed; of threads also those that are gone
    const char *costOfRow; // the same, of one row
};
const Listing &listing(RowKind kind);
QString likePattern(QString text);
QString textCondition(const Listing &list, bool ofFew); // its pattern is bound to ?1
QString jsonList(const QStringList &ids); // for json_each()
QString stateCondition(RowKind kind, const QStringList &states); // empty: no condition
QString causeCondition(RowKind kind, const std::vector<Cause> &causes); // of threads
QString metadataCondition(RowKind kind, bool withValue); // ?7 its key, ?8 its value
QString statusWord(int status, const QString &word); // `word` is kept only for statuses we do not know
// Known, priced, unknown. Costs are summed by total(): sum() fails above nine million dollars, where 64 bits of
// pico-dollars end; there a sum stays at that limit, which format::money shows as such.
CostSum costSum(const Statement &q, int at);

} // namespace bobbin
