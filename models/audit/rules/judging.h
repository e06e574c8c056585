// SPDX-License-Identifier: GPL-3.0-or-later
// What rules have in common.
#pragma once

#include "models/audit/audit.h"
#include "models/audit/cause.h"
#include "models/core/days.h"

namespace bobbin::rules {

constexpr qint64 minuteMs = 60'000;
constexpr int recentDays = 28; // four weeks: every weekday as often
constexpr int monthDays = 30;

// Money that went for nothing, and how much of it lately.
class Waste {
public:
    explicit Waste(qint64 now) : m_from(now - recentDays * dayMs) { }
    void add(qint64 when, Money money)
    {
        m_all += money;
        if (when >= m_from)
            m_recent += money;
        m_any = true;
    }
    [[nodiscard]] std::optional<Money> spent() const { return m_any ? std::optional(m_all) : std::nullopt; }
    [[nodiscard]] std::optional<Money> monthly() const
    {
        return m_any ? std::optional(Money{m_recent.pico / recentDays * monthDays}) : std::nullopt;
    }

private:
    qint64 m_from;
    Money m_all, m_recent;
    bool m_any = false;
};

inline Evidence ofRun(const RunFact &run, std::optional<qint64> amount)
{
    Evidence evidence;
    evidence.key = run.key;
    evidence.when = run.created > 0 ? OptTime(run.created) : OptTime();
    evidence.amount = amount;
    evidence.money = run.money();
    return evidence;
}

// Keeps the costliest.
void setEvidence(Finding &finding, std::vector<Evidence> evidence);

// A rule that looks at all runs. Each thread is shown to all of them before the next: they are read from memory once.
class RunsRule {
public:
    RunsRule() = default;
    RunsRule(const RunsRule &) = delete;
    RunsRule &operator=(const RunsRule &) = delete;
    virtual ~RunsRule() = default;
    virtual void look(const ThreadFact &thread) = 0;
    virtual void judge(const WorkspaceFacts &facts, std::vector<Finding> &found) = 0; // once, after all threads
};
std::unique_ptr<RunsRule> ofAssistants(const AuditInput &input);
std::unique_ptr<RunsRule> ofModels(const AuditInput &input);
std::unique_ptr<RunsRule> ofDays(const AuditInput &input);

void judgeStoredTokens(const AuditInput &input, std::vector<Finding> &found);
void judgeStorage(const AuditInput &input, const WorkspaceFacts &facts, std::vector<Finding> &found);

} // namespace bobbin::rules
