// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/policyreads.h"

#include "models/guard/policyjson.h"
#include "models/plans/cancelplan.h"
#include "models/session/budgetcheck.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto acceptedKey = "accepted_policy"; // its fingerprint
constexpr auto onlyTells = " tells"; // behind it
constexpr auto falseAlarmPrefix = "false_alarm ";

Budget budgetOf(const PolicyBudget &from)
{
    Budget budget;
    const bool byDay = from.rule == GuardRule::MoneyADay || from.rule == GuardRule::TokensADay;
    budget.per = byDay ? Budget::Per::Day : Budget::Per::Month;
    budget.id = from.id;
    budget.value = from.value;
    if (from.now.limitFrom.from == RuleOrigin::From::Assistant)
        budget.scope = Budget::Scope::Assistant;
    else if (from.now.limitFrom.from == RuleOrigin::From::MetadataValue)
        budget.scope = Budget::Scope::MetadataValue;
    return budget;
}

} // namespace

Result<QHash<QString, ThreadTags>> tagsOf(const GuardPolicy &policy, Reader &reader)
{
    QHash<QString, ThreadTags> tags;
    for (const MetadataLayer &layer : policy.metadata) {
        if (tags.contains(layer.key))
            continue;
        auto read = reader.threadTags(layer.key);
        if (!read)
            return fail(read.error());
        tags.insert(layer.key, *std::move(read));
    }
    return tags;
}

Result<Sighted> lookAt(Reader &reader, const GuardPolicy &policy, const QStringList &threads, qint64 since, qint64 now,
                       const QHash<QString, qint64> &cancelling)
{
    Sighted sighted;
    std::vector<RowKey> keys;
    QHash<RowKey, QString> ids;
    for (const QString &id : threads) {
        const auto key = reader.keyOf(RowKind::Threads, id);
        if (!key)
            return fail(key.error());
        if (*key) {
            keys.push_back(**key);
            ids.insert(**key, id);
        }
    }
    Ledger ledger;
    if (const Done read = reader.readLedger(ledger, keys); !read)
        return fail(read.error());
    for (const ThreadFact &fact : ledger.threads) {
        SeenThread seen;
        seen.id = ids.value(fact.key);
        seen.fact = &fact;
        if (!policy.metadata.empty()) {
            auto metadata = reader.metadata(fact.key);
            if (!metadata)
                return fail(metadata.error());
            seen.metadata = *std::move(metadata);
        }
        std::vector<RowKey> runs;
        for (const RunFact &run : fact.runs)
            if (isActive(run.status) || run.created >= since)
                runs.push_back(run.key);
        const auto rows = reader.rows<RunRow>(runs);
        if (!rows)
            return fail(rows.error());
        for (const RunRow &run : *rows) {
            seen.runs.insert(run.key, run.id);
            if (run.status == RunStatus::RequiresAction) {
                const auto steps = reader.steps(run.key);
                if (!steps)
                    return fail(steps.error());
                if (const auto waits = explainRun(run, {}, *steps, now).waitsMs)
                    seen.waits.insert(run.key, *waits);
            } else if (run.status == RunStatus::Cancelling) {
                // The server does not say since when.
                const qint64 from = cancelling.value(run.id, now);
                sighted.cancelling.insert(run.id, from);
                seen.waits.insert(run.key, now - from);
            }
        }
        for (GuardRow &row : seenIn(ledger, seen, policy, since, now))
            sighted.rows.push_back(std::move(row));
    }
    return sighted;
}

Result<std::vector<BudgetUse>> readUses(const Ledger &ledger, Reader &reader, const std::vector<PolicyBudget> &wanted)
{
    std::vector<Budget> budgets;
    budgets.reserve(wanted.size());
    for (const PolicyBudget &one : wanted)
        budgets.push_back(budgetOf(one));
    const auto states = readBudgets(ledger, reader, budgets);
    if (!states)
        return fail(states.error());
    std::vector<BudgetUse> uses;
    uses.reserve(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        uses.push_back({wanted[i].now, wanted[i].rule,
                        isMoney(wanted[i].rule) ? (*states)[i].spent.known.pico : (*states)[i].tokens});
    return uses;
}

Result<std::vector<GuardRow>> lookAtBudgets(const Ledger &ledger, Reader &reader,
                                            const std::vector<PolicyBudget> &wanted, const QStringList &threads,
                                            qint64 now)
{
    const auto uses = readUses(ledger, reader, wanted);
    const auto active = reader.activeRuns();
    if (!uses || !active)
        return fail(!uses ? uses.error() : active.error());
    std::vector<ActiveRun> runs;
    for (const auto &[thread, id] : *active) {
        if (!threads.contains(thread)) // only what was looked at
            continue;
        const auto run = reader.keyOf(RowKind::Runs, id, thread);
        const auto key = reader.keyOf(RowKind::Threads, thread);
        if (!run || !key || !*run || !*key)
            continue;
        const auto row = reader.rows<RunRow>({**run});
        const auto metadata = reader.metadata(**key);
        if (row && !row->empty() && metadata)
            runs.push_back({thread, id, row->front().assistant, *metadata});
    }
    return seenOf(*uses, runs, now);
}

Result<TriedPolicy> tryHere(const GuardPolicy &policy, const Ledger &ledger, Reader &reader, qint64 from)
{
    const auto tags = tagsOf(policy, reader);
    const auto alarms = reader.guardMemories(QLatin1String(falseAlarmPrefix));
    if (!tags || !alarms)
        return fail(!tags ? tags.error() : alarms.error());
    TriedPolicy tried;
    tried.trial = tryPolicy(ledger, policy, *tags, from);
    QSet<RowKey> threads, runs;
    for (const WouldAct &act : tried.trial.acts) {
        if (act.thread != 0)
            threads.insert(act.thread);
        if (act.run != 0)
            runs.insert(act.run);
    }
    const auto threadRows = reader.rows<ThreadRow>({threads.cbegin(), threads.cend()});
    const auto runRows = reader.rows<RunRow>({runs.cbegin(), runs.cend()});
    if (!threadRows || !runRows)
        return fail(!threadRows ? threadRows.error() : runRows.error());
    for (const ThreadRow &row : *threadRows)
        tried.threads.insert(row.key, row.id);
    for (const RunRow &row : *runRows)
        tried.runs.insert(row.key, row.id);
    for (const WouldAct &act : tried.trial.acts)
        if (const QString mark = markOf(act, tried); alarms->contains(mark)) {
            tried.falseAlarms.insert(mark);
            ++tried.falseTimes[std::size_t(act.rule)];
        }
    return tried;
}

// Servers may give runs of several threads the same id, and a run may go beyond several budgets.
QString markOf(const WouldAct &act, const TriedPolicy &tried)
{
    return QStringList{QString::fromLatin1(infoOf(act.rule).word), tried.threads.value(act.thread),
                       tried.runs.value(act.run), act.name}
        .join(u' ');
}

QFuture<Done> markFalseAlarm(Store &store, const QString &mark, bool isFalse)
{
    return store.journal().keepInMind(QLatin1String(falseAlarmPrefix) + mark, isFalse ? u"1"_s : QString());
}

Result<Consent> consentTo(const GuardPolicy &policy, Reader &reader)
{
    const auto kept = reader.guardMemory(QLatin1String(acceptedKey));
    if (!kept)
        return fail(kept.error());
    const QString same = policyFingerprint(policy);
    return *kept == same                           ? Consent::Act
        : *kept == same + QLatin1String(onlyTells) ? Consent::OnlyTell
                                                   : Consent::NotAsked;
}

QFuture<Done> keepConsent(const GuardPolicy &policy, Consent consent, Store &store)
{
    QString said;
    if (consent != Consent::NotAsked)
        said = policyFingerprint(policy) + (consent == Consent::OnlyTell ? QLatin1String(onlyTells) : QLatin1String());
    return store.journal().keepInMind(QLatin1String(acceptedKey), said);
}

} // namespace bobbin
