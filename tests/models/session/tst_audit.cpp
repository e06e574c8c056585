// SPDX-License-Identifier: GPL-3.0-or-later
// The audit over whole workspaces: the demo's planted cases and nothing else, a clean one, and that only what changed
// is judged again.
#include "models/audit/findingjson.h"
#include "models/session/auditor.h"
#include "tests/support/workbench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSignalSpy>

#include <numeric>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

class TestAudit : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;

    static void audit(Auditor &auditor)
    {
        QSignalSpy failed(&auditor, &Auditor::failed);
        auditor.start();
        QVERIFY(QTest::qWaitFor([&] { return auditor.ready() || !failed.isEmpty(); }, 60'000));
        QVERIFY(failed.isEmpty());
    }
    static std::vector<Finding> findings(const Bench &bench)
    {
        return *wait(bench.store->read([](Reader &reader) { return reader.findings(); }));
    }
    Bench synced(demo::DemoOptions options, const QString &file)
    {
        Bench bench;
        options.listThreads = true;
        bench.host = std::make_unique<demo::DemoHost>(options);
        bench.open(m_dir.filePath(file));
        if (!bench.sync())
            qFatal("the demo workspace was not read");
        return bench;
    }

private Q_SLOTS:
    // Every planted case is found, and nothing else is: app/demo/planted.json lists them.
    void thePlantedCases_data()
    {
        QTest::addColumn<int>("hoursAgo"); // days begin and end elsewhere then
        QList<int> sampled{0, 7, 13, 19};
        bool sweep = false; // by hand: so many hours, each
        const int all = qEnvironmentVariableIntValue("BOBBIN_SWEEP_HOURS", &sweep);
        if (sweep) {
            sampled.resize(all);
            std::iota(sampled.begin(), sampled.end(), 0);
        }
        for (const int hours : std::as_const(sampled))
            QTest::addRow("%d hours ago", hours) << hours;
    }
    void thePlantedCases()
    {
        QFETCH(int, hoursAgo);
        demo::DemoOptions options;
        options.now = QDateTime::currentSecsSinceEpoch() - hoursAgo * 3'600;
        Bench bench = synced(options, u"story-%1.sqlite"_s.arg(hoursAgo));
        Auditor auditor(bench.store);
        audit(auditor);
        QFile file(QStringLiteral(BOBBIN_PLANTED));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject planted = QJsonDocument::fromJson(file.readAll()).object();
        QHash<QString, QStringList> found;
        for (const Finding &finding : findings(bench))
            found[QString::fromLatin1(finding.rule)] << (finding.name.isEmpty() ? finding.id : finding.name);
        bool exact = true;
        for (const Rule &rule : auditRules()) {
            const QString id = QString::fromLatin1(rule.id);
            QStringList wanted;
            for (const QJsonValue name : planted[id].toArray())
                wanted << name.toString();
            if (id == "unusual-day"_L1)
                for (QString &day : wanted) // so many days before
                    day = QDateTime::fromSecsSinceEpoch(options.now, Qt::UTC)
                              .date()
                              .addDays(-day.section(u' ', 0, 0).toInt())
                              .toString(Qt::ISODate);
            if (id == "stuck-run"_L1 && hoursAgo > 0)
                wanted.removeOne(u"order desk · waiting for the app"_s); // it has expired since
            QStringList wrong = found[id];
            QStringList missed = wanted;
            for (const QString &name : std::as_const(wanted))
                wrong.removeOne(name);
            for (const QString &name : std::as_const(found[id]))
                missed.removeOne(name);
            const auto share = [](qsizetype part, qsizetype of) { return of == 0 ? 1.0 : double(part) / double(of); };
            qInfo("%-26s planted %2lld, found %2lld: precision %.3f, recall %.3f", rule.id, qint64(wanted.size()),
                  qint64(found[id].size()), share(found[id].size() - wrong.size(), found[id].size()),
                  share(wanted.size() - missed.size(), wanted.size()));
            if (wrong.isEmpty() && missed.isEmpty())
                continue;
            exact = false;
            qWarning() << id << "found and not planted:" << wrong << "planted and not found:" << missed;
        }
        QVERIFY(exact);
    }
    void aCleanWorkspaceHasNone()
    {
        demo::DemoOptions options;
        options.clean = true;
        Bench bench = synced(options, u"clean.sqlite"_s);
        Auditor auditor(bench.store);
        audit(auditor);
        QVERIFY(bench.overview().runs > 100);
        for (const Finding &finding : findings(bench))
            QFAIL((finding.rule + ' ' + contentOf(finding)).constData());
    }
    // Parts of each thread add up to its cost to the last unit.
    void thePartsAddUp()
    {
        Bench bench = synced({}, u"parts.sqlite"_s);
        const auto rows = *wait(bench.store->read(
            [](Reader &reader) { return reader.rows<ThreadRow>(reader.keys(RowKind::Threads, {})->keys); }));
        QHash<int, int> causes;
        for (const ThreadRow &row : rows) {
            QCOMPARE(row.parts.known().pico, row.cost.known.pico);
            ++causes[int(row.cause)];
        }
        for (const Cause cause : {Cause::History, Cause::ToolRounds, Cause::Retries, Cause::Volume})
            QVERIFY2(causes[int(cause)] > 0, qPrintable(QString::number(int(cause))));
    }
    void onlyWhatChangedIsJudged()
    {
        Bench bench = synced(bulk(40, 6, 2, 8), u"changed.sqlite"_s);
        Auditor auditor(bench.store);
        QSignalSpy audited(&auditor, &Auditor::audited);
        audit(auditor);
        QCOMPARE(audited.last().first().value<AuditReport>().judged, 40);
        QCOMPARE(audited.last().first().value<AuditReport>().runs, 240);
        const auto ids = *wait(bench.store->read([](Reader &reader) { return reader.threadIds({}); }));
        QVERIFY(wait(bench.store->write([id = ids.first()](Writer &writer) { writer.settleThread(id); })));
        QVERIFY(QTest::qWaitFor([&] { return audited.size() >= 2 && auditor.ready(); }, 10'000));
        QCOMPARE(audited.last().first().value<AuditReport>().judged, 1);
        // An audit that nothing changed for writes nothing, and marks nothing as judged that it has not seen.
        const auto unjudged = [&] {
            return wait(bench.store->read([](Reader &r) { return r.unjudgedThreads(); }))->size();
        };
        QCOMPARE(unjudged(), std::size_t(0));
        QSignalSpy changed(bench.store.get(), &Store::changed);
        audited.clear();
        auditor.start();
        QVERIFY(QTest::qWaitFor([&] { return !audited.isEmpty(); }, 10'000));
        QCOMPARE(changed.count(), 0);
        // What was judged stays so: after opening anew nothing is.
        Auditor again(bench.store);
        QSignalSpy anew(&again, &Auditor::audited);
        audit(again);
        QCOMPARE(anew.last().first().value<AuditReport>().judged, 0);
        QCOMPARE(anew.last().first().value<AuditReport>().changed, 0);
        // Other limits judge everything, from memory.
        LimitSet limits;
        limits.usual.contextCeiling = 1'000;
        anew.clear();
        again.setLimits(limits);
        QVERIFY(QTest::qWaitFor([&] { return !anew.isEmpty() && again.ready(); }, 10'000));
        QCOMPARE(anew.last().first().value<AuditReport>().judged, 40);
        const auto found = findings(bench);
        QVERIFY(std::ranges::count(found, "history-growth", &Finding::rule) > 0);
    }
    void dismissedUntilWorse()
    {
        Bench bench = synced({}, u"silence.sqlite"_s);
        Auditor auditor(bench.store);
        audit(auditor);
        const auto named = [&](const QString &name) {
            for (const Finding &finding : findings(bench))
                if (finding.name == name && finding.rule == "retry-spiral")
                    return finding;
            return Finding();
        };
        const auto open = [&] { return *wait(bench.store->read([](Reader &r) { return r.openFindings(); })); };
        const Finding spiral = named(u"export fails"_s);
        QVERIFY(spiral.spent.has_value());
        const qint64 before = open();
        QVERIFY(wait(bench.store->journal().silence({spiral}, {}, u"known since May"_s, 1)));
        QCOMPARE(named(spiral.name).state, Finding::State::Dismissed);
        QCOMPARE(named(spiral.name).reason, u"known since May"_s);
        QCOMPARE(open(), before - 1);
        const auto spend = [&](qint64 times) {
            FindingChanges changes;
            changes.put = {spiral};
            changes.put[0].spent = Money{spiral.spent->pico * times};
            QVERIFY(wait(bench.store->write([changes](Writer &writer) { writer.keepFindings(changes, 2); })));
        };
        spend(2);
        QCOMPARE(named(spiral.name).state, Finding::State::Open); // it got worse
        spend(1);
        QCOMPARE(named(spiral.name).state, Finding::State::Dismissed);
        QVERIFY(wait(bench.store->journal().silence({spiral}, 5, u"until long ago"_s, 1)));
        QCOMPARE(named(spiral.name).state, Finding::State::Open); // its time is over
        QVERIFY(wait(bench.store->journal().silence({spiral}, 99'999'999'999'999, u"later"_s, 1)));
        QCOMPARE(named(spiral.name).state, Finding::State::Snoozed);
        QVERIFY(wait(bench.store->journal().speakAgain({spiral})));
        QCOMPARE(named(spiral.name).state, Finding::State::Open);
    }
};

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
