// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/schema.h"

#include "models/core/jsontext.h"
#include "models/plans/neutraljson.h"
#include "models/providers/registry.h"
#include "models/store/rawcodec.h"

#include <span>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// Narrow tables for what is listed, sorted and summed; raw JSON apart, so that scans of a million runs stay small.
constexpr QStringView version1 = uR"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE dictionary(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, grp TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE raw(kind INTEGER NOT NULL, key INTEGER NOT NULL, dict INTEGER, data BLOB NOT NULL,
                 PRIMARY KEY(kind, key)) WITHOUT ROWID;
CREATE TABLE model(key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE assistant(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER, name TEXT, model TEXT,
                       tools TEXT, gone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE thread(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER, title TEXT, preview TEXT,
    assistant TEXT, messages INTEGER, runs INTEGER, turns INTEGER, last_active INTEGER, prompt_first INTEGER,
    prompt_now INTEGER, cost INTEGER NOT NULL DEFAULT 0, priced_runs INTEGER NOT NULL DEFAULT 0,
    unknown_runs INTEGER NOT NULL DEFAULT 0, active_runs INTEGER NOT NULL DEFAULT 0,
    failed_runs INTEGER NOT NULL DEFAULT 0, dirty INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
    synced INTEGER, problem TEXT);
CREATE INDEX thread_active ON thread(last_active);
CREATE INDEX thread_cost ON thread(cost);
CREATE TABLE message(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, thread INTEGER NOT NULL, created INTEGER,
    role TEXT, pending INTEGER NOT NULL DEFAULT 0, chars INTEGER NOT NULL DEFAULT 0);
CREATE INDEX message_thread ON message(thread, created, key);
CREATE TABLE run(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, thread INTEGER NOT NULL, assistant TEXT,
    model INTEGER, status INTEGER NOT NULL, word TEXT, created INTEGER, ended INTEGER, expires INTEGER, error TEXT,
    prompt INTEGER, completion INTEGER, cached INTEGER, cache_write INTEGER, reasoning INTEGER, cost INTEGER,
    steps INTEGER, calls INTEGER, active INTEGER NOT NULL);
CREATE INDEX run_thread ON run(thread, created, key);
CREATE INDEX run_created ON run(created);
CREATE INDEX run_cost ON run(cost);
CREATE INDEX run_assistant ON run(assistant, created, thread, cost);
CREATE INDEX run_active ON run(thread) WHERE active = 1;
CREATE TABLE step(run INTEGER NOT NULL, id TEXT NOT NULL, created INTEGER, ended INTEGER, type TEXT, status TEXT,
    error TEXT, calls INTEGER NOT NULL, prompt INTEGER, completion INTEGER, cached INTEGER, dict INTEGER,
    data BLOB NOT NULL, PRIMARY KEY(run, id)) WITHOUT ROWID;
CREATE TABLE file(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER, name TEXT, purpose TEXT,
    status TEXT, bytes INTEGER, gone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE store(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER, last_active INTEGER,
    expires INTEGER, name TEXT, status TEXT, bytes INTEGER, files INTEGER, failed INTEGER, pending INTEGER,
    files_stamp TEXT, gone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE store_file(store INTEGER NOT NULL, file TEXT NOT NULL, created INTEGER, status TEXT, bytes INTEGER,
    error TEXT, PRIMARY KEY(store, file)) WITHOUT ROWID;
CREATE INDEX store_file_file ON store_file(file);
-- who points to what: assistant/thread -> store, assistant/thread/message -> file
CREATE TABLE reference(target TEXT NOT NULL, kind INTEGER NOT NULL, owner TEXT NOT NULL,
    PRIMARY KEY(target, kind, owner)) WITHOUT ROWID;
CREATE INDEX reference_owner ON reference(owner, kind);

CREATE TABLE sync(key INTEGER PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, outcome TEXT NOT NULL,
    threads INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0, objects INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, problem TEXT);
CREATE TABLE sync_failure(sync INTEGER NOT NULL, target TEXT NOT NULL, reason TEXT NOT NULL);
)";

// The steps of a run are packed together: they share most of their text, and nothing asks for one alone.
// Threads of which some item could not be read are read from the start; others go on where they failed. The index is
// of the cost where it is known: threads without any price are not the cheapest ones.
constexpr QStringView version2 = uR"(
ALTER TABLE thread ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
DROP INDEX thread_cost;
CREATE INDEX thread_dirty ON thread(dirty) WHERE dirty=1; -- asked at every start
CREATE TABLE steps(run INTEGER PRIMARY KEY, dict INTEGER, data BLOB NOT NULL);
CREATE INDEX thread_known_cost ON thread(CASE WHEN priced_runs>0 OR unknown_runs=0 THEN cost END);
)";

Done packStepsTogether(Database &database)
{
    RawCodec codec(database);
    Statement steps = database.prepare(u"SELECT run, dict, data FROM step ORDER BY run, created, id"_s);
    Statement put = database.prepare(u"INSERT INTO steps(run,dict,data) VALUES(?,?,?)"_s);
    qint64 run = 0;
    QByteArrayList raws;
    const auto flush = [&] {
        if (raws.isEmpty())
            return;
        const PackedRaw packed = codec.pack(Resource::Steps, {}, raws.join(packSeparator));
        put.bind(run, packed.dictionary, packed.data).step();
        raws.clear();
    };
    while (steps.step()) {
        if (steps.integer(0) != run)
            flush();
        run = steps.integer(0);
        const Result<QByteArray> raw = codec.unpack(steps.optional(1), steps.blob(2));
        if (!raw)
            return fail(raw.error());
        raws << *raw;
    }
    flush();
    steps = Statement(); // a table that is being read cannot be dropped
    return database.execute(u"DROP TABLE step"_s);
}

// What plans are made from, without unpacking the raw JSON of every thread. Files are listed anew once, for the
// attributes and chunking that were not kept before.
constexpr QStringView version3 = uR"(
ALTER TABLE thread ADD COLUMN metadata TEXT;
ALTER TABLE thread ADD COLUMN chars INTEGER;
ALTER TABLE store_file ADD COLUMN extra TEXT;
UPDATE store SET files_stamp=NULL;
UPDATE thread SET chars=(SELECT coalesce(sum(chars),0) FROM message WHERE thread=thread.key);
)";

Done keepMetadataApart(Database &database)
{
    const Result<const Provider *> provider = providerById(defaultProviderId()); // there was no other
    if (!provider)
        return fail(provider.error());
    RawCodec codec(database);
    Statement threads =
        database.prepare(u"SELECT key, dict, data FROM raw WHERE kind=%1"_s.arg(int(Resource::Threads)));
    Statement put = database.prepare(u"UPDATE thread SET metadata=? WHERE key=?"_s);
    while (threads.step()) {
        const Result<QByteArray> raw = codec.unpack(threads.optional(1), threads.blob(2));
        if (!raw)
            return fail(raw.error());
        const auto read = (*provider)->readBelongings(*raw);
        if (read && !read->metadata.isEmpty())
            put.bind(compactText(toJson(read->metadata)), threads.integer(0)).step();
    }
    return database.status();
}

// Runs at an assumed price are counted beside every sum. Which those are, prices tell: they are priced anew once.
constexpr QStringView version4 = uR"(
ALTER TABLE run ADD COLUMN assumed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN assumed_runs INTEGER NOT NULL DEFAULT 0;
UPDATE run SET assumed=1 WHERE model IN (SELECT key FROM model WHERE name LIKE 'ft:%');
UPDATE thread SET dirty=1 WHERE key IN (SELECT thread FROM run WHERE assumed=1);
)";

// Where each list of a thread goes on, as the provider says it: so far by the newest id that was stored. Ids are
// unique in their thread only. A server may tell usage of threads instead of runs.
constexpr QStringView version5 = uR"(
CREATE TABLE place(thread INTEGER NOT NULL, resource INTEGER NOT NULL, token BLOB NOT NULL,
    PRIMARY KEY(thread, resource)) WITHOUT ROWID;
INSERT INTO place SELECT key, 2, last FROM (SELECT t.key, (SELECT CAST(id AS BLOB) FROM message WHERE thread=t.key AND
    key < coalesce((SELECT min(key) FROM message WHERE thread=t.key AND pending=1), 9223372036854775807)
    ORDER BY created DESC, key DESC LIMIT 1) AS last FROM thread t WHERE partial=0) WHERE last IS NOT NULL;
INSERT INTO place SELECT key, 3, last FROM (SELECT t.key, (SELECT CAST(id AS BLOB) FROM run WHERE thread=t.key AND
    key < coalesce((SELECT min(key) FROM run WHERE thread=t.key AND active=1), 9223372036854775807)
    ORDER BY created DESC, key DESC LIMIT 1) AS last FROM thread t WHERE partial=0) WHERE last IS NOT NULL;

DELETE FROM reference WHERE kind=2 AND owner NOT IN (SELECT id FROM message);
UPDATE reference SET owner=(SELECT CAST(key AS TEXT) FROM message WHERE id=owner) WHERE kind=2;
CREATE TABLE message5(key INTEGER PRIMARY KEY, id TEXT NOT NULL, thread INTEGER NOT NULL, created INTEGER,
    role TEXT, chars INTEGER NOT NULL DEFAULT 0, UNIQUE(id, thread));
INSERT INTO message5 SELECT key, id, thread, created, role, chars FROM message;
DROP TABLE message;
ALTER TABLE message5 RENAME TO message;
CREATE INDEX message_thread ON message(thread, created, key);
CREATE TABLE run5(key INTEGER PRIMARY KEY, id TEXT NOT NULL, thread INTEGER NOT NULL, assistant TEXT,
    model INTEGER, status INTEGER NOT NULL, word TEXT, created INTEGER, ended INTEGER, expires INTEGER, error TEXT,
    prompt INTEGER, completion INTEGER, cached INTEGER, cache_write INTEGER, reasoning INTEGER, cost INTEGER,
    steps INTEGER, calls INTEGER, active INTEGER NOT NULL, assumed INTEGER NOT NULL DEFAULT 0, UNIQUE(id, thread));
INSERT INTO run5 SELECT key, id, thread, assistant, model, status, word, created, ended, expires, error, prompt,
    completion, cached, cache_write, reasoning, cost, steps, calls, active, assumed FROM run;
DROP TABLE run;
ALTER TABLE run5 RENAME TO run;
CREATE INDEX run_thread ON run(thread, created, key);
CREATE INDEX run_created ON run(created);
CREATE INDEX run_cost ON run(cost);
CREATE INDEX run_assistant ON run(assistant, created, thread, cost);
CREATE INDEX run_active ON run(thread) WHERE active = 1;

CREATE TABLE thread_usage(thread INTEGER PRIMARY KEY, model INTEGER, prompt INTEGER NOT NULL,
    completion INTEGER NOT NULL, cached INTEGER, cache_write INTEGER, reasoning INTEGER, cost INTEGER,
    assumed INTEGER NOT NULL, counts INTEGER NOT NULL DEFAULT 0); -- counts: no run of it has any
)";

// The raw JSON of a page is packed together, as that of a run's steps is.
// Where a server tells usage of steps only, the run's is their sum (summed), and follows them. Some tell the steps with
// the thread (steps_told): then nothing asks for those of a run.
constexpr QStringView version6 = uR"(
ALTER TABLE run ADD COLUMN summed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN steps_told INTEGER NOT NULL DEFAULT 0;
-- The raw JSON of rows that were new together, of keys first, first+1 …; what is in raw is newer.
CREATE TABLE pack(kind INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, dict INTEGER,
    data BLOB NOT NULL, PRIMARY KEY(kind, first)) WITHOUT ROWID;
)";

// What audit and cost desk need of each object without unpacking it, see derive.cpp; where a thread's money went; and
// what stands out. told: prompt tokens of each model call, separated by commas; rounds: steps of tool calls; outputs:
// tokens of tool outputs; repeats: calls made before; head: of the beginning of a long message.
constexpr QStringView version7 = uR"(
ALTER TABLE thread RENAME COLUMN prompt_first TO context_first;
ALTER TABLE thread RENAME COLUMN prompt_now TO context_now;
ALTER TABLE thread ADD COLUMN context_estimated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN cause INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_retries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_rounds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_history INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_output INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN part_undivided INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN unjudged INTEGER NOT NULL DEFAULT 1; -- times it was settled since the audit saw it
CREATE INDEX thread_unjudged ON thread(unjudged) WHERE unjudged>0;
ALTER TABLE run ADD COLUMN told TEXT;
ALTER TABLE run ADD COLUMN rounds INTEGER;
ALTER TABLE run ADD COLUMN outputs INTEGER;
ALTER TABLE run ADD COLUMN repeats INTEGER;
ALTER TABLE run ADD COLUMN config INTEGER;
CREATE TABLE run_config(key INTEGER PRIMARY KEY, instructions INTEGER NOT NULL, bytes INTEGER NOT NULL,
    tools INTEGER NOT NULL, max_prompt INTEGER, last_messages INTEGER);
ALTER TABLE message ADD COLUMN head INTEGER;
ALTER TABLE assistant ADD COLUMN instructions INTEGER;
CREATE TABLE finding(key INTEGER PRIMARY KEY, rule TEXT NOT NULL, subject INTEGER NOT NULL, id TEXT NOT NULL,
    thread INTEGER, severity INTEGER NOT NULL, spent INTEGER, monthly INTEGER, count INTEGER NOT NULL, content TEXT NOT NULL,
    first_seen INTEGER NOT NULL, UNIQUE(rule, subject, id));
CREATE INDEX finding_thread ON finding(thread);
UPDATE thread SET dirty=1;
)";

// What the provider itself counted and billed; a day that was asked for and has no row had nothing.
constexpr QStringView version8 = uR"(
CREATE TABLE counted_usage(day INTEGER NOT NULL, model TEXT NOT NULL, project TEXT NOT NULL, tier INTEGER NOT NULL,
    requests INTEGER NOT NULL, prompt INTEGER NOT NULL, cached INTEGER NOT NULL, completion INTEGER NOT NULL);
CREATE INDEX counted_usage_day ON counted_usage(day);
CREATE TABLE billed_item(day INTEGER NOT NULL, item TEXT NOT NULL, project TEXT NOT NULL, amount INTEGER NOT NULL);
CREATE INDEX billed_item_day ON billed_item(day);
CREATE TABLE billed_day(list INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY(list, day)) WITHOUT ROWID;
)";

// The journal: what operations were planned, what was sent, what came of it; and the person's own marks and rules.
// A file of its own, because the store can be made anew from the server and this cannot.
constexpr QStringView journalVersion1 = uR"(
CREATE TABLE operation(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL,
    title TEXT NOT NULL, options TEXT NOT NULL, warnings TEXT NOT NULL, created INTEGER NOT NULL, started INTEGER,
    ended INTEGER, archive TEXT, undoes INTEGER, undone_by INTEGER, problem TEXT);
CREATE INDEX operation_state ON operation(state);
CREATE TABLE target(key INTEGER PRIMARY KEY, operation INTEGER NOT NULL, place INTEGER NOT NULL, object TEXT NOT NULL,
    resource INTEGER NOT NULL, label TEXT, why TEXT, phase INTEGER NOT NULL, state INTEGER NOT NULL, outcome TEXT,
    made TEXT, last_active INTEGER, messages INTEGER, runs INTEGER, bytes INTEGER, cost INTEGER, steps TEXT);
CREATE INDEX target_operation ON target(operation, state, place);
CREATE INDEX target_object ON target(object);
CREATE TABLE step(target INTEGER NOT NULL, place INTEGER NOT NULL, act TEXT NOT NULL, state INTEGER NOT NULL,
    sent INTEGER, answered INTEGER, result TEXT, note TEXT, PRIMARY KEY(target, place)) WITHOUT ROWID;
CREATE TABLE pin(object TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rule(name TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE content_hash(file TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
)";

constexpr QStringView journalVersion2 = uR"(
ALTER TABLE operation ADD COLUMN cannot_come_back TEXT;
)";

// What a restored thread was before.
constexpr QStringView journalVersion3 = uR"(
CREATE INDEX target_made ON target(made) WHERE made IS NOT NULL;
)";

// What a person said about a finding: it is silent until it gets worse.
constexpr QStringView journalVersion5 = uR"(
CREATE TABLE verdict(rule TEXT NOT NULL, subject INTEGER NOT NULL, id TEXT NOT NULL, given INTEGER NOT NULL,
    until INTEGER, reason TEXT NOT NULL, severity INTEGER NOT NULL, spent INTEGER, monthly INTEGER, count INTEGER NOT NULL,
    PRIMARY KEY(rule, subject, id)) WITHOUT ROWID;
)";

// What the guard saw and did, once each; and what it has to remember.
constexpr QStringView journalVersion6 = uR"(
CREATE TABLE guard(key INTEGER PRIMARY KEY, mark TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, rule TEXT NOT NULL,
    act TEXT NOT NULL, thread TEXT NOT NULL, run TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
    most INTEGER NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, operation INTEGER, note TEXT, settled INTEGER);
CREATE INDEX guard_state ON guard(state, at);
CREATE TABLE guard_memory(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)";

// What is to be created and added, in nobody's dialect: a plan that was written down can be carried out, and taken
// back, whatever the server speaks.
Done makeStepsNeutral(Database &database)
{
    Statement targets = database.prepare(u"SELECT key, steps FROM target WHERE steps IS NOT NULL"_s);
    Statement put = database.prepare(u"UPDATE target SET steps=? WHERE key=?"_s);
    while (targets.step()) {
        const QJsonArray old = QJsonDocument::fromJson(targets.text(1).toUtf8()).array();
        const QJsonArray steps = neutralSteps(old);
        if (steps != old)
            put.bind(QString::fromUtf8(QJsonDocument(steps).toJson(QJsonDocument::Compact)), targets.integer(0)).step();
    }
    return database.status();
}

struct Migration {
    QStringView sql;
    Done (*convert)(Database &database) = nullptr; // after the SQL, in the same transaction
};
constexpr Migration migrations[] = {{version1},
                                    {version2, packStepsTogether},
                                    {version3, keepMetadataApart},
                                    {version4},
                                    {version5},
                                    {version6},
                                    {version7},
                                    {version8}};
static_assert(std::size(migrations) == schemaVersion);
constexpr Migration journalMigrations[] = {{journalVersion1},       {journalVersion2}, {journalVersion3},
                                           {u"", makeStepsNeutral}, {journalVersion5}, {journalVersion6}};
static_assert(std::size(journalMigrations) == journalVersion);

Done migrate(Database &database, std::span<const Migration> steps)
{
    const int known = int(steps.size());
    Statement query = database.prepare(u"PRAGMA user_version"_s);
    const int found = query.step() ? int(query.integer(0)) : 0;
    query.reset();
    if (Done status = database.status(); !status)
        return status; // not a database, or not ours to read
    if (found > known)
        return fail(Error::Kind::Storage,
                    u"written by a newer Bobbin (file version %1, this program knows %2)"_s.arg(found).arg(known));
    for (int version = found; version < known; ++version) {
        Transaction transaction(database);
        const Migration &step = steps[std::size_t(version)];
        if (Done done = database.execute(step.sql.toString()); !done)
            return done;
        if (Done done = step.convert ? step.convert(database) : Done(); !done)
            return done;
        if (Done done = database.execute(u"PRAGMA user_version=%1"_s.arg(version + 1)); !done)
            return done;
        if (Done done = transaction.commit(); !done)
            return done;
    }
    return {};
}

} // namespace

Done tune(Database &database)
{
    return database.execute(u"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-24000;"
                            "PRAGMA wal_autocheckpoint=6000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;"_s);
}

Done tuneJournal(Database &database)
{
    return database.execute(u"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"_s);
}

Done migrate(Database &database)
{
    return migrate(database, migrations);
}

Done migrateJournal(Database &database)
{
    return migrate(database, journalMigrations);
}

Done dropRunIndexes(Database &database)
{
    return database.execute(u"DROP INDEX IF EXISTS run_created; DROP INDEX IF EXISTS run_cost; "
                            "DROP INDEX IF EXISTS run_assistant"_s);
}

Done makeRunIndexes(Database &database)
{
    return database.execute(u"CREATE INDEX IF NOT EXISTS run_created ON run(created); "
                            "CREATE INDEX IF NOT EXISTS run_cost ON run(cost); "
                            "CREATE INDEX IF NOT EXISTS run_assistant ON run(assistant, created, thread, cost)"_s);
}

} // namespace bobbin
