// SPDX-License-Identifier: GPL-3.0-or-later
// The provider's own figures, over loopback from the demo server's organization, into a store and compared.
#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/session/auditor.h"
#include "models/session/billing.h"
#include "tests/support/workbench.h"

#include <QSignalSpy>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

constexpr auto adminKey = "sk-admin-very-secret-2718281828";

class TestBilling : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    Bench m_bench;
    std::unique_ptr<Auditor> m_auditor;
    qint64 m_until = nowMs() / dayMs + 1;

    Connection connection() const
    {
        Connection c;
        c.id = u"c"_s;
        c.baseUrl = m_bench.host->baseUrl();
        c.provider = m_bench.provider->id();
        c.project = u"proj_bots"_s;
        return c;
    }
    Result<BilledRead> fetched(const QByteArray &key, qint64 days)
    {
        Billing billing(m_bench.store, m_bench.workspace.get());
        QSignalSpy ended(&billing, &Billing::ended);
        billing.fetch(key, m_until - days, m_until);
        if (!ended.wait(30'000))
            return fail(Error::Kind::Timeout, u"it did not end"_s);
        return ended[0][0].value<Result<BilledRead>>();
    }
    Billed kept(qint64 days)
    {
        return *wait(m_bench.store->read([this, days](Reader &r) { return r.billed(m_until - days, m_until); }));
    }
    Reconciliation compared(qint64 days, const QString &project)
    {
        return *wait(m_auditor->withLedger([this, days, project](const Ledger &ledger, Reader &reader) {
            return readReconciliation(ledger, reader, {m_until - days, m_until, project});
        }));
    }

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        m_bench.host = std::make_unique<demo::DemoHost>(options);
        m_bench.open(m_dir.filePath(u"billing.sqlite"_s));
        QVERIFY(m_bench.sync());
        m_bench.workspace = std::make_unique<Workspace>(connection(), "any", m_bench.store, m_bench.prices);
        m_auditor = std::make_unique<Auditor>(m_bench.store);
        m_auditor->start();
        QVERIFY(QTest::qWaitFor([this] { return m_auditor->ready(); }, 60'000));
    }
    void anOrdinaryKeyIsRefused()
    {
        const auto refused = fetched("sk-ordinary", 30);
        QCOMPARE(refused.error().kind, Error::Kind::Forbidden);
        QVERIFY(refused.error().message.contains(u"admin"_s));
        QVERIFY(kept(30).itemDays.empty());
    }
    // Ninety days are three pages of usage; what is read is kept, and read again it is the same.
    void allPagesAreRead()
    {
        QList<QByteArray> authorizations;
        QStringList paths;
        m_bench.host->with([&](demo::DemoServer &server) {
            server.onRequest = [&](const demo::HttpRequest &request) {
                authorizations << request.headers.value("authorization");
                paths << request.path;
            };
        });
        const auto read = fetched(adminKey, 90);
        QVERIFY(read);
        QVERIFY(read->problems.empty());
        QCOMPARE(read->days, 90);
        m_bench.host->with([&](demo::DemoServer &server) { server.onRequest = nullptr; });
        QCOMPARE(paths.count(u"/v1/organization/costs"_s), 1);
        QCOMPARE(paths.count(u"/v1/organization/usage/completions"_s), 3);
        for (const QByteArray &one : std::as_const(authorizations))
            QCOMPARE(one, QByteArray("Bearer ") + adminKey);
        const Billed first = kept(90);
        QCOMPARE(first.usageDays.size(), std::size_t(90));
        QVERIFY(fetched(adminKey, 30));
        const Billed again = kept(90);
        QCOMPARE(again.usage.size(), first.usage.size());
        QCOMPARE(again.items.size(), first.items.size());
        for (const QString &ending : {u""_s, u"-wal"_s}) {
            QFile file(m_bench.store->path() + ending);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains("very-secret"));
        }
    }
    // The demo company's bill is what its runs cost, and what no run tells: each under its own name.
    void theDifferenceIsExplained()
    {
        const Reconciliation all = compared(90, u"proj_bots"_s);
        const Gaps &gaps = all.sum.gaps;
        QVERIFY(all.sum.here.known > Money{});
        QCOMPARE(*all.sum.billed - all.sum.here.known, gaps.sum());
        QVERIFY(gaps[Gap::OtherProjects] > Money{}); // marketing
        QVERIFY(gaps[Gap::OtherWork] > Money{}); // the nightly batch
        QVERIFY(gaps[Gap::MissingUsage] > Money{}); // four runs of the whale, and a thread's
        QVERIFY(gaps[Gap::Unpriced] > Money{}); // the tuned model
        QVERIFY(gaps[Gap::ToolFees] > Money{});
        QCOMPARE(gaps[Gap::Unexplained], Money{});
        QCOMPARE(all.projects, (QStringList{u"proj_bots"_s, u"proj_marketing"_s}));
        // Ninety nights of the batch, at half the price of gpt-4o-mini.
        const qint64 batch = 90LL * (90'000LL * 75'000 + 18'000LL * 300'000);
        for (const ComparedRow &row : all.byName())
            if (row.name == "gpt-4o-mini"_L1)
                QVERIFY(row.figures.gaps[Gap::OtherWork].pico >= batch);
        QVERIFY(compared(90, {}).sum.gaps[Gap::OtherProjects] == Money{});
    }
    void oneListThatFailsLeavesTheOther()
    {
        m_bench.faults({u"/organization/usage/completions=status:400"_s});
        const auto read = fetched(adminKey, 30);
        m_bench.faults({});
        QVERIFY(read);
        QCOMPARE(read->problems.size(), std::size_t(1));
        QCOMPARE(read->days, 30);
    }
    void rubbishIsAnErrorAndLosesNothing()
    {
        const Billed before = kept(90);
        m_bench.faults({u"/organization/**=invalid-json"_s});
        const auto read = fetched(adminKey, 90);
        m_bench.faults({});
        QCOMPARE(read.error().kind, Error::Kind::Decode);
        QVERIFY(read.error().place.contains(u"organization"_s));
        QCOMPARE(kept(90), before);
    }
    void whatIsDeletedStaysBilled()
    {
        const Billed before = kept(90);
        m_bench.host->with([](demo::DemoServer &server) {
            const QByteArray oldest = server.state().threads.front()->id;
            server.state().removeThread(oldest);
        });
        QVERIFY(fetched(adminKey, 90));
        QCOMPARE(kept(90).usage.size(), before.usage.size());
    }
    void closedWhileItReads()
    {
        m_bench.faults({u"/organization/**=delay:200"_s});
        int told = 0;
        {
            Billing billing(m_bench.store, m_bench.workspace.get());
            connect(&billing, &Billing::ended, this, [&told] { ++told; });
            billing.fetch(adminKey, m_until - 90, m_until);
            QTest::qWait(50);
        }
        QTest::qWait(400);
        QCOMPARE(told, 0);
        m_bench.faults({});
    }
    // The window's thread has other things to do: nothing of it is needed until the answer is there.
    void itIsReadOnAThreadOfItsOwn()
    {
        Billing billing(m_bench.store, m_bench.workspace.get());
        QSignalSpy ended(&billing, &Billing::ended);
        const qint64 before = m_bench.served();
        billing.fetch(adminKey, m_until - 90, m_until);
        QElapsedTimer waiting;
        waiting.start();
        while (m_bench.served() < before + 4 && waiting.elapsed() < 30'000) // a page of costs, three of usage
            QThread::msleep(20);
        QCOMPARE(m_bench.served(), before + 4);
        QVERIFY(ended.empty());
        QVERIFY(ended.wait(30'000));
        QVERIFY(ended[0][0].value<Result<BilledRead>>());
        QCOMPARE(m_bench.served(), before + 4);
    }
    void withoutAServerNothingIsAsked()
    {
        Billing billing(m_bench.store, nullptr);
        QVERIFY(!billing.whyNot().isEmpty());
        QSignalSpy ended(&billing, &Billing::ended);
        billing.fetch(adminKey, m_until - 30, m_until);
        QCOMPARE(ended.size(), 1);
        QCOMPARE((ended[0][0].value<Result<BilledRead>>().error().kind), Error::Kind::NotSupported);
        QVERIFY(!billing.busy());
    }
    // The connection is closed: what hangs is given up.
    void closingDoesNotWait()
    {
        m_bench.faults({u"/organization/**=hang"_s});
        auto workspace = std::make_unique<Workspace>(connection(), "any", m_bench.store, m_bench.prices);
        const auto answer = workspace->fetchBilled(
            adminKey, m_until - 30, m_until, [](int) {}, makeCancel());
        QTest::qWait(200);
        QElapsedTimer closing;
        closing.start();
        workspace.reset();
        QVERIFY(closing.elapsed() < 10'000); // a request waits a minute
        QCOMPARE(answer.result().error().kind, Error::Kind::Cancelled);
        m_bench.faults({});
    }
    void itCanBeStopped()
    {
        m_bench.faults({u"/organization/**=hang"_s});
        Billing billing(m_bench.store, m_bench.workspace.get());
        QSignalSpy ended(&billing, &Billing::ended);
        billing.fetch(adminKey, m_until - 30, m_until);
        QVERIFY(billing.busy());
        QTest::qWait(100);
        billing.cancel();
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(!billing.busy());
        QCOMPARE((ended[0][0].value<Result<BilledRead>>().error().kind), Error::Kind::Cancelled);
        m_bench.faults({});
    }
    void filesTakeThePlaceOfTheirDays()
    {
        const QString path = m_dir.filePath(u"costs.csv"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("date,amount_value,line_item\n");
        file.write(dateOf(m_until - 1).toString(Qt::ISODate).toLatin1() + ",7.25,file storage\n");
        file.close();
        const QString odd = m_dir.filePath(u"odd.csv"_s); // a sum with a row left out is another sum
        QFile oddFile(odd);
        QVERIFY(oddFile.open(QIODevice::WriteOnly));
        oddFile.write("date,amount_value,line_item\n2026-01-01,1,x\nrubbish,1,x\n2026-01-01,\"0,5\",x\n");
        oddFile.close();
        Billing billing(m_bench.store, m_bench.workspace.get());
        QSignalSpy ended(&billing, &Billing::ended);
        billing.import({path, m_dir.filePath(u"missing.csv"_s), odd});
        QVERIFY(ended.wait(5'000));
        const auto read = ended[0][0].value<Result<BilledRead>>();
        QVERIFY(read);
        QCOMPARE(read->problems.size(), std::size_t(2));
        QVERIFY(read->problems[1].place.contains(u"odd.csv, line 3"_s));
        QCOMPARE(read->days, 1);
        const Billed all = kept(1);
        QCOMPARE(all.items, (std::vector{BilledItem{m_until - 1, u"file storage"_s, u""_s, {7'250'000'000'000}}}));
        QCOMPARE(kept(90).itemDays.size(), std::size_t(90));
        billing.import({m_dir.filePath(u"missing.csv"_s)});
        QVERIFY(ended.wait(5'000));
        QCOMPARE((ended[1][0].value<Result<BilledRead>>().error().kind), Error::Kind::Input);
    }
    void cleanupTestCase()
    {
        m_auditor.reset();
        m_bench = {};
    }
};

QTEST_GUILESS_MAIN(TestBilling)
#include "tst_billing.moc"
