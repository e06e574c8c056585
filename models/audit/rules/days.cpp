// SPDX-License-Identifier: GPL-3.0-or-later
// Days that cost far more than the same weekday does.
#include "models/audit/rules/judging.h"

#include <QDateTime>

#include <algorithm>
#include <map>

namespace bobbin::rules {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lookedAt = 28; // days, today's left out
constexpr int weeksBefore = 8;
constexpr int leastWeeks = 4; // of those with any cost
constexpr int factor = 3; // of the middle one; and half as much again as any day of these weeks
constexpr Money leastMore{Money::perDollar / 2};

} // namespace

void judgeDays(const AuditInput &input, std::vector<Finding> &found)
{
    const qint64 today = input.now / dayMs;
    struct Day {
        Money cost;
        std::vector<Evidence> runs;
    };
    std::map<qint64, Day> days;
    const qint64 from = (today - lookedAt - 7 * weeksBefore) * dayMs;
    for (const ThreadFact &thread : input.ledger.threads)
        for (const RunFact &run : thread.runs)
            if (run.created >= from && run.money())
                days[run.created / dayMs].cost += *run.money();
    std::map<qint64, Money> usual;
    for (const auto &[day, sums] : days) {
        if (day < today - lookedAt || day >= today)
            continue;
        std::vector<Money> same;
        for (int week = 1; week <= weeksBefore; ++week)
            if (const auto before = days.find(day - 7 * week); before != days.end() && before->second.cost.pico > 0)
                same.push_back(before->second.cost);
        if (same.size() < leastWeeks)
            continue;
        const auto middle = same.begin() + qsizetype(same.size() / 2);
        std::ranges::nth_element(same, middle);
        const Money expected = *middle;
        // What other days cost now and then is not unusual on this one.
        Money most;
        for (auto before = days.lower_bound(day - 7 * weeksBefore); before->first < day; ++before)
            most = std::max(most, before->second.cost);
        if (sums.cost > expected * factor && sums.cost.pico > most.pico + most.pico / 2 &&
            sums.cost - expected > leastMore)
            usual[day] = expected;
    }
    if (usual.empty())
        return;
    for (const ThreadFact &thread : input.ledger.threads)
        for (const RunFact &run : thread.runs)
            if (run.money() && usual.contains(run.created / dayMs))
                days[run.created / dayMs].runs.push_back(ofRun(run, {}));
    for (const auto &[day, expected] : usual) {
        Finding finding;
        finding.rule = "unusual-day";
        finding.severity = Severity::Warning;
        finding.subject = SubjectKind::Day;
        finding.id = finding.name = dateOf(day).toString(Qt::ISODate);
        finding.spent = days[day].cost - expected;
        finding.facts = {{u"cost"_s, days[day].cost.pico}, {u"usual"_s, expected.pico}};
        setEvidence(finding, std::move(days[day].runs));
        found.push_back(std::move(finding));
    }
}

} // namespace bobbin::rules
