// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demoserver.h"

#include "app/demo/replies.h"

#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>

namespace bobbin::demo {

namespace {

constexpr int tickMs = 50;

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
    const qint64 now = m_options.now > 0 ? m_options.now : nowSeconds();
    if (!loaded && m_options.bulk.threads > 0)
        fillBulk(m_state, m_options.bulk, now);
    else if (!loaded && m_options.clean)
        fillClean(m_state, now);
    else if (!loaded && m_options.story)
        fillStory(m_state, now);
    m_tokens.seconds = m_options.tokenSeconds;
    if (!loaded && m_options.protocol == Protocol::Foundry)
        furnishFoundry();
    for (const auto &thread : m_state.threads)
        if (thread->activeRun())
            m_live.insert(thread->id);
    if (!m_http.listen(m_options.port)) {
        *problem = u"port %1: %2"_s.arg(m_options.port).arg(m_http.errorString());
        return false;
    }
    return true;
}

QString DemoServer::baseUrl() const
{
    return m_options.protocol == Protocol::Foundry ? u"http://127.0.0.1:%1/api/projects/demo"_s.arg(m_http.port())
                                                   : u"http://127.0.0.1:%1/v1"_s.arg(m_http.port());
}

QString DemoServer::signInUrl() const
{
    return u"http://127.0.0.1:%1/demo-tenant"_s.arg(m_http.port());
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

HttpAnswer DemoServer::handle(const HttpRequest &original)
{
    if (onRequest)
        onRequest(original);
    HttpRequest request = original;
    std::optional<Reply> outside;
    if (m_options.protocol == Protocol::Foundry) {
        if (const auto signIn = m_tokens.answer(original))
            return *signIn;
        outside = enterProject(request);
    }
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
        answer.more = reply.more;
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
    const QStringList below = request.segments.mid(1);
    const auto fault =
        std::ranges::find_if(m_options.faults, [&](const Fault &one) { return one.matches(request.method, below); });
    const bool faulty = fault != m_options.faults.end();
    if (outside)
        finish(*outside);
    else if (!faulty || !fault->refuses()) // what is refused is not done either
        finish(route(request));
    if (faulty) {
        if (fault->refuses())
            answer.more = {};
        if (fault->times > 0)
            --fault->times;
        applyFault(*fault, answer);
    }
    return answer;
}

void DemoServer::applyFault(const Fault &fault, HttpAnswer &answer)
{
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
    Reply reply = routeUnderV1(original);
    if (m_options.protocol == Protocol::Foundry)
        leaveProject(original, reply);
    return reply;
}

Reply DemoServer::routeUnderV1(const HttpRequest &original)
{
    const bool foundry = m_options.protocol == Protocol::Foundry; // which let it in already
    HttpRequest request = original;
    for (const Fault &fault : m_options.faults)
        if (fault.kind == Fault::Kind::RepeatedPage && fault.matches(request.method, request.segments.mid(1)))
            request.query.removeQueryItem(u"after"_s);
    if (request.segments.value(0) != "v1"_L1)
        return error(404, u"Invalid URL (%1 %2)"_s.arg(QString::fromLatin1(request.method), request.path));
    const QByteArray authorization = request.headers.value("authorization");
    if (!foundry && !authorization.startsWith("Bearer "))
        return error(401, u"You didn't provide an API key. Provide it in an Authorization header using Bearer auth."_s);
    if (!foundry && request.segments.value(1) == "organization"_L1)
        return organization(request);
    if (!foundry && !m_options.token.isEmpty() && authorization.mid(7) != m_options.token)
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
    if (const QString problem = metadataProblem(body.value("metadata"_L1)); !problem.isEmpty())
        return error(400, problem, u"metadata"_s, u"invalid_type"_s);
    if (top == "assistants"_L1 || top == "threads"_L1) {
        if (!foundry && request.headers.value("openai-beta") != "assistants=v2")
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
    if (!foundry && top == "responses"_L1)
        return responses(request, body);
    if (!foundry && top == "conversations"_L1)
        return conversations(request, body);
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
    const QJsonObject answer{
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
                     {u"prompt_tokens_details"_s, QJsonObject{{u"cached_tokens"_s, 0}}}}}};
    return body["stream"_L1].toBool() ? streamChat(answer, body["stream_options"_L1]["include_usage"_L1].toBool())
                                      : ok(compact(answer));
}

} // namespace bobbin::demo
