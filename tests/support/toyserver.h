// SPDX-License-Identifier: GPL-3.0-or-later
// A server that speaks the toy's dialect, over loopback, with its talks in memory.
#pragma once

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <map>

namespace bobbin::test {

class ToyServer : public QTcpServer {
public:
    struct Talk {
        QJsonObject row;
        QJsonArray lines, goes;
    };
    std::map<QString, Talk> talks;
    int requests = 0;
    QByteArray key; // that was sent last

    explicit ToyServer(int count)
    {
        listen(QHostAddress::LocalHost);
        for (int i = 0; i < count; ++i) {
            Talk talk;
            const QString name = QStringLiteral("talk-%1").arg(i, 2, 10, QLatin1Char('0'));
            talk.row = {{QStringLiteral("key"), name},
                        {QStringLiteral("at"), at(i * 100)},
                        {QStringLiteral("about"), QStringLiteral("Toy %1").arg(i)},
                        {QStringLiteral("model"), QStringLiteral("gpt-4o")},
                        {QStringLiteral("tokens"),
                         QJsonObject{{QStringLiteral("in"), 1'000 * (i + 1)}, {QStringLiteral("out"), 0}}}};
            for (int m = 0; m < 7; ++m)
                talk.lines << QJsonObject{{QStringLiteral("id"), QJsonValue()},
                                          {QStringLiteral("who"), m % 2 ? QStringLiteral("it") : QStringLiteral("me")},
                                          {QStringLiteral("say"), QStringLiteral("line %1 of %2").arg(m).arg(name)},
                                          {QStringLiteral("at"), at(i * 100 + m)}};
            for (int r = 1; r <= 4; ++r)
                talk.goes << QJsonObject{{QStringLiteral("no"), r},
                                         {QStringLiteral("end"), QStringLiteral("well")},
                                         {QStringLiteral("at"), at(i * 100 + r)}};
            talks[name] = talk;
        }
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(*socket); });
        });
    }
    [[nodiscard]] QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(serverPort()); }

private:
    static QString at(int seconds)
    {
        return QDateTime::fromSecsSinceEpoch(1'788'000'000 + seconds, Qt::UTC).toString(Qt::ISODateWithMs);
    }
    void read(QTcpSocket &socket)
    {
        QByteArray all = socket.property("kept").toByteArray() + socket.readAll();
        while (true) {
            const qsizetype head = all.indexOf("\r\n\r\n");
            if (head < 0)
                break;
            const QByteArray headers = all.left(head).toLower();
            const qsizetype at = headers.indexOf("content-length:");
            const qsizetype length = at < 0 ? 0 : headers.mid(at + 15, headers.indexOf('\r', at) - at - 15).toInt();
            if (all.size() < head + 4 + length)
                break;
            const QByteArray path = all.mid(0, all.indexOf("\r\n")).split(' ').value(1);
            const qsizetype keyAt = headers.indexOf("x-toy-key:");
            if (keyAt >= 0)
                key = all.mid(keyAt + 10, headers.indexOf('\r', keyAt) - keyAt - 10).trimmed();
            const QJsonObject body = QJsonDocument::fromJson(all.mid(head + 4, length)).object();
            all.remove(0, head + 4 + length);
            ++requests;
            answer(socket, QString::fromLatin1(path), body);
        }
        socket.setProperty("kept", all);
    }
    static void send(QTcpSocket &socket, int status, const QJsonObject &object)
    {
        const QByteArray body = QJsonDocument(object).toJson(QJsonDocument::Compact);
        socket.write("HTTP/1.1 " + QByteArray::number(status) +
                     " X\r\nContent-Type: application/json\r\nContent-Length: " + QByteArray::number(body.size()) +
                     "\r\n\r\n" + body);
    }
    static QString text(const QJsonObject &body, const char *name)
    {
        return body.value(QLatin1String(name)).toString();
    }
    void answer(QTcpSocket &socket, const QString &path, const QJsonObject &body)
    {
        const QString of = text(body, "of").isEmpty() ? text(body, "key") : text(body, "of");
        const auto talk = talks.find(of);
        if (path == QLatin1String("/hello")) {
            send(socket, 200, {{QStringLiteral("toy"), 1}});
        } else if (path == QLatin1String("/search")) {
            search(socket, body);
        } else if (path == QLatin1String("/make")) {
            Talk made;
            const QString name = QStringLiteral("made-%1").arg(talks.size());
            made.row = {{QStringLiteral("key"), name},
                        {QStringLiteral("at"), at(100'000)},
                        {QStringLiteral("tags"), body.value(QLatin1String("tags"))}};
            for (const QJsonValue line : body.value(QLatin1String("lines")).toArray())
                say(made, line.toObject());
            talks[name] = made;
            send(socket, 200, made.row);
        } else if (talk == talks.end()) {
            send(socket, 404, {{QStringLiteral("message"), QStringLiteral("no such talk")}});
        } else if (path == QLatin1String("/one")) {
            one(socket, talk->second, body);
        } else if (path == QLatin1String("/say")) {
            say(talk->second, body.value(QLatin1String("line")).toObject());
            send(socket, 200, talk->second.row);
        } else if (path == QLatin1String("/tag")) {
            talk->second.row.insert(QStringLiteral("tags"), body.value(QLatin1String("tags")));
            send(socket, 200, talk->second.row);
        } else if (path == QLatin1String("/drop")) {
            talks.erase(talk);
            send(socket, 200, {});
        } else {
            send(socket, 404, {{QStringLiteral("message"), QStringLiteral("no such path")}});
        }
    }
    static void say(Talk &talk, QJsonObject line)
    {
        line.insert(QStringLiteral("at"), at(100'000 + int(talk.lines.size())));
        talk.lines << line;
    }
    static void one(QTcpSocket &socket, const Talk &talk, const QJsonObject &body)
    {
        if (text(body, "what") == QLatin1String("talks")) {
            send(socket, 200, talk.row);
            return;
        }
        for (const QJsonValue go : talk.goes)
            if (text(body, "what") == QLatin1String("goes") &&
                go.toObject().value(QLatin1String("no")).toVariant().toString() == text(body, "key")) {
                send(socket, 200, go.toObject());
                return;
            }
        send(socket, 404, {{QStringLiteral("message"), QStringLiteral("no such thing")}});
    }
    void search(QTcpSocket &socket, const QJsonObject &body)
    {
        QJsonArray rows;
        const QString what = text(body, "what");
        if (what == QLatin1String("talks")) {
            for (const auto &[name, talk] : talks)
                rows << talk.row;
        } else {
            const auto talk = talks.find(text(body, "of"));
            if (talk == talks.end()) {
                send(socket, 404, {{QStringLiteral("message"), QStringLiteral("no such talk")}});
                return;
            }
            rows = what == QLatin1String("lines") ? talk->second.lines : talk->second.goes;
        }
        QJsonArray some;
        const int skip = body.value(QLatin1String("skip")).toInt();
        for (int i = skip; i < std::min(skip + body.value(QLatin1String("most")).toInt(), int(rows.size())); ++i)
            some << rows[i];
        send(socket, 200, {{QStringLiteral("rows"), some}, {QStringLiteral("all"), rows.size()}});
    }
};

} // namespace bobbin::test
