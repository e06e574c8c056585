// SPDX-License-Identifier: GPL-3.0-or-later
// Raw JSON, compressed by zstd against a dictionary of its group (one assistant's runs, say): what repeats from object
// to object (instructions, tools, field names) costs next to nothing. A group begins with its first object as the
// dictionary, and gets a trained one when some more are known. Dictionaries live in the store.
#pragma once

#include "models/store/sqlite.h"

#include <QHash>
#include <unordered_map>
#include <zstd.h>

namespace bobbin {

// Between objects that are packed together: no JSON text holds it.
constexpr char packSeparator = 0x1e;

struct PackedRaw {
    std::optional<qint64> dictionary;
    QByteArray data;
};

class RawCodec {
public:
    explicit RawCodec(Database &database);

    PackedRaw pack(Resource kind, const QString &group, const QByteArray &raw);
    Result<QByteArray> unpack(std::optional<qint64> dictionary, const QByteArray &data);
    void forget(); // after a rollback: dictionaries written in it are gone

private:
    template <auto Free> struct Deleter {
        template <class T> void operator()(T *p) const { Free(p); }
    };
    struct Dictionary {
        std::unique_ptr<ZSTD_CDict, Deleter<ZSTD_freeCDict>> pack;
        std::unique_ptr<ZSTD_DDict, Deleter<ZSTD_freeDDict>> unpack;
    };
    Database &m_database;
    std::unique_ptr<ZSTD_CCtx, Deleter<ZSTD_freeCCtx>> m_pack;
    std::unique_ptr<ZSTD_DCtx, Deleter<ZSTD_freeDCtx>> m_unpack;
    QHash<std::pair<int, QString>, qint64> m_byGroup;
    std::unordered_map<qint64, Dictionary> m_dictionaries;
    QHash<std::pair<int, QString>, QByteArrayList> m_samples; // of groups without a trained dictionary
    bool m_loaded = false;

    void load();
    qint64 insert(const std::pair<int, QString> &slot, const QByteArray &content);
    void train(const std::pair<int, QString> &slot);
    qint64 dictionaryFor(Resource kind, const QString &group, const QByteArray &raw);
    Dictionary &dictionary(qint64 id);
};

} // namespace bobbin
