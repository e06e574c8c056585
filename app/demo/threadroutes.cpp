// SPDX-License-Identifier: GPL-3.0-or-later
// Threads and messages.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <QJsonDocument>

namespace bobbin::demo {

namespace {

constexpr int mostMessagesAtCreation = 32;
constexpr qsizetype longestText = 256'000, longestFoundryText = 1'500'000;

} // namespace

std::optional<Reply> DemoServer::addMessage(DemoThread &thread, const QJsonObject &body)
{
    const QString role = body["role"_L1].toString();
    if (role != "user"_L1 && role != "assistant"_L1)
        return error(400, u"Invalid value: '%1'. Supported values are: 'user' and 'assistant'."_s.arg(role), u"role"_s,
                     u"invalid_value"_s);
    if (const QString problem = metadataProblem(body["metadata"_L1]); !problem.isEmpty())
        return error(400, problem, u"metadata"_s);
    const QJsonValue content = body["content"_L1];
    DemoMessage message;
    if (content.isString()) {
        const qsizetype longest = m_options.protocol == Protocol::Foundry ? longestFoundryText : longestText;
        if (content.toString().isEmpty() || content.toString().size() > longest)
            return error(400, u"Invalid 'content': string must have 1 to %1 characters."_s.arg(longest), u"content"_s);
        message.content = textContent(content.toString().toUtf8());
    } else if (content.isArray() && !content.toArray().isEmpty()) {
        QJsonArray parts;
        for (const QJsonValue part : content.toArray()) {
            const QString type = part["type"_L1].toString();
            if (type == "text"_L1 && part["text"_L1].isString())
                parts << QJsonObject{
                    {u"type"_s, type},
                    {u"text"_s, QJsonObject{{u"value"_s, part["text"_L1]}, {u"annotations"_s, QJsonArray()}}}};
            else if (type == "image_file"_L1 || type == "image_url"_L1)
                parts << part;
            else
                return error(400, u"Invalid value in 'content': unknown part type '%1'."_s.arg(type), u"content"_s,
                             u"invalid_value"_s);
        }
        message.content = compact(parts);
    } else {
        return error(400, u"Missing required parameter: 'content'."_s, u"content"_s, u"missing_required_parameter"_s);
    }
    message.id = m_state.newId("msg_");
    message.created = nowSeconds();
    message.user = role == "user"_L1;
    message.attachments = compact(body["attachments"_L1].toArray());
    message.metadata = compact(objectOrEmpty(body["metadata"_L1]));
    for (const QJsonValue attachment : body["attachments"_L1].toArray())
        if (!attachment["data_source"_L1].isObject() && !m_state.files.find(attachment["file_id"_L1].toString()))
            return missing(u"file"_s, attachment["file_id"_L1].toString());
    thread.messages.push_back(std::move(message));
    return std::nullopt;
}

Reply DemoServer::createThread(const QJsonObject &body, DemoThread **made)
{
    const QJsonArray messages = body["messages"_L1].toArray();
    if (messages.size() > mostMessagesAtCreation)
        return error(400, u"Invalid 'messages': array too long. Expected an array with maximum length 32."_s,
                     u"messages"_s, u"array_above_max_length"_s);
    if (const QString problem = metadataProblem(body["metadata"_L1]); !problem.isEmpty())
        return error(400, problem, u"metadata"_s);
    auto thread = std::make_unique<DemoThread>();
    thread->id = m_state.newId("thread_");
    thread->created = nowSeconds();
    thread->metadata = objectOrEmpty(body["metadata"_L1]);
    QJsonObject resources = objectOrEmpty(body["tool_resources"_L1]);
    QJsonObject fileSearch = resources.value("file_search"_L1).toObject();
    if (const QJsonArray helper = fileSearch["vector_stores"_L1].toArray(); !helper.isEmpty()) {
        HttpRequest create;
        create.method = "POST";
        create.segments = {u"v1"_s, u"vector_stores"_s};
        QJsonObject wanted{{u"file_ids"_s, helper[0]["file_ids"_L1]},
                           {u"expires_after"_s, QJsonObject{{u"anchor"_s, u"last_active_at"_s}, {u"days"_s, 7}}}};
        const Reply store = stores(create, wanted);
        if (store.status != 200)
            return store;
        fileSearch.remove(u"vector_stores"_s);
        fileSearch[u"vector_store_ids"_s] =
            QJsonArray{QJsonDocument::fromJson(store.body).object()["id"_L1].toString()};
        resources[u"file_search"_s] = fileSearch;
    }
    thread->toolResources = resources;
    for (const QJsonValue message : messages)
        if (const auto refused = addMessage(*thread, message.toObject()))
            return *refused;
    DemoThread *added = m_state.addThread(std::move(thread));
    if (made)
        *made = added;
    return ok(threadJson(*added));
}

Reply DemoServer::threads(const HttpRequest &request, const QJsonObject &body)
{
    const QString id = request.segments.value(2);
    if (id.isEmpty()) {
        if (request.method == "POST")
            return createThread(body);
        if (!m_options.listThreads && m_options.protocol == Protocol::Assistants)
            return error(401,
                         u"Your request to GET /v1/threads must be made with a session key (that is, it can only be "
                         "made from the browser). You made it with the following key type: secret."_s,
                         {}, u"missing_scope"_s);
        return listReply(
            request, m_state.threads, [](const auto &t) { return QByteArrayView(t->id); },
            [](const auto &t) { return threadJson(*t); });
    }
    if (id == "runs"_L1 && request.method == "POST" && request.segments.size() == 3) {
        if (!m_state.assistants.find(body["assistant_id"_L1].toString()))
            return missing(u"assistant"_s, body["assistant_id"_L1].toString());
        DemoThread *made = nullptr;
        const Reply thread = createThread(objectOrEmpty(body["thread"_L1]), &made);
        return made ? createRun(*made, body, true) : thread;
    }
    DemoThread *thread = m_state.threadById.value(id.toLatin1());
    if (!thread)
        return missing(u"thread"_s, id);
    const QString what = request.segments.value(3);
    if (what.isEmpty()) {
        if (request.method == "GET")
            return ok(threadJson(*thread));
        if (request.method == "POST") {
            if (body.contains("metadata"_L1))
                thread->metadata = objectOrEmpty(body["metadata"_L1]);
            if (body.contains("tool_resources"_L1))
                thread->toolResources = objectOrEmpty(body["tool_resources"_L1]);
            return ok(threadJson(*thread));
        }
        if (request.method == "DELETE") {
            m_state.removeThread(thread->id);
            return ok(deleted(id, "thread.deleted"));
        }
        return error(405, u"Method not allowed."_s);
    }
    thread->load();
    if (what == "messages"_L1)
        return messages(request, body, *thread);
    if (what == "runs"_L1)
        return runs(request, body, *thread);
    return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
}

Reply DemoServer::messages(const HttpRequest &request, const QJsonObject &body, DemoThread &thread)
{
    const QByteArray id = request.segments.value(4).toLatin1();
    if (id.isEmpty() && request.method == "GET") {
        const QByteArray ofRun = request.query.queryItemValue(u"run_id"_s).toLatin1();
        const auto asJson = [&](const DemoMessage &m) { return messageJson(thread, m); };
        const auto idOf = [](const DemoMessage &m) { return QByteArrayView(m.id); };
        if (ofRun.isEmpty())
            return listReply(request, thread.messages, idOf, asJson);
        std::vector<DemoMessage> some;
        std::ranges::copy_if(thread.messages, std::back_inserter(some),
                             [&](const DemoMessage &m) { return m.runId == ofRun; });
        return listReply(request, some, idOf, asJson);
    }
    if (id.isEmpty() && request.method == "POST") {
        if (const DemoRun *active = thread.activeRun())
            return error(400,
                         u"Can't add messages to %1 while a run %2 is active."_s.arg(QString::fromLatin1(thread.id),
                                                                                     QString::fromLatin1(active->id)));
        if (const auto refused = addMessage(thread, body))
            return *refused;
        return ok(messageJson(thread, thread.messages.back()));
    }
    const auto found = std::ranges::find(thread.messages, id, &DemoMessage::id);
    if (found == thread.messages.end())
        return missing(u"message"_s, QString::fromLatin1(id));
    if (request.method == "GET")
        return ok(messageJson(thread, *found));
    if (request.method == "POST") {
        found->metadata = compact(objectOrEmpty(body["metadata"_L1]));
        return ok(messageJson(thread, *found));
    }
    if (request.method == "DELETE") {
        thread.messages.erase(found);
        return ok(deleted(QString::fromLatin1(id), "thread.message.deleted"));
    }
    return error(405, u"Method not allowed."_s);
}

} // namespace bobbin::demo
