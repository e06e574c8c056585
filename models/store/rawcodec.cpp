// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/rawcodec.h"

#include <zdict.h>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int level = 3;
constexpr qsizetype largestDictionary = 64 * 1024;
constexpr qsizetype largestSample = 16 * 1024;
constexpr int samplesToTrain = 64;
constexpr int mostGroups = 200; // further groups share the dictionary of their kind
constexpr unsigned long long largestRaw = 256ULL << 20; // a damaged frame must not ask for all memory

} // namespace

RawCodec::RawCodec(Database &database) : m_database(database), m_pack(ZSTD_createCCtx()), m_unpack(ZSTD_createDCtx())
{
}

void RawCodec::load()
{
    m_loaded = true;
    // Of a group with two, the later one is trained.
    Statement all = m_database.prepare(u"SELECT id, kind, grp, substr(content,1,4)=x'37a430ec' FROM dictionary "
                                       "ORDER BY id"_s);
    while (all.step()) {
        const std::pair<int, QString> slot{int(all.integer(1)), all.text(2)};
        m_byGroup.insert(slot, all.integer(0));
        if (all.integer(3) == 0)
            m_samples.insert(slot, {});
        else
            m_samples.remove(slot);
    }
}

void RawCodec::forget()
{
    m_byGroup.clear();
    m_dictionaries.clear();
    m_samples.clear();
    m_loaded = false;
}

qint64 RawCodec::insert(const std::pair<int, QString> &slot, const QByteArray &content)
{
    Statement insert = m_database.prepare(u"INSERT INTO dictionary(kind, grp, content) VALUES(?,?,?)"_s);
    insert.bind(slot.first, slot.second, content).step();
    const qint64 id = m_database.lastInsertRowId();
    m_byGroup.insert(slot, id);
    return id;
}

// The typical letters of what differs from object to object (ids, numbers, words) take a third less room then.
void RawCodec::train(const std::pair<int, QString> &slot)
{
    const QByteArrayList samples = m_samples.take(slot);
    const QByteArray content = samples.first().left(largestDictionary);
    const QByteArray flat = samples.mid(1).join();
    std::vector<std::size_t> sizes;
    for (const QByteArray &sample : samples.mid(1))
        sizes.push_back(std::size_t(sample.size()));
    ZDICT_params_t parameters{};
    parameters.compressionLevel = level;
    QByteArray trained(content.size() + 8192, Qt::Uninitialized);
    const std::size_t size = ZDICT_finalizeDictionary(trained.data(), std::size_t(trained.size()), content.constData(),
                                                      std::size_t(content.size()), flat.constData(), sizes.data(),
                                                      unsigned(sizes.size()), parameters);
    if (ZDICT_isError(size))
        return; // the plain one serves on
    trained.truncate(qsizetype(size));
    insert(slot, trained);
}

qint64 RawCodec::dictionaryFor(Resource kind, const QString &group, const QByteArray &raw)
{
    if (!m_loaded)
        load();
    std::pair<int, QString> slot{int(kind), group};
    if (!m_byGroup.contains(slot) && m_byGroup.size() >= mostGroups)
        slot.second.clear();
    if (!m_byGroup.contains(slot)) {
        m_samples.insert(slot, {});
        insert(slot, raw.left(largestDictionary));
    }
    if (const auto samples = m_samples.find(slot); samples != m_samples.end()) {
        samples->append(raw.left(largestSample));
        if (samples->size() >= samplesToTrain)
            train(slot);
    }
    return m_byGroup.value(slot);
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
