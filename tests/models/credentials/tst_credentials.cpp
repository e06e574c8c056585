// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that run out, and where new ones come from: a command, a sign-in in the browser.
#include "app/demo/demohost.h"
#include "models/credentials/credentials.h"
#include "models/credentials/tokencommand.h"
#include "models/session/session.h"
#include "tests/support/testsupport.h"

#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestCredentials : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<demo::DemoHost> m_host;
    std::unique_ptr<SecretStore> m_secrets;
    std::unique_ptr<Credentials> m_credentials;
    int m_number = 0;

    QString tokenFile() const { return m_folder.filePath(u"token.txt"_s); }
    void writeToken(const QByteArray &token)
    {
        QFile file(tokenFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(token);
    }
    QByteArray issue()
    {
        QByteArray token;
        m_host->with([&](demo::DemoServer &server) { token = server.tokens().issue(); });
        return token;
    }
    // CMake runs everywhere: "cmake -E cat FILE" is a command that prints a token.
    static QStringList cmake(const QStringList &arguments)
    {
        return QStringList{QStringLiteral(BOBBIN_CMAKE)} + arguments;
    }
    Connection connection(Connection::KeySource source)
    {
        Connection c;
        c.id = u"c%1"_s.arg(++m_number);
        c.name = c.id;
        c.baseUrl = m_host->baseUrl();
        c.provider = u"foundry-agents"_s;
        c.keySource = source;
        c.command = cmake({u"-E"_s, u"cat"_s, tokenFile()});
        m_host->with([&](demo::DemoServer &server) { c.tenant = server.signInUrl(); });
        c.clientId = u"bobbin-desktop"_s;
        return c;
    }
    static QString refreshName(const Connection &c) { return c.id + u"/refresh-token"_s; }
    Result<QByteArray> ask(const Connection &c, bool fresh = false)
    {
        std::optional<Result<QByteArray>> answer;
        m_credentials->ask(c, fresh, [&](const Result<QByteArray> &key) { answer = key; });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000))
            return fail(Error::Kind::Timeout, u"no answer"_s);
        return *answer;
    }
    static Result<QByteArray> output(const QStringList &command, std::chrono::milliseconds patience)
    {
        std::optional<Result<QByteArray>> answer;
        TokenCommand run(command);
        connect(&run, &TokenCommand::ended, &run, [&](const Result<QByteArray> &token) { answer = token; });
        run.start(patience);
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000))
            return fail(Error::Kind::Timeout, u"no answer"_s);
        return *answer;
    }

private Q_SLOTS:
    void init()
    {
        demo::DemoOptions options;
        options.protocol = demo::Protocol::Foundry;
        options.tokenSeconds = 3'600;
        options.bulk = {12, 2, 1, 2};
        m_host = std::make_unique<demo::DemoHost>(options);
        m_secrets = std::make_unique<SecretStore>(u"bobbin-test"_s);
        m_credentials = std::make_unique<Credentials>(*m_secrets);
    }
    void tokensAreFound()
    {
        QCOMPARE(*tokenIn("eyJ0eXAi.abc.def\n"), QByteArray("eyJ0eXAi.abc.def"));
        QCOMPARE(*tokenIn("\"eyJ0eXAi.abc.def\"\r\n"), QByteArray("eyJ0eXAi.abc.def"));
        QCOMPARE(*tokenIn(R"({"accessToken":"eyJ0eXAi.abc.def","expiresOn":"2026"})"), QByteArray("eyJ0eXAi.abc.def"));
        QCOMPARE(*tokenIn(R"({"access_token":"eyJ0eXAi.abc.def"})"), QByteArray("eyJ0eXAi.abc.def"));
        for (const QByteArray &rubbish :
             {QByteArray(), QByteArray("\n"), QByteArray("two words here"), QByteArray("{}"), QByteArray("short"),
              QByteArray("a-line-here\nanother-line"), QByteArray(100'000, 'x'),
              QByteArray("\xff\xfe\xff\xfe\xff\xfe\xff\xfe")}) {
            const auto token = tokenIn(rubbish);
            QVERIFY2(!token, rubbish.left(20).constData());
            QCOMPARE(int(token.error().kind), int(Error::Kind::Unauthorized));
            if (rubbish.size() > 4)
                QVERIFY(!token.error().message.contains(QString::fromLatin1(rubbish.left(20))));
        }
    }
    void aCommandsFailuresAreToldApart()
    {
        const auto missing = output({u"no-such-program-anywhere"_s}, 10s);
        QVERIFY(missing.error().message.contains(u"no-such-program-anywhere"_s));
        QVERIFY(missing.error().message.contains(u"cannot be started"_s));
        const auto failed = output(cmake({u"-E"_s, u"cat"_s, m_folder.filePath(u"no-such-file"_s)}), 10s);
        QVERIFY2(failed.error().message.contains(u"exit code"_s), qPrintable(failed.error().message));
        QVERIFY2(failed.error().message.contains(u"no-such-file"_s),
                 qPrintable(failed.error().message)); // what it said
        const auto hung = output(cmake({u"-E"_s, u"sleep"_s, u"60"_s}), 300ms);
        QVERIFY2(hung.error().message.contains(u"did not end"_s), qPrintable(hung.error().message));
        writeToken("this is no token at all");
        const auto rubbish = output(cmake({u"-E"_s, u"cat"_s, tokenFile()}), 10s);
        QVERIFY2(rubbish.error().message.contains(u"printed no token"_s), qPrintable(rubbish.error().message));
        QVERIFY(!rubbish.error().message.contains(u"this is no"_s));
        writeToken(QByteArray(2'000'000, 'x'));
        QVERIFY(!output(cmake({u"-E"_s, u"cat"_s, tokenFile()}), 10s));
        // No shell: what would be another command there is an argument here.
        const auto shell = output(cmake({u"-E"_s, u"echo"_s, u"token-token;rm"_s}), 10s);
        QCOMPARE(*shell, QByteArray("token-token;rm"));
    }
    void aCommandRunsOnceForAllThatAsk()
    {
        writeToken("first-token-of-all");
        const Connection c = connection(Connection::KeySource::Command);
        int answers = 0;
        for (int i = 0; i < 5; ++i)
            m_credentials->ask(c, false, [&](const Result<QByteArray> &key) { answers += key ? 1 : 0; });
        QTRY_COMPARE(answers, 5);
        writeToken("second-token-of-all");
        QCOMPARE(*ask(c), QByteArray("first-token-of-all")); // in memory
        QCOMPARE(*ask(c, true), QByteArray("second-token-of-all")); // refused by the server
    }
    // In the middle of a sync the token runs out: a fresh one is fetched, once, and nothing is lost.
    void aSyncGoesOnWithAFreshToken()
    {
        writeToken(issue());
        const Connection c = connection(Connection::KeySource::Command);
        int refused = 0;
        int served = 0;
        m_host->with([&](demo::DemoServer &server) {
            server.onRequest = [&, last = QByteArray()](const demo::HttpRequest &request) mutable {
                ++served;
                if (served == 20)
                    server.tokens().expireAll();
                const QByteArray token = request.headers.value("authorization").mid(7);
                refused += server.tokens().isGood(token) ? 0 : 1;
                if (served == 20) { // the command has the next one ready
                    QFile file(tokenFile());
                    if (file.open(QIODevice::WriteOnly))
                        file.write(server.tokens().issue());
                }
            };
        });
        Session session(m_credentials->source(), m_folder.filePath(u"prices.json"_s));
        QSignalSpy opened(&session, &Session::opened);
        QSignalSpy awaited(&session, &Session::keyAwaited);
        session.open(c, m_folder.filePath(c.id + u".sqlite"_s));
        QVERIFY(opened.wait());
        QSignalSpy synced(session.workspace(), &Workspace::syncFinished);
        QSignalSpy failures(session.workspace(), &Workspace::failed);
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        m_host->with([&](demo::DemoServer &server) { server.onRequest = {}; });
        const auto result = synced.front().front().value<Result<SyncRow>>();
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(result->threads, 12);
        QCOMPARE(failures.count(), 0);
        QVERIFY(refused >= 1);
        QCOMPARE(awaited.count(), 4); // asked twice, answered twice
    }
    // Refused with the fresh one too: the error is told, and the server is not asked for ever.
    void aRefusalStaysARefusal()
    {
        writeToken("never-was-a-good-token");
        const Connection c = connection(Connection::KeySource::Command);
        Session session(m_credentials->source(), m_folder.filePath(u"prices.json"_s));
        QSignalSpy opened(&session, &Session::opened);
        session.open(c, m_folder.filePath(c.id + u".sqlite"_s));
        QVERIFY(opened.wait());
        QSignalSpy synced(session.workspace(), &Workspace::syncFinished);
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        auto result = synced.front().front().value<Result<SyncRow>>();
        QVERIFY(!result);
        QCOMPARE(int(result.error().kind), int(Error::Kind::Unauthorized));
        qint64 served = 0;
        m_host->with([&](demo::DemoServer &server) { served = server.served(); });
        QVERIFY2(served < 40, qPrintable(QString::number(served)));
        // The command breaks: its words are the error, and the next sync asks it again.
        QVERIFY(QFile::remove(tokenFile()));
        synced.clear();
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        result = synced.front().front().value<Result<SyncRow>>();
        QVERIFY(!result);
        QVERIFY2(result.error().message.contains(u"exit code"_s), qPrintable(result.error().message));
        writeToken(issue());
        synced.clear();
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        QVERIFY(synced.front().front().value<Result<SyncRow>>());
    }
    void signingIn()
    {
        const Connection c = connection(Connection::KeySource::SignIn);
        m_secrets->keepUntilQuit(refreshName(c), {});
        const auto before = ask(c);
        QVERIFY(!before);
        QCOMPARE(int(before.error().kind), int(Error::Kind::Unauthorized));
        // A browser follows where it is sent.
        QNetworkAccessManager browser;
        QString asked;
        connect(m_credentials.get(), &Credentials::browserWanted, &browser, [&](const QUrl &url) {
            asked = url.toString();
            QNetworkReply *page = browser.get(QNetworkRequest(url));
            connect(page, &QNetworkReply::finished, page, &QObject::deleteLater);
        });
        std::optional<Result<QByteArray>> answer;
        m_credentials->signIn(c, [&](const Result<QByteArray> &token) { answer = token; });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 20'000);
        QVERIFY2(*answer, *answer ? "" : qPrintable(answer->error().message));
        QVERIFY(asked.contains(u"code_challenge_method=S256"_s) && asked.contains(u"code_challenge="_s));
        QVERIFY(asked.contains(u"redirect_uri=http://localhost:"_s));
        QVERIFY(asked.contains(u"ai.azure.com"_s));
        const QByteArray first = **answer;
        m_host->with([&](demo::DemoServer &server) { QVERIFY(server.tokens().isGood(first)); });
        QCOMPARE(*ask(c), first);
        // It ran out: the refresh token brings another without the browser, as often as it is asked.
        asked.clear();
        for (QByteArray last = first; last.size() < 1'000; last += last) {
            const auto fresh = ask(c, true);
            QVERIFY2(fresh, fresh ? "" : qPrintable(fresh.error().message));
            QVERIFY(*fresh != first);
        }
        QVERIFY(asked.isEmpty());
    }
    // Tried before it is saved: nothing of it is the saved connection's until it is kept.
    void aSignInOnTrialIsNobodysYet()
    {
        const Connection saved = connection(Connection::KeySource::SignIn);
        m_secrets->keepUntilQuit(saved.id, "a-pasted-key");
        m_secrets->keepUntilQuit(refreshName(saved), {});
        Connection tried = saved;
        tried.id = Credentials::trialId(saved.id);
        QNetworkAccessManager browser;
        connect(m_credentials.get(), &Credentials::browserWanted, &browser,
                [&](const QUrl &url) { browser.get(QNetworkRequest(url)); });
        std::optional<Result<QByteArray>> answer;
        m_credentials->signIn(tried, [&](const Result<QByteArray> &token) { answer = token; });
        QTRY_VERIFY_WITH_TIMEOUT(answer.has_value() && *answer, 20'000);
        QVERIFY(!ask(saved)); // not its
        QCOMPARE(m_secrets->keptUntilQuit(saved.id), QByteArray("a-pasted-key"));
        m_credentials->keepSignIn(saved.id);
        QCOMPARE(*ask(saved), **answer);
        QTRY_VERIFY(!m_secrets->keptUntilQuit(refreshName(saved)).isEmpty()); // there is no keychain here
        QVERIFY(ask(saved, true));
        // Saved again under another name, say: whoever signed in stays so.
        m_credentials->forget(saved.id);
        QVERIFY(ask(saved));
        bool removed = false;
        m_credentials->remove(saved.id, [&](const Done &) { removed = true; });
        QTRY_VERIFY(removed);
        m_secrets->keepUntilQuit(refreshName(saved), {}); // there is no keychain here to ask
        QVERIFY(!ask(saved));
        QVERIFY(m_secrets->keptUntilQuit(refreshName(tried)).isEmpty());
    }
    void aNetworkThatIsGoneIsNoRefusal()
    {
        Connection c = connection(Connection::KeySource::SignIn);
        c.tenant = u"http://127.0.0.1:9/nobody"_s;
        m_secrets->keepUntilQuit(refreshName(c), "a-good-refresh-token");
        QCOMPARE(int(ask(c).error().kind), int(Error::Kind::Network));
        c.proxy = u"http://127.0.0.1:9"_s; // its proxy is the connection's
        c.tenant = u"demo"_s;
        QCOMPARE(int(ask(c).error().kind), int(Error::Kind::Network));
        c.tenant = u"http://127.0.0.1.example.com/x"_s; // not this computer: a name of a tenant, and no place to go to
        QVERIFY(!ask(c));
    }
    // The token runs out between the last look at a thread and its deletion: it is looked at once more.
    void nothingIsDeletedWithoutALookJustBefore()
    {
        writeToken(issue());
        const Connection c = connection(Connection::KeySource::Command);
        Session session(m_credentials->source(), m_folder.filePath(u"prices.json"_s));
        QSignalSpy opened(&session, &Session::opened);
        session.open(c, m_folder.filePath(c.id + u".sqlite"_s));
        QVERIFY(opened.wait());
        QSignalSpy synced(session.workspace(), &Workspace::syncFinished);
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        const auto rows = wait(session.store()->read(
            [](Reader &r) { return r.rows<ThreadRow>({**r.keyOf(RowKind::Threads, r.threadIds({})->front())}); }));
        const ThreadRow &row = rows->front();
        Plan plan;
        plan.kind = OperationKind::Cleanup;
        PlanTarget target;
        target.id = row.id;
        target.lastActive = row.lastActiveAt;
        target.messages = row.messages;
        target.runs = row.runs;
        plan.targets = {target};
        QByteArrayList asked;
        m_host->with([&](demo::DemoServer &server) {
            server.onRequest = [&](const demo::HttpRequest &request) {
                if (request.method == "DELETE" && !asked.contains("DELETE")) {
                    server.tokens().expireAll();
                    QFile file(tokenFile());
                    if (file.open(QIODevice::WriteOnly))
                        file.write(server.tokens().issue());
                }
                asked << request.method;
            };
        });
        QSignalSpy ended(&session.workspace()->operations(), &Operations::ended);
        QVERIFY(wait(session.workspace()->operations().start(std::make_shared<const Plan>(plan))));
        QVERIFY(ended.count() > 0 || ended.wait(30'000));
        m_host->with([&](demo::DemoServer &server) { server.onRequest = {}; });
        QCOMPARE(asked.count("DELETE"), 2);
        QCOMPARE(asked.back(), QByteArray("DELETE"));
        const qsizetype first = asked.indexOf("DELETE");
        QVERIFY2(asked.mid(first, asked.size() - 1 - first).contains("GET"), asked.join(' ').constData());
    }
    // An operation asks the person where the fresh token is refused too; it does not ask the server for ever.
    void anOperationAsksThePerson()
    {
        writeToken(issue());
        const Connection c = connection(Connection::KeySource::Command);
        Session session(m_credentials->source(), m_folder.filePath(u"prices.json"_s));
        QSignalSpy opened(&session, &Session::opened);
        session.open(c, m_folder.filePath(c.id + u".sqlite"_s));
        QVERIFY(opened.wait());
        QSignalSpy synced(session.workspace(), &Workspace::syncFinished);
        session.workspace()->sync();
        QVERIFY(synced.wait(30'000));
        const auto ids = wait(session.store()->read([](Reader &r) { return r.threadIds({}); }));
        const auto plan = wait(session.workspace()->operations().planArchive(*ids, {}));
        QVERIFY(plan);
        m_host->with([&](demo::DemoServer &server) { server.tokens().expireAll(); }); // the command has the old one
        qint64 before = 0;
        m_host->with([&](demo::DemoServer &server) { before = server.served(); });
        bool asked = false;
        connect(&session.workspace()->operations(), &Operations::progressed, this,
                [&](const OperationProgress &p) { asked = asked || p.state == OperationProgress::State::Asking; });
        QVERIFY(wait(session.workspace()->operations().start(std::make_shared<const Plan>(*plan))));
        QTRY_VERIFY_WITH_TIMEOUT(asked, 20'000);
        QTest::qWait(500);
        qint64 after = 0;
        m_host->with([&](demo::DemoServer &server) { after = server.served(); });
        QVERIFY2(after - before < 120, qPrintable(QString::number(after - before)));
        // A good one, and it goes on.
        QSignalSpy ended(&session.workspace()->operations(), &Operations::ended);
        session.workspace()->setKey(issue());
        QVERIFY(ended.wait(30'000));
    }
    void aRefusedSignInIsTold()
    {
        Connection c = connection(Connection::KeySource::SignIn);
        m_secrets->keepUntilQuit(refreshName(c), "a-refresh-token-of-yesteryear");
        m_secrets->keepUntilQuit(c.id, "a-pasted-key-that-is-none-of-theirs");
        const auto refused = ask(c, true);
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().kind), int(Error::Kind::Unauthorized));
        QVERIFY2(refused.error().message.contains(u"AADSTS700082"_s), qPrintable(refused.error().message));
        QVERIFY(!refused.error().message.contains(u"yesteryear"_s));
        QCOMPARE(m_secrets->keptUntilQuit(c.id), QByteArray("a-pasted-key-that-is-none-of-theirs"));
        c.provider = u"assistants-v2"_s;
        QCOMPARE(int(ask(c, true).error().kind), int(Error::Kind::NotSupported));
    }
};

QTEST_GUILESS_MAIN(TestCredentials)
#include "tst_credentials.moc"
