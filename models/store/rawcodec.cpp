// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/rawcodec.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int level = 3;
constexpr qsizetype largestDictionary = 64 * 1024;
constexpr int mostGroups = 200; // further groups share the dictionary of their kind
constexpr unsigned long long largestRaw = 256ULL << 20; // a damaged frame must not ask for all memory

} // namespace

RawCodec::RawCodec(Database &database) : m_database(database), m_pack(ZSTD_createCCtx()), m_unpack(ZSTD_createDCtx())
{
}

void RawCodec::load()
{
    m_loaded = true;
    Statement all = m_database.prepare(u"SELECT id, kind, grp FROM dictionary"_s);
    while (all.step())
        m_byGroup.insert({int(all.integer(1)), all.text(2)}, all.integer(0));
}

void RawCodec::forget()
{
    m_byGroup.clear();
    m_dictionaries.clear();
    m_loaded = false;
}

qint64 RawCodec::dictionaryFor(Resource kind, const QString &group, const QByteArray &raw)
{
    if (!m_loaded)
        load();
    std::pair<int, QString> slot{int(kind), group};
    if (!m_byGroup.contains(slot) && m_byGroup.size() >= mostGroups)
        slot.second.clear();
    if (const auto known = m_byGroup.constFind(slot); known != m_byGroup.cend())
        return *known;
    Statement insert = m_database.prepare(u"INSERT INTO dictionary(kind, grp, content) VALUES(?,?,?)"_s);
    insert.bind(int(kind), slot.second, raw.left(largestDictionary)).step();
    const qint64 id = m_database.lastInsertRowId();
    m_byGroup.insert(slot, id);
    return id;
}

RawCodec::Dictionary &RawCodec::dictionary(qint64 id)
{
    const auto known = m_dictionaries.find(id);
    if (known != m_dictionaries.end())
        return known->second;
    Statement query = m_database.prepare(u"SELECT content FROM dictionary WHERE id=?"_s);
    const QByteArray content = query.bind(id).step() ? query.blob(0) : QByteArray();
    Dictionary made;
    made.pack.reset(ZSTD_createCDict(content.constData(), std::size_t(content.size()), level));
    made.unpack.reset(ZSTD_createDDict(content.constData(), std::size_t(content.size())));
    return m_dictionaries.emplace(id, std::move(made)).first->second;
}

PackedRaw RawCodec::pack(Resource kind, const QString &group, const QByteArray &raw)
{
    PackedRaw packed;
    packed.dictionary = dictionaryFor(kind, group, raw);
    packed.data.resize(qsizetype(ZSTD_compressBound(std::size_t(raw.size()))));
    const std::size_t size =
        ZSTD_compress_usingCDict(m_pack.get(), packed.data.data(), std::size_t(packed.data.size()), raw.constData(),
                                 std::size_t(raw.size()), dictionary(*packed.dictionary).pack.get());
    if (ZSTD_isError(size)) {
        packed = {std::nullopt, raw};
        return packed;
    }
    packed.data.resize(qsizetype(size));
    return packed;
}

Result<QByteArray> RawCodec::unpack(std::optional<qint64> id, const QByteArray &data)
{
    if (!id)
        return data;
    const unsigned long long size = ZSTD_getFrameContentSize(data.constData(), std::size_t(data.size()));
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largestRaw)
        return fail(Error::Kind::Storage, u"a raw record of the store is damaged"_s);
    QByteArray raw(qsizetype(size), Qt::Uninitialized);
    const std::size_t got =
        ZSTD_decompress_usingDDict(m_unpack.get(), raw.data(), std::size_t(raw.size()), data.constData(),
                                   std::size_t(data.size()), dictionary(*id).unpack.get());
    if (ZSTD_isError(got) || got != size)
        return fail(Error::Kind::Storage, u"a raw record of the store is damaged"_s);
    return raw;
}

} // namespace bobbin
