// SPDX-License-Identifier: GPL-3.0-or-later
// Totals of threads, and where their money went, from their rows: after each change, and after other prices.
#include "models/audit/cause.h"
#include "models/store/schema.h"
#include "models/store/writer.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

int Writer::failedInARow()
{
    if (!m_failedInARow) {
        Statement row = m_database.prepare(u"SELECT value FROM meta WHERE key='failed_in_a_row'"_s);
        m_failedInARow = row.step() ? std::max(2, row.text(0).toInt()) : 2;
    }
    return *m_failedInARow;
}

void Writer::setFailedInARow(int runs)
{
    if (runs == failedInARow())
        return;
    m_failedInARow = runs;
    setMeta(u"failed_in_a_row"_s, QString::number(runs));
    m_changes.kinds |= Changed::Threads;
    m_database.prepare(u"UPDATE thread SET dirty=1 WHERE failed_runs>1"_s).step();
    settleDirty();
}

void Writer::settleThread(const QString &threadId)
{
    noteThread(threadId);
    if (!m_threadKey.bind(threadId).step())
        return;
    const qint64 key = m_threadKey.integer(0);
    m_threadKey.reset();
    settleRuns(key);
    // Where no run says what it took, the thread itself may.
    m_database
        .prepare(uR"(UPDATE thread_usage SET counts=NOT EXISTS(SELECT 1 FROM run WHERE run.thread=thread_usage.thread
AND prompt IS NOT NULL) WHERE thread=(SELECT key FROM thread WHERE id=?))"_s)
        .bind(threadId)
        .step();
    m_database
        .prepare(
            uR"(UPDATE thread SET (cost, priced_runs, unknown_runs, assumed_runs, context_now, part_undivided, cause) =
  (SELECT coalesce(u.cost,0), u.cost IS NOT NULL, u.cost IS NULL, u.assumed AND u.cost IS NOT NULL, NULL,
          coalesce(u.cost,0), coalesce(u.cost>0,0)
   FROM thread_usage u WHERE u.thread=thread.key)
WHERE id=? AND EXISTS(SELECT 1 FROM thread_usage u WHERE u.thread=thread.key AND u.counts))"_s)
        .bind(threadId)
        .step();
}

void Writer::settleRuns(qint64 thread)
{
    m_runs.clear();
    const MessageSums messages = m_facts.read(thread, m_runs);
    CostSum cost;
    qint64 active = 0;
    qint64 failed = 0;
    qint64 newest = messages.newest;
    std::optional<qint64> contextFirst;
    std::optional<qint64> contextNow;
    bool estimated = false;
    for (const RunFact &run : m_runs) {
        cost.add(run.money(), run.assumed);
        active += isActive(run.status) ? 1 : 0;
        failed += hasFailed(run.status) ? 1 : 0;
        newest = std::max(newest, run.created);
        if (!m_rates.knows(run.model))
            nameModels(m_database, m_rates);
        if (run.context < 0)
            continue;
        contextNow = run.context;
        contextFirst = contextFirst.value_or(run.context);
        estimated = run.estimated;
    }
    const CostParts parts = partsOf(m_runs, m_rates, failedInARow());
    Cause cause = causeOf(parts);
    if (cause == Cause::Volume && messages.turns > 1) {
        if (m_filesAgain.bind(thread).step())
            cause = Cause::Files;
        m_filesAgain.reset();
    }
    m_settle
        .bind(thread, qint64(m_runs.size()), cost.known.pico, cost.pricedRuns, cost.unknownRuns, cost.assumedRuns,
              active, failed, messages.messages, messages.turns, messages.characters, newest, contextFirst, contextNow,
              int(estimated), int(cause), parts.retries.pico, parts.toolRounds.pico, parts.history.pico,
              parts.base.pico, parts.output.pico, parts.undivided.pico)
        .step();
}

void Writer::threadSynced(const QString &threadId, const ThreadOutcome &outcome)
{
    settleThread(threadId);
    m_database
        .prepare(
            u"UPDATE thread SET synced=coalesce(?2, synced), problem=nullif(?3,''), partial=coalesce(?4, partial), "
            "unjudged=unjudged+(gone IS NOT ?5), gone=?5 WHERE id=?1"_s)
        .bind(threadId, outcome.syncedAt, outcome.problem, outcome.partial ? OptTime(*outcome.partial) : OptTime(),
              int(outcome.gone))
        .step();
}

void Writer::settleDirty()
{
    std::ignore = makeRunIndexes(m_database); // a first sync may have been cut short
    QStringList ids;
    Statement dirty = m_database.prepare(u"SELECT id FROM thread WHERE dirty=1"_s);
    while (dirty.step())
        ids << dirty.text(0);
    for (const QString &id : std::as_const(ids))
        settleThread(id);
}

void Writer::reprice()
{
    m_changes.kinds |= Changed::Threads | Changed::Runs | Changed::Assistants;
    Statement all = m_database.prepare(u"SELECT run.key, model.name, run.created, prompt, completion, cached, "
                                       "cache_write, cost, assumed FROM run LEFT JOIN model ON model.key=run.model"_s);
    Statement update = m_database.prepare(u"UPDATE run SET cost=?, assumed=? WHERE key=?"_s);
    Statement dirty = m_database.prepare(u"UPDATE thread SET dirty=1 WHERE key=(SELECT thread FROM run WHERE key=?)"_s);
    while (all.step()) {
        std::optional<Usage> usage;
        if (!all.isNull(3))
            usage = Usage{all.integer(3), all.integer(4), all.optional(5), all.optional(6), std::nullopt};
        const auto cost = costOf(all.text(1), all.optional(2), usage);
        const bool assumed = m_prices && m_prices->assumes(all.text(1));
        if (cost == all.optional(7) && assumed == (all.integer(8) != 0))
            continue;
        update.bind(cost, int(assumed), all.integer(0)).step();
        dirty.bind(all.integer(0)).step();
        m_changes.runs.insert(all.integer(0));
    }
    repriceThreads();
    settleDirty();
}

void Writer::repriceThreads()
{
    Statement all = m_database.prepare(
        u"SELECT u.thread, model.name, t.created, prompt, completion, cached, cache_write FROM thread_usage u JOIN "
        "thread t ON t.key=u.thread LEFT JOIN model ON model.key=u.model"_s);
    Statement update = m_database.prepare(u"UPDATE thread_usage SET cost=?, assumed=? WHERE thread=?"_s);
    while (all.step()) {
        const Usage usage{all.integer(3), all.integer(4), all.optional(5), all.optional(6), std::nullopt};
        update
            .bind(costOf(all.text(1), all.optional(2), usage), int(m_prices && m_prices->assumes(all.text(1))),
                  all.integer(0))
            .step();
        m_threadDirty.bind(all.integer(0)).step();
    }
}

} // namespace bobbin
