// SPDX-License-Identifier: GPL-3.0-or-later
// Keys against the system's keychain: a real gnome-keyring where the environment says so, none at all otherwise.
#include "app/demo/demohost.h"
#include "models/session/session.h"
#include "models/settings/secretstore.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"

#include <QSignalSpy>
#include <QTemporaryDir>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestKeychain : public QObject {
    Q_OBJECT
    const bool m_real = qEnvironmentVariableIsSet("BOBBIN_TEST_KEYRING");
    SecretStore m_secrets{u"Bobbin-test"_s};

    template <class F> Done ask(F call)
    {
        std::optional<Done> answer;
        call([&](const Done &done) { answer = done; });
        std::ignore = QTest::qWaitFor([&] { return answer.has_value(); }, 10'000);
        return answer.value_or(fail(Error::Kind::Timeout, u"no answer"_s));
    }
    Result<QByteArray> read(const QString &id)
    {
        std::optional<Result<QByteArray>> answer;
        m_secrets.read(id, [&](const Result<QByteArray> &key) { answer = key; });
        std::ignore = QTest::qWaitFor([&] { return answer.has_value(); }, 10'000);
        return answer.value_or(fail(Error::Kind::Timeout, u"no answer"_s));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!m_real) // nobody's own keychain is touched by a test
            qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    }
    void probe()
    {
        const Done done = ask([&](auto answer) { m_secrets.probe(answer); });
        QCOMPARE(done.has_value(), m_real);
        if (!m_real) {
            QCOMPARE(int(done.error().kind), int(Error::Kind::Secrets));
            QVERIFY2(!done.error().message.isEmpty(), "it says why");
        }
    }
    void writeReadRemove()
    {
        if (!m_real)
            QSKIP("no keychain here");
        const QByteArray key = "sk-ключ-with-ümlauts and spaces";
        QVERIFY(ask([&](auto answer) { m_secrets.write(u"c1"_s, key, answer); }));
        QCOMPARE(*read(u"c1"_s), key);
        QCOMPARE(*read(u"never written"_s), QByteArray());
        QVERIFY(ask([&](auto answer) { m_secrets.remove(u"c1"_s, answer); }));
        QCOMPARE(*read(u"c1"_s), QByteArray());
        QVERIFY(ask([&](auto answer) { m_secrets.remove(u"c1"_s, answer); }));
    }
    void aSessionAsksAtItsFirstRequest()
    {
        demo::DemoOptions options;
        options.token = "sk-of-the-session";
        options.listThreads = true;
        options.bulk = {2, 1, 1, 2};
        demo::DemoHost host(options);
        Connection c;
        c.id = u"c4"_s;
        c.baseUrl = host.baseUrl();
        c.provider = defaultProviderId();
        if (m_real)
            QVERIFY(ask([&](auto answer) { m_secrets.write(c.id, options.token, answer); }));
        QTemporaryDir folder;
        Credentials credentials(m_secrets);
        Session session(credentials.source(), folder.filePath(u"prices.json"_s));
        QSignalSpy opened(&session, &Session::opened);
        QSignalSpy awaited(&session, &Session::keyAwaited);
        QSignalSpy missing(&session, &Session::keyMissing);
        session.open(c, folder.filePath(u"s.sqlite"_s));
        QVERIFY(opened.wait());
        QTest::qWait(100);
        QCOMPARE(awaited.count(), 0);
        QSignalSpy synced(session.workspace(), &Workspace::syncFinished);
        session.workspace()->sync();
        QVERIFY(synced.wait(20'000));
        QCOMPARE(awaited.count(), 2); // asked, and answered
        QCOMPARE(missing.count(), m_real ? 0 : 1);
        QCOMPARE(synced.front().front().value<Result<SyncRow>>().has_value(), m_real);
        if (m_real)
            QVERIFY(ask([&](auto answer) { m_secrets.remove(c.id, answer); }));
    }
    void untilQuit()
    {
        m_secrets.keepUntilQuit(u"c2"_s, "key");
        QCOMPARE(*read(u"c2"_s), QByteArray("key"));
        SecretStore other(u"Bobbin-test"_s); // as after a restart
        QVERIFY(!other.inMemory(u"c2"_s));
    }
    void withoutAKeychainAWriteFailsAndSaysWhy()
    {
        if (m_real)
            QSKIP("there is a keychain");
        const Done done = ask([&](auto answer) { m_secrets.write(u"c3"_s, "key", answer); });
        QVERIFY(!done);
        QVERIFY(!done.error().message.contains("key-value"_L1));
    }
};

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
