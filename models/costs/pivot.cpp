// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/costs/pivot.h"

#include "models/core/days.h"

#include <algorithm>
#include <numeric>

namespace bobbin {

namespace {

constexpr qint64 mostDays = 20'000; // a wrong clock somewhere shall not make a million columns

// Which group a run is in: numbers from 0, in no order.
class Grouping {
public:
    Grouping(const Ledger &ledger, GroupBy by, const ThreadTags &tags) : m_ledger(ledger), m_by(by), m_tags(tags)
    {
        if (by == GroupBy::Model)
            for (const ThreadFact &thread : ledger.threads)
                for (const RunFact &run : thread.runs)
                    m_most = std::max(m_most, run.model);
    }
    [[nodiscard]] std::size_t size() const
    {
        switch (m_by) {
        case GroupBy::Assistant:
            return m_ledger.names.assistants.size();
        case GroupBy::Model:
            return std::size_t(m_most) + 1;
        case GroupBy::Thread:
            return m_ledger.threads.size();
        case GroupBy::Cause:
            return std::size_t(Cause::Files) + 1;
        case GroupBy::MetadataValue:
            break;
        }
        return m_tags.values.size() + 1; // 0: those that have none
    }
    // Of a thread, where all of its runs are in one; else that of the run.
    [[nodiscard]] std::size_t of(std::size_t thread) const
    {
        switch (m_by) {
        case GroupBy::Thread:
            return thread;
        case GroupBy::Cause:
            return std::size_t(m_ledger.threads[thread].cause);
        case GroupBy::MetadataValue: {
            const auto tag = m_tags.ofThread.find(m_ledger.threads[thread].key);
            return tag == m_tags.ofThread.end() ? 0 : std::size_t(tag->second) + 1;
        }
        default:
            return 0;
        }
    }
    [[nodiscard]] std::size_t of(std::size_t ofThread, const RunFact &run) const
    {
        if (m_by == GroupBy::Assistant)
            return std::size_t(run.assistant);
        return m_by == GroupBy::Model ? std::size_t(run.model) : ofThread;
    }
    void name(std::size_t number, Pivot::Group &group) const
    {
        switch (m_by) {
        case GroupBy::Assistant:
            group.id = m_ledger.names.assistants.name(qint32(number));
            group.without = number == 0;
            break;
        case GroupBy::Model:
            group.id = m_ledger.rates.name(qint32(number));
            group.without = group.id.isEmpty();
            break;
        case GroupBy::Thread:
            group.thread = m_ledger.threads[number].key;
            break;
        case GroupBy::Cause:
            group.id = QString::number(number);
            break;
        case GroupBy::MetadataValue:
            group.without = number == 0;
            if (number > 0)
                group.id = m_tags.values.name(qint32(number) - 1);
            break;
        }
    }

private:
    const Ledger &m_ledger;
    GroupBy m_by;
    const ThreadTags &m_tags;
    qint32 m_most = 0;
};

struct Range {
    qint64 from = 0, until = 0; // days
};

Range rangeOf(const Ledger &ledger, const PivotQuery &query)
{
    Range range{std::numeric_limits<qint64>::max(), std::numeric_limits<qint64>::min()};
    if (!query.from.isValid() || !query.until.isValid())
        for (const ThreadFact &thread : ledger.threads)
            for (const RunFact &run : thread.runs)
                if (run.created > 0) {
                    range.from = std::min(range.from, run.created / dayMs);
                    range.until = std::max(range.until, run.created / dayMs + 1);
                }
    if (query.from.isValid())
        range.from = dayNumber(query.from);
    if (query.until.isValid())
        range.until = dayNumber(query.until);
    if (range.from < range.until)
        range.from = std::max(range.from, range.until - mostDays);
    return range;
}

} // namespace

void Amount::add(const RunFact &run)
{
    cost.add(run.money(), run.assumed);
    if (run.hasUsage()) {
        ++usageRuns;
        prompt += run.prompt;
        cached += std::max(0, run.cached);
        completion += run.completion;
    }
}

Amount &Amount::operator+=(const Amount &other)
{
    cost += other.cost;
    usageRuns += other.usageRuns;
    prompt += other.prompt;
    cached += other.cached;
    completion += other.completion;
    return *this;
}

QDate periodStart(Period period, const QDate &day)
{
    switch (period) {
    case Period::Week:
        return day.addDays(1 - day.dayOfWeek());
    case Period::Month:
        return {day.year(), day.month(), 1};
    case Period::Day:
        break;
    }
    return day;
}

QDate nextPeriod(Period period, const QDate &start)
{
    return period == Period::Month ? start.addMonths(1) : start.addDays(period == Period::Week ? 7 : 1);
}

Pivot pivotOf(const Ledger &ledger, const PivotQuery &query, const ThreadTags &tags)
{
    Pivot pivot;
    const Range range = rangeOf(ledger, query);
    std::vector<std::size_t> columnOf; // by day of the range
    if (range.from < range.until) {
        columnOf.resize(std::size_t(range.until - range.from));
        const QDate last = dateOf(range.until);
        for (QDate start = periodStart(query.period, dateOf(range.from)); start < last;) {
            const QDate next = nextPeriod(query.period, start);
            // A period that the range cuts is as long as what is in it.
            const QDate from = std::max(start, dateOf(range.from));
            const QDate until = std::min(next, last);
            std::fill(columnOf.begin() + qsizetype(dayNumber(from) - range.from),
                      columnOf.begin() + qsizetype(dayNumber(until) - range.from), pivot.columns.size());
            pivot.columns.push_back({from, until, {}});
            start = next;
        }
    }
    const auto dayOf = [&](const RunFact &run) -> std::optional<std::size_t> {
        const qint64 day = run.created / dayMs;
        return run.created > 0 && day >= range.from && day < range.until ? std::optional(std::size_t(day - range.from))
                                                                         : std::nullopt;
    };
    const Grouping grouping(ledger, query.by, tags);
    std::vector<Amount> sums(grouping.size());
    for (std::size_t t = 0; t < ledger.threads.size(); ++t) {
        const std::size_t ofThread = grouping.of(t);
        for (const RunFact &run : ledger.threads[t].runs) {
            if (run.created <= 0)
                pivot.undated.add(run);
            else if (dayOf(run))
                sums[grouping.of(ofThread, run)].add(run);
        }
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < sums.size(); ++i)
        if (sums[i].runs() > 0)
            order.push_back(i);
    const std::size_t named = order.size() > query.mostGroups + 1 ? query.mostGroups : order.size();
    std::ranges::partial_sort(order, order.begin() + qsizetype(named), [&](std::size_t a, std::size_t b) {
        return std::tuple(sums[b].cost.known, sums[b].runs(), a) < std::tuple(sums[a].cost.known, sums[a].runs(), b);
    });
    std::vector<std::size_t> groupOf(sums.size(), named); // the others, where it is not told otherwise
    for (std::size_t i = 0; i < named; ++i) {
        groupOf[order[i]] = i;
        Pivot::Group &group = pivot.groups.emplace_back();
        grouping.name(order[i], group);
        group.sum = sums[order[i]];
    }
    if (named < order.size()) {
        Pivot::Group &others = pivot.groups.emplace_back();
        others.others = true;
        others.members = qint64(order.size() - named);
        for (std::size_t i = named; i < order.size(); ++i)
            others.sum += sums[order[i]];
    }
    for (Pivot::Group &group : pivot.groups)
        group.columns.resize(pivot.columns.size());
    for (std::size_t t = 0; t < ledger.threads.size(); ++t) {
        const std::size_t ofThread = grouping.of(t);
        for (const RunFact &run : ledger.threads[t].runs)
            if (const auto day = dayOf(run))
                pivot.groups[groupOf[grouping.of(ofThread, run)]].columns[columnOf[*day]].add(run);
    }
    for (const Pivot::Group &group : pivot.groups) {
        pivot.sum += group.sum;
        for (std::size_t c = 0; c < pivot.columns.size(); ++c)
            pivot.columns[c].sum += group.columns[c];
    }
    return pivot;
}

Pivot folded(const Pivot &pivot, std::size_t named)
{
    Pivot few = pivot;
    if (few.groups.size() <= named + 1)
        return few;
    few.groups.resize(named + 1);
    Pivot::Group &others = few.groups.back();
    others = {};
    others.others = true;
    others.members = 0;
    others.columns.resize(few.columns.size());
    for (std::size_t g = named; g < pivot.groups.size(); ++g) {
        others.members += pivot.groups[g].members;
        others.sum += pivot.groups[g].sum;
        for (std::size_t c = 0; c < few.columns.size(); ++c)
            others.columns[c] += pivot.groups[g].columns[c];
    }
    return few;
}

} // namespace bobbin
