// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that come as they are made: the events of a run, of a chat completion, of a response; and responses.
#include "app/demo/demoserver.h"
#include "app/demo/replies.h"

#include <QJsonDocument>

namespace bobbin::demo {

namespace {

constexpr qsizetype pieceCharacters = 12;

QByteArray sse(const QByteArray &name, const QByteArray &data)
{
    return (name.isEmpty() ? QByteArray() : "event: " + name + '\n') + "data: " + data + "\n\n";
}

// Hands out what is there, a piece each time.
Reply inPieces(QByteArrayList pieces)
{
    Reply reply{200, {}, "text/event-stream", {}};
    reply.more = [pieces = std::move(pieces), next = qsizetype(0)](bool *done) mutable {
        const QByteArray piece = pieces.value(next++);
        *done = next >= pieces.size();
        return piece;
    };
    return reply;
}

QStringList piecesOf(const QString &text)
{
    QStringList pieces;
    for (qsizetype at = 0; at < text.size(); at += pieceCharacters)
        pieces << text.mid(at, pieceCharacters);
    return pieces;
}

QString textOf(const QJsonValue &input) // a text, or items with parts
{
    QString text = input.toString();
    for (const QJsonValue item : input.toArray()) {
        text += item["content"_L1].toString() + item["output"_L1].toString();
        for (const QJsonValue part : item["content"_L1].toArray())
            text += part["text"_L1].toString();
    }
    return text;
}

QString nameOf(const QJsonValue &conversation)
{
    return conversation.isObject() ? conversation["id"_L1].toString() : conversation.toString();
}

} // namespace

// What was told of a run, and what is still to be told.
struct DemoServer::RunStream {
    QByteArray thread, run;
    QByteArray status; // that was told last
    std::size_t steps = 0; // told as created
    std::size_t ended = 0; // told as ended
    bool threadTold = false, begun = false, message = false;
};

Reply DemoServer::streamRun(const DemoThread &thread, const DemoRun &run, bool newThread)
{
    Reply reply{200, {}, "text/event-stream", {}};
    RunStream told{thread.id, run.id, {}, run.steps.size(), run.steps.size(), !newThread, !run.steps.empty(), false};
    reply.more = [this, told](bool *done) mutable { return tellRun(told, done); };
    return reply;
}

QByteArray DemoServer::tellRun(RunStream &told, bool *done)
{
    QByteArray last = sse("done", "[DONE]");
    DemoThread *thread = m_state.threadById.value(told.thread);
    DemoRun *run = thread ? thread->run(told.run) : nullptr;
    if (!run) { // deleted meanwhile
        *done = true;
        return last;
    }
    QByteArray out;
    if (!std::exchange(told.threadTold, true))
        out += sse("thread.created", threadJson(*thread));
    if (!std::exchange(told.begun, true))
        out += sse("thread.run.created", runJson(*thread, *run));
    for (; told.steps < run->steps.size(); ++told.steps) {
        out += sse("thread.run.step.created", stepJson(*thread, *run, run->steps[told.steps]));
        out += sse("thread.run.step.in_progress", stepJson(*thread, *run, run->steps[told.steps]));
    }
    const bool answered = !thread->messages.empty() && thread->messages.back().runId == run->id;
    if (answered && !std::exchange(told.message, true)) {
        const DemoMessage &message = thread->messages.back();
        out += sse("thread.message.created", messageJson(*thread, message));
        const QJsonArray content = QJsonDocument::fromJson(message.content).array();
        for (const QString &piece : piecesOf(content.first()["text"_L1]["value"_L1].toString()))
            out += sse("thread.message.delta",
                       compact(QJsonObject{
                           {u"id"_s, QString::fromLatin1(message.id)},
                           {u"object"_s, u"thread.message.delta"_s},
                           {u"delta"_s,
                            QJsonObject{{u"content"_s,
                                         QJsonArray{QJsonObject{{u"index"_s, 0},
                                                                {u"type"_s, u"text"_s},
                                                                {u"text"_s, QJsonObject{{u"value"_s, piece}}}}}}}}}));
        out += sse("thread.message.completed", messageJson(*thread, message));
    }
    for (; told.ended < run->steps.size() && run->steps[told.ended].status != "in_progress"; ++told.ended)
        out += sse("thread.run.step." + run->steps[told.ended].status, stepJson(*thread, *run, run->steps[told.ended]));
    if (std::exchange(told.status, run->status) != run->status)
        out += sse("thread.run." + run->status, runJson(*thread, *run));
    if (run->status == "requires_action" || !run->active()) {
        *done = true;
        out += last;
    }
    return out;
}

Reply DemoServer::streamChat(const QJsonObject &completion, bool usage)
{
    const QJsonObject choice = completion["choices"_L1][0].toObject();
    QJsonObject chunk = completion;
    chunk[u"object"_s] = u"chat.completion.chunk"_s;
    chunk.remove(u"usage"_s);
    QByteArrayList pieces;
    const auto add = [&](const QJsonObject &delta, const QJsonValue &finish) {
        chunk[u"choices"_s] =
            QJsonArray{QJsonObject{{u"index"_s, 0}, {u"delta"_s, delta}, {u"finish_reason"_s, finish}}};
        pieces << sse({}, compact(chunk));
    };
    add({{u"role"_s, u"assistant"_s}, {u"content"_s, QString()}}, QJsonValue());
    for (const QString &piece : piecesOf(choice["message"_L1]["content"_L1].toString()))
        add({{u"content"_s, piece}}, QJsonValue());
    add({}, choice["finish_reason"_L1]);
    if (usage) {
        chunk[u"choices"_s] = QJsonArray();
        chunk[u"usage"_s] = completion["usage"_L1];
        pieces << sse({}, compact(chunk));
    }
    pieces << sse({}, "[DONE]");
    return inPieces(std::move(pieces));
}

// Conversations and responses, as far as calls and their usage go: what was said before is read again each time.
Reply DemoServer::conversations(const HttpRequest &request, const QJsonObject &body)
{
    const QString id = request.segments.value(2);
    if (request.method == "POST" && id.isEmpty()) {
        const QString made = QString::fromLatin1(m_state.newId("conv_"));
        m_conversations.insert(made, 0);
        return ok(compact(QJsonObject{{u"id"_s, made},
                                      {u"object"_s, u"conversation"_s},
                                      {u"created_at"_s, nowSeconds()},
                                      {u"metadata"_s, objectOrEmpty(body["metadata"_L1])}}));
    }
    return error(404, u"Conversation with id '%1' not found."_s.arg(id));
}

Reply DemoServer::responses(const HttpRequest &request, const QJsonObject &body)
{
    const QString id = request.segments.value(2);
    if (!id.isEmpty()) {
        const auto known = m_responses.constFind(id);
        if (known == m_responses.cend())
            return error(404, u"Response with id '%1' not found."_s.arg(id));
        return request.method == "GET" ? ok(compact(*known)) : error(405, u"Method not allowed."_s);
    }
    if (request.method != "POST")
        return error(405, u"Method not allowed."_s);
    if (!body["model"_L1].isString())
        return error(400, u"Missing required parameter: 'model'."_s, u"model"_s, u"missing_required_parameter"_s);
    const QString conversation = nameOf(body["conversation"_L1]);
    const QString before = body["previous_response_id"_L1].toString();
    if (!conversation.isEmpty() && !before.isEmpty())
        return error(400, u"'conversation' and 'previous_response_id' cannot be used together."_s);
    if (!conversation.isEmpty() && !m_conversations.contains(conversation))
        return error(404, u"Conversation with id '%1' not found."_s.arg(conversation));
    if (!before.isEmpty() && !m_responses.contains(before))
        return error(400, u"Previous response with id '%1' not found."_s.arg(before), u"previous_response_id"_s,
                     u"previous_response_not_found"_s);
    qint64 earlier = m_conversations.value(conversation);
    if (!before.isEmpty())
        earlier = m_responses[before]["usage"_L1]["total_tokens"_L1].toInteger();
    const QString text = u"Understood. This is the demo server's response."_s;
    const qint64 input = earlier + estimateTokens(textOf(body["input"_L1]).toUtf8().size());
    const qint64 output = estimateTokens(text.size());
    if (!conversation.isEmpty())
        m_conversations[conversation] = input + output;
    const QJsonObject item{
        {u"id"_s, QString::fromLatin1(m_state.newId("msg_"))},
        {u"type"_s, u"message"_s},
        {u"status"_s, u"completed"_s},
        {u"role"_s, u"assistant"_s},
        {u"content"_s,
         QJsonArray{QJsonObject{{u"type"_s, u"output_text"_s}, {u"text"_s, text}, {u"annotations"_s, QJsonArray()}}}}};
    QJsonObject response{
        {u"id"_s, QString::fromLatin1(m_state.newId("resp_"))},
        {u"object"_s, u"response"_s},
        {u"created_at"_s, nowSeconds()},
        {u"status"_s, u"completed"_s},
        {u"error"_s, QJsonValue()},
        {u"incomplete_details"_s, QJsonValue()},
        {u"model"_s, body["model"_L1]},
        {u"output"_s, QJsonArray{item}},
        {u"instructions"_s, body["instructions"_L1].isString() ? body["instructions"_L1] : QJsonValue()},
        {u"metadata"_s, objectOrEmpty(body["metadata"_L1])},
        {u"conversation"_s, conversation.isEmpty() ? QJsonValue() : QJsonValue(QJsonObject{{u"id"_s, conversation}})},
        {u"previous_response_id"_s, before.isEmpty() ? QJsonValue() : QJsonValue(before)},
        {u"usage"_s,
         QJsonObject{{u"input_tokens"_s, input},
                     {u"input_tokens_details"_s, QJsonObject{{u"cached_tokens"_s, 0}}},
                     {u"output_tokens"_s, output},
                     {u"output_tokens_details"_s, QJsonObject{{u"reasoning_tokens"_s, 0}}},
                     {u"total_tokens"_s, input + output}}},
        {u"tools"_s, QJsonArray()},
        {u"tool_choice"_s, u"auto"_s},
        {u"parallel_tool_calls"_s, true}};
    m_responses.insert(response["id"_L1].toString(), response);
    if (!body["stream"_L1].toBool())
        return ok(compact(response));
    QByteArrayList pieces;
    const auto add = [&](const QString &type, QJsonObject data) {
        data[u"type"_s] = type;
        data[u"sequence_number"_s] = pieces.size();
        pieces << sse(type.toLatin1(), compact(data));
    };
    QJsonObject begun = response;
    begun[u"status"_s] = u"in_progress"_s;
    begun[u"output"_s] = QJsonArray();
    begun[u"usage"_s] = QJsonValue();
    QJsonObject empty = item;
    empty[u"status"_s] = u"in_progress"_s;
    empty[u"content"_s] = QJsonArray();
    const QJsonObject at{{u"item_id"_s, item["id"_L1]}, {u"output_index"_s, 0}, {u"content_index"_s, 0}};
    const auto with = [](QJsonObject object, const QString &key, const QJsonValue &value) {
        object[key] = value;
        return object;
    };
    const QJsonObject part = item["content"_L1][0].toObject();
    add(u"response.created"_s, {{u"response"_s, begun}});
    add(u"response.in_progress"_s, {{u"response"_s, begun}});
    add(u"response.output_item.added"_s, {{u"output_index"_s, 0}, {u"item"_s, empty}});
    add(u"response.content_part.added"_s, with(at, u"part"_s, with(part, u"text"_s, QString())));
    for (const QString &piece : piecesOf(text))
        add(u"response.output_text.delta"_s, with(at, u"delta"_s, piece));
    add(u"response.output_text.done"_s, with(at, u"text"_s, text));
    add(u"response.content_part.done"_s, with(at, u"part"_s, part));
    add(u"response.output_item.done"_s, {{u"output_index"_s, 0}, {u"item"_s, item}});
    add(u"response.completed"_s, {{u"response"_s, response}});
    return inPieces(std::move(pieces));
}

} // namespace bobbin::demo
