// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/neutraljson.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct PartKey {
    NewPart::Kind kind;
    QLatin1String key;
};
constexpr PartKey partKeys[] = {{NewPart::Kind::Text, QLatin1String("text")},
                                {NewPart::Kind::ImageFile, QLatin1String("image_file")},
                                {NewPart::Kind::ImageUrl, QLatin1String("image_url")}};

void insertUnlessEmpty(QJsonObject &json, QLatin1String key, const QString &value)
{
    if (!value.isEmpty())
        json.insert(key, value);
}

void insertUnlessEmpty(QJsonObject &json, QLatin1String key, const QJsonObject &value)
{
    if (!value.isEmpty())
        json.insert(key, value);
}

void insertUnlessEmpty(QJsonObject &json, QLatin1String key, const QJsonArray &value)
{
    if (!value.isEmpty())
        json.insert(key, value);
}

QJsonObject toJson(const ToolResources &resources)
{
    QJsonObject json;
    insertUnlessEmpty(json, "stores"_L1, QJsonArray::fromStringList(resources.vectorStoreIds));
    insertUnlessEmpty(json, "files"_L1, QJsonArray::fromStringList(resources.fileIds));
    insertUnlessEmpty(json, "more"_L1, resources.more);
    return json;
}

ToolResources resourcesFromJson(const QJsonObject &json)
{
    return {strings(json.value("stores"_L1)), strings(json.value("files"_L1)), json.value("more"_L1).toObject()};
}

} // namespace

QStringList strings(const QJsonValue &array)
{
    QStringList all;
    for (const QJsonValue value : array.toArray())
        all << value.toString();
    return all;
}

QJsonObject toJson(const Metadata &metadata)
{
    QJsonObject json;
    for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

Metadata metadataFromJson(const QJsonObject &json)
{
    Metadata metadata;
    for (auto it = json.begin(); it != json.end(); ++it)
        metadata.insert(it.key(), it.value().toString());
    return metadata;
}

QJsonObject toJson(const NewMessage &message)
{
    QJsonArray parts;
    for (const NewPart &part : message.parts)
        for (const PartKey &one : partKeys)
            if (one.kind == part.kind) {
                QJsonObject json{{one.key, part.text}};
                insertUnlessEmpty(json, "detail"_L1, part.detail);
                parts << json;
            }
    QJsonArray attachments;
    for (const Attachment &attachment : message.attachments) {
        QJsonObject one{{u"file"_s, attachment.fileId}, {u"tools"_s, QJsonArray::fromStringList(attachment.tools)}};
        insertUnlessEmpty(one, "source"_L1, attachment.source);
        attachments << one;
    }
    QJsonObject json{{u"role"_s, message.role}, {u"parts"_s, parts}};
    insertUnlessEmpty(json, "attachments"_L1, attachments);
    insertUnlessEmpty(json, "metadata"_L1, toJson(message.metadata));
    insertUnlessEmpty(json, "original"_L1, message.original);
    return json;
}

NewMessage messageFromJson(const QJsonObject &json)
{
    NewMessage message;
    message.role = json.value("role"_L1).toString();
    for (const QJsonValue part : json.value("parts"_L1).toArray())
        for (const PartKey &one : partKeys)
            if (const QJsonValue text = part[one.key]; text.isString())
                message.parts.push_back({one.kind, text.toString(), part["detail"_L1].toString()});
    for (const QJsonValue attachment : json.value("attachments"_L1).toArray())
        message.attachments.push_back(
            {attachment["file"_L1].toString(), strings(attachment["tools"_L1]), attachment["source"_L1].toObject()});
    message.metadata = metadataFromJson(json.value("metadata"_L1).toObject());
    message.original = json.value("original"_L1).toObject();
    return message;
}

QJsonObject toJson(const NewThread &thread)
{
    QJsonArray messages;
    for (const NewMessage &message : thread.messages)
        messages << toJson(message);
    QJsonObject json{{u"metadata"_s, toJson(thread.metadata)}};
    insertUnlessEmpty(json, "messages"_L1, messages);
    insertUnlessEmpty(json, "resources"_L1, toJson(thread.resources));
    return json;
}

NewThread threadFromJson(const QJsonObject &json)
{
    NewThread thread;
    for (const QJsonValue message : json.value("messages"_L1).toArray())
        thread.messages.push_back(messageFromJson(message.toObject()));
    thread.resources = resourcesFromJson(json.value("resources"_L1).toObject());
    thread.metadata = metadataFromJson(json.value("metadata"_L1).toObject());
    return thread;
}

QJsonObject toJson(const NewStore &store)
{
    QJsonObject json{{u"name"_s, store.name}, {u"metadata"_s, toJson(store.metadata)}};
    if (store.expires)
        json.insert(u"expires"_s, QJsonObject{{u"anchor"_s, store.expires->anchor}, {u"days"_s, store.expires->days}});
    return json;
}

NewStore storeFromJson(const QJsonObject &json)
{
    NewStore store{json.value("name"_L1).toString(), metadataFromJson(json.value("metadata"_L1).toObject()), {}};
    if (const QJsonValue expires = json.value("expires"_L1); expires.isObject())
        store.expires = Expiry{expires["anchor"_L1].toString(), expires["days"_L1].toInteger()};
    return store;
}

QJsonArray toJson(const std::vector<NewStoreFile> &files)
{
    QJsonArray json;
    for (const NewStoreFile &file : files) {
        QJsonObject one{{u"file"_s, file.fileId}};
        insertUnlessEmpty(one, "options"_L1, file.options);
        json << one;
    }
    return json;
}

std::vector<NewStoreFile> storeFilesFromJson(const QJsonArray &json)
{
    std::vector<NewStoreFile> files;
    for (const QJsonValue file : json)
        files.push_back({file["file"_L1].toString(), file["options"_L1].toObject()});
    return files;
}

QJsonArray toJson(const std::vector<ToolOutput> &outputs)
{
    QJsonArray json;
    for (const ToolOutput &output : outputs)
        json << QJsonObject{{u"call"_s, output.callId}, {u"output"_s, output.output}};
    return json;
}

std::vector<ToolOutput> toolOutputsFromJson(const QJsonArray &json)
{
    std::vector<ToolOutput> outputs;
    for (const QJsonValue output : json)
        outputs.push_back({output["call"_L1].toString(), output["output"_L1].toString()});
    return outputs;
}

namespace {

NewMessage messageOfBody(const QJsonValue &body)
{
    NewMessage message;
    message.role = body["role"_L1].toString();
    const QJsonValue content = body["content"_L1];
    if (content.isString())
        message.parts.push_back({NewPart::Kind::Text, content.toString(), {}});
    for (const QJsonValue part : content.toArray()) {
        const QJsonValue file = part["image_file"_L1];
        const QJsonValue url = part["image_url"_L1];
        if (file.isObject())
            message.parts.push_back(
                {NewPart::Kind::ImageFile, file["file_id"_L1].toString(), file["detail"_L1].toString()});
        else if (url.isObject())
            message.parts.push_back({NewPart::Kind::ImageUrl, url["url"_L1].toString(), url["detail"_L1].toString()});
        else
            message.parts.push_back({NewPart::Kind::Text, part["text"_L1].toString(), {}});
    }
    for (const QJsonValue attachment : body["attachments"_L1].toArray()) {
        Attachment one{attachment["file_id"_L1].toString(), {}};
        for (const QJsonValue tool : attachment["tools"_L1].toArray())
            one.tools << tool["type"_L1].toString();
        message.attachments.push_back(one);
    }
    message.metadata = metadataFromJson(body["metadata"_L1].toObject());
    return message;
}

QJsonObject neutralBody(const QString &act, const QJsonObject &old)
{
    QJsonObject body = old;
    if (act == "create_thread"_L1) {
        NewThread thread;
        for (const QJsonValue message : old.value("messages"_L1).toArray())
            thread.messages.push_back(messageOfBody(message));
        const QJsonValue resources = old.value("tool_resources"_L1);
        thread.resources.vectorStoreIds = strings(resources["file_search"_L1]["vector_store_ids"_L1]);
        thread.resources.fileIds = strings(resources["code_interpreter"_L1]["file_ids"_L1]);
        thread.metadata = metadataFromJson(old.value("metadata"_L1).toObject());
        return toJson(thread);
    }
    if (act == "add_message"_L1) {
        body.insert(u"message"_s, toJson(messageOfBody(old.value("message"_L1))));
    } else if (act == "create_store"_L1) {
        body.remove(u"expires_after"_s);
        if (const QJsonValue expires = old.value("expires_after"_L1); expires.isObject())
            body.insert(u"expires"_s, expires);
    } else if (act == "add_store_files"_L1) {
        std::vector<NewStoreFile> files;
        for (const QJsonValue entry : old.value("files"_L1).toArray()) {
            QJsonObject options = entry.toObject();
            const QString file = options.take(u"file_id"_s).toString();
            files.push_back({file, options});
        }
        body.insert(u"files"_s, toJson(files));
    } else if (act == "submit_tool_outputs"_L1) {
        std::vector<ToolOutput> outputs;
        for (const QJsonValue output : old.value("tool_outputs"_L1).toArray())
            outputs.push_back({output["tool_call_id"_L1].toString(), output["output"_L1].toString()});
        return {{u"outputs"_s, toJson(outputs)}};
    }
    return body;
}

} // namespace

QJsonArray neutralSteps(const QJsonArray &old)
{
    QJsonArray steps;
    for (const QJsonValue value : old) {
        QJsonObject step = value.toObject();
        if (const QJsonValue body = step.value("body"_L1); body.isObject())
            step.insert(u"body"_s, neutralBody(step.value("act"_L1).toString(), body.toObject()));
        steps << step;
    }
    return steps;
}

} // namespace bobbin
