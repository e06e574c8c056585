// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/traces.h"

#include "models/core/jsontext.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonObject>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype traceIdBytes = 16, spanIdBytes = 8;
constexpr qint64 nanosecondsAMs = 1'000'000;
constexpr int kindInternal = 1, kindClient = 3;
constexpr int statusOk = 1, statusError = 2;

QString idOf(const QStringList &parts, qsizetype bytes)
{
    return QString::fromLatin1(
        QCryptographicHash::hash(parts.join(u'\n').toUtf8(), QCryptographicHash::Sha256).left(bytes).toHex());
}

QString nanoseconds(qint64 ms)
{
    return QString::number(ms * nanosecondsAMs);
}

class Attributes {
public:
    void add(const char *key, const QString &text)
    {
        if (!text.isEmpty())
            put(key, {{u"stringValue"_s, text}});
    }
    void add(const char *key, std::optional<qint64> number)
    {
        if (number)
            put(key, {{u"intValue"_s, QString::number(*number)}});
    }
    void add(const char *key, std::optional<Money> money)
    {
        if (money)
            put(key, {{u"doubleValue"_s, money->dollars()}});
    }
    void addUsage(const std::optional<Usage> &usage)
    {
        if (!usage)
            return;
        add("gen_ai.usage.input_tokens", std::optional(usage->prompt));
        add("gen_ai.usage.output_tokens", std::optional(usage->completion));
        add("gen_ai.usage.cache_read.input_tokens", usage->cached);
        add("gen_ai.usage.cache_creation.input_tokens", usage->cacheWrite);
    }
    [[nodiscard]] const QJsonArray &all() const { return m_all; }

private:
    QJsonArray m_all;
    void put(const char *key, const QJsonObject &value)
    {
        m_all << QJsonObject{{u"key"_s, QLatin1String(key)}, {u"value"_s, value}};
    }
};

// Of one run.
class Spans {
public:
    Spans(const TracedRun &traced, const TraceSource &source)
        : m_run(traced.run), m_assistant(traced.assistantId), m_source(source),
          m_trace(idOf({source.connection, m_run.threadId, m_run.id}, traceIdBytes)), m_root(spanId(m_run.id))
    {
        addRun();
        for (const StepContent &step : traced.steps)
            addStep(step);
    }
    [[nodiscard]] const QJsonArray &all() const { return m_all; }

private:
    const RunRow &m_run;
    const QString &m_assistant;
    const TraceSource &m_source;
    const QString m_trace, m_root;
    QJsonArray m_all;

    [[nodiscard]] QString spanId(const QString &what) const
    {
        return idOf({m_source.connection, m_run.threadId, m_run.id, what}, spanIdBytes);
    }
    [[nodiscard]] qint64 begin() const { return m_run.createdAt.value_or(0); }
    [[nodiscard]] qint64 end() const { return std::max(begin(), m_run.endedAt.value_or(begin())); }

    [[nodiscard]] Attributes common(const char *operation) const
    {
        Attributes attributes;
        attributes.add("gen_ai.operation.name", QString::fromLatin1(operation));
        attributes.add("gen_ai.provider.name", m_source.provider);
        attributes.add("gen_ai.conversation.id", m_run.threadId);
        return attributes;
    }

    void add(const QString &id, const QString &parent, const QString &name, int kind, std::pair<qint64, qint64> when,
             const Attributes &attributes, const QString &error, const QString &message = {})
    {
        QJsonObject status{{u"code"_s, error.isEmpty() ? statusOk : statusError}};
        if (!message.isEmpty())
            status[u"message"_s] = message;
        QJsonObject span{{u"traceId"_s, m_trace},
                         {u"spanId"_s, id},
                         {u"name"_s, name},
                         {u"kind"_s, kind},
                         {u"startTimeUnixNano"_s, nanoseconds(when.first)},
                         {u"endTimeUnixNano"_s, nanoseconds(std::max(when.first, when.second))},
                         {u"attributes"_s, attributes.all()},
                         {u"status"_s, status}};
        if (!parent.isEmpty())
            span[u"parentSpanId"_s] = parent;
        m_all << span;
    }

    void addRun()
    {
        Attributes attributes = common("invoke_agent");
        attributes.add("gen_ai.agent.id", m_assistant);
        attributes.add("gen_ai.agent.name", m_run.assistant == m_assistant ? QString() : m_run.assistant);
        attributes.add("gen_ai.request.model", m_run.model);
        attributes.add("gen_ai.response.id", m_run.id);
        attributes.addUsage(m_run.usage);
        attributes.add("bobbin.run.status", m_run.statusWord);
        attributes.add("bobbin.cost.usd", m_run.cost);
        const bool hasFailed = m_run.status != RunStatus::Completed;
        const QString error = !hasFailed ? QString() : m_run.errorCode.isEmpty() ? m_run.statusWord : m_run.errorCode;
        attributes.add("error.type", error);
        const QString who = m_run.assistant.isEmpty() ? m_assistant : m_run.assistant;
        add(m_root, {}, who.isEmpty() ? u"invoke_agent"_s : u"invoke_agent "_s + who, kindClient, {begin(), end()},
            attributes, error, hasFailed ? m_run.statusWord : QString());
    }

    // A step is what one call of the model came to.
    void addStep(const StepContent &content)
    {
        const RunStep &step = content.step;
        const std::pair when(step.createdAt.value_or(begin()), step.endedAt.value_or(end()));
        const QString model = step.model.isEmpty() ? m_run.model : step.model;
        Attributes attributes = common("chat");
        attributes.add("gen_ai.request.model", model);
        attributes.add("gen_ai.response.id", step.id);
        attributes.addUsage(step.usage);
        attributes.add("bobbin.step.type", step.type);
        const bool hasFailed = !step.status.isEmpty() && step.status != "completed"_L1;
        const QString error = !hasFailed ? QString() : step.errorCode.isEmpty() ? step.status : step.errorCode;
        attributes.add("error.type", error);
        const QString id = spanId(step.id);
        add(id, m_root, model.isEmpty() ? u"chat"_s : u"chat "_s + model, kindClient, when, attributes, error);
        for (std::size_t i = 0; i < content.calls.size(); ++i)
            addCall(content.calls[i], id, step.id + u'/' + QString::number(i), when);
    }

    void addCall(const ToolCall &call, const QString &parent, const QString &place, std::pair<qint64, qint64> when)
    {
        const QString name = call.name.isEmpty() ? call.type : call.name;
        Attributes attributes = common("execute_tool");
        attributes.add("gen_ai.tool.name", name);
        attributes.add("gen_ai.tool.call.id", call.id);
        attributes.add("gen_ai.tool.type",
                       call.type == "function"_L1          ? u"function"_s
                           : call.type == "file_search"_L1 ? u"datastore"_s
                                                           : u"extension"_s);
        if (m_source.texts) {
            attributes.add("gen_ai.tool.call.arguments", call.input);
            attributes.add("gen_ai.tool.call.result", call.output);
        }
        const QString error = call.answered ? QString() : u"unanswered"_s;
        attributes.add("error.type", error);
        add(spanId(place), parent, name.isEmpty() ? u"execute_tool"_s : u"execute_tool "_s + name, kindInternal, when,
            attributes, error);
    }
};

} // namespace

QByteArray traceRequest(const std::vector<TracedRun> &runs, const TraceSource &source)
{
    QJsonArray spans;
    for (const TracedRun &run : runs) {
        const Spans made(run, source);
        for (const QJsonValue span : made.all())
            spans << span;
    }
    Attributes resource;
    resource.add("service.name", source.service);
    resource.add("bobbin.connection", source.connection);
    const QJsonObject scope{{u"name"_s, u"bobbin"_s}, {u"version"_s, QCoreApplication::applicationVersion()}};
    return compactBytes({{u"resourceSpans"_s,
                          QJsonArray{QJsonObject{
                              {u"resource"_s, QJsonObject{{u"attributes"_s, resource.all()}}},
                              {u"scopeSpans"_s, QJsonArray{QJsonObject{{u"scope"_s, scope}, {u"spans"_s, spans}}}}}}}});
}

} // namespace bobbin
