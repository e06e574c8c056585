// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/sight.h"

#include "models/guard/crossings.h"
#include "models/guard/guardmarks.h"
#include "models/guard/policytext.h"

#include <QCoreApplication>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct SightText {
    Q_DECLARE_TR_FUNCTIONS(Guard)
};

constexpr qint64 minuteMs = 60'000;

// `possible`: what would be done can be done now, and else why not.
void settle(GuardRow &row, GuardAct act, bool possible, const QString &whyNot)
{
    switch (act) {
    case GuardAct::Notify:
        row.state = GuardState::Told;
        break;
    case GuardAct::Ask:
        row.state = possible ? GuardState::Asked : GuardState::Told;
        row.note = possible ? QString() : whyNot;
        break;
    case GuardAct::Refuse:
    case GuardAct::Replace:
        row.state = GuardState::Told;
        row.note =
            SightText::tr("A watch sees it when it has happened: what passes a gateway is refused there. “Cancel "
                          "the run” works from outside.");
        break;
    case GuardAct::CancelRun:
    case GuardAct::Rotate:
        row.state = possible ? GuardState::Acting : GuardState::Late;
        row.note = possible ? QString() : whyNot;
        break;
    }
}

class Sight {
public:
    Sight(const Ledger &ledger, const SeenThread &thread, const GuardPolicy &policy, qint64 since, qint64 now)
        : m_thread(thread), m_fact(*thread.fact), m_since(since), m_now(now),
          m_policy(policyFor(policy, ledger.names.assistants.name(thread.fact->assistant), thread.metadata)),
          m_ledger(ledger)
    {
    }

    std::vector<GuardRow> rows()
    {
        for (const Crossing &one : crossingsOf(m_ledger, m_fact, m_policy))
            see(one);
        for (const RunFact &run : m_fact.runs)
            if (const auto waits = m_thread.waits.constFind(run.key); waits != m_thread.waits.cend())
                age(run, *waits);
        return std::move(m_rows);
    }

private:
    const SeenThread &m_thread;
    const ThreadFact &m_fact;
    const qint64 m_since, m_now;
    const PolicyNow m_policy;
    const Ledger &m_ledger;
    std::vector<GuardRow> m_rows;

    [[nodiscard]] bool isRunning(RowKey run) const
    {
        const auto found = std::ranges::find(m_fact.runs, run, &RunFact::key);
        return found != m_fact.runs.end() && isActive(found->status);
    }

    void see(const Crossing &one)
    {
        const bool running = one.run != 0 && isRunning(one.run);
        if (!running && one.when < m_since)
            return;
        const RuleNow &rule = m_policy[std::size_t(one.rule)];
        const bool eachRun = rule.act == GuardAct::CancelRun;
        const auto [which, once] = spokenOnce(one);
        QString what; // of its thread
        if (eachRun || (once == one.run && one.run != 0))
            what = m_thread.runs.value(one.run);
        else if (once != 0)
            what = u"turn "_s + QString::number(once);
        else if (one.run == 0)
            what = one.name;
        add(one.rule, rule, one.run, one.value, one.name, what, running);
    }

    void age(const RunFact &run, qint64 waits)
    {
        const GuardRule which = run.status == RunStatus::Cancelling ? GuardRule::Cancelling : GuardRule::RequiresAction;
        const RuleNow &rule = m_policy[std::size_t(which)];
        if (!rule.limit.none && waits > rule.limit.number * minuteMs)
            add(which, rule, run.key, waits / minuteMs, {}, m_thread.runs.value(run.key), true);
    }

    void add(GuardRule rule, const RuleNow &now, RowKey run, qint64 value, const QString &name, const QString &what,
             bool running)
    {
        GuardRow row = guardRowOf(rule, now, value, m_now);
        row.mark = row.rule + u'/' + m_thread.id + u'/' + what;
        // What only told, and then came to ask or to act under a changed policy, is a thing of its own.
        if (now.act != GuardAct::Notify)
            row.mark += u'/' + row.act;
        row.thread = m_thread.id;
        row.run = m_thread.runs.value(run);
        row.name = name;
        const GuardAct would = now.act == GuardAct::Ask ? actIfAllowed(rule) : now.act;
        if (would == GuardAct::Notify && now.act == GuardAct::Ask)
            settle(row, now.act, false, SightText::tr("There is nothing that can be done about it from outside."));
        else if (would == GuardAct::Rotate && m_fact.gone)
            settle(row, now.act, false, SightText::tr("The thread is gone."));
        else if (would == GuardAct::Rotate)
            settle(row, now.act, !m_fact.rotated && !m_fact.gone,
                   SightText::tr("Another thread has taken over already."));
        else
            settle(row, now.act, running, SightText::tr("The run had ended when it was seen."));
        m_rows.push_back(std::move(row));
    }
};

} // namespace

std::vector<GuardRow> seenIn(const Ledger &ledger, const SeenThread &thread, const GuardPolicy &policy, qint64 since,
                             qint64 now)
{
    return Sight(ledger, thread, policy, since, now).rows();
}

std::vector<GuardRow> seenOf(const std::vector<BudgetUse> &budgets, const std::vector<ActiveRun> &active, qint64 now)
{
    std::vector<GuardRow> rows;
    for (const BudgetUse &use : budgets) {
        const qint64 limit = use.budget.limit.number;
        const bool over = use.used >= limit;
        // Of limits near 2^63 a product would run over.
        if (!over && use.used < limit / 100 * nearPercent + limit % 100 * nearPercent / 100)
            continue;
        GuardRow row = guardRowOf(use.rule, use.budget, use.used, now);
        row.name = use.budget.limitFrom.name;
        row.mark = markOf(use, now);
        if (!over) {
            row.mark += u"/near"_s;
            row.act = guardWord(actWord(GuardAct::Notify));
            rows.push_back(std::move(row));
            continue;
        }
        const bool each = use.budget.act == GuardAct::CancelRun || use.budget.act == GuardAct::Ask;
        GuardRow told = row; // also where nothing runs
        if (each)
            told.act = guardWord(actWord(GuardAct::Notify));
        else
            settle(told, use.budget.act, false, {});
        rows.push_back(std::move(told));
        if (!each)
            continue;
        for (const ActiveRun &run : active)
            if (counts(use.budget.limitFrom, run.assistant, run.metadata)) {
                GuardRow cancel = row;
                cancel.mark += u'/' + run.run + u'/' + row.act;
                cancel.thread = run.thread;
                cancel.run = run.run;
                settle(cancel, use.budget.act, true, {});
                rows.push_back(std::move(cancel));
            }
    }
    return rows;
}

GuardAct actIfAllowed(GuardRule rule)
{
    switch (rule) {
    case GuardRule::TurnCap:
    case GuardRule::ContextCeiling:
    case GuardRule::SessionTokens:
        return GuardAct::Rotate;
    case GuardRule::Cancelling:
    case GuardRule::AttachedAgain:
        return GuardAct::Notify;
    default:
        return GuardAct::CancelRun;
    }
}

bool isAct(const GuardRow &row, GuardAct act)
{
    return row.act == QLatin1String(actWord(act));
}

bool isActing(GuardAct act)
{
    return act == GuardAct::CancelRun || act == GuardAct::Rotate;
}

bool isActing(const GuardPolicy &policy, GuardPlace place)
{
    const auto acts = [place](const PolicyLayer &layer) {
        return std::ranges::any_of(layer, [place](const RuleSaid &said) {
            return said.act &&
                (place == GuardPlace::Outside ? isActing(*said.act)
                                              : *said.act != GuardAct::Notify && *said.act != GuardAct::Ask);
        });
    };
    return acts(policy.connection) ||
        std::ranges::any_of(policy.metadata, [&](const MetadataLayer &one) { return acts(one.layer); }) ||
        std::ranges::any_of(policy.assistants, [&](const auto &one) { return acts(one.second); });
}

const RuleInfo *ruleOfWord(const QString &text)
{
    const auto found =
        std::ranges::find_if(guardRules(), [&](const RuleInfo &info) { return text == QLatin1String(info.word); });
    return found == guardRules().end() ? nullptr : &*found;
}

std::optional<GuardAct> actOfWord(const QString &text)
{
    for (const GuardAct act :
         {GuardAct::Notify, GuardAct::Ask, GuardAct::Refuse, GuardAct::CancelRun, GuardAct::Rotate, GuardAct::Replace})
        if (text == QLatin1String(actWord(act)))
            return act;
    return std::nullopt;
}

} // namespace bobbin
