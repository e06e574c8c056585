// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing is done twice, nothing is forgotten, nothing is lost: every operation is killed (a real process, SIGKILL) at
// its journal writes and requests, then finished or taken back; and meets the faults of the server at its requests. The
// end must be that of the undisturbed operation. All of it takes an hour and more: a run of the tests takes a part, in
// which each kind of fault and each ending has its turn, and BOBBIN_ALL_FAULTS=1 takes everything.
#include "app/demo/author.h"
#include "app/demo/demohost.h"
#include "tests/support/testsupport.h"

#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Ran {
    int code = -1;
    bool killed = false;
    int moments = 0;
    QString said;
};

} // namespace

// The order of fields does not matter, and a message that was made again has another one.
QString normal(const QByteArray &json)
{
    return QString::fromUtf8(demo::compact(QJsonDocument::fromJson(json).array()));
}

class TestCrash : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<demo::DemoHost> m_host;
    QJsonObject m_start; // the server before
    QHash<QString, QString> m_known; // ids it had then
    QString m_synced; // the store that knows it
    int m_number = 0;
    int m_points = 0;
    bool m_withRuns = false;

    Ran run(const QString &store, const QString &what, int killAt = 0)
    {
        QProcess process;
        QStringList arguments{store, m_host->baseUrl(), what};
        if (killAt > 0)
            arguments << QString::number(killAt);
        process.start(QStringLiteral(BOBBIN_WORKER), arguments);
        Ran ran;
        if (!process.waitForFinished(60'000)) {
            process.kill();
            process.waitForFinished();
            ran.said = u"it did not end"_s;
            return ran;
        }
        ran.killed = process.exitStatus() == QProcess::CrashExit;
        ran.code = process.exitCode();
        const QString out = QString::fromUtf8(process.readAllStandardOutput());
        ran.moments = out.section(u"moments "_s, 1).toInt();
        ran.said = out + QString::fromUtf8(process.readAllStandardError()).right(3000);
        return ran;
    }
    void reset()
    {
        m_host->with([&](demo::DemoServer &server) {
            server.onRequest = nullptr;
            server.setFaults({});
            QString problem;
            if (!server.state().fromJson(m_start, &problem))
                qFatal("%s", qPrintable(problem));
        });
    }
    // A copy of the store as it was synced, and of its journal.
    QString copy(const QString &from)
    {
        const QString to = m_folder.filePath(u"copy%1.sqlite"_s.arg(++m_number));
        for (const QString &ending : {u""_s, u".operations"_s})
            if (QFile::exists(from + ending) && !QFile::copy(from + ending, to + ending))
                qFatal("no copy");
        const QDir archives(from + u".archives"_s);
        if (archives.exists()) {
            QDir().mkpath(to + u".archives"_s);
            for (const QString &name : archives.entryList(QDir::Files))
                QFile::copy(archives.filePath(name), to + u".archives/"_s + name);
        }
        return to;
    }
    static void discard(const QString &store)
    {
        for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s, u".operations"_s, u".operations-wal"_s,
                                      u".operations-shm"_s, u".operations.lock"_s})
            QFile::remove(store + ending);
        QDir(store + u".archives"_s).removeRecursively();
    }

    // The server's state as it matters: ids that are new have no name of their own.
    [[nodiscard]] QString digest()
    {
        QStringList lines;
        m_host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            QHash<QString, QString> stores;
            for (const QJsonObject &store : state.stores.all()) {
                QStringList files;
                for (const QJsonObject &file : state.storeFiles[store["id"_L1].toString()].all())
                    files << file["id"_L1].toString() +
                            QString::fromUtf8(demo::compact(file["attributes"_L1].toObject()));
                files.sort();
                const QJsonObject metadata = store["metadata"_L1].toObject();
                const QString text =
                    store["name"_L1].toString() + u' ' + QString::fromUtf8(demo::compact(metadata)) + files.join(u',');
                stores.insert(store["id"_L1].toString(), text);
                lines << u"store "_s + text;
            }
            const auto resources = [&](const QJsonValue &value) {
                QStringList names;
                for (const QJsonValue id : value["file_search"_L1]["vector_store_ids"_L1].toArray())
                    names << stores.value(id.toString(), u"dangling "_s + id.toString());
                return names.join(u'+') +
                    QString::fromUtf8(demo::compact(value["code_interpreter"_L1]["file_ids"_L1].toArray()));
            };
            for (const QJsonObject &a : state.assistants.all())
                lines << u"assistant "_s + a["name"_L1].toString() + resources(a["tool_resources"_L1]);
            for (const auto &thread : state.threads) {
                thread->load();
                QJsonObject metadata = thread->metadata;
                for (const QString &key : {u"rotated_from"_s, u"rotated_to"_s})
                    if (metadata.contains(key))
                        metadata[key] = m_known.value(metadata[key].toString(), u"new"_s);
                QString text =
                    u"thread "_s + QString::fromUtf8(demo::compact(metadata)) + resources(thread->toolResources);
                for (const demo::DemoMessage &message : thread->messages)
                    text +=
                        (message.user ? u"|u "_s : u"|a "_s) + normal(message.content) + normal(message.attachments);
                if (m_withRuns) // what is created again has none
                    for (const demo::DemoRun &one : thread->runs)
                        text += u"|"_s + QString::fromLatin1(one.status);
                lines << text;
            }
        });
        lines.sort();
        return lines.join(u'\n');
    }
    static QString difference(const QString &a, const QString &b)
    {
        QStringList left = a.split(u'\n');
        QStringList right = b.split(u'\n');
        for (const QString &line : a.split(u'\n'))
            if (right.removeOne(line))
                left.removeOne(line);
        const auto ends = [](const QString &line) {
            return line.size() <= 200 ? line : line.left(100) + u" … "_s + line.right(100);
        };
        QStringList all;
        for (const QString &line : std::as_const(left))
            all << u"- "_s + ends(line);
        for (const QString &line : std::as_const(right))
            all << u"+ "_s + ends(line);
        return all.join(u'\n');
    }
    // What has to be done before, so that the operation has something to do.
    QString prepared(const QString &operation)
    {
        reset();
        m_withRuns = operation == "cancel"_L1;
        const QString first = operation.startsWith("undo "_L1) ? operation.mid(5) : QString();
        const QString store = copy(m_synced);
        if (!first.isEmpty()) {
            const Ran ran = run(store, first);
            if (ran.code != 0)
                qFatal("%s: %s", qPrintable(first), qPrintable(ran.said));
            m_host->with([&](demo::DemoServer &server) { m_before = server.state().toJson(); });
        } else {
            m_before = m_start;
        }
        return store;
    }
    void again()
    {
        m_host->with([&](demo::DemoServer &server) {
            server.onRequest = nullptr;
            server.setFaults({});
            QString problem;
            if (!server.state().fromJson(m_before, &problem))
                qFatal("%s", qPrintable(problem));
        });
    }
    QJsonObject m_before;

    // A step that shares no divisor with the number of kinds gives each its turn.
    static bool taken(int number, int every)
    {
        return number % every == 0 || qEnvironmentVariableIsSet("BOBBIN_ALL_FAULTS");
    }
    static QString verb(const QString &operation) { return operation.startsWith("undo "_L1) ? u"undo"_s : operation; }
    static void operations()
    {
        QTest::addColumn<QString>("operation");
        for (const char *one : {"rotate", "rotate-delete", "cleanup", "consolidate", "merge", "cancel", "undo rotate",
                                "undo rotate-delete", "undo cleanup", "undo consolidate", "undo merge"})
            QTest::newRow(one) << QString::fromLatin1(one);
    }

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.story = false;
        options.listThreads = true;
        options.bulk = {3, 20, 1, 40};
        options.indexingSeconds = 0;
        m_host = std::make_unique<demo::DemoHost>(options);
        m_host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            const qint64 now = QDateTime::currentSecsSinceEpoch();
            demo::Author a{state, now, {}, {}, {}};
            const qint64 then = now - 90 * demo::day;
            QStringList files;
            for (int i = 0; i < 4; ++i)
                files << a.file(u"doc%1.pdf"_s.arg(i), 1000 + i, then);
            const QString whole = a.store(u"all"_s, files.mid(0, 3), then, then);
            const QString part = a.store(u"part"_s, files.mid(0, 2), then, then);
            const QString other = a.store(u"other"_s, {files[0], files[1], files[3]}, then, then);
            a.assistant(u"Reader"_s, u"gpt-4o"_s, u"Read."_s, {demo::tool(u"file_search"_s)},
                        {{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{part}}}}}, then);
            a.assistant(u"Writer"_s, u"gpt-4o"_s, u"Write."_s, {demo::tool(u"file_search"_s)},
                        {{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{other}}}}}, then);
            const QString own = a.store(u"own"_s, {files[3]}, then, then);
            for (const auto &thread : state.threads)
                thread->load();
            state.threads[0]->metadata = {{u"title"_s, u"first"_s}};
            state.threads[0]->toolResources = {
                {u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{own}}}}};
            state.threads[1]->toolResources = {
                {u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{whole}}}}};
            demo::DemoRun &active = state.threads[2]->runs.back();
            active.status = "in_progress";
            active.completed = 0;
            active.expires = 0; // or the server ends it by itself, whenever it looks at it
            m_start = state.toJson();
            for (const auto &thread : state.threads)
                m_known.insert(QString::fromLatin1(thread->id), QString::fromLatin1(thread->id));
        });
        m_synced = m_folder.filePath(u"synced.sqlite"_s);
        const Ran ran = run(m_synced, u"sync"_s);
        QVERIFY2(ran.code == 0, qPrintable(ran.said));
    }

    void killed_data() { operations(); }
    void killed()
    {
        QFETCH(QString, operation);
        const QString store = prepared(operation);
        const QString before = digest();
        const QString undisturbed = copy(store);
        const Ran whole = run(undisturbed, verb(operation), 1'000'000);
        QVERIFY2(whole.code == 0, qPrintable(whole.said));
        QVERIFY(whole.moments > 8);
        const QString expected = digest();
        QVERIFY(expected != before);
        // An undo is not taken back, nor is a cancelled run.
        const bool takesBack = !operation.startsWith("undo"_L1) && operation != "cancel"_L1;
        int number = 0;
        for (int point = 1; point <= whole.moments; ++point) {
            for (const bool back : {false, true}) {
                if ((back && !takesBack) || !taken(number++, 5))
                    continue;
                again();
                const QString mine = copy(store);
                const Ran dead = run(mine, verb(operation), point);
                if (!dead.killed && dead.code == 0 && point > whole.moments - 20)
                    continue; // it polled less often this time
                QVERIFY2(dead.killed, qPrintable(u"point %1: %2"_s.arg(point).arg(dead.said)));
                const Ran rest = run(mine, back ? u"take-back"_s : u"finish"_s);
                QVERIFY2(rest.code == 0, qPrintable(u"point %1, %2: %3"_s.arg(point).arg(back).arg(rest.said)));
                // Killed before the plan was written down: nothing was begun, nothing is to be finished.
                const QString &wanted = back || point == 1 ? before : expected;
                const QString found = digest();
                QVERIFY2(found == wanted,
                         qPrintable(u"point %1, %2\n%3"_s.arg(point).arg(back ? u"taken back"_s : u"finished"_s,
                                                                         difference(wanted, found))));
                discard(mine);
                ++m_points;
            }
        }
        qInfo("%s: %d points of death, %d endings as undisturbed", qPrintable(operation), whole.moments, m_points);
        m_points = 0;
    }

    void faulty_data() { operations(); }
    void faulty()
    {
        QFETCH(QString, operation);
        const QString store = prepared(operation);
        qint64 requests = 0;
        m_host->with(
            [&](demo::DemoServer &server) { server.onRequest = [&](const demo::HttpRequest &) { ++requests; }; });
        const QString undisturbed = copy(store);
        const Ran whole = run(undisturbed, verb(operation));
        QVERIFY2(whole.code == 0, qPrintable(whole.said));
        const QString expected = digest();
        const char *kinds[] = {"status:400", "status:401", "status:409", "status:429", "status:500",
                               "status:503", "reset",      "truncated",  "hang",       "invalid-json",
                               "redirect",   "plain-text", "html",       "delay:30"};
        int number = 0;
        int tried = 0;
        for (qint64 at = 1; at <= requests; ++at)
            for (const char *kind : kinds) {
                if (!taken(number++, 25))
                    continue;
                again();
                qint64 seen = 0;
                QString problem;
                const auto fault = demo::parseFault(u"/**="_s + QString::fromLatin1(kind) + u"*1"_s, &problem);
                QVERIFY2(fault, qPrintable(problem));
                m_host->with([&](demo::DemoServer &server) {
                    server.onRequest = [&seen, at, &server, fault](const demo::HttpRequest &) {
                        if (++seen == at)
                            server.setFaults({*fault});
                    };
                });
                const QString mine = copy(store);
                Ran ran = run(mine, verb(operation));
                for (int i = 0; i < 2 && ran.code != 0; ++i)
                    ran = run(mine, ran.code == 3 && i == 0 ? verb(operation) : u"finish"_s);
                QVERIFY2(ran.code == 0,
                         qPrintable(u"request %1, %2: %3"_s.arg(at).arg(QString::fromLatin1(kind), ran.said)));
                const QString found = digest();
                QVERIFY2(found == expected,
                         qPrintable(u"request %1, %2\n%3"_s.arg(at).arg(QString::fromLatin1(kind),
                                                                        difference(expected, found))));
                discard(mine);
                ++tried;
            }
        qInfo("%s: %d faults over %lld requests, all ended as undisturbed", qPrintable(operation), tried, requests);
    }
};

QTEST_GUILESS_MAIN(TestCrash)
#include "tst_crash.moc"
