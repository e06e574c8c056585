// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/objects.h"

#include "models/core/texthash.h"
#include "models/providers/assistants/content.h"

#include <QJsonDocument>

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

constexpr qsizetype keptText = 1'000; // characters
constexpr qint64 usualChunk = 800; // tokens
constexpr qint64 usualOverlap = 400;

struct RunStatusWord {
    RunStatus status;
    QStringView word;
};
constexpr RunStatusWord runStatusWords[] = {
    {RunStatus::Queued, u"queued"},
    {RunStatus::InProgress, u"in_progress"},
    {RunStatus::RequiresAction, u"requires_action"},
    {RunStatus::Cancelling, u"cancelling"},
    {RunStatus::Cancelled, u"cancelled"},
    {RunStatus::Failed, u"failed"},
    {RunStatus::Completed, u"completed"},
    {RunStatus::Incomplete, u"incomplete"},
    {RunStatus::Expired, u"expired"},
};

// {file_search:{vector_store_ids}, code_interpreter:{file_ids}}
void readToolResources(Value item, QStringList &stores, QStringList &files)
{
    const auto resources = json::member(item, "tool_resources");
    if (!resources)
        return;
    if (const auto search = json::member(*resources, "file_search"))
        stores = json::strings(*search, "vector_store_ids");
    if (const auto interpreter = json::member(*resources, "code_interpreter"))
        files = json::strings(*interpreter, "file_ids");
}

void readLastError(Value item, QString &code, QString *message)
{
    const auto error = json::member(item, "last_error");
    if (!error)
        return;
    code = json::text(*error, "code");
    if (message)
        *message = error->is_string() ? json::asText(*error) : json::text(*error, "message");
}

Assistant assistant(Value item)
{
    Assistant a;
    a.createdAt = json::time(item, "created_at");
    a.name = json::text(item, "name");
    a.model = json::text(item, "model");
    a.instructions = json::text(item, "instructions");
    a.tools = readTools(item);
    readToolResources(item, a.vectorStoreIds, a.fileIds);
    return a;
}

Thread thread(Value item)
{
    Thread t;
    t.createdAt = json::time(item, "created_at");
    if (const auto metadata = json::member(item, "metadata")) {
        for (const std::string_view key : {"title", "name", "subject"})
            if (t.title.isEmpty())
                t.title = json::text(*metadata, key);
        if (metadata->is_object() && simdjson::dom::object(*metadata).size() > 0)
            t.metadata = QByteArray::fromStdString(simdjson::minify(*metadata));
    }
    t.resourcesTold = simdjson::dom::object(item).at_key("tool_resources").error() == simdjson::SUCCESS;
    readToolResources(item, t.vectorStoreIds, t.fileIds);
    return t;
}

Message message(Value item)
{
    Message m;
    m.threadId = json::text(item, "thread_id");
    m.createdAt = json::time(item, "created_at");
    m.role = json::text(item, "role");
    m.status = json::text(item, "status");
    m.runId = json::text(item, "run_id");
    m.assistantId = json::text(item, "assistant_id");
    if (const auto content = json::member(item, "content"))
        m.text = json::asText(*content);
    m.characters = m.text.size();
    if (m.characters > keptText) // a page of long messages would be held twice, and nobody reads them here
        m.text = QString(m.text.constData(), keptText);
    m.fileIds = json::strings(item, "file_ids"); // v1
    for (const Value attachment : json::array(item, "attachments"))
        if (const QString id = json::text(attachment, "file_id"); !id.isEmpty())
            m.fileIds << id;
    // Pictures, and files the code interpreter wrote.
    for (const Value part : json::array(item, "content")) {
        if (const auto image = json::member(part, "image_file"))
            m.fileIds << json::text(*image, "file_id");
        if (const auto text = json::member(part, "text"))
            for (const Value annotation : json::array(*text, "annotations"))
                if (const auto path = json::member(annotation, "file_path"))
                    m.fileIds << json::text(*path, "file_id");
    }
    m.fileIds.removeAll(QString());
    m.fileIds.removeDuplicates();
    return m;
}

RunConfig config(Value item)
{
    RunConfig told;
    if (const auto instructions = json::member(item, "instructions"); instructions && instructions->is_string()) {
        const std::string_view text = instructions->get_string().value_unsafe();
        told.instructions = textHash(text);
        told.instructionBytes = qint64(text.size());
    }
    if (const auto tools = json::member(item, "tools");
        tools && tools->is_array() && simdjson::dom::array(*tools).size() > 0)
        told.tools = textHash(simdjson::minify(*tools));
    told.maxPromptTokens = json::integer(item, "max_prompt_tokens");
    if (const auto truncation = json::member(item, "truncation_strategy"); truncation && truncation->is_object())
        told.lastMessages = json::integer(*truncation, "last_messages");
    return told;
}

Run run(Value item)
{
    Run r;
    r.threadId = json::text(item, "thread_id");
    r.assistantId = json::text(item, "assistant_id");
    r.createdAt = json::time(item, "created_at");
    r.startedAt = json::time(item, "started_at");
    r.completedAt = json::time(item, "completed_at");
    r.failedAt = json::time(item, "failed_at");
    r.cancelledAt = json::time(item, "cancelled_at");
    r.expiresAt = json::time(item, "expires_at");
    r.statusWord = json::text(item, "status");
    r.status = runStatus(r.statusWord);
    r.model = json::text(item, "model");
    readLastError(item, r.errorCode, &r.errorMessage);
    if (const auto details = json::member(item, "incomplete_details"); details && r.errorCode.isEmpty())
        r.errorCode = json::text(*details, "reason");
    r.usage = json::usage(item, "usage");
    r.config = config(item);
    return r;
}

RunStep step(Value item)
{
    RunStep s;
    s.runId = json::text(item, "run_id");
    s.threadId = json::text(item, "thread_id");
    s.createdAt = json::time(item, "created_at");
    for (const std::string_view key : {"completed_at", "failed_at", "cancelled_at", "expired_at"})
        if (!s.endedAt)
            s.endedAt = json::time(item, key);
    s.type = json::text(item, "type");
    s.status = json::text(item, "status");
    readLastError(item, s.errorCode, nullptr);
    if (const auto details = json::member(item, "step_details"))
        for (const Value call : json::array(*details, "tool_calls"))
            s.add(readCall(call));
    s.usage = json::usage(item, "usage");
    return s;
}

File file(Value item)
{
    File f;
    f.createdAt = json::time(item, "created_at");
    f.name = json::text(item, "filename");
    f.purpose = json::text(item, "purpose");
    f.status = json::text(item, "status");
    f.bytes = json::integer(item, "bytes");
    return f;
}

VectorStore vectorStore(Value item)
{
    VectorStore v;
    v.createdAt = json::time(item, "created_at");
    v.lastActiveAt = json::time(item, "last_active_at");
    v.expiresAt = json::time(item, "expires_at");
    v.name = json::text(item, "name");
    v.status = json::text(item, "status");
    v.usageBytes = json::integer(item, "usage_bytes");
    if (!v.usageBytes)
        v.usageBytes = json::integer(item, "bytes"); // older answers
    if (const auto counts = json::member(item, "file_counts")) {
        v.fileCount = json::integer(*counts, "total");
        v.failedFiles = json::integer(*counts, "failed");
        v.pendingFiles = json::integer(*counts, "in_progress");
    }
    return v;
}

StoreFile storeFile(Value item)
{
    StoreFile f;
    f.storeId = json::text(item, "vector_store_id");
    f.createdAt = json::time(item, "created_at");
    f.status = json::text(item, "status");
    f.usageBytes = json::integer(item, "usage_bytes");
    readLastError(item, f.errorCode, nullptr);
    QJsonObject extra;
    if (const auto attributes = json::member(item, "attributes"); attributes && attributes->is_object())
        if (const QJsonObject all = json::object(*attributes); !all.isEmpty())
            extra.insert(u"attributes"_s, all);
    // "other" (indexed before the concept existed) cannot be asked for; 800/400 is what "auto" gives.
    if (const auto chunking = json::member(item, "chunking_strategy");
        chunking && json::text(*chunking, "type") == "static"_L1) {
        const auto sizes = json::member(*chunking, "static");
        if (sizes &&
            (json::integer(*sizes, "max_chunk_size_tokens") != usualChunk ||
             json::integer(*sizes, "chunk_overlap_tokens") != usualOverlap))
            extra.insert(u"chunking_strategy"_s, json::object(*chunking));
    }
    if (!extra.isEmpty())
        f.extra = QJsonDocument(extra).toJson(QJsonDocument::Compact);
    return f;
}

template <class T> Done keep(T value, QString id, const QByteArray &raw, std::vector<T> &into)
{
    value.id = std::move(id);
    value.raw = raw;
    into.push_back(std::move(value));
    return {};
}

} // namespace

RunStatus runStatus(const QString &word)
{
    for (const RunStatusWord &known : runStatusWords)
        if (known.word == word)
            return known.status;
    return RunStatus::Unknown;
}

QStringList readTools(Value item)
{
    QStringList tools;
    for (const Value tool : json::array(item, "tools")) {
        QString type = json::text(tool, "type");
        if (const auto function = json::member(tool, "function"))
            type += u":"_s + json::text(*function, "name");
        tools << type;
    }
    return tools;
}

Done decodeObject(Resource resource, Value item, const QByteArray &raw, Objects &into)
{
    QString id = json::text(item, "id");
    if (id.isEmpty())
        return fail(Error::Kind::Decode, u"missing"_s, u"id"_s);
    switch (resource) {
    case Resource::Assistants:
        return keep(assistant(item), id, raw, into.assistants);
    case Resource::Threads:
        return keep(thread(item), id, raw, into.threads);
    case Resource::Messages:
        return keep(message(item), id, raw, into.messages);
    case Resource::Runs:
        return keep(run(item), id, raw, into.runs);
    case Resource::Steps:
        return keep(step(item), id, raw, into.steps);
    case Resource::Files:
        return keep(file(item), id, raw, into.files);
    case Resource::VectorStores:
        return keep(vectorStore(item), id, raw, into.stores);
    case Resource::StoreFiles:
        return keep(storeFile(item), id, raw, into.storeFiles);
    }
    return fail(Error::Kind::Decode, u"unknown resource"_s);
}

} // namespace bobbin::assistants
