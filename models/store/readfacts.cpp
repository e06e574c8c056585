// SPDX-License-Identifier: GPL-3.0-or-later
// What audit and cost desk compute from.
#include "models/store/listing.h"
#include "models/store/runfacts.h"

#include <functional>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Result<CauseRuns> Reader::causeRuns(RowKey thread, Cause cause, int failedInARow, qint64 toolCeiling)
{
    m_database.clearError();
    std::vector<RunFact> runs;
    RunFacts(m_database).read(thread, runs);
    RateBook rates(m_prices);
    nameModels(m_database, rates);
    return unlessFailed(bobbin::causeRuns(runs, rates, cause, failedInARow, toolCeiling));
}

namespace {

constexpr auto threadFacts = "SELECT t.key, t.cause, t.gone, json_extract(t.metadata,'$.rotated_to') IS "
                             "NOT NULL, t.unjudged, t.last_active FROM thread t";

ThreadFact readThread(const Statement &q, RunFacts &runs, FactNames &names)
{
    ThreadFact thread;
    thread.key = q.integer(0);
    thread.cause = Cause(q.integer(1));
    thread.gone = q.integer(2) != 0;
    thread.rotated = q.integer(3) != 0;
    thread.unjudged = q.integer(4);
    thread.lastActive = q.optional(5);
    runs.read(thread.key, thread.runs, &names);
    if (!thread.runs.empty())
        thread.assistant = thread.runs.back().assistant;
    return thread;
}

// Of one thread, or of all: then in the order of their threads.
QString filesAgainSql(bool ofOne)
{
    return u"SELECT m.thread, r.target, coalesce(f.name,''), f.bytes, count(*) FROM "_s +
        (ofOne ? u"message m JOIN reference r ON r.owner=CAST(m.key AS TEXT) AND r.kind={resource.message} "_s
               : u"reference r CROSS JOIN message m ON m.key=CAST(r.owner AS INTEGER) "_s) +
        u"LEFT JOIN file f ON f.id=r.target WHERE r.kind={resource.message} AND m.role='user' "_s +
        (ofOne ? u"AND m.thread=? "_s : QString()) +
        u"GROUP BY m.thread, r.target HAVING count(*)>1 ORDER BY 1, 5 DESC"_s;
}

QString alikeSql(bool ofOne)
{
    return u"SELECT thread, count(*), min(chars) FROM message WHERE head IS NOT NULL "_s +
        (ofOne ? u"AND thread=? "_s : QString()) + u"GROUP BY thread, head HAVING count(*)>1"_s;
}

void readMessages(Statement &again, Statement &alike, const std::function<ThreadFact *(RowKey)> &threadOf)
{
    while (again.step())
        if (ThreadFact *thread = threadOf(again.integer(0)))
            thread->filesAgain.push_back({again.text(1), again.text(2), again.integer(4), again.optional(3)});
    while (alike.step())
        if (ThreadFact *thread = threadOf(alike.integer(0)); thread && alike.integer(1) > thread->alike) {
            thread->alike = alike.integer(1);
            thread->alikeCharacters = alike.integer(2);
        }
}

} // namespace

Done Reader::readLedger(Ledger &ledger, const std::optional<std::vector<RowKey>> &threads)
{
    m_database.clearError();
    if (ledger.rates.prices() != m_prices)
        ledger.rates = RateBook(m_prices);
    nameModels(m_database, ledger.rates);
    Statement configs =
        m_database.prepare(u"SELECT key, instructions, bytes, tools, max_prompt, last_messages FROM run_config"_s);
    while (configs.step())
        ledger.configs.insert_or_assign(qint32(configs.integer(0)),
                                        RunConfig{quint64(configs.integer(1)), quint64(configs.integer(3)),
                                                  configs.integer(2), configs.optional(4), configs.optional(5)});
    RunFacts runs(m_database);
    if (threads) {
        Statement one = m_database.prepare(QString::fromLatin1(threadFacts) + u" WHERE t.key=?"_s);
        Statement again = m_database.prepare(filesAgainSql(true));
        Statement alike = m_database.prepare(alikeSql(true));
        for (const RowKey key : *threads) {
            if (one.bind(key).step()) {
                ThreadFact thread = readThread(one, runs, ledger.names);
                again.bind(key);
                alike.bind(key);
                readMessages(again, alike, [&](RowKey) { return &thread; });
                ledger.put(std::move(thread));
            }
            one.reset();
        }
    } else {
        if (Statement count = m_database.prepare(u"SELECT count(*) FROM thread"_s); count.step()) {
            ledger.threads.reserve(std::size_t(count.integer(0)));
            ledger.places.reserve(std::size_t(count.integer(0)));
        }
        Statement all = m_database.prepare(QString::fromLatin1(threadFacts));
        while (all.step())
            ledger.put(readThread(all, runs, ledger.names));
        Statement again = m_database.prepare(filesAgainSql(false));
        Statement alike = m_database.prepare(alikeSql(false));
        readMessages(again, alike, [&](RowKey key) { return ledger.thread(key); });
    }
    return m_database.status();
}

Result<WorkspaceFacts> Reader::workspaceFacts()
{
    WorkspaceFacts facts;
    Statement assistants =
        prepare(u"SELECT id, coalesce(name,''), coalesce(model,''), instructions, gone FROM assistant"_s);
    while (assistants.step())
        facts.assistants.push_back({assistants.text(0), assistants.text(1), assistants.text(2),
                                    quint64(assistants.integer(3)), assistants.integer(4) != 0});
    auto storage = consolidateFacts();
    if (!storage)
        return fail(storage.error());
    facts.storage = *std::move(storage);
    facts.tellsLimits = m_provider.capabilities().tellsRunLimits;
    return unlessFailed(std::move(facts));
}

Result<QStringList> Reader::metadataKeys()
{
    Statement keys = prepare(u"SELECT e.key FROM thread t, json_each(t.metadata) e WHERE t.metadata IS NOT NULL "
                             "GROUP BY e.key ORDER BY count(*) DESC, e.key LIMIT 100"_s);
    QStringList found;
    while (keys.step())
        found << keys.text(0);
    return unlessFailed(std::move(found));
}

Result<ThreadTags> Reader::threadTags(const QString &key)
{
    Statement values = prepare(u"SELECT t.key, e.value FROM thread t, json_each(t.metadata) e WHERE t.metadata IS NOT "
                               "NULL AND e.key=?"_s);
    values.bind(key);
    ThreadTags tags;
    while (values.step())
        tags.ofThread.insert_or_assign(values.integer(0), tags.values.number(values.utf8(1)));
    return unlessFailed(std::move(tags));
}

Result<Metadata> Reader::metadata(RowKey thread)
{
    Statement pairs = prepare(u"SELECT e.key, e.value FROM thread t, json_each(t.metadata) e WHERE t.key=? AND "
                              "t.metadata IS NOT NULL"_s);
    pairs.bind(thread);
    Metadata all;
    while (pairs.step())
        all.insert(pairs.text(0), pairs.text(1));
    return unlessFailed(std::move(all));
}

} // namespace bobbin
