// SPDX-License-Identifier: GPL-3.0-or-later
// What operations spare, refuse and find out first: whatever changed on the server while they waited, and whatever the
// person asks of them twice.
#include "app/demo/author.h"
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
    static QJsonObject resources(const QString &store)
    {
        return {{u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{store}}}}};
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
        operations.executor().hands().times = times;
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
        Plan plan = planRotation(*drafts, {});
        for (PlanTarget &target : plan.targets)
            target.chosen = true;
        const qint64 key = run(*b, plan);
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

    // Whoever is pointed to a store after the sync, before the operation or in the middle of it, keeps the store.
    void aPointerSetSinceTheSyncKeepsTheStore_data()
    {
        QTest::addColumn<QString>("who");
        QTest::addColumn<bool>("inTheMiddle");
        QTest::addColumn<bool>("cleanUp");
        for (const char *who : {"known thread", "new thread", "assistant"})
            for (const bool middle : {false, true})
                for (const bool cleanUp : {false, true})
                    QTest::addRow("%s, %s, %s", who, middle ? "in the middle" : "before",
                                  cleanUp ? "clean up" : "consolidate")
                        << QString::fromLatin1(who) << middle << cleanUp;
    }
    void aPointerSetSinceTheSyncKeepsTheStore()
    {
        QFETCH(QString, who);
        QFETCH(bool, inTheMiddle);
        QFETCH(bool, cleanUp);
        auto b = bench(bulk(3, 2, 2, 4));
        Operations &operations = b->workspace->operations();
        QString leaving;
        QString file;
        QByteArray staying;
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            demo::Author a{state, QDateTime::currentSecsSinceEpoch(), {}, {}, {}};
            const qint64 then = QDateTime::currentSecsSinceEpoch() - 90 * demo::day;
            file = a.file(u"doc.pdf"_s, 1000, then);
            a.store(u"one"_s, {file}, then, then);
            leaving = a.store(u"two"_s, {file}, then, then);
            a.assistant(u"Reader"_s, u"gpt-4o"_s, u"Read."_s, {demo::tool(u"file_search"_s)}, {}, then);
            if (cleanUp)
                state.threads[0]->toolResources = resources(leaving);
            state.threads[1]->metadata = {{u"keep"_s, u"yes"_s}};
            staying = state.threads[1]->id;
        });
        QVERIFY(b->sync());
        Plan plan;
        if (cleanUp) {
            CleanupRule rule = idle();
            rule.storage = true;
            rule.keepMetadata = {{MetadataTest::How::Has, u"keep"_s, {}}};
            plan = wait(operations.planCleanup(rule))->plan;
        } else {
            ConsolidateOptions options;
            plan = wait(operations.planConsolidation(options))->plan;
        }
        QCOMPARE(std::ranges::count_if(plan.targets,
                                       [&](const PlanTarget &t) {
                                           return t.included() && std::ranges::any_of(t.steps, [&](const Step &s) {
                                                      return s.act == Act::DeleteStore && s.object == leaving;
                                                  });
                                       }),
                 1);
        const auto point = [leaving, who, staying](demo::DemoState &state) {
            if (who == "assistant"_L1) {
                (*state.assistants.find(state.assistants.all().back()["id"_L1].toString()))[u"tool_resources"_s] =
                    resources(leaving);
                return;
            }
            demo::DemoThread *thread = state.threadById.value(staying);
            if (who == "new thread"_L1) {
                auto made = std::make_unique<demo::DemoThread>();
                made->id = "thread_sinceTheSync";
                made->created = 1'700'000'000;
                thread = made.get();
                state.threadById.insert(made->id, made.get());
                state.threads.push_back(std::move(made));
            }
            thread->toolResources = resources(leaving);
        };
        b->host->with([&](demo::DemoServer &server) {
            if (!inTheMiddle) {
                point(server.state());
                return;
            }
            // The last thing that is read before the look around.
            const QString last = u"/vector_stores/"_s + leaving + u"/files"_s;
            server.onRequest = [&server, point, last, seen = 0,
                                most = cleanUp ? 2 : 3](const demo::HttpRequest &request) mutable {
                if (request.path.endsWith(last) && ++seen == most)
                    point(server.state());
            };
        });
        const qint64 key = run(*b, plan);
        QStringList outcomes;
        for (const DoneTarget &t : targets(*b, key))
            outcomes << t.target.id + u" "_s + QString::number(int(t.state)) + u" "_s + t.outcome;
        b->host->with([&](demo::DemoServer &server) {
            server.onRequest = nullptr;
            QVERIFY2(server.state().stores.find(leaving), qPrintable(outcomes.join(u'\n')));
        });
    }

    // A picture that came in a message after the sync keeps its file, too.
    void aMessageSinceTheSyncKeepsItsFile()
    {
        auto b = bench(bulk(2, 2, 2, 4));
        const QString file = u"file-late"_s;
        b->host->with([&](demo::DemoServer &server) {
            server.state().files.add(QJsonObject{{u"id"_s, file},
                                                 {u"object"_s, u"file"_s},
                                                 {u"bytes"_s, 10},
                                                 {u"created_at"_s, 1},
                                                 {u"filename"_s, u"late.png"_s},
                                                 {u"purpose"_s, u"assistants"_s}});
        });
        QVERIFY(b->sync());
        ConsolidateOptions options;
        options.orphans = true;
        const Plan plan = wait(b->workspace->operations().planConsolidation(options))->plan;
        QCOMPARE(plan.count(), 1);
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoThread *t = server.state().threads.front().get();
            t->load();
            demo::DemoMessage m = t->messages.back();
            m.id = server.state().newId("msg_");
            m.content = R"([{"type":"image_file","image_file":{"file_id":"file-late"}}])";
            t->messages.push_back(m);
        });
        const DoneTarget kept = targets(*b, run(*b, plan)).front();
        QVERIFY2(kept.state == TargetState::Skipped, qPrintable(kept.outcome));
        b->host->with([&](demo::DemoServer &server) { QVERIFY(server.state().files.find(file)); });
    }

    void whereThreadsAreNotListedThePlanSaysSo()
    {
        demo::DemoOptions options;
        auto b = std::make_unique<Bench>();
        b->host = std::make_unique<demo::DemoHost>(options); // does not list threads
        b->open(m_folder.filePath(u"unlisted.sqlite"_s));
        QString store;
        QString thread;
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            demo::Author a{state, QDateTime::currentSecsSinceEpoch(), {}, {}, {}};
            store = a.store(u"lately used"_s, {}, 1'700'000'000, QDateTime::currentSecsSinceEpoch() - 86'400);
            thread = QString::fromLatin1(state.threads.front()->id);
        });
        SyncOptions some;
        some.onlyThreads = {thread};
        QVERIFY(b->sync());
        QVERIFY(b->sync(some));
        ConsolidateOptions wanted;
        wanted.orphans = true;
        const auto find = [&](const Plan &plan) { return *std::ranges::find(plan.targets, store, &PlanTarget::id); };
        Plan plan = wait(b->workspace->operations().planConsolidation(wanted))->plan;
        QVERIFY(!find(plan).keptBack.isEmpty());
        QVERIFY2(plan.warnings.join(u' ').contains(u"1 known thread"_s), qPrintable(plan.warnings.join(u' ')));
        wanted.recentStores = true;
        plan = wait(b->workspace->operations().planConsolidation(wanted))->plan;
        QVERIFY(find(plan).included());
        // The thread that is known is asked all the same.
        b->host->with(
            [&](demo::DemoServer &server) { server.state().threads.front()->toolResources = resources(store); });
        std::erase_if(plan.targets, [&](const PlanTarget &t) { return t.id != store; });
        const DoneTarget kept = targets(*b, run(*b, plan)).front();
        QVERIFY2(kept.outcome.contains(thread), qPrintable(kept.outcome));
    }

    // What is edited without a new message: seen by the last look, and kept back or archived as it is then.
    void theLastLookReadsTheThreadItself_data()
    {
        QTest::addColumn<QString>("what");
        for (const char *what : {"keep", "fits no more", "pin", "rotated", "message", "title", "store"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void theLastLookReadsTheThreadItself()
    {
        QFETCH(QString, what);
        auto b = bench(bulk(1, 2, 2, 4));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        b->host->with([&](demo::DemoServer &server) {
            server.state().threads.front()->metadata = {{u"env"_s, u"trial"_s}};
        });
        QVERIFY(b->sync());
        CleanupRule rule = idle();
        rule.metadata = {{MetadataTest::How::Has, u"env"_s, {}}};
        rule.keepMetadata = {{MetadataTest::How::Has, u"keep"_s, {}}};
        const Plan plan = wait(operations.planCleanup(rule))->plan;
        QCOMPARE(plan.count(), 1);
        if (what == "pin"_L1)
            QVERIFY(wait(b->store->journal().pin({id}, true, 1)));
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoThread &t = *server.state().threads.front();
            t.load();
            if (what == "keep"_L1 || what == "title"_L1)
                t.metadata.insert(what, u"yes"_s);
            else if (what == "fits no more"_L1)
                t.metadata = {};
            else if (what == "rotated"_L1)
                t.metadata.insert(u"rotated_to"_s, u"thread_elsewhere"_s);
            else if (what == "message"_L1)
                t.messages.front().metadata = R"({"reviewed":"by hand"})";
            else if (what == "store"_L1)
                t.toolResources = resources(u"vs_late"_s);
        });
        const qint64 key = run(*b, plan);
        const DoneTarget done = targets(*b, key).front();
        const bool spared = what == "keep"_L1 || what == "fits no more"_L1 || what == "pin"_L1 || what == "rotated"_L1;
        QVERIFY2((done.state == TargetState::Skipped) == spared, qPrintable(done.outcome));
        QCOMPARE(threadOf(*b, id).isEmpty(), !spared);
        if (spared)
            return;
        const auto operation = wait(b->store->read([key](Reader &r) { return r.operation(key); }));
        const auto steps = wait(b->store->read([&](Reader &r) { return r.begunSteps(done.key); }));
        const auto archived = std::ranges::find_if(*steps, [](const DoneStep &s) { return s.place == 1; });
        const auto lines = readFrame(QDir(Store::archiveFolder(b->store->path())).filePath(operation->archive),
                                     frameFromJson(archived->result));
        QVERIFY2(lines->contains(what == "message"_L1     ? "by hand"
                                     : what == "title"_L1 ? "\"title\":\"yes\""
                                                          : "vs_late"),
                 lines->constData());
    }

    // An undo brings back what the server still takes, and says what it left out.
    void anUndoComesBackWithoutWhatIsGone()
    {
        auto b = bench(bulk(1, 2, 2, 80));
        QString first;
        QString late;
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            demo::Author a{state, QDateTime::currentSecsSinceEpoch(), {}, {}, {}};
            first = a.file(u"first.pdf"_s, 1000, 1'700'000'000);
            late = a.file(u"late.pdf"_s, 1000, 1'700'000'000);
            demo::DemoThread &t = *state.threads.front();
            t.load();
            const auto attach = [&](int message, const QString &file) {
                t.messages[std::size_t(message)].attachments =
                    demo::compact(QJsonArray{QJsonObject{{u"file_id"_s, file}, {u"tools"_s, QJsonArray()}}});
            };
            attach(1, first); // made with the thread
            QVERIFY(t.messages.size() > 34);
            attach(33, late); // added after
            t.metadata = {};
            for (int i = 0; i < 16; ++i)
                t.metadata.insert(u"k%1"_s.arg(i, 2, 10, QLatin1Char('0')), u"v"_s);
        });
        b->open(m_folder.filePath(u"attached.sqlite"_s)); // read anew
        QVERIFY(b->sync());
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        const QJsonObject before = threadOf(*b, id);
        const qint64 key = run(*b, wait(operations.planCleanup(idle()))->plan);
        QCOMPARE(row(*b, key).done, 1);
        b->host->with([&](demo::DemoServer &server) {
            server.state().files.remove(first);
            server.state().files.remove(late);
        });
        const auto undo = wait(operations.planUndo(key));
        QVERIFY(undo->cannotComeBack.join(u' ').contains(u"attachments"_s));
        const DoneTarget back = targets(*b, run(*b, *undo)).front();
        QVERIFY2(back.state == TargetState::Finished, qPrintable(back.outcome));
        QVERIFY2(back.outcome.contains(first) && back.outcome.contains(late), qPrintable(back.outcome));
        const QJsonObject after = threadOf(*b, back.made);
        QCOMPARE(after["messages"_L1].toArray().size(), before["messages"_L1].toArray().size());
        QCOMPARE(after["metadata"_L1].toObject().size(), 16); // all of them, and none of ours
        QCOMPARE(after["metadata"_L1], before["metadata"_L1]);
    }

    void anUndoOfAConsolidationRestoresTheSurvivorsList()
    {
        auto b = bench(bulk(1, 2, 2, 4));
        b->host->with([](demo::DemoServer &server) {
            demo::Author a{server.state(), QDateTime::currentSecsSinceEpoch(), {}, {}, {}};
            QStringList files;
            for (int i = 0; i < 4; ++i)
                files << a.file(u"doc%1.pdf"_s.arg(i), 1000 + i, 1'700'000'000);
            a.store(u"all"_s, files.mid(0, 3), 1'700'000'000, 1'700'000'000);
            const QString other = a.store(u"other"_s, {files[0], files[1], files[3]}, 1'700'000'000, 1'700'000'000);
            a.assistant(u"Reader"_s, u"gpt-4o"_s, u"Read."_s, {demo::tool(u"file_search"_s)}, resources(other),
                        1'700'000'000);
        });
        QVERIFY(b->sync());
        Operations &operations = b->workspace->operations();
        const auto lists = [&] {
            QMap<QString, QStringList> all;
            b->host->with([&](demo::DemoServer &server) {
                for (const QJsonObject &store : server.state().stores.all()) {
                    QStringList &files = all[store["name"_L1].toString()];
                    for (const QJsonObject &file : server.state().storeFiles[store["id"_L1].toString()].all())
                        files << file["id"_L1].toString();
                    files.sort();
                }
            });
            return all;
        };
        const auto before = lists();
        ConsolidateOptions options;
        options.contained = options.overlapping = true;
        options.overlapPercent = 50;
        const Plan plan = wait(operations.planConsolidation(options))->plan;
        QVERIFY(std::ranges::any_of(plan.targets, [](const PlanTarget &t) {
            return t.included() && std::ranges::find(t.steps, Act::AddStoreFiles, &Step::act) != t.steps.end();
        }));
        const qint64 key = run(*b, plan);
        QCOMPARE(row(*b, key).failed, 0);
        QVERIFY(lists() != before);
        const qint64 undone = run(*b, *wait(operations.planUndo(key)));
        for (const DoneTarget &t : targets(*b, undone))
            QVERIFY2(t.state == TargetState::Finished, qPrintable(t.outcome));
        QCOMPARE(lists(), before);
    }

    // By another person or machine: known by the mark on the server, read just before.
    void whatSomebodyElseRotatedIsNotRotatedAgain()
    {
        auto b = bench(bulk(2, 2, 2, 90));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        const auto mark = [&](const QString &to) {
            b->host->with([&](demo::DemoServer &server) {
                demo::DemoThread *t = server.state().threadById.value(id.toLatin1());
                t->metadata.insert(u"rotated_to"_s, to);
                if (to.isEmpty())
                    t->metadata.remove(u"rotated_to"_s);
            });
        };
        Plan plan = planRotation(*wait(operations.draftRotations({id}, {})), {});
        plan.targets.front().chosen = true;
        QString other;
        b->host->with([&](demo::DemoServer &server) {
            auto made = std::make_unique<demo::DemoThread>();
            made->id = "thread_takenOver";
            made->created = 1'700'000'000;
            other = QString::fromLatin1(made->id);
            server.state().threadById.insert(made->id, made.get());
            server.state().threads.push_back(std::move(made));
        });
        mark(other);
        // Since it was planned:
        const DoneTarget spared = targets(*b, run(*b, plan)).front();
        QVERIFY2(spared.state == TargetState::Skipped, qPrintable(spared.outcome));
        QVERIFY(spared.outcome.contains(other));
        // Before it is planned, where the store knows nothing of it:
        const auto drafts = wait(operations.draftRotations({id}, {}));
        QCOMPARE(planRotation(*drafts, {}).count(), 0);
        QVERIFY(drafts->front().target.why.contains(other));
        mark(u"thread_thatNeverWas"_s);
        QVERIFY(!wait(operations.draftRotations({id}, {}))->front().target.why.contains(u"thread_thatNeverWas"_s));
    }

    // A batch that never ends is told of within seconds and given up, and can be tried again.
    void indexingThatNeverEndsIsGivenUp()
    {
        demo::DemoOptions options;
        options.indexingSeconds = 100'000;
        auto b = bench(options);
        Operations &operations = b->workspace->operations();
        ConsolidateOptions wanted;
        wanted.intoNew = true;
        Plan plan = wait(operations.planConsolidation(wanted))->plan;
        std::erase_if(plan.targets, [](const PlanTarget &t) { return !t.included(); });
        plan.targets.resize(1);
        ExecutorTimes times;
        times.firstPoll = std::chrono::milliseconds(50);
        times.patience = std::chrono::seconds(5);
        operations.executor().hands().times = times;
        QString said;
        QObject context;
        connect(&operations, &Operations::progressed, &context, [&](const OperationProgress &p) {
            if (p.waits)
                said = p.waits->what + u": "_s + p.waits->next;
        });
        const DoneTarget target = targets(*b, run(*b, plan)).front();
        QVERIFY2(target.state == TargetState::Failed, qPrintable(target.outcome));
        QVERIFY2(target.outcome.contains(u"not indexed yet"_s), qPrintable(target.outcome));
        QVERIFY2(said.contains(u"not indexed yet"_s), qPrintable(said));
    }
};

QTEST_GUILESS_MAIN(TestGuards)
#include "tst_guards.moc"
