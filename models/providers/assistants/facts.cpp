// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/assistants/facts.h"

#include "models/core/jsontext.h"
#include "models/providers/assistants/bodies.h"
#include "models/providers/assistants/objects.h"
#include "models/wire/json.h"

namespace bobbin::assistants {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

// What one writes in a request: a word, a number, or an object whose type says it.
QString settingText(Value value)
{
    if (!value.is_object())
        return value.is_string() ? json::asText(value) : QString::fromStdString(simdjson::minify(value));
    QString text = json::text(value, "type");
    if (const auto last = json::integer(value, "last_messages"))
        text += u" (%1)"_s.arg(*last);
    if (const auto function = json::member(value, "function"))
        text += u" "_s + json::text(*function, "name");
    return text.isEmpty() ? QString::fromStdString(simdjson::minify(value)) : text;
}

} // namespace

Result<ObjectFacts> readFacts(const QByteArray &raw)
{
    ObjectFacts facts;
    const Done done = json::withObject(raw, [&](Value item) {
        facts.instructions = json::text(item, "instructions");
        facts.description = json::text(item, "description");
        if (const auto error = json::member(item, "last_error"))
            facts.errorMessage = json::text(*error, "message");
        if (facts.errorMessage.isEmpty())
            facts.errorMessage = json::text(item, "status_details");
        facts.tools = readTools(item);
        for (const char *key :
             {"temperature", "top_p", "reasoning_effort", "response_format", "tool_choice", "parallel_tool_calls",
              "max_prompt_tokens", "max_completion_tokens", "truncation_strategy", "incomplete_details"})
            if (const auto value = json::member(item, key))
                if (const QString text = std::string_view(key) == "incomplete_details" ? json::text(*value, "reason")
                                                                                       : settingText(*value);
                    !text.isEmpty())
                    facts.settings.emplace_back(QLatin1String(key), text);
        if (const auto expires = json::member(item, "expires_after"))
            if (const auto days = json::integer(*expires, "days"))
                facts.settings.emplace_back(u"expires_after"_s,
                                            u"%1 days, from %2"_s.arg(*days).arg(json::text(*expires, "anchor")));
        if (const auto counts = json::member(item, "file_counts"))
            for (const char *key : {"completed", "in_progress", "failed", "cancelled", "total"})
                if (const auto count = json::integer(*counts, key))
                    facts.fileCounts.emplace_back(QLatin1String(key), *count);
    });
    if (!done)
        return fail(done.error());
    const Result<Belongings> belongings = readBelongings(raw);
    if (!belongings)
        return fail(belongings.error());
    facts.belongings = *belongings;
    const QJsonObject &more = belongings->resources.more;
    for (auto it = more.begin(); it != more.end(); ++it)
        facts.settings.emplace_back(
            it.key(), it.value().isArray() ? compactText(it.value().toArray()) : compactText(it.value().toObject()));
    return facts;
}

} // namespace bobbin::assistants
