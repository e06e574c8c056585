// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/passing.h"

#include "models/core/days.h"
#include "models/core/jsontext.h"
#include "models/providers/assistants/objects.h"
#include "models/wire/json.h"

#include <QJsonArray>

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

Asked::What whatOf(const QStringList &path)
{
    const qsizetype parts = path.size();
    if (path.first() == "threads"_L1) {
        if (parts == 1)
            return Asked::What::CreateThread;
        if (parts == 2)
            return path[1] == "runs"_L1 ? Asked::What::StartThreadAndRun : Asked::What::Other;
        if (parts == 3)
            return path[2] == "messages"_L1 ? Asked::What::AddMessage
                : path[2] == "runs"_L1      ? Asked::What::StartRun
                                            : Asked::What::Other;
        return parts == 5 && path[2] == "runs"_L1 && path[4] == "submit_tool_outputs"_L1 ? Asked::What::SubmitOutputs
                                                                                         : Asked::What::Other;
    }
    const QString &last = path.last();
    if (last == "completions"_L1 || (path.first() == "responses"_L1 && (parts == 1 || last == "compact"_L1)))
        return Asked::What::CallModel;
    return Asked::What::Other;
}

// One object: lists and what is deleted are not kept.
bool tellsOne(const QByteArray &method, const QStringList &path)
{
    if (method != "GET" && method != "POST")
        return false;
    const qsizetype parts = path.size();
    if (path.first() == "responses"_L1)
        return parts == 2 || (parts == 3 && path[2] == "cancel"_L1);
    if (path.first() == "assistants"_L1) // whose model is asked for when a run names none
        return parts == 2 || (parts == 1 && method == "POST");
    if (path.first() != "threads"_L1)
        return false;
    return parts == 2 || parts == 4 || (parts == 5 && path[4] == "cancel"_L1);
}

void readMessage(Value message, Asked &into)
{
    const QString role = json::text(message, "role");
    if (role.isEmpty() || role == "user"_L1)
        ++into.userMessages;
    if (const auto content = json::member(message, "content"))
        into.characters += json::asText(*content).size();
    for (const Value attachment : json::array(message, "attachments"))
        for (const Value tool : json::array(attachment, "tools"))
            if (json::text(tool, "type") == "file_search"_L1)
                into.attached << json::text(attachment, "file_id");
}

void readMetadata(Value owner, Asked &into)
{
    const auto said = json::member(owner, "metadata");
    const QJsonObject metadata = said ? json::object(*said) : QJsonObject();
    for (auto it = metadata.begin(); it != metadata.end(); ++it)
        into.metadata.insert(it.key(), it.value().toString());
}

void readBody(Value body, Asked &into)
{
    into.assistant = json::text(body, "assistant_id");
    into.model = json::text(body, "model");
    if (into.what == Asked::What::AddMessage)
        readMessage(body, into);
    for (const Value message : json::array(body, "additional_messages"))
        readMessage(message, into);
    if (into.what == Asked::What::CreateThread)
        for (const Value message : json::array(body, "messages"))
            readMessage(message, into);
    if (const auto thread = json::member(body, "thread")) {
        for (const Value message : json::array(*thread, "messages"))
            readMessage(message, into);
        readMetadata(*thread, into);
    }
    if (into.what == Asked::What::CallModel)
        readMetadata(body, into);
    if (const auto conversation = json::member(body, "conversation"))
        into.conversation = conversation->is_object() ? json::text(*conversation, "id") : json::asText(*conversation);
    into.follows = json::text(body, "previous_response_id");
}

QJsonObject usageBody(const Usage &usage)
{
    QJsonObject body{{u"prompt_tokens"_s, usage.prompt},
                     {u"completion_tokens"_s, usage.completion},
                     {u"total_tokens"_s, usage.prompt + usage.completion}};
    QJsonObject details;
    if (usage.cached)
        details[u"cached_tokens"_s] = *usage.cached;
    if (usage.cacheWrite)
        details[u"cache_write_tokens"_s] = *usage.cacheWrite;
    if (!details.isEmpty())
        body[u"prompt_token_details"_s] = details;
    if (usage.reasoning)
        body[u"completion_tokens_details"_s] = QJsonObject{{u"reasoning_tokens"_s, *usage.reasoning}};
    return body;
}

QString callStatus(Value call, bool response)
{
    const QString word = response ? json::text(call, "status") : QString();
    return word.isEmpty() ? u"completed"_s : word;
}

// A stream that was not asked for its usage ends without: then that is unknown.
bool ends(Value chunk)
{
    const std::vector<Value> choices = json::array(chunk, "choices");
    return !choices.empty() && !json::text(choices.front(), "finish_reason").isEmpty();
}

// A call without a thread is kept as a run of one that no list tells: its conversation, the chain of responses that it
// goes on with, or the day's calls of its model.
Done readCall(const Asked &asked, Value call, bool response, Told &into)
{
    const QString id = json::text(call, "id");
    const auto created = json::time(call, "created_at") ? json::time(call, "created_at") : json::time(call, "created");
    const auto usage = json::usage(call, "usage");
    const QString model = json::text(call, "model");
    if (id.isEmpty() || (!usage && json::text(call, "object").endsWith("chunk"_L1) && !ends(call)))
        return {}; // a piece of an answer
    QString thread = asked.conversation, title;
    if (const auto conversation = json::member(call, "conversation"); thread.isEmpty() && conversation)
        thread = conversation->is_object() ? json::text(*conversation, "id") : json::asText(*conversation);
    if (!thread.isEmpty()) {
        title = u"Conversation"_s;
    } else if (response) {
        thread = asked.thread.isEmpty() ? id : asked.thread;
        title = u"Responses"_s;
    } else {
        const QString day = dateOf(created.value_or(0) / dayMs).toString(Qt::ISODate);
        thread = u"chat-"_s + model + u'-' + day;
        title = u"Chat completions, %1, %2"_s.arg(model, day);
    }
    const QJsonValue at = created ? QJsonValue(*created / 1000) : QJsonValue();
    QJsonObject run{{u"id"_s, id},
                    {u"object"_s, u"thread.run"_s},
                    {u"thread_id"_s, thread},
                    {u"created_at"_s, at},
                    {u"completed_at"_s, at},
                    {u"model"_s, model},
                    {u"status"_s, callStatus(call, response)}};
    if (usage)
        run[u"usage"_s] = usageBody(*usage);
    if (const QString tier = json::text(call, "service_tier"); !tier.isEmpty())
        run[u"service_tier"_s] = tier;
    const QJsonObject owner{{u"id"_s, thread},
                            {u"object"_s, u"thread"_s},
                            {u"created_at"_s, at},
                            {u"metadata"_s, QJsonObject{{u"title"_s, title}}}};
    const QByteArray ownerBytes = compactBytes(owner);
    const QByteArray runBytes = compactBytes(run);
    for (const Resource resource : {Resource::Threads, Resource::Runs}) {
        const QByteArray &raw = resource == Resource::Threads ? ownerBytes : runBytes;
        Done done;
        const Done read =
            json::withObject(raw, [&](Value item) { done = decodeObject(resource, item, raw, into.objects); });
        if (!read || !done)
            return !read ? read : done;
    }
    into.unlisted << thread;
    return {};
}

} // namespace

Asked readAsked(const QByteArray &method, const QString &path, const QByteArray &body)
{
    Asked asked;
    const QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    if (parts.isEmpty())
        return asked;
    if (method == "POST")
        asked.what = whatOf(parts);
    asked.tells = asked.what != Asked::What::Other || tellsOne(method, parts);
    if (parts.first() == "threads"_L1 && parts.size() > 1 && parts[1] != "runs"_L1) {
        asked.thread = parts[1];
        if (parts.size() > 3 && parts[2] == "runs"_L1)
            asked.run = parts[3];
    }
    if (asked.what != Asked::What::Other && !body.isEmpty()) {
        const Done read = json::withObject(body, [&](Value object) { readBody(object, asked); });
        if (!read)
            return asked; // the server says what is wrong with it
    }
    return asked;
}

QByteArray inThread(const QByteArray &target, const QString &from, const QString &to)
{
    const QByteArray inside = "/threads/" + from.toUtf8() + '/';
    return target.contains(inside) ? QByteArray(target).replace(inside, "/threads/" + to.toUtf8() + '/') : QByteArray();
}

Result<Told> readTold(const Asked &asked, const QByteArray &text)
{
    Told told;
    Done done;
    const Done read = json::withObject(text, [&](Value object) {
        const QString kind = json::text(object, "object");
        if (kind == "thread"_L1)
            done = decodeObject(Resource::Threads, object, text, told.objects);
        else if (kind == "assistant"_L1)
            done = decodeObject(Resource::Assistants, object, text, told.objects);
        else if (kind == "thread.message"_L1)
            done = decodeObject(Resource::Messages, object, text, told.objects);
        else if (kind == "thread.run"_L1)
            done = decodeObject(Resource::Runs, object, text, told.objects);
        else if (kind.startsWith("chat.completion"_L1))
            done = readCall(asked, object, false, told);
        else if (kind == "response"_L1)
            done = readCall(asked, object, true, told);
        else if (const auto response = json::member(object, "response"); kind.isEmpty() && response)
            if (response->is_object())
                done = readCall(asked, *response, true, told);
    });
    if (!read || !done)
        return fail(!read ? read.error() : done.error());
    return told;
}

Result<QByteArray> withoutAttached(const QByteArray &body, const QStringList &files)
{
    QJsonParseError problem;
    QJsonObject whole = QJsonDocument::fromJson(body, &problem).object();
    if (problem.error != QJsonParseError::NoError)
        return fail(Error::Kind::Decode, problem.errorString());
    const auto inMessage = [&](QJsonObject message) {
        QJsonArray kept;
        for (const QJsonValue one : message[u"attachments"_s].toArray()) {
            QJsonObject attachment = one.toObject();
            if (files.contains(attachment[u"file_id"_s].toString())) {
                QJsonArray tools;
                for (const QJsonValue tool : attachment[u"tools"_s].toArray())
                    if (tool[u"type"_s] != "file_search"_L1)
                        tools << tool;
                if (tools.isEmpty())
                    continue;
                attachment[u"tools"_s] = tools;
            }
            kept << attachment;
        }
        if (kept.isEmpty())
            message.remove(u"attachments"_s);
        else
            message[u"attachments"_s] = kept;
        return message;
    };
    const auto inMessages = [&](QJsonObject owner, const QString &key) {
        QJsonArray messages;
        for (const QJsonValue message : owner[key].toArray())
            messages << inMessage(message.toObject());
        if (!messages.isEmpty())
            owner[key] = messages;
        return owner;
    };
    whole = inMessage(inMessages(inMessages(whole, u"messages"_s), u"additional_messages"_s));
    if (whole.contains(u"thread"_s))
        whole[u"thread"_s] = inMessages(whole[u"thread"_s].toObject(), u"messages"_s);
    return compactBytes(whole);
}

} // namespace bobbin::assistants
