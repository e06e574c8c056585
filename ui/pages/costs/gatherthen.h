// SPDX-License-Identifier: GPL-3.0-or-later
// What is read long: gathered from the ledger first, then read from the store without it, which others need.
#pragma once

#include "models/session/whatifreads.h"
#include "models/store/whendone.h"
#include "ui/pages/costs/costsource.h"

namespace bobbin::ui {

// `gather`: Gathered(const Ledger &); `read`: Result<Answer>(Reader &, const Gathered &); `take` gets the answer,
// unless the store was closed meanwhile.
template <class Gathered, class Answer, class Gather, class Read, class Take>
void gatherThen(const CostSource &source, QObject *context, Gather gather, Read read, Take take)
{
    whenDone(source.auditor->withLedger([gather = std::move(gather)](const Ledger &ledger, Reader &) {
        return Result<Gathered>(gather(ledger));
    }),
             context,
             [context, store = std::weak_ptr(source.store), read = std::move(read),
              take = std::move(take)](const Result<Gathered> &gathered) {
                 const auto open = store.lock(); // which it does not keep open
                 if (!open)
                     return;
                 if (!gathered) {
                     take(Result<Answer>(fail(gathered.error())));
                     return;
                 }
                 whenDone(open->read([read, gathered = *gathered](Reader &reader) { return read(reader, gathered); },
                                     Store::Lane::Scan),
                          context, take);
             });
}

} // namespace bobbin::ui
