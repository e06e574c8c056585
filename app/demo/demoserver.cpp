// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoserver.h"

#include <QDateTime>
#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int tickMs = 50;
constexpr int queuedMs = 150;
constexpr int workingMs = 600;
constexpr int cancellingMs = 300;
constexpr int indexingSeconds = 1;
constexpr qint64 runLife = 600;
constexpr int mostMessagesAtCreation = 32;
constexpr qsizetype longestText = 256'000;
constexpr qsizetype mostToolOutput = 512 * 1024;

qint64 nowSeconds()
{
    return QDateTime::currentSecsSinceEpoch();
}
qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

QByteArray deleted(const QString &id, const char *object)
{
    return compact(QJsonObject{{u"id"_s, id}, {u"object"_s, QString::fromLatin1(object)}, {u"deleted"_s, true}});
}

qint64 estimateTokens(qsizetype bytes)
{
    return std::max<qint64>(1, qint64(bytes) / 4);
}

// 16 pairs, keys to 64 characters, values to 512.
QString metadataProblem(const QJsonValue &value)
{
    if (value.isUndefined() || value.isNull())
        return {};
    if (!value.isObject())
        return u"Invalid type for 'metadata': expected an object."_s;
    const QJsonObject map = value.toObject();
    if (map.size() > 16)
        return u"Invalid 'metadata': too many properties. Expected an object with at most 16 properties."_s;
    for (auto it = map.begin(); it != map.end(); ++it) {
        if (!it.value().isString())
            return u"Invalid type for 'metadata.%1': expected a string."_s.arg(it.key());
        if (it.key().size() > 64 || it.value().toString().size() > 512)
            return u"Invalid 'metadata.%1': string too long."_s.arg(it.key());
    }
    return {};
}

QJsonObject objectOrEmpty(const QJsonValue &value)
{
    return value.isObject() ? value.toObject() : QJsonObject();
}

} // namespace

DemoServer::DemoServer(DemoOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_state(m_options.seed),
      m_http([this](const HttpRequest &request) { return handle(request); })
{
    connect(&m_clock, &QTimer::timeout, this, &DemoServer::tick);
    m_clock.start(tickMs);
    m_minute.start();
}

DemoServer::~DemoServer() = default;

bool DemoServer::start(QString *problem)
{
    bool loaded = false;
    if (!m_options.stateFile.isEmpty() && QFile::exists(m_options.stateFile)) {
        QFile file(m_options.stateFile);
        if (!file.open(QIODevice::ReadOnly)) {
            *problem = m_options.stateFile + u": "_s + file.errorString();
            return false;
        }
        QJsonParseError parse;
        const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &parse);
        if (!document.isObject()) {
            *problem = u"%1, byte %2: %3"_s.arg(m_options.stateFile).arg(parse.offset).arg(parse.errorString());
            return false;
        }
        if (!m_state.fromJson(document.object(), problem))
            return false;
        loaded = true;
    }
    if (!loaded && m_options.bulk.threads > 0)
        fillBulk(m_state, m_options.bulk, nowSeconds());
    else if (!loaded && m_options.story)
        fillStory(m_state, nowSeconds());
    if (!m_http.listen(m_options.port)) {
        *problem = u"port %1: %2"_s.arg(m_options.port).arg(m_http.errorString());
        return false;
    }
    return true;
}

QString DemoServer::baseUrl() const
{
    return u"http://127.0.0.1:%1/v1"_s.arg(m_http.port());
}

bool DemoServer::save(QString *problem) const
{
    QSaveFile file(m_options.stateFile);
    const QByteArray json = QJsonDocument(const_cast<DemoState &>(m_state).toJson()).toJson(QJsonDocument::Compact);
    if (file.open(QIODevice::WriteOnly) && file.write(json) == json.size() && file.commit())
        return true;
    *problem = m_options.stateFile + u": "_s + file.errorString();
    return false;
}

Reply DemoServer::error(int status, const QString &message, const QString &param, const QString &code,
                        const QString &type)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    const QJsonObject inner{
        {u"message"_s, message}, {u"type"_s, type}, {u"param"_s, orNull(param)}, {u"code"_s, orNull(code)}};
    return {status, compact(QJsonObject{{u"error"_s, inner}}), "application/json"};
}

Reply DemoServer::missing(const QString &what, const QString &id)
{
    return error(404, u"No %1 found with id '%2'."_s.arg(what, id));
}

HttpAnswer DemoServer::handle(const HttpRequest &request)
{
    if (onRequest)
        onRequest(request);
    HttpAnswer answer;
    answer.delayMs = m_options.latencyMs;
    answer.headers.emplaceBack("x-request-id", "req_demo_" + QByteArray::number(++m_requestNumber));
    answer.headers.emplaceBack("openai-version", "2020-10-01");
    if (m_minute.elapsed() > 60'000) {
        m_minute.restart();
        m_thisMinute = 0;
    }
    ++m_thisMinute;
    const auto finish = [&](const Reply &reply) {
        answer.status = reply.status;
        answer.body = reply.body;
        answer.contentType = reply.type;
    };
    const int limit = m_options.rateLimit > 0 ? m_options.rateLimit : 100'000;
    const qint64 resetMs = std::max<qint64>(0, 60'000 - m_minute.elapsed());
    answer.headers.emplaceBack("x-ratelimit-limit-requests", QByteArray::number(limit));
    answer.headers.emplaceBack("x-ratelimit-remaining-requests", QByteArray::number(std::max(0, limit - m_thisMinute)));
    answer.headers.emplaceBack("x-ratelimit-reset-requests",
                               QByteArray::number(double(resetMs) / 1000.0, 'f', 3) + "s");
    if (m_thisMinute > limit) {
        answer.headers.emplaceBack("retry-after", QByteArray::number((resetMs + 999) / 1000));
        finish(error(429, u"Rate limit reached for requests"_s, {}, u"rate_limit_exceeded"_s, u"requests"_s));
        return answer;
    }
    finish(route(request));
    const QStringList below = request.segments.mid(1);
    for (Fault &fault : m_options.faults)
        if (fault.matches(request.method, below)) {
            if (fault.times > 0)
                --fault.times;
            applyFault(fault, request, answer);
            break;
        }
    return answer;
}

void DemoServer::applyFault(const Fault &fault, const HttpRequest &request, HttpAnswer &answer) const
{
    Q_UNUSED(request)
    switch (fault.kind) {
    case Fault::Kind::Status: {
        const Reply reply = error(fault.argument, u"The demo server was told to answer %1."_s.arg(fault.argument), {},
                                  fault.argument == 429 ? u"rate_limit_exceeded"_s : QString(),
                                  fault.argument >= 500 ? u"server_error"_s : u"invalid_request_error"_s);
        answer.status = reply.status;
        answer.body = reply.body;
        if (fault.argument == 429)
            answer.headers.emplaceBack("retry-after", "1");
        break;
    }
    case Fault::Kind::Delay:
        answer.delayMs += fault.argument;
        break;
    case Fault::Kind::Hang:
        answer.broken = HttpAnswer::Break::Hang;
        break;
    case Fault::Kind::Reset:
        answer.broken = HttpAnswer::Break::ResetMidBody;
        break;
    case Fault::Kind::Truncated:
        answer.broken = HttpAnswer::Break::Truncate;
        break;
    case Fault::Kind::InvalidJson:
        answer.body = answer.body.left(answer.body.size() * 2 / 3);
        break;
    case Fault::Kind::WrongTypes: {
        QJsonObject top = QJsonDocument::fromJson(answer.body).object();
        QJsonArray rows = top["data"_L1].toArray();
        for (qsizetype i = 0; i < rows.size(); ++i) {
            QJsonObject row = rows[i].toObject();
            row[u"created_at"_s] = QString::number(row["created_at"_L1].toInteger());
            row[u"usage"_s] = QJsonArray{1, 2};
            row[u"metadata"_s] = u"none"_s;
            row[u"tools"_s] = 7;
            row[u"status"_s] = QJsonArray();
            if (i % 2)
                row[u"id"_s] = QJsonObject();
            rows[i] = row;
        }
        top[u"data"_s] = rows;
        top[u"has_more"_s] = u"no"_s;
        answer.body = compact(top);
        break;
    }
    case Fault::Kind::RepeatedPage:
        // route() has ignored "after" already: see paging.h
        break;
    case Fault::Kind::EndlessMore:
        answer.body.replace("\"has_more\":false", "\"has_more\":true");
        break;
    case Fault::Kind::Redirect:
        answer.status = 302;
        answer.headers.emplaceBack("location", "http://127.0.0.2:9/v1/elsewhere");
        answer.body.clear();
        break;
    case Fault::Kind::PlainText:
        answer.status = 502;
        answer.contentType = "text/plain";
        answer.body = "upstream connect error";
        break;
    case Fault::Kind::Html:
        answer.status = 200;
        answer.contentType = "text/html";
        answer.body = "<!doctype html><html><head><title>Welcome</title></head><body>It works</body></html>";
        break;
    }
}

Reply DemoServer::route(const HttpRequest &original)
{
    HttpRequest request = original;
    for (const Fault &fault : m_options.faults)
        if (fault.kind == Fault::Kind::RepeatedPage && fault.matches(request.method, request.segments.mid(1)))
            request.query.removeQueryItem(u"after"_s);
    if (request.segments.value(0) != "v1"_L1)
        return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
    const QByteArray authorization = request.headers.value("authorization");
    if (!authorization.startsWith("Bearer "))
        return error(401, u"You didn't provide an API key. Provide it in an Authorization header using Bearer auth."_s);
    if (!m_options.token.isEmpty() && authorization.mid(7) != m_options.token)
        return error(401, u"Incorrect API key provided. You can find your API key at your provider."_s, {},
                     u"invalid_api_key"_s);
    const QString top = request.segments.value(1);
    QJsonObject body;
    const bool multipart = request.headers.value("content-type").startsWith("multipart/");
    if (request.method == "POST" && !request.body.isEmpty() && !multipart) {
        QJsonParseError parse;
        const QJsonDocument document = QJsonDocument::fromJson(request.body, &parse);
        if (!document.isObject())
            return error(400, u"We could not parse the JSON body of your request (byte %1)."_s.arg(parse.offset));
        body = document.object();
    }
    if (const QString problem = metadataProblem(body["metadata"_L1]); !problem.isEmpty())
        return error(400, problem, u"metadata"_s, u"invalid_type"_s);
    if (top == "assistants"_L1 || top == "threads"_L1) {
        if (request.headers.value("openai-beta") != "assistants=v2")
            return error(400,
                         u"You must provide the 'OpenAI-Beta' header to access the Assistants API. Please try again by "
                         "setting the header 'OpenAI-Beta: assistants=v2'."_s,
                         {}, u"invalid_beta"_s);
        return top == "assistants"_L1 ? assistants(request, body) : threads(request, body);
    }
    if (top == "files"_L1)
        return files(request);
    if (top == "vector_stores"_L1)
        return stores(request, body);
    if (top == "chat"_L1 && request.segments.value(2) == "completions"_L1 && request.method == "POST")
        return chat(body);
    return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
}

Reply DemoServer::assistants(const HttpRequest &request, const QJsonObject &body)
{
    const QString id = request.segments.value(2);
    if (request.segments.size() > 3)
        return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
    static const QStringList fields{u"name"_s,  u"description"_s,    u"model"_s,    u"instructions"_s,
                                    u"tools"_s, u"tool_resources"_s, u"metadata"_s, u"temperature"_s,
                                    u"top_p"_s, u"response_format"_s};
    const auto unknown = [&]() -> QString {
        for (const QString &key : body.keys())
            if (!fields.contains(key) && key != "reasoning_effort"_L1)
                return key;
        return {};
    };
    if (request.method == "GET" && id.isEmpty())
        return listReply(request, m_state.assistants.all());
    if (request.method == "POST") {
        if (const QString extra = unknown(); !extra.isEmpty())
            return error(400, u"Unknown parameter: '%1'."_s.arg(extra), extra, u"unknown_parameter"_s);
        if (body["tools"_L1].toArray().size() > 128)
            return error(400, u"Invalid 'tools': array too long. Expected at most 128."_s, u"tools"_s);
    }
    if (request.method == "POST" && id.isEmpty()) {
        if (!body["model"_L1].isString())
            return error(400, u"Missing required parameter: 'model'."_s, u"model"_s, u"missing_required_parameter"_s);
        QJsonObject made{{u"id"_s, QString::fromLatin1(m_state.newId("asst_"))},
                         {u"object"_s, u"assistant"_s},
                         {u"created_at"_s, nowSeconds()},
                         {u"name"_s, QJsonValue()},
                         {u"description"_s, QJsonValue()},
                         {u"instructions"_s, QJsonValue()},
                         {u"tools"_s, QJsonArray()},
                         {u"tool_resources"_s, QJsonObject()},
                         {u"metadata"_s, QJsonObject()},
                         {u"temperature"_s, 1.0},
                         {u"top_p"_s, 1.0},
                         {u"response_format"_s, u"auto"_s}};
        for (auto it = body.begin(); it != body.end(); ++it)
            if (!it.value().isNull() || made[it.key()].isNull())
                made[it.key()] = it.value();
        m_state.assistants.add(made);
        return ok(compact(made));
    }
    QJsonObject *found = m_state.assistants.find(id);
    if (!found)
        return missing(u"assistant"_s, id);
    if (request.method == "GET")
        return ok(compact(*found));
    if (request.method == "POST") {
        for (auto it = body.begin(); it != body.end(); ++it)
            (*found)[it.key()] = it.key() == "metadata"_L1 ? QJsonValue(objectOrEmpty(it.value())) : it.value();
        return ok(compact(*found));
    }
    if (request.method == "DELETE") {
        m_state.assistants.remove(id);
        return ok(deleted(id, "assistant.deleted"));
    }
    return error(405, u"Method not allowed."_s);
}

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
        if (content.toString().isEmpty() || content.toString().size() > longestText)
            return error(400, u"Invalid 'content': string must have 1 to 256000 characters."_s, u"content"_s);
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
        if (!m_state.files.find(attachment["file_id"_L1].toString()))
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
    QJsonObject fileSearch = resources["file_search"_L1].toObject();
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
        if (!m_options.listThreads)
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
        return made ? createRun(*made, body) : thread;
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

Reply DemoServer::createRun(DemoThread &thread, const QJsonObject &body)
{
    const QJsonObject *assistant = m_state.assistants.find(body["assistant_id"_L1].toString());
    if (!assistant)
        return missing(u"assistant"_s, body["assistant_id"_L1].toString());
    if (const DemoRun *active = thread.activeRun())
        return error(400,
                     u"Thread %1 already has an active run %2."_s.arg(QString::fromLatin1(thread.id),
                                                                      QString::fromLatin1(active->id)));
    if (body["stream"_L1].toBool())
        return error(400, u"This server does not stream: leave 'stream' out and poll the run."_s, u"stream"_s,
                     u"unsupported_value"_s);
    const QJsonArray tools =
        body["tools"_L1].isArray() ? body["tools"_L1].toArray() : (*assistant)["tools"_L1].toArray();
    if (body["tools"_L1].toArray().size() > 20)
        return error(400, u"Invalid 'tools': array too long. Expected at most 20."_s, u"tools"_s);
    for (const QJsonValue message : body["additional_messages"_L1].toArray())
        if (const auto refused = addMessage(thread, message.toObject()))
            return *refused;
    DemoRun run;
    run.id = m_state.newId("run_");
    run.created = nowSeconds();
    run.expires = run.created + runLife;
    run.status = "queued";
    run.assistantId = (*assistant)["id"_L1].toString().toLatin1();
    run.model = (body["model"_L1].isString() ? body["model"_L1] : (*assistant)["model"_L1]).toString().toUtf8();
    QString instructions =
        (body["instructions"_L1].isString() ? body["instructions"_L1] : (*assistant)["instructions"_L1]).toString();
    if (body["additional_instructions"_L1].isString())
        instructions += u"\n"_s + body["additional_instructions"_L1].toString();
    run.instructions = jsonString(instructions.toUtf8());
    run.tools = compact(tools);
    run.metadata = compact(objectOrEmpty(body["metadata"_L1]));
    run.nextMs = nowMs() + queuedMs;
    run.toolsAnswered = body["tool_choice"_L1].toString() == "none"_L1;
    qint64 context = estimateTokens(run.instructions.size() + run.tools.size());
    for (const DemoMessage &message : thread.messages)
        context += estimateTokens(message.content.size());
    run.tokens = {context, 0, 0};
    thread.runs.push_back(std::move(run));
    return ok(runJson(thread, thread.runs.back()));
}

Reply DemoServer::runs(const HttpRequest &request, const QJsonObject &body, DemoThread &thread)
{
    const QString id = request.segments.value(4);
    if (id.isEmpty()) {
        if (request.method == "POST")
            return createRun(thread, body);
        return listReply(
            request, thread.runs, [](const DemoRun &r) { return QByteArrayView(r.id); },
            [&](const DemoRun &r) { return runJson(thread, r); });
    }
    DemoRun *run = thread.run(id.toLatin1());
    if (!run)
        return missing(u"run"_s, id);
    const QString what = request.segments.value(5);
    if (what == "steps"_L1)
        return steps(request, thread, *run);
    if (what.isEmpty() && request.method == "GET")
        return ok(runJson(thread, *run));
    if (what.isEmpty() && request.method == "POST") {
        run->metadata = compact(objectOrEmpty(body["metadata"_L1]));
        return ok(runJson(thread, *run));
    }
    if (what == "cancel"_L1 && request.method == "POST") {
        if (!run->active())
            return error(400, u"Cannot cancel run with status '%1'."_s.arg(QString::fromLatin1(run->status)));
        if (run->status != "cancelling") {
            run->status = "cancelling";
            run->nextMs = nowMs() + cancellingMs;
        }
        return ok(runJson(thread, *run));
    }
    if (what == "submit_tool_outputs"_L1 && request.method == "POST") {
        if (run->status != "requires_action")
            return error(400,
                         u"Runs in status \"%1\" do not accept tool outputs."_s.arg(QString::fromLatin1(run->status)));
        QStringList wanted;
        QStringList got;
        QHash<QString, QString> outputs;
        qsizetype size = 0;
        QJsonArray calls = QJsonDocument::fromJson(run->pendingCalls).array();
        for (const QJsonValue call : calls)
            wanted << call["id"_L1].toString();
        for (const QJsonValue output : body["tool_outputs"_L1].toArray()) {
            got << output["tool_call_id"_L1].toString();
            outputs.insert(got.last(), output["output"_L1].toString());
            size += output["output"_L1].toString().toUtf8().size();
        }
        if (size > mostToolOutput)
            return error(400, u"Tool outputs are too large: at most 512 kB together."_s, u"tool_outputs"_s,
                         u"invalid_value"_s);
        if (QSet<QString>(wanted.begin(), wanted.end()) != QSet<QString>(got.begin(), got.end()))
            return error(400,
                         u"Expected tool outputs for call_ids ['%1'], got ['%2']"_s.arg(wanted.join(u"', '"_s),
                                                                                        got.join(u"', '"_s)));
        for (qsizetype i = 0; i < calls.size(); ++i) {
            QJsonObject call = calls[i].toObject();
            QJsonObject function = call["function"_L1].toObject();
            function[u"output"_s] = outputs.value(call["id"_L1].toString());
            call[u"function"_s] = function;
            calls[i] = call;
        }
        if (!run->steps.empty()) {
            DemoStep &step = run->steps.back();
            step.calls = compact(calls);
            step.status = "completed";
            step.ended = nowSeconds();
        }
        run->pendingCalls.clear();
        run->toolsAnswered = true;
        run->status = "queued";
        run->nextMs = nowMs() + queuedMs;
        return ok(runJson(thread, *run));
    }
    return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
}

Reply DemoServer::steps(const HttpRequest &request, DemoThread &thread, DemoRun &run)
{
    const QByteArray id = request.segments.value(6).toLatin1();
    if (id.isEmpty())
        return listReply(
            request, run.steps, [](const DemoStep &s) { return QByteArrayView(s.id); },
            [&](const DemoStep &s) { return stepJson(thread, run, s); });
    const auto found = std::ranges::find(run.steps, id, &DemoStep::id);
    return found == run.steps.end() ? missing(u"run step"_s, QString::fromLatin1(id))
                                    : ok(stepJson(thread, run, *found));
}

void DemoServer::advance(DemoThread &thread, DemoRun &run, qint64 now)
{
    const qint64 seconds = now / 1000;
    if (run.expires > 0 && seconds >= run.expires && run.status != "cancelling") {
        run.status = "expired";
        run.nextMs = 0;
        for (DemoStep &step : run.steps)
            if (step.status == "in_progress") {
                step.status = "expired";
                step.ended = seconds;
            }
        return;
    }
    if (run.nextMs == 0 || now < run.nextMs)
        return;
    run.nextMs = 0;
    if (run.status == "queued") {
        run.status = "in_progress";
        run.started = seconds;
        run.nextMs = now + workingMs;
    } else if (run.status == "cancelling") {
        run.status = "cancelled";
        run.cancelled = seconds;
        for (DemoStep &step : run.steps)
            if (step.status == "in_progress") {
                step.status = "cancelled";
                step.ended = seconds;
            }
    } else if (run.status == "in_progress") {
        QString function;
        for (const QJsonValue tool : QJsonDocument::fromJson(run.tools).array())
            if (function.isEmpty())
                function = tool["function"_L1]["name"_L1].toString();
        if (!function.isEmpty() && !run.toolsAnswered) {
            run.status = "requires_action";
            run.pendingCalls = "[{\"id\":" + jsonString(m_state.newId("call_")) +
                ",\"type\":\"function\",\"function\":{\"name\":" + jsonString(function.toUtf8()) +
                ",\"arguments\":\"{}\"}}]";
            DemoStep step;
            step.id = m_state.newId("step_");
            step.created = seconds;
            step.status = "in_progress";
            QJsonArray calls = QJsonDocument::fromJson(run.pendingCalls).array();
            QJsonObject call = calls[0].toObject();
            QJsonObject inner = call["function"_L1].toObject();
            inner[u"output"_s] = QJsonValue();
            call[u"function"_s] = inner;
            step.calls = compact(QJsonArray{call});
            step.tokens = {run.tokens.prompt, 30, -1};
            run.steps.push_back(std::move(step));
            return;
        }
        DemoMessage message;
        message.id = m_state.newId("msg_");
        message.created = seconds;
        message.user = false;
        message.content = textContent("Understood. This is the demo server's answer.");
        message.runId = run.id;
        message.assistantId = run.assistantId;
        DemoStep step;
        step.id = m_state.newId("step_");
        step.created = seconds;
        step.ended = seconds;
        step.messageId = message.id;
        run.tokens.completion = 40;
        run.tokens.cached = run.tokens.prompt > 1024 ? run.tokens.prompt / 2 / 128 * 128 : 0;
        step.tokens = run.tokens;
        run.steps.push_back(std::move(step));
        thread.messages.push_back(std::move(message));
        run.status = "completed";
        run.completed = seconds;
    }
}

void DemoServer::tick()
{
    const qint64 now = nowMs();
    for (const auto &thread : m_state.threads)
        if (DemoRun *run = thread->activeRun())
            advance(*thread, *run, now);
    for (const QJsonObject &store : m_state.stores.all()) {
        if (store["status"_L1].toString() != "in_progress"_L1)
            continue;
        const QString id = store["id"_L1].toString();
        bool moved = false;
        DemoTable &files = m_state.storeFiles[id];
        for (const QJsonObject &row : files.all())
            if (row["status"_L1].toString() == "in_progress"_L1 &&
                now / 1000 >= row["created_at"_L1].toInteger() + indexingSeconds) {
                QJsonObject *file = files.find(row["id"_L1].toString());
                const QJsonObject *source = m_state.files.find(row["id"_L1].toString());
                const bool readable =
                    source && !(*source)["filename"_L1].toString().endsWith(".tiff"_L1, Qt::CaseInsensitive);
                (*file)[u"status"_s] = readable ? u"completed"_s : u"failed"_s;
                (*file)[u"usage_bytes"_s] = readable ? (*source)["bytes"_L1].toInteger() * 5 / 2 : 0;
                if (!readable)
                    (*file)[u"last_error"_s] = QJsonObject{{u"code"_s, u"unsupported_file"_s},
                                                           {u"message"_s, u"The file type is not supported."_s}};
                moved = true;
            }
        if (moved)
            m_state.refreshStore(id);
    }
}

Reply DemoServer::chat(const QJsonObject &body)
{
    // A deterministic summariser: the first sentence of each message, up to 500 characters.
    QString all;
    qsizetype size = 0;
    if (!body["model"_L1].isString())
        return error(400, u"you must provide a model parameter"_s, u"model"_s);
    for (const QJsonValue message : body["messages"_L1].toArray()) {
        QString text = message["content"_L1].toString();
        for (const QJsonValue part : message["content"_L1].toArray())
            text += part["text"_L1].toString();
        size += text.toUtf8().size();
        if (message["role"_L1].toString() != "user"_L1)
            continue;
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
            all += line.section(u". "_s, 0, 0).simplified() + u". "_s;
    }
    if (size == 0)
        return error(400, u"[] is too short - 'messages'"_s, u"messages"_s);
    const QString summary = u"Summary: "_s + all.left(500).trimmed();
    const qint64 prompt = estimateTokens(size);
    const qint64 completion = estimateTokens(summary.toUtf8().size());
    return ok(compact(QJsonObject{
        {u"id"_s, QString::fromLatin1(m_state.newId("chatcmpl-"))},
        {u"object"_s, u"chat.completion"_s},
        {u"created"_s, nowSeconds()},
        {u"model"_s, body["model"_L1]},
        {u"choices"_s,
         QJsonArray{QJsonObject{{u"index"_s, 0},
                                {u"message"_s, QJsonObject{{u"role"_s, u"assistant"_s}, {u"content"_s, summary}}},
                                {u"finish_reason"_s, u"stop"_s}}}},
        {u"usage"_s,
         QJsonObject{{u"prompt_tokens"_s, prompt},
                     {u"completion_tokens"_s, completion},
                     {u"total_tokens"_s, prompt + completion},
                     {u"prompt_tokens_details"_s, QJsonObject{{u"cached_tokens"_s, 0}}}}}}));
}

} // namespace bobbin::demo
