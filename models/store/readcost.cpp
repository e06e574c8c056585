// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of cost, and the overview.
#include "models/core/days.h"
#include "models/store/listing.h"

#include <QDateTime>
#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int chartDays = 62;

QString dayText(qint64 day)
{
    return dateOf(day).toString(Qt::ISODate);
}

// Sums by a key; the names come at the end, once a group. Text keys are looked up without making a copy.
template <class Key> class Groups {
public:
    template <class Like> void add(const Like &key, const std::optional<Money> &cost, bool assumed, int runs = 1)
    {
        auto group = m_groups.find(key);
        if (group == m_groups.end())
            group = m_groups.emplace(Key(key), NamedCost()).first;
        group->second.runs += runs;
        group->second.cost.add(cost, assumed);
    }
    template <class Name> std::vector<NamedCost> named(Name name) const
    {
        std::vector<NamedCost> all;
        for (const auto &[key, group] : m_groups) {
            all.push_back(group);
            name(key, all.back());
        }
        return all;
    }

private:
    std::map<Key, NamedCost, std::less<>> m_groups;
};

std::vector<NamedCost> costliestFirst(std::vector<NamedCost> all)
{
    std::ranges::stable_sort(all, std::greater<>(), [](const NamedCost &c) { return c.cost.known; });
    return all;
}

// One pass over the runs for all that is asked of them: with a million runs six queries take eight times as long.
struct RunSums {
    CostSum total, month;
    qint64 runs = 0, steps = 0;
    Groups<qint64> models, days;
    Groups<std::string> assistants;
    std::map<qint64, Groups<std::string>> assistantsByDay; // newest days only

    void read(Database &database, qint64 monthFrom, qint64 firstDay)
    {
        Statement query = database.prepare(u"SELECT created, assistant, model, cost, steps, assumed FROM run"_s);
        while (query.step()) {
            const qint64 created = query.integer(0);
            const std::string_view assistant = query.utf8(1);
            const std::optional<qint64> pico = query.optional(3);
            const std::optional<Money> cost = pico ? std::optional(Money{*pico}) : std::nullopt;
            const qint64 day = created / dayMs;
            const bool assumed = query.integer(5) != 0;
            ++runs;
            steps += query.integer(4);
            total.add(cost, assumed);
            if (created >= monthFrom)
                month.add(cost, assumed);
            models.add(query.integer(2), cost, assumed);
            days.add(day, cost, assumed);
            assistants.add(assistant, cost, assumed);
            if (day >= firstDay)
                assistantsByDay[day].add(assistant, cost, assumed);
        }
        readThreads(database, monthFrom, firstDay);
    }

private:
    // Threads that say themselves what they took, counted when they were last active.
    void readThreads(Database &database, qint64 monthFrom, qint64 firstDay)
    {
        Statement query = database.prepare(
            u"SELECT coalesce(t.last_active, t.created), coalesce(t.assistant,''), u.model, u.cost, u.assumed FROM "
            "thread_usage u JOIN thread t ON t.key=u.thread WHERE u.counts"_s);
        while (query.step()) {
            const std::optional<qint64> pico = query.optional(3);
            const std::optional<Money> cost = pico ? std::optional(Money{*pico}) : std::nullopt;
            const bool assumed = query.integer(4) != 0;
            const qint64 day = query.integer(0) / dayMs;
            total.add(cost, assumed);
            if (query.integer(0) >= monthFrom)
                month.add(cost, assumed);
            models.add(query.integer(2), cost, assumed, 0);
            days.add(day, cost, assumed, 0);
            assistants.add(query.utf8(1), cost, assumed, 0);
            if (day >= firstDay)
                assistantsByDay[day].add(query.utf8(1), cost, assumed, 0);
        }
    }
};

// Fills in the name of a group from its key.
auto namer(Database &database, const QString &sql)
{
    return [query = std::make_shared<Statement>(database.prepare(sql))](const auto &key, NamedCost &group) {
        if constexpr (std::is_integral_v<std::decay_t<decltype(key)>>)
            query->bind(key);
        else
            query->bind(group.id = QString::fromStdString(key));
        if (query->step())
            group.name = query->text(0);
        if (group.name.isEmpty())
            group.name = group.id;
        if (group.id.isEmpty())
            group.id = group.name;
        query->reset();
    };
}

QString assistantName()
{
    return u"SELECT name FROM assistant WHERE id=?"_s;
}
QString modelName()
{
    return u"SELECT name FROM model WHERE key=?"_s;
}

} // namespace

Result<std::vector<NamedCost>> Reader::costBy(const QString &what)
{
    m_database.clearError();
    std::vector<NamedCost> all;
    if (what == "thread"_L1) {
        Statement query = prepare(u"SELECT id, coalesce(nullif(title,''),preview,id), runs, cost, priced_runs, "
                                  "unknown_runs, assumed_runs FROM thread WHERE runs>0 ORDER BY cost DESC"_s);
        return query.collect<NamedCost>([](const Statement &q) {
            return NamedCost{q.text(0), q.text(1), q.integer(2), costSum(q, 3)};
        });
    }
    RunSums sums;
    sums.read(m_database, 0, std::numeric_limits<qint64>::max());
    if (what == "model"_L1) {
        all = costliestFirst(sums.models.named(namer(m_database, modelName())));
    } else if (what == "assistant"_L1) {
        all = costliestFirst(sums.assistants.named(namer(m_database, assistantName())));
    } else {
        all = sums.days.named([](qint64 day, NamedCost &group) { group.id = group.name = dayText(day); });
        std::ranges::reverse(all); // newest first
    }
    return unlessFailed(std::move(all));
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
    o.threads = number(u"SELECT count(*) FROM thread WHERE gone=0"_s).value_or(0);
    o.threadsGone = number(u"SELECT count(*) FROM thread WHERE gone=1"_s).value_or(0);
    o.threadsUnread = number(u"SELECT count(*) FROM thread WHERE gone=0 AND synced IS NULL"_s).value_or(0);
    o.messages = number(u"SELECT count(*) FROM message"_s).value_or(0);
    o.stores = number(u"SELECT count(*) FROM store WHERE gone=0"_s).value_or(0);
    o.files = number(u"SELECT count(*) FROM file WHERE gone=0"_s).value_or(0);
    o.activeRuns = number(u"SELECT count(*) FROM run WHERE active=1"_s).value_or(0);
    o.storeBytes = number(u"SELECT sum(bytes) FROM store WHERE gone=0"_s);
    o.lastSync = number(u"SELECT max(ended) FROM sync"_s);

    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).date();
    RunSums sums;
    sums.read(m_database, QDate(today.year(), today.month(), 1).startOfDay(Qt::UTC).toMSecsSinceEpoch(),
              nowMs / dayMs - chartDays + 1);
    o.runs = sums.runs;
    o.steps = sums.steps;
    o.total = sums.total;
    o.month = sums.month;
    o.models = costliestFirst(sums.models.named(namer(m_database, modelName())));
    o.assistantsByCost = costliestFirst(sums.assistants.named(namer(m_database, assistantName())));
    for (const auto &[day, assistants] : sums.assistantsByDay)
        for (const NamedCost &group : assistants.named(namer(m_database, assistantName())))
            o.days.push_back({dayText(day), group.name, group.cost});

    Statement top = m_database.prepare(
        u"SELECT id, coalesce(nullif(title,''),preview,id), coalesce(runs,0), cost, priced_runs, unknown_runs, "
        "assumed_runs FROM thread ORDER BY CASE WHEN priced_runs>0 OR unknown_runs=0 THEN cost END DESC LIMIT 10"_s);
    while (top.step())
        o.threadsByCost.push_back({top.text(0), top.text(1), top.integer(2), costSum(top, 3)});
    return unlessFailed(std::move(o));
}

} // namespace bobbin
