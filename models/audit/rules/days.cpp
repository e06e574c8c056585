// SPDX-License-Identifier: GPL-3.0-or-later
// Days that cost far more than the same weekday does.
#include "models/audit/rules/judging.h"

#include <QDateTime>

#include <algorithm>
#include <array>
#include <map>

namespace bobbin::rules {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lookedAt = 28; // days, today's left out
constexpr int weeksBefore = 8;
constexpr int leastWeeks = 4; // of those with any cost
constexpr int factor = 3; // of the middle one; and half as much again as any day of these weeks
constexpr Money leastMore{Money::perDollar / 2};

class Days final : public RunsRule {
public:
    explicit Days(const AuditInput &input) : m_input(input), m_today(input.now / dayMs) { }

    void look(const ThreadFact &thread) override
    {
        for (const RunFact &run : thread.runs)
            if (run.created >= m_from * dayMs && run.created < m_today * dayMs && run.cost > 0)
                m_costs[std::size_t(run.created / dayMs - m_from)] += Money{run.cost};
    }

    void judge(const WorkspaceFacts &, std::vector<Finding> &found) override
    {
        std::map<qint64, Money> unusual; // day -> what it usually costs
        for (qint64 day = m_today - lookedAt; day < m_today; ++day)
            if (const std::optional<Money> usual = exceeded(day))
                unusual[day] = *usual;
        if (unusual.empty())
            return;
        std::map<qint64, std::vector<Evidence>> runs;
        for (const ThreadFact &thread : m_input.ledger.threads)
            for (const RunFact &run : thread.runs)
                if (run.money() && unusual.contains(run.created / dayMs))
                    runs[run.created / dayMs].push_back(ofRun(run, {}));
        for (const auto &[day, usual] : unusual) {
            Finding finding;
            finding.rule = "unusual-day";
            finding.severity = Severity::Warning;
            finding.subject = SubjectKind::Day;
            finding.id = finding.name = dateOf(day).toString(Qt::ISODate);
            finding.spent = costOf(day) - usual;
            finding.facts = {{u"cost"_s, costOf(day).pico}, {u"usual"_s, usual.pico}};
            setEvidence(finding, std::move(runs[day]));
            found.push_back(std::move(finding));
        }
    }

private:
    const AuditInput &m_input;
    const qint64 m_today;
    const qint64 m_from = m_today - daysKept; // the first that is looked at
    static constexpr int daysKept = lookedAt + 7 * weeksBefore;
    std::array<Money, daysKept> m_costs{};

    [[nodiscard]] Money costOf(qint64 day) const { return m_costs[std::size_t(day - m_from)]; }

    // What the weekday usually costs, where this one cost far more.
    [[nodiscard]] std::optional<Money> exceeded(qint64 day) const
    {
        std::vector<Money> same;
        for (int week = 1; week <= weeksBefore; ++week)
            if (const Money before = costOf(day - 7 * week); before.pico > 0)
                same.push_back(before);
        if (same.size() < leastWeeks)
            return std::nullopt;
        const auto middle = same.begin() + qsizetype(same.size() / 2);
        std::ranges::nth_element(same, middle);
        // What other days cost now and then is not unusual on this one.
        Money most;
        for (qint64 before = day - 7 * weeksBefore; before < day; ++before)
            most = std::max(most, costOf(before));
        const Money cost = costOf(day);
        const bool unusual =
            cost > *middle * factor && cost.pico > most.pico + most.pico / 2 && cost - *middle > leastMore;
        return unusual ? std::optional(*middle) : std::nullopt;
    }
};

} // namespace

std::unique_ptr<RunsRule> ofDays(const AuditInput &input)
{
    return std::make_unique<Days>(input);
}

} // namespace bobbin::rules
