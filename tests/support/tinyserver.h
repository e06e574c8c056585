// SPDX-License-Identifier: GPL-3.0-or-later
// A server that answers as no decent one does: byte by byte, for ever, with anything. Each request gets what `answer`
// writes into its connection.
#pragma once

#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <functional>

namespace bobbin::test {

class TinyServer : public QTcpServer {
public:
    std::function<void(QTcpSocket &socket, const QByteArray &request)> answer;
    int requests = 0;

    explicit TinyServer(std::function<void(QTcpSocket &, const QByteArray &)> how) : answer(std::move(how))
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                const QByteArray request = socket->readAll();
                ++requests;
                answer(*socket, request);
            });
        });
    }
    [[nodiscard]] QString url() const { return QStringLiteral("http://127.0.0.1:%1/v1").arg(serverPort()); }
    static void json(QTcpSocket &socket, const QByteArray &body, const QByteArray &headers = {})
    {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers +
                     "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
    // The piece again and again, until the connection ends.
    static void trickle(QTcpSocket &socket, const QByteArray &first, const QByteArray &piece)
    {
        socket.write(first);
        auto *timer = new QTimer(&socket);
        QObject::connect(timer, &QTimer::timeout, &socket, [&socket, piece] { socket.write(piece); });
        timer->start(20);
    }
};

} // namespace bobbin::test
