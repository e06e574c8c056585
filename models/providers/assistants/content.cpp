// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/content.h"

#include "models/providers/assistants/objects.h"
#include "models/wire/pagereader.h"

#include <simdjson.h>

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

ContentPart readPart(Value part)
{
    ContentPart read;
    const QString type = json::text(part, "type");
    if (type == "text"_L1) {
        read.kind = ContentPart::Kind::Text;
        if (const auto text = json::member(part, "text")) {
            read.text = json::asText(*text);
            for (const Value annotation : json::array(*text, "annotations")) {
                Citation citation;
                citation.marker = json::text(annotation, "text");
                for (const std::string_view key : {"file_citation", "file_path"})
                    if (const auto target = json::member(annotation, key)) {
                        citation.fileId = json::text(*target, "file_id");
                        citation.quote = json::text(*target, "quote");
                    }
                if (const auto page = json::member(annotation, "url_citation")) {
                    citation.url = json::text(*page, "url");
                    citation.quote = json::text(*page, "title");
                }
                read.citations.push_back(std::move(citation));
            }
        }
    } else if (type == "image_file"_L1 || type == "image_url"_L1) {
        read.kind = ContentPart::Kind::Image;
        if (const auto image = json::member(part, type.toStdString()))
            read.text = type == "image_file"_L1 ? json::text(*image, "file_id") : json::text(*image, "url");
    } else if (type == "refusal"_L1) {
        read.kind = ContentPart::Kind::Refusal;
        read.text = json::text(part, "refusal");
    } else if (part.is_string()) {
        read.kind = ContentPart::Kind::Text;
        read.text = json::asText(part);
    } else {
        read.text = QString::fromStdString(simdjson::minify(part));
    }
    return read;
}

} // namespace

ToolCall readCall(Value call)
{
    ToolCall read;
    read.id = json::text(call, "id");
    read.type = json::text(call, "type");
    if (const auto function = json::member(call, "function")) {
        read.name = json::text(*function, "name");
        read.input = json::text(*function, "arguments");
        read.answered = json::member(*function, "output").has_value();
        read.output = json::text(*function, "output");
    } else if (const auto code = json::member(call, read.type == "code"_L1 ? "code" : "code_interpreter")) {
        read.input = json::text(*code, "input");
        read.answered = true;
        for (const Value output : json::array(*code, "outputs")) {
            if (const QString logs = json::text(output, "logs"); !logs.isEmpty())
                read.output += logs;
            else if (const auto image = json::member(output, "image"))
                read.output += u"[image "_s + json::text(*image, "file_id") + u"]\n"_s;
        }
    } else if (const auto search = json::member(call, "file_search")) {
        read.answered = true;
        for (const Value result : json::array(*search, "results"))
            read.output += json::text(result, "file_name") + u"  "_s + json::text(result, "score") + u"\n"_s +
                (json::member(result, "content") ? json::asText(*json::member(result, "content")) + u"\n"_s
                                                 : QString());
    } else if (const auto own = json::member(call, read.type.toStdString()); own && own->is_object()) {
        read.input = QString::fromStdString(simdjson::minify(*own)); // a search's address, a connected agent's question
        read.answered = true;
    } else if (const QString arguments = json::text(call, "arguments"); !arguments.isEmpty()) {
        read.name = json::text(call, "name");
        read.input = arguments;
        read.answered = json::member(call, "output").has_value();
        read.output = json::text(call, "output");
    } else {
        read.output = QString::fromStdString(simdjson::minify(call));
        read.answered = true;
    }
    return read;
}

namespace {

template <class F> Done withItem(const QByteArray &raw, F use)
{
    const Result<Objects> done = wire::readItem(raw, [&](Value item, const QByteArray &bytes, Objects &objects) {
        use(item, bytes, objects);
        return Done();
    });
    if (!done)
        return fail(done.error());
    return {};
}

} // namespace

Result<MessageContent> readMessage(const QByteArray &raw)
{
    MessageContent message;
    const Done done = withItem(raw, [&](Value item, const QByteArray &, Objects &) {
        message.id = json::text(item, "id");
        message.role = json::text(item, "role");
        message.runId = json::text(item, "run_id");
        message.status = json::text(item, "status");
        message.createdAt = json::time(item, "created_at");
        const auto content = json::member(item, "content");
        if (content && content->is_array())
            for (const Value part : json::array(item, "content"))
                message.parts.push_back(readPart(part));
        else if (content)
            message.parts.push_back({ContentPart::Kind::Text, json::asText(*content), {}});
        for (const Value attachment : json::array(item, "attachments"))
            if (const auto source = json::member(attachment, "data_source"))
                message.attachments << json::text(*source, "uri");
            else
                message.attachments << json::text(attachment, "file_id");
        message.attachments << json::strings(item, "file_ids");
    });
    if (!done)
        return fail(done.error());
    return message;
}

Result<StepContent> readStep(const QByteArray &raw)
{
    StepContent content;
    const Done done = withItem(raw, [&](Value item, const QByteArray &bytes, Objects &objects) {
        if (decodeObject(Resource::Steps, item, bytes, objects))
            content.step = objects.steps.front();
        if (const auto details = json::member(item, "step_details")) {
            if (const auto made = json::member(*details, "message_creation"))
                content.messageId = json::text(*made, "message_id");
            for (const Value call : json::array(*details, "tool_calls"))
                content.calls.push_back(readCall(call));
            for (const Value activity : json::array(*details, "activities"))
                content.calls.push_back(readCall(activity));
        }
    });
    if (!done)
        return fail(done.error());
    return content;
}

Result<std::vector<ToolCall>> readRequiredAction(const QByteArray &runRaw)
{
    std::vector<ToolCall> calls;
    const Done done = withItem(runRaw, [&](Value item, const QByteArray &, Objects &) {
        const auto action = json::member(item, "required_action");
        if (!action)
            return;
        for (const std::string_view key : {"submit_tool_outputs", "submit_tool_approval"})
            if (const auto asked = json::member(*action, key))
                for (const Value call : json::array(*asked, "tool_calls"))
                    calls.push_back(readCall(call));
    });
    if (!done)
        return fail(done.error());
    return calls;
}

} // namespace bobbin::assistants
