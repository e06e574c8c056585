// SPDX-License-Identifier: GPL-3.0-or-later
// The program whose runs the guard watches: it asks the demo server over HTTP, as any SDK does, and plays spirals and
// explosions (see app/demo/runroutes.cpp).
#pragma once

#include "tests/support/workbench.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace bobbin::test {

class LiveRuns {
public:
    // Makes the assistant that it asks.
    explicit LiveRuns(demo::DemoHost &host) : m_host(host)
    {
        m_assistant = post(u"/assistants"_s, {{u"model"_s, u"gpt-4o"_s}})["id"_L1].toString();
        if (m_assistant.isEmpty())
            qFatal("the demo server makes no assistant");
    }
    QJsonObject post(const QString &path, const QJsonObject &body = {})
    {
        QNetworkRequest request(QUrl(m_host.baseUrl() + path));
        request.setRawHeader("authorization", "Bearer any");
        request.setRawHeader("openai-beta", "assistants=v2");
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        std::unique_ptr<QNetworkReply> reply(m_network.post(request, QJsonDocument(body).toJson()));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 20'000))
            qFatal("the demo server does not answer");
        return QJsonDocument::fromJson(reply->readAll()).object();
    }
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
};

} // namespace bobbin::test
