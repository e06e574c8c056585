// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/crossings.h"

#include "models/audit/cause.h"
#include "models/audit/failures.h"

#include <algorithm>

namespace bobbin {

bool RetryCount::isBeyond(const RunFact &run)
{
    const bool again = m_failedTurn == run.turn;
    m_retries = again ? m_retries + 1 : 0;
    return again && !m_limit.none && (m_stays || m_retries > m_limit.number);
}

void RetryCount::happened(const RunFact &run)
{
    const bool failed = hasFailed(run.status);
    m_failedTurn = failed ? run.turn : -1;
    m_stays = failed && failureClass(run.status, m_ledger.names.errors.name(run.error)) != FailureClass::Transient;
}

bool isAllowed(const Ledger &ledger, const RunFact &run, const RuleLimit &limit)
{
    return limit.none || run.model == 0 || limit.models.contains(ledger.rates.name(run.model));
}

std::vector<Crossing> crossingsOf(const Ledger &ledger, const ThreadFact &thread, const PolicyNow &policy)
{
    std::vector<Crossing> found;
    const auto limitOf = [&](GuardRule rule) -> const RuleLimit & { return policy[std::size_t(rule)].limit; };
    const auto over = [&](GuardRule rule, const RunFact &run, qint64 value) {
        const RuleLimit &limit = limitOf(rule);
        if (!limit.none && value > limit.number)
            found.push_back({rule, run.key, run.created, run.turn, value, {}});
    };
    RetryCount retries(ledger, limitOf(GuardRule::Retries));
    qint64 tokens = 0; // of the session, so far
    for (const RunFact &run : thread.runs) {
        over(GuardRule::TurnCap, run, run.turn);
        over(GuardRule::ContextCeiling, run, run.context);
        if (run.hasUsage())
            tokens += qint64(run.prompt) + run.completion;
        over(GuardRule::SessionTokens, run, tokens);
        over(GuardRule::ToolSteps, run, run.rounds);
        over(GuardRule::IdenticalCalls, run, run.repeats);
        if (retries.isBeyond(run))
            found.push_back({GuardRule::Retries, run.key, run.created, run.turn, retries.retries(), {}});
        retries.happened(run);
        if (!isAllowed(ledger, run, limitOf(GuardRule::Models)))
            found.push_back({GuardRule::Models, run.key, run.created, run.turn, 0, ledger.rates.name(run.model)});
    }
    const RuleLimit &files = limitOf(GuardRule::AttachedAgain);
    const auto most = std::ranges::max_element(thread.filesAgain, {}, &FileAgain::messages);
    if (most != thread.filesAgain.end() && !files.none && most->messages > files.number)
        found.push_back({GuardRule::AttachedAgain, 0, thread.lastActive.value_or(0), 0, most->messages,
                         most->name.isEmpty() ? most->id : most->name});
    return found;
}

std::pair<GuardRule, qint64> spokenOnce(const Crossing &crossing)
{
    switch (crossing.rule) {
    case GuardRule::ToolSteps:
    case GuardRule::IdenticalCalls:
    case GuardRule::RequiresAction:
    case GuardRule::Cancelling:
        return {crossing.rule, crossing.run};
    case GuardRule::Retries:
        return {crossing.rule, crossing.turn};
    default:
        return {crossing.rule, 0};
    }
}

} // namespace bobbin
