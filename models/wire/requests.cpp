// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/wire/requests.h"

#include "models/wire/json.h"

#include <QJsonDocument>
#include <simdjson.h>

namespace bobbin::wire {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

Metadata readMetadata(Value item)
{
    Metadata all;
    const auto metadata = json::member(item, "metadata");
    if (!metadata || !metadata->is_object())
        return all;
    for (const auto field : simdjson::dom::object(*metadata))
        all.insert(json::toQString(field.key), json::text(*metadata, field.key));
    return all;
}

QJsonObject textPart(const QString &text)
{
    return {{u"type"_s, u"text"_s}, {u"text"_s, text}};
}

// Parts of at most `most` characters, cut at a line or a word where there is one, never inside a surrogate pair.
QStringList pieces(const QString &text, qsizetype most)
{
    QStringList all;
    qsizetype at = 0;
    while (text.size() - at > most) {
        qsizetype end = at + most;
        for (const QChar mark : {u'\n', u' '})
            if (const qsizetype cut = text.lastIndexOf(mark, end - 1); cut > at + most / 2) {
                end = cut + 1;
                break;
            }
        if (text[end - 1].isHighSurrogate())
            --end;
        all << text.mid(at, end - at);
        at = end;
    }
    all << text.mid(at);
    return all;
}

} // namespace

Result<Belongings> readBelongings(const QByteArray &raw)
{
    Belongings read;
    const Done done = json::withObject(raw, [&](Value item) {
        read.name = json::text(item, "name");
        read.metadata = readMetadata(item);
        if (const auto resources = json::member(item, "tool_resources")) {
            if (const auto search = json::member(*resources, "file_search"))
                read.vectorStoreIds = json::strings(*search, "vector_store_ids");
            if (const auto interpreter = json::member(*resources, "code_interpreter"))
                read.fileIds = json::strings(*interpreter, "file_ids");
        }
        if (const auto expires = json::member(item, "expires_after"); expires && expires->is_object())
            read.expiresAfter = json::object(*expires);
    });
    if (!done)
        return fail(done.error());
    return read;
}

std::vector<QJsonObject> textBodies(const QString &role, const QString &text, qsizetype mostCharacters)
{
    std::vector<QJsonObject> bodies;
    for (const QString &piece : pieces(text, mostCharacters))
        if (!piece.trimmed().isEmpty())
            bodies.push_back({{u"role"_s, role}, {u"content"_s, piece}});
    return bodies;
}

Result<MessageBodies> messageBodies(const QByteArray &raw, qsizetype mostCharacters)
{
    MessageBodies made;
    const Done done = json::withObject(raw, [&](Value item) {
        QString role = json::text(item, "role");
        if (role != "user"_L1 && role != "assistant"_L1) {
            made.refusedRole = role;
            role = u"user"_s;
        }
        std::vector<QJsonArray> contents(1);
        qsizetype room = mostCharacters;
        const auto addText = [&](const QString &text) {
            for (const QString &piece : pieces(text, mostCharacters)) {
                if (piece.isEmpty())
                    continue;
                if (piece.size() > room && !contents.back().isEmpty()) {
                    contents.emplace_back();
                    room = mostCharacters;
                }
                contents.back() << textPart(piece);
                room -= piece.size();
            }
        };
        const auto content = json::member(item, "content");
        if (content && content->is_array()) {
            for (const Value part : json::array(item, "content")) {
                const QString type = json::text(part, "type");
                if (type == "image_file"_L1 || type == "image_url"_L1) {
                    const QJsonObject image = json::object(part);
                    contents.back() << QJsonObject{{u"type"_s, type}, {type, image.value(type)}};
                } else if (type == "refusal"_L1) {
                    addText(json::text(part, "refusal"));
                } else if (const auto text = json::member(part, "text")) {
                    addText(json::asText(*text));
                } else if (part.is_string()) {
                    addText(json::asText(part));
                }
            }
        } else if (content) {
            addText(json::asText(*content));
        }
        QJsonArray attachments;
        for (const Value attachment : json::array(item, "attachments")) {
            const QString file = json::text(attachment, "file_id");
            if (file.isEmpty())
                continue;
            QJsonArray tools = json::object(attachment).value("tools"_L1).toArray();
            if (tools.isEmpty())
                tools << QJsonObject{{u"type"_s, u"file_search"_s}};
            attachments << QJsonObject{{u"file_id"_s, file}, {u"tools"_s, tools}};
        }
        for (const QString &file : json::strings(item, "file_ids")) // v1 knew no tools per file
            attachments << QJsonObject{{u"file_id"_s, file},
                                       {u"tools"_s, QJsonArray{QJsonObject{{u"type"_s, u"file_search"_s}}}}};
        const Metadata metadata = readMetadata(item);
        for (const QJsonArray &parts : contents) {
            if (parts.isEmpty())
                continue;
            QJsonObject body{{u"role"_s, role}, {u"content"_s, parts}};
            if (made.bodies.empty() && !attachments.isEmpty())
                body.insert(u"attachments"_s, attachments);
            if (made.bodies.empty() && !metadata.isEmpty())
                body.insert(u"metadata"_s, toJson(metadata));
            made.bodies.push_back(body);
        }
        made.empty = made.bodies.empty();
    });
    if (!done)
        return fail(done.error());
    return made;
}

QStringList filesOf(const QJsonObject &body)
{
    QStringList files;
    for (const QJsonValue attachment : body.value("attachments"_L1).toArray())
        files << attachment["file_id"_L1].toString();
    for (const QJsonValue part : body.value("content"_L1).toArray())
        files << part["image_file"_L1]["file_id"_L1].toString();
    files.removeAll(QString());
    files.removeDuplicates();
    return files;
}

QJsonObject withoutFiles(QJsonObject body, const QStringList &files)
{
    QJsonArray attachments;
    for (const QJsonValue attachment : body.value("attachments"_L1).toArray())
        if (!files.contains(attachment["file_id"_L1].toString()))
            attachments << attachment;
    body.remove(u"attachments"_s);
    if (!attachments.isEmpty())
        body.insert(u"attachments"_s, attachments);
    if (body.value("content"_L1).isArray()) {
        QJsonArray parts;
        for (const QJsonValue part : body.value("content"_L1).toArray()) {
            const QString image = part["image_file"_L1]["file_id"_L1].toString();
            parts << (files.contains(image) ? QJsonValue(textPart(u"[picture %1 is gone]"_s.arg(image))) : part);
        }
        body.insert(u"content"_s, parts);
    }
    return body;
}

QJsonObject textOnly(const QJsonObject &body)
{
    QString text = body.value("content"_L1).toString();
    for (const QJsonValue part : body.value("content"_L1).toArray())
        text += (text.isEmpty() ? QString() : u"\n"_s) + part["text"_L1].toString();
    return {{u"role"_s, body.value("role"_L1)}, {u"content"_s, text.trimmed().isEmpty() ? u"[no text]"_s : text}};
}

QJsonObject toolResources(const QStringList &vectorStoreIds, const QStringList &fileIds)
{
    QJsonObject resources;
    if (!vectorStoreIds.isEmpty())
        resources.insert(u"file_search"_s,
                         QJsonObject{{u"vector_store_ids"_s, QJsonArray::fromStringList(vectorStoreIds)}});
    if (!fileIds.isEmpty())
        resources.insert(u"code_interpreter"_s, QJsonObject{{u"file_ids"_s, QJsonArray::fromStringList(fileIds)}});
    return resources;
}

QJsonObject toJson(const Metadata &metadata)
{
    QJsonObject json;
    for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

QByteArray compactBytes(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QString compactText(const QJsonObject &object)
{
    return QString::fromUtf8(compactBytes(object));
}

Result<Completion> readCompletion(const QByteArray &bytes)
{
    Completion read;
    const Done done = json::withObject(bytes, [&](Value answer) {
        read.model = json::text(answer, "model");
        read.usage = json::usage(answer, "usage");
        for (const Value choice : json::array(answer, "choices"))
            if (const auto message = json::member(choice, "message"); message && read.text.isEmpty())
                if (const auto content = json::member(*message, "content"))
                    read.text = json::asText(*content);
    });
    if (!done)
        return fail(done.error());
    if (read.text.trimmed().isEmpty())
        return fail(Error::Kind::Decode, u"the model answered without a text"_s);
    return read;
}

Result<QString> readFileText(const QByteArray &bytes)
{
    QString text;
    const Done done = json::withObject(bytes, [&](Value answer) {
        for (const std::string_view list : {"data", "content"})
            for (const Value part : json::array(answer, list))
                text += json::text(part, "text");
    });
    if (!done)
        return fail(done.error());
    return text;
}

} // namespace bobbin::wire
