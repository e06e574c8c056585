// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/archive/archive.h"

#include "models/core/jsontext.h"
#include "models/providers/registry.h"
#include "models/wire/json.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QFile>
#include <QJsonDocument>
#include <QTimeZone>
#include <zstd.h>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int formatVersion = 2; // 1: without the ids of an object and of what it belongs to
constexpr int packLevel = 3;
constexpr unsigned long long largestFrame = 2ULL << 30; // unpacked, bytes: one thread with all its files

QByteArray hashOf(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

class Lines {
public:
    Lines(const QString &what, const QString &id, const ArchiveOrigin &origin)
    {
        add({{u"type"_s, u"archive"_s},
             {u"format"_s, u"bobbin-archive"_s},
             {u"version"_s, formatVersion},
             {u"what"_s, what},
             {u"id"_s, id},
             {u"written_at"_s, QDateTime::fromMSecsSinceEpoch(origin.writtenMs, Qt::UTC).toString(Qt::ISODateWithMs)},
             {u"provider"_s, origin.provider},
             {u"base_url"_s, origin.baseUrl}});
    }
    // Line breaks in JSON are white space only; in texts they are written \n.
    void raw(QByteArrayView type, QByteArray object, const Parent &parent = {}, const QString &own = {})
    {
        if (object.isEmpty())
            return;
        QJsonObject head{{u"type"_s, QString::fromLatin1(type)}};
        for (const auto &[key, id] : {std::pair(u"id"_s, own), std::pair(u"thread"_s, parent.thread),
                                      std::pair(u"run"_s, parent.run), std::pair(u"store"_s, parent.store)})
            if (!id.isEmpty())
                head.insert(key, id);
        object.replace('\n', ' ').replace('\r', ' ');
        m_text += compactBytes(head).chopped(1) + ",\"data\":" + object + "}\n";
        ++m_count;
    }
    void add(const QJsonObject &object)
    {
        m_text += compactBytes(object) + '\n';
        ++m_count;
    }
    void contents(const std::vector<FileContent> &all)
    {
        for (const FileContent &one : all)
            if (one.problem.isEmpty())
                add({{u"type"_s, u"file_content"_s},
                     {u"id"_s, one.id},
                     {u"parsed_text"_s, one.text},
                     {u"sha256"_s, QString::fromLatin1(hashOf(one.bytes))},
                     {u"base64"_s, QString::fromLatin1(one.bytes.toBase64())}});
            else
                add({{u"type"_s, u"file_content"_s}, {u"id"_s, one.id}, {u"left_out"_s, one.problem}});
    }
    QByteArray ended()
    {
        const QJsonObject end{
            {u"type"_s, u"end"_s}, {u"lines"_s, m_count}, {u"sha256"_s, QString::fromLatin1(hashOf(m_text))}};
        return m_text + compactBytes(end) + '\n';
    }

private:
    QByteArray m_text;
    qint64 m_count = 0;
};

void addReferred(Lines &lines, const StoreContents &all)
{
    for (const auto &[id, raw] : all.assistants)
        lines.raw("assistant", raw);
    for (const auto &[id, raw] : all.threads)
        lines.raw("referred_thread", raw);
    for (const StoreContents::OneStore &store : all.stores) {
        lines.raw("vector_store", store.raw);
        for (const StoreFile &file : store.files) {
            QJsonObject entry = QJsonDocument::fromJson(file.extra).object();
            entry.insert(u"id"_s, file.id);
            entry.insert(u"object"_s, u"vector_store.file"_s);
            entry.insert(u"vector_store_id"_s, store.id);
            entry.insert(u"status"_s, file.status);
            if (file.usageBytes)
                entry.insert(u"usage_bytes"_s, *file.usageBytes);
            if (file.createdAt)
                entry.insert(u"created_at"_s, *file.createdAt / 1000);
            lines.raw("vector_store_file", compactBytes(entry), {{}, {}, store.id});
        }
    }
    for (const auto &[id, raw] : all.files)
        lines.raw("file", raw);
}

bool isInThread(const QString &type)
{
    return type == "message"_L1 || type == "run"_L1 || type == "step"_L1;
}

tl::unexpected<Error> damaged(const QString &what)
{
    return fail(Error::Kind::Archive, u"it is damaged: "_s + what);
}

// The last line counts those before it and has their hash.
Done checkEnd(const QByteArray &lines)
{
    const qsizetype end = lines.lastIndexOf('\n', -2) + 1;
    const QJsonObject last = QJsonDocument::fromJson(lines.mid(end)).object();
    const QByteArray before = lines.left(end);
    if (last.value("type"_L1).toString() != "end"_L1)
        return damaged(u"the line that ends the frame is missing"_s);
    if (last.value("lines"_L1).toInteger() != before.count('\n') ||
        last.value("sha256"_L1).toString().toLatin1() != hashOf(before))
        return damaged(u"its checksum does not fit"_s);
    return {};
}

// Unpacks a file of zstd frames as one text, whoever packed it and however; next() answers one part of the archive,
// from its first line to its "end". Memory is that of one part.
class PartReader {
public:
    explicit PartReader(const QString &path) : m_file(path), m_stream(ZSTD_createDCtx(), ZSTD_freeDCtx) { }
    Done open()
    {
        if (!m_file.open(QIODevice::ReadOnly))
            return fail(Error::Kind::Storage, m_file.errorString(), m_file.fileName());
        return {};
    }
    [[nodiscard]] qint64 bytes() const { return m_file.pos(); }
    [[nodiscard]] Result<QByteArray> next() // empty: that was the last one
    {
        while (true) {
            while (const qsizetype end = m_text.indexOf('\n', m_at) + 1) {
                const QByteArrayView line = QByteArrayView(m_text).sliced(m_at, end - m_at);
                m_at = end;
                if (!line.startsWith("{") || !isEnd(line))
                    continue;
                QByteArray part = m_text.left(end);
                m_text.remove(0, end);
                m_at = 0;
                return part;
            }
            if (m_text.size() > qsizetype(largestFrame))
                return damaged(u"this is no Bobbin archive"_s);
            const auto more = unpack();
            if (!more)
                return fail(more.error());
            if (!*more)
                return m_text.isEmpty() ? Result<QByteArray>(QByteArray()) : damaged(u"its last part is cut short"_s);
        }
    }

private:
    QFile m_file;
    std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx *)> m_stream;
    QByteArray m_packed, m_text;
    qsizetype m_used = 0, m_at = 0;
    bool m_inFrame = false;

    // Content of files is base64, so only a line that is short and says so can be the end.
    static bool isEnd(QByteArrayView line)
    {
        constexpr qsizetype longestEnd = 300;
        return line.size() < longestEnd &&
            QJsonDocument::fromJson(line.toByteArray()).object().value("type"_L1).toString() == "end"_L1;
    }
    Result<bool> unpack() // false: nothing is left
    {
        if (m_used == m_packed.size()) {
            m_packed = m_file.read(qint64(ZSTD_DStreamInSize()));
            m_used = 0;
            if (m_packed.isEmpty())
                return m_inFrame ? Result<bool>(damaged(u"it is cut short"_s)) : Result<bool>(false);
        }
        QByteArray out(qsizetype(ZSTD_DStreamOutSize()), Qt::Uninitialized);
        ZSTD_inBuffer in{m_packed.constData(), std::size_t(m_packed.size()), std::size_t(m_used)};
        ZSTD_outBuffer to{out.data(), std::size_t(out.size()), 0};
        const std::size_t left = ZSTD_decompressStream(m_stream.get(), &to, &in);
        if (ZSTD_isError(left))
            return damaged(QString::fromLatin1(ZSTD_getErrorName(left)));
        m_used = qsizetype(in.pos);
        m_inFrame = left != 0;
        m_text.append(out.constData(), qsizetype(to.pos));
        return true;
    }
};

} // namespace

Result<const Provider *> providerOf(const ArchiveOrigin &origin, const Provider &own)
{
    return origin.provider == own.id() ? Result<const Provider *>(&own) : providerById(origin.provider);
}

QByteArray threadLines(const ThreadContents &thread, const StoreContents &referred,
                       const std::vector<FileContent> &contents, const ArchiveOrigin &origin)
{
    Lines lines(u"thread"_s, thread.row.id, origin);
    lines.raw("thread", thread.raw);
    const Parent parent{thread.row.id, {}, {}};
    for (qsizetype i = 0; i < thread.messages.size(); ++i)
        lines.raw("message", thread.messages[i], parent, thread.messageIds[i]);
    for (qsizetype i = 0; i < thread.runs.size(); ++i)
        lines.raw("run", thread.runs[i], parent, thread.runIds[i]);
    for (const auto &[run, raw] : thread.steps)
        lines.raw("step", raw, {thread.row.id, run, {}});
    addReferred(lines, referred);
    lines.contents(contents);
    return lines.ended();
}

QByteArray storeLines(const StoreContents &stores, const std::vector<FileContent> &contents,
                      const ArchiveOrigin &origin)
{
    const QString id = !stores.stores.empty() ? stores.stores.front().id
        : !stores.files.empty()               ? stores.files.front().first
                                              : QString();
    Lines lines(u"vector_stores"_s, id, origin);
    addReferred(lines, stores);
    lines.contents(contents);
    return lines.ended();
}

QJsonObject toJson(const FrameRef &frame)
{
    return {{u"offset"_s, frame.offset}, {u"length"_s, frame.length}, {u"sha256"_s, frame.sha256}};
}

FrameRef frameFromJson(const QJsonObject &json)
{
    return {json.value("offset"_L1).toInteger(), json.value("length"_L1).toInteger(),
            json.value("sha256"_L1).toString()};
}

QByteArray packFrame(const QByteArray &lines)
{
    QByteArray frame(qsizetype(ZSTD_compressBound(std::size_t(lines.size()))), Qt::Uninitialized);
    const std::size_t size =
        ZSTD_compress(frame.data(), std::size_t(frame.size()), lines.constData(), std::size_t(lines.size()), packLevel);
    if (ZSTD_isError(size))
        return {};
    frame.resize(qsizetype(size));
    return frame;
}

Result<QByteArray> unpackFrame(const QByteArray &frame)
{
    const unsigned long long size = ZSTD_getFrameContentSize(frame.constData(), std::size_t(frame.size()));
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > largestFrame)
        return damaged(u"this is no frame of a Bobbin archive"_s);
    QByteArray lines(qsizetype(size), Qt::Uninitialized);
    const std::size_t got =
        ZSTD_decompress(lines.data(), std::size_t(lines.size()), frame.constData(), std::size_t(frame.size()));
    if (ZSTD_isError(got) || got != size)
        return damaged(QString::fromLatin1(ZSTD_isError(got) ? ZSTD_getErrorName(got) : "it is cut short"));
    if (const Done whole = checkEnd(lines); !whole)
        return fail(whole.error());
    return lines;
}

Result<QByteArray> readFrame(const QString &path, const FrameRef &frame)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Storage, file.errorString(), path);
    if (!file.seek(frame.offset))
        return fail(Error::Kind::Storage, file.errorString(), path);
    const QByteArray packed = file.read(frame.length);
    if (packed.size() != frame.length ||
        (!frame.sha256.isEmpty() && QString::fromLatin1(hashOf(packed)) != frame.sha256)) {
        auto error = damaged(u"its bytes are not those that were written"_s);
        error.value().place = u"%1, byte %2"_s.arg(path).arg(frame.offset);
        return error;
    }
    Result<QByteArray> lines = unpackFrame(packed);
    if (!lines)
        lines.error().place = u"%1, byte %2"_s.arg(path).arg(frame.offset);
    return lines;
}

std::optional<Resource> resourceOf(const QString &type)
{
    static const QHash<QString, Resource> known{{u"thread"_s, Resource::Threads},
                                                {u"referred_thread"_s, Resource::Threads},
                                                {u"message"_s, Resource::Messages},
                                                {u"run"_s, Resource::Runs},
                                                {u"step"_s, Resource::Steps},
                                                {u"assistant"_s, Resource::Assistants},
                                                {u"file"_s, Resource::Files},
                                                {u"vector_store"_s, Resource::VectorStores},
                                                {u"vector_store_file"_s, Resource::StoreFiles}};
    const auto found = known.constFind(type);
    return found == known.cend() ? std::nullopt : std::optional(*found);
}

QByteArray ArchivedFrame::thread() const
{
    const auto found = std::ranges::find(objects, u"thread"_s, &ArchivedObject::type);
    return found == objects.end() ? QByteArray() : found->raw;
}

QByteArrayList ArchivedFrame::messages() const
{
    QByteArrayList all;
    for (const ArchivedObject &object : objects)
        if (object.type == "message"_L1)
            all << object.raw;
    return all;
}

Result<ArchivedFrame> parseFrame(const QByteArray &lines)
{
    ArchivedFrame frame;
    simdjson::dom::parser parser;
    qsizetype at = 0;
    qint64 number = 0;
    bool ofThread = false;
    while (at < lines.size()) {
        const qsizetype end = lines.indexOf('\n', at);
        const qsizetype length = (end < 0 ? lines.size() : end) - at;
        ++number;
        json::Value line;
        const QByteArray text = json::parseable(lines.mid(at, length));
        if (parser.parse(text.constData(), std::size_t(text.size())).get(line) || !line.is_object())
            return damaged(u"line %1 is no JSON object"_s.arg(number));
        at += length + 1;
        const QString type = json::text(line, "type");
        const auto data = json::member(line, "data");
        const QByteArray raw = data ? QByteArray::fromStdString(simdjson::minify(*data)) : QByteArray();
        if (type == "archive"_L1) {
            if (json::text(line, "format") != "bobbin-archive"_L1)
                return damaged(u"this is no Bobbin archive"_s);
            if (json::integer(line, "version").value_or(0) > formatVersion)
                return fail(Error::Kind::Archive, u"it was written by a newer Bobbin"_s);
            frame.id = json::text(line, "id");
            ofThread = json::text(line, "what") == "thread"_L1;
            frame.origin.provider = json::text(line, "provider");
            frame.origin.baseUrl = json::text(line, "base_url");
            frame.origin.writtenMs = json::time(line, "written_at").value_or(0);
        } else if (type == "file_content"_L1) {
            frame.contents += json::member(line, "base64") ? 1 : 0;
        } else if (type != "end"_L1) {
            Parent parent{json::text(line, "thread"), json::text(line, "run"), json::text(line, "store")};
            if (ofThread && parent.thread.isEmpty() && isInThread(type))
                parent.thread = frame.id; // version 1
            if (parent.store.isEmpty() && type == "vector_store_file"_L1 && data)
                parent.store = json::text(*data, "vector_store_id");
            frame.objects.push_back({type, json::text(line, "id"), parent, raw});
        }
    }
    return frame;
}

Result<ArchivedFrame> readArchived(const QString &path, const FrameRef &frame)
{
    const Result<QByteArray> lines = readFrame(path, frame);
    return lines ? parseFrame(*lines) : fail(lines.error());
}

Result<ContentCount> readArchive(const QString &path, const std::function<Done(const ArchivedFrame &)> &each)
{
    PartReader parts(path);
    if (const Done opened = parts.open(); !opened)
        return fail(opened.error());
    ContentCount count;
    while (true) {
        const auto refuse = [&](Error error) {
            error.place = u"%1, part %2"_s.arg(path).arg(count.parts + 1);
            return fail(std::move(error));
        };
        const Result<QByteArray> lines = parts.next();
        if (!lines)
            return refuse(lines.error());
        if (lines->isEmpty())
            break;
        if (const Done whole = checkEnd(*lines); !whole)
            return refuse(whole.error());
        const Result<ArchivedFrame> frame = parseFrame(*lines);
        if (!frame)
            return refuse(frame.error());
        ++count.parts;
        count.contents += frame->contents;
        for (const ArchivedObject &object : frame->objects) {
            count.threads += object.type == "thread"_L1 ? 1 : 0;
            count.messages += object.type == "message"_L1 ? 1 : 0;
            count.runs += object.type == "run"_L1 ? 1 : 0;
            count.steps += object.type == "step"_L1 ? 1 : 0;
            count.stores += object.type == "vector_store"_L1 ? 1 : 0;
            count.files += object.type == "file"_L1 ? 1 : 0;
        }
        if (each)
            if (const Done done = each(*frame); !done)
                return fail(done.error());
    }
    count.bytes = parts.bytes();
    if (count.parts == 0)
        return fail(Error::Kind::Archive, u"it is empty"_s, path);
    return count;
}

} // namespace bobbin
