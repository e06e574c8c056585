// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/langgraph/objects.h"

#include "models/core/jsontext.h"
#include "models/providers/langgraph/messages.h"
#include "models/wire/canonical.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>

namespace bobbin::langgraph {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

struct StatusWord {
    RunStatus status;
    QStringView word;
};
constexpr StatusWord statusWords[] = {
    {RunStatus::Queued, u"pending"}, {RunStatus::InProgress, u"running"}, {RunStatus::Completed, u"success"},
    {RunStatus::Failed, u"error"},   {RunStatus::Expired, u"timeout"},    {RunStatus::Cancelled, u"interrupted"},
};

// Headers of whoever called ("x-…"), and what apps keep among an assistant's or run's settings.
bool looksSecret(const QString &key)
{
    static const QRegularExpression shape(
        u"^x-|authorization|api[-_]?key|secret|password|passwd|credential|(?:^|[-_])(?:access|auth|refresh|id|bearer)?[-_]?token$|cookie"_s,
        QRegularExpression::CaseInsensitiveOption);
    return shape.match(key).hasMatch();
}

// `secret`: the key above says so, then every text below is one.
QJsonValue withoutSecrets(const QJsonValue &value, bool secret = false)
{
    if (value.isString())
        return secret ? QJsonValue(secretMark) : value;
    if (value.isArray()) {
        QJsonArray all;
        for (const QJsonValue one : value.toArray())
            all << withoutSecrets(one, secret);
        return all;
    }
    if (!value.isObject())
        return value;
    QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        it.value() = withoutSecrets(it.value(), secret || looksSecret(it.key()));
    return object;
}

// Where callers' headers and apps' settings are; what people said is left alone.
void clean(QJsonObject &object, std::initializer_list<QLatin1String> keys)
{
    for (const QLatin1String key : keys)
        if (object[key].isObject())
            object[key] = withoutSecrets(object[key]);
}

Result<QByteArray> withoutSecretsIn(Resource resource, const QByteArray &raw)
{
    const QJsonDocument document = QJsonDocument::fromJson(json::parseable(raw));
    if (!document.isObject()) // what cannot be looked through is not kept
        return fail(Error::Kind::Decode, u"its settings cannot be read"_s);
    QJsonObject object = document.object();
    const QJsonObject before = object;
    clean(object, {"config"_L1, "context"_L1});
    if (resource == Resource::Runs && object["kwargs"_L1].isObject()) {
        QJsonObject arguments = object["kwargs"_L1].toObject();
        clean(arguments, {"config"_L1, "context"_L1});
        if (const QString hook = arguments["webhook"_L1].toString(); hook.contains(u'?') || hook.contains(u'@'))
            arguments["webhook"_L1] = secretMark;
        object["kwargs"_L1] = arguments;
    }
    return object == before ? raw : compactBytes(object);
}

// Its state without the messages, which are objects of their own.
QByteArray withoutMessages(Value item, const QByteArray &raw)
{
    const auto values = json::member(item, "values");
    const QString key = values ? messagesOf(*values).key : QString();
    if (key.isEmpty())
        return raw;
    QJsonObject object = QJsonDocument::fromJson(json::parseable(raw)).object();
    QJsonObject state = object["values"_L1].toObject();
    state.remove(key);
    object["values"_L1] = state;
    object["messages_key"_L1] = key;
    return compactBytes(object);
}

// The first of the settings that has one of these keys.
QString setting(Value item, std::initializer_list<std::string_view> keys)
{
    std::vector<Value> places;
    if (const auto config = json::member(item, "config"))
        if (const auto configurable = json::member(*config, "configurable"))
            places.push_back(*configurable);
    if (const auto context = json::member(item, "context"))
        places.push_back(*context);
    for (const Value place : places)
        for (const std::string_view key : keys)
            if (const auto value = json::member(place, key); value && value->is_string())
                return json::asText(*value);
    return {};
}

QString modelSetting(Value item)
{
    return setting(item, {"model", "model_name"});
}

QString instructionsSetting(Value item)
{
    return setting(item, {"system_prompt", "instructions", "system_message", "prompt"});
}

QString idOf(Value item, std::string_view key)
{
    return json::text(item, key);
}

Assistant assistant(Value item)
{
    Assistant a;
    a.id = idOf(item, "assistant_id");
    a.createdAt = json::time(item, "created_at");
    a.name = json::text(item, "name");
    a.model = modelSetting(item);
    a.instructions = instructionsSetting(item);
    return a;
}

Thread thread(Value item)
{
    Thread t;
    t.id = idOf(item, "thread_id");
    t.sparse = !json::member(item, "values") && !json::member(item, "config"); // of a list
    t.createdAt = json::time(item, "created_at");
    if (const auto metadata = json::member(item, "metadata")) {
        for (const std::string_view key : {"title", "name", "subject"})
            if (t.title.isEmpty())
                t.title = json::text(*metadata, key);
        if (const QJsonObject all = json::object(*metadata); !all.isEmpty())
            t.metadata = compactBytes(all);
    }
    return t;
}

Run run(Value item)
{
    Run r;
    r.id = idOf(item, "run_id");
    r.threadId = json::text(item, "thread_id");
    r.assistantId = json::text(item, "assistant_id");
    r.createdAt = json::time(item, "created_at");
    r.statusWord = json::text(item, "status");
    for (const StatusWord &known : statusWords)
        if (known.word == r.statusWord)
            r.status = known.status;
    if (const auto arguments = json::member(item, "kwargs"))
        r.model = modelSetting(*arguments);
    if (r.status != RunStatus::Unknown &&
        !isActive(r.status)) // it does not say when it ended; nothing changes it later
        (r.status == RunStatus::Completed       ? r.completedAt
             : r.status == RunStatus::Failed    ? r.failedAt
             : r.status == RunStatus::Cancelled ? r.cancelledAt
                                                : r.expiresAt) = json::time(item, "updated_at");
    return r;
}

template <class T> Done keep(T value, const char *idKey, const Result<QByteArray> &raw, std::vector<T> &into)
{
    if (!raw)
        return fail(raw.error());
    if (value.id.isEmpty())
        return fail(Error::Kind::Decode, u"missing"_s, QString::fromLatin1(idKey));
    value.raw = *raw;
    into.push_back(std::move(value));
    return {};
}

QString valueText(Value value)
{
    return value.is_string() ? json::asText(value) : QString::fromStdString(simdjson::minify(value));
}

} // namespace

Done decodeObject(Resource resource, Value item, const QByteArray &raw, Objects &into)
{
    switch (resource) {
    case Resource::Assistants:
        return keep(assistant(item), "assistant_id", withoutSecretsIn(resource, raw), into.assistants);
    case Resource::Threads:
        return keep(thread(item), "thread_id", withoutSecretsIn(resource, withoutMessages(item, raw)), into.threads);
    case Resource::Runs:
        return keep(run(item), "run_id", withoutSecretsIn(resource, raw), into.runs);
    default:
        return fail(Error::Kind::Decode, u"unknown resource"_s);
    }
}

// A map of texts is what is edited; what else is among it, and the rest of the state, is carried as it is.
Result<Belongings> readBelongings(const QByteArray &raw)
{
    Belongings own;
    const Done done = json::withObject(raw, [&](Value item) {
        own.name = json::text(item, "name");
        QJsonObject others;
        if (const auto metadata = json::member(item, "metadata"); metadata && metadata->is_object())
            for (const auto [key, value] : simdjson::dom::object(*metadata)) {
                const QString name = json::toQString(key);
                if (value.is_string())
                    own.metadata.insert(name, json::asText(value));
                else if (value.is_object() || value.is_array() || value.is_number() || value.is_bool()) // null: removed
                    others.insert(name, json::object(*json::member(item, "metadata"))[name]);
            }
        if (!others.isEmpty())
            own.resources.more.insert(u"metadata"_s, others);
        if (const auto values = json::member(item, "values"))
            if (const QJsonObject state = json::object(*values); !state.isEmpty())
                own.resources.more.insert(u"values"_s, state);
        if (const QString key = json::text(item, "messages_key"); !key.isEmpty() && key != "messages"_L1)
            own.resources.more.insert(u"messages_key"_s, key);
    });
    if (!done)
        return fail(done.error());
    return own;
}

Result<ObjectFacts> readFacts(const QByteArray &raw)
{
    ObjectFacts facts;
    const Done done = json::withObject(raw, [&](Value item) {
        facts.description = json::text(item, "description");
        facts.instructions = instructionsSetting(item);
        for (const char *key : {"graph_id", "version", "status", "multitask_strategy"})
            if (const auto value = json::member(item, key))
                facts.settings.emplace_back(QLatin1String(key), valueText(*value));
        if (const auto config = json::member(item, "config")) {
            if (const auto limit = json::member(*config, "recursion_limit"))
                facts.settings.emplace_back(u"recursion_limit"_s, valueText(*limit));
            if (const auto configurable = json::member(*config, "configurable");
                configurable && configurable->is_object())
                for (const auto [key, value] : simdjson::dom::object(*configurable))
                    facts.settings.emplace_back(json::toQString(key), valueText(value));
        }
        if (const auto values = json::member(item, "values"); values && values->is_object())
            for (const auto [key, value] : simdjson::dom::object(*values))
                facts.settings.emplace_back(json::toQString(key), valueText(value));
    });
    if (!done)
        return fail(done.error());
    const Result<Belongings> belongings = readBelongings(raw);
    if (!belongings)
        return fail(belongings.error());
    facts.belongings = *belongings;
    return facts;
}

QByteArray comparableThread(const QByteArray &raw)
{
    QJsonObject thread = QJsonDocument::fromJson(raw).object();
    for (const auto key : {"updated_at"_L1, "state_updated_at"_L1, "status"_L1, "interrupts"_L1, "config"_L1})
        thread.remove(key);
    QJsonObject metadata = thread["metadata"_L1].toObject();
    for (auto it = metadata.begin(); it != metadata.end();)
        it = it.value().isNull() ? metadata.erase(it) : std::next(it); // taken off: it cannot be removed
    thread["metadata"_L1] = metadata;
    return wire::withoutMarks(compactBytes(thread));
}

} // namespace bobbin::langgraph
