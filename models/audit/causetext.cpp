// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/causetext.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QDateTime>

namespace bobbin {

namespace {

struct CauseText {
    Q_DECLARE_TR_FUNCTIONS(CauseText)
};

} // namespace

QString causeText(const CostSum &cost, Cause cause, const CauseRuns &runs)
{
    const QString all = format::money(cost);
    const QString money = format::money(runs.money);
    const QString since =
        runs.from > 0 ? QDateTime::fromMSecsSinceEpoch(runs.from).date().toString(Qt::ISODate) : format::unknown();
    switch (cause) {
    case Cause::None:
        break;
    case Cause::Volume:
        return CauseText::tr("%1: model and volume, nothing stands out.").arg(all);
    case Cause::History:
        return CauseText::tr("%1, %2 of it for history carried along by %n run(s), since %3.", nullptr, int(runs.runs))
            .arg(all, money, since);
    case Cause::ToolRounds:
        return CauseText::tr("%1, %2 of it in %n run(s) with %3 and more tool rounds, since %4.", nullptr,
                             int(runs.runs))
            .arg(all, money, format::count(runs.least), since);
    case Cause::Retries:
        return CauseText::tr("%1, %2 of it for %n failed run(s) in a row, since %3.", nullptr, int(runs.runs))
            .arg(all, money, since);
    case Cause::Files:
        return CauseText::tr("%1; the same file is attached to several messages.").arg(all);
    }
    return {};
}

} // namespace bobbin
