// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/httpserver.h"

#include <QHostAddress>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>
#include <deque>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestHead = 64 * 1024;
constexpr qint64 longestBody = 600LL << 20;
constexpr int moreEveryMs = 15;

QByteArray reason(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Payload Too Large";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    default:
        return "Status";
    }
}

// One connection: reads requests, answers them in their order.
class Peer : public QObject {
public:
    Peer(QTcpSocket *socket, const HttpServer::Handler &handler, qint64 &served)
        : QObject(socket), m_socket(socket), m_handler(handler), m_served(served)
    {
        connect(socket, &QTcpSocket::readyRead, this, [this] { read(); });
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    }

private:
    struct Pending {
        HttpAnswer answer;
        bool head = false;
        bool close = false;
        bool ready = false;
    };
    QTcpSocket *m_socket;
    const HttpServer::Handler &m_handler;
    qint64 &m_served;
    QByteArray m_buffer;
    std::deque<std::shared_ptr<Pending>> m_queue;
    bool m_sendingMore = false;

    void read()
    {
        m_buffer += m_socket->readAll();
        if (m_buffer.startsWith('\x16')) { // a TLS greeting: this server speaks plain HTTP
            refuse(400);
            return;
        }
        while (readOne()) { }
    }

    bool readOne()
    {
        const qsizetype end = m_buffer.indexOf("\r\n\r\n");
        if (end < 0) {
            if (m_buffer.size() > longestHead)
                m_socket->abort();
            return false;
        }
        const QList<QByteArray> lines = m_buffer.left(end).split('\n');
        const QList<QByteArray> first = lines.value(0).trimmed().split(' ');
        HttpRequest request;
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const qsizetype colon = lines[i].indexOf(':');
            if (colon > 0)
                request.headers.insert(lines[i].left(colon).trimmed().toLower(), lines[i].mid(colon + 1).trimmed());
        }
        if (first.size() < 3) {
            refuse(400);
            return false;
        }
        qsizetype used = end + 4;
        if (request.headers.value("transfer-encoding").toLower() == "chunked") {
            if (!readChunks(used, request.body))
                return false;
        } else {
            const qint64 length = request.headers.value("content-length").toLongLong();
            if (length < 0 || length > longestBody) {
                refuse(413);
                return false;
            }
            if (m_buffer.size() - used < length)
                return false;
            request.body = m_buffer.mid(used, length);
            used += length;
        }
        m_buffer.remove(0, used);
        request.method = first[0];
        const QUrl url = QUrl::fromEncoded("http://demo" + first[1]);
        request.query = QUrlQuery(url);
        for (const QByteArray &segment : url.path(QUrl::FullyEncoded).toLatin1().split('/'))
            if (!segment.isEmpty())
                request.segments << QUrl::fromPercentEncoding(segment);
        request.path = u"/"_s + request.segments.join(u'/');
        answer(request);
        return true;
    }

    bool readChunks(qsizetype &at, QByteArray &body)
    {
        qsizetype position = at;
        while (true) {
            const qsizetype line = m_buffer.indexOf("\r\n", position);
            if (line < 0)
                return false;
            bool ok = false;
            const qsizetype size = m_buffer.mid(position, line - position).split(';').value(0).toLongLong(&ok, 16);
            if (!ok || size < 0 || size > longestBody) {
                refuse(400);
                return false;
            }
            if (m_buffer.size() < line + 2 + size + 2)
                return false;
            body += m_buffer.mid(line + 2, size);
            position = line + 2 + size + 2;
            if (size == 0) {
                at = position;
                return true;
            }
        }
    }

    void refuse(int status)
    {
        m_socket->write("HTTP/1.1 " + QByteArray::number(status) + ' ' + reason(status) +
                        "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        m_socket->disconnectFromHost();
    }

    void answer(const HttpRequest &request)
    {
        ++m_served;
        auto pending = std::make_shared<Pending>();
        pending->answer = m_handler(request);
        pending->head = request.method == "HEAD";
        pending->close = request.headers.value("connection").toLower() == "close";
        m_queue.push_back(pending);
        if (pending->answer.broken == HttpAnswer::Break::Hang)
            return; // never ready; the client has to leave
        if (pending->answer.delayMs > 0) {
            QTimer::singleShot(pending->answer.delayMs, this, [this, pending] {
                pending->ready = true;
                flush();
            });
        } else {
            pending->ready = true;
            flush();
        }
    }

    void flush()
    {
        while (!m_queue.empty() && m_queue.front()->ready && !m_sendingMore) {
            const std::shared_ptr<Pending> next = m_queue.front();
            m_queue.pop_front();
            if (next->answer.more && next->answer.broken == HttpAnswer::Break::None) {
                sendMore(next);
                continue;
            }
            if (!send(*next))
                return;
        }
    }

    // Answers behind it wait for its end.
    void sendMore(const std::shared_ptr<Pending> &pending)
    {
        const HttpAnswer &a = pending->answer;
        QByteArray out = "HTTP/1.1 " + QByteArray::number(a.status) + ' ' + reason(a.status) +
            "\r\ncontent-type: " + a.contentType + "\r\ntransfer-encoding: chunked\r\n";
        for (const auto &[name, value] : a.headers)
            out += name + ": " + value + "\r\n";
        m_socket->write(out + "\r\n");
        auto *timer = new QTimer(this);
        connect(timer, &QTimer::timeout, this, [this, pending, timer] {
            bool done = false;
            const QByteArray piece = pending->answer.more(&done);
            if (!piece.isEmpty())
                m_socket->write(QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n");
            if (!done)
                return;
            timer->deleteLater();
            timer->stop();
            m_socket->write("0\r\n\r\n");
            m_sendingMore = false;
            if (pending->close)
                m_socket->disconnectFromHost();
            else
                flush();
        });
        m_sendingMore = true;
        timer->start(moreEveryMs);
    }

    bool send(const Pending &pending)
    {
        const HttpAnswer &a = pending.answer;
        QByteArray out;
        out.reserve(512 + a.body.size());
        out += "HTTP/1.1 " + QByteArray::number(a.status) + ' ' + reason(a.status) + "\r\n";
        out += "content-type: " + a.contentType + "\r\ncontent-length: " + QByteArray::number(a.body.size()) + "\r\n";
        for (const auto &[name, value] : a.headers)
            out += name + ": " + value + "\r\n";
        if (pending.close)
            out += "connection: close\r\n";
        out += "\r\n";
        const bool cut = a.broken == HttpAnswer::Break::ResetMidBody || a.broken == HttpAnswer::Break::Truncate;
        if (!pending.head)
            out += cut ? a.body.left(a.body.size() / 2) : a.body;
        m_socket->write(out);
        if (a.broken == HttpAnswer::Break::ResetMidBody) {
            m_socket->flush();
            m_socket->abort();
            return false;
        }
        if (cut || pending.close) {
            m_socket->disconnectFromHost();
            return false;
        }
        return true;
    }
};

} // namespace

HttpServer::HttpServer(Handler handler, QObject *parent) : QObject(parent), m_handler(std::move(handler))
{
    connect(&m_server, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket *socket = m_server.nextPendingConnection())
            serve(socket);
    });
}

bool HttpServer::listen(quint16 port)
{
    return m_server.listen(QHostAddress::LocalHost, port);
}

void HttpServer::close()
{
    m_server.close();
    for (QTcpSocket *socket : m_server.findChildren<QTcpSocket *>())
        socket->abort();
}

void HttpServer::serve(QTcpSocket *socket)
{
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    new Peer(socket, m_handler, m_served);
}

} // namespace bobbin::demo
