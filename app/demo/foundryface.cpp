// SPDX-License-Identifier: GPL-3.0-or-later
// What is different where the server speaks as Microsoft Foundry Agents (classic) does.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <QJsonDocument>

namespace bobbin::demo {

namespace {

const QString project = u"demo"_s;

Reply gateway(int status, const QString &message)
{
    return {status, compact(QJsonObject{{u"statusCode"_s, status}, {u"message"_s, message}})};
}

// A run tells no cached tokens, and what its tools worked on besides.
QJsonObject ofFoundry(QJsonObject run)
{
    if (run.value("object"_L1) == "list"_L1) {
        QJsonArray data = run.value("data"_L1).toArray();
        for (qsizetype i = 0; i < data.size(); ++i)
            data[i] = ofFoundry(data[i].toObject());
        run.insert(u"data"_s, data);
        return run;
    }
    QJsonObject usage = run.value("usage"_L1).toObject();
    if (!usage.isEmpty()) {
        usage.remove(u"prompt_token_details"_s);
        usage.remove(u"completion_token_details"_s);
        run.insert(u"usage"_s, usage);
    }
    return run;
}

} // namespace

// Requests under a project's endpoint are those under /v1.
std::optional<Reply> DemoServer::enterProject(HttpRequest &request)
{
    const QStringList &path = request.segments;
    if (path.value(0) != "api"_L1 || path.value(1) != "projects"_L1)
        return gateway(404, u"Resource not found"_s);
    const QByteArray authorization = request.headers.value("authorization");
    const QByteArray token = authorization.startsWith("Bearer ") ? authorization.mid(7) : QByteArray();
    const bool any = m_options.token.isEmpty() && m_options.tokenSeconds == 0;
    const bool pasted = !m_options.token.isEmpty() && token == m_options.token;
    if (token.isEmpty() || (!any && !pasted && !m_tokens.isGood(token)))
        return gateway(401,
                       u"Unauthorized. Access token is missing, invalid, audience is incorrect "
                       "(https://ai.azure.com), or have expired."_s);
    if (path.value(2) != project)
        return Reply{404,
                     compact(QJsonObject{
                         {u"error"_s,
                          QJsonObject{{u"code"_s, u"NotFound"_s}, {u"message"_s, u"The project does not exist."_s}}}})};
    const QString version = request.query.queryItemValue(u"api-version"_s);
    static const QStringList versions{u"v1"_s, u"2025-05-01"_s, u"2025-05-15-preview"_s};
    if (!versions.contains(version))
        return Reply{400,
                     compact(QJsonObject{
                         {u"error"_s,
                          QJsonObject{{u"code"_s, u"BadRequest"_s}, {u"message"_s, u"API version not supported"_s}}}})};
    request.segments = QStringList{u"v1"_s} + path.mid(3);
    const bool search = request.segments.value(1) == "vector_stores"_L1 && request.segments.value(3) == "search"_L1;
    const bool parsed = request.segments.value(1) == "vector_stores"_L1 && request.segments.value(5) == "content"_L1;
    if (search || parsed || request.segments.value(1) == "chat"_L1)
        return gateway(404, u"Resource not found"_s);
    // It has one vector store at most.
    const QJsonObject body = QJsonDocument::fromJson(request.body).object();
    const QJsonArray stores = body["tool_resources"_L1]["file_search"_L1]["vector_store_ids"_L1].toArray();
    if (stores.size() > 1)
        return error(400, u"Invalid 'tool_resources.file_search.vector_store_ids': at most 1."_s, u"tool_resources"_s);
    return std::nullopt;
}

void DemoServer::leaveProject(const HttpRequest &request, Reply &reply)
{
    if (reply.status != 200 || request.method == "DELETE")
        return;
    const QString what = request.segments.value(1);
    if (what == "threads"_L1 && request.segments.value(3) == "runs"_L1)
        reply.body = compact(ofFoundry(QJsonDocument::fromJson(reply.body).object()));
    if (what == "files"_L1 && request.segments.size() == 2 && request.method == "GET") {
        const QJsonObject list = QJsonDocument::fromJson(reply.body).object(); // whole, without places
        reply.body = compact(QJsonObject{{u"object"_s, u"list"_s}, {u"data"_s, list["data"_L1]}});
    }
}

// Tools and resources that OpenAI's protocol never had.
void DemoServer::furnishFoundry()
{
    const QJsonObject search{{u"indexes"_s,
                              QJsonArray{QJsonObject{{u"index_connection_id"_s, u"search-prod"_s},
                                                     {u"index_name"_s, u"handbook"_s},
                                                     {u"query_type"_s, u"vector_semantic_hybrid"_s},
                                                     {u"top_k"_s, 5}}}}};
    const QJsonArray servers{QJsonObject{{u"server_label"_s, u"orders"_s},
                                         {u"headers"_s, QJsonObject{{u"Authorization"_s, u"Bearer demo-mcp-secret"_s}}},
                                         {u"require_approval"_s, u"never"_s}}};
    const auto with = [&](QJsonObject resources) {
        resources.insert(u"azure_ai_search"_s, search);
        resources.insert(u"mcp"_s, servers);
        return resources;
    };
    if (!m_state.assistants.all().empty()) {
        QJsonObject *first = m_state.assistants.find(m_state.assistants.all().front()["id"_L1].toString());
        QJsonArray tools = (*first)["tools"_L1].toArray();
        tools << QJsonObject{{u"type"_s, u"azure_ai_search"_s}}
              << QJsonObject{{u"type"_s, u"bing_grounding"_s},
                             {u"bing_grounding"_s,
                              QJsonObject{
                                  {u"search_configurations"_s,
                                   QJsonArray{QJsonObject{{u"connection_id"_s, u"bing-prod"_s}, {u"count"_s, 5}}}}}}}
              << QJsonObject{{u"type"_s, u"mcp"_s},
                             {u"server_label"_s, u"orders"_s},
                             {u"server_url"_s, u"https://mcp.example/orders"_s}};
        (*first)[u"tools"_s] = tools;
        (*first)[u"tool_resources"_s] = with((*first)["tool_resources"_L1].toObject());
    }
    for (const auto &thread : m_state.threads) { // the first in which something was said
        thread->load();
        if (thread->messages.size() < 2)
            continue;
        thread->toolResources = with(thread->toolResources);
        break;
    }
}

} // namespace bobbin::demo
