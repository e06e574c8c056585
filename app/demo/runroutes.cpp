// SPDX-License-Identifier: GPL-3.0-or-later
// Runs and steps, and how a run moves on by itself.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <QJsonDocument>

namespace bobbin::demo {

namespace {

constexpr qint64 leastPromptTokens = 256;

constexpr int queuedMs = 150;
constexpr int workingMs = 600;
constexpr int cancellingMs = 300;
constexpr qint64 runLife = 600;
constexpr qsizetype mostToolOutput = 512 * 1024;

// What a live run is told to do by its own metadata or its assistant's, so that spirals and explosions can be played:
// demo_rounds: rounds of a tool that the server has itself, the same call each time; demo_asks: rounds in which it
// waits for outputs of the function tool that it has (1); demo_fails: the code it fails with.
constexpr auto roundsKey = "demo_rounds";
constexpr auto asksKey = "demo_asks";
constexpr auto failsKey = "demo_fails";
constexpr int mostRounds = 1'000;
constexpr qint64 schemaTokens = 1'200, outputTokens = 2'000;

QJsonObject orders(DemoState &state, const DemoRun &run)
{
    const QJsonObject *assistant = state.assistants.find(QString::fromLatin1(run.assistantId));
    QJsonObject all = assistant ? (*assistant)["metadata"_L1].toObject() : QJsonObject();
    const QJsonObject own = QJsonDocument::fromJson(run.metadata).object();
    for (auto it = own.begin(); it != own.end(); ++it)
        all[it.key()] = it.value();
    return all;
}

// The calls that were made are paid for, however it ends.
void sumUp(DemoRun &run)
{
    if (run.steps.empty())
        return;
    const qint64 cached = run.tokens.cached;
    run.tokens = {0, 0, cached};
    for (const DemoStep &step : run.steps) {
        run.tokens.prompt += step.tokens.prompt;
        run.tokens.completion += step.tokens.completion;
    }
}

} // namespace

Reply DemoServer::createRun(DemoThread &thread, const QJsonObject &body, bool newThread)
{
    const QJsonObject *assistant = m_state.assistants.find(body["assistant_id"_L1].toString());
    if (!assistant)
        return missing(u"assistant"_s, body["assistant_id"_L1].toString());
    if (const DemoRun *active = thread.activeRun())
        return error(400,
                     u"Thread %1 already has an active run %2."_s.arg(QString::fromLatin1(thread.id),
                                                                      QString::fromLatin1(active->id)));
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
    m_live.insert(thread.id);
    run.toolsAnswered = body["tool_choice"_L1].toString() == "none"_L1;
    run.maxPrompt = body["max_prompt_tokens"_L1].toInteger();
    if (body["max_prompt_tokens"_L1].isDouble() && run.maxPrompt < leastPromptTokens)
        return error(400, u"Invalid 'max_prompt_tokens': integer below minimum value. Expected a value >= 256."_s,
                     u"max_prompt_tokens"_s);
    const QJsonObject truncation = body["truncation_strategy"_L1].toObject();
    if (truncation["type"_L1] == "last_messages"_L1)
        run.lastMessages = truncation["last_messages"_L1].toInteger();
    qint64 context = estimateTokens(run.instructions.size() + run.tools.size());
    const std::size_t kept =
        run.lastMessages > 0 ? std::min(thread.messages.size(), std::size_t(run.lastMessages)) : thread.messages.size();
    for (std::size_t i = thread.messages.size() - kept; i < thread.messages.size(); ++i)
        context += estimateTokens(thread.messages[i].content.size());
    if (run.maxPrompt > 0)
        context = std::min(context, run.maxPrompt); // the oldest messages drop out
    run.tokens = {context, 0, 0};
    thread.runs.push_back(std::move(run));
    return body["stream"_L1].toBool() ? streamRun(thread, thread.runs.back(), newThread)
                                      : ok(runJson(thread, thread.runs.back()));
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
            m_live.insert(thread.id);
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
        m_live.insert(thread.id);
        return body["stream"_L1].toBool() ? streamRun(thread, *run) : ok(runJson(thread, *run));
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
        sumUp(run);
    } else if (run.status == "in_progress") {
        const QJsonObject told = orders(m_state, run);
        const int rounds = std::min(told[QLatin1String(roundsKey)].toString().toInt(), mostRounds);
        if (int(run.steps.size()) < rounds) {
            DemoStep step;
            step.id = m_state.newId("step_");
            step.created = step.ended = seconds;
            step.calls = "[{\"id\":" + jsonString(m_state.newId("call_")) +
                ",\"type\":\"code_interpreter\",\"code_interpreter\":{\"input\":\"print(table.head())\",\"outputs\":"
                "[{\"type\":\"logs\",\"logs\":\"4 rows\"}]}}]";
            step.tokens = {run.tokens.prompt + schemaTokens + outputTokens * qint64(run.steps.size()), 30, -1};
            run.steps.push_back(std::move(step));
            run.nextMs = now + workingMs;
            return;
        }
        if (const QString code = told[QLatin1String(failsKey)].toString(); !code.isEmpty()) {
            run.status = "failed";
            run.failed = seconds;
            run.errorCode = code.toUtf8();
            run.errorMessage = "The demo server was told to let it fail.";
            sumUp(run);
            return;
        }
        QString function;
        for (const QJsonValue tool : QJsonDocument::fromJson(run.tools).array())
            if (function.isEmpty())
                function = tool["function"_L1]["name"_L1].toString();
        const bool asksAgain =
            run.toolsAnswered && int(run.steps.size()) < told[QLatin1String(asksKey)].toString().toInt();
        if (!function.isEmpty() && (!run.toolsAnswered || asksAgain)) {
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
        if (rounds > 0) // it reads all that came before
            step.tokens.prompt += schemaTokens + outputTokens * qint64(run.steps.size());
        run.steps.push_back(std::move(step));
        sumUp(run);
        thread.messages.push_back(std::move(message));
        run.status = "completed";
        run.completed = seconds;
    }
}

void DemoServer::tick()
{
    const qint64 now = nowMs();
    m_live.removeIf([&](const QByteArray &id) {
        DemoThread *thread = m_state.threadById.value(id);
        DemoRun *run = thread ? thread->activeRun() : nullptr;
        if (run)
            advance(*thread, *run, now);
        return !run;
    });
    for (const QJsonObject &store : m_state.stores.all()) {
        if (store["status"_L1].toString() != "in_progress"_L1)
            continue;
        const QString id = store["id"_L1].toString();
        bool moved = false;
        DemoTable &files = m_state.storeFiles[id];
        for (const QJsonObject &row : files.all())
            if (row["status"_L1].toString() == "in_progress"_L1 &&
                now / 1000 >= row["created_at"_L1].toInteger() + m_options.indexingSeconds) {
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

} // namespace bobbin::demo
