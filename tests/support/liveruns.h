// SPDX-License-Identifier: GPL-3.0-or-later
// The program whose runs are guarded: it asks the demo server over HTTP, as any SDK does, directly or through a
// gateway, and plays spirals and explosions (see app/demo/runroutes.cpp).
#pragma once

#include "tests/support/workbench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace bobbin::test {

inline QJsonArray weatherTool() // a function, whose outputs a run waits for
{
    return {QJsonObject{{u"type"_s, u"function"_s}, {u"function"_s, QJsonObject{{u"name"_s, u"get_weather"_s}}}}};
}

class LiveRuns {
public:
    QString baseUrl; // of whom it asks
    QString key = u"any"_s;
    // Makes the assistant that it asks.
    explicit LiveRuns(demo::DemoHost &host, const QJsonArray &tools = {}) : baseUrl(host.baseUrl()), m_host(host)
    {
        m_assistant = post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}, {u"tools"_s, tools}})["id"_L1].toString();
        if (m_assistant.isEmpty())
            qFatal("the demo server makes no assistant");
    }
    QJsonObject post(const QString &path, const QJsonObject &body = {}) { return send("POST", path, body); }
    QJsonObject get(const QString &path) { return send("GET", path); }
    [[nodiscard]] const QString &assistant() const { return m_assistant; }
    // Of the last answer.
    [[nodiscard]] int status() const { return m_status; }
    [[nodiscard]] QByteArray field(const QByteArray &name) const { return m_fields.value(name); }
    QString makeThread() { return post(u"/threads"_s)["id"_L1].toString(); }
    // Says something, unless it is to be the same turn again, and begins a run.
    QString ask(const QString &thread, const QJsonObject &orders = {}, const QString &text = u"How is it?"_s)
    {
        if (!text.isEmpty())
            post(u"/threads/%1/messages"_s.arg(thread), {{u"role"_s, u"user"_s}, {u"content"_s, text}});
        return post(u"/threads/%1/runs"_s.arg(thread),
                    {{u"assistant_id"_s, m_assistant}, {u"metadata"_s, orders}})["id"_L1]
            .toString();
    }
    QString explode(const QString &thread, int rounds = 40)
    {
        return ask(thread, {{u"demo_rounds"_s, QString::number(rounds)}});
    }
    // Of a function, once the run waits for them; answers what the server says.
    QJsonObject answerTools(const QString &thread, const QString &id)
    {
        if (!QTest::qWaitFor([&] { return run(thread, id).status == "requires_action"; }, 20'000))
            qFatal("the run does not wait for outputs");
        const QString place = u"/threads/%1/runs/%2"_s.arg(thread, id);
        QJsonArray outputs;
        for (const QJsonValue call :
             get(place)["required_action"_L1]["submit_tool_outputs"_L1]["tool_calls"_L1].toArray())
            outputs << QJsonObject{{u"tool_call_id"_s, call["id"_L1]}, {u"output"_s, u"9 degrees"_s}};
        return post(place + u"/submit_tool_outputs"_s, {{u"tool_outputs"_s, outputs}});
    }
    [[nodiscard]] demo::DemoRun run(const QString &thread, const QString &run) const // as the server has it
    {
        demo::DemoRun found;
        m_host.with([&](demo::DemoServer &server) {
            if (demo::DemoThread *t = server.state().threadById.value(thread.toLatin1()))
                if (demo::DemoRun *r = t->run(run.toLatin1()))
                    found = *r;
        });
        return found;
    }
    [[nodiscard]] QByteArray ends(const QString &thread, const QString &id) const // how
    {
        std::ignore = QTest::qWaitFor([&] { return !run(thread, id).active(); }, 60'000);
        return run(thread, id).status;
    }

private:
    demo::DemoHost &m_host;
    QNetworkAccessManager m_network;
    QString m_assistant;
    int m_status = 0;
    QHash<QByteArray, QByteArray> m_fields;

    QJsonObject send(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        QNetworkRequest request(QUrl(baseUrl + path));
        request.setRawHeader("authorization", "Bearer " + key.toLatin1());
        request.setRawHeader("openai-beta", "assistants=v2");
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(
            request, method, method == "GET" ? QByteArray() : QJsonDocument(body).toJson()));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 20'000))
            qFatal("the server does not answer");
        m_status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        m_fields.clear();
        for (const auto &[name, value] : reply->rawHeaderPairs())
            m_fields.insert(name.toLower(), value);
        return QJsonDocument::fromJson(reply->readAll()).object();
    }
};

} // namespace bobbin::test
