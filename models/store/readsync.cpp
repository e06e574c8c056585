// SPDX-License-Identifier: GPL-3.0-or-later
// What a sync asks before it goes on.
#include "models/store/listing.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Result<ThreadPlaces> Reader::places(const QString &threadId)
{
    ThreadPlaces places;
    Statement key = prepare(u"SELECT key, created IS NULL, partial FROM thread WHERE id=?"_s);
    if (!key.bind(threadId).step())
        return unlessFailed(std::move(places));
    const qint64 thread = key.integer(0);
    places.bare = key.integer(1) != 0;
    const bool fromTheStart = key.integer(2) != 0; // what could not be read last time may lie anywhere
    key.reset();
    Statement lists = m_database.prepare(u"SELECT resource, token FROM place WHERE thread=?"_s);
    lists.bind(thread);
    while (!fromTheStart && lists.step())
        places.lists.insert(Resource(lists.integer(0)), lists.blob(1));
    Statement bare = m_database.prepare(u"SELECT id FROM run WHERE thread=? AND steps IS NULL ORDER BY created, key"_s);
    bare.bind(thread);
    while (bare.step())
        places.runsWithoutSteps << bare.text(0);
    return unlessFailed(std::move(places));
}

Result<QStringList> Reader::threadIds(OptTime resumeFrom)
{
    Statement query = prepare(u"SELECT id FROM thread WHERE gone=0 AND (?1 IS NULL OR synced IS NULL OR synced<?1) "
                              "ORDER BY synced IS NOT NULL, synced, key"_s);
    query.bind(resumeFrom);
    QStringList ids;
    while (query.step())
        ids << query.text(0);
    return unlessFailed(std::move(ids));
}

Result<OptTime> Reader::resumeFrom()
{
    Statement query = prepare(u"SELECT started, outcome FROM sync ORDER BY key DESC LIMIT 1"_s);
    OptTime from;
    if (query.step() && query.text(1) != "done"_L1)
        from = query.optional(0);
    return unlessFailed(from);
}

Result<QHash<QString, QString>> Reader::storeStamps()
{
    Statement query = prepare(u"SELECT id, files_stamp FROM store WHERE files_stamp IS NOT NULL"_s);
    QHash<QString, QString> stamps;
    while (query.step())
        stamps.insert(query.text(0), query.text(1));
    return unlessFailed(std::move(stamps));
}

Result<std::vector<std::pair<QString, QString>>> Reader::activeRuns()
{
    Statement query = prepare(u"SELECT h.id, r.id FROM run r JOIN thread h ON h.key=r.thread WHERE r.active=1 AND "
                              "h.gone=0"_s);
    std::vector<std::pair<QString, QString>> all;
    while (query.step())
        all.emplace_back(query.text(0), query.text(1));
    return unlessFailed(std::move(all));
}

Result<std::vector<std::pair<QString, OptTime>>> Reader::latelyActive(int most)
{
    // One that is still empty was made to be used.
    Statement query = prepare(
        u"SELECT id, at FROM (SELECT id, last_active AS at FROM thread WHERE gone=0 AND last_active IS NOT NULL "
        "ORDER BY last_active DESC LIMIT ?1) UNION ALL SELECT id, at FROM (SELECT id, created AS at FROM thread WHERE "
        "gone=0 AND last_active IS NULL AND created IS NOT NULL ORDER BY created DESC LIMIT ?1) ORDER BY at DESC "
        "LIMIT ?1"_s);
    query.bind(most);
    return query.collect<std::pair<QString, OptTime>>(
        [](const Statement &q) { return std::pair(q.text(0), q.optional(1)); });
}

Result<std::vector<std::pair<QString, OptTime>>> Reader::longestUnseen(int most)
{
    Statement query =
        prepare(u"SELECT id, coalesce(last_active,created) FROM thread WHERE gone=0 ORDER BY synced LIMIT ?"_s);
    query.bind(most);
    return query.collect<std::pair<QString, OptTime>>(
        [](const Statement &q) { return std::pair(q.text(0), q.optional(1)); });
}

Result<bool> Reader::hasActiveRun(const QString &threadId)
{
    Statement query =
        prepare(u"SELECT 1 FROM run r JOIN thread h ON h.key=r.thread WHERE r.active=1 AND h.id=? LIMIT 1"_s);
    query.bind(threadId);
    return unlessFailed(query.step());
}

Result<bool> Reader::knowsAssistant(const QString &id)
{
    Statement query =
        prepare(u"SELECT 1 FROM assistant WHERE id=?1 UNION ALL SELECT 1 FROM run WHERE assistant=?1 LIMIT 1"_s);
    return unlessFailed(query.bind(id).step());
}

Result<QStringList> Reader::unknownThreads(const QStringList &ids)
{
    Statement query = prepare(u"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM thread)"_s);
    query.bind(jsonList(ids));
    QStringList fresh;
    while (query.step())
        fresh << query.text(0);
    return unlessFailed(std::move(fresh));
}

} // namespace bobbin
