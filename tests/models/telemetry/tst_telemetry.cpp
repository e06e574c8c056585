// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard tells programs, by itself; cli_telemetry has it read by their own readers.
#include "models/telemetry/metrics.h"
#include "models/telemetry/metricsport.h"
#include "models/telemetry/traceexport.h"
#include "models/telemetry/webhook.h"
#include "tests/support/testsupport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

// Answers each POST with the next of its answers (the last one again and again), and keeps what came.
class Receiver : public QTcpServer {
public:
    explicit Receiver(QByteArrayList answers) : m_answers(std::move(answers))
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("no port");
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                QByteArray &text = m_read[socket];
                text += socket->readAll();
                const qsizetype head = text.indexOf("\r\n\r\n");
                if (head < 0)
                    return;
                const qsizetype at = text.toLower().indexOf("content-length:");
                const qsizetype length = text.mid(at + 15, text.indexOf('\r', at) - at - 15).trimmed().toLongLong();
                if (text.size() < head + 4 + length)
                    return;
                requests << text;
                text.clear();
                socket->write(m_answers.size() > 1 ? m_answers.takeFirst() : m_answers.first());
            });
        });
    }
    QString url() const { return u"http://127.0.0.1:%1/hook"_s.arg(serverPort()); }
    static QByteArray field(const QByteArray &request, const QByteArray &name)
    {
        for (const QByteArray &line : request.left(request.indexOf("\r\n\r\n")).split('\n'))
            if (line.toLower().startsWith(name + ':'))
                return line.mid(name.size() + 1).trimmed();
        return {};
    }
    static QByteArray body(const QByteArray &request) { return request.mid(request.indexOf("\r\n\r\n") + 4); }
    QByteArrayList requests;

private:
    QByteArrayList m_answers;
    QHash<QTcpSocket *, QByteArray> m_read;
};

const QByteArray taken = "HTTP/1.1 204 No Content\r\n\r\n";
const QByteArray broken = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

} // namespace

class TestTelemetry : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The example that the specification's own libraries are tested with.
    void signedAsTheSpecificationSays()
    {
        QCOMPARE(webhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                  R"({"test": 2432232314})"),
                 QByteArray("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }
    void whereAWebhookMayBe_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("good");
        QTest::newRow("https") << u"https://hooks.example.com/a?b=c"_s << true;
        QTest::newRow("loopback") << u"http://127.0.0.1:9/x"_s << true;
        QTest::newRow("localhost") << u"http://localhost:9/x"_s << true;
        QTest::newRow("plain elsewhere") << u"http://example.com/"_s << false;
        QTest::newRow("lookalike") << u"http://127.0.0.1.example.com/"_s << false;
        QTest::newRow("file") << u"file:///etc/passwd"_s << false;
        QTest::newRow("password") << u"https://a:b@example.com/"_s << false;
        QTest::newRow("nothing") << QString() << false;
    }
    void whereAWebhookMayBe()
    {
        QFETCH(QString, url);
        QFETCH(bool, good);
        QCOMPARE(webhookPlace(url, "secret").has_value(), good);
        QVERIFY(!webhookPlace(url, QByteArray()));
    }
    // What is not taken comes again with the same id, newly signed; what follows waits behind it.
    void triedAgainInOrder()
    {
        Receiver receiver({broken, broken, taken});
        Webhook hook(*webhookPlace(receiver.url(), "secret"), {50ms, 50ms, 50ms});
        hook.send(R"({"n":1})");
        hook.send(R"({"n":2})");
        QTRY_COMPARE(hook.delivered(), 2);
        QCOMPARE(receiver.requests.size(), 4);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(Receiver::body(receiver.requests[i]), QByteArray(R"({"n":1})"));
            QCOMPARE(Receiver::field(receiver.requests[i], "webhook-id"),
                     Receiver::field(receiver.requests[0], "webhook-id"));
            QCOMPARE(Receiver::field(receiver.requests[i], "webhook-signature"),
                     webhookSignature("secret", Receiver::field(receiver.requests[i], "webhook-id"),
                                      Receiver::field(receiver.requests[i], "webhook-timestamp").toLongLong(),
                                      R"({"n":1})"));
        }
        QCOMPARE(Receiver::body(receiver.requests[3]), QByteArray(R"({"n":2})"));
        QVERIFY(Receiver::field(receiver.requests[3], "webhook-id") !=
                Receiver::field(receiver.requests[0], "webhook-id"));
    }
    // Given up, it says so, and what follows has its turn; a redirect is not followed.
    void whatIsLostIsTold()
    {
        Receiver elsewhere({taken});
        Receiver receiver({broken, broken,
                           "HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: " +
                               elsewhere.url().toLatin1() + "\r\n\r\n"});
        Webhook hook(*webhookPlace(receiver.url(), "secret"), {20ms});
        QSignalSpy lost(&hook, &Webhook::failed);
        hook.send("{}");
        hook.send("{}");
        QTRY_COMPARE(lost.size(), 2);
        QCOMPARE(receiver.requests.size(), 4);
        QVERIFY(elsewhere.requests.isEmpty());
        QCOMPARE(hook.delivered(), 0);
    }
    // At the end what waits is tried once more, and not waited for without end.
    void theEndIsNotHeldUp()
    {
        Receiver receiver({broken, taken});
        Webhook hook(*webhookPlace(receiver.url(), "secret"), {1h});
        hook.send("{}");
        QTRY_COMPARE(receiver.requests.size(), 1);
        QTest::qWait(100);
        QSignalSpy idle(&hook, &Webhook::idle);
        hook.rest();
        QVERIFY(idle.wait(5'000));
        QCOMPARE(hook.delivered(), 1);
    }

    void unknownIsNoSample()
    {
        GuardMetrics metrics;
        QVERIFY(!prometheusText(metrics).contains("\nbobbin_spent_usd"));
        QVERIFY(!prometheusText(metrics).contains("\nbobbin_active_runs"));
        QVERIFY(!prometheusText(metrics).contains("\nbobbin_gateway"));
        metrics.day.emplace().cost.known = Money::fromDollars(1.5);
        metrics.refused[u"a\"b\\c\nd"_s] = 3;
        const QByteArray text = prometheusText(metrics);
        QVERIFY(text.contains("\nbobbin_spent_usd{period=\"day\"} 1.5\n"));
        QVERIFY(!text.contains("period=\"month\""));
        QVERIFY(text.contains("\nbobbin_guard_refused_total{rule=\"a\\\"b\\\\c\\nd\"} 3\n"));
    }

    // On its own port there is /metrics, for programs of this computer, and nothing else.
    void itsPortHasMetricsOnly()
    {
        MetricsPort port;
        port.publish("one 1\n");
        const auto number = port.start(0);
        QVERIFY(number);
        QNetworkAccessManager network;
        const auto ask = [&](const QByteArray &method, const QString &path, const QByteArray &field = {}) {
            QNetworkRequest request(QUrl(u"http://127.0.0.1:%1%2"_s.arg(*number).arg(path)));
            if (!field.isEmpty())
                request.setRawHeader(field, "http://evil.example");
            std::unique_ptr<QNetworkReply> reply(network.sendCustomRequest(request, method, QByteArray()));
            if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 10'000))
                qFatal("no answer");
            return std::pair(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll());
        };
        QCOMPARE(ask("GET", u"/metrics"_s), std::pair(200, QByteArray("one 1\n")));
        port.publish("one 2\n");
        QCOMPARE(ask("GET", u"/metrics?x=y"_s), std::pair(200, QByteArray("one 2\n")));
        QCOMPARE(ask("GET", u"/"_s).first, 404);
        QCOMPARE(ask("POST", u"/metrics"_s).first, 405);
        QCOMPARE(ask("GET", u"/metrics"_s, "Origin").first, 403);
        QVERIFY(!MetricsPort().start(*number)); // it is taken
    }

    // sdk_traces has it read by OpenTelemetry's own decoder.
    void aRunIsATrace()
    {
        TracedRun traced;
        traced.run.id = u"run_1"_s;
        traced.run.threadId = u"thread_1"_s;
        traced.run.assistant = u"Weather"_s;
        traced.run.model = u"gpt-4o"_s;
        traced.run.status = RunStatus::Failed;
        traced.run.statusWord = u"failed"_s;
        traced.run.errorCode = u"server_error"_s;
        traced.run.createdAt = 1'000;
        traced.run.endedAt = 5'000;
        traced.run.usage = Usage{900, 40, 512, {}, {}};
        traced.assistantId = u"asst_1"_s;
        StepContent step;
        step.step.id = u"step_1"_s;
        step.step.type = u"tool_calls"_s;
        step.step.status = u"completed"_s;
        step.step.createdAt = 2'000;
        step.calls = {{u"call_1"_s, u"function"_s, u"get_weather"_s, u"where"_s, u"warm"_s, true},
                      {u"call_2"_s, u"file_search"_s, {}, {}, {}, true}};
        traced.steps = {step};
        const auto spansOf = [&](bool texts, const QString &connection) {
            const QByteArray body = traceRequest({traced}, {u"bobbin"_s, connection, u"openai"_s, texts});
            const QJsonObject all = QJsonDocument::fromJson(body).object()["resourceSpans"_L1][0].toObject();
            return all["scopeSpans"_L1][0]["spans"_L1].toArray();
        };
        const QJsonArray spans = spansOf(false, u"c"_s);
        QCOMPARE(spans.size(), 4);
        const QJsonValue run = spans[0], call = spans[1], tool = spans[2];
        QCOMPARE(run["name"_L1].toString(), u"invoke_agent Weather"_s);
        QCOMPARE(call["name"_L1].toString(), u"chat gpt-4o"_s);
        QCOMPARE(tool["name"_L1].toString(), u"execute_tool get_weather"_s);
        QVERIFY(run["parentSpanId"_L1].isUndefined());
        QCOMPARE(call["parentSpanId"_L1], run["spanId"_L1]);
        QCOMPARE(tool["parentSpanId"_L1], call["spanId"_L1]);
        QCOMPARE(run["traceId"_L1].toString().size(), 32);
        QCOMPARE(run["spanId"_L1].toString().size(), 16);
        QCOMPARE(run["startTimeUnixNano"_L1].toString(), u"1000000000"_s);
        QCOMPARE(run["status"_L1]["code"_L1].toInt(), 2);
        QCOMPARE(tool["endTimeUnixNano"_L1].toString(), u"5000000000"_s); // its end is not told: the run's
        const auto attribute = [](const QJsonValue &span, const QString &key) {
            for (const QJsonValue one : span["attributes"_L1].toArray())
                if (one["key"_L1].toString() == key)
                    return one["value"_L1].toObject();
            return QJsonObject();
        };
        QCOMPARE(attribute(run, u"gen_ai.usage.input_tokens"_s)["intValue"_L1].toString(), u"900"_s);
        QCOMPARE(attribute(run, u"error.type"_s)["stringValue"_L1].toString(), u"server_error"_s);
        QCOMPARE(attribute(spans[3], u"gen_ai.tool.type"_s)["stringValue"_L1].toString(), u"datastore"_s);
        QVERIFY(attribute(run, u"gen_ai.usage.cache_creation.input_tokens"_s).isEmpty()); // not told: not 0
        QVERIFY(attribute(run, u"bobbin.cost.usd"_s).isEmpty());
        QVERIFY(attribute(tool, u"gen_ai.tool.call.result"_s).isEmpty());
        QCOMPARE(attribute(spansOf(true, u"c"_s)[2], u"gen_ai.tool.call.result"_s)["stringValue"_L1].toString(),
                 u"warm"_s);
        // The same run is the same trace, whenever it is sent; of another connection it is another.
        QCOMPARE(spansOf(false, u"c"_s), spans);
        QVERIFY(spansOf(false, u"d"_s)[0]["traceId"_L1] != run["traceId"_L1]);
    }
    void whereACollectorMayBe()
    {
        QCOMPARE(tracePlace(u"http://localhost:4318"_s, {}, false)->url, QUrl(u"http://localhost:4318/v1/traces"_s));
        QCOMPARE(tracePlace(u"https://otel.example.com/x/v1/traces"_s, {}, false)->url,
                 QUrl(u"https://otel.example.com/x/v1/traces"_s));
        QVERIFY(!tracePlace(u"http://otel.example.com"_s, {}, false));
        const auto place = tracePlace(u"https://otel.example.com"_s, "a=b%20c, d = e=f ,", false);
        QVERIFY(place);
        QCOMPARE(place->headers, (std::vector<std::pair<QByteArray, QByteArray>>{{"a", "b c"}, {"d", "e=f"}}));
        const auto wrong = tracePlace(u"https://otel.example.com"_s, "only-a-key", false);
        QVERIFY(!wrong && !wrong.error().message.contains(u"only-a-key"_s));
    }
};

QTEST_GUILESS_MAIN(TestTelemetry)
#include "tst_telemetry.moc"
