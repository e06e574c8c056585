// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the demo workspaces: assistants, files, stores, and threads with plausible messages, runs and steps.
#pragma once

#include "app/demo/state.h"

#include <QJsonDocument>
#include <algorithm>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

constexpr qint64 minute = 60;
constexpr qint64 hour = 60 * minute;
constexpr qint64 day = 24 * hour;
constexpr qint64 runLife = 600; // a run expires ten minutes after it was made

inline QJsonObject functionTool(const QString &name, const QString &description, const QString &parameter)
{
    const QJsonObject properties{{parameter, QJsonObject{{u"type"_s, u"string"_s}}}};
    return {{u"type"_s, u"function"_s},
            {u"function"_s,
             QJsonObject{{u"name"_s, name},
                         {u"description"_s, description},
                         {u"parameters"_s,
                          QJsonObject{{u"type"_s, u"object"_s},
                                      {u"properties"_s, properties},
                                      {u"required"_s, QJsonArray{parameter}}}},
                         {u"strict"_s, false}}}};
}

inline QJsonObject tool(const QString &type)
{
    return {{u"type"_s, type}};
}

// One assistant with what its runs repeat.
struct Role {
    QByteArray id, model, instructions, tools;
    QString functionName;
};

struct Author {
    DemoState &state;
    qint64 now;
    std::vector<Role> roles;
    QStringList storeIds;
    QStringList fileIds;

    int pick(int below) { return int(state.random.bounded(below)); }
    template <class T> const T &oneOf(const std::vector<T> &list) { return list[std::size_t(pick(int(list.size())))]; }

    void assistant(const QString &name, const QString &model, const QString &instructions, const QJsonArray &tools,
                   const QJsonObject &resources, qint64 created)
    {
        Role role;
        role.id = state.newId("asst_");
        role.model = model.toUtf8();
        role.instructions = jsonString(instructions.toUtf8());
        role.tools = compact(tools);
        for (const QJsonValue t : tools)
            if (role.functionName.isEmpty())
                role.functionName = t["function"_L1]["name"_L1].toString();
        state.assistants.add({{u"id"_s, QString::fromLatin1(role.id)},
                              {u"object"_s, u"assistant"_s},
                              {u"created_at"_s, created},
                              {u"name"_s, name},
                              {u"description"_s, QJsonValue()},
                              {u"model"_s, model},
                              {u"instructions"_s, instructions},
                              {u"tools"_s, tools},
                              {u"tool_resources"_s, resources},
                              {u"metadata"_s, QJsonObject()},
                              {u"temperature"_s, 1.0},
                              {u"top_p"_s, 1.0},
                              {u"response_format"_s, u"auto"_s}});
        roles.push_back(role);
    }

    QString file(const QString &name, qint64 bytes, qint64 created, const QString &purpose = u"assistants"_s,
                 const QByteArray &content = {})
    {
        const QString id = QString::fromLatin1(state.newId("file-"));
        state.files.add({{u"id"_s, id},
                         {u"object"_s, u"file"_s},
                         {u"bytes"_s, bytes},
                         {u"created_at"_s, created},
                         {u"filename"_s, name},
                         {u"purpose"_s, purpose},
                         {u"status"_s, u"processed"_s}});
        state.fileContent[id] = content.isEmpty() ? "Contents of " + name.toUtf8() + "\n" : content;
        fileIds << id;
        return id;
    }

    QString store(const QString &name, const QStringList &files, qint64 created, qint64 lastActive, int expiryDays = 0,
                  const QString &failedFile = {})
    {
        const QString id = QString::fromLatin1(state.newHexId("vs_"));
        const bool expired = expiryDays > 0 && lastActive + expiryDays * day < now;
        QJsonObject object{{u"id"_s, id},
                           {u"object"_s, u"vector_store"_s},
                           {u"created_at"_s, created},
                           {u"name"_s, name},
                           {u"usage_bytes"_s, 0},
                           {u"file_counts"_s, QJsonObject()},
                           {u"status"_s, expired ? u"expired"_s : u"completed"_s},
                           {u"last_active_at"_s, lastActive},
                           {u"metadata"_s, QJsonObject()}};
        if (expiryDays > 0) {
            object[u"expires_after"_s] = QJsonObject{{u"anchor"_s, u"last_active_at"_s}, {u"days"_s, expiryDays}};
            object[u"expires_at"_s] = lastActive + expiryDays * day;
        }
        state.stores.add(object);
        for (const QString &fileId : files) {
            const bool failed = fileId == failedFile;
            const qint64 bytes = (*state.files.find(fileId))["bytes"_L1].toInteger();
            QJsonObject entry{
                {u"id"_s, fileId},
                {u"object"_s, u"vector_store.file"_s},
                {u"usage_bytes"_s, failed ? 0 : bytes * 5 / 2},
                {u"created_at"_s, created},
                {u"vector_store_id"_s, id},
                {u"status"_s, failed ? u"failed"_s : u"completed"_s},
                {u"last_error"_s,
                 failed ? QJsonValue(QJsonObject{{u"code"_s, u"unsupported_file"_s},
                                                 {u"message"_s, u"The file type is not supported."_s}})
                        : QJsonValue()},
                {u"chunking_strategy"_s,
                 QJsonObject{
                     {u"type"_s, u"static"_s},
                     {u"static"_s, QJsonObject{{u"max_chunk_size_tokens"_s, 800}, {u"chunk_overlap_tokens"_s, 400}}}}},
                {u"attributes"_s, QJsonObject()}};
            state.storeFiles[id].add(entry);
        }
        state.refreshStore(id);
        storeIds << id;
        return id;
    }

    std::unique_ptr<DemoThread> thread(const QString &title, qint64 created)
    {
        auto made = std::make_unique<DemoThread>();
        made->id = state.newId("thread_");
        made->created = created;
        if (!title.isEmpty())
            made->metadata[u"title"_s] = title;
        return made;
    }

    DemoMessage &ask(DemoThread &t, qint64 when, const QByteArray &text)
    {
        DemoMessage m;
        m.id = state.newId("msg_");
        m.created = when;
        m.content = textContent(text);
        t.messages.push_back(m);
        return t.messages.back();
    }

    DemoRun &run(DemoThread &t, const Role &role, qint64 when, qint64 prompt, qint64 completion, qint64 cached)
    {
        DemoRun r;
        r.id = state.newId("run_");
        r.created = when;
        r.started = when + 1;
        r.completed = when + 4 + pick(12);
        r.expires = when + runLife;
        r.assistantId = role.id;
        r.model = role.model;
        r.instructions = role.instructions;
        r.tools = role.tools;
        r.tokens = {prompt, completion, cached};
        t.runs.push_back(std::move(r));
        return t.runs.back();
    }

    QByteArray callJson(const Role &role, const QByteArray &arguments, const QByteArray &output)
    {
        return "{\"id\":" + jsonString(state.newId("call_")) +
            ",\"type\":\"function\",\"function\":{\"name\":" + jsonString(role.functionName.toUtf8()) +
            ",\"arguments\":" + jsonString(arguments) +
            ",\"output\":" + (output.isNull() ? QByteArray("null") : jsonString(output)) + "}}";
    }

    // What the next model call of the run reads: what the one before it did, its tool's output and what it said.
    static qint64 nextRead(const DemoRun &r, qint64 grows = 180)
    {
        return r.steps.empty() ? r.tokens.prompt : r.steps.back().tokens.prompt + grows;
    }

    void toolStep(DemoRun &r, const Role &role, const QByteArray &arguments, const QByteArray &output,
                  qint64 grows = 180)
    {
        DemoStep s;
        s.id = state.newId("step_");
        s.created = r.created + 1 + qint64(r.steps.size());
        s.ended = s.created + 1;
        s.calls = "[" + callJson(role, arguments, output) + "]";
        s.tokens = {nextRead(r, grows), 60, -1};
        r.steps.push_back(std::move(s));
    }

    void searchStep(DemoRun &r, const QString &fileId, const QByteArray &name, qint64 grows = 180)
    {
        DemoStep s;
        s.id = state.newId("step_");
        s.created = r.created + 1 + qint64(r.steps.size());
        s.ended = s.created + 1;
        s.calls = "[{\"id\":" + jsonString(state.newId("call_")) +
            ",\"type\":\"file_search\",\"file_search\":{\"ranking_options\":{\"ranker\":\"default_2024_08_21\","
            "\"score_threshold\":0.0},\"results\":[{\"file_id\":" +
            jsonString(fileId.toUtf8()) + ",\"file_name\":" + jsonString(name) +
            ",\"score\":0.81,\"content\":[{\"type\":\"text\",\"text\":\"The relevant passage of the document.\"}]}]}}]";
        s.tokens = {nextRead(r, grows), 40, -1};
        r.steps.push_back(std::move(s));
    }

    void codeStep(DemoRun &r)
    {
        DemoStep s;
        s.id = state.newId("step_");
        s.created = r.created + 1 + qint64(r.steps.size());
        s.ended = s.created + 2;
        s.calls = "[{\"id\":" + jsonString(state.newId("call_")) +
            ",\"type\":\"code_interpreter\",\"code_interpreter\":{\"input\":\"import pandas as pd\\nframe = "
            "pd.read_csv('ledger.csv')\\nprint(frame.groupby('month').amount.sum())\",\"outputs\":[{\"type\":\"logs\","
            "\"logs\":\"month\\n2026-09  18211.40\\n2026-10  20977.15\\n\"}]}}]";
        s.tokens = {nextRead(r), 90, -1};
        r.steps.push_back(std::move(s));
    }

    void reply(DemoThread &t, DemoRun &r, const QByteArray &content, qint64 grows = 180)
    {
        DemoMessage m;
        m.id = state.newId("msg_");
        m.created = r.completed;
        m.user = false;
        m.content = content;
        m.runId = r.id;
        m.assistantId = r.assistantId;
        DemoStep s;
        s.id = state.newId("step_");
        s.created = r.completed - 1;
        s.ended = r.completed;
        s.messageId = m.id;
        s.tokens = {nextRead(r, grows), r.tokens.completion, -1};
        r.steps.push_back(std::move(s));
        t.messages.push_back(std::move(m));
    }

    // A run's usage is the sum over its model calls, a step each; its completion is divided among them.
    static void settleUsage(DemoRun &r)
    {
        if (r.steps.empty() || !r.usage || r.active())
            return;
        const qint64 most = r.tokens.completion / qint64(r.steps.size());
        qint64 left = r.tokens.completion;
        r.tokens.prompt = 0;
        for (DemoStep &s : r.steps) {
            s.tokens.completion = &s == &r.steps.back() ? left : std::min(s.tokens.completion, most);
            left -= s.tokens.completion;
            r.tokens.prompt += s.tokens.prompt;
        }
    }

    static void failRun(DemoRun &r, const char *code, const char *message)
    {
        r.status = "failed";
        r.failed = std::exchange(r.completed, 0);
        r.errorCode = code;
        r.errorMessage = message;
    }
};

} // namespace bobbin::demo
