// SPDX-License-Identifier: GPL-3.0-or-later
// A small HTTP/1.1 server on loopback: keep-alive, pipelining in order, answers now or later. Our own, because Qt 6.4's
// QHttpServer crashes when a client leaves before a delayed answer, and leaving early is what our tests do.
#pragma once

#include <QHash>
#include <QTcpServer>
#include <QUrlQuery>
#include <functional>

class QTcpSocket;

namespace bobbin::demo {

struct HttpRequest {
    QByteArray method;
    QString path; // decoded segments joined by '/', without the query
    QStringList segments;
    QUrlQuery query;
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QByteArray body;
};

struct HttpAnswer {
    int status = 200;
    QByteArray contentType = "application/json";
    QByteArray body;
    QList<std::pair<QByteArray, QByteArray>> headers;
    // In place of the body: asked for more of it, again and again, until it is done.
    std::function<QByteArray(bool *done)> more = {};
    int delayMs = 0;
    enum class Break { None, Hang, ResetMidBody, Truncate } broken = Break::None;
};

class HttpServer : public QObject {
    Q_OBJECT
public:
    using Handler = std::function<HttpAnswer(const HttpRequest &)>;
    explicit HttpServer(Handler handler, QObject *parent = nullptr);

    bool listen(quint16 port); // loopback; 0: any free port
    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }
    [[nodiscard]] QString errorString() const { return m_server.errorString(); }
    [[nodiscard]] qint64 served() const { return m_served; }
    void close(); // stops listening and drops every connection

private:
    QTcpServer m_server;
    Handler m_handler;
    qint64 m_served = 0;

    void serve(QTcpSocket *socket);
};

} // namespace bobbin::demo
