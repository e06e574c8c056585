// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/bodies.h"

#include "models/wire/json.h"

#include <QJsonArray>
#include <simdjson.h>

namespace bobbin::assistants {

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

// The ids by themselves, the rest as it is: there are more kinds of resources than any of us knows.
ToolResources readToolResources(Value resources)
{
    ToolResources read;
    QJsonObject more = json::object(resources);
    const auto take = [&](const QString &tool, const QString &key, QStringList *into) {
        QJsonObject of = more.value(tool).toObject();
        for (const QJsonValue id : of.take(key).toArray())
            *into << id.toString();
        if (of.isEmpty())
            more.remove(tool);
        else
            more.insert(tool, of);
    };
    take(u"file_search"_s, u"vector_store_ids"_s, &read.vectorStoreIds);
    take(u"code_interpreter"_s, u"file_ids"_s, &read.fileIds);
    read.more = more;
    return read;
}

// Texts and pictures, in as many messages as their length asks for.
std::vector<std::vector<NewPart>> sendable(Value item, qsizetype most)
{
    std::vector<std::vector<NewPart>> contents(1);
    qsizetype room = most;
    const auto addText = [&](const QString &text) {
        for (const QString &piece : pieces(text, most)) {
            if (piece.isEmpty())
                continue;
            if (piece.size() > room && !contents.back().empty()) {
                contents.emplace_back();
                room = most;
            }
            contents.back().push_back({NewPart::Kind::Text, piece, {}});
            room -= piece.size();
        }
    };
    const auto content = json::member(item, "content");
    if (content && !content->is_array())
        addText(json::asText(*content));
    for (const Value part : json::array(item, "content")) {
        const QString type = json::text(part, "type");
        if (const auto file = json::member(part, "image_file"); file && type == "image_file"_L1)
            contents.back().push_back(
                {NewPart::Kind::ImageFile, json::text(*file, "file_id"), json::text(*file, "detail")});
        else if (const auto url = json::member(part, "image_url"); url && type == "image_url"_L1)
            contents.back().push_back({NewPart::Kind::ImageUrl, json::text(*url, "url"), json::text(*url, "detail")});
        else if (type == "refusal"_L1)
            addText(json::text(part, "refusal"));
        else if (const auto text = json::member(part, "text"))
            addText(json::asText(*text));
        else if (part.is_string())
            addText(json::asText(part));
    }
    std::erase_if(contents, [](const std::vector<NewPart> &parts) { return parts.empty(); });
    return contents;
}

std::vector<Attachment> attachmentsOf(Value item)
{
    const QString usual = u"file_search"_s; // v1 knew no tools per file
    std::vector<Attachment> all;
    for (const Value attachment : json::array(item, "attachments")) {
        Attachment one{json::text(attachment, "file_id"), {}};
        if (const auto source = json::member(attachment, "data_source"); source && source->is_object())
            one.source = json::object(*source);
        for (const Value tool : json::array(attachment, "tools"))
            one.tools << json::text(tool, "type");
        if (one.tools.isEmpty())
            one.tools << usual;
        if (!one.fileId.isEmpty() || !one.source.isEmpty())
            all.push_back(std::move(one));
    }
    for (const QString &file : json::strings(item, "file_ids"))
        all.push_back({file, {usual}});
    return all;
}

QJsonObject picture(QLatin1String type, QLatin1String key, const NewPart &part)
{
    QJsonObject image{{key, part.text}};
    if (!part.detail.isEmpty())
        image.insert(u"detail"_s, part.detail);
    return {{u"type"_s, type}, {type, image}};
}

QJsonObject partBody(const NewPart &part)
{
    switch (part.kind) {
    case NewPart::Kind::Text:
        break;
    case NewPart::Kind::ImageFile:
        return picture("image_file"_L1, "file_id"_L1, part);
    case NewPart::Kind::ImageUrl:
        return picture("image_url"_L1, "url"_L1, part);
    }
    return {{u"type"_s, u"text"_s}, {u"text"_s, part.text}};
}

} // namespace

Result<Belongings> readBelongings(const QByteArray &raw)
{
    Belongings read;
    const Done done = json::withObject(raw, [&](Value item) {
        read.name = json::text(item, "name");
        read.metadata = readMetadata(item);
        if (const auto resources = json::member(item, "tool_resources"); resources && resources->is_object())
            read.resources = readToolResources(*resources);
        if (const auto expires = json::member(item, "expires_after"); expires && expires->is_object())
            read.expires = Expiry{json::text(*expires, "anchor"), json::integer(*expires, "days").value_or(0)};
    });
    if (!done)
        return fail(done.error());
    return read;
}

Result<MessageAgain> again(const QByteArray &messageRaw, qsizetype mostCharacters)
{
    MessageAgain made;
    const Done done = json::withObject(messageRaw, [&](Value item) {
        QString role = json::text(item, "role");
        if (role != "user"_L1 && role != "assistant"_L1) {
            made.refusedRole = role;
            role = u"user"_s;
        }
        for (std::vector<NewPart> &parts : sendable(item, mostCharacters))
            made.messages.push_back({role, std::move(parts), {}, {}});
        if (made.messages.empty())
            return;
        made.messages.front().attachments = attachmentsOf(item);
        made.messages.front().metadata = readMetadata(item);
    });
    if (!done)
        return fail(done.error());
    return made;
}

Result<NewStoreFile> againInStore(const QByteArray &storeFileRaw)
{
    NewStoreFile file;
    const Done done = json::withObject(storeFileRaw, [&](Value item) {
        file.fileId = json::text(item, "id");
        for (const char *key : {"attributes", "chunking_strategy"})
            if (const auto value = json::member(item, key); value && value->is_object())
                file.options.insert(QLatin1String(key), json::object(*value));
    });
    if (!done)
        return fail(done.error());
    return file;
}

QJsonObject metadataBody(const Metadata &metadata)
{
    QJsonObject body;
    for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
        body.insert(it.key(), it.value());
    return body;
}

QJsonObject messageBody(const NewMessage &message)
{
    QJsonArray parts;
    for (const NewPart &part : message.parts)
        parts << partBody(part);
    const bool plain = message.parts.size() == 1 && message.parts.front().kind == NewPart::Kind::Text;
    QJsonObject body{{u"role"_s, message.role},
                     {u"content"_s, plain ? QJsonValue(message.parts.front().text) : QJsonValue(parts)}};
    QJsonArray attachments;
    for (const Attachment &attachment : message.attachments) {
        QJsonArray tools;
        for (const QString &tool : attachment.tools)
            tools << QJsonObject{{u"type"_s, tool}};
        attachments << QJsonObject{attachment.source.isEmpty()
                                       ? std::pair(u"file_id"_s, QJsonValue(attachment.fileId))
                                       : std::pair(u"data_source"_s, QJsonValue(attachment.source)),
                                   {u"tools"_s, tools}};
    }
    if (!attachments.isEmpty())
        body.insert(u"attachments"_s, attachments);
    if (!message.metadata.isEmpty())
        body.insert(u"metadata"_s, metadataBody(message.metadata));
    return body;
}

QJsonObject threadBody(const NewThread &thread)
{
    QJsonObject body{{u"metadata"_s, metadataBody(thread.metadata)}};
    QJsonArray messages;
    for (const NewMessage &message : thread.messages)
        messages << messageBody(message);
    if (!messages.isEmpty())
        body.insert(u"messages"_s, messages);
    if (!thread.resources.isEmpty())
        body.insert(u"tool_resources"_s, toolResourcesBody(thread.resources));
    return body;
}

QJsonObject storeBody(const NewStore &store)
{
    QJsonObject body{{u"name"_s, store.name}, {u"metadata"_s, metadataBody(store.metadata)}};
    if (store.expires)
        body.insert(u"expires_after"_s,
                    QJsonObject{{u"anchor"_s, store.expires->anchor}, {u"days"_s, store.expires->days}});
    return body;
}

QJsonObject storeFileBody(const NewStoreFile &file)
{
    QJsonObject body = file.options;
    body.insert(u"file_id"_s, file.fileId);
    return body;
}

QJsonObject toolResourcesBody(const ToolResources &resources)
{
    QJsonObject body = withoutSecretMarks(resources.more);
    const auto add = [&](const QString &tool, const QString &key, const QStringList &ids) {
        if (ids.isEmpty())
            return;
        QJsonObject of = body.value(tool).toObject();
        of.insert(key, QJsonArray::fromStringList(ids));
        body.insert(tool, of);
    };
    add(u"file_search"_s, u"vector_store_ids"_s, resources.vectorStoreIds);
    add(u"code_interpreter"_s, u"file_ids"_s, resources.fileIds);
    return body;
}

QJsonObject toolOutputsBody(const std::vector<ToolOutput> &outputs)
{
    QJsonArray array;
    for (const ToolOutput &output : outputs)
        array << QJsonObject{{u"tool_call_id"_s, output.callId}, {u"output"_s, output.output}};
    return {{u"tool_outputs"_s, array}};
}

QJsonObject runBody(const change::StartRun &start)
{
    QJsonObject body{{u"assistant_id"_s, start.assistant}};
    if (!start.model.isEmpty())
        body.insert(u"model"_s, start.model);
    if (!start.metadata.isEmpty())
        body.insert(u"metadata"_s, metadataBody(start.metadata));
    return body;
}

QJsonObject completionBody(const change::Complete &ask)
{
    return {{u"model"_s, ask.model},
            {u"messages"_s,
             QJsonArray{QJsonObject{{u"role"_s, u"system"_s}, {u"content"_s, ask.instruction}},
                        QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, ask.text}}}}};
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

} // namespace bobbin::assistants
