// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/reader.h"

#include <QDateTime>
#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <span>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QStringView runStatusWords[] = {u"unknown",   u"queued", u"in_progress", u"requires_action", u"cancelling",
                                          u"cancelled", u"failed", u"completed",   u"incomplete",      u"expired"};

QString statusWord(int status, const QString &word)
{
    if (!word.isEmpty())
        return word;
    return status >= 0 && status < int(std::size(runStatusWords)) ? runStatusWords[status].toString() : u"unknown"_s;
}

CostSum costSum(const Statement &q, int at)
{
    return {{q.integer(at)}, q.integer(at + 1), q.integer(at + 2)};
}

struct Sort {
    QByteArrayView column;
    const char *expression;
};

// How one kind of row is listed: where from, what the filter's text looks at, what can be sorted by.
struct Listing {
    const char *from;
    const char *text; // one expression, searched with LIKE
    const char *always; // condition of every listing
    const char *cost; // known, priced, unknown
    std::span<const Sort> sorts;
};

constexpr Sort threadSorts[] = {
    {"thread", "coalesce(nullif(t.title,''),t.preview,t.id) COLLATE NOCASE"},
    {"id", "t.id"},
    {"assistant", "(SELECT name FROM assistant a WHERE a.id=t.assistant) COLLATE NOCASE"},
    {"turns", "t.turns"},
    {"messages", "t.messages"},
    {"runs", "t.runs"},
    {"lastActive", "t.last_active"},
    {"created", "t.created"},
    {"promptNow", "t.prompt_now"},
    {"growth", "CAST(t.prompt_now AS REAL)/nullif(t.prompt_first,0)"},
    {"cost", "t.cost"},
    {"active", "t.active_runs"},
    {"failed", "t.failed_runs"},
    {"state", "t.gone*4 + (t.problem IS NOT NULL)*2 + (t.active_runs>0)"},
};
constexpr Sort runSorts[] = {
    {"run", "t.id"},
    {"thread", "t.thread"},
    {"assistant", "(SELECT name FROM assistant a WHERE a.id=t.assistant) COLLATE NOCASE"},
    {"model", "(SELECT name FROM model m WHERE m.key=t.model)"},
    {"status", "t.status"},
    {"created", "t.created"},
    {"duration", "t.ended-t.created"},
    {"prompt", "t.prompt"},
    {"cached", "t.cached"},
    {"completion", "t.completion"},
    {"cost", "t.cost"},
    {"steps", "t.steps"},
    {"toolCalls", "t.calls"},
    {"error", "t.error"},
};
constexpr Sort assistantSorts[] = {
    {"name", "t.name COLLATE NOCASE"},
    {"id", "t.id"},
    {"model", "t.model"},
    {"tools", "t.tools"},
    {"created", "t.created"},
    {"runs", "(SELECT count(*) FROM run r WHERE r.assistant=t.id)"},
    {"threads", "(SELECT count(DISTINCT thread) FROM run r WHERE r.assistant=t.id)"},
    {"lastRun", "(SELECT max(created) FROM run r WHERE r.assistant=t.id)"},
    {"cost", "(SELECT sum(cost) FROM run r WHERE r.assistant=t.id)"},
};
constexpr Sort storeSorts[] = {
    {"name", "t.name COLLATE NOCASE"},
    {"id", "t.id"},
    {"status", "t.status"},
    {"bytes", "t.bytes"},
    {"perDay", "t.bytes"},
    {"files", "t.files"},
    {"failed", "t.failed"},
    {"created", "t.created"},
    {"lastActive", "t.last_active"},
    {"expires", "t.expires"},
    {"users", "(SELECT count(*) FROM reference f WHERE f.target=t.id)"},
};
constexpr Sort fileSorts[] = {
    {"name", "t.name COLLATE NOCASE"},
    {"id", "t.id"},
    {"purpose", "t.purpose"},
    {"status", "t.status"},
    {"bytes", "t.bytes"},
    {"created", "t.created"},
    {"stores", "(SELECT count(*) FROM store_file f WHERE f.file=t.id)"},
    {"messages", "(SELECT count(*) FROM reference f WHERE f.target=t.id)"},
};
constexpr Sort syncSorts[] = {
    {"started", "t.started"}, {"outcome", "t.outcome"},   {"threads", "t.threads"},          {"requests", "t.requests"},
    {"objects", "t.objects"}, {"failures", "t.failures"}, {"duration", "t.ended-t.started"},
};

const Listing &listing(RowKind kind)
{
    static const Listing threads{"thread t",
                                 "t.id||' '||coalesce(t.title,'')||' '||coalesce(t.preview,'')||' '||"
                                 "coalesce((SELECT name FROM assistant a WHERE a.id=t.assistant),'')",
                                 "1", "sum(t.cost), sum(t.priced_runs), sum(t.unknown_runs)", threadSorts};
    static const Listing runs{"run t",
                              "t.id||' '||coalesce(t.error,'')||' '||"
                              "coalesce((SELECT name FROM model m WHERE m.key=t.model),'')||' '||"
                              "coalesce((SELECT name FROM assistant a WHERE a.id=t.assistant),'')||' '||"
                              "(SELECT h.id||' '||coalesce(h.title,'')||' '||coalesce(h.preview,'') FROM thread h "
                              "WHERE h.key=t.thread)",
                              "1", "sum(t.cost), count(t.cost), count(*)-count(t.cost)", runSorts};
    static const Listing assistants{"assistant t", "t.id||' '||coalesce(t.name,'')||' '||coalesce(t.model,'')",
                                    "t.gone=0", "0, 0, 0", assistantSorts};
    static const Listing stores{"store t", "t.id||' '||coalesce(t.name,'')", "t.gone=0", "0, 0, 0", storeSorts};
    static const Listing files{"file t", "t.id||' '||coalesce(t.name,'')", "t.gone=0", "0, 0, 0", fileSorts};
    static const Listing syncs{"sync t", "t.outcome||' '||coalesce(t.problem,'')", "1", "0, 0, 0", syncSorts};
    switch (kind) {
    case RowKind::Threads:
        return threads;
    case RowKind::Runs:
        return runs;
    case RowKind::Assistants:
        return assistants;
    case RowKind::Stores:
        return stores;
    case RowKind::Files:
        return files;
    case RowKind::Syncs:
        break;
    }
    return syncs;
}

QString likePattern(QString text)
{
    text.replace(u"\\"_s, u"\\\\"_s).replace(u"%"_s, u"\\%"_s).replace(u"_"_s, u"\\_"_s);
    return u"%"_s + text + u"%"_s;
}

QString stateCondition(RowKind kind, const QStringList &states)
{
    QStringList any;
    for (const QString &state : states) {
        if (kind == RowKind::Runs) {
            if (state == "active"_L1)
                any << u"t.active=1"_s;
            for (std::size_t i = 0; i < std::size(runStatusWords); ++i)
                if (runStatusWords[i] == state)
                    any << u"t.status=%1"_s.arg(i);
        } else if (kind == RowKind::Threads) {
            if (state == "active"_L1)
                any << u"t.active_runs>0"_s;
            else if (state == "failed"_L1)
                any << u"t.failed_runs>0"_s;
            else if (state == "gone"_L1)
                any << u"t.gone=1"_s;
            else if (state == "unpriced"_L1)
                any << u"t.unknown_runs>0"_s;
            else if (state == "problem"_L1)
                any << u"t.problem IS NOT NULL"_s;
        }
    }
    return any.isEmpty() ? QString() : u"("_s + any.join(u" OR "_s) + u")"_s;
}

QString keysJson(const std::vector<RowKey> &keys)
{
    QString text;
    text.reserve(qsizetype(keys.size()) * 8);
    for (const RowKey key : keys)
        text += (text.isEmpty() ? u"["_s : u","_s) + QString::number(key);
    return text.isEmpty() ? u"[]"_s : text + u"]"_s;
}

template <class Row> struct RowSql;

template <> struct RowSql<ThreadRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, coalesce(nullif(t.title,''),t.preview,''), "
               "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),t.assistant,''), "
               "t.created, t.last_active, t.synced, t.messages, t.runs, t.turns, t.prompt_now, t.prompt_first, "
               "t.active_runs, t.failed_runs, t.cost, t.priced_runs, t.unknown_runs, t.gone, t.problem FROM thread t"_s;
    }
    static ThreadRow read(const Statement &q)
    {
        ThreadRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.title = q.text(2);
        r.assistant = q.text(3);
        r.createdAt = q.optional(4);
        r.lastActiveAt = q.optional(5);
        r.syncedAt = q.optional(6);
        r.messages = q.optional(7);
        r.runs = q.optional(8);
        r.turns = q.optional(9);
        r.promptNow = q.optional(10);
        r.promptFirst = q.optional(11);
        r.activeRuns = q.integer(12);
        r.failedRuns = q.integer(13);
        r.cost = costSum(q, 14);
        r.gone = q.integer(17) != 0;
        r.problem = q.text(18);
        return r;
    }
};

template <> struct RowSql<RunRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, h.id, coalesce(nullif(h.title,''),h.preview,''), "
               "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),t.assistant,''), "
               "coalesce((SELECT name FROM model m WHERE m.key=t.model),''), t.status, t.word, t.error, t.created, "
               "t.ended, t.expires, t.prompt, t.completion, t.cached, t.cache_write, t.reasoning, t.cost, t.steps, "
               "t.calls FROM run t JOIN thread h ON h.key=t.thread"_s;
    }
    static RunRow read(const Statement &q)
    {
        RunRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.threadId = q.text(2);
        r.threadTitle = q.text(3);
        r.assistant = q.text(4);
        r.model = q.text(5);
        r.status = RunStatus(q.integer(6));
        r.statusWord = statusWord(int(q.integer(6)), q.text(7));
        r.errorCode = q.text(8);
        r.createdAt = q.optional(9);
        r.endedAt = q.optional(10);
        r.expiresAt = q.optional(11);
        if (!q.isNull(12))
            r.usage = Usage{q.integer(12), q.integer(13), q.optional(14), q.optional(15), q.optional(16)};
        if (const auto cost = q.optional(17))
            r.cost = Money{*cost};
        r.steps = q.optional(18);
        r.toolCalls = q.optional(19);
        return r;
    }
};

template <> struct RowSql<AssistantRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.model, t.tools, t.created, "
               "(SELECT max(created) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(DISTINCT thread) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*) FROM reference f WHERE f.owner=t.id AND f.kind=0 AND f.target IN (SELECT id FROM "
               "store)), "
               "(SELECT coalesce(sum(cost),0) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(cost) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*)-count(cost) FROM run r WHERE r.assistant=t.id) FROM assistant t"_s;
    }
    static AssistantRow read(const Statement &q)
    {
        AssistantRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.model = q.text(3);
        r.tools = q.text(4);
        r.createdAt = q.optional(5);
        r.lastRunAt = q.optional(6);
        r.threads = q.integer(7);
        r.runs = q.integer(8);
        r.stores = q.integer(9);
        r.cost = costSum(q, 10);
        return r;
    }
};

template <> struct RowSql<StoreRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.status, t.created, t.last_active, t.expires, t.bytes, t.files, "
               u"t.failed, "
               "(SELECT count(*) FROM reference f WHERE f.target=t.id), "
               "coalesce((SELECT group_concat(coalesce(nullif(a.name,''),a.id), ', ') FROM reference f "
               "JOIN assistant a ON a.id=f.owner WHERE f.target=t.id),'') FROM store t"_s;
    }
    static StoreRow read(const Statement &q)
    {
        StoreRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.status = q.text(3);
        r.createdAt = q.optional(4);
        r.lastActiveAt = q.optional(5);
        r.expiresAt = q.optional(6);
        r.bytes = q.optional(7);
        r.files = q.optional(8);
        r.failedFiles = q.optional(9);
        r.users = q.integer(10);
        r.usedBy = q.text(11);
        return r;
    }
};

template <> struct RowSql<FileRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.purpose, t.status, t.created, t.bytes, "
               "(SELECT count(*) FROM store_file f WHERE f.file=t.id), "
               "(SELECT count(*) FROM reference f WHERE f.target=t.id) FROM file t"_s;
    }
    static FileRow read(const Statement &q)
    {
        FileRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.purpose = q.text(3);
        r.status = q.text(4);
        r.createdAt = q.optional(5);
        r.bytes = q.optional(6);
        r.stores = q.integer(7);
        r.messages = q.integer(8);
        return r;
    }
};

template <> struct RowSql<SyncRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.started, t.ended, t.outcome, t.threads, t.requests, t.objects, t.failures, "
               "coalesce(t.problem,'') FROM sync t"_s;
    }
    static SyncRow read(const Statement &q)
    {
        SyncRow r;
        r.key = q.integer(0);
        r.startedAt = q.optional(1);
        r.endedAt = q.optional(2);
        r.outcome = q.text(3);
        r.threads = q.integer(4);
        r.requests = q.integer(5);
        r.objects = q.integer(6);
        r.failures = q.integer(7);
        r.problem = q.text(8);
        return r;
    }
};

} // namespace

Reader::Reader(Database &database) : m_database(database), m_raw(database)
{
}

Statement Reader::prepare(const QString &sql)
{
    m_database.clearError();
    return m_database.prepare(sql);
}

Result<KeyList> Reader::keys(RowKind kind, const RowQuery &query, int limit)
{
    const Listing &list = listing(kind);
    const RowFilter &filter = query.filter;
    QStringList conditions{QString::fromLatin1(list.always)};
    if (!filter.text.isEmpty())
        conditions << u"("_s + QString::fromLatin1(list.text) + u") LIKE ?1 ESCAPE '\\'"_s;
    if (!filter.assistantId.isEmpty())
        conditions << u"t.assistant=?2"_s;
    if (!filter.threadId.isEmpty())
        conditions << u"t.thread=(SELECT key FROM thread WHERE id=?3)"_s;
    const char *time = kind == RowKind::Threads ? "t.last_active" : "t.created";
    if (filter.activeFrom)
        conditions << QString::fromLatin1(time) + u">=?4"_s;
    if (filter.activeUntil)
        conditions << QString::fromLatin1(time) + u"<?5"_s;
    if (const QString states = stateCondition(kind, filter.states); !states.isEmpty())
        conditions << states;

    const QString where = u" FROM "_s + QString::fromLatin1(list.from) + u" WHERE "_s + conditions.join(u" AND "_s);
    QString order = u"t.key"_s;
    for (const Sort &sort : list.sorts)
        if (sort.column == query.sort)
            order = QString::fromLatin1(sort.expression);
    const QString direction = query.descending ? u" DESC"_s : u" ASC"_s;
    const auto bound = [&](const QString &sql) {
        Statement statement = prepare(sql);
        statement.bind(likePattern(filter.text), filter.assistantId, filter.threadId, filter.activeFrom,
                       filter.activeUntil);
        return statement;
    };
    KeyList result;
    // Unknown values come last in both directions. SQLite's default (NULL first ascending, last descending) lets the
    // index serve the descending order; only ascending needs the explicit clause.
    Statement all = bound(u"SELECT t.key"_s + where + u" ORDER BY "_s + order + direction +
                          (query.descending ? u""_s : u" NULLS LAST"_s) + u", t.key"_s + direction +
                          (limit > 0 ? u" LIMIT %1"_s.arg(limit) : QString()));
    while (all.step())
        result.keys.push_back(all.integer(0));
    if (limit == 0 && m_database.status()) {
        Statement sum = bound(u"SELECT "_s + QString::fromLatin1(list.cost) + where);
        if (sum.step())
            result.cost = costSum(sum, 0);
    }
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return result;
}

template <class Row> Result<std::vector<Row>> Reader::rows(const std::vector<RowKey> &keys)
{
    QHash<RowKey, std::size_t> place;
    for (std::size_t i = 0; i < keys.size(); ++i)
        place.insert(keys[i], i);
    Statement query = prepare(RowSql<Row>::columns() + u" WHERE t.key IN (SELECT value FROM json_each(?))"_s);
    query.bind(keysJson(keys));
    std::vector<Row> rows(keys.size());
    while (query.step()) {
        Row row = RowSql<Row>::read(query);
        rows[place.value(row.key)] = std::move(row);
    }
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return rows;
}

template Result<std::vector<ThreadRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<RunRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<AssistantRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<StoreRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<FileRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<SyncRow>> Reader::rows(const std::vector<RowKey> &);

Result<std::vector<TurnPoint>> Reader::turns(RowKey thread)
{
    std::vector<qint64> asked; // when each user message came
    Statement messages =
        prepare(u"SELECT coalesce(created,0) FROM message WHERE thread=? AND role='user' ORDER BY 1"_s);
    messages.bind(thread);
    while (messages.step())
        asked.push_back(messages.integer(0));
    Statement query = m_database.prepare(
        u"SELECT t.key, t.id, t.status, t.word, (SELECT name FROM model m WHERE m.key=t.model), t.created, t.ended, "
        "t.prompt, t.completion, t.cached, t.cache_write, t.reasoning, t.cost, t.calls FROM run t WHERE t.thread=? "
        "ORDER BY t.created, t.key"_s);
    query.bind(thread);
    std::vector<TurnPoint> points;
    std::size_t seen = 0;
    while (query.step()) {
        TurnPoint p;
        p.key = query.integer(0);
        p.runId = query.text(1);
        p.status = RunStatus(query.integer(2));
        p.statusWord = statusWord(int(query.integer(2)), query.text(3));
        p.model = query.text(4);
        p.createdAt = query.optional(5);
        p.endedAt = query.optional(6);
        if (!query.isNull(7))
            p.usage =
                Usage{query.integer(7), query.integer(8), query.optional(9), query.optional(10), query.optional(11)};
        if (const auto cost = query.optional(12))
            p.cost = Money{*cost};
        p.toolCalls = query.optional(13);
        while (seen < asked.size() && p.createdAt && asked[seen] <= *p.createdAt)
            ++seen;
        // Without messages (an old export, a deleted message) every run counts as a turn of its own.
        p.turn = asked.empty() ? qint64(points.size()) + 1 : std::max<qint64>(1, qint64(seen));
        points.push_back(std::move(p));
    }
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return points;
}

Result<std::vector<MessageRaw>> Reader::messages(RowKey thread, int limit, int offset)
{
    Statement query = prepare(u"SELECT m.id, r.dict, r.data FROM message m JOIN raw r ON r.kind=? AND r.key=m.key "
                              "WHERE m.thread=? ORDER BY m.created, m.key LIMIT ? OFFSET ?"_s);
    query.bind(int(Resource::Messages), thread, limit, offset);
    std::vector<MessageRaw> all;
    while (query.step()) {
        Result<QByteArray> raw = m_raw.unpack(query.optional(1), query.blob(2));
        if (!raw)
            return fail(raw.error());
        all.push_back({query.text(0), *raw});
    }
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<std::vector<RunRow>> Reader::runsOfThread(RowKey thread, int limit, int offset)
{
    std::vector<RowKey> keys;
    Statement query = prepare(u"SELECT key FROM run WHERE thread=? ORDER BY created, key LIMIT ? OFFSET ?"_s);
    query.bind(thread, limit, offset);
    while (query.step())
        keys.push_back(query.integer(0));
    return rows<RunRow>(keys);
}

Result<std::vector<StepRaw>> Reader::steps(RowKey run)
{
    Statement query = prepare(u"SELECT s.id, r.id, s.dict, s.data FROM step s JOIN run r ON r.key=s.run WHERE s.run=? "
                              "ORDER BY s.created, s.id"_s);
    query.bind(run);
    std::vector<StepRaw> all;
    while (query.step()) {
        Result<QByteArray> raw = m_raw.unpack(query.optional(2), query.blob(3));
        if (!raw)
            return fail(raw.error());
        all.push_back({query.text(0), query.text(1), *raw});
    }
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<QByteArray> Reader::raw(Resource kind, RowKey key)
{
    Statement query = prepare(u"SELECT dict, data FROM raw WHERE kind=? AND key=?"_s);
    if (query.bind(int(kind), key).step())
        return m_raw.unpack(query.optional(0), query.blob(1));
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return QByteArray();
}

Result<std::optional<RowKey>> Reader::keyOf(RowKind kind, const QString &id)
{
    Statement query = prepare(u"SELECT t.key FROM "_s + QString::fromLatin1(listing(kind).from) + u" WHERE t.id=?"_s);
    const std::optional<RowKey> key = query.bind(id).step() ? std::optional(query.integer(0)) : std::nullopt;
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return key;
}

Result<std::vector<NamedCost>> Reader::costBy(const QString &what)
{
    const QString name = what == "model"_L1 ? u"coalesce((SELECT name FROM model m WHERE m.key=r.model),'')"_s
        : what == "assistant"_L1
        ? u"coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=r.assistant),r.assistant)"_s
        : what == "thread"_L1
        ? u"coalesce((SELECT coalesce(nullif(title,''),preview,id) FROM thread h WHERE h.key=r.thread),'')"_s
        : u"strftime('%Y-%m-%d', r.created/1000, 'unixepoch')"_s;
    const QString id = what == "model"_L1 ? u"r.model"_s
        : what == "assistant"_L1          ? u"r.assistant"_s
        : what == "thread"_L1             ? u"r.thread"_s
                                          : u"r.created/86400000"_s;
    Statement query = prepare(u"SELECT "_s + name +
                              u", count(*), coalesce(sum(cost),0), count(cost), "
                              "count(*)-count(cost) FROM run r GROUP BY "_s +
                              id + (what == "day"_L1 ? u" ORDER BY r.created DESC"_s : u" ORDER BY 3 DESC"_s));
    std::vector<NamedCost> all;
    while (query.step())
        all.push_back({query.text(0), query.text(0), query.integer(1), costSum(query, 2)});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<Overview> Reader::overview(qint64 nowMs)
{
    Overview o;
    const auto number = [this](const QString &sql) {
        Statement query = m_database.prepare(sql);
        return query.step() ? query.optional(0) : std::nullopt;
    };
    m_database.clearError();
    o.assistants = number(u"SELECT count(*) FROM assistant WHERE gone=0"_s).value_or(0);
    o.threads = number(u"SELECT count(*) FROM thread"_s).value_or(0);
    o.runs = number(u"SELECT count(*) FROM run"_s).value_or(0);
    o.steps = number(u"SELECT sum(steps) FROM run"_s).value_or(0);
    o.messages = number(u"SELECT count(*) FROM message"_s).value_or(0);
    o.stores = number(u"SELECT count(*) FROM store WHERE gone=0"_s).value_or(0);
    o.files = number(u"SELECT count(*) FROM file WHERE gone=0"_s).value_or(0);
    o.activeRuns = number(u"SELECT count(*) FROM run WHERE active=1"_s).value_or(0);
    o.storeBytes = number(u"SELECT sum(bytes) FROM store WHERE gone=0"_s);
    o.lastSync = number(u"SELECT max(ended) FROM sync"_s);
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs, Qt::UTC).date();
    const qint64 monthStart = QDate(today.year(), today.month(), 1).startOfDay(Qt::UTC).toMSecsSinceEpoch();
    const QString sums = u"SELECT coalesce(sum(cost),0), count(cost), count(*)-count(cost) FROM run"_s;
    if (Statement q = m_database.prepare(sums); q.step())
        o.total = costSum(q, 0);
    if (Statement q = m_database.prepare(sums + u" WHERE created>=?"_s); q.bind(monthStart).step())
        o.month = costSum(q, 0);
    Statement days =
        m_database.prepare(u"SELECT strftime('%Y-%m-%d', created/1000, 'unixepoch'), "
                           "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=r.assistant),r.assistant), "
                           "coalesce(sum(cost),0), count(cost), count(*)-count(cost) FROM run r WHERE created>=? "
                           "GROUP BY created/86400000, assistant ORDER BY created/86400000"_s);
    days.bind(today.addDays(-61).startOfDay(Qt::UTC).toMSecsSinceEpoch());
    while (days.step())
        o.days.push_back({days.text(0), days.text(1), costSum(days, 2)});
    Statement top = m_database.prepare(u"SELECT id, coalesce(nullif(title,''),preview,id), coalesce(runs,0), cost, "
                                       "priced_runs, unknown_runs FROM thread ORDER BY cost DESC LIMIT 10"_s);
    while (top.step())
        o.threadsByCost.push_back({top.text(0), top.text(1), top.integer(2), costSum(top, 3)});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    Result<std::vector<NamedCost>> models = costBy(u"model"_s);
    Result<std::vector<NamedCost>> assistants = costBy(u"assistant"_s);
    if (!models)
        return fail(models.error());
    if (!assistants)
        return fail(assistants.error());
    o.models = *std::move(models);
    o.assistantsByCost = *std::move(assistants);
    return o;
}

Result<std::vector<FailureRow>> Reader::failures(qint64 sync)
{
    Statement query = prepare(u"SELECT target, reason FROM sync_failure WHERE sync=? ORDER BY rowid"_s);
    query.bind(sync);
    std::vector<FailureRow> all;
    while (query.step())
        all.push_back({query.text(0), query.text(1)});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<std::vector<NamedCost>> Reader::assistantNames()
{
    Statement query = prepare(u"SELECT id, coalesce(nullif(name,''),id) FROM assistant WHERE gone=0 ORDER BY 2"_s);
    std::vector<NamedCost> all;
    while (query.step())
        all.push_back({query.text(0), query.text(1), 0, {}});
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<ThreadCursor> Reader::cursor(const QString &threadId)
{
    ThreadCursor cursor;
    cursor.threadId = threadId;
    Statement key = prepare(u"SELECT key, created IS NULL, problem IS NOT NULL FROM thread WHERE id=?"_s);
    if (!key.bind(threadId).step())
        return cursor;
    const qint64 thread = key.integer(0);
    cursor.bare = key.integer(1) != 0;
    const bool fromTheStart = key.integer(2) != 0; // what failed last time may lie anywhere
    key.reset();
    // The list goes on after the last message before the first one that was still being written.
    Statement message = m_database.prepare(
        u"SELECT id FROM message WHERE thread=?1 AND key < coalesce((SELECT min(key) FROM message WHERE thread=?1 AND "
        "pending=1), 9223372036854775807) ORDER BY created DESC, key DESC LIMIT 1"_s);
    if (!fromTheStart && message.bind(thread).step())
        cursor.lastMessage = message.text(0);
    Statement run = m_database.prepare(
        u"SELECT id FROM run WHERE thread=?1 AND key < coalesce((SELECT min(key) FROM run WHERE thread=?1 AND "
        "active=1), 9223372036854775807) ORDER BY created DESC, key DESC LIMIT 1"_s);
    if (!fromTheStart && run.bind(thread).step())
        cursor.lastRun = run.text(0);
    Statement bare = m_database.prepare(u"SELECT id FROM run WHERE thread=? AND steps IS NULL ORDER BY created, key"_s);
    bare.bind(thread);
    while (bare.step())
        cursor.runsWithoutSteps << bare.text(0);
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return cursor;
}

Result<QStringList> Reader::threadIds(OptTime resumeFrom)
{
    Statement query = prepare(u"SELECT id FROM thread WHERE gone=0 AND (?1 IS NULL OR synced IS NULL OR synced<?1) "
                              "ORDER BY synced IS NOT NULL, synced, key"_s);
    query.bind(resumeFrom);
    QStringList ids;
    while (query.step())
        ids << query.text(0);
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return ids;
}

Result<OptTime> Reader::resumeFrom()
{
    Statement query = prepare(u"SELECT started, outcome FROM sync ORDER BY key DESC LIMIT 1"_s);
    OptTime from;
    if (query.step() && query.text(1) != "done"_L1)
        from = query.optional(0);
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return from;
}

Result<QHash<QString, QString>> Reader::storeStamps()
{
    Statement query = prepare(u"SELECT id, files_stamp FROM store WHERE files_stamp IS NOT NULL"_s);
    QHash<QString, QString> stamps;
    while (query.step())
        stamps.insert(query.text(0), query.text(1));
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return stamps;
}

Result<std::vector<std::pair<QString, QString>>> Reader::activeRuns()
{
    Statement query = prepare(u"SELECT h.id, r.id FROM run r JOIN thread h ON h.key=r.thread WHERE r.active=1 AND "
                              "h.gone=0"_s);
    std::vector<std::pair<QString, QString>> all;
    while (query.step())
        all.emplace_back(query.text(0), query.text(1));
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return all;
}

Result<QStringList> Reader::unknownThreads(const QStringList &ids)
{
    Statement query = prepare(u"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM thread)"_s);
    query.bind(QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(ids)).toJson(QJsonDocument::Compact)));
    QStringList fresh;
    while (query.step())
        fresh << query.text(0);
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return fresh;
}

Result<QString> Reader::meta(const QString &key)
{
    Statement query = prepare(u"SELECT value FROM meta WHERE key=?"_s);
    const QString value = query.bind(key).step() ? query.text(0) : QString();
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return value;
}

Result<qint64> Reader::count(RowKind kind)
{
    Statement query = prepare(u"SELECT count(*) FROM "_s + QString::fromLatin1(listing(kind).from) + u" WHERE "_s +
                              QString::fromLatin1(listing(kind).always));
    const qint64 n = query.step() ? query.integer(0) : 0;
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    return n;
}

} // namespace bobbin
