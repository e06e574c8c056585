// SPDX-License-Identifier: GPL-3.0-or-later
// The line over real sockets: what passes is byte for byte what came, at once, whatever the two ends do.
#include "models/core/jsontext.h"
#include "models/gateway/answertap.h"
#include "models/gateway/httpline.h"
#include "tests/support/testsupport.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <zlib.h>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(7);
    for (char &c : bytes)
        c = char(random.bounded(256));
    return bytes;
}

// Listens, and learns all; judges what is posted to /held.
class PlainListener : public LineListener {
public:
    bool holds(const LineRequest &request) override { return request.target.startsWith("/held"); }
    void judge(const LineRequest &request, std::function<void(Verdict)> answer) override
    {
        Verdict verdict;
        if (request.body.contains("forbidden")) {
            verdict.answer = refusal(400, u"no"_s, "no");
        } else if (request.body.contains("other")) {
            verdict.target = "/elsewhere";
            verdict.body = "changed";
        }
        answer(std::move(verdict));
    }
    bool learns(const LineRequest &) override { return true; }
    void told(const LineRequest &, const QByteArray &json) override
    {
        const QMutexLocker lock(&mutex);
        heard << json;
    }
    void ended(const LineRequest &, int status) override
    {
        const QMutexLocker lock(&mutex);
        statuses << status;
    }
    LineAnswer refusal(int status, const QString &message, const QByteArray &code) override
    {
        LineAnswer answer;
        answer.status = status;
        answer.body = compactBytes({{u"message"_s, message}, {u"code"_s, QString::fromLatin1(code)}});
        return answer;
    }
    QByteArrayList allHeard()
    {
        const QMutexLocker lock(&mutex);
        return heard;
    }
    QMutex mutex;
    QByteArrayList heard;
    QList<int> statuses;
};

struct Answer {
    int status = 0;
    QByteArray head, body;
    bool whole = false;
};

// What is in front of `bytes`, and is taken away where it is whole.
Answer takeAnswer(QByteArray &bytes, bool noBody = false)
{
    Answer answer;
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return answer;
    answer.head = bytes.left(end + 2);
    answer.status = answer.head.mid(9, 3).toInt();
    const QByteArray lower = answer.head.toLower();
    qsizetype at = end + 4;
    if (lower.contains("transfer-encoding: chunked")) {
        for (;;) {
            const qsizetype line = bytes.indexOf("\r\n", at);
            if (line < 0)
                return answer;
            const qsizetype size = bytes.mid(at, line - at).toLongLong(nullptr, 16);
            if (bytes.size() < line + 2 + size + 2)
                return answer;
            answer.body += bytes.mid(line + 2, size);
            at = line + 2 + size + 2;
            if (size == 0)
                break;
        }
    } else if (const qsizetype length = lower.indexOf("content-length: "); length >= 0 && !noBody) {
        const qsizetype size = lower.mid(length + 16, lower.indexOf('\r', length) - length - 16).toLongLong();
        answer.body = bytes.mid(at, size);
        if (answer.body.size() < size)
            return answer;
        at += size;
    }
    answer.whole = true;
    bytes.remove(0, at);
    return answer;
}

class Caller : public QTcpSocket {
public:
    explicit Caller(quint16 port)
    {
        connectToHost(u"127.0.0.1"_s, port);
        connect(this, &QTcpSocket::readyRead, this, [this] { got += readAll(); });
    }
    void ask(const QByteArray &head, const QByteArray &body = {}) { write(head + "\r\n\r\n" + body); }
    Answer answer(bool noBody = false)
    {
        Answer found;
        std::ignore = QTest::qWaitFor(
            [&] {
                found = takeAnswer(got, noBody);
                return found.whole || state() == UnconnectedState;
            },
            20'000);
        return found.whole ? found : takeAnswer(got, noBody);
    }
    QByteArray got;
};

} // namespace

class TestHttpLine : public QObject {
    Q_OBJECT
    QTcpServer m_server;
    std::function<void(QTcpSocket &, QByteArray &got)> m_serve; // with all that came so far
    QList<QPointer<QTcpSocket>> m_sockets;
    PlainListener m_listener;
    std::unique_ptr<HttpLine> m_line;
    quint16 m_port = 0;

    QByteArray host(const QByteArray &name = "127.0.0.1") { return "Host: " + name + ':' + QByteArray::number(m_port); }
    QByteArray get(const QByteArray &target, const QByteArray &more = {})
    {
        return "GET " + target + " HTTP/1.1\r\n" + host() + (more.isEmpty() ? more : "\r\n" + more);
    }
    void startLine(const QByteArray &token = {}, std::chrono::seconds idle = 60s)
    {
        Upstream to;
        to.host = "127.0.0.1";
        to.port = m_server.serverPort();
        to.tls = false;
        LineOptions options;
        options.token = token;
        options.keyFields = {"Authorization", "api-key"};
        options.basePath = "/v1";
        options.idle = idle;
        m_line = std::make_unique<HttpLine>(to, options, m_listener);
        const auto port = m_line->start();
        QVERIFY(port);
        m_port = *port;
    }
    // Answers each whole request that has no body with its target.
    static void echo(QTcpSocket &socket, QByteArray &got)
    {
        for (qsizetype end = got.indexOf("\r\n\r\n"); end >= 0; end = got.indexOf("\r\n\r\n")) {
            const QByteArray target = got.split(' ').value(1);
            got.remove(0, end + 4);
            socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
                         QByteArray::number(target.size()) + "\r\n\r\n" + target);
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_server.listen(QHostAddress::LocalHost));
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                m_sockets << socket;
                auto got = std::make_shared<QByteArray>();
                connect(socket, &QTcpSocket::readyRead, this, [this, socket, got] {
                    *got += socket->readAll();
                    m_serve(*socket, *got);
                });
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            }
        });
    }
    void init()
    {
        m_serve = &echo;
        m_listener.heard.clear();
        m_listener.statuses.clear();
        startLine();
    }
    void cleanup()
    {
        m_line.reset();
        for (const QPointer<QTcpSocket> &socket : std::exchange(m_sockets, {}))
            if (socket)
                socket->abort();
    }

    void whatPassesIsWhatCame()
    {
        const QByteArray up = noise(3'000'000), down = noise(2'000'000);
        QByteArray head, body;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            const qsizetype end = got.indexOf("\r\n\r\n");
            if (end < 0 || got.size() < end + 4 + up.size())
                return;
            head = got.left(end + 2);
            body = got.mid(end + 4);
            got.clear();
            socket.write("HTTP/1.1 201 Made so\r\nX-Odd:   a  b \r\nset-cookie: one\r\nSet-Cookie: two\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n");
            for (qsizetype at = 0; at < down.size(); at += 700'000) {
                const QByteArray piece = down.mid(at, 700'000);
                socket.write(QByteArray::number(piece.size(), 16) + "\r\n" + piece + "\r\n");
            }
            socket.write("0\r\n\r\n");
        };
        Caller caller(m_port);
        caller.ask("POST /v1/files?a=%20b&&c HTTP/1.1\r\n" + host("localhost") +
                       "\r\nx-lower: 1\r\nX-UPPER: 2\r\nAuthorization: Bearer sk-1\r\nConnection: keep-alive, x-hop\r\n"
                       "X-Hop: gone\r\nContent-Length: " +
                       QByteArray::number(up.size()),
                   up);
        const Answer answer = caller.answer();
        QCOMPARE(answer.status, 201);
        QVERIFY(answer.body == down);
        QVERIFY(body == up);
        QVERIFY(head.startsWith("POST /v1/files?a=%20b&&c HTTP/1.1\r\n"));
        QVERIFY(head.contains("\r\nHost: 127.0.0.1:" + QByteArray::number(m_server.serverPort()) + "\r\n"));
        QVERIFY(head.contains("\r\nx-lower: 1\r\nX-UPPER: 2\r\nAuthorization: Bearer sk-1\r\n"));
        QVERIFY(!head.contains("X-Hop"));
        QVERIFY(answer.head.startsWith("HTTP/1.1 201 Made so\r\n"));
        QVERIFY(answer.head.contains("\r\nX-Odd: a  b\r\nset-cookie: one\r\nSet-Cookie: two\r\n"));
        QCOMPARE(qint64(m_line->figures().bytesUp), up.size());
        QCOMPARE(qint64(m_line->figures().bytesDown), down.size());
    }
    // Each event is with the caller before the server says the next.
    void eventsComeAtOnce()
    {
        QTcpSocket *server = nullptr;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            server = &socket;
            socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        };
        Caller caller(m_port);
        caller.ask(get("/v1/stream"));
        QTRY_VERIFY(server);
        for (int i = 0; i < 5; ++i) {
            const QByteArray event =
                "event: e" + QByteArray::number(i) + "\ndata: {\"n\":" + QByteArray::number(i) + "}\n\n";
            server->write(QByteArray::number(event.size(), 16) + "\r\n" + event + "\r\n");
            QTRY_VERIFY(caller.got.contains(event));
        }
        server->write("0\r\n\r\n");
        QVERIFY(caller.answer().whole);
        QTRY_COMPARE(m_listener.allHeard().size(), 5);
        QCOMPARE(m_listener.allHeard().last(), QByteArray("{\"n\":4}"));
    }
    // What is uploaded goes on before all of it has come, and at the server's pace.
    void uploadsAreNotHeld()
    {
        qsizetype came = 0;
        m_serve = [&](QTcpSocket &, QByteArray &got) {
            came += got.size();
            got.clear();
        };
        Caller caller(m_port);
        caller.ask("POST /v1/files HTTP/1.1\r\n" + host() + "\r\nContent-Length: 900000000");
        caller.write(QByteArray(1'000'000, 'x'));
        QTRY_VERIFY(came > 1'000'000);
    }
    void packedAnswersAreRead()
    {
        const QByteArray text = R"({"object":"thread","id":"thread_1"})";
        QByteArray packed(1'000, Qt::Uninitialized);
        z_stream stream = {};
        QCOMPARE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.constData()));
        stream.avail_in = uInt(text.size());
        stream.next_out = reinterpret_cast<Bytef *>(packed.data());
        stream.avail_out = uInt(packed.size());
        QCOMPARE(deflate(&stream, Z_FINISH), Z_STREAM_END);
        packed.resize(qsizetype(stream.total_out));
        deflateEnd(&stream);
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            socket.write(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Encoding: gzip\r\n"
                "Content-Length: " +
                QByteArray::number(packed.size()) + "\r\n\r\n" + packed);
        };
        Caller caller(m_port);
        caller.ask(get("/v1/threads/thread_1"));
        QVERIFY(caller.answer().body == packed);
        QTRY_COMPARE(m_listener.allHeard(), QByteArrayList{text});
        // Rubbish is passed on as well, and nothing is learnt of it.
        packed = noise(200);
        caller.ask(get("/v1/threads/thread_1"));
        QVERIFY(caller.answer().body == packed);
        QCOMPARE(m_listener.allHeard().size(), 1);
    }
    void judgedRequests()
    {
        QByteArray came;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            came += got;
            got.clear();
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        };
        Caller caller(m_port);
        const auto post = [&](const QByteArray &body) {
            caller.ask("POST /held HTTP/1.1\r\n" + host() + "\r\nContent-Length: " + QByteArray::number(body.size()),
                       body);
            return caller.answer();
        };
        QCOMPARE(post("forbidden").status, 400);
        QVERIFY(came.isEmpty());
        QCOMPARE(post("as it is").body, QByteArray("ok")); // on the same connection
        QVERIFY(came.endsWith("\r\n\r\nas it is"));
        QCOMPARE(post("other").body, QByteArray("ok"));
        QVERIFY(came.contains("POST /elsewhere HTTP/1.1\r\n"));
        QVERIFY(came.endsWith("Content-Length: 7\r\n\r\nchanged"));
        QCOMPARE(qint64(m_line->figures().refused), 1);
        QCOMPARE(qint64(m_line->figures().answered), 2);
    }
    void strangersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const QByteArray good = "Host: 127.0.0.1:PORT";
        QTest::newRow("no host") << QByteArray("GET /v1/a HTTP/1.1\r\n\r\n") << 403;
        QTest::newRow("another name for us")
            << QByteArray("GET /v1/a HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n") << 403;
        QTest::newRow("another port") << QByteArray("GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n") << 403;
        QTest::newRow("a web page") << "GET /v1/a HTTP/1.1\r\n" + good + "\r\nOrigin: https://evil.example\r\n\r\n"
                                    << 403;
        QTest::newRow("a page that says nothing of it")
            << "GET /v1/a HTTP/1.1\r\n" + good + "\r\nSec-Fetch-Site: same-origin\r\n\r\n"
            << 403;
        QTest::newRow("asked before a page may") << "OPTIONS /v1/a HTTP/1.1\r\n" + good + "\r\nOrigin: null\r\n\r\n"
                                                 << 403;
        QTest::newRow("another server") << "GET http://evil.example/ HTTP/1.1\r\n" + good + "\r\n\r\n" << 400;
        QTest::newRow("a tunnel") << "CONNECT evil.example:443 HTTP/1.1\r\n" + good + "\r\n\r\n" << 400;
        QTest::newRow("dots in the path") << "GET /v1/threads/../a HTTP/1.1\r\n" + good + "\r\n\r\n" << 400;
        QTest::newRow("dots in other words") << "GET /v1/%2E%2e/a HTTP/1.1\r\n" + good + "\r\n\r\n" << 400;
        QTest::newRow("a part without a name") << "POST //v1/a HTTP/1.1\r\n" + good + "\r\n\r\n" << 400;
        QTest::newRow("no HTTP") << QByteArray("\x16\x03\x01\x02hello\r\n\r\n") << 400;
        QTest::newRow("two lengths") << "POST /v1/a HTTP/1.1\r\n" + good +
                "\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"
                                     << 400;
    }
    void strangersAreRefused()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        bool asked = false;
        m_serve = [&](QTcpSocket &, QByteArray &) { asked = true; };
        Caller caller(m_port);
        caller.write(request.replace("PORT", QByteArray::number(m_port)));
        QCOMPARE(caller.answer().status, status);
        QVERIFY(!asked);
    }
    void withATokenNothingElseOpens()
    {
        startLine("bobbin-abc");
        m_line->setKey({"api-key", "the real one"});
        QByteArray came;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            came = got;
            echo(socket, got);
        };
        for (const QByteArray &sent :
             {QByteArray(), QByteArray("Authorization: Bearer sk-mine"), QByteArray("api-key: bobbin-ab")}) {
            Caller caller(m_port);
            caller.ask(get("/v1/a", sent));
            QCOMPARE(caller.answer().status, 401);
        }
        QVERIFY(came.isEmpty());
        for (const QByteArray &sent :
             {QByteArray("Authorization: Bearer bobbin-abc"), QByteArray("API-KEY: bobbin-abc")}) {
            Caller caller(m_port);
            caller.ask(get("/v1/a", sent));
            QCOMPARE(caller.answer().status, 200);
            QVERIFY(came.contains("api-key: the real one\r\n"));
            QVERIFY(!came.contains("bobbin-abc"));
        }
        came.clear();
        Caller caller(m_port); // the key is for what is below the base URL
        caller.ask(get("/elsewhere", "Authorization: Bearer bobbin-abc"));
        QCOMPARE(caller.answer().status, 403);
        QVERIFY(came.isEmpty());
    }
    void deadServer()
    {
        Upstream to;
        to.host = "127.0.0.1";
        to.port = 9; // nobody
        to.tls = false;
        HttpLine line(to, {}, m_listener);
        const auto port = line.start();
        QVERIFY(port);
        Caller caller(*port);
        for (int i = 0; i < 2; ++i) { // and again on the same connection
            caller.ask("GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(*port));
            const Answer answer = caller.answer();
            QCOMPARE(answer.status, 502);
            QVERIFY(answer.body.contains("upstream_unreachable"));
        }
        QCOMPARE(qint64(line.figures().unanswered), 2);
        QCOMPARE(qint64(line.figures().refused), 0);
    }
    // Through a proxy it asks for a tunnel, and in it as ever.
    void throughAProxy()
    {
        QByteArrayList asked;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            if (got.startsWith("CONNECT") && got.contains("\r\n\r\n")) {
                asked << got.left(got.indexOf('\r'));
                got.clear();
                socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
            } else if (!got.isEmpty()) {
                echo(socket, got);
            }
        };
        Upstream to;
        to.host = "far.example";
        to.port = 8443;
        to.tls = false;
        to.proxyHost = "127.0.0.1";
        to.proxyPort = m_server.serverPort();
        HttpLine line(to, {}, m_listener);
        const auto port = line.start();
        QVERIFY(port);
        Caller caller(*port);
        caller.ask("GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(*port));
        QCOMPARE(caller.answer().body, QByteArray("/v1/a"));
        QCOMPARE(asked, QByteArrayList{"CONNECT far.example:8443 HTTP/1.1"});
        m_serve = [](QTcpSocket &socket, QByteArray &) { socket.write("HTTP/1.1 407 Who are you\r\n\r\n"); };
        Caller other(*port);
        other.ask("GET /v1/a HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(*port));
        QCOMPARE(other.answer().status, 502);
    }
    // It must not pass for whole.
    void answerThatBreaksOff_data()
    {
        QTest::addColumn<QByteArray>("head");
        QTest::newRow("measured") << QByteArray("Content-Length: 1000");
        QTest::newRow("in pieces") << QByteArray("Transfer-Encoding: chunked");
    }
    void answerThatBreaksOff()
    {
        QFETCH(QByteArray, head);
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            socket.write("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n3\r\nabc\r\n");
            socket.disconnectFromHost();
        };
        Caller caller(m_port);
        caller.ask(get("/v1/a"));
        QTRY_COMPARE(caller.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(caller.got.contains("abc"));
        QVERIFY(!takeAnswer(caller.got).whole);
    }
    void answerWithoutLengthEndsWithItsConnection()
    {
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            socket.write("HTTP/1.0 200 OK\r\n\r\nall of it");
            socket.disconnectFromHost();
        };
        Caller caller(m_port);
        caller.ask(get("/v1/a"));
        QCOMPARE(caller.answer().body, QByteArray("all of it"));
    }
    void keptConnectionThatTheServerEnded()
    {
        Caller caller(m_port);
        for (int i = 0; i < 3; ++i) {
            caller.ask(get("/v1/" + QByteArray::number(i)));
            QCOMPARE(caller.answer().body, "/v1/" + QByteArray::number(i));
            for (const QPointer<QTcpSocket> &socket : std::as_const(m_sockets))
                if (socket)
                    socket->disconnectFromHost();
            QTest::qWait(50);
        }
        QCOMPARE(m_sockets.size(), 3);
    }
    void withoutBodies()
    {
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            const bool head = got.startsWith("HEAD");
            const QByteArray status = got.contains("/nothing") ? "204 No Content"
                : got.contains("/same")                        ? "304 Not Modified"
                                                               : "200 OK";
            got.clear();
            socket.write("HTTP/1.1 " + status + "\r\n" + (head ? "Content-Length: 70\r\n" : "") + "\r\n");
        };
        Caller caller(m_port);
        caller.ask("HEAD /v1/a HTTP/1.1\r\n" + host());
        const Answer head = caller.answer(true);
        QCOMPARE(head.status, 200);
        QVERIFY(head.head.contains("Content-Length: 70\r\n"));
        caller.ask("DELETE /v1/nothing HTTP/1.1\r\n" + host());
        QCOMPARE(caller.answer(true).status, 204);
        caller.ask(get("/v1/same"));
        QCOMPARE(caller.answer(true).status, 304);
        QVERIFY(caller.got.isEmpty());
    }
    void callersThatAskFirst()
    {
        QByteArray came;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            if (!got.endsWith("hello"))
                return;
            came = got;
            got.clear();
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        };
        Caller caller(m_port);
        caller.ask("POST /v1/files HTTP/1.1\r\n" + host() + "\r\nContent-Length: 5\r\nExpect: 100-continue");
        QTRY_VERIFY(caller.got.startsWith("HTTP/1.1 100 "));
        caller.got.clear();
        caller.write("hello");
        QCOMPARE(caller.answer().status, 200);
        QVERIFY(!came.toLower().contains("expect"));
    }
    void requestsThatComeTogether()
    {
        Caller caller(m_port);
        caller.write(get("/1") + "\r\n\r\n" + get("/2") + "\r\n\r\n" + get("/3") + "\r\n\r\n");
        for (const QByteArray &target : {QByteArray("/1"), QByteArray("/2"), QByteArray("/3")})
            QCOMPARE(caller.answer().body, target);
    }
    void webSocketsPass()
    {
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            if (got.startsWith("GET")) {
                QVERIFY(got.toLower().contains("upgrade: websocket"));
                got.clear();
                socket.write(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nfirst");
            } else {
                socket.write(std::exchange(got, {}).toUpper());
            }
        };
        Caller caller(m_port);
        caller.ask(get("/v1/realtime", "Connection: Upgrade\r\nUpgrade: websocket"));
        QTRY_VERIFY(caller.got.startsWith("HTTP/1.1 101 ") && caller.got.endsWith("first"));
        caller.got.clear();
        caller.write("back and forth");
        QTRY_COMPARE(caller.got, QByteArray("BACK AND FORTH"));
    }
    // What would follow is not looked into: no other protocol is asked for.
    void otherUpgradesAreNotPassed()
    {
        QByteArray came;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            came = got;
            echo(socket, got);
        };
        Caller caller(m_port);
        caller.ask(
            get("/v1/a", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__"));
        QCOMPARE(caller.answer().status, 200);
        QVERIFY(!came.toLower().contains("upgrade") && !came.contains("HTTP2-Settings"));
        m_serve = [](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
        };
        caller.ask(get("/v1/a"));
        QCOMPARE(caller.answer().status, 502);
    }
    // The server stops working for a caller that has gone: what nobody reads costs money.
    void whoLeavesIsNotWorkedFor_data()
    {
        QTest::addColumn<bool>("begun");
        QTest::newRow("before the answer") << false;
        QTest::newRow("in the middle of it") << true;
    }
    void whoLeavesIsNotWorkedFor()
    {
        QFETCH(bool, begun);
        QPointer<QTcpSocket> server;
        m_serve = [&](QTcpSocket &socket, QByteArray &got) {
            got.clear();
            server = &socket;
            if (begun)
                socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        };
        auto caller = std::make_unique<Caller>(m_port);
        caller->ask(get("/v1/long"));
        QTRY_VERIFY(server);
        if (begun)
            QTRY_VERIFY(caller->got.contains("abc"));
        caller.reset();
        QTRY_VERIFY(!server || server->state() == QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(qint64(m_line->figures().connections), 0);
    }
    void slowCallersHoldNobodyUp()
    {
        startLine({}, 2s);
        Caller slow(m_port);
        slow.write("GET /v1/slow HTT");
        Caller half(m_port);
        half.ask("POST /v1/files HTTP/1.1\r\n" + host() + "\r\nContent-Length: 100", "only this");
        QElapsedTimer timer;
        timer.start();
        Caller quick(m_port);
        quick.ask(get("/v1/quick"));
        QCOMPARE(quick.answer().status, 200);
        QVERIFY(timer.elapsed() < 1'500);
        QTRY_COMPARE(slow.state(), QAbstractSocket::UnconnectedState); // they are not waited for without end
        QTRY_COMPARE(half.state(), QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(qint64(m_line->figures().connections), 0); // the quick one was idle for as long
    }
    void fiveHundredAtOnce()
    {
        std::vector<std::unique_ptr<Caller>> callers;
        for (int i = 0; i < 500; ++i)
            callers.push_back(std::make_unique<Caller>(m_port));
        for (std::size_t i = 0; i < callers.size(); ++i)
            callers[i]->ask(get("/v1/" + QByteArray::number(i)));
        for (std::size_t i = 0; i < callers.size(); ++i)
            QCOMPARE(callers[i]->answer().body, "/v1/" + QByteArray::number(i));
        QCOMPARE(qint64(m_line->figures().connections), 500);
    }
    // Rubbish of every kind: it goes on serving the others.
    void rubbish()
    {
        QRandomGenerator random(42);
        const QByteArray whole = "POST /held HTTP/1.1\r\n" + host() +
            "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
            "Expect: 100-continue\r\nConnection: upgrade\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        std::vector<std::unique_ptr<Caller>> callers;
        for (int i = 0; i < 600; ++i) {
            QByteArray bytes = whole;
            // Never empty: places in it are drawn.
            for (int change = random.bounded(1, 8); change > 0; --change) {
                const int at = random.bounded(int(bytes.size()));
                switch (random.bounded(4)) {
                case 0:
                    bytes[at] = char(random.bounded(256));
                    break;
                case 1:
                    bytes.remove(at, std::min<qsizetype>(random.bounded(1, 20), bytes.size() - 1));
                    break;
                case 2:
                    bytes.insert(at, bytes.mid(random.bounded(int(bytes.size())), random.bounded(1, 30)));
                    break;
                default:
                    bytes.truncate(at + 1);
                }
            }
            callers.push_back(std::make_unique<Caller>(m_port));
            callers.back()->write(bytes);
            if (callers.size() > 60)
                callers.erase(callers.begin());
            if (i % 10 == 0)
                QTest::qWait(1);
        }
        Caller caller(m_port);
        caller.ask(get("/v1/still-there"));
        QCOMPARE(caller.answer().body, QByteArray("/v1/still-there"));
    }
    void itEndsWhileRequestsRun()
    {
        m_serve = [](QTcpSocket &, QByteArray &) {};
        std::vector<std::unique_ptr<Caller>> callers;
        for (int i = 0; i < 20; ++i) {
            callers.push_back(std::make_unique<Caller>(m_port));
            callers.back()->ask(get("/v1/never"));
        }
        QTRY_COMPARE(qint64(m_line->figures().running), 20);
        m_line->rest();
        QTRY_VERIFY([this] {
            QTcpSocket late;
            late.connectToHost(u"127.0.0.1"_s, m_port);
            return !late.waitForConnected(1'000);
        }());
        m_line.reset();
        for (const auto &caller : callers)
            QTRY_COMPARE(caller->state(), QAbstractSocket::UnconnectedState);
    }
};

QTEST_GUILESS_MAIN(TestHttpLine)
#include "tst_httpline.moc"
