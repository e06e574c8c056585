// SPDX-License-Identifier: GPL-3.0-or-later
// The demo state as one JSON document, for --state.
#include "app/demo/state.h"

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

QString text(const QByteArray &bytes)
{
    return QString::fromUtf8(bytes);
}

// Each struct says its fields once; the two visitors write and read them.
struct Writing {
    QJsonObject &o;
    void operator()(const char *name, QByteArray &v) { o[QLatin1String(name)] = text(v); }
    void operator()(const char *name, qint64 &v) { o[QLatin1String(name)] = v; }
    void operator()(const char *name, bool &v) { o[QLatin1String(name)] = v; }
};
struct Reading {
    const QJsonObject &o;
    void operator()(const char *name, QByteArray &v) { v = o[QLatin1String(name)].toString().toUtf8(); }
    void operator()(const char *name, qint64 &v) { v = o[QLatin1String(name)].toInteger(); }
    void operator()(const char *name, bool &v) { v = o[QLatin1String(name)].toBool(); }
};

template <class V> void visit(V &v, DemoUsage &u)
{
    v("prompt", u.prompt);
    v("completion", u.completion);
    v("cached", u.cached);
}
template <class V> void visit(V &v, DemoMessage &m)
{
    v("id", m.id);
    v("created", m.created);
    v("user", m.user);
    v("content", m.content);
    v("run_id", m.runId);
    v("assistant_id", m.assistantId);
    v("attachments", m.attachments);
    v("metadata", m.metadata);
    v("incomplete", m.incomplete);
}
template <class V> void visit(V &v, DemoStep &s)
{
    v("id", s.id);
    v("created", s.created);
    v("ended", s.ended);
    v("status", s.status);
    v("message_id", s.messageId);
    v("calls", s.calls);
    v("error_code", s.errorCode);
    v("usage", s.usage);
    visit(v, s.tokens);
}
template <class V> void visit(V &v, DemoRun &r)
{
    v("id", r.id);
    v("created", r.created);
    v("started", r.started);
    v("completed", r.completed);
    v("failed", r.failed);
    v("cancelled", r.cancelled);
    v("expires", r.expires);
    v("status", r.status);
    v("assistant_id", r.assistantId);
    v("model", r.model);
    v("instructions", r.instructions);
    v("max_prompt", r.maxPrompt);
    v("last_messages", r.lastMessages);
    v("tools", r.tools);
    v("metadata", r.metadata);
    v("error_code", r.errorCode);
    v("error_message", r.errorMessage);
    v("incomplete", r.incomplete);
    v("pending_calls", r.pendingCalls);
    v("usage", r.usage);
    v("next_ms", r.nextMs);
    v("tools_answered", r.toolsAnswered);
    visit(v, r.tokens);
}

template <class T> QJsonObject written(T &value)
{
    QJsonObject o;
    Writing v{o};
    visit(v, value);
    return o;
}
template <class T> T readFrom(const QJsonObject &o)
{
    T value;
    Reading v{o};
    visit(v, value);
    return value;
}

QJsonArray rows(const DemoTable &table)
{
    QJsonArray all;
    for (const QJsonObject &row : table.all())
        all << row;
    return all;
}
void readRows(DemoTable &table, const QJsonValue &value)
{
    table.clear();
    for (const QJsonValue row : value.toArray())
        table.add(row.toObject());
}

} // namespace

namespace {

using Threads = std::vector<std::unique_ptr<DemoThread>>;

QJsonArray threadRows(const Threads &threads)
{
    QJsonArray all;
    for (const auto &thread : threads) {
        thread->load();
        QJsonArray messages, runs;
        for (DemoMessage &m : thread->messages)
            messages << written(m);
        for (DemoRun &r : thread->runs) {
            QJsonObject run = written(r);
            QJsonArray steps;
            for (DemoStep &s : r.steps)
                steps << written(s);
            run[u"steps"_s] = steps;
            runs << run;
        }
        all << QJsonObject{{u"id"_s, text(thread->id)},       {u"created"_s, thread->created},
                           {u"metadata"_s, thread->metadata}, {u"tool_resources"_s, thread->toolResources},
                           {u"messages"_s, messages},         {u"runs"_s, runs}};
    }
    return all;
}

std::unique_ptr<DemoThread> threadFrom(const QJsonValue &value)
{
    auto thread = std::make_unique<DemoThread>();
    thread->id = value["id"_L1].toString().toUtf8();
    thread->created = value["created"_L1].toInteger();
    thread->metadata = value["metadata"_L1].toObject();
    thread->toolResources = value["tool_resources"_L1].toObject();
    for (const QJsonValue m : value["messages"_L1].toArray())
        thread->messages.push_back(readFrom<DemoMessage>(m.toObject()));
    for (const QJsonValue r : value["runs"_L1].toArray()) {
        thread->runs.push_back(readFrom<DemoRun>(r.toObject()));
        for (const QJsonValue s : r["steps"_L1].toArray())
            thread->runs.back().steps.push_back(readFrom<DemoStep>(s.toObject()));
    }
    return thread;
}

} // namespace

QJsonObject DemoState::toJson()
{
    QJsonObject perStore, perBatch, contents;
    for (auto it = storeFiles.cbegin(); it != storeFiles.cend(); ++it)
        perStore[it.key()] = rows(*it);
    for (auto it = batches.cbegin(); it != batches.cend(); ++it)
        perBatch[it.key()] = rows(*it);
    for (auto it = fileContent.cbegin(); it != fileContent.cend(); ++it)
        contents[it.key()] = QString::fromLatin1(it->toBase64());
    return {{u"bobbin_demo_state"_s, 1},
            {u"assistants"_s, rows(assistants)},
            {u"files"_s, rows(files)},
            {u"stores"_s, rows(stores)},
            {u"store_files"_s, perStore},
            {u"batches"_s, perBatch},
            {u"file_content"_s, contents},
            {u"threads"_s, threadRows(threads)},
            {u"removed_threads"_s, threadRows(removed)}};
}

bool DemoState::fromJson(const QJsonObject &json, QString *problem)
{
    if (json["bobbin_demo_state"_L1].toInt() != 1) {
        *problem = u"this is not a state file of the demo server"_s;
        return false;
    }
    for (DemoTable *table : {&assistants, &files, &stores})
        table->clear();
    storeFiles.clear();
    batches.clear();
    fileContent.clear();
    threads.clear();
    removed.clear();
    threadById.clear();
    readRows(assistants, json["assistants"_L1]);
    readRows(files, json["files"_L1]);
    readRows(stores, json["stores"_L1]);
    const QJsonObject perStore = json["store_files"_L1].toObject();
    for (auto it = perStore.begin(); it != perStore.end(); ++it)
        readRows(storeFiles[it.key()], it.value());
    const QJsonObject perBatch = json["batches"_L1].toObject();
    for (auto it = perBatch.begin(); it != perBatch.end(); ++it)
        readRows(batches[it.key()], it.value());
    const QJsonObject contents = json["file_content"_L1].toObject();
    for (auto it = contents.begin(); it != contents.end(); ++it)
        fileContent[it.key()] = QByteArray::fromBase64(it.value().toString().toLatin1());
    for (const QJsonValue value : json["threads"_L1].toArray())
        addThread(threadFrom(value));
    for (const QJsonValue value : json["removed_threads"_L1].toArray())
        removed.push_back(threadFrom(value));
    return true;
}

} // namespace bobbin::demo
