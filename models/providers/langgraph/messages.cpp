// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/langgraph/messages.h"

#include "models/core/jsontext.h"
#include "models/wire/canonical.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin::langgraph {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

constexpr qsizetype keptText = 1'000; // characters

struct TypeName {
    QStringView type, className;
};
constexpr TypeName typeNames[] = {
    {u"human", u"HumanMessage"},   {u"ai", u"AIMessage"},         {u"ai", u"AIMessageChunk"},
    {u"tool", u"ToolMessage"},     {u"system", u"SystemMessage"}, {u"function", u"FunctionMessage"},
    {u"remove", u"RemoveMessage"}, {u"chat", u"ChatMessage"},
};

QByteArray minified(Value value)
{
    return QByteArray::fromStdString(simdjson::minify(value));
}

struct Unwrapped {
    Value fields;
    QString type;
};

std::optional<Unwrapped> unwrap(Value item)
{
    if (!item.is_object())
        return std::nullopt;
    if (const auto inner = json::member(item, "kwargs"); inner && json::member(item, "lc")) {
        const QStringList path = json::strings(item, "id");
        for (const TypeName &known : typeNames)
            if (!path.isEmpty() && known.className == path.back())
                return Unwrapped{*inner, known.type.toString()};
        return std::nullopt;
    }
    const QString type = json::text(item, "type");
    for (const TypeName &known : typeNames)
        if (known.type == type && json::member(item, "content"))
            return Unwrapped{item, type};
    return std::nullopt;
}

std::optional<StateMessage> stateMessage(Value item, qsizetype place)
{
    const auto inner = unwrap(item);
    if (!inner)
        return std::nullopt;
    QString id = json::text(inner->fields, "id");
    if (id.isEmpty())
        id = u"#%1"_s.arg(place);
    return StateMessage{id, minified(item), inner->fields, inner->type};
}

std::vector<StateMessage> allIn(Value list)
{
    std::vector<StateMessage> all;
    if (!list.is_array())
        return all;
    qsizetype place = 0;
    for (const Value item : simdjson::dom::array(list)) {
        if (auto message = stateMessage(item, place); message && message->type != "remove"_L1)
            all.push_back(*std::move(message));
        ++place;
    }
    return all;
}

// content: a text, or parts {type: text | image_url | …}.
std::vector<ContentPart> partsOf(Value fields)
{
    std::vector<ContentPart> parts;
    const auto content = json::member(fields, "content");
    if (content && content->is_string() && !json::asText(*content).isEmpty())
        parts.push_back({ContentPart::Kind::Text, json::asText(*content), {}});
    for (const Value part : json::array(fields, "content")) {
        ContentPart read;
        const QString type = json::text(part, "type");
        if (part.is_string() || type == "text"_L1) {
            read.kind = ContentPart::Kind::Text;
            read.text = part.is_string() ? json::asText(part) : json::text(part, "text");
        } else if (const auto image = json::member(part, "image_url"); image && type == "image_url"_L1) {
            read.kind = ContentPart::Kind::Image;
            read.text = image->is_string() ? json::asText(*image) : json::text(*image, "url");
        } else {
            read.text = QString::fromUtf8(minified(part));
        }
        parts.push_back(std::move(read));
    }
    for (const Value call : json::array(fields, "tool_calls")) {
        const auto args = json::member(call, "args");
        parts.push_back({ContentPart::Kind::Text,
                         u"→ %1(%2)"_s.arg(json::text(call, "name"),
                                           args ? compactText(json::object(*args)) : QString()), // in one order
                         {}});
    }
    return parts;
}

QString textOf(const std::vector<ContentPart> &parts)
{
    QStringList lines;
    for (const ContentPart &part : parts)
        if (part.kind == ContentPart::Kind::Text)
            lines << part.text;
    return lines.join(u'\n');
}

template <class F> Done withMessage(const QByteArray &raw, F use) // use: (envelope, message)
{
    Done found = fail(Error::Kind::Decode, u"missing"_s, u"message"_s);
    const Done done = json::withObject(raw, [&](Value envelope) {
        const auto item = json::member(envelope, "message");
        const auto message = item ? stateMessage(*item, 0) : std::nullopt;
        if (!message)
            return;
        found = Done();
        use(envelope, *message);
    });
    return done ? found : done;
}

} // namespace

QString roleOf(const QString &type)
{
    return type == "human"_L1 ? u"user"_s : type == "ai"_L1 ? u"assistant"_s : type == "function"_L1 ? u"tool"_s : type;
}

StateMessages messagesOf(Value values)
{
    StateMessages found;
    if (!values.is_object())
        return found;
    if (const auto usual = json::member(values, "messages"); usual && usual->is_array()) {
        found.key = u"messages"_s;
        found.all = allIn(*usual);
        return found;
    }
    for (const auto [key, value] : simdjson::dom::object(values)) {
        std::vector<StateMessage> all = allIn(value);
        if (all.empty())
            continue;
        found.key = json::toQString(key);
        found.all = std::move(all);
        break;
    }
    return found;
}

// input_tokens contains what was read from the cache, for most models; where the total says otherwise, the total
// counts.
std::optional<Usage> usageOf(Value fields)
{
    std::optional<Usage> usage = json::usage(fields, "usage_metadata");
    if (!usage)
        return std::nullopt;
    const auto told = json::member(fields, "usage_metadata");
    if (const auto total = json::integer(*told, "total_tokens"); total && *total > usage->prompt + usage->completion)
        usage->prompt = *total - usage->completion;
    if (const auto details = json::member(*told, "input_token_details")) {
        usage->cached = json::integer(*details, "cache_read");
        usage->cacheWrite = json::integer(*details, "cache_creation");
    }
    if (const auto details = json::member(*told, "output_token_details"))
        usage->reasoning = json::integer(*details, "reasoning");
    return usage;
}

QString modelOf(Value fields)
{
    const auto about = json::member(fields, "response_metadata");
    QString model;
    for (const std::string_view key : {"model_name", "model", "model_id"})
        if (about && model.isEmpty())
            model = json::text(*about, key);
    return model;
}

Message messageFrom(const StateMessage &message, const Written &written)
{
    const auto quoted = [](const QString &text) {
        QByteArray list = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
        return list.mid(1, list.size() - 2);
    };
    Message m;
    m.id = message.id;
    m.threadId = written.thread;
    m.role = roleOf(message.type);
    m.status = written.status;
    m.runId = m.role == "user"_L1 ? QString() : written.run;
    m.text = textOf(partsOf(message.fields));
    m.characters = m.text.size();
    if (m.characters > keptText)
        m.text = QString(m.text.constData(), keptText);
    const QByteArray time = R"("created_at":)" + quoted(written.createdAt);
    m.raw = R"({"id":)" + quoted(m.id) + R"(,"thread_id":)" + quoted(m.threadId) + ',' + time +
        (m.runId.isEmpty() ? QByteArray() : R"(,"run_id":)" + quoted(m.runId)) + R"(,"status":)" + quoted(m.status) +
        R"(,"key":)" + quoted(written.key) + R"(,"message":)" + message.bytes + '}';
    // The one reader of times is that of the wire.
    std::ignore = json::withObject('{' + time + '}', [&](Value told) { m.createdAt = json::time(told, "created_at"); });
    return m;
}

Result<Message> readEnvelope(Value envelope, const QByteArray &raw)
{
    const auto item = json::member(envelope, "message");
    auto inner = item ? stateMessage(*item, 0) : std::nullopt;
    if (!inner)
        return fail(Error::Kind::Decode, u"missing"_s, u"message"_s);
    inner->id = json::text(envelope, "id");
    if (inner->id.isEmpty())
        return fail(Error::Kind::Decode, u"missing"_s, u"id"_s);
    Message message =
        messageFrom(*inner,
                    {json::text(envelope, "thread_id"), json::text(envelope, "run_id"),
                     json::text(envelope, "created_at"), json::text(envelope, "key"), json::text(envelope, "status")});
    message.raw = raw;
    return message;
}

Result<MessageContent> readContent(const QByteArray &raw)
{
    MessageContent content;
    const Done done = withMessage(raw, [&](Value envelope, const StateMessage &message) {
        content.id = json::text(envelope, "id");
        content.role = roleOf(message.type);
        content.runId = json::text(envelope, "run_id");
        content.status = json::text(envelope, "status");
        content.createdAt = json::time(envelope, "created_at");
        content.parts = partsOf(message.fields);
        if (content.parts.empty())
            content.parts.push_back({ContentPart::Kind::Text, {}, {}});
    });
    if (!done)
        return fail(done.error());
    return content;
}

Result<MessageAgain> sendAgain(const QByteArray &raw)
{
    MessageAgain made;
    const Done done = withMessage(raw, [&](Value envelope, const StateMessage &message) {
        if (json::text(envelope, "status") == "removed"_L1)
            return;
        NewMessage again;
        again.role = roleOf(message.type);
        for (const ContentPart &part : partsOf(message.fields))
            again.parts.push_back(
                {part.kind == ContentPart::Kind::Image ? NewPart::Kind::ImageUrl : NewPart::Kind::Text, part.text, {}});
        again.original = json::object(*json::member(envelope, "message"));
        made.messages.push_back(std::move(again));
    });
    if (!done)
        return fail(done.error());
    return made;
}

QByteArray messageBytes(const QByteArray &raw)
{
    QByteArray bytes;
    const Done done = withMessage(raw, [&](Value envelope, const StateMessage &message) {
        bytes = json::text(envelope, "status").toUtf8() + ' ' + wire::canonical(message.bytes);
    });
    return done ? bytes : raw;
}

} // namespace bobbin::langgraph
