// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/writer.h"

#include "models/store/derive.h"
#include "models/store/listing.h"
#include "models/store/schema.h"

#include "models/core/jsontext.h"

#include <QJsonDocument>
#include <QScopeGuard>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype previewLength = 160;
constexpr qint64 mostPackBytes = 256 * 1024; // of JSON: who reads one object unpacks all

std::optional<qint64> orNone(const std::optional<Usage> &usage, qint64 Usage::*part)
{
    return usage ? std::optional((*usage).*part) : std::nullopt;
}

std::optional<qint64> orNone(const std::optional<Usage> &usage, std::optional<qint64> Usage::*part)
{
    return usage ? (*usage).*part : std::nullopt;
}

QString tableOf(Resource resource)
{
    switch (resource) {
    case Resource::Assistants:
        return u"assistant"_s;
    case Resource::Threads:
        return u"thread"_s;
    case Resource::Files:
        return u"file"_s;
    case Resource::VectorStores:
        return u"store"_s;
    default:
        return {};
    }
}

} // namespace

Writer::Writer(Database &database)
    : m_database(database), m_raw(database), m_facts(database),
      m_rawPut(database.prepare(u"INSERT INTO raw(kind,key,dict,data) VALUES(?,?,?,?) "
                                "ON CONFLICT DO UPDATE SET dict=excluded.dict, data=excluded.data"_s)),
      m_rawOf(database.prepare(u"SELECT dict, data FROM raw WHERE kind=? AND key=?"_s)),
      m_packPut(database.prepare(u"INSERT OR REPLACE INTO pack(kind,first,count,dict,data) VALUES(?,?,?,?,?)"_s)),
      m_assistantPut(database.prepare(u"INSERT INTO assistant(id,created,name,model,tools,instructions) "
                                      "VALUES(?,?,?,?,?,?) "
                                      "ON CONFLICT(id) DO UPDATE SET created=excluded.created, name=excluded.name, "
                                      "model=excluded.model, tools=excluded.tools, instructions=excluded.instructions, "
                                      "gone=0 RETURNING key"_s)),
      m_threadPut(database.prepare(u"INSERT INTO thread(id,created,title,metadata) VALUES(?,?,?,nullif(?,'')) ON "
                                   "CONFLICT(id) DO UPDATE SET created=excluded.created, title=excluded.title, "
                                   "unjudged=unjudged+(gone OR metadata IS NOT excluded.metadata), "
                                   "metadata=excluded.metadata, gone=0 RETURNING key"_s)),
      m_threadKey(database.prepare(u"SELECT key FROM thread WHERE id=?"_s)),
      m_threadAdd(database.prepare(u"INSERT OR IGNORE INTO thread(id) VALUES(?)"_s)),
      m_threadDirty(database.prepare(u"UPDATE thread SET dirty=1 WHERE key=? AND dirty=0"_s)),
      m_messageAdd(
          database.prepare(u"INSERT OR IGNORE INTO message(id,thread,created,role,chars,head) VALUES(?,?,?,?,?,?)"_s)),
      m_messagePut(
          database.prepare(u"INSERT INTO message(id,thread,created,role,chars,head) VALUES(?,?,?,?,?,?) ON "
                           u"CONFLICT(id,thread) DO UPDATE "
                           "SET created=excluded.created, role=excluded.role, chars=excluded.chars, head=excluded.head "
                           "RETURNING key"_s)),
      m_runAdd(database.prepare(
          u"INSERT OR IGNORE INTO run(id,thread,assistant,model,status,word,created,ended,expires,error,prompt,"
          "completion,cached,cache_write,reasoning,cost,active,assumed,config) "
          "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"_s)),
      m_runPut(database.prepare(
          u"INSERT INTO run(id,thread,assistant,model,status,word,created,ended,expires,error,prompt,completion,"
          "cached,cache_write,reasoning,cost,active,assumed,config) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
          // What its steps told, where the run itself does not, stays.
          "ON CONFLICT(id,thread) DO UPDATE SET assistant=excluded.assistant, "
          "model=CASE WHEN run.summed THEN coalesce(run.model, excluded.model) "
          "ELSE coalesce(excluded.model, run.model) END, "
          "steps=CASE WHEN run.active AND NOT run.steps_told THEN NULL ELSE run.steps END, status=excluded.status, "
          "word=excluded.word, "
          "created=excluded.created, ended=excluded.ended, expires=excluded.expires, "
          "error=CASE WHEN coalesce(excluded.error,'')='' AND excluded.status={run.failed} THEN coalesce(run.error,'') "
          "ELSE excluded.error END, "
          "cost=CASE WHEN excluded.prompt IS NULL THEN run.cost ELSE excluded.cost END, "
          "assumed=CASE WHEN excluded.prompt IS NULL THEN run.assumed ELSE excluded.assumed END, "
          "cached=CASE WHEN excluded.prompt IS NULL THEN run.cached ELSE excluded.cached END, "
          "cache_write=CASE WHEN excluded.prompt IS NULL THEN run.cache_write ELSE excluded.cache_write END, "
          "reasoning=CASE WHEN excluded.prompt IS NULL THEN run.reasoning ELSE excluded.reasoning END, "
          "completion=CASE WHEN excluded.prompt IS NULL THEN run.completion ELSE excluded.completion END, "
          "summed=(excluded.prompt IS NULL AND run.summed), prompt=coalesce(excluded.prompt, run.prompt), "
          "active=excluded.active, config=coalesce(excluded.config, run.config) RETURNING key"_s)),
      m_runStub(database.prepare(u"INSERT OR IGNORE INTO run(id,thread,status,created,active) "
                                 "VALUES(?,?,{run.unknown},?,0)"_s)),
      m_runKey(database.prepare(u"SELECT key FROM run WHERE id=? AND thread=?"_s)),
      m_stepsPut(database.prepare(u"INSERT OR REPLACE INTO steps(run,dict,data) VALUES(?,?,?)"_s)),
      m_runSteps(database.prepare(u"UPDATE run SET steps=?2, calls=?3, steps_told=?4 WHERE key=?1"_s)),
      m_runAbout(database.prepare(u"SELECT model.name, run.created FROM run LEFT JOIN model ON model.key=run.model "
                                  "WHERE run.key=? AND (run.prompt IS NULL OR run.summed)"_s)),
      m_runTold(
          database.prepare(u"UPDATE run SET model=coalesce(?2, model), error=CASE WHEN coalesce(error,'')='' AND "
                           "status IN ({run.unknown},{run.failed}) THEN nullif(?3,'') ELSE error END WHERE key=?1"_s)),
      m_runSummed(database.prepare(u"SELECT prompt, completion, cached, cache_write FROM run WHERE key=? AND summed "
                                   "AND cost IS NULL"_s)),
      m_runUsage(
          database.prepare(u"UPDATE run SET prompt=?, completion=?, cached=?, cache_write=?, reasoning=?, cost=?, "
                           "assumed=?, summed=1 WHERE key=?"_s)),
      m_filePut(database.prepare(u"INSERT INTO file(id,created,name,purpose,status,bytes) VALUES(?,?,?,?,?,?) "
                                 "ON CONFLICT(id) DO UPDATE SET created=excluded.created, name=excluded.name, "
                                 "purpose=excluded.purpose, status=excluded.status, bytes=excluded.bytes, gone=0 "
                                 "RETURNING key"_s)),
      m_storePut(database.prepare(
          u"INSERT INTO store(id,created,last_active,expires,name,status,bytes,files,failed,pending) "
          "VALUES(?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET created=excluded.created, "
          "last_active=excluded.last_active, expires=excluded.expires, name=excluded.name, status=excluded.status, "
          "bytes=excluded.bytes, files=excluded.files, failed=excluded.failed, pending=excluded.pending, gone=0 "
          "RETURNING key"_s)),
      m_storeKey(database.prepare(u"SELECT key FROM store WHERE id=?"_s)),
      m_storeFilePut(database.prepare(u"INSERT OR REPLACE INTO store_file(store,file,created,status,bytes,error,extra) "
                                      "VALUES(?,?,?,?,?,?,nullif(?,''))"_s)),
      m_referenceClear(database.prepare(u"DELETE FROM reference WHERE owner=? AND kind=?"_s)),
      m_referencePut(database.prepare(u"INSERT OR IGNORE INTO reference(target,kind,owner) VALUES(?,?,?)"_s)),
      m_previewPut(
          database.prepare(u"UPDATE thread SET preview=?1 WHERE key=?2 AND (preview IS NULL OR ?3 < "
                           "(SELECT min(created) FROM message WHERE thread=?2 AND role='user' AND created<>?3))"_s)),
      m_placePut(database.prepare(u"INSERT OR REPLACE INTO place(thread,resource,token) VALUES(?,?,?)"_s)),
      m_usagePut(database.prepare(u"INSERT OR REPLACE INTO thread_usage(thread,model,prompt,completion,cached,"
                                  "cache_write,reasoning,cost,assumed) VALUES(?,?,?,?,?,?,?,?,?)"_s)),
      m_usageDrop(database.prepare(u"DELETE FROM thread_usage WHERE thread=?"_s)),
      m_configPut(database.prepare(u"INSERT INTO run_config(instructions,bytes,tools,max_prompt,last_messages) "
                                   "VALUES(?,?,?,?,?)"_s)),
      m_runConfig(database.prepare(u"UPDATE run SET config=? WHERE key=?"_s)),
      m_runCalls(database.prepare(u"UPDATE run SET told=nullif(?2,''), rounds=?3, outputs=nullif(?4,0), "
                                  "repeats=nullif(?5,0) WHERE key=?1"_s)),
      m_settle(database.prepare(
          u"UPDATE thread SET runs=?2, cost=?3, priced_runs=?4, unknown_runs=?5, assumed_runs=?6, active_runs=?7, "
          "failed_runs=?8, messages=?9, turns=?10, chars=?11, last_active=nullif(?12,0), context_first=?13, "
          "context_now=?14, context_estimated=?15, cause=?16, part_retries=?17, part_rounds=?18, part_history=?19, "
          "part_base=?20, part_output=?21, part_undivided=?22, unjudged=unjudged+1, dirty=0, assistant=(SELECT "
          "assistant FROM run "
          "WHERE thread=?1 ORDER BY created DESC, key DESC LIMIT 1) WHERE key=?1"_s)),
      m_filesAgain(database.prepare(
          u"SELECT 1 FROM message m JOIN reference r ON r.owner=CAST(m.key AS TEXT) AND r.kind={resource.message} "
          "WHERE m.thread=? AND m.role='user' GROUP BY r.target HAVING count(*)>1 LIMIT 1"_s))
{
}

std::map<Writer::ConfigKey, qint64> &Writer::configs()
{
    if (m_configs)
        return *m_configs;
    m_configs.emplace();
    Statement configs =
        m_database.prepare(u"SELECT key, instructions, bytes, tools, max_prompt, last_messages FROM run_config"_s);
    while (configs.step())
        m_configs->insert({{quint64(configs.integer(1)), configs.integer(2), quint64(configs.integer(3)),
                            configs.optional(4), configs.optional(5)},
                           configs.integer(0)});
    return *m_configs;
}

void Writer::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_rates = RateBook(prices);
    m_prices = std::move(prices);
}

void Writer::write(const Objects &objects)
{
    const auto all = [this](const auto &list) {
        for (const auto &object : list)
            put(object);
    };
    all(objects.assistants);
    all(objects.threads);
    all(objects.messages);
    putPack(m_messagePack, Resource::Messages);
    all(objects.runs);
    putPack(m_runPack, Resource::Runs);
    QHash<std::pair<QString, QString>, std::vector<RunStep>> stepsOf;
    for (const RunStep &step : objects.steps)
        stepsOf[{step.threadId, step.runId}].push_back(step);
    for (auto of = stepsOf.cbegin(); of != stepsOf.cend(); ++of)
        putSteps(of.key().first, of.key().second, of.value(), StepsFrom::Thread);
    all(objects.files);
    all(objects.stores);
    all(objects.storeFiles);
    m_threadKeys.clear(); // the next batch marks its threads dirty anew
    m_previewed.clear();
}

void Writer::setPlace(const ListPlace &place)
{
    m_placePut.bind(threadKey(place.thread), int(place.resource), place.token).step();
    m_threadKeys.clear(); // the next batch marks its threads dirty anew
}

void Writer::forget()
{
    m_raw.forget();
    m_models.clear();
    m_rates = RateBook(m_prices);
    m_threadKeys.clear();
    m_configs.reset(); // read again when it is over: what is rolled back is still to be seen here
    m_failedInARow.reset();
    m_changes = {};
}

Changes Writer::takeChanges()
{
    Changes written;
    written.add(std::exchange(m_changes, {}));
    return written;
}

void Writer::putRaw(Resource kind, qint64 key, const QString &group, const QByteArray &raw)
{
    const PackedRaw packed = m_raw.pack(kind, group, raw);
    m_rawPut.bind(int(kind), key, packed.dictionary, packed.data).step();
}

// A row that was there has its raw JSON in a pack already, or its own: the new one goes before.
void Writer::addRaw(Pack &pack, Resource kind, qint64 key, bool isNew, const QString &group, const QByteArray &raw)
{
    if (!isNew) {
        if (const qsizetype place = key - pack.first; place >= 0 && place < pack.raws.size())
            pack.raws[place] = raw;
        else
            putRaw(kind, key, group, raw);
        return;
    }
    if (!pack.raws.isEmpty() && (key != pack.first + pack.raws.size() || pack.bytes > mostPackBytes))
        putPack(pack, kind);
    if (pack.raws.isEmpty()) {
        pack.first = key;
        pack.group = group;
    }
    pack.raws << raw;
    pack.bytes += raw.size();
}

void Writer::putPack(Pack &pack, Resource kind)
{
    if (pack.raws.size() == 1) {
        putRaw(kind, pack.first, pack.group, pack.raws.front());
    } else if (!pack.raws.isEmpty()) {
        const PackedRaw packed = m_raw.pack(kind, pack.group, pack.raws.join(packSeparator));
        m_packPut.bind(int(kind), pack.first, pack.raws.size(), packed.dictionary, packed.data).step();
    }
    pack = {};
}

void Writer::putReferences(const QString &owner, Resource ownerKind, const QStringList &targets)
{
    m_referenceClear.bind(owner, int(ownerKind)).step();
    for (const QString &target : targets)
        m_referencePut.bind(target, int(ownerKind), owner).step();
}

qint64 Writer::threadKey(const QString &id)
{
    const auto known = m_threadKeys.constFind(id);
    if (known != m_threadKeys.cend())
        return *known;
    m_threadAdd.bind(id).step();
    const qint64 key = m_threadKey.bind(id).step() ? m_threadKey.integer(0) : 0;
    m_threadKey.reset();
    m_threadDirty.bind(key).step();
    m_changes.threads.insert(key);
    m_threadKeys.insert(id, key);
    return key;
}

std::optional<qint64> Writer::modelKey(const QString &name)
{
    if (name.isEmpty())
        return std::nullopt;
    if (const auto known = m_models.constFind(name); known != m_models.cend())
        return *known;
    Statement put = m_database.prepare(u"INSERT INTO model(name) VALUES(?) ON CONFLICT(name) DO UPDATE SET "
                                       "name=excluded.name RETURNING key"_s);
    if (!put.bind(name).step())
        return std::nullopt;
    return *m_models.insert(name, put.integer(0));
}

std::optional<qint64> Writer::configKey(const RunConfig &c)
{
    static const RunConfig nothing;
    if (c == nothing)
        return std::nullopt;
    const ConfigKey key{c.instructions, c.instructionBytes, c.tools, c.maxPromptTokens, c.lastMessages};
    if (const auto known = configs().find(key); known != configs().end())
        return known->second;
    m_configPut.bind(qint64(c.instructions), c.instructionBytes, qint64(c.tools), c.maxPromptTokens, c.lastMessages)
        .step();
    return configs()[key] = m_database.lastInsertRowId();
}

std::optional<qint64> Writer::costOf(const QString &model, OptTime created, const std::optional<Usage> &usage) const
{
    const std::optional<Money> cost = m_prices ? m_prices->cost(model, created, usage) : std::nullopt;
    return cost ? std::optional(cost->pico) : std::nullopt;
}

void Writer::put(const Assistant &a)
{
    m_changes.kinds |= Changed::Assistants;
    if (!m_assistantPut.bind(a.id, a.createdAt, a.name, a.model, a.tools.join(u", "_s), instructionsOf(a)).step())
        return;
    const qint64 key = m_assistantPut.integer(0);
    m_assistantPut.reset();
    putRaw(Resource::Assistants, key, {}, a.raw);
    putReferences(a.id, Resource::Assistants, a.vectorStoreIds + a.fileIds);
}

void Writer::put(const Thread &t)
{
    m_changes.kinds |= Changed::Threads;
    if (!m_threadPut.bind(t.id, t.createdAt, t.title, QString::fromUtf8(t.metadata)).step())
        return;
    const qint64 key = m_threadPut.integer(0);
    m_threadPut.reset();
    m_changes.threads.insert(key);
    putRaw(Resource::Threads, key, {}, t.sparse ? completed(key, t.raw) : t.raw);
    putReferences(t.id, Resource::Threads, t.vectorStoreIds + t.fileIds);
    putUsage(key, t);
}

// What a list leaves out of a thread stays as the thread itself told it.
QByteArray Writer::completed(qint64 thread, const QByteArray &sparse)
{
    std::optional<Result<QByteArray>> known;
    if (m_rawOf.bind(int(Resource::Threads), thread).step())
        known = m_raw.unpack(m_rawOf.optional(0), m_rawOf.blob(1));
    m_rawOf.reset();
    if (!known || !*known)
        return sparse;
    QJsonObject whole = QJsonDocument::fromJson(**known).object();
    const QJsonObject told = QJsonDocument::fromJson(sparse).object();
    for (auto it = told.begin(); it != told.end(); ++it)
        whole.insert(it.key(), it.value());
    return compactBytes(whole);
}

void Writer::putUsage(qint64 thread, const Thread &told)
{
    if (!told.usage) {
        m_usageDrop.bind(thread).step();
        if (m_database.changes() > 0)
            m_threadDirty.bind(thread).step();
        return;
    }
    const Usage &usage = *told.usage;
    m_usagePut
        .bind(thread, modelKey(told.model), usage.prompt, usage.completion, usage.cached, usage.cacheWrite,
              usage.reasoning, costOf(told.model, told.createdAt, told.usage),
              int(m_prices && m_prices->assumes(told.model)))
        .step();
    m_threadDirty.bind(thread).step();
}

void Writer::put(const Message &m)
{
    m_changes.kinds |= Changed::Messages;
    const qint64 thread = threadKey(m.threadId);
    const auto put = addOrPut(m_messageAdd, m_messagePut, m.id, thread, m.createdAt, m.role,
                              std::max<qint64>(m.characters, m.text.size()), headOf(m));
    if (!put)
        return;
    addRaw(m_messagePack, Resource::Messages, put->key, put->isNew, {}, m.raw);
    if (!m.fileIds.isEmpty())
        putReferences(QString::number(put->key), Resource::Messages, m.fileIds);
    // Pages may come newest first: the oldest user message counts.
    if (m.role == "user"_L1 && !m.text.isEmpty() && !m_previewed.contains(thread)) {
        m_previewed.insert(thread);
        m_previewPut.bind(m.text.left(previewLength).simplified(), thread, m.createdAt).step();
    }
}

void Writer::put(const Run &r)
{
    m_changes.kinds |= Changed::Runs;
    const QString word = r.status == RunStatus::Unknown ? r.statusWord : QString();
    const auto put = addOrPut(
        m_runAdd, m_runPut, r.id, threadKey(r.threadId), r.assistantId, modelKey(r.model), int(r.status), word,
        r.createdAt, r.endedAt(), r.expiresAt, r.errorCode, orNone(r.usage, &Usage::prompt),
        orNone(r.usage, &Usage::completion), orNone(r.usage, &Usage::cached), orNone(r.usage, &Usage::cacheWrite),
        orNone(r.usage, &Usage::reasoning), costOf(r.model, r.createdAt, r.usage), int(isActive(r.status)),
        int(m_prices && m_prices->assumes(r.model)), configKey(r.config));
    if (!put)
        return;
    m_changes.runs.insert(put->key);
    if (!put->isNew && !r.usage && !r.model.isEmpty())
        priceSummed(put->key, r.model, r.createdAt);
    addRaw(m_runPack, Resource::Runs, put->key, put->isNew, r.assistantId, r.raw);
}

// Its steps told what it took, and now it tells the model.
void Writer::priceSummed(qint64 run, const QString &model, OptTime created)
{
    std::optional<Usage> usage;
    if (m_runSummed.bind(run).step())
        usage =
            Usage{m_runSummed.integer(0), m_runSummed.integer(1), m_runSummed.optional(2), m_runSummed.optional(3), {}};
    m_runSummed.reset();
    if (!usage)
        return;
    // The model that counts is the one in the row: the steps may have told it.
    Statement by = m_database.prepare(u"SELECT name FROM model JOIN run ON run.model=model.key WHERE run.key=?"_s);
    const QString name = by.bind(run).step() ? by.text(0) : model;
    by.reset();
    m_database.prepare(u"UPDATE run SET cost=?, assumed=? WHERE key=?"_s)
        .bind(costOf(name, created, usage), int(m_prices && m_prices->assumes(name)), run)
        .step();
}

void Writer::put(const File &f)
{
    m_changes.kinds |= Changed::Files;
    if (!m_filePut.bind(f.id, f.createdAt, f.name, f.purpose, f.status, f.bytes).step())
        return;
    const qint64 key = m_filePut.integer(0);
    m_filePut.reset();
    putRaw(Resource::Files, key, {}, f.raw);
}

void Writer::put(const VectorStore &v)
{
    m_changes.kinds |= Changed::Stores;
    if (!m_storePut
             .bind(v.id, v.createdAt, v.lastActiveAt, v.expiresAt, v.name, v.status, v.usageBytes, v.fileCount,
                   v.failedFiles, v.pendingFiles)
             .step())
        return;
    const qint64 key = m_storePut.integer(0);
    m_storePut.reset();
    m_changes.stores.insert(key);
    putRaw(Resource::VectorStores, key, {}, v.raw);
}

void Writer::put(const StoreFile &f)
{
    m_changes.kinds |= Changed::Stores;
    if (!m_storeKey.bind(f.storeId).step())
        return;
    const qint64 store = m_storeKey.integer(0);
    m_storeKey.reset();
    m_changes.stores.insert(store);
    m_storeFilePut.bind(store, f.id, f.createdAt, f.status, f.usageBytes, f.errorCode, QString::fromUtf8(f.extra))
        .step();
}

void Writer::putSteps(const QString &threadId, const QString &runId, const std::vector<RunStep> &steps, StepsFrom from)
{
    m_changes.kinds |= Changed::Runs;
    const auto anew = qScopeGuard([this] { m_threadKeys.clear(); });
    if (from == StepsFrom::Thread && !steps.empty()) // its run may come later, or was deleted
        m_runStub.bind(runId, threadKey(threadId), steps.front().createdAt).step();
    if (!m_runKey.bind(runId, threadKey(threadId)).step())
        return; // its run is not known: the list of runs brings both again
    const qint64 run = m_runKey.integer(0);
    m_runKey.reset();
    m_changes.runs.insert(run);
    QByteArrayList raws;
    qint64 calls = 0;
    QStringList models; // of several, no price is known
    QString error;
    std::optional<Usage> usage;
    for (const RunStep &step : steps) {
        raws << step.raw;
        calls += step.toolCalls;
        if (!step.model.isEmpty() && !models.contains(step.model))
            models << step.model;
        if (!step.errorCode.isEmpty() && step.status == "failed"_L1)
            error = step.errorCode;
        if (step.usage) {
            usage = usage.value_or(Usage());
            *usage += *step.usage;
        }
    }
    if (!raws.isEmpty()) {
        const PackedRaw packed = m_raw.pack(Resource::Steps, {}, raws.join(packSeparator));
        m_stepsPut.bind(run, packed.dictionary, packed.data).step();
    }
    m_runSteps.bind(run, qint64(steps.size()), calls, int(from == StepsFrom::Thread)).step();
    deriveSteps(run, steps);
    if (!models.isEmpty() || !error.isEmpty())
        m_runTold.bind(run, modelKey(models.join(u" + "_s)), error).step();
    // Servers that count tokens only per step: the run's usage is their sum.
    if (!usage)
        return;
    if (m_runAbout.bind(run).step()) {
        const QString by = m_runAbout.text(0);
        const auto cost = costOf(by, m_runAbout.optional(1), usage);
        m_runUsage
            .bind(usage->prompt, usage->completion, usage->cached, usage->cacheWrite, usage->reasoning, cost,
                  int(m_prices && m_prices->assumes(by)), run)
            .step();
    }
    m_runAbout.reset();
}

// Named by its id: its key, for the feed.
void Writer::noteThread(const QString &id)
{
    m_changes.kinds |= Changed::Threads;
    if (m_threadKey.bind(id).step())
        m_changes.threads.insert(m_threadKey.integer(0));
    m_threadKey.reset();
}

void Writer::noteStore(const QString &id)
{
    m_changes.kinds |= Changed::Stores;
    if (m_storeKey.bind(id).step())
        m_changes.stores.insert(m_storeKey.integer(0));
    m_storeKey.reset();
}

int Writer::addThreads(const QStringList &ids)
{
    int added = 0;
    for (const QString &id : ids) {
        m_threadAdd.bind(id).step();
        added += m_database.changes();
        noteThread(id);
    }
    return added;
}

namespace {

ChangedKinds kindOf(Resource resource)
{
    switch (resource) {
    case Resource::Assistants:
        return Changed::Assistants;
    case Resource::Threads:
        return Changed::Threads;
    case Resource::Messages:
        return Changed::Messages;
    case Resource::Runs:
    case Resource::Steps:
        return Changed::Runs;
    case Resource::Files:
        return Changed::Files;
    case Resource::VectorStores:
    case Resource::StoreFiles:
        return Changed::Stores;
    }
    return {};
}

} // namespace

void Writer::markGone(Resource resource, const QStringList &stillThere)
{
    m_changes.kinds |= kindOf(resource);
    const QString table = tableOf(resource);
    if (table.isEmpty() || resource == Resource::Threads)
        return; // threads are not always listed
    Statement mark = m_database.prepare(u"UPDATE "_s + table +
                                        u" SET gone=1 WHERE gone=0 AND id NOT IN (SELECT value FROM json_each(?)) "
                                        "RETURNING key"_s);
    mark.bind(jsonList(stillThere));
    while (mark.step())
        if (resource == Resource::VectorStores)
            m_changes.stores.insert(mark.integer(0));
}

void Writer::setGone(Resource resource, const QString &id)
{
    m_changes.kinds |= kindOf(resource);
    const QString table = tableOf(resource);
    if (table.isEmpty())
        return;
    m_database
        .prepare(u"UPDATE "_s + table + u" SET gone=1"_s +
                 (resource == Resource::Threads ? u", unjudged=unjudged+1"_s : QString()) + u" WHERE id=?"_s)
        .bind(id)
        .step();
    if (resource == Resource::Threads)
        noteThread(id);
    if (resource == Resource::VectorStores)
        noteStore(id);
    // What is gone points to nothing any more.
    m_database.prepare(u"DELETE FROM reference WHERE owner=? AND kind=?"_s).bind(id, int(resource)).step();
    if (resource == Resource::Threads)
        m_database
            .prepare(u"DELETE FROM reference WHERE kind=? AND owner IN (SELECT CAST(m.key AS TEXT) FROM message m "
                     "JOIN thread t ON t.key=m.thread WHERE t.id=?)"_s)
            .bind(int(Resource::Messages), id)
            .step();
    if (resource == Resource::VectorStores)
        m_database.prepare(u"DELETE FROM store_file WHERE store=(SELECT key FROM store WHERE id=?)"_s).bind(id).step();
}

void Writer::storeFilesDone(const QString &storeId, const QString &stamp, const QStringList &stillThere)
{
    m_database
        .prepare(u"DELETE FROM store_file WHERE store=(SELECT key FROM store WHERE id=?) AND file NOT IN "
                 "(SELECT value FROM json_each(?))"_s)
        .bind(storeId, jsonList(stillThere))
        .step();
    m_database.prepare(u"UPDATE store SET files_stamp=? WHERE id=?"_s).bind(stamp, storeId).step();
    noteStore(storeId);
}

void Writer::setMeta(const QString &key, const QString &value)
{
    m_database.prepare(u"INSERT OR REPLACE INTO meta(key,value) VALUES(?,?)"_s).bind(key, value).step();
}

qint64 Writer::syncStarted(qint64 now)
{
    m_changes.kinds |= Changed::Syncs;
    Statement any = m_database.prepare(u"SELECT 1 FROM run LIMIT 1"_s);
    if (const bool empty = !any.step(); empty) {
        any.reset();
        std::ignore = dropRunIndexes(m_database); // else with them: it takes longer
    }
    any.reset();
    // A sync that a crash cut short left no end.
    m_database.prepare(u"UPDATE sync SET outcome='interrupted' WHERE outcome='running'"_s).bind().step();
    m_database.prepare(u"INSERT INTO sync(started,outcome) VALUES(?,'running')"_s).bind(now).step();
    return m_database.lastInsertRowId();
}

void Writer::syncEnded(const SyncRow &row)
{
    m_changes.kinds |= Changed::Syncs;
    std::ignore = makeRunIndexes(m_database); // else at the next start
    m_database
        .prepare(u"UPDATE sync SET ended=?, outcome=?, threads=?, requests=?, objects=?, failures=?, problem=? "
                 "WHERE key=?"_s)
        .bind(row.endedAt, row.outcome, row.threads, row.requests, row.objects, row.failures, row.problem, row.key)
        .step();
}

void Writer::syncFailed(qint64 sync, const QString &target, const QString &reason)
{
    m_database.prepare(u"INSERT INTO sync_failure VALUES(?,?,?)"_s).bind(sync, target, reason).step();
}

} // namespace bobbin
