// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of cost, and the overview.
#include "models/store/listing.h"

#include <QDateTime>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Result<std::vector<NamedCost>> Reader::costBy(const QString &what)
{
    const QString name = what == "model"_L1 ? u"coalesce((SELECT name FROM model m WHERE m.key=r.model),'')"_s
        : what == "assistant"_L1
        ? u"coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=r.assistant),r.assistant)"_s
        : what == "thread"_L1
        ? u"coalesce((SELECT coalesce(nullif(title,''),preview,id) FROM thread h WHERE h.key=r.thread),'')"_s
        : u"strftime('%Y-%m-%d', r.created/1000, 'unixepoch')"_s;
    const QString id = what == "model"_L1 ? u"r.model"_s
        : what == "assistant"_L1          ? u"r.assistant"_s
        : what == "thread"_L1             ? u"r.thread"_s
                                          : u"r.created/86400000"_s;
    Statement query = prepare(u"SELECT "_s + name +
                              u", count(*), CAST(total(cost) AS INTEGER), count(cost), "
                              "count(*)-count(cost) FROM run r GROUP BY "_s +
                              id + (what == "day"_L1 ? u" ORDER BY r.created DESC"_s : u" ORDER BY 3 DESC"_s));
    return query.collect<NamedCost>([](const Statement &q) {
        return NamedCost{q.text(0), q.text(0), q.integer(1), costSum(q, 2)};
    });
}

Result<Overview> Reader::overview(qint64 nowMs)
{
    Overview o;
    const auto number = [this](const QString &sql) {
        Statement query = m_database.prepare(sql);
        return query.step() ? query.optional(0) : std::nullopt;
    };
    m_database.clearError();
    o.assistants = number(u"SELECT count(*) FROM assistant WHERE gone=0"_s).value_or(0);
    o.threads = number(u"SELECT count(*) FROM thread"_s).value_or(0);
    o.runs = number(u"SELECT count(*) FROM run"_s).value_or(0);
    o.steps = number(u"SELECT sum(steps) FROM run"_s).value_or(0);
    o.messages = number(u"SELECT count(*) FROM message"_s).value_or(0);
    o.stores = number(u"SELECT count(*) FROM store WHERE gone=0"_s).value_or(0);
    o.files = number(u"SELECT count(*) FROM file WHERE gone=0"_s).value_or(0);
    o.activeRuns = number(u"SELECT count(*) FROM run WHERE active=1"_s).value_or(0);
    o.storeBytes = number(u"SELECT sum(bytes) FROM store WHERE gone=0"_s);
    o.lastSync = number(u"SELECT max(ended) FROM sync"_s);
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).date();
    const qint64 monthStart = QDate(today.year(), today.month(), 1).startOfDay(Qt::UTC).toMSecsSinceEpoch();
    const QString sums = u"SELECT CAST(total(cost) AS INTEGER), count(cost), count(*)-count(cost) FROM run"_s;
    if (Statement q = m_database.prepare(sums); q.step())
        o.total = costSum(q, 0);
    if (Statement q = m_database.prepare(sums + u" WHERE created>=?"_s); q.bind(monthStart).step())
        o.month = costSum(q, 0);
    Statement days = m_database.prepare(
        u"SELECT strftime('%Y-%m-%d', created/1000, 'unixepoch'), "
        "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=r.assistant),r.assistant), "
        "CAST(total(cost) AS INTEGER), count(cost), count(*)-count(cost) FROM run r WHERE created>=? "
        "GROUP BY created/86400000, assistant ORDER BY created/86400000"_s);
    days.bind(today.addDays(-61).startOfDay(Qt::UTC).toMSecsSinceEpoch());
    while (days.step())
        o.days.push_back({days.text(0), days.text(1), costSum(days, 2)});
    Statement top = m_database.prepare(u"SELECT id, coalesce(nullif(title,''),preview,id), coalesce(runs,0), cost, "
                                       "priced_runs, unknown_runs FROM thread ORDER BY cost DESC LIMIT 10"_s);
    while (top.step())
        o.threadsByCost.push_back({top.text(0), top.text(1), top.integer(2), costSum(top, 3)});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    Result<std::vector<NamedCost>> models = costBy(u"model"_s);
    Result<std::vector<NamedCost>> assistants = costBy(u"assistant"_s);
    if (!models)
        return fail(models.error());
    if (!assistants)
        return fail(assistants.error());
    o.models = *std::move(models);
    o.assistantsByCost = *std::move(assistants);
    return o;
}

} // namespace bobbin
