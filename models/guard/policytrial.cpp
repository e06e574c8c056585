// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policytrial.h"

#include "models/core/days.h"
#include "models/guard/crossings.h"
#include "models/whatif/replay.h"

#include <algorithm>

namespace bobbin {

namespace {

struct Held { // what some runs are held to
    PolicyNow now;
    std::vector<std::pair<GuardRule, RuleNow>> budgets; // the narrowest first
};

// A run that would have been, for the budgets.
struct Spent {
    const Held *held = nullptr;
    RowKey thread = 0, run = 0;
    qint64 when = 0, tokens = 0;
    Money cost; // as it would have been
};

class Trial {
public:
    Trial(const Ledger &ledger, const GuardPolicy &policy, const QHash<QString, ThreadTags> &tags, qint64 from)
        : m_ledger(ledger), m_policy(policy), m_tags(tags), m_from(from)
    {
        for (const MetadataLayer &layer : policy.metadata)
            m_keys << layer.key;
        m_keys.removeDuplicates();
        m_budgeted = !allBudgets(policy).empty();
    }

    PolicyTrial run()
    {
        const QDate first = dateOf(m_from / dayMs);
        const qint64 month = dayNumber({first.year(), first.month(), 1}) * dayMs; // what was spent before counts for it
        for (const ThreadFact &thread : m_ledger.threads)
            if (!thread.runs.empty() && thread.runs.back().created >= (m_budgeted ? month : m_from))
                judge(thread);
        budgets();
        const auto newer = [](const WouldAct &a, const WouldAct &b) {
            return std::tuple(a.when, b.thread, b.run, b.rule) > std::tuple(b.when, a.thread, a.run, a.rule);
        };
        std::ranges::sort(m_trial.acts, newer);
        if (m_trial.acts.size() > PolicyTrial::mostActs)
            m_trial.acts.resize(PolicyTrial::mostActs);
        return std::move(m_trial);
    }

private:
    using PolicyKey = std::pair<qint32, std::vector<qint32>>; // assistant, metadata's values; -1: the thread has none

    const Ledger &m_ledger;
    const GuardPolicy &m_policy;
    const QHash<QString, ThreadTags> &m_tags;
    const qint64 m_from;
    bool m_budgeted = false;
    QStringList m_keys; // of metadata that the policy speaks of
    std::map<PolicyKey, Held> m_policies;
    std::vector<Spent> m_spent;
    PolicyTrial m_trial;

    const Held &heldTo(const ThreadFact &thread, qint32 assistant)
    {
        PolicyKey wanted{assistant, {}};
        Metadata metadata;
        for (const QString &key : std::as_const(m_keys)) {
            wanted.second.push_back(-1);
            const auto tags = m_tags.constFind(key);
            if (tags == m_tags.cend())
                continue;
            if (const auto tag = tags->ofThread.find(thread.key); tag != tags->ofThread.end()) {
                wanted.second.back() = tag->second;
                metadata[key] = tags->values.name(tag->second);
            }
        }
        const auto [place, fresh] = m_policies.try_emplace(std::move(wanted));
        if (fresh) {
            const QString id = m_ledger.names.assistants.name(assistant);
            place->second.now = policyFor(m_policy, id, metadata);
            for (const RuleInfo &info : guardRules())
                if (isBudget(info.rule))
                    for (const RuleNow &budget : budgetsFor(m_policy, info.rule, id, metadata))
                        place->second.budgets.emplace_back(info.rule, budget);
            std::ranges::stable_sort(place->second.budgets, std::greater<>(),
                                     [](const auto &budget) { return budget.second.limitFrom.from; });
        }
        return place->second;
    }

    void act(GuardRule rule, const RuleNow &now, RowKey thread, const RunFact &run, qint64 value,
             const QString &name = {})
    {
        if (run.created < m_from)
            return;
        ++m_trial.times[std::size_t(rule)];
        m_trial.acts.push_back({rule, now.act, thread, run.key, run.created, value, now.limit.number, name});
    }
    void refuse(GuardRule rule, const RuleNow &now, RowKey thread, const RunFact &run, qint64 value,
                const QString &name = {})
    {
        act(rule, now, thread, run, value, name);
        if (run.created >= m_from)
            m_trial.spared[std::size_t(rule)] += run.money().value_or(Money());
    }

    // The first rule that does not let it begin.
    bool refused(RowKey thread, const RunFact &run, qint64 tokensBefore, RetryCount &retrying, const PolicyNow &now)
    {
        const auto stops = [&](GuardRule rule) {
            const RuleNow &r = now[std::size_t(rule)];
            return r.act == GuardAct::Refuse && !r.limit.none;
        };
        const auto over = [&](GuardRule rule, qint64 value) {
            const RuleNow &r = now[std::size_t(rule)];
            if (!stops(rule) || value <= r.limit.number)
                return false;
            refuse(rule, r, thread, run, value);
            return true;
        };
        const bool again = retrying.isBeyond(run);
        if (again && stops(GuardRule::Retries)) {
            refuse(GuardRule::Retries, now[std::size_t(GuardRule::Retries)], thread, run, retrying.retries());
            return true;
        }
        if (over(GuardRule::TurnCap, run.turn) || over(GuardRule::ContextCeiling, run.context) ||
            over(GuardRule::SessionTokens, tokensBefore))
            return true;
        const RuleNow &models = now[std::size_t(GuardRule::Models)];
        if (!stops(GuardRule::Models) || isAllowed(m_ledger, run, models.limit))
            return false;
        refuse(GuardRule::Models, models, thread, run, 0, m_ledger.rates.name(run.model));
        return true;
    }

    void judge(const ThreadFact &thread)
    {
        const PolicyNow &now = heldTo(thread, thread.assistant).now;
        ThreadFact kept; // without the runs that would not have been
        kept.key = thread.key;
        kept.lastActive = thread.lastActive;
        kept.filesAgain = thread.filesAgain;
        RetryCount retrying(m_ledger, now[std::size_t(GuardRule::Retries)].limit);
        qint64 tokens = 0; // of the session, so far
        for (const RunFact &run : thread.runs) {
            if (run.created >= m_from) {
                m_trial.actual += run.money().value_or(Money());
                ++(run.money() ? m_trial.runs : m_trial.unknownRuns);
            }
            if (refused(thread.key, run, tokens, retrying, now))
                continue;
            retrying.happened(run);
            kept.runs.push_back(run);
            if (run.hasUsage())
                tokens += qint64(run.prompt) + run.completion;
        }
        tell(kept, now);
        const std::vector<ReplayPoint> points = shorten(kept, now);
        for (std::size_t i = 0; m_budgeted && i < kept.runs.size(); ++i) {
            const RunFact &run = kept.runs[i];
            const std::optional<Money> cost = points.empty() ? run.money() : points[i].would;
            m_spent.push_back({&heldTo(thread, run.assistant), thread.key, run.key, run.created,
                               run.hasUsage() ? qint64(run.prompt) + run.completion : 0, cost.value_or(Money())});
        }
    }

    // Runs that are refused and what a rotation or the ceiling of steps cuts are not there to be told of.
    static bool isToldElsewhere(GuardRule rule, GuardAct act)
    {
        switch (rule) {
        case GuardRule::IdenticalCalls:
        case GuardRule::AttachedAgain:
            return false;
        case GuardRule::ToolSteps:
            return act == GuardAct::Refuse || act == GuardAct::CancelRun;
        case GuardRule::SessionTokens:
            return act == GuardAct::Refuse;
        default:
            return act == GuardAct::Refuse || act == GuardAct::Rotate;
        }
    }

    // Runs are cancelled each, what is told or asked is so once.
    void tell(const ThreadFact &thread, const PolicyNow &now)
    {
        std::vector<std::pair<GuardRule, qint64>> said;
        for (const Crossing &one : crossingsOf(m_ledger, thread, now)) {
            const RuleNow &rule = now[std::size_t(one.rule)];
            if (one.when < m_from || isToldElsewhere(one.rule, rule.act))
                continue;
            if (rule.act != GuardAct::CancelRun) {
                const auto once = spokenOnce(one);
                if (std::ranges::find(said, once) != said.end())
                    continue;
                said.push_back(once);
            }
            ++m_trial.times[std::size_t(one.rule)];
            m_trial.acts.push_back(
                {one.rule, rule.act, thread.key, one.run, one.when, one.value, rule.limit.number, one.name});
        }
    }

    // Rotations, and steps that would not have been: what they spare is as a replay has it. Empty: neither.
    std::vector<ReplayPoint> shorten(const ThreadFact &thread, const PolicyNow &now)
    {
        const auto limitOf = [&](GuardRule rule, std::initializer_list<GuardAct> acts) -> std::optional<qint64> {
            const RuleNow &r = now[std::size_t(rule)];
            const bool acting = std::ranges::find(acts, r.act) != acts.end();
            return acting && !r.limit.none ? std::optional(r.limit.number) : std::nullopt;
        };
        Measures measures;
        measures.turnCap = limitOf(GuardRule::TurnCap, {GuardAct::Rotate});
        measures.contextCeiling = limitOf(GuardRule::ContextCeiling, {GuardAct::Rotate});
        measures.toolSteps = limitOf(GuardRule::ToolSteps, {GuardAct::Refuse, GuardAct::CancelRun});
        if (!measures.any())
            return {};
        ThreadReplay replay = replayThread(m_ledger, thread, measures, {}, m_from);
        for (const auto &[rule, measure] : {std::pair(GuardRule::TurnCap, Measure::TurnCap),
                                            std::pair(GuardRule::ContextCeiling, Measure::ContextCeiling),
                                            std::pair(GuardRule::ToolSteps, Measure::ToolSteps)})
            m_trial.spared[std::size_t(rule)] += replay.sum.saved[std::size_t(measure)];
        qint64 fromTurn = 1;
        for (std::size_t i = 0; i < thread.runs.size(); ++i) {
            const RunFact &run = thread.runs[i];
            // A cap is reached also where the replay finds nothing to be had from it.
            const bool capped = measures.turnCap && run.turn - fromTurn >= *measures.turnCap;
            if (capped)
                act(GuardRule::TurnCap, now[std::size_t(GuardRule::TurnCap)], thread.key, run, run.turn - fromTurn);
            else if (replay.points[i].rotated && measures.contextCeiling)
                act(GuardRule::ContextCeiling, now[std::size_t(GuardRule::ContextCeiling)], thread.key, run,
                    run.context);
            if (capped || replay.points[i].rotated)
                fromTurn = run.turn;
            if (measures.toolSteps && run.rounds > *measures.toolSteps)
                act(GuardRule::ToolSteps, now[std::size_t(GuardRule::ToolSteps)], thread.key, run, run.rounds);
        }
        return std::move(replay.points);
    }

    // In order of time: a run is asked of all its budgets; the first that is used up refuses it, else it counts for
    // all.
    void budgets()
    {
        struct Used {
            qint64 period = -1, spent = 0;
            bool told = false;
        };
        std::map<std::pair<GuardRule, QString>, Used> used; // by whose they are
        std::ranges::sort(m_spent, {}, [](const Spent &run) { return std::pair(run.when, run.run); });
        for (const Spent &run : m_spent) {
            const QDate date = dateOf(run.when / dayMs);
            const auto of = [&](GuardRule rule, const RuleNow &now) -> Used & {
                const bool byDay = rule == GuardRule::MoneyADay || rule == GuardRule::TokensADay;
                const qint64 period = byDay ? run.when / dayMs : qint64(date.year()) * 12 + date.month();
                Used &one = used[{rule, now.limitFrom.name}];
                if (one.period != period)
                    one = {period, 0, false};
                return one;
            };
            const auto act = [&](GuardRule rule, const RuleNow &now, qint64 spent) {
                if (run.when < m_from)
                    return;
                ++m_trial.times[std::size_t(rule)];
                m_trial.acts.push_back(
                    {rule, now.act, run.thread, run.run, run.when, spent, now.limit.number, now.limitFrom.name});
            };
            const auto stopped = std::ranges::find_if(run.held->budgets, [&](const auto &budget) {
                return budget.second.act == GuardAct::Refuse &&
                    of(budget.first, budget.second).spent >= budget.second.limit.number;
            });
            if (stopped != run.held->budgets.end()) {
                act(stopped->first, stopped->second, of(stopped->first, stopped->second).spent);
                if (run.when >= m_from)
                    m_trial.spared[std::size_t(stopped->first)] += run.cost;
                continue;
            }
            for (const auto &[rule, now] : run.held->budgets) {
                Used &one = of(rule, now);
                one.spent += isMoney(rule) ? run.cost.pico : run.tokens;
                if (now.act != GuardAct::Refuse && one.spent >= now.limit.number && !std::exchange(one.told, true))
                    act(rule, now, one.spent);
            }
        }
    }
};

} // namespace

Money PolicyTrial::allSpared() const
{
    Money all;
    for (const Money money : spared)
        all += money;
    return all;
}

bool toldByRecord(GuardRule rule)
{
    return rule != GuardRule::RequiresAction && rule != GuardRule::Cancelling;
}

PolicyTrial tryPolicy(const Ledger &ledger, const GuardPolicy &policy, const QHash<QString, ThreadTags> &tags,
                      qint64 from)
{
    return Trial(ledger, policy, tags, from).run();
}

} // namespace bobbin
