// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policytrial.h"

#include "models/audit/cause.h"
#include "models/audit/failures.h"
#include "models/core/days.h"
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
        m_budgeted = std::ranges::any_of(guardRules(), [&](const RuleInfo &info) {
            const auto says = [&](const PolicyLayer &layer) { return layer[std::size_t(info.rule)].limit.has_value(); };
            return isBudget(info.rule) &&
                (says(policy.connection) ||
                 std::ranges::any_of(policy.metadata, [&](const MetadataLayer &one) { return says(one.layer); }) ||
                 std::ranges::any_of(policy.assistants, [&](const auto &one) { return says(one.second); }));
        });
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

    [[nodiscard]] bool isAllowed(const RunFact &run, const RuleLimit &limit) const
    {
        return limit.none || run.model == 0 || limit.models.contains(m_ledger.rates.name(run.model));
    }

    // A further try of the same turn that goes beyond the rule: too many, or after a failure that stays.
    class Retrying {
    public:
        Retrying(const Ledger &ledger, const RuleNow &rule) : m_ledger(ledger), m_rule(rule) { }
        [[nodiscard]] qint64 retries() const { return m_retries; }
        bool isBeyond(const RunFact &run)
        {
            const bool again = m_failedTurn == run.turn;
            m_retries = again ? m_retries + 1 : 0;
            return again && !m_rule.limit.none && (m_stays || m_retries > m_rule.limit.number);
        }
        void happened(const RunFact &run) // unless it was refused: then the failure before it counts on
        {
            const bool failed = hasFailed(run.status);
            m_failedTurn = failed ? run.turn : -1;
            m_stays =
                failed && failureClass(run.status, m_ledger.names.errors.name(run.error)) != FailureClass::Transient;
        }

    private:
        const Ledger &m_ledger;
        const RuleNow &m_rule;
        qint64 m_retries = 0;
        qint32 m_failedTurn = -1;
        bool m_stays = false;
    };

    // The first rule that does not let it begin.
    bool refused(RowKey thread, const RunFact &run, qint64 tokensBefore, Retrying &retrying, const PolicyNow &now)
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
        if (!stops(GuardRule::Models) || isAllowed(run, models.limit))
            return false;
        refuse(GuardRule::Models, models, thread, run, 0, m_ledger.rates.name(run.model));
        return true;
    }

    void judge(const ThreadFact &thread)
    {
        const PolicyNow &now = heldTo(thread, thread.assistant).now;
        ThreadFact kept; // without the runs that would not have been
        kept.key = thread.key;
        Retrying retrying(m_ledger, now[std::size_t(GuardRule::Retries)]);
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
        tellFiles(thread, now);
        const std::vector<ReplayPoint> points = shorten(kept, now);
        for (std::size_t i = 0; m_budgeted && i < kept.runs.size(); ++i) {
            const RunFact &run = kept.runs[i];
            const std::optional<Money> cost = points.empty() ? run.money() : points[i].would;
            m_spent.push_back({&heldTo(thread, run.assistant), thread.key, run.key, run.created,
                               run.hasUsage() ? qint64(run.prompt) + run.completion : 0, cost.value_or(Money())});
        }
    }

    // What is told, asked or cancelled: of a thread and a row of retries once, of runs each time.
    void tell(const ThreadFact &thread, const PolicyNow &now)
    {
        std::array<bool, guardRuleCount> said{};
        const auto over = [&](GuardRule rule, const RunFact &run, qint64 value, bool once) {
            const RuleNow &r = now[std::size_t(rule)];
            const bool elsewhere =
                r.act == GuardAct::Refuse || (r.act == GuardAct::Rotate && rule != GuardRule::SessionTokens);
            if (elsewhere || r.limit.none || value <= r.limit.number || run.created < m_from)
                return;
            if (once && r.act != GuardAct::CancelRun && std::exchange(said[std::size_t(rule)], true))
                return;
            act(rule, r, thread.key, run, value);
        };
        const RuleNow &retries = now[std::size_t(GuardRule::Retries)];
        const RuleNow &calls = now[std::size_t(GuardRule::IdenticalCalls)];
        const RuleNow &models = now[std::size_t(GuardRule::Models)];
        Retrying retrying(m_ledger, retries);
        bool rowTold = false;
        qint64 tokens = 0;
        for (const RunFact &run : thread.runs) {
            over(GuardRule::TurnCap, run, run.turn, true);
            over(GuardRule::ContextCeiling, run, run.context, true);
            if (run.hasUsage())
                tokens += qint64(run.prompt) + run.completion;
            over(GuardRule::SessionTokens, run, tokens, true);
            if (now[std::size_t(GuardRule::ToolSteps)].act != GuardAct::CancelRun)
                over(GuardRule::ToolSteps, run, run.rounds, false);
            if (!calls.limit.none && run.repeats > calls.limit.number)
                act(GuardRule::IdenticalCalls, calls, thread.key, run, run.repeats);
            const bool beyond = retrying.isBeyond(run);
            rowTold = rowTold && retrying.retries() > 0;
            if (beyond && retries.act != GuardAct::Refuse && !std::exchange(rowTold, true))
                act(GuardRule::Retries, retries, thread.key, run, retrying.retries());
            retrying.happened(run);
            if (models.act != GuardAct::Refuse && !isAllowed(run, models.limit) && run.created >= m_from &&
                (models.act == GuardAct::CancelRun || !std::exchange(said[std::size_t(GuardRule::Models)], true)))
                act(GuardRule::Models, models, thread.key, run, 0, m_ledger.rates.name(run.model));
        }
    }

    void tellFiles(const ThreadFact &thread, const PolicyNow &now)
    {
        const RuleNow &files = now[std::size_t(GuardRule::AttachedAgain)];
        const auto most = std::ranges::max_element(thread.filesAgain, {}, &FileAgain::messages);
        const qint64 last = thread.lastActive.value_or(0);
        if (most == thread.filesAgain.end() || files.limit.none || most->messages <= files.limit.number ||
            last < m_from)
            return;
        ++m_trial.times[std::size_t(GuardRule::AttachedAgain)];
        m_trial.acts.push_back({GuardRule::AttachedAgain, files.act, thread.key, 0, last, most->messages,
                                files.limit.number, most->name.isEmpty() ? most->id : most->name});
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
