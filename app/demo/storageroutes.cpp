// SPDX-License-Identifier: GPL-3.0-or-later
// The demo server's files and vector stores.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QRegularExpression>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostFilesPerList = 10'000;
constexpr qsizetype mostFilesAtCreation = 500;
constexpr qsizetype mostFilesPerBatch = 2'000;

struct Upload {
    QHash<QString, QByteArray> fields;
    QString fileName;
    bool file = false;
};

Upload readMultipart(const HttpRequest &request)
{
    Upload upload;
    static const QRegularExpression boundaryPattern(u"boundary=\"?([^\";]+)"_s);
    const QString type = QString::fromLatin1(request.headers.value("content-type"));
    const QByteArray boundary = "--" + boundaryPattern.match(type).captured(1).toLatin1();
    if (boundary.size() == 2)
        return upload;
    static const QRegularExpression namePattern(u"[; ]name=\"([^\"]*)\""_s);
    static const QRegularExpression filePattern(u"filename=\"([^\"]*)\""_s);
    qsizetype at = request.body.indexOf(boundary);
    while (at >= 0) {
        const qsizetype start = at + boundary.size() + 2;
        const qsizetype next = request.body.indexOf("\r\n" + boundary, start);
        if (next < 0)
            break;
        const QByteArray part = request.body.mid(start, next - start);
        const qsizetype head = part.indexOf("\r\n\r\n");
        const QString headers = QString::fromUtf8(part.left(head));
        const QString name = namePattern.match(headers).captured(1);
        if (const auto file = filePattern.match(headers); file.hasMatch()) {
            upload.fileName = file.captured(1);
            upload.file = true;
        }
        upload.fields.insert(name, part.mid(head + 4));
        at = next + 2;
    }
    return upload;
}

QJsonValue chunking(const QJsonValue &asked)
{
    if (asked["type"_L1].toString() == "static"_L1)
        return asked;
    return QJsonObject{{u"type"_s, u"static"_s},
                       {u"static"_s, QJsonObject{{u"max_chunk_size_tokens"_s, 800}, {u"chunk_overlap_tokens"_s, 400}}}};
}

} // namespace

Reply DemoServer::files(const HttpRequest &request)
{
    const QString id = request.segments.value(2);
    if (id.isEmpty() && request.method == "GET") {
        const QString purpose = request.query.queryItemValue(u"purpose"_s);
        if (purpose.isEmpty())
            return listReply(request, m_state.files.all(), mostFilesPerList, mostFilesPerList);
        std::deque<QJsonObject> some;
        std::ranges::copy_if(m_state.files.all(), std::back_inserter(some),
                             [&](const QJsonObject &f) { return f["purpose"_L1].toString() == purpose; });
        return listReply(request, some, mostFilesPerList, mostFilesPerList);
    }
    if (id.isEmpty() && request.method == "POST") {
        const Upload upload = readMultipart(request);
        static const QStringList purposes{u"assistants"_s, u"batch"_s,     u"fine-tune"_s,
                                          u"vision"_s,     u"user_data"_s, u"evals"_s};
        static const QStringList foundryPurposes{u"assistants"_s, u"assistants_output"_s, u"vision"_s};
        const bool foundry = m_options.protocol == Protocol::Foundry;
        const QString purpose = QString::fromUtf8(upload.fields.value(u"purpose"_s));
        if (!upload.file)
            return error(400, u"Missing required parameter: 'file'."_s, u"file"_s);
        if (const QStringList &known = foundry ? foundryPurposes : purposes; !known.contains(purpose))
            return error(400, u"'%1' is not one of %2 - 'purpose'"_s.arg(purpose, known.join(u", "_s)), u"purpose"_s);
        const QByteArray content = upload.fields.value(u"file"_s);
        const QString made = QString::fromLatin1(m_state.newId(foundry ? "assistant-" : "file-"));
        const QJsonObject file{{u"id"_s, made},
                               {u"object"_s, u"file"_s},
                               {u"bytes"_s, content.size()},
                               {u"created_at"_s, nowSeconds()},
                               {u"filename"_s, upload.fileName},
                               {u"purpose"_s, purpose},
                               {u"status"_s, u"processed"_s}};
        m_state.files.add(file);
        m_state.fileContent[made] = content;
        return ok(compact(file));
    }
    const QJsonObject *found = m_state.files.find(id);
    if (!found)
        return error(404, u"No such File object: %1"_s.arg(id), u"id"_s);
    if (request.segments.value(3) == "content"_L1 && request.method == "GET") {
        const QString purpose = (*found)["purpose"_L1].toString();
        if (m_options.protocol == Protocol::Assistants && (purpose == "assistants"_L1 || purpose == "user_data"_L1))
            return error(400, u"Not allowed to download files of purpose: %1"_s.arg(purpose));
        return {200, m_state.fileContent.value(id), "application/octet-stream"};
    }
    if (request.method == "GET")
        return ok(compact(*found));
    if (request.method == "DELETE") {
        m_state.files.remove(id);
        m_state.fileContent.remove(id);
        for (auto it = m_state.storeFiles.begin(); it != m_state.storeFiles.end(); ++it)
            if (it->remove(id))
                m_state.refreshStore(it.key());
        return ok(deleted(id, "file"));
    }
    return error(405, u"Method not allowed."_s);
}

std::optional<Reply> DemoServer::attach(const QString &store, const QJsonObject &entry)
{
    const QString id = entry["file_id"_L1].toString();
    const QJsonObject *file = m_state.files.find(id);
    if (!file)
        return missing(u"file"_s, id);
    if (m_state.storeFiles[store].find(id))
        m_state.storeFiles[store].remove(id);
    m_state.storeFiles[store].add(
        {{u"id"_s, id},
         {u"object"_s, u"vector_store.file"_s},
         {u"usage_bytes"_s, 0},
         {u"created_at"_s, nowSeconds()},
         {u"vector_store_id"_s, store},
         {u"status"_s, u"in_progress"_s},
         {u"last_error"_s, QJsonValue()},
         {u"chunking_strategy"_s, chunking(entry["chunking_strategy"_L1])},
         {u"attributes"_s, entry["attributes"_L1].isObject() ? entry["attributes"_L1] : QJsonObject()}});
    return std::nullopt;
}

Reply DemoServer::stores(const HttpRequest &request, const QJsonObject &body)
{
    const QString id = request.segments.value(2);
    if (id.isEmpty()) {
        if (request.method == "GET")
            return listReply(request, m_state.stores.all());
        if (request.method != "POST")
            return error(405, u"Method not allowed."_s);
        if (body["file_ids"_L1].toArray().size() > mostFilesAtCreation)
            return error(400, u"Invalid 'file_ids': array too long. Expected at most 500."_s, u"file_ids"_s);
        const QString made = QString::fromLatin1(m_state.newHexId("vs_"));
        QJsonObject store{{u"id"_s, made},
                          {u"object"_s, u"vector_store"_s},
                          {u"created_at"_s, nowSeconds()},
                          {u"name"_s, body["name"_L1].toString()},
                          {u"usage_bytes"_s, 0},
                          {u"file_counts"_s, QJsonObject()},
                          {u"status"_s, u"completed"_s},
                          {u"last_active_at"_s, nowSeconds()},
                          {u"metadata"_s, body["metadata"_L1].isObject() ? body["metadata"_L1] : QJsonObject()}};
        if (body["expires_after"_L1].isObject()) {
            store[u"expires_after"_s] = body["expires_after"_L1];
            store[u"expires_at"_s] = nowSeconds() + body["expires_after"_L1]["days"_L1].toInteger() * 86400;
        }
        m_state.stores.add(store);
        for (const QJsonValue file : body["file_ids"_L1].toArray())
            if (const auto refused =
                    attach(made, {{u"file_id"_s, file}, {u"chunking_strategy"_s, body["chunking_strategy"_L1]}})) {
                m_state.stores.remove(made);
                return *refused;
            }
        m_state.refreshStore(made);
        return ok(compact(*m_state.stores.find(made)));
    }
    QJsonObject *found = m_state.stores.find(id);
    if (!found)
        return missing(u"vector store"_s, id);
    const QString what = request.segments.value(3);
    if (what == "files"_L1)
        return storeFiles(request, body, id);
    if (what == "file_batches"_L1)
        return batches(request, body, id);
    if (what == "search"_L1 && request.method == "POST")
        return search(body, id);
    if (!what.isEmpty())
        return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
    if (request.method == "GET")
        return ok(compact(*found));
    if (request.method == "POST") {
        for (const QString &key : {u"name"_s, u"expires_after"_s, u"metadata"_s})
            if (body.contains(key))
                (*found)[key] = body[key].isNull() && key == "name"_L1 ? QJsonValue(QString()) : body[key];
        return ok(compact(*found));
    }
    if (request.method == "DELETE") {
        m_state.stores.remove(id);
        m_state.storeFiles.remove(id);
        m_state.batches.remove(id);
        return ok(deleted(id, "vector_store.deleted"));
    }
    return error(405, u"Method not allowed."_s);
}

Reply DemoServer::storeFiles(const HttpRequest &request, const QJsonObject &body, const QString &store)
{
    const QString id = request.segments.value(4);
    DemoTable &files = m_state.storeFiles[store];
    if (id.isEmpty() && request.method == "GET") {
        const QString filter = request.query.queryItemValue(u"filter"_s);
        if (filter.isEmpty())
            return listReply(request, files.all());
        std::deque<QJsonObject> some;
        std::ranges::copy_if(files.all(), std::back_inserter(some),
                             [&](const QJsonObject &f) { return f["status"_L1].toString() == filter; });
        return listReply(request, some);
    }
    if (id.isEmpty() && request.method == "POST") {
        if (const auto refused = attach(store, body))
            return *refused;
        m_state.refreshStore(store);
        return ok(compact(*files.find(body["file_id"_L1].toString())));
    }
    QJsonObject *found = files.find(id);
    if (!found)
        return missing(u"file"_s, id);
    if (request.segments.value(5) == "content"_L1 && request.method == "GET")
        return ok(compact(
            QJsonObject{{u"object"_s, u"vector_store.file_content.page"_s},
                        {u"data"_s,
                         QJsonArray{QJsonObject{{u"type"_s, u"text"_s},
                                                {u"text"_s, QString::fromUtf8(m_state.fileContent.value(id))}}}},
                        {u"has_more"_s, false},
                        {u"next_page"_s, QJsonValue()}}));
    if (request.method == "GET")
        return ok(compact(*found));
    if (request.method == "POST") {
        (*found)[u"attributes"_s] = body["attributes"_L1].isObject() ? body["attributes"_L1] : QJsonObject();
        return ok(compact(*found));
    }
    if (request.method == "DELETE") {
        files.remove(id);
        m_state.refreshStore(store);
        return ok(deleted(id, "vector_store.file.deleted"));
    }
    return error(405, u"Method not allowed."_s);
}

Reply DemoServer::batches(const HttpRequest &request, const QJsonObject &body, const QString &store)
{
    const QString id = request.segments.value(4);
    const auto asJson = [&](const QJsonObject &batch) {
        QJsonObject counts{{u"in_progress"_s, 0}, {u"completed"_s, 0}, {u"failed"_s, 0}, {u"cancelled"_s, 0}};
        for (const QJsonValue file : batch["files"_L1].toArray())
            if (const QJsonObject *entry = m_state.storeFiles[store].find(file.toString())) {
                const QString status = (*entry)["status"_L1].toString();
                counts[status] = counts[status].toInt() + 1;
            }
        counts[u"total"_s] = batch["files"_L1].toArray().size();
        const bool pending = counts["in_progress"_L1].toInt() > 0;
        return compact(QJsonObject{{u"id"_s, batch["id"_L1]},
                                   {u"object"_s, u"vector_store.files_batch"_s},
                                   {u"created_at"_s, batch["created_at"_L1]},
                                   {u"vector_store_id"_s, store},
                                   {u"status"_s,
                                    batch["cancelled"_L1].toBool() ? u"cancelled"_s
                                        : pending                  ? u"in_progress"_s
                                                                   : u"completed"_s},
                                   {u"file_counts"_s, counts}});
    };
    if (id.isEmpty()) {
        if (request.method != "POST")
            return error(405, u"Method not allowed."_s);
        QJsonArray entries = body["files"_L1].toArray();
        if (entries.isEmpty() == body["file_ids"_L1].toArray().isEmpty())
            return error(400, u"Exactly one of 'file_ids' and 'files' must be given."_s, u"file_ids"_s);
        for (const QJsonValue file : body["file_ids"_L1].toArray())
            entries << QJsonObject{{u"file_id"_s, file},
                                   {u"attributes"_s, body["attributes"_L1]},
                                   {u"chunking_strategy"_s, body["chunking_strategy"_L1]}};
        if (entries.size() > mostFilesPerBatch)
            return error(400, u"Invalid 'file_ids': array too long. Expected at most 2000."_s, u"file_ids"_s);
        QJsonArray ids;
        for (const QJsonValue entry : entries)
            if (!m_state.files.find(entry["file_id"_L1].toString()))
                return missing(u"file"_s, entry["file_id"_L1].toString());
        for (const QJsonValue entry : entries) {
            std::ignore = attach(store, entry.toObject());
            ids << entry["file_id"_L1];
        }
        m_state.refreshStore(store);
        const QJsonObject batch{{u"id"_s, QString::fromLatin1(m_state.newHexId("vsfb_"))},
                                {u"created_at"_s, nowSeconds()},
                                {u"files"_s, ids}};
        m_state.batches[store].add(batch);
        return ok(asJson(batch));
    }
    QJsonObject *found = m_state.batches[store].find(id);
    if (!found)
        return missing(u"file batch"_s, id);
    const QString what = request.segments.value(5);
    if (what == "cancel"_L1 && request.method == "POST") {
        (*found)[u"cancelled"_s] = true;
        for (const QJsonValue file : (*found)["files"_L1].toArray())
            if (QJsonObject *entry = m_state.storeFiles[store].find(file.toString());
                entry && (*entry)["status"_L1].toString() == "in_progress"_L1)
                (*entry)[u"status"_s] = u"cancelled"_s;
        m_state.refreshStore(store);
        return ok(asJson(*found));
    }
    if (what == "files"_L1 && request.method == "GET") {
        std::deque<QJsonObject> some;
        for (const QJsonValue file : (*found)["files"_L1].toArray())
            if (const QJsonObject *entry = m_state.storeFiles[store].find(file.toString()))
                some.push_back(*entry);
        return listReply(request, some);
    }
    return what.isEmpty() && request.method == "GET" ? ok(asJson(*found)) : error(405, u"Method not allowed."_s);
}

Reply DemoServer::search(const QJsonObject &body, const QString &store)
{
    QStringList queries;
    if (body["query"_L1].isString())
        queries << body["query"_L1].toString();
    for (const QJsonValue query : body["query"_L1].toArray())
        queries << query.toString();
    if (queries.isEmpty())
        return error(400, u"Missing required parameter: 'query'."_s, u"query"_s, u"missing_required_parameter"_s);
    const qint64 most = body["max_num_results"_L1].toInteger(10);
    if (most < 1 || most > 50)
        return error(400, u"Invalid 'max_num_results': expected 1 to 50."_s, u"max_num_results"_s);
    const QStringList words = queries.join(u' ').toLower().split(u' ', Qt::SkipEmptyParts);
    struct Hit {
        double score;
        QJsonObject row;
    };
    std::vector<Hit> hits;
    for (const QJsonObject &entry : m_state.storeFiles[store].all()) {
        const QString id = entry["id"_L1].toString();
        const QJsonObject *file = m_state.files.find(id);
        const QString text = QString::fromUtf8(m_state.fileContent.value(id));
        const QString haystack = ((file ? (*file)["filename"_L1].toString() : QString()) + u" "_s + text).toLower();
        qsizetype found = 0;
        for (const QString &word : words)
            found += haystack.contains(word) ? 1 : 0;
        if (found == 0)
            continue;
        const double score = double(found) / double(words.size());
        hits.push_back(
            {score,
             {{u"file_id"_s, id},
              {u"filename"_s, file ? (*file)["filename"_L1] : QJsonValue(QString())},
              {u"score"_s, score},
              {u"attributes"_s, entry["attributes"_L1]},
              {u"content"_s, QJsonArray{QJsonObject{{u"type"_s, u"text"_s}, {u"text"_s, text.left(2000)}}}}}});
    }
    std::ranges::stable_sort(hits, std::greater<>(), &Hit::score);
    QJsonArray rows;
    for (std::size_t i = 0; i < hits.size() && qint64(i) < most; ++i)
        rows << hits[i].row;
    return ok(compact(QJsonObject{{u"object"_s, u"vector_store.search_results.page"_s},
                                  {u"search_query"_s, QJsonArray::fromStringList(queries)},
                                  {u"data"_s, rows},
                                  {u"has_more"_s, false},
                                  {u"next_page"_s, QJsonValue()}}));
}

} // namespace bobbin::demo
