// SPDX-License-Identifier: GPL-3.0-or-later
// The client against the demo server over loopback, with every fault.
#include "app/demo/demohost.h"
#include "app/demo/tlsfront.h"
#include "models/api/apiclient.h"
#include "models/api/connectiontest.h"
#include "models/api/ratelimiter.h"
#include "models/api/retrypolicy.h"
#include "models/core/errortext.h"
#include "models/settings/connections.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"
#include "tests/support/tinyserver.h"

#include <QCoroTask>
#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QSslKey>
#include <QSslServer>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestApi : public QObject {
    Q_OBJECT
    std::unique_ptr<demo::DemoHost> m_host;

    static Connection connection(const QString &url)
    {
        Connection c;
        c.id = u"c"_s;
        c.name = u"test"_s;
        c.baseUrl = url;
        c.provider = defaultProviderId();
        return c;
    }
    Done test(const QString &url, const QByteArray &key = "secret",
              std::chrono::milliseconds timeout = std::chrono::seconds(5))
    {
        const auto report = QCoro::waitFor(testConnection(connection(url), key, timeout, makeCancel()));
        return report ? Done() : fail(report.error());
    }
    void faults(const QStringList &texts)
    {
        std::vector<demo::Fault> all;
        for (const QString &text : texts) {
            QString problem;
            const auto fault = demo::parseFault(text, &problem);
            if (!fault)
                qFatal("%s", qPrintable(problem));
            all.push_back(*fault);
        }
        m_host->with([&](demo::DemoServer &server) { server.setFaults(all); });
    }
    qint64 served()
    {
        qint64 n = 0;
        m_host->with([&](demo::DemoServer &server) { n = server.served(); });
        return n;
    }

    // A server that is asked over TLS, and asks for a client's certificate where it is told to.
    static std::unique_ptr<QSslServer> tlsServer(bool asksForCertificate)
    {
        const auto file = [](const char *name) {
            QFile pem(QStringLiteral(BOBBIN_FIXTURES "/tls/") + QString::fromLatin1(name));
            return pem.open(QIODevice::ReadOnly) ? pem.readAll() : QByteArray();
        };
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificate(QSslCertificate(file("server.pem")));
        tls.setPrivateKey(QSslKey(file("server-key.pem"), QSsl::Ec));
        tls.setCaCertificates({QSslCertificate(file("ca.pem"))});
        tls.setPeerVerifyMode(asksForCertificate ? QSslSocket::VerifyPeer : QSslSocket::VerifyNone);
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(tls);
        if (!server->listen(QHostAddress::LocalHost))
            qFatal("no port is free");
        connect(server.get(), &QTcpServer::pendingConnectionAvailable, server.get(), [server = server.get()] {
            QTcpSocket *socket = server->nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->readAll();
                test::TinyServer::json(*socket, R"({"object":"list","data":[],"has_more":false})");
            });
        });
        return server;
    }

private Q_SLOTS:
    void trustsWhomItIsTold()
    {
        const auto fixture = [](const char *name) {
            return QStringLiteral(BOBBIN_FIXTURES "/tls/") + QString::fromLatin1(name);
        };
        for (const bool asks : {false, true}) {
            const auto server = tlsServer(asks);
            Connection c = connection(u"https://127.0.0.1:%1/v1"_s.arg(server->serverPort()));
            const auto tried = [&] { return QCoro::waitFor(testConnection(c, "k", 5s, makeCancel())); };
            QCOMPARE(int(tried().error().kind), int(Error::Kind::Tls)); // nobody vouches for it
            c.caFile = fixture("ca.pem");
            if (asks) {
                QVERIFY(!tried()); // it wants to know who we are
                c.certificateFile = fixture("client.pem");
                c.certificateKeyFile = fixture("client-key.pem");
            }
            const auto answer = tried();
            QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message));
            QCOMPARE(answer->listsThreads, std::optional(true));
        }
        // What cannot be used is told by its name, before anything is sent.
        Connection c = connection(m_host->baseUrl());
        c.caFile = fixture("no-such-file.pem");
        QCOMPARE(Connections::check(c).error().place, c.caFile);
        const qint64 before = served();
        QCOMPARE(int(QCoro::waitFor(testConnection(c, "k", 5s, makeCancel())).error().kind), int(Error::Kind::Input));
        QCOMPARE(served(), before);
        c.caFile = fixture("client-key.pem");
        QVERIFY(Connections::check(c).error().message.contains(u"no certificate"_s));
        c.caFile.clear();
        c.certificateFile = fixture("client.pem");
        QVERIFY(!Connections::check(c)); // without its key
        c.certificateKeyFile = fixture("ca.pem");
        QVERIFY(Connections::check(c).error().message.contains(u"private key"_s));
    }
    // As many requests at once as the server bears: one more a round, half as many when it says that they are too many.
    void followsWhatTheServerBears()
    {
        Pace pace;
        QCOMPARE(pace.allowed(), 6);
        RawResponse good;
        good.status = 200;
        RawResponse tooMany;
        tooMany.status = 429;
        Pace::Clock::time_point now{};
        const auto answers = [&](int count, const RawResponse &response, std::optional<qint64> left = {}) {
            for (int i = 0; i < count; ++i)
                pace.answered(response, left, now += 1ms);
        };
        answers(5, good);
        QCOMPARE(pace.allowed(), 6);
        answers(1, good);
        QCOMPARE(pace.allowed(), 7);
        answers(1'000, good);
        QCOMPARE(pace.allowed(), 12); // connections
        good.http2 = true;
        answers(10'000, good);
        QCOMPARE(pace.allowed(), 48); // streams of one
        now += 10s;
        answers(48, tooMany); // all that were under way: one refusal
        QCOMPARE(pace.allowed(), 24);
        now += 2s;
        answers(1, tooMany);
        QCOMPARE(pace.allowed(), 12);
        answers(1, good, 3);
        QCOMPARE(pace.allowed(), 3); // the server said how many are left
        answers(1, good, 0);
        QCOMPARE(pace.allowed(), 1);
        pace.setMost(4);
        answers(1, good, 1'000);
        QCOMPARE(pace.allowed(), 4);
    }
    // The demo server behind nghttpx: TLS, and HTTP/2 where both sides speak it.
    void speaksHttp2_data()
    {
        QTest::addColumn<QString>("protocols");
        QTest::addColumn<QString>("via");
        QTest::newRow("HTTP/2") << u"h2,http/1.1"_s << u"2 nghttpx"_s;
        QTest::newRow("HTTP/1.1") << u"http/1.1"_s << u"1.1 nghttpx"_s;
    }
    void speaksHttp2()
    {
        QFETCH(QString, protocols);
        QFETCH(QString, via);
        if (QStandardPaths::findExecutable(u"nghttpx"_s, {u"/usr/sbin"_s, u"/usr/bin"_s}).isEmpty())
            QSKIP("nghttpx is not installed");
        demo::TlsFront front;
        QString problem;
        const QUrl plain(m_host->baseUrl());
        QVERIFY2(front.start(quint16(plain.port()), 0, protocols, &problem), qPrintable(problem));
        Connection c = connection(u"https://127.0.0.1:%1/v1"_s.arg(front.port()));
        ApiClient distrustful(c, test::assistants(), "secret");
        QCOMPARE(int(QCoro::waitFor(distrustful.page({Resource::Assistants}, {}, makeCancel())).error().kind),
                 int(Error::Kind::Tls));
        c.caFile = front.certificate();
        ApiClient client(c, test::assistants(), "secret");
        QStringList seen;
        int most = 0;
        m_host->with([&](demo::DemoServer &server) {
            server.onRequest = [&](const demo::HttpRequest &r) { seen << QString::fromLatin1(r.headers["via"]); };
        });
        std::vector<QCoro::Task<Result<Page>>> all;
        for (int i = 0; i < 40; ++i)
            all.push_back(client.page({Resource::Assistants}, {}, makeCancel()));
        most = client.inFlight();
        for (auto &one : all)
            QVERIFY(QCoro::waitFor(std::move(one)));
        m_host->with([&](demo::DemoServer &server) { server.onRequest = {}; });
        QCOMPARE(most, 6); // the others waited for their turn
        QCOMPARE(seen.size(), 40);
        QCOMPARE(seen.count(via), 40);
    }
    // Who waits for a turn and is cancelled ends at once, and nobody behind it waits for ever.
    void waitingForATurnEndsWithACancel()
    {
        ApiClient client(connection(m_host->baseUrl()), test::assistants(), "secret");
        client.setMostAtOnce(1);
        faults({u"GET /assistants=delay:300"_s});
        const Cancel cancel = makeCancel();
        auto first = client.page({Resource::Assistants}, {}, makeCancel());
        std::vector<QCoro::Task<Result<Page>>> cancelled;
        for (int i = 0; i < 20; ++i)
            cancelled.push_back(client.page({Resource::Assistants}, {}, cancel));
        auto last = client.page({Resource::Assistants}, {}, makeCancel());
        QCOMPARE(client.inFlight(), 1);
        cancel->request();
        for (auto &one : cancelled)
            QCOMPARE(int(QCoro::waitFor(std::move(one)).error().kind), int(Error::Kind::Cancelled));
        QVERIFY(!first.isReady());
        QVERIFY(QCoro::waitFor(std::move(first)));
        QVERIFY(QCoro::waitFor(std::move(last)));
        QCOMPARE(client.inFlight(), 0);
    }
    void goesThroughItsProxy()
    {
        QByteArray asked;
        test::TinyServer proxy([&](QTcpSocket &socket, const QByteArray &request) {
            asked = request;
            test::TinyServer::json(socket, R"({"object":"list","data":[],"has_more":false})");
        });
        Connection c = connection(u"http://localhost:9/v1"_s); // nobody listens there
        c.proxy = u"http://127.0.0.1:%1"_s.arg(proxy.serverPort());
        const auto answer = QCoro::waitFor(testConnection(c, "k", 5s, makeCancel()));
        QVERIFY2(answer, answer ? "" : qPrintable(answer.error().message));
        QVERIFY2(asked.startsWith("GET http://localhost:9/v1/"), asked.constData());
        c.proxy = u"none"_s;
        QCOMPARE(int(QCoro::waitFor(testConnection(c, "k", 5s, makeCancel())).error().kind), int(Error::Kind::Network));
        for (const QString &bad : {u"host:3128"_s, u"ftp://host"_s, u"http://me:secret@host:1"_s}) {
            c.proxy = bad;
            const Done refused = Connections::check(c);
            QVERIFY(!refused && !refused.error().message.contains(u"secret"_s));
        }
    }
    void theProviderIsFoundOut()
    {
        Connection c = connection(m_host->baseUrl());
        c.provider.clear();
        QCOMPARE(QCoro::waitFor(testConnection(c, "secret", 5s, makeCancel()))->provider, u"assistants-v2"_s);
        demo::DemoOptions options;
        options.protocol = demo::Protocol::Foundry;
        demo::DemoHost foundry(options);
        c.baseUrl = foundry.baseUrl();
        const auto found = QCoro::waitFor(testConnection(c, "any", 5s, makeCancel()));
        QVERIFY(found);
        QCOMPARE(found->provider, u"foundry-agents"_s);
        c.provider = u"assistants-v2"_s; // chosen by hand: only that is tried
        QVERIFY(!QCoro::waitFor(testConnection(c, "any", 5s, makeCancel())));
    }
    void initTestCase()
    {
        demo::DemoOptions options;
        options.token = "secret";
        m_host = std::make_unique<demo::DemoHost>(options);
        QVERIFY2(m_host->problem().isEmpty(), qPrintable(m_host->problem()));
    }
    // Nobody's keyring is opened before a request needs the key, and then once.
    void theKeyIsAskedForByTheFirstRequest()
    {
        QByteArrayList requests;
        bobbin::test::TinyServer server([&](QTcpSocket &socket, const QByteArray &request) {
            requests << request;
            bobbin::test::TinyServer::json(socket, "{}");
        });
        ApiClient client(connection(server.url()), test::assistants(), std::nullopt);
        QSignalSpy wanted(&client, &ApiClient::keyWanted);
        QTest::qWait(50);
        QCOMPARE(wanted.count(), 0);
        const Request request = client.provider().list({Resource::Assistants}, {});
        int answers = 0;
        QObject context;
        for (int i = 0; i < 2; ++i)
            QCoro::connect(client.send(request, makeCancel()), &context,
                           [&](const Result<QByteArray> &answer) { answers += answer ? 1 : 0; });
        QTRY_COMPARE(wanted.count(), 1);
        QTest::qWait(50);
        QCOMPARE(answers, 0);
        QCOMPARE(client.requestsSent(), 0);
        client.setKey("late");
        QTRY_COMPARE(answers, 2);
        QVERIFY(requests.front().contains("Bearer late"));
        QCOMPARE(wanted.count(), 1);
        // Whoever waits for a keyring that stays locked can give up.
        ApiClient other(connection(server.url()), test::assistants(), std::nullopt);
        const Cancel cancel = makeCancel();
        std::optional<Result<QByteArray>> given;
        QCoro::connect(other.send(request, cancel), &context,
                       [&](const Result<QByteArray> &answer) { given = answer; });
        QTest::qWait(20);
        cancel->request();
        QTRY_VERIFY(given && !*given && given->error().kind == Error::Kind::Cancelled);
        // None is to be had: the server may need none.
        std::optional<Result<QByteArray>> without;
        QCoro::connect(other.send(request, makeCancel()), &context,
                       [&](const Result<QByteArray> &answer) { without = answer; });
        other.goWithoutKey();
        QTRY_VERIFY(without && without->has_value());
        QVERIFY(!requests.back().contains("uthorization"));
    }
    void cleanup() { faults({}); }

    // One byte now and then is no reason to wait for ever, in the headers or in the body.
    void whatTricklesEnds_data()
    {
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("piece");
        QTest::newRow("body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n") << QByteArray("x");
        QTest::newRow("endless body") << QByteArray("HTTP/1.1 200 OK\r\n\r\n") << QByteArray("x");
        QTest::newRow("headers") << QByteArray("HTTP/1.1 200 OK\r\nX-Long: ") << QByteArray("x");
        QTest::newRow("endless headers") << QByteArray("HTTP/1.1 200 OK\r\n") << QByteArray("X-More: x\r\n");
    }
    void whatTricklesEnds()
    {
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, piece);
        bobbin::test::TinyServer server(
            [&](QTcpSocket &socket, const QByteArray &) { bobbin::test::TinyServer::trickle(socket, first, piece); });
        QElapsedTimer timer;
        timer.start();
        const Done done = test(server.url(), "secret", std::chrono::milliseconds(100));
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), int(Error::Kind::Timeout));
        // While headers come, Qt's own limit counts no byte of them.
        QVERIFY2(first.endsWith("\r\n\r\n") == done.error().message.contains(u"in all"_s),
                 qPrintable(done.error().message));
        QVERIFY(timer.elapsed() < 15'000);
    }
    void headersHaveALimit()
    {
        bobbin::test::TinyServer server([](QTcpSocket &socket, const QByteArray &) {
            bobbin::test::TinyServer::json(socket, "{}", "X-Long: " + QByteArray(70'000, 'x') + "\r\n");
        });
        const Done done = test(server.url());
        QVERIFY(!done);
        QVERIFY2(done.error().message.contains(u"headers"_s), qPrintable(done.error().message));
    }
    // A reset far in the future, on an answer that is good, must not hold everything silently.
    void aRateLimitFarAwayIsNotBelieved()
    {
        RateLimiter limiter;
        const auto now = RateLimiter::Clock::now();
        for (const char *reset : {"1000000000s", "1e300s", "99999999h"}) {
            limiter.answered({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", reset}}, now);
            QVERIFY(limiter.waitFor(now) <= std::chrono::seconds(120));
        }
        limiter.answered({{"x-ratelimit-remaining-requests", "0"}, {"x-ratelimit-reset-requests", "5s"}}, now);
        QVERIFY(limiter.waitFor(now) >= std::chrono::seconds(5));
        QVERIFY(retryAfter({{"retry-after", "1e300"}}) > std::chrono::hours(1));
    }
    // What a server says of polling is kept, within reason, also where it counts no requests.
    void howOftenToPollIsTheServersToSay()
    {
        RateLimiter limiter;
        const auto now = RateLimiter::Clock::now();
        QCOMPARE(limiter.pollAfter(), std::chrono::milliseconds(0));
        limiter.answered({{"openai-poll-after-ms", "1500"}}, now);
        QCOMPARE(limiter.pollAfter(), std::chrono::milliseconds(1'500));
        limiter.answered({{"openai-poll-after-ms", "soon"}}, now);
        limiter.answered({{"openai-poll-after-ms", "-1"}}, now);
        QCOMPARE(limiter.pollAfter(), std::chrono::milliseconds(1'500));
        limiter.answered({{"openai-poll-after-ms", "99999999999"}}, now);
        QCOMPARE(limiter.pollAfter(), std::chrono::milliseconds(60'000));
    }
    void whatIsInAnErrorIsVisible()
    {
        bobbin::test::TinyServer server([](QTcpSocket &socket, const QByteArray &) {
            const QByteArray body = "{\"error\":{\"message\":\"\\u001b[31mred\\u001b[0m\\u202e\"}}";
            socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" +
                         body);
        });
        const Done done = test(server.url());
        const QString line = errorText(done.error()).line();
        QVERIFY2(!line.contains(QChar(0x1b)) && !line.contains(QChar(0x202e)) && line.contains(u"red"_s),
                 qPrintable(line));
    }

    void aGoodServer() { QVERIFY(test(m_host->baseUrl())); }

    void whatIsWrongIsTold_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("kind");
        QTest::newRow("401") << u"/assistants=status:401"_s << int(Error::Kind::Unauthorized);
        QTest::newRow("403") << u"/assistants=status:403"_s << int(Error::Kind::Forbidden);
        QTest::newRow("web page") << u"/assistants=html"_s << int(Error::Kind::NotThisProtocol);
        QTest::newRow("redirect") << u"/assistants=redirect"_s << int(Error::Kind::Redirected);
        QTest::newRow("plain text 502") << u"/assistants=plain-text*9"_s << int(Error::Kind::Server);
        QTest::newRow("400") << u"/assistants=status:400"_s << int(Error::Kind::Rejected);
    }
    void whatIsWrongIsTold()
    {
        QFETCH(QString, fault);
        QFETCH(int, kind);
        faults({fault});
        const Done done = test(m_host->baseUrl());
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), kind);
        QVERIFY(!errorText(done.error()).what.isEmpty());
    }
    void wrongKey() { QCOMPARE(int(test(m_host->baseUrl(), "other").error().kind), int(Error::Kind::Unauthorized)); }
    void wrongPath()
    {
        QCOMPARE(int(test(m_host->baseUrl() + u"/v1"_s).error().kind), int(Error::Kind::NotThisProtocol));
    }
    void nobodyThere() { QCOMPARE(int(test(u"http://127.0.0.1:1/v1"_s).error().kind), int(Error::Kind::Network)); }
    void hangs()
    {
        faults({u"/assistants=hang"_s});
        QCOMPARE(int(test(m_host->baseUrl(), "secret", std::chrono::milliseconds(150)).error().kind),
                 int(Error::Kind::Timeout));
    }
    void noTlsThere()
    {
        const QString https = QString(m_host->baseUrl()).replace("http:"_L1, "https:"_L1);
        const auto kind = test(https).error().kind;
        QVERIFY(kind == Error::Kind::Tls || kind == Error::Kind::Network);
    }
    void switchedOff()
    {
        const AssistantsErrorProbe probe;
        QCOMPARE(int(probe.refined(404, u"https://api.openai.com/v1"_s, u"/threads/x"_s)),
                 int(Error::Kind::SwitchedOff));
        QCOMPARE(int(probe.refined(404, u"https://api.openai.com/v1"_s, u"/files/x"_s)), int(Error::Kind::NotFound));
        QCOMPARE(int(probe.refined(404, u"https://other.example/v1"_s, u"/threads/x"_s)), int(Error::Kind::NotFound));
    }

    void passingFaultsAreRetried_data()
    {
        QTest::addColumn<QString>("fault");
        for (const char *kind :
             {"status:500*2", "status:503*1", "status:429*1", "reset*1", "truncated*1", "status:408*1"})
            QTest::newRow(kind) << u"/assistants="_s + QString::fromLatin1(kind);
    }
    void passingFaultsAreRetried()
    {
        QFETCH(QString, fault);
        faults({fault});
        const Done done = test(m_host->baseUrl());
        QVERIFY2(done, done ? "" : qPrintable(errorText(done.error()).line()));
    }
    void anAnswerShorterThanItsLengthIsCutShort()
    {
        RawResponse response;
        response.status = 200;
        response.headers.insert("content-length", "10");
        response.body = "{\"id\":";
        const auto error = errorOf(response, u"GET /x"_s);
        QVERIFY(error && error->kind == Error::Kind::Network);
        response.body = "0123456789";
        QVERIFY(!errorOf(response, {}));
    }
    void aPostIsSentOnceWhenItsAnswerIsLost()
    {
        faults({u"POST /threads=reset"_s});
        ApiClient client(connection(m_host->baseUrl()), test::assistants(), "secret");
        Request create;
        create.method = "POST";
        create.path = u"/threads"_s;
        create.body = "{}";
        const qint64 before = served();
        const auto answer = QCoro::waitFor(client.send(create, makeCancel()));
        QVERIFY(!answer);
        QCOMPARE(int(answer.error().kind), int(Error::Kind::Network));
        QCOMPARE(served() - before, 1);
    }
    void cancelEndsAtOnce()
    {
        faults({u"/assistants=hang"_s});
        ApiClient client(connection(m_host->baseUrl()), test::assistants(), "secret");
        const Cancel cancel = makeCancel();
        QTimer::singleShot(50, cancel.get(), [cancel] { cancel->request(); });
        QElapsedTimer timer;
        timer.start();
        const ListRef list{Resource::Assistants};
        const auto page = QCoro::waitFor(client.page(list, ListToken(), cancel));
        QVERIFY(!page);
        QCOMPARE(int(page.error().kind), int(Error::Kind::Cancelled));
        QVERIFY(timer.elapsed() < 2000);
    }

    // The key goes to the server that was asked and to nobody else.
    void redirectsDoNotCarryTheKey()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        int visits = 0;
        connect(&other, &QTcpServer::newConnection, this, [&] { ++visits; });
        QTcpServer redirecting;
        QVERIFY(redirecting.listen(QHostAddress::LocalHost));
        connect(&redirecting, &QTcpServer::newConnection, this, [&] {
            QTcpSocket *socket = redirecting.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, &other] {
                socket->readAll();
                socket->write("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:" +
                              QByteArray::number(other.serverPort()) + "/v1/assistants\r\ncontent-length: 0\r\n\r\n");
            });
        });
        const Done done = test(u"http://127.0.0.1:%1/v1"_s.arg(redirecting.serverPort()));
        QVERIFY(!done);
        QCOMPARE(int(done.error().kind), int(Error::Kind::Redirected));
        QTest::qWait(100);
        QCOMPARE(visits, 0);
    }
    void errorsNeverQuoteTheKey()
    {
        const QByteArray key = "sk-proj-abcdefghijklmnopqrstuvwxyz";
        const QString text =
            redacted(u"Incorrect API key provided: %1. Header: Bearer %1"_s.arg(QString::fromLatin1(key)), key);
        QVERIFY(!text.contains("abcdefgh"_L1));
    }
    void baseUrls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("good");
        QTest::newRow("https") << u"https://host/v1/"_s << true;
        QTest::newRow("loopback") << u"http://127.0.0.1:8080/v1"_s << true;
        QTest::newRow("loopback 6") << u"http://[::1]:8080/v1"_s << true;
        QTest::newRow("localhost") << u"http://localhost/v1"_s << true;
        QTest::newRow("plain http") << u"http://host/v1"_s << false;
        QTest::newRow("looks local") << u"http://127.0.0.1.example.com/v1"_s << false;
        QTest::newRow("file") << u"file:///etc/passwd"_s << false;
        QTest::newRow("no scheme") << u"host/v1"_s << false;
        QTest::newRow("password") << u"https://me:pw@host/v1"_s << false;
        QTest::newRow("query") << u"https://host/v1?key=1"_s << false;
        QTest::newRow("empty") << u"  "_s << false;
    }
    void baseUrls()
    {
        QFETCH(QString, url);
        QFETCH(bool, good);
        QCOMPARE(checkBaseUrl(url).has_value(), good);
    }
    void durations()
    {
        using std::chrono::milliseconds;
        QCOMPARE(goDuration("1s").value(), milliseconds(1000));
        QCOMPARE(goDuration("6m0s").value(), milliseconds(360'000));
        QCOMPARE(goDuration("1.5s").value(), milliseconds(1500));
        QCOMPARE(goDuration("20ms").value(), milliseconds(20));
        QVERIFY(!goDuration("soon"));
        QCOMPARE(retryAfter({{"retry-after", "20"}}).value(), milliseconds(20'000));
        QCOMPARE(retryAfter({{"retry-after-ms", "150"}, {"retry-after", "20"}}).value(), milliseconds(150));
    }
    void quotaIsNotRetried()
    {
        RawResponse response;
        response.status = 429;
        response.body =
            R"({"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota"}})";
        const auto error = errorOf(response, u"GET /x"_s);
        QCOMPARE(int(error->kind), int(Error::Kind::Quota));
        QVERIFY(!waitBeforeRetry(*error, response, Request(), 0, 0));
    }
    void errorsOfOtherShapes()
    {
        const auto message = [](const QByteArray &body) {
            RawResponse response;
            response.status = 422;
            response.body = body;
            return errorOf(response, {})->message;
        };
        QCOMPARE(message(R"({"detail":"bad limit"})"), u"bad limit"_s);
        QCOMPARE(message(R"({"detail":[{"msg":"x"}]})"), u"x"_s);
        QCOMPARE(message(R"({"success":false,"error":{"issues":[{"message":"Required","path":["values",0]},
                             {"message":"no"}],"name":"ZodError"}})"),
                 u"values.0: Required; no"_s);
        QCOMPARE(message(R"({"error":"no"})"), u"no"_s);
        QCOMPARE(message(R"({"message":"no"})"), u"no"_s);
        QCOMPARE(message("upstream  connect\nerror"), u"upstream connect error"_s);
    }
    void connectionsAreSavedWithoutKeys()
    {
        QTemporaryDir folder;
        Connections store(folder.filePath(u"c.ini"_s));
        Connection c = connection(u"https://host/v1/"_s);
        c.id = Connections::newId();
        c.name = u"Prüfung · 東京"_s;
        c.headers = {{u"X-Team"_s, u"a, b; c"_s}};
        c.query = {{u"api-version"_s, u"2025-05-01"_s}};
        QVERIFY(store.save(c));
        const auto back = store.byName(u"prüfung · 東京"_s);
        QVERIFY(back);
        QCOMPARE(back->headers, c.headers);
        QCOMPARE(back->query, c.query);
        QCOMPARE(back->baseUrl, u"https://host/v1"_s);
        Connection twin = c;
        twin.id = Connections::newId();
        QCOMPARE(store.save(twin).error().place, u"name"_s);
        c.headers = {{u"Authorization"_s, u"Bearer x"_s}};
        QCOMPARE(store.save(c).error().place, u"extra headers"_s);
        c.headers = {{u"X"_s, u"a\r\nAuthorization: Bearer x"_s}};
        QVERIFY(!store.save(c));
        QVERIFY(store.remove(c.id));
        QVERIFY(store.all().empty());
    }

private:
    struct AssistantsErrorProbe {
        Error::Kind refined(int status, const QString &base, const QString &path) const
        {
            RawResponse response;
            response.status = status;
            Request request;
            request.path = path;
            return test::assistants().refine(*errorOf(response, path), connection(base), request).kind;
        }
    };
};

QTEST_GUILESS_MAIN(TestApi)
#include "tst_api.moc"
