// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providers/langgraph/history.h"

#include "models/core/jsontext.h"
#include "models/providers/langgraph/messages.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

namespace bobbin::langgraph {

using namespace Qt::Literals::StringLiterals;
using json::Value;

namespace {

constexpr int usualLimit = 24; // checkpoints; each repeats all messages
constexpr int glanceLimit = 8; // where most of it is known
constexpr int mostLimit = 1'000; // a server takes no more

struct Task {
    QString id, node, error;
    QJsonArray interrupts;
    bool ended = false;
    QSet<QString> wrote; // ids of messages, and of the calls that they answer
};

struct Checkpoint {
    QString id, parent, run, source, createdAt;
    qint64 step = 0;
    bool final = false; // nothing is left to be done
    std::vector<Task> tasks;
    StateMessages messages;
};

QString errorText(const QString &text)
{
    const QJsonObject error = QJsonDocument::fromJson(text.toUtf8()).object(); // how JavaScript servers tell it
    const QString message = error["message"_L1].toString();
    const QString name = error["name"_L1].toString();
    if (message.isEmpty())
        return text;
    return name.isEmpty() || name == "Error"_L1 ? message : name + u": "_s + message;
}

Task readTask(Value value)
{
    Task task;
    task.id = json::text(value, "id");
    task.node = json::text(value, "name");
    task.error = errorText(json::text(value, "error"));
    for (const Value one : json::array(value, "interrupts"))
        task.interrupts << json::object(one);
    const auto result = json::member(value, "result");
    task.ended = result.has_value();
    if (result)
        for (const StateMessage &message : messagesOf(*result).all) {
            task.wrote << message.id;
            if (const QString call = json::text(message.fields, "tool_call_id"); !call.isEmpty())
                task.wrote << call;
        }
    return task;
}

Result<Checkpoint> readCheckpoint(Value row)
{
    Checkpoint read;
    if (const auto own = json::member(row, "checkpoint"))
        read.id = json::text(*own, "checkpoint_id");
    if (read.id.isEmpty())
        return fail(Error::Kind::Decode, u"missing"_s, u"checkpoint.checkpoint_id"_s);
    if (const auto parent = json::member(row, "parent_checkpoint"))
        read.parent = json::text(*parent, "checkpoint_id");
    if (const auto metadata = json::member(row, "metadata")) {
        read.run = json::text(*metadata, "run_id");
        read.source = json::text(*metadata, "source");
        read.step = json::integer(*metadata, "step").value_or(0);
    }
    read.createdAt = json::text(row, "created_at");
    for (const Value task : json::array(row, "tasks"))
        if (task.is_object())
            read.tasks.push_back(readTask(task));
    read.final = read.tasks.empty() && json::array(row, "next").empty();
    if (const auto values = json::member(row, "values"))
        read.messages = messagesOf(*values);
    return read;
}

QJsonObject above(const Checkpoint &one)
{
    return {{u"parent"_s, one.parent}, {u"run"_s, one.run}, {u"source"_s, one.source}, {u"at"_s, one.createdAt}};
}

// One page, from its newest checkpoint to its oldest.
class PageReader {
public:
    PageReader(QString thread, const HistoryPlace &place) : m_thread(std::move(thread)), m_place(place) { }
    void read(const Checkpoint &one, const Checkpoint *older);
    [[nodiscard]] const QJsonObject &fate() const { return m_place.fate; }
    Objects take();

private:
    QString m_thread;
    HistoryPlace m_place;
    std::vector<Message> m_messages; // newest first
    std::vector<RunStep> m_steps;

    std::vector<const StateMessage *> readMessages(const Checkpoint &one, const Checkpoint *older);
    void readTasks(const Checkpoint &before, const Checkpoint &after, const std::vector<const StateMessage *> &fresh);
    void readOpenTasks(const Checkpoint &one);
    void addStep(const Checkpoint &of, const Task &task, const QString &run, const QString &endedAt,
                 const QString &status, const std::vector<const StateMessage *> &wrote);
};

std::vector<const StateMessage *> PageReader::readMessages(const Checkpoint &one, const Checkpoint *older)
{
    QHash<QString, const StateMessage *> before;
    if (older)
        for (const StateMessage &message : older->messages.all)
            before.insert(message.id, &message);
    std::vector<const StateMessage *> fresh;
    for (const StateMessage &message : one.messages.all) {
        const StateMessage *was = before.take(message.id);
        if (!was)
            fresh.push_back(&message);
        else if (was->bytes != message.bytes && !m_place.fate.contains(message.id)) // edited: this is its last form
            m_place.fate.insert(message.id, QJsonDocument::fromJson(message.bytes).object());
    }
    for (auto gone = before.cbegin(); gone != before.cend(); ++gone)
        if (!m_place.fate.contains(gone.key()))
            m_place.fate.insert(gone.key(), QJsonObject{{u"removed"_s, true}});
    for (auto it = fresh.rbegin(); it != fresh.rend(); ++it) {
        const QJsonObject fate = m_place.fate.take((*it)->id).toObject();
        const bool removed = fate["removed"_L1].toBool();
        const Written written{m_thread, one.run, one.createdAt, one.messages.key,
                              removed ? u"removed"_s : u"completed"_s};
        if (fate.isEmpty() || removed) {
            m_messages.push_back(messageFrom(**it, written));
            continue;
        }
        std::ignore = json::withObject(compactBytes(fate), [&](Value last) {
            StateMessage edited = **it;
            edited.bytes = compactBytes(fate);
            const auto inner = json::member(last, "kwargs");
            edited.fields = inner && json::member(last, "lc") ? *inner : last;
            m_messages.push_back(messageFrom(edited, written));
        });
    }
    return fresh;
}

void PageReader::addStep(const Checkpoint &of, const Task &task, const QString &run, const QString &endedAt,
                         const QString &status, const std::vector<const StateMessage *> &wrote)
{
    if (task.node == "__start__"_L1 || run.isEmpty())
        return; // the user's input; or somebody edited the state
    QJsonArray messages;
    QJsonArray calls;
    for (const StateMessage *message : wrote) {
        messages << QJsonDocument::fromJson(message->bytes).object();
        const QString answered = json::text(message->fields, "tool_call_id");
        if (answered.isEmpty())
            continue;
        QJsonObject call{{u"id"_s, answered},
                         {u"name"_s, json::text(message->fields, "name")},
                         {u"output"_s,
                          json::member(message->fields, "content")
                              ? json::asText(*json::member(message->fields, "content"))
                              : QString()}};
        for (const StateMessage &asking : of.messages.all)
            for (const Value asked : json::array(asking.fields, "tool_calls"))
                if (json::text(asked, "id") == answered) {
                    call.insert(u"name"_s, json::text(asked, "name"));
                    if (const auto args = json::member(asked, "args"))
                        call.insert(u"args"_s, json::object(*args));
                }
        calls << call;
    }
    QJsonObject step{{u"id"_s, task.id},    {u"node"_s, task.node},     {u"step"_s, of.step},
                     {u"run_id"_s, run},    {u"thread_id"_s, m_thread}, {u"created_at"_s, of.createdAt},
                     {u"status"_s, status}, {u"messages"_s, messages},  {u"calls"_s, calls}};
    if (!endedAt.isEmpty())
        step.insert(u"ended_at"_s, endedAt);
    if (!task.error.isEmpty())
        step.insert(u"error"_s, task.error);
    if (!task.interrupts.isEmpty())
        step.insert(u"interrupts"_s, task.interrupts);
    if (auto read = readStepEnvelope(compactBytes(step)))
        m_steps.push_back(*std::move(read));
}

// What stood between two checkpoints. Which of several tasks wrote a message, their results tell; else the first.
void PageReader::readTasks(const Checkpoint &before, const Checkpoint &after,
                           const std::vector<const StateMessage *> &fresh)
{
    std::vector<std::vector<const StateMessage *>> wrote(before.tasks.size());
    for (const StateMessage *message : fresh) {
        const QString call = json::text(message->fields, "tool_call_id");
        const auto by = std::ranges::find_if(before.tasks, [&](const Task &task) {
            return task.wrote.contains(message->id) || (!call.isEmpty() && task.wrote.contains(call));
        });
        if (!before.tasks.empty())
            wrote[by == before.tasks.end() ? 0 : std::size_t(by - before.tasks.begin())].push_back(message);
    }
    for (std::size_t i = before.tasks.size(); i-- > 0;) {
        Task task = before.tasks[i];
        if (before.run != after.run) { // carried out anew: what went wrong was the other's
            task.error.clear();
            task.interrupts = {};
        }
        addStep(before, task, after.run, after.createdAt, task.error.isEmpty() ? u"completed"_s : u"failed"_s,
                wrote[i]);
    }
}

// Of a checkpoint behind which its run did not go on: an error, a question to a person, or it is being worked on.
void PageReader::readOpenTasks(const Checkpoint &one)
{
    const bool wentOn = m_place.later["source"_L1].toString() == "loop"_L1 && m_place.later["parent"_L1] == one.id;
    for (const Task &task : one.tasks) {
        if (wentOn && (m_place.later["run"_L1] == one.run || (task.error.isEmpty() && task.interrupts.isEmpty())))
            continue; // see readTasks(); one that failed or asked is told here, and again when another run went on
        const QString status = !task.error.isEmpty() ? u"failed"_s
            : !task.interrupts.isEmpty()             ? u"interrupted"_s
            : task.ended                             ? u"completed"_s
            : m_place.later.isEmpty()                ? u"unfinished"_s
                                                     : u"cancelled"_s;
        addStep(one, task, one.run, {}, status, {});
    }
}

void PageReader::read(const Checkpoint &one, const Checkpoint *older)
{
    readOpenTasks(one);
    const std::vector<const StateMessage *> fresh = readMessages(one, older);
    if (older && one.source == "loop"_L1 && one.parent == older->id && !older->tasks.empty()) {
        readTasks(*older, one, fresh);
    } else if (one.source == "loop"_L1) { // the one before is not kept: what came of it is
        std::vector<const StateMessage *> wrote;
        std::ranges::copy_if(fresh, std::back_inserter(wrote),
                             [](const StateMessage *message) { return message->type != "human"_L1; });
        const Task unknown{one.id, u"state"_s, {}, {}, true, {}};
        if (!wrote.empty())
            addStep(one, unknown, one.run, one.createdAt, u"completed"_s, wrote);
    }
    m_place.later = above(one);
}

Objects PageReader::take()
{
    Objects objects;
    std::ranges::reverse(m_messages);
    std::ranges::reverse(m_steps);
    objects.messages = std::move(m_messages);
    objects.steps = std::move(m_steps);
    return objects;
}

Result<std::vector<Checkpoint>> checkpointsIn(simdjson::dom::parser &parser, const QByteArray &text, Page &page)
{
    Value top;
    const auto error = parser.parse(text.constData(), std::size_t(text.size())).get(top);
    if (error)
        return fail(Error::Kind::Decode, json::words(error));
    if (!top.is_array())
        return fail(Error::Kind::NotThisProtocol, u"the answer is no list of checkpoints"_s);
    std::vector<Checkpoint> all;
    for (const Value row : simdjson::dom::array(top)) {
        auto read = row.is_object() ? readCheckpoint(row) : fail(Error::Kind::Decode, u"a checkpoint is no object"_s);
        if (read)
            all.push_back(*std::move(read));
        else
            page.problems.push_back(read.error());
    }
    return all;
}

// Where a later sync may end: behind a checkpoint that nothing can be added to.
QString lastSettled(const std::vector<Checkpoint> &all)
{
    if (all.empty())
        return {};
    if (all.front().final)
        return all.front().id;
    for (const Checkpoint &one : all)
        if (one.run != all.front().run)
            return one.id;
    return {};
}

} // namespace

HistoryPlace HistoryPlace::from(const ListToken &token)
{
    const QJsonObject json = QJsonDocument::fromJson(token).object();
    HistoryPlace place;
    place.until = json["until"_L1].toString();
    place.before = json["before"_L1].toString();
    place.newest = json["newest"_L1].toString();
    place.limit = json["limit"_L1].toInt(place.until.isEmpty() ? usualLimit : glanceLimit);
    place.later = json["later"_L1].toObject();
    place.fate = json["fate"_L1].toObject();
    return place;
}

ListToken HistoryPlace::token() const
{
    return compactBytes(QJsonObject{{u"until"_s, until},
                                    {u"before"_s, before},
                                    {u"newest"_s, newest},
                                    {u"limit"_s, limit},
                                    {u"later"_s, later},
                                    {u"fate"_s, fate}});
}

Result<Page> readHistory(const QString &thread, const ListToken &from, const QByteArray &bytes)
{
    HistoryPlace place = HistoryPlace::from(from);
    Page page;
    simdjson::dom::parser parser;
    const QByteArray text = json::parseable(bytes);
    const auto rows = checkpointsIn(parser, text, page);
    if (!rows)
        return fail(rows.error());
    const std::vector<Checkpoint> &all = *rows;
    const std::size_t told = all.size() + page.problems.size();
    if (place.before.isEmpty())
        place.newest = lastSettled(all);

    const auto known = std::ranges::find(all, place.until, &Checkpoint::id);
    const bool ended = known != all.end() || told < std::size_t(place.limit);
    std::size_t end = std::size_t(known - all.begin()); // this one is not read, but compared with
    if (!ended) {
        // Up to where another run begins; the checkpoint below it is where the next page begins.
        end = all.empty() ? 0 : all.size() - 1;
        while (end > 0 && all[end].run == all[end - 1].run)
            --end;
        if (end == 0 && place.limit < mostLimit) {
            place.limit = std::min(2 * place.limit, mostLimit);
            page.next = place.token();
            page.more = true;
            return page;
        }
        if (end == 0) { // a run without an end: only part of its steps is kept, and the thread says so
            end = std::max<std::size_t>(1, all.size()) - 1;
            page.problems.push_back(
                fail(Error::Kind::Decode, u"a run has more than %1 checkpoints"_s.arg(mostLimit), u"history"_s)
                    .value());
        }
        if (end == 0)
            return page;
    }
    PageReader reader(thread, place);
    for (std::size_t i = 0; i < end; ++i)
        reader.read(all[i], i + 1 < all.size() ? &all[i + 1] : nullptr);
    page.objects = reader.take();
    if (ended) {
        // A message that was stored before was edited or taken out since: everything is read anew.
        if (!place.until.isEmpty() && !reader.fate().isEmpty())
            return fail(Error::Kind::Rejected, u"a message was edited"_s);
        if (!place.newest.isEmpty())
            page.resume = HistoryPlace{
                .until = place.newest,
                .before = {},
                .newest = {},
                .limit = glanceLimit,
                .later = {},
                .fate = {}}.token();
        return page;
    }
    place.later = above(all[end - 1]);
    place.before = all[end - 1].id;
    place.fate = reader.fate();
    place.limit = std::max(place.limit, usualLimit);
    page.next = place.token();
    page.more = true;
    return page;
}

Result<RunStep> readStepEnvelope(const QByteArray &raw)
{
    RunStep step;
    const Done done = json::withObject(raw, [&](Value item) {
        step.id = json::text(item, "id");
        step.runId = json::text(item, "run_id");
        step.threadId = json::text(item, "thread_id");
        step.createdAt = json::time(item, "created_at");
        step.endedAt = json::time(item, "ended_at");
        step.status = json::text(item, "status");
        step.errorCode = json::text(item, "error");
        for (const Value call : json::array(item, "calls")) {
            const auto args = json::member(call, "args");
            step.add({json::text(call, "id"),
                      {},
                      json::text(call, "name"),
                      args ? QString::fromStdString(simdjson::minify(*args)) : QString(),
                      json::text(call, "output"),
                      true});
        }
        step.type = step.toolCalls > 0 ? u"tool_calls"_s : json::text(item, "node");
        for (const Value message : json::array(item, "messages")) {
            const auto inner = json::member(message, "lc") ? json::member(message, "kwargs") : std::nullopt;
            const Value fields = inner.value_or(message);
            if (step.type != "tool_calls"_L1)
                step.type = u"message_creation"_s;
            if (const QString model = modelOf(fields); !model.isEmpty())
                step.model = model;
            const auto usage = usageOf(fields);
            if (usage)
                step.usage = step.usage.value_or(Usage()) += *usage;
        }
    });
    if (!done)
        return fail(done.error());
    if (step.id.isEmpty() || step.runId.isEmpty())
        return fail(Error::Kind::Decode, u"missing"_s, u"id"_s);
    step.raw = raw;
    return step;
}

} // namespace bobbin::langgraph
