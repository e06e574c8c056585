// SPDX-License-Identifier: GPL-3.0-or-later
// What operations spare, refuse and find out first: whatever changed on the server while they waited, and whatever the
// person asks of them twice.
#include "tests/support/operationbench.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using namespace bobbin::test;

class TestGuards : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    std::unique_ptr<Bench> bench(const demo::DemoOptions &options = {})
    {
        return operationBench(m_folder.filePath(u"g%1.sqlite"_s.arg(++m_number)), options);
    }
    static CleanupRule idle()
    {
        CleanupRule rule;
        rule.idleDays = 1;
        return rule;
    }
    static void addMessage(demo::DemoServer &server, const QString &thread)
    {
        demo::DemoThread *t = server.state().threadById.value(thread.toLatin1());
        t->load();
        demo::DemoMessage m = t->messages.back();
        m.id = server.state().newId("msg_");
        t->messages.push_back(m);
    }
    static std::shared_ptr<const Plan> shared(const Plan &plan) { return std::make_shared<const Plan>(plan); }

private Q_SLOTS:
    void cleanupTestCase() { Worker::joinAll(); }

    // It was looked at, then its deletion had to wait, and meanwhile somebody wrote.
    void aThreadThatWakesUpBeforeTheSecondTryIsSpared()
    {
        auto b = bench(bulk(1, 2, 2, 4));
        const QString id = firstThread(*b, "created");
        const auto made = wait(b->workspace->operations().planCleanup(idle()));
        b->faults({u"DELETE /threads/*=status:409*1"_s});
        b->host->with([&](demo::DemoServer &server) {
            server.onRequest = [&server, id, once = true](const demo::HttpRequest &request) mutable {
                if (request.method == "DELETE" && std::exchange(once, false))
                    addMessage(server, id);
            };
        });
        const qint64 key = run(*b, made->plan);
        const DoneTarget spared = targets(*b, key).front();
        QVERIFY2(spared.state == TargetState::Skipped, qPrintable(spared.outcome));
        QVERIFY(spared.outcome.contains(u"woke up"_s));
        QVERIFY(!threadOf(*b, id).isEmpty());
    }

    void nothingIsDeletedWhenItsArchiveIsGone()
    {
        auto b = bench(bulk(1, 2, 2, 4));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        const auto made = wait(operations.planCleanup(idle()));
        b->faults({u"DELETE /threads/*=status:400*1"_s});
        const qint64 key = run(*b, made->plan);
        QCOMPARE(row(*b, key).failed, 1);
        const QDir archives(Store::archiveFolder(b->store->path()));
        QVERIFY(
            QFile::rename(archives.filePath(archives.entryList(QDir::Files).front()), m_folder.filePath(u"away"_s)));
        std::atomic_bool asking = false;
        QObject context;
        connect(&operations, &Operations::progressed, &context,
                [&](const OperationProgress &p) { asking = asking || p.state == OperationProgress::State::Asking; });
        QSignalSpy ended(&operations, &Operations::ended);
        QVERIFY(wait(operations.retryFailed(key)));
        QTRY_VERIFY(asking || !ended.empty());
        QVERIFY(!threadOf(*b, id).isEmpty());
        operations.cancel(key);
        QVERIFY(!ended.empty() || ended.wait(20'000));
        QVERIFY(!threadOf(*b, id).isEmpty());
    }

    void whatWasTakenBackIsNotTriedAgain()
    {
        auto b = bench(bulk(2, 2, 2, 90));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        RotateOptions options;
        options.deleteOld = true;
        const auto drafts = wait(operations.draftRotations({id}, options));
        b->faults({u"DELETE /threads/*=status:400*1"_s});
        const qint64 key = run(*b, planRotation(*drafts, options));
        QCOMPARE(row(*b, key).failed, 1);
        const qint64 undone = run(*b, *wait(operations.planUndo(key)));
        QCOMPARE(row(*b, undone).done, 1);
        for (const Done &again : {wait(operations.retryFailed(key)), wait(operations.finish(key))}) {
            QVERIFY(!again);
            QCOMPARE(int(again.error().kind), int(Error::Kind::Conflict));
        }
        QVERIFY(!operations.anyRunning());
        QVERIFY(!threadOf(*b, id).isEmpty());
    }

    // A file is added to a store that is about to go, after it was archived.
    void aStoreThatChangedSinceItsArchiveIsSpared()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const auto made = wait(operations.planConsolidation({}));
        const PlanTarget &group = *std::ranges::find_if(made->plan.targets, &PlanTarget::included);
        const QString leaving = std::ranges::find(group.steps, Act::DeleteStore, &Step::act)->object;
        Plan plan = made->plan;
        plan.targets = {group};
        b->host->with([&](demo::DemoServer &server) {
            server.onRequest = [&server, leaving, once = true](const demo::HttpRequest &request) mutable {
                if (!request.path.endsWith(u"assistants"_s) || !std::exchange(once, false))
                    return;
                for (const QJsonObject &file : server.state().files.all())
                    if (!server.state().storeFiles[leaving].find(file["id"_L1].toString())) {
                        QJsonObject entry{{u"id"_s, file["id"_L1]}, {u"object"_s, u"vector_store.file"_s},
                                          {u"created_at"_s, 1},     {u"status"_s, u"completed"_s},
                                          {u"usage_bytes"_s, 1},    {u"vector_store_id"_s, leaving}};
                        server.state().storeFiles[leaving].add(entry);
                        return;
                    }
            };
        });
        const qint64 key = run(*b, plan);
        QVERIFY2(targets(*b, key).front().outcome.contains(leaving), qPrintable(targets(*b, key).front().outcome));
        bool there = false;
        b->host->with([&](demo::DemoServer &server) { there = server.state().stores.find(leaving) != nullptr; });
        QVERIFY(there);
    }

    // The server never answered the deletion, and the person had enough.
    void anUndoFindsOutFirstWhatBecameOfIt()
    {
        auto b = bench(bulk(1, 2, 2, 4));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        b->workspace->setTimeout(std::chrono::milliseconds(300));
        ExecutorTimes times;
        times.firstRetry = std::chrono::seconds(20);
        operations.executor().setTimes(times);
        const auto made = wait(operations.planCleanup(idle()));
        b->host->with([&](demo::DemoServer &server) {
            server.onRequest = [&server, id](const demo::HttpRequest &request) {
                if (request.method == "DELETE")
                    server.state().removeThread(id.toLatin1()); // it did it all the same
            };
        });
        b->faults({u"DELETE /threads/*=hang"_s});
        std::atomic_bool waiting = false;
        QObject context;
        connect(&operations, &Operations::progressed, &context,
                [&](const OperationProgress &p) { waiting = waiting || p.state == OperationProgress::State::Waiting; });
        QSignalSpy ended(&operations, &Operations::ended);
        const qint64 key = *wait(operations.start(shared(made->plan)));
        QTRY_VERIFY(waiting);
        QVERIFY(!wait(operations.planUndo(key))); // it is running
        operations.cancel(key);
        QVERIFY(!ended.empty() || ended.wait(20'000));
        QCOMPARE(row(*b, key).done, 0);
        b->faults({});
        // A plan alone changes nothing: it can be finished all the same, or taken back.
        QVERIFY(wait(operations.planUndo(key)));
        ended.clear();
        QVERIFY(wait(operations.finish(key)));
        QVERIFY(!ended.empty() || ended.wait(20'000));
        QCOMPARE(row(*b, key).done, 1);
        const auto undo = wait(operations.planUndo(key));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        const qint64 undone = run(*b, *undo);
        QCOMPARE(row(*b, undone).done, 1);
        b->host->with([&](demo::DemoServer &server) { QCOMPARE(server.state().threads.size(), 1u); });
    }

    void whatAnUndoLeftOutCanBeTakenBackLater()
    {
        auto b = bench(bulk(2, 2, 2, 90));
        Operations &operations = b->workspace->operations();
        const QStringList ids{firstThread(*b, "created"), firstThread(*b, "created", 1)};
        const auto drafts = wait(operations.draftRotations(ids, {}));
        const qint64 key = run(*b, planRotation(*drafts, {}));
        const QString used = targets(*b, key).front().made;
        b->host->with([&](demo::DemoServer &server) { addMessage(server, used); });
        auto undo = wait(operations.planUndo(key));
        QCOMPARE(undo->targets.size(), 2u);
        QCOMPARE(undo->count(), 1); // the one that was used lives on, unless the person says so
        run(*b, *undo);
        undo = wait(operations.planUndo(key));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        QCOMPARE(undo->targets.size(), 1u);
        QCOMPARE(undo->targets.front().id, used);
        undo->targets.front().chosen = true;
        run(*b, *undo);
        QVERIFY(threadOf(*b, used).isEmpty());
        QVERIFY(!wait(operations.planUndo(key)));
    }

    void whatWasRotatedIsNotRotatedAgain()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "turns");
        QVERIFY(wait(operations.threadsAbove(100'000))->contains(id));
        const qint64 key = run(*b, planRotation(*wait(operations.draftRotations({id}, {})), {}));
        QVERIFY(!wait(operations.threadsAbove(100'000))->contains(id));
        const auto drafts = wait(operations.draftRotations({id}, {}));
        QCOMPARE(planRotation(*drafts, {}).count(), 0);
        QVERIFY(drafts->front().target.why.contains(targets(*b, key).front().made));
        run(*b, *wait(operations.planUndo(key)));
        QVERIFY(wait(operations.threadsAbove(100'000))->contains(id));
        // What was edited elsewhere is carried as it is now.
        b->host->with([&](demo::DemoServer &server) {
            server.state().threadById.value(id.toLatin1())->metadata.insert(u"tier"_s, u"gold"_s);
        });
        const auto edited = wait(operations.draftRotations({id}, {}));
        const auto &steps = edited->front().target.steps;
        QCOMPARE(std::ranges::find(steps, Act::CreateThread, &Step::act)->body["metadata"_L1]["tier"_L1].toString(),
                 u"gold"_s);
        QCOMPARE(planRotation(*wait(operations.draftRotations({id}, {})), {}).count(), 1);
    }

    // The owners of a merged store keep it until those it replaced are back.
    void aMergedStoreStaysWhileSomebodyPointsToIt()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        ConsolidateOptions options;
        options.intoNew = true;
        auto made = wait(operations.planConsolidation(options));
        const qint64 key = run(*b, made->plan);
        QCOMPARE(row(*b, key).failed, 0);
        b->faults({u"POST /vector_stores=status:400"_s});
        const qint64 undone = run(*b, *wait(operations.planUndo(key)));
        QVERIFY(row(*b, undone).failed > 0);
        QStringList dangling;
        b->host->with([&](demo::DemoServer &server) {
            for (const QJsonObject &a : server.state().assistants.all())
                for (const QJsonValue id : a["tool_resources"_L1]["file_search"_L1]["vector_store_ids"_L1].toArray())
                    if (!server.state().stores.find(id.toString()))
                        dangling << id.toString();
        });
        QCOMPARE(dangling, QStringList());
        b->faults({});
        QSignalSpy ended(&operations, &Operations::ended);
        QVERIFY(wait(operations.retryFailed(undone)));
        QVERIFY(!ended.empty() || ended.wait(60'000));
        QCOMPARE(row(*b, undone).failed, 0);
    }

    void aSyncThatFailedDoesNotFailWhatComesLater()
    {
        auto b = bench(bulk(1, 2, 2, 4));
        b->faults({u"/**=status:401"_s});
        QVERIFY(!b->sync());
        b->faults({});
        b->host->with([&](demo::DemoServer &server) {
            addMessage(server, QString::fromLatin1(server.state().threads.front()->id));
        });
        const auto explained = wait(b->workspace->operations().explain(firstThread(*b, "created")));
        QVERIFY2(explained, explained ? "" : qPrintable(explained.error().message));
    }

    // A picture in a message of a thread that stays is a use of its file.
    void aPictureKeepsItsFile()
    {
        auto b = bench(bulk(2, 2, 2, 4));
        QString staying;
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            const QByteArray image = R"([{"type":"image_file","image_file":{"file_id":"file-picture"}}])";
            for (const auto &one : state.threads) {
                one->load();
                one->messages.back().content = image;
            }
            state.threads[1]->metadata = {{u"keep"_s, u"yes"_s}};
            staying = QString::fromLatin1(state.threads[1]->id);
            state.files.add(QJsonObject{{u"id"_s, u"file-picture"_s},
                                        {u"object"_s, u"file"_s},
                                        {u"bytes"_s, 10},
                                        {u"created_at"_s, 1},
                                        {u"filename"_s, u"picture.png"_s},
                                        {u"purpose"_s, u"vision"_s}});
        });
        b->open(m_folder.filePath(u"picture.sqlite"_s)); // read anew
        QVERIFY(b->sync());
        CleanupRule rule = idle();
        rule.storage = true;
        auto made = wait(b->workspace->operations().planCleanup(rule));
        QCOMPARE(made->filesAlong.size(), 1u);
        rule.keepMetadata = {{MetadataTest::How::Equals, u"keep"_s, u"yes"_s}};
        made = wait(b->workspace->operations().planCleanup(rule));
        QCOMPARE(made->plan.count(), 1);
        QCOMPARE(made->filesAlong.size(), 0u);
    }
};

QTEST_GUILESS_MAIN(TestGuards)
#include "tst_guards.moc"
