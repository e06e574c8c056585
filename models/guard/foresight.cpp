// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/foresight.h"

#include "models/core/tokens.h"
#include "models/guard/crossings.h"
#include "models/guard/guardmarks.h"

#include <algorithm>
#include <limits>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr RowKey nextKey = -1; // of a run that is not there yet
constexpr std::size_t lately = 10; // runs
constexpr qint32 nextModel = std::numeric_limits<qint32>::max();

// What is not begun costs nothing: in the line, to cancel is to refuse.
bool refuses(GuardAct act)
{
    return act == GuardAct::Refuse || act == GuardAct::CancelRun;
}

GuardRow beforehand(GuardRule rule, const RuleNow &now, qint64 value, qint64 at)
{
    GuardRow row = guardRowOf(rule, now, value, at);
    row.act = guardWord(actWord(now.act == GuardAct::CancelRun ? GuardAct::Refuse : now.act));
    row.state = now.act == GuardAct::Notify ? GuardState::Told
        : now.act == GuardAct::Ask          ? GuardState::Asked
                                            : GuardState::Acting;
    return row;
}

// Of the last ones; none where `of` tells nothing.
template <class F> std::optional<qint64> lateMedian(const ThreadFact &thread, F of)
{
    std::vector<qint64> last;
    for (auto run = thread.runs.rbegin(); run != thread.runs.rend() && last.size() < lately; ++run)
        if (const qint64 value = of(*run); value >= 0)
            last.push_back(value);
    if (last.empty())
        return std::nullopt;
    const auto middle = last.begin() + qsizetype(last.size() / 2);
    std::ranges::nth_element(last, middle);
    return *middle;
}

} // namespace

std::optional<qint64> expectedContext(const Ledger &ledger, const NextRun &next)
{
    const std::vector<RunFact> none;
    const std::vector<RunFact> &runs = next.fact ? next.fact->runs : none;
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        if (run->context < 0)
            continue;
        qint64 tokens = qint64(run->context) + std::max(run->completion, 0) + run->outputs +
            next.characters / usualCharactersPerToken;
        const auto config = ledger.configs.find(run->config);
        if (config != ledger.configs.end()) {
            if (config->second.maxPromptTokens)
                tokens = std::min(tokens, *config->second.maxPromptTokens);
            if (config->second.lastMessages) // it forgets as much as comes
                tokens = std::min(tokens, qint64(run->context));
        }
        return tokens;
    }
    // No run of it tells anything: what was written is the least that the first one reads.
    return next.characters > 0 ? std::optional(next.characters / usualCharactersPerToken) : std::nullopt;
}

std::optional<qint64> usualCompletion(const ThreadFact &thread)
{
    return lateMedian(thread, [](const RunFact &run) { return qint64(run.completion); });
}

std::optional<Money> expectedCost(const Ledger &ledger, const NextRun &next, qint64 now)
{
    const std::optional<qint64> reads = expectedContext(ledger, next);
    if (!reads || !ledger.rates.prices())
        return std::nullopt;
    Usage usage;
    usage.prompt = *reads;
    if (next.fact)
        usage.completion = usualCompletion(*next.fact).value_or(0);
    return ledger.rates.prices()->cost(next.model, now, usage);
}

std::optional<Money> usualCost(const ThreadFact &thread)
{
    const auto pico = lateMedian(thread, [](const RunFact &run) { return run.cost; });
    return pico ? std::optional(Money{*pico}) : std::nullopt;
}

std::vector<GuardRow> foreseen(const Ledger &ledger, const NextRun &next, const GuardPolicy &policy, qint64 now,
                               Foresee which)
{
    const PolicyNow held = policyFor(policy, next.assistant, next.metadata);
    Ledger names; // with the model that is asked for
    names.names = ledger.names;
    names.rates = ledger.rates;
    if (!next.model.isEmpty())
        names.rates.name(nextModel, next.model);
    ThreadFact thread;
    if (next.fact)
        thread.runs = next.fact->runs;
    RunFact run;
    run.key = nextKey;
    run.created = now;
    run.status = RunStatus::Queued;
    // Servers count in seconds: a run and the message after it may be of the same one.
    const qint64 since = next.characters > 0 ? 1 : 0;
    run.turn = qint32(std::max<qint64>(next.userMessages, thread.runs.empty() ? 1 : thread.runs.back().turn + since));
    run.context =
        qint32(std::min<qint64>(expectedContext(ledger, next).value_or(-1), std::numeric_limits<qint32>::max()));
    run.model = next.model.isEmpty() ? 0 : nextModel;
    thread.runs.push_back(run);
    std::vector<GuardRow> rows;
    for (const Crossing &one : crossingsOf(names, thread, held)) {
        const RuleNow &rule = held[std::size_t(one.rule)];
        const bool rotates = rule.act == GuardAct::Rotate;
        if (one.run != nextKey || (rotates && next.thread.isEmpty()))
            continue;
        if (which == Foresee::WhatHolds && !refuses(rule.act) && !rotates)
            continue;
        GuardRow row = beforehand(one.rule, rule, one.value, now);
        row.thread = next.thread;
        row.name = one.name;
        row.mark = row.rule + u'/' + next.thread + u'/';
        // A rotation is one thing, whoever sees that it is due. What is refused is one act of a thread, however often
        // it is asked for: it must not use up the acts of an hour.
        if (!rotates)
            row.mark += one.name + u"/before"_s;
        row.mark += u'/' + row.act;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GuardRow> foreseen(const NextOutputs &next, const GuardPolicy &policy, qint64 now)
{
    const PolicyNow held = policyFor(policy, next.assistant, next.metadata);
    std::vector<GuardRow> rows;
    for (const auto &[rule, value] :
         {std::pair(GuardRule::ToolSteps, next.rounds), std::pair(GuardRule::IdenticalCalls, next.repeats)}) {
        const RuleNow &said = held[std::size_t(rule)];
        if (said.limit.none || value <= said.limit.number || !refuses(said.act))
            continue;
        // A run that gets no outputs locks its thread until it expires: it is cancelled.
        GuardRow row = guardRowOf(rule, said, value, now);
        row.act = guardWord(actWord(GuardAct::CancelRun));
        row.state = GuardState::Acting;
        row.thread = next.thread;
        row.run = next.run;
        row.mark = row.rule + u'/' + next.thread + u'/' + next.run + u'/' + row.act;
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<GuardRow> foreseen(const NextAttachments &next, const GuardPolicy &policy, qint64 now)
{
    const RuleNow held = policyFor(policy, next.assistant, next.metadata)[std::size_t(GuardRule::AttachedAgain)];
    std::vector<GuardRow> rows;
    if (held.limit.none || !(refuses(held.act) || held.act == GuardAct::Replace))
        return rows;
    for (const auto &[file, messages] : next.files)
        if (messages > held.limit.number) {
            GuardRow row = beforehand(GuardRule::AttachedAgain, held, messages, now);
            row.thread = next.thread;
            row.name = file;
            row.mark = row.rule + u'/' + next.thread + u'/' + file + u'/' + row.act;
            rows.push_back(std::move(row));
        }
    return rows;
}

std::vector<GuardRow> foreseen(const std::vector<BudgetUse> &budgets, const NextRun &next, qint64 now, Foresee which)
{
    std::vector<GuardRow> rows;
    for (const BudgetUse &use : budgets) {
        if (use.used < use.budget.limit.number || (which == Foresee::WhatHolds && !refuses(use.budget.act)) ||
            !counts(use.budget.limitFrom, next.assistant, next.metadata))
            continue;
        GuardRow row = beforehand(use.rule, use.budget, use.used, now);
        row.thread = next.thread;
        row.name = use.budget.limitFrom.name;
        row.mark = markOf(use, now) + u"/before/"_s + row.act; // one act, whoever asks
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace bobbin
