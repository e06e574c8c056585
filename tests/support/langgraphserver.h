// SPDX-License-Identifier: GPL-3.0-or-later
// LangGraph's own development server, as npm has it, and what an app would do there: make threads, run graphs.
#pragma once

#include "tests/support/testsupport.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QProcess>
#include <QRegularExpression>

namespace bobbin::test {

using namespace Qt::Literals::StringLiterals;

class LangGraphServer {
public:
    // Empty where it runs; else why it does not, for QSKIP or QFAIL.
    QString start()
    {
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        m_process.start(QStringLiteral(BOBBIN_LANGGRAPH "/server.sh"), {QStringLiteral(BOBBIN_LANGGRAPH_WORK)});
        static const QRegularExpression place(u"\nat (http://\\S+)\n"_s);
        QString said;
        for (int i = 0; i < 600 && m_url.isEmpty(); ++i) { // npm may take a while, once
            m_process.waitForReadyRead(500);
            said += QString::fromUtf8(m_process.readAllStandardOutput());
            m_url = place.match(said).captured(1);
            if (m_process.state() == QProcess::NotRunning)
                break;
        }
        m_skipped = m_process.state() == QProcess::NotRunning && m_process.exitCode() == 77;
        return m_url.isEmpty() ? QString::fromUtf8(m_process.readAllStandardError()).trimmed() + said.right(2'000)
                               : QString();
    }
    ~LangGraphServer()
    {
        m_process.closeWriteChannel(); // it ends with its input
        if (!m_process.waitForFinished(10'000))
            m_process.kill();
    }
    [[nodiscard]] bool skipped() const { return m_skipped; }
    [[nodiscard]] QString url() const { return m_url; }

    struct Answer {
        int status = 0;
        QJsonValue json;
    };
    Answer ask(const QByteArray &method, const QString &path, const QJsonObject &body = {})
    {
        QNetworkRequest request(QUrl(m_url + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        const bool bare = method == "GET" || method == "DELETE";
        std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(
            request, method, bare ? QByteArray() : QJsonDocument(body).toJson(QJsonDocument::Compact)));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 60'000))
            qFatal("LangGraph's server does not answer");
        const QJsonDocument document = QJsonDocument::fromJson(reply->readAll());
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object())};
    }
    QString thread(const QJsonObject &metadata = {})
    {
        return ask("POST", u"/threads"_s, {{u"metadata"_s, metadata}}).json["thread_id"_L1].toString();
    }
    // What a person says, and the graph's run on it, to its end.
    void say(const QString &thread, const QString &text)
    {
        runs(thread, u"/runs/wait"_s, {{u"assistant_id"_s, u"desk"_s}, {u"input"_s, input(text)}});
    }
    QString begin(const QString &thread, const QString &text) // not waiting for its end; the run
    {
        return runs(
                   thread, u"/runs"_s,
                   {{u"assistant_id"_s, u"desk"_s}, {u"input"_s, input(text)}, {u"multitask_strategy"_s, u"enqueue"_s}})
            .json["run_id"_L1]
            .toString();
    }
    Answer runs(const QString &thread, const QString &path, const QJsonObject &body)
    {
        return ask("POST", u"/threads/"_s + thread + path, body);
    }
    QJsonObject state(const QString &thread)
    {
        return ask("GET", u"/threads/"_s + thread + u"/state"_s).json.toObject();
    }
    static QJsonObject input(const QString &text)
    {
        return {{u"messages"_s, QJsonArray{QJsonObject{{u"role"_s, u"user"_s}, {u"content"_s, text}}}}};
    }

private:
    QProcess m_process;
    QNetworkAccessManager m_network;
    QString m_url;
    bool m_skipped = false;
};

} // namespace bobbin::test
