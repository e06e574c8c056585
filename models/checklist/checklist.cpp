// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checklist/checklist.h"

#include "models/audit/cause.h"
#include "models/core/days.h"

#include <algorithm>
#include <array>

namespace bobbin {

namespace {

constexpr int recentDays = 28;
constexpr qint64 mostRetries = 3; // of what may pass

// What is gathered for one point.
struct Point {
    qint64 count = 0, of = 0, most = 0;
    std::vector<Evidence> evidence;
    // `one` makes the evidence, where it is wanted.
    template <class Make> void add(bool bad, qint64 amount, Make one)
    {
        ++of;
        most = std::max(most, amount);
        if (!bad)
            return;
        ++count;
        evidence.push_back(one());
        evidence.back().amount = amount;
    }
};

Evidence ofThread(const ThreadFact &thread)
{
    Evidence evidence;
    evidence.kind = SubjectKind::Thread;
    evidence.key = thread.key;
    Money sum;
    for (const RunFact &run : thread.runs)
        sum += run.money().value_or(Money());
    evidence.money = sum;
    if (!thread.runs.empty() && thread.runs.back().created > 0)
        evidence.when = thread.runs.back().created;
    return evidence;
}

Evidence ofRun(const RunFact &run)
{
    Evidence evidence;
    evidence.key = run.key;
    evidence.money = run.money();
    if (run.created > 0)
        evidence.when = run.created;
    return evidence;
}

StepDistribution distribution(std::vector<qint64> steps)
{
    StepDistribution found;
    found.all = qint64(steps.size());
    if (steps.empty())
        return found;
    std::ranges::sort(steps);
    const auto rank = [&](std::size_t percent) { return steps[(steps.size() * percent + 99) / 100 - 1]; };
    found.middle = rank(50);
    found.p95 = rank(95);
    found.most = steps.back();
    found.runs.resize(std::min(StepDistribution::mostShown, std::size_t(found.most) + 1));
    for (const qint64 one : steps)
        ++found.runs[std::min(std::size_t(one), found.runs.size() - 1)];
    found.recommended = recommendedCeiling(std::move(steps));
    return found;
}

class Checking {
public:
    Checking(const ChecklistInput &input, const QString &assistant, QString model)
        : m_input(input), m_limits(input.limits.of(assistant)), m_model(std::move(model))
    {
        m_list.assistant = assistant;
        m_number = input.ledger.names.assistants.find(assistant.toStdString());
    }

    Checklist check()
    {
        const qint64 recent = m_input.now - recentDays * dayMs;
        gather(recent);
        if (m_list.runs == 0) {
            m_list.lately = false;
            gather(0);
        }
        settle();
        return std::move(m_list);
    }

private:
    const ChecklistInput &m_input;
    const Limits &m_limits;
    QString m_model;
    std::optional<qint32> m_number;
    Checklist m_list;
    std::array<Point, checkCount> m_points;
    std::vector<qint64> m_steps;

    Point &point(Check check) { return m_points[std::size_t(check)]; }

    [[nodiscard]] bool isIts(const RunFact &run) const { return m_number && run.assistant == *m_number; }

    void gather(qint64 from)
    {
        m_points = {};
        m_steps.clear();
        for (const ThreadFact &thread : m_input.ledger.threads) {
            bool its = false, lately = false;
            for (const RunFact &run : thread.runs) {
                if (!isIts(run))
                    continue;
                its = true;
                if (run.rounds >= 0)
                    m_steps.push_back(run.rounds);
                if (run.created < from)
                    continue;
                lately = true;
                ++m_list.runs;
                m_list.cost.add(run.money(), run.assumed);
                gatherRun(run);
            }
            if (its)
                gatherThread(thread, lately, from);
        }
    }

    void gatherRun(const RunFact &run)
    {
        if (run.context >= 0)
            point(Check::ContextCeiling).add(run.context > m_limits.contextCeiling, run.context, [&] {
                return ofRun(run);
            });
        if (run.rounds >= 0)
            point(Check::StepCeiling).add(run.rounds > m_limits.toolSteps, run.rounds, [&] { return ofRun(run); });
        if (!isActive(run.status))
            point(Check::Telemetry).add(!run.hasUsage() || !run.money(), 0, [&] { return ofRun(run); });
    }

    void gatherThread(const ThreadFact &thread, bool lately, qint64 from)
    {
        if (!thread.gone) {
            const qint64 days = thread.lastActive ? (m_input.now - *thread.lastActive) / dayMs : 0;
            point(Check::CleanUp).add(days >= m_limits.staleDays, days, [&] { return ofThread(thread); });
        }
        if (!lately)
            return;
        gatherRetries(thread, from);
        if (thread.gone)
            return; // nothing goes on there
        if (!thread.rotated)
            point(Check::TurnCap).add(thread.runs.back().turn > m_limits.turnCap, thread.runs.back().turn, [&] {
                return ofThread(thread);
            });
        qint64 tokens = 0;
        bool told = false;
        for (const RunFact &run : thread.runs)
            if (run.hasUsage()) {
                told = true;
                tokens += qint64(run.prompt) + run.completion;
            }
        if (told)
            point(Check::SessionTokens).add(tokens > m_limits.sessionTokens, tokens, [&] { return ofThread(thread); });
        qint64 again = 0;
        for (const FileAgain &file : thread.filesAgain)
            again = std::max(again, file.messages);
        point(Check::FileLevel).add(again >= m_limits.attachedAgain, again, [&] { return ofThread(thread); });
    }

    // A failed run is retried where the next run of the same turn follows it.
    void gatherRetries(const ThreadFact &thread, qint64 from)
    {
        qint64 tries = 0;
        for (std::size_t i = 0; i < thread.runs.size(); ++i) {
            const RunFact &run = thread.runs[i];
            tries = hasFailed(run.status) ? tries + 1 : 0;
            if (!hasFailed(run.status) || !isIts(run) || run.created < from)
                continue;
            const bool again = i + 1 < thread.runs.size() && thread.runs[i + 1].turn == run.turn;
            const FailureClass is = failureClass(run.status, m_input.ledger.names.errors.name(run.error));
            point(Check::RetryClasses).add(again && (is != FailureClass::Transient || tries > mostRetries), tries, [&] {
                return ofRun(run);
            });
        }
    }

    CheckItem &add(Check check, qint64 limit, CheckHelp help, const char *rule = "")
    {
        Point &gathered = point(check);
        CheckItem &item = m_list.items.emplace_back();
        item.check = check;
        item.state = gathered.of == 0 ? CheckState::Unmeasured
            : gathered.count > 0      ? CheckState::NotMet
                                      : CheckState::Met;
        item.count = gathered.count;
        item.of = gathered.of;
        item.most = gathered.most;
        item.limit = limit;
        item.help = help;
        item.rule = rule;
        std::ranges::stable_sort(gathered.evidence, std::greater<>(), [](const Evidence &e) { return e.money; });
        if (gathered.evidence.size() > Finding::mostEvidence)
            gathered.evidence.resize(Finding::mostEvidence);
        item.evidence = std::move(gathered.evidence);
        return item;
    }

    // Points that rules of the audit have judged already.
    void byFindings(CheckItem &item, std::initializer_list<const char *> rules)
    {
        for (const Finding &finding : m_input.findings)
            for (const char *rule : rules) {
                if (finding.rule != rule || !isAbout(finding))
                    continue;
                if (item.state != CheckState::NotMet)
                    item.rule = finding.rule;
                item.state = CheckState::NotMet;
                ++item.count;
                item.evidence.insert(item.evidence.end(), finding.evidence.begin(), finding.evidence.end());
                if (item.evidence.size() > Finding::mostEvidence)
                    item.evidence.resize(Finding::mostEvidence);
            }
    }
    [[nodiscard]] bool isAbout(const Finding &finding) const
    {
        switch (finding.subject) {
        case SubjectKind::Assistant:
            return finding.id == m_list.assistant;
        case SubjectKind::Model:
            return finding.id == m_model;
        case SubjectKind::Thread: {
            const auto place = m_input.ledger.places.find(finding.key);
            return place != m_input.ledger.places.end() && m_number &&
                m_input.ledger.threads[place->second].assistant == *m_number;
        }
        default:
            return false;
        }
    }

    void settle()
    {
        add(Check::TurnCap, m_limits.turnCap, CheckHelp::Rotate);
        add(Check::ContextCeiling, m_limits.contextCeiling, CheckHelp::Findings, "history-growth");
        add(Check::RetryClasses, mostRetries, CheckHelp::Findings, "retry-spiral");
        // A run that failed is looked at here; where none did, there is nothing to be done wrong.
        CheckItem &retries = m_list.items.back();
        if (retries.state == CheckState::Unmeasured && m_list.runs > 0)
            retries.state = CheckState::Met;
        add(Check::StepCeiling, m_limits.toolSteps, CheckHelp::Limits);
        add(Check::FileLevel, m_limits.attachedAgain, CheckHelp::Findings, "repeated-file");
        add(Check::SessionTokens, m_limits.sessionTokens, CheckHelp::Rotate);
        add(Check::Telemetry, 0, CheckHelp::Prices);
        add(Check::CleanUp, m_limits.staleDays, CheckHelp::CleanUp);
        const CheckState judged = m_list.runs > 0 ? CheckState::Met : CheckState::Unmeasured;
        CheckItem &instructions = add(Check::Instructions, 0, CheckHelp::Findings, "instructions-per-run");
        instructions.state = judged;
        byFindings(instructions, {"instructions-per-run", "instructions-in-messages", "poor-caching"});
        CheckItem &model = add(Check::ModelChoice, 0, CheckHelp::Findings, "dear-model");
        model.state = judged;
        model.model = m_model;
        byFindings(model, {"dear-model", "model-switched-off", "unknown-price"});
        addBudget();
        for (CheckItem &item : m_list.items)
            if (item.state != CheckState::NotMet && item.help != CheckHelp::Limits)
                item.help = CheckHelp::None;
        m_list.steps = distribution(std::move(m_steps));
    }

    void addBudget()
    {
        CheckItem &item = add(Check::Budget, 0, CheckHelp::Budgets);
        item.state = CheckState::NotMet;
        for (const BudgetState &state : m_input.budgets) {
            const bool its = state.budget.scope == Budget::Scope::Assistant && state.budget.id == m_list.assistant;
            if (!its && state.budget.scope != Budget::Scope::Connection)
                continue;
            ++item.of;
            item.count += state.level == BudgetState::Level::Over ? 1 : 0;
            item.most = std::max(item.most, qint64(state.share * 100));
        }
        if (item.of > 0 && item.count == 0)
            item.state = CheckState::Met;
    }
};

} // namespace

qint64 Checklist::met() const
{
    return std::ranges::count(items, CheckState::Met, &CheckItem::state);
}

qint64 Checklist::notMet() const
{
    return std::ranges::count(items, CheckState::NotMet, &CheckItem::state);
}

Checklist checklistOf(const ChecklistInput &input, const QString &assistant, const QString &model)
{
    return Checking(input, assistant, model).check();
}

} // namespace bobbin
