// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/guardsummary.h"

#include "models/core/format.h"
#include "models/guard/sight.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(GuardSummary)
};

// Refused before it was made: tool outputs belong to a run that is cancelled.
bool isRefusedRun(const GuardRow &row)
{
    const RuleInfo *rule = ruleOfWord(row.rule);
    return rule && rule->rule != GuardRule::ToolSteps && rule->rule != GuardRule::IdenticalCalls &&
        rule->rule != GuardRule::AttachedAgain;
}

std::optional<Money> newestCost(const ThreadFact &thread, qint64 until)
{
    for (auto run = thread.runs.rbegin(); run != thread.runs.rend(); ++run)
        if (run->created <= until)
            if (const auto cost = run->money())
                return cost;
    return std::nullopt;
}

} // namespace

GuardSummary summaryOf(const Ledger &ledger, const std::vector<GuardRow> &rows, const QHash<QString, RowKey> &threads,
                       qint64 since)
{
    GuardSummary summary;
    summary.since = since;
    for (const ThreadFact &thread : ledger.threads) {
        QSet<qint32> turns;
        const qint64 before = summary.runs;
        for (const RunFact &run : thread.runs) {
            if (run.created < since)
                continue;
            ++summary.runs;
            summary.cancelledRuns += run.status == RunStatus::Cancelled;
            summary.failedRuns += run.status == RunStatus::Failed;
            if (run.turn > 0)
                turns.insert(run.turn);
            if (run.hasUsage())
                summary.tokens += qint64(run.prompt) + run.completion;
            if (const auto cost = run.money()) {
                summary.cost.known += *cost;
                ++summary.cost.pricedRuns;
                summary.cost.assumedRuns += run.assumed;
            } else {
                ++summary.cost.unknownRuns;
            }
        }
        summary.turns += turns.size();
        summary.threads += summary.runs > before;
    }
    for (const GuardRow &row : rows) {
        const auto act = actOfWord(row.act);
        switch (row.state) {
        case GuardState::Told:
        case GuardState::Declined:
        case GuardState::Late:
            ++summary.told;
            continue;
        case GuardState::Asked:
        case GuardState::Allowed:
            ++summary.asking;
            continue;
        case GuardState::Failed:
            ++summary.failed;
            continue;
        case GuardState::Acting:
        case GuardState::Acted:
            break;
        }
        if (act == GuardAct::CancelRun) {
            ++summary.cancelled;
        } else if (act == GuardAct::Rotate) {
            ++summary.rotated;
        } else if (act == GuardAct::Replace) {
            ++summary.replaced;
        } else if (act == GuardAct::Refuse) {
            ++summary.refused;
            if (!isRefusedRun(row))
                continue;
            const auto place = ledger.places.find(threads.value(row.thread));
            const auto cost =
                place == ledger.places.end() ? std::nullopt : newestCost(ledger.threads[place->second], row.at);
            if (cost)
                summary.notSpent += *cost;
            else
                ++summary.notSpentUnknown;
        }
    }
    return summary;
}

Result<GuardSummary> readSummary(const Ledger &ledger, Reader &reader, qint64 since)
{
    Reader::GuardQuery query;
    query.since = since;
    const auto rows = reader.guardRows(query);
    const auto stores = reader.count(RowKind::Stores);
    if (!rows || !stores)
        return fail(!rows ? rows.error() : stores.error());
    QHash<QString, RowKey> threads;
    for (const GuardRow &row : *rows) {
        if (row.thread.isEmpty() || threads.contains(row.thread))
            continue;
        const auto key = reader.keyOf(RowKind::Threads, row.thread);
        if (!key)
            return fail(key.error());
        if (*key)
            threads.insert(row.thread, **key);
    }
    GuardSummary summary = summaryOf(ledger, *rows, threads, since);
    summary.stores = *stores;
    return summary;
}

QString summaryText(const GuardSummary &summary)
{
    QString said = Words::tr("%1 runs in %2 turns of %3 threads: %4 tokens, %5.")
                       .arg(format::count(summary.runs), format::count(summary.turns), format::count(summary.threads),
                            format::count(summary.tokens), format::money(summary.cost));
    QStringList did;
    const std::pair<qint64, QString> deeds[] = {{summary.cancelled, Words::tr("%1 cancelled")},
                                                {summary.refused, Words::tr("%1 refused")},
                                                {summary.rotated, Words::tr("%1 rotated")},
                                                {summary.replaced, Words::tr("%1 replaced")},
                                                {summary.asking, Words::tr("%1 waiting for an answer")},
                                                {summary.failed, Words::tr("%1 failed")},
                                                {summary.told, Words::tr("%1 told")}};
    for (const auto &[times, words] : deeds)
        if (times > 0)
            did << words.arg(format::count(times));
    if (!did.isEmpty())
        said += u' ' + Words::tr("The guard: %1.").arg(did.join(u", "_s));
    if (summary.notSpent.pico > 0)
        said += u' ' + Words::tr("About %1 not spent on refused runs.").arg(format::money(summary.notSpent));
    return said;
}

} // namespace bobbin
