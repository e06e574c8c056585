// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/discovery/idfinder.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::fixture;

class TestDiscovery : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void idsInALog()
    {
        const FoundIds found = findIds(fixture(u"exports/app.log"_s), test::assistants().idShapes());
        QCOMPARE(found.of(Resource::Threads), QStringList{u"thread_XYyNaZCJosFRAPaEYbRmgpQe"_s});
        QCOMPARE(found.of(Resource::Assistants).size(), 1);
        QCOMPARE(found.of(Resource::Runs).size(), 1);
        QCOMPARE(found.of(Resource::VectorStores).size(), 1);
        QCOMPARE(found.of(Resource::Files).size(), 1);
    }
    void lookAlikesStayOut()
    {
        const FoundIds found =
            findIds("thread_pool run_async file-name.txt msg_type vs_code asst_ xthread_XYyNaZCJosFRAPaEYbRmgpQe "
                    "thread_XYyNaZCJosFRAPaEYbRmgpQeX msg_01AbCdEfGhIjKlMnOpQrStUv",
                    test::assistants().idShapes());
        QVERIFY(found.byKind.empty());
    }
    void keysAreCountedAndNeverKept()
    {
        const FoundIds found = findIds("key=sk-proj-abcdefghijklmnopqrstuvwxyz012345 thread_XYyNaZCJosFRAPaEYbRmgpQe",
                                       test::assistants().idShapes());
        QCOMPARE(found.secrets, 1);
        QCOMPARE(found.of(Resource::Threads).size(), 1);
    }
    void dumpsAndTables_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"csv_ids_only.csv", "dump_postgres.sql", "dump_mysql.sql"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void dumpsAndTables()
    {
        QFETCH(QString, name);
        const Result<FoundIds> found =
            findIdsInFile(QStringLiteral(BOBBIN_FIXTURES "/exports/") + name, test::assistants().idShapes());
        QVERIFY(found);
        QVERIFY(!found->of(Resource::Threads).isEmpty());
    }
    // An id across the border of two pieces is found once, at every offset.
    void acrossPieces()
    {
        QTemporaryDir folder;
        const QByteArray id = "thread_XYyNaZCJosFRAPaEYbRmgpQe";
        for (int offset = -40; offset <= 40; offset += 4) {
            const QString path = folder.filePath(u"big%1.txt"_s.arg(offset));
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray((1 << 20) + offset - 10, ' ') + id + QByteArray(500'000, '\n') + id);
            file.close();
            const Result<FoundIds> found = findIdsInFile(path, test::assistants().idShapes());
            QVERIFY(found);
            QCOMPARE(found->of(Resource::Threads), QStringList{QString::fromLatin1(id)});
        }
    }
    void utf16()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"wide.csv"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        const QString text = u"\ufeffid\r\nthread_XYyNaZCJosFRAPaEYbRmgpQe\r\n"_s;
        file.write(reinterpret_cast<const char *>(text.utf16()), text.size() * 2);
        file.close();
        QCOMPARE(findIdsInFile(file.fileName(), test::assistants().idShapes())->of(Resource::Threads).size(), 1);
    }
    void missingFile()
    {
        const Result<FoundIds> found = findIdsInFile(u"/nowhere/at.all"_s, test::assistants().idShapes());
        QVERIFY(!found);
        QCOMPARE(found.error().place, u"/nowhere/at.all"_s);
    }
};

QTEST_GUILESS_MAIN(TestDiscovery)
#include "tst_discovery.moc"
