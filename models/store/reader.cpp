// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/reader.h"

#include "models/columns/columns.h"
#include "models/store/rowsql.h"

#include <QHash>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString keysJson(const std::vector<RowKey> &keys)
{
    QString text;
    text.reserve(qsizetype(keys.size()) * 8);
    for (const RowKey key : keys)
        text += (text.isEmpty() ? u"["_s : u","_s) + QString::number(key);
    return text.isEmpty() ? u"[]"_s : text + u"]"_s;
}
} // namespace

Reader::Reader(Database &database, const Provider &provider)
    : m_database(database), m_provider(provider), m_raw(database)
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
        conditions << textCondition(list, limit > 0);
    if (!filter.assistantId.isEmpty())
        conditions << u"t.assistant=?2"_s;
    if (filter.noAssistant)
        conditions << u"coalesce(t.assistant,'')=''"_s;
    if (filter.model && kind == RowKind::Runs)
        conditions << u"t.model IS (SELECT key FROM model WHERE name=?6)"_s;
    if (filter.metadata)
        conditions << metadataCondition(kind, filter.metadata->value.has_value());
    if (!filter.threadId.isEmpty())
        conditions << u"t.thread=(SELECT key FROM thread WHERE id=?3)"_s;
    const char *time = kind == RowKind::Threads ? "t.last_active" : "t.created";
    if (filter.activeFrom)
        conditions << QString::fromLatin1(time) + u">=?4"_s;
    if (filter.activeUntil)
        conditions << QString::fromLatin1(time) + u"<?5"_s;
    if (const QString states = stateCondition(kind, filter.states); !states.isEmpty())
        conditions << states;
    if (!filter.causes.empty())
        conditions << causeCondition(kind, filter.causes);

    const QString where = u" FROM "_s + QString::fromLatin1(list.from) + u" WHERE "_s + conditions.join(u" AND "_s);
    const char *sort = sortOf(kind, query.sort);
    const QString order = sort ? QString::fromLatin1(sort) : u"t.key"_s;
    const QString direction = query.descending ? u" DESC"_s : u" ASC"_s;
    const auto bound = [&](const QString &sql) {
        Statement statement = prepare(sql);
        statement.bind(likePattern(filter.text), filter.assistantId, filter.threadId, filter.activeFrom,
                       filter.activeUntil, filter.model.value_or(QString()),
                       filter.metadata ? filter.metadata->key : QString(),
                       filter.metadata ? filter.metadata->value.value_or(QString()) : QString());
        return statement;
    };
    // A text is looked for once, in all rows; what else is asked for is summed faster apart, over an index.
    const bool sumRows = limit == 0 && !filter.text.isEmpty();
    KeyList result;
    // Unknown values come last in both directions. SQLite's default (NULL first ascending, last descending) lets the
    // index serve the descending order; only ascending needs the explicit clause.
    Statement all = bound(u"SELECT t.key"_s + (sumRows ? u", "_s + QString::fromLatin1(list.costOfRow) : QString()) +
                          where + u" ORDER BY "_s + order + direction + (query.descending ? u""_s : u" NULLS LAST"_s) +
                          u", t.key"_s + direction + (limit > 0 ? u" LIMIT %1"_s.arg(limit) : QString()));
    const auto gone = [&](const Statement &q, int at) { return kind == RowKind::Threads ? q.integer(at) : 0; };
    while (all.step()) {
        result.keys.push_back(all.integer(0));
        if (sumRows) {
            result.cost += costSum(all, 1);
            result.gone += gone(all, 5);
        }
    }
    if (limit == 0 && !sumRows && m_database.status()) {
        Statement sum = bound(u"SELECT "_s + QString::fromLatin1(list.cost) + where);
        if (sum.step()) {
            result.cost = costSum(sum, 0);
            result.gone = gone(sum, 4);
        }
    }
    return unlessFailed(std::move(result));
}

template <class Row> Result<std::vector<Row>> Reader::rows(const std::vector<RowKey> &keys)
{
    QHash<RowKey, std::size_t> place;
    for (std::size_t i = 0; i < keys.size(); ++i)
        place.insert(keys[i], i);
    Statement query = prepare(RowSql<Row>::columns() + u" WHERE t.key IN (SELECT value FROM json_each(?))"_s);
    query.bind(keysJson(keys));
    std::vector<Row> rows(keys.size());
    QHash<const Price *, QString> words; // a page of rows has few prices
    while (query.step()) {
        Row row = RowSql<Row>::read(query);
        if constexpr (std::is_same_v<Row, RunRow>)
            if (const Price *price = m_prices ? m_prices->priceAt(row.model, row.createdAt) : nullptr) {
                QString &said = words[price];
                if (said.isEmpty())
                    said = priceWords(*price);
                row.price = said;
                if (row.cost && row.usage && !row.usage->beyondReason())
                    if (const Charge parts = charge(price->rates, *row.usage); parts.known() == *row.cost)
                        row.charge = parts;
            }
        if constexpr (std::is_same_v<Row, StoreRow>)
            if (m_prices && row.bytes)
                row.perDay = m_prices->storageListPrice(*row.bytes);
        rows[place.value(row.key)] = std::move(row);
    }
    return unlessFailed(std::move(rows));
}

template Result<std::vector<ThreadRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<RunRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<AssistantRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<StoreRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<FileRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<OperationRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<SyncRow>> Reader::rows(const std::vector<RowKey> &);
template Result<std::vector<GuardRow>> Reader::rows(const std::vector<RowKey> &);

Result<QByteArray> Reader::raw(Resource kind, RowKey key)
{
    if (!m_rawOne) {
        m_rawOne.emplace(m_database.prepare(u"SELECT dict, data FROM raw WHERE kind=? AND key=?"_s));
        m_rawPack.emplace(m_database.prepare(u"SELECT first, count, dict, data FROM pack WHERE kind=?1 AND first<=?2 "
                                             "ORDER BY first DESC LIMIT 1"_s));
    }
    if (m_rawOne->bind(int(kind), key).step()) {
        Result<QByteArray> one = m_raw.unpack(m_rawOne->optional(0), m_rawOne->blob(1));
        m_rawOne->reset();
        return one;
    }
    m_rawOne->reset();
    if (Done status = m_database.status(); !status)
        return fail(status.error());
    const auto holds = [&](const Pack &pack) {
        return pack.kind == kind && pack.first <= key && key < pack.first + pack.raws.size();
    };
    if (holds(m_pack)) // packs never change
        return m_pack.raws[key - m_pack.first];
    std::optional<Result<QByteArray>> all;
    if (m_rawPack->bind(int(kind), key).step() && m_rawPack->integer(0) + m_rawPack->integer(1) > key) {
        m_pack = {kind, m_rawPack->integer(0), {}};
        all = m_raw.unpack(m_rawPack->optional(2), m_rawPack->blob(3));
    }
    m_rawPack->reset();
    if (!all)
        return unlessFailed(QByteArray());
    if (!*all)
        return fail(all->error());
    m_pack.raws = (*all)->split(packSeparator);
    return holds(m_pack) ? m_pack.raws[key - m_pack.first]
                         : Result<QByteArray>(fail(Error::Kind::Storage, u"a raw record of the store is damaged"_s));
}

Result<std::optional<RowKey>> Reader::keyOf(RowKind kind, const QString &id, const QString &thread)
{
    const bool inThread = kind == RowKind::Runs && !thread.isEmpty();
    Statement query =
        prepare(u"SELECT t.key FROM "_s + QString::fromLatin1(listing(kind).from) + u" WHERE t.id=?"_s +
                (inThread ? u" AND t.thread=(SELECT key FROM thread WHERE id=?)"_s : u" ORDER BY t.key DESC"_s));
    query.bind(id);
    if (inThread)
        query.bind(id, thread);
    std::optional<RowKey> key = query.step() ? std::optional(query.integer(0)) : std::nullopt;
    return unlessFailed(key);
}

Result<std::vector<FailureRow>> Reader::failures(qint64 sync)
{
    Statement query = prepare(u"SELECT target, reason FROM sync_failure WHERE sync=? ORDER BY rowid"_s);
    query.bind(sync);
    return query.collect<FailureRow>([](const Statement &q) { return FailureRow{q.text(0), q.text(1)}; });
}

Result<std::vector<NamedCost>> Reader::assistantNames()
{
    Statement query = prepare(u"SELECT id, coalesce(nullif(name,''),id) FROM assistant WHERE gone=0 ORDER BY 2"_s);
    return query.collect<NamedCost>([](const Statement &q) { return NamedCost{q.text(0), q.text(1), 0, {}}; });
}

Result<QString> Reader::meta(const QString &key)
{
    Statement query = prepare(u"SELECT value FROM meta WHERE key=?"_s);
    const QString value = query.bind(key).step() ? query.text(0) : QString();
    return unlessFailed(value);
}

Result<qint64> Reader::count(RowKind kind)
{
    Statement query = prepare(u"SELECT count(*) FROM "_s + QString::fromLatin1(listing(kind).from) + u" WHERE "_s +
                              QString::fromLatin1(listing(kind).always) +
                              (kind == RowKind::Threads ? u" AND gone=0"_s : QString())); // those on the server
    const qint64 n = query.step() ? query.integer(0) : 0;
    return unlessFailed(n);
}

} // namespace bobbin
