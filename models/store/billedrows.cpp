// SPDX-License-Identifier: GPL-3.0-or-later
// What the provider counted and billed, as it is kept.
#include "models/store/reader.h"
#include "models/store/writer.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void Writer::keepBilled(const Billed &billed)
{
    Statement day = m_database.prepare(u"INSERT OR IGNORE INTO billed_day(list,day) VALUES(?,?)"_s);
    Statement dropUsage = m_database.prepare(u"DELETE FROM counted_usage WHERE day=?"_s);
    for (const qint64 one : billed.usageDays) {
        dropUsage.bind(one).step();
        day.bind(int(BilledList::Usage), one).step();
    }
    Statement dropItems = m_database.prepare(u"DELETE FROM billed_item WHERE day=?"_s);
    for (const qint64 one : billed.itemDays) {
        dropItems.bind(one).step();
        day.bind(int(BilledList::Items), one).step();
    }
    Statement usage = m_database.prepare(
        u"INSERT INTO counted_usage(day,model,project,tier,requests,prompt,cached,completion) VALUES(?,?,?,?,?,?,?,?)"_s);
    for (const CountedUsage &one : billed.usage)
        if (billed.usageDays.contains(one.day)) // a server may tell more than it was asked
            usage
                .bind(one.day, one.model, one.project, int(one.tier), one.requests, one.prompt, one.cached,
                      one.completion)
                .step();
    Statement item = m_database.prepare(u"INSERT INTO billed_item(day,item,project,amount) VALUES(?,?,?,?)"_s);
    for (const BilledItem &one : billed.items)
        if (billed.itemDays.contains(one.day))
            item.bind(one.day, one.item, one.project, one.amount.pico).step();
}

Result<Billed> Reader::billed(qint64 from, qint64 until)
{
    Billed all;
    Statement days = prepare(u"SELECT list, day FROM billed_day WHERE day>=? AND day<?"_s);
    days.bind(from, until);
    while (days.step())
        (days.integer(0) == int(BilledList::Usage) ? all.usageDays : all.itemDays).insert(days.integer(1));
    Statement usage = prepare(u"SELECT day, model, project, tier, requests, prompt, cached, completion FROM "
                              "counted_usage WHERE day>=? AND day<? ORDER BY day, rowid"_s);
    usage.bind(from, until);
    while (usage.step())
        all.usage.push_back({usage.integer(0), usage.text(1), usage.text(2), Tier(usage.integer(3)), usage.integer(4),
                             usage.integer(5), usage.integer(6), usage.integer(7)});
    Statement items = prepare(u"SELECT day, item, project, amount FROM billed_item WHERE day>=? AND day<? ORDER BY "
                              "day, rowid"_s);
    items.bind(from, until);
    while (items.step())
        all.items.push_back({items.integer(0), items.text(1), items.text(2), Money{items.integer(3)}});
    return unlessFailed(std::move(all));
}

} // namespace bobbin
