// SPDX-License-Identifier: GPL-3.0-or-later
// What plans are made from, and what an archive holds.
#include "models/store/rowsql.h"

#include <QCoreApplication>

namespace bobbin {

namespace {

struct ReadText {
    Q_DECLARE_TR_FUNCTIONS(Reader)
};

// An owner that is still there: an assistant, a thread, or the thread of a message.
constexpr QStringView liveOwner = uR"(CASE f.kind
    WHEN {resource.assistant} THEN (SELECT a.id FROM assistant a WHERE a.id=f.owner AND a.gone=0)
    WHEN {resource.thread} THEN (SELECT h.id FROM thread h WHERE h.id=f.owner AND h.gone=0)
    ELSE (SELECT h.id FROM message m JOIN thread h ON h.key=m.thread WHERE m.key=CAST(f.owner AS INTEGER) AND h.gone=0) END)";

class Owned {
public:
    explicit Owned(std::vector<OwnedObject> &into) : m_into(into) { }
    OwnedObject &at(const QString &id)
    {
        const auto known = m_places.constFind(id);
        if (known != m_places.cend())
            return m_into[*known];
        m_places.insert(id, m_into.size());
        m_into.push_back({id, {}, {}, {}, {}, {}});
        return m_into.back();
    }
    static void add(OwnedObject &object, const QString &owner)
    {
        if (!owner.isEmpty() && !object.owners.contains(owner))
            object.owners << owner;
    }

private:
    std::vector<OwnedObject> &m_into;
    QHash<QString, std::size_t> m_places;
};

} // namespace

Result<CleanupFacts> Reader::cleanupFacts()
{
    CleanupFacts facts;
    Statement threads =
        prepare(u"SELECT key, id, coalesce(nullif(title,''),preview,''), coalesce(assistant,''), metadata, created, "
                "last_active, synced, messages, runs, active_runs, chars, cost, priced_runs, unknown_runs, "
                "assumed_runs, coalesce(problem,''), partial FROM thread WHERE gone=0 ORDER BY last_active, key"_s);
    while (threads.step()) {
        ThreadFacts t;
        t.key = threads.integer(0);
        t.id = threads.text(1);
        t.title = threads.text(2);
        t.assistantId = threads.text(3);
        t.metadata = threads.text(4).toUtf8();
        t.createdAt = threads.optional(5);
        t.lastActiveAt = threads.optional(6);
        t.syncedAt = threads.optional(7);
        t.messages = threads.optional(8);
        t.runs = threads.optional(9);
        t.activeRuns = threads.integer(10);
        t.characters = threads.integer(11);
        t.cost = costSum(threads, 12);
        t.problem = threads.text(16);
        t.partial = threads.integer(17) != 0;
        facts.threads.push_back(std::move(t));
    }
    Statement assistants = m_database.prepare(u"SELECT id FROM assistant WHERE gone=0"_s);
    while (assistants.step())
        facts.assistants.insert(assistants.text(0));

    const Result<QString> listed = meta(u"assistants_listed"_s);
    if (listed && !listed->isEmpty())
        facts.assistantsListedAt = listed->toLongLong();

    // Only what some thread points to can go with it.
    Owned stores(facts.stores);
    Statement store =
        m_database.prepare(u"SELECT s.id, s.name, s.bytes, "_s + liveOwner.toString() + u", s.last_active"_s +
                           u" FROM reference f JOIN store s ON s.id=f.target AND s.gone=0 WHERE s.id IN "
                           "(SELECT target FROM reference WHERE kind={resource.thread})"_s);
    while (store.step()) {
        OwnedObject &object = stores.at(store.text(0));
        object.name = store.text(1);
        object.bytes = store.optional(2);
        object.lastActiveAt = store.optional(4);
        if (m_prices && object.bytes)
            object.perDay = m_prices->storageListPrice(*object.bytes);
        Owned::add(object, store.text(3));
    }
    Owned files(facts.files);
    Statement file = m_database.prepare(
        u"SELECT i.id, i.name, i.bytes, "_s + liveOwner.toString() +
        u" FROM reference f JOIN file i ON i.id=f.target AND i.gone=0 WHERE i.id IN (SELECT target FROM reference "
        "WHERE kind IN ({resource.thread},{resource.message})) UNION ALL SELECT i.id, i.name, i.bytes, s.id FROM "
        "store_file f JOIN file i ON "
        "i.id=f.file AND i.gone=0 JOIN store s ON s.key=f.store AND s.gone=0 WHERE i.id IN (SELECT target FROM "
        "reference WHERE kind IN ({resource.thread},{resource.message}))"_s);
    while (file.step()) {
        OwnedObject &object = files.at(file.text(0));
        object.name = file.text(1);
        object.bytes = file.optional(2);
        Owned::add(object, file.text(3));
    }
    Statement rotated =
        m_database.prepare(u"SELECT t.object, t.made, coalesce(o.ended, o.started, o.created) FROM journal.target t "
                           u"JOIN journal.operation o ON o.key=t.operation WHERE "
                           "o.kind='rotate' AND o.undone_by IS NULL AND t.state=%1 AND t.made IS NOT NULL"_s.arg(
                               int(TargetState::Finished)));
    while (rotated.step())
        facts.rotated.insert(rotated.text(0), {rotated.text(1), rotated.optional(2)});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    const auto pins = pinned();
    if (!pins)
        return fail(pins.error());
    facts.pinned = *pins;
    const Result<QString> listing = meta(u"threads_listing"_s);
    facts.allThreadsKnown = listing && listing->startsWith("yes"_L1);
    return facts;
}

Result<ConsolidateFacts> Reader::consolidateFacts()
{
    ConsolidateFacts facts;
    QHash<qint64, std::size_t> places;
    Statement stores = prepare(u"SELECT s.key, s.id, s.name, s.status, s.created, s.last_active, s.expires, s.bytes, "
                               "s.files_stamp IS NOT NULL, r.dict, r.data FROM store s LEFT JOIN raw r ON r.kind=%1 "
                               "AND r.key=s.key WHERE s.gone=0 ORDER BY s.key"_s.arg(int(Resource::VectorStores)));
    while (stores.step()) {
        StoreFacts s;
        s.id = stores.text(1);
        s.name = stores.text(2);
        s.status = stores.text(3);
        s.createdAt = stores.optional(4);
        s.lastActiveAt = stores.optional(5);
        s.expiresAt = stores.optional(6);
        s.bytes = stores.optional(7);
        if (m_prices && s.bytes)
            s.perDay = m_prices->storageListPrice(*s.bytes);
        s.filesKnown = stores.integer(8) != 0;
        const Result<QByteArray> raw = m_raw.unpack(stores.optional(9), stores.blob(10));
        if (!raw)
            return fail(raw.error());
        if (const Result<Belongings> own = m_provider.readBelongings(*raw))
            s.metadata = own->metadata;
        places.insert(stores.integer(0), facts.stores.size());
        facts.stores.push_back(std::move(s));
    }
    Statement files =
        m_database.prepare(u"SELECT store, file, extra, bytes, status FROM store_file ORDER BY store, file"_s);
    while (files.step()) {
        const auto at = places.constFind(files.integer(0));
        if (at == places.cend())
            continue;
        const std::string_view status = files.utf8(4);
        facts.stores[*at].files.push_back(
            {files.text(1), files.text(2).toUtf8(), files.optional(3), status == "failed" || status == "cancelled"});
    }
    Statement users = m_database.prepare(u"SELECT s.key, f.kind, "_s + liveOwner.toString() +
                                         u" FROM reference f JOIN store s ON s.id=f.target AND s.gone=0"_s);
    while (users.step()) {
        const auto at = places.constFind(users.integer(0));
        const QString owner = users.text(2);
        if (at == places.cend() || owner.isEmpty())
            continue;
        QStringList &list =
            users.integer(1) == qint64(Resource::Assistants) ? facts.stores[*at].assistants : facts.stores[*at].threads;
        if (!list.contains(owner))
            list << owner;
    }
    Statement names = m_database.prepare(
        u"SELECT id, coalesce(name,'') FROM assistant WHERE gone=0 UNION ALL SELECT id, "
        "coalesce(nullif(title,''),preview,'') FROM thread WHERE gone=0 AND id IN (SELECT owner FROM reference WHERE "
        "kind=%1)"_s.arg(int(Resource::Threads)));
    while (names.step())
        if (!names.text(1).isEmpty())
            facts.names.insert(names.text(0), names.text(1));
    Statement known = m_database.prepare(u"SELECT count(*) FROM thread WHERE gone=0"_s);
    if (known.step())
        facts.knownThreads = known.integer(0);
    // The same name and size, and the same content as far as it was ever read.
    Statement same = m_database.prepare(
        u"SELECT i.id, min(i.id) OVER (PARTITION BY i.name, i.bytes, h.hash) FROM file i JOIN journal.content_hash h "
        "ON h.file=i.id WHERE i.gone=0"_s);
    while (same.step())
        if (same.text(0) != same.text(1))
            facts.sameContent.insert(same.text(0), same.text(1));
    Statement orphans = m_database.prepare(
        u"SELECT id, name, bytes FROM file i WHERE gone=0 AND purpose='assistants' AND NOT EXISTS(SELECT 1 FROM "
        "store_file f JOIN store s ON s.key=f.store AND s.gone=0 WHERE f.file=i.id) AND NOT EXISTS(SELECT 1 FROM "
        "reference f WHERE f.target=i.id AND "_s +
        liveOwner.toString() + u" IS NOT NULL) ORDER BY bytes DESC"_s);
    while (orphans.step())
        facts.orphanFiles.push_back({orphans.text(0), orphans.text(1), orphans.optional(2), {}, {}, {}});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    const Result<QString> listing = meta(u"threads_listing"_s);
    facts.allThreadsKnown = listing && listing->startsWith("yes"_L1);
    return facts;
}

Result<QStringList> Reader::threadsAbove(qint64 promptTokens)
{
    // Not those that were rotated already, here or elsewhere: another one took over, unless that is known to be gone.
    Statement query =
        prepare(u"SELECT id FROM thread t WHERE gone=0 AND context_now>? AND (json_extract(t.metadata,'$.rotated_to') "
                "IS NULL OR EXISTS(SELECT 1 FROM thread n WHERE n.id=json_extract(t.metadata,'$.rotated_to') AND "
                "n.gone=1)) ORDER BY context_now DESC"_s);
    query.bind(promptTokens);
    QStringList ids;
    while (query.step())
        ids << query.text(0);
    return unlessFailed(std::move(ids));
}

Result<std::vector<std::pair<QString, QString>>> Reader::filesToCompare()
{
    Statement query = prepare(
        u"SELECT (SELECT s.id FROM store_file f JOIN store s ON s.key=f.store AND s.gone=0 WHERE f.file=i.id LIMIT 1), "
        "i.id FROM file i JOIN (SELECT name, bytes FROM file WHERE gone=0 GROUP BY name, bytes HAVING count(*)>1) d ON "
        "d.name=i.name AND d.bytes IS i.bytes WHERE i.gone=0 AND i.id NOT IN (SELECT file FROM journal.content_hash) "
        "AND EXISTS(SELECT 1 FROM store_file f JOIN store s ON s.key=f.store AND s.gone=0 WHERE f.file=i.id)"_s);
    return query.collect<std::pair<QString, QString>>(
        [](const Statement &q) { return std::pair(q.text(0), q.text(1)); });
}

Result<std::vector<Reader::KnownFile>> Reader::filesLike(const QString &name, qint64 bytes)
{
    Statement query = m_database.prepare(
        u"SELECT i.id, coalesce(s.id,''), (SELECT count(*) FROM store_file g WHERE g.store=s.key) FROM file i "
        "LEFT JOIN store_file f ON f.file=i.id AND f.status='completed' "
        "LEFT JOIN store s ON s.key=f.store AND s.gone=0 AND coalesce(s.status,'')<>'expired' WHERE i.gone=0 AND i.name=? AND i.bytes=? ORDER BY i.key, s.key"_s);
    query.bind(name, bytes);
    std::vector<KnownFile> files;
    while (query.step()) {
        if (files.empty() || files.back().id != query.text(0))
            files.push_back({query.text(0), {}});
        if (const QString store = query.text(1); !store.isEmpty())
            files.back().stores.emplace_back(store, query.integer(2));
    }
    return unlessFailed(std::move(files));
}

Result<std::vector<std::pair<Resource, QString>>> Reader::usersOf(const QStringList &ids)
{
    Statement query = m_database.prepare(
        u"SELECT DISTINCT f.kind, "_s + liveOwner.toString() +
        u" AS who FROM reference f WHERE f.target IN (SELECT value FROM json_each(?1)) AND who IS NOT NULL UNION "
        u"SELECT "
        "%1, s.id FROM store_file f JOIN store s ON s.key=f.store AND s.gone=0 WHERE f.file IN (SELECT value FROM "
        "json_each(?1))"_s.arg(int(Resource::VectorStores)));
    query.bind(jsonList(ids));
    return query.collect<std::pair<Resource, QString>>([](const Statement &q) {
        const auto kind = Resource(q.integer(0));
        return std::pair(kind == Resource::Messages ? Resource::Threads : kind, q.text(1));
    });
}

Result<QStringList> Reader::stillThere(const QStringList &ids)
{
    Statement query = prepare(u"SELECT value FROM json_each(?) WHERE value IN (SELECT id FROM thread WHERE gone=0) OR "
                              "value IN (SELECT id FROM store WHERE gone=0) OR value IN (SELECT id FROM assistant "
                              "WHERE gone=0)"_s);
    query.bind(jsonList(ids));
    QStringList there;
    while (query.step())
        there << query.text(0);
    return unlessFailed(std::move(there));
}

Result<ThreadContents> Reader::threadContents(const QString &threadId)
{
    const auto key = keyOf(RowKind::Threads, threadId);
    if (!key)
        return fail(key.error());
    if (!*key)
        return fail(Error::Kind::NotFound, ReadText::tr("this thread is not in the store"), threadId);
    ThreadContents all;
    const auto rows = this->rows<ThreadRow>({**key});
    if (!rows)
        return fail(rows.error());
    all.row = rows->front();
    const Result<QByteArray> raw = this->raw(Resource::Threads, **key);
    if (!raw)
        return fail(raw.error());
    all.raw = *raw;
    const auto messages = this->messages(**key, -1, 0);
    if (!messages)
        return fail(messages.error());
    for (const MessageRaw &message : *messages) {
        all.messages << message.raw;
        all.messageIds << message.id;
    }

    Statement runs = prepare(
        u"SELECT r.key, r.id, r.status, r.word, r.steps IS NULL, p.dict, p.data, (SELECT name FROM model m WHERE "
        u"m.key=r.model), "
        "r.created, r.expires FROM run r LEFT JOIN steps p ON p.run=r.key WHERE r.thread=? ORDER BY r.created, r.key"_s);
    runs.bind(**key);
    bool stepsKnown = true;
    while (runs.step()) {
        const Result<QByteArray> run = this->raw(Resource::Runs, runs.integer(0));
        if (!run)
            return fail(run.error());
        all.runs << *run;
        all.runIds << runs.text(1);
        if (isActive(RunStatus(runs.integer(2)))) {
            all.activeRun = runs.text(1);
            all.activeStatus = statusWord(int(runs.integer(2)), runs.text(3));
            all.activeSince = runs.optional(8);
            all.activeExpires = runs.optional(9);
        }
        all.lastModel = runs.text(7);
        stepsKnown = stepsKnown && runs.integer(4) == 0;
        if (runs.isNull(6))
            continue;
        const Result<QByteArray> steps = m_raw.unpack(runs.optional(5), runs.blob(6));
        if (!steps)
            return fail(steps.error());
        for (const QByteArray &step : steps->split(packSeparator))
            all.steps.emplace_back(runs.text(1), step);
    }
    Statement references =
        m_database.prepare(u"SELECT DISTINCT f.target, f.target IN (SELECT id FROM store) FROM reference f WHERE "
                           "(f.owner=?1 AND f.kind={resource.thread}) OR (f.kind={resource.message} AND f.owner IN "
                           "(SELECT CAST(key AS TEXT) FROM message WHERE "
                           "thread=?2)) ORDER BY 1"_s);
    references.bind(threadId, **key);
    while (references.step())
        (references.integer(1) ? all.storeIds : all.fileIds) << references.text(0);
    Statement partial = m_database.prepare(u"SELECT partial FROM thread WHERE key=?"_s);
    if (all.raw.isEmpty() || !all.row.syncedAt)
        all.notWhole = ReadText::tr("it was never synced to its end");
    else if (partial.bind(**key).step() && partial.integer(0) != 0)
        all.notWhole = ReadText::tr("some of its items cannot be read");
    else if (!stepsKnown && !m_provider.runLists(threadId, u"r"_s).empty()) // else they come with the thread
        all.notWhole = ReadText::tr("the steps of some runs were not read");
    return unlessFailed(std::move(all));
}

Result<StoreContents> Reader::storeContents(const QStringList &stores, const QStringList &files,
                                            const QStringList &assistants, const QStringList &threads)
{
    StoreContents all;
    for (const QString &id : stores) {
        const auto key = keyOf(RowKind::Stores, id);
        if (!key)
            return fail(key.error());
        if (!*key)
            continue;
        const Result<QByteArray> raw = this->raw(Resource::VectorStores, **key);
        if (!raw)
            return fail(raw.error());
        StoreContents::OneStore one{id, *raw, {}};
        Statement list =
            prepare(u"SELECT file, created, status, bytes, error, extra FROM store_file WHERE store=? ORDER BY file"_s);
        list.bind(**key);
        while (list.step()) {
            StoreFile f;
            f.id = list.text(0);
            f.storeId = id;
            f.createdAt = list.optional(1);
            f.status = list.text(2);
            f.usageBytes = list.optional(3);
            f.errorCode = list.text(4);
            f.extra = list.text(5).toUtf8();
            one.files.push_back(std::move(f));
        }
        all.stores.push_back(std::move(one));
    }
    const auto raws = [&](RowKind kind, Resource resource, const QStringList &ids, auto &into) -> Done {
        for (const QString &id : ids) {
            const auto key = keyOf(kind, id);
            if (!key)
                return fail(key.error());
            if (!*key)
                continue;
            const Result<QByteArray> raw = this->raw(resource, **key);
            if (!raw)
                return fail(raw.error());
            into.emplace_back(id, *raw);
        }
        return {};
    };
    for (const Done &done : {raws(RowKind::Files, Resource::Files, files, all.files),
                             raws(RowKind::Assistants, Resource::Assistants, assistants, all.assistants),
                             raws(RowKind::Threads, Resource::Threads, threads, all.threads)})
        if (!done)
            return fail(done.error());
    return unlessFailed(std::move(all));
}

} // namespace bobbin
