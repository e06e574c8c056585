// SPDX-License-Identifier: GPL-3.0-or-later
// Whole operations, from the plan to the server's end state and back, through the real client and the demo server.
#include "tests/support/operationbench.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using namespace bobbin::test;

class TestOperations : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    int m_number = 0;

    std::unique_ptr<Bench> bench(const demo::DemoOptions &options = {})
    {
        return operationBench(m_folder.filePath(u"o%1.sqlite"_s.arg(++m_number)), options);
    }

private Q_SLOTS:
    void cleanupTestCase() { Worker::joinAll(); }

    void rotateAndTakeBack()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "turns");
        const QJsonObject before = threadOf(*b, id);
        const auto drafts = wait(operations.draftRotations({id}, {}));
        QVERIFY2(drafts, drafts ? "" : qPrintable(drafts.error().message));
        const RotateDraft &draft = drafts->front();
        QVERIFY2(draft.target.keptBack.isEmpty(), qPrintable(draft.target.keptBack));
        QVERIFY(draft.contextNow.value() > 170'000);
        QVERIFY2(draft.contextAfter < 10'000, qPrintable(QString::number(draft.contextAfter)));
        QCOMPARE(draft.breakEvenTurns.value(), 0);
        QVERIFY(draft.savedPerTurn);
        QCOMPARE(draft.verbatim, 5);
        const qint64 key = run(*b, planRotation(*drafts, {}));
        const OperationRow done = row(*b, key);
        QCOMPARE(done.state, u"finished"_s);
        QCOMPARE(done.done, 1);
        const DoneTarget target = targets(*b, key).front();
        QVERIFY(!target.made.isEmpty());
        const QJsonObject made = threadOf(*b, target.made);
        QCOMPARE(made["metadata"_L1]["rotated_from"_L1].toString(), id);
        QCOMPARE(threadOf(*b, id)["metadata"_L1]["rotated_to"_L1].toString(), target.made);
        QCOMPARE(made["tool_resources"_L1], before["tool_resources"_L1]);
        QCOMPARE(made["messages"_L1].toArray().size(), 6);
        QVERIFY(words(before).endsWith(words(made).section(u'\n', -6)));
        QVERIFY(made["messages"_L1][0]["content"_L1][0]["text"_L1]["value"_L1].toString().contains(draft.summary));
        // the archive holds all of it
        const auto archive = wait(b->store->read([key](Reader &r) { return r.operation(key); }))->archive;
        const QString path = QDir(Store::archiveFolder(b->store->path())).filePath(archive);
        qint64 messages = 0;
        const auto count = readArchive(path, [&](const ArchivedFrame &frame) {
            messages += frame.messages().size();
            return Done();
        });
        QVERIFY2(count, count ? "" : qPrintable(count.error().message));
        QCOMPARE(messages, before["messages"_L1].toArray().size());
        QCOMPARE(count->runs, 212);

        const auto undo = wait(operations.planUndo(key));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        const auto sameAgain = wait(operations.planUndo(key));
        const qint64 undone = run(*b, *undo);
        QCOMPARE(row(*b, undone).done, 1);
        const auto twice = wait(operations.start(std::make_shared<const Plan>(*sameAgain)));
        QVERIFY(!twice && twice.error().kind == Error::Kind::Conflict);
        QVERIFY(threadOf(*b, target.made).isEmpty());
        QJsonObject after = threadOf(*b, id);
        QCOMPARE(after, before);
        QCOMPARE(row(*b, key).undoneBy, undone);
        QVERIFY(!wait(operations.planUndo(key)));
    }

    void rotateWithDeletionComesBack()
    {
        auto b = bench(bulk(3, 4, 2, 90));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        const QJsonObject before = threadOf(*b, id);
        RotateOptions options;
        options.deleteOld = true;
        options.lastMessages = 40; // more than fit into the creation
        const auto drafts = wait(operations.draftRotations({id}, options));
        const qint64 key = run(*b, planRotation(*drafts, options));
        const DoneTarget target = targets(*b, key).front();
        QVERIFY2(target.state == TargetState::Finished, qPrintable(target.outcome));
        QVERIFY(threadOf(*b, id).isEmpty());
        const QJsonObject made = threadOf(*b, target.made);
        QCOMPARE(made["messages"_L1].toArray().size(), 41);
        QVERIFY(words(before).endsWith(words(made).section(u'\n', -41)));
        const qint64 undone = run(*b, *wait(operations.planUndo(key)));
        const DoneTarget back = targets(*b, undone).front();
        QVERIFY2(back.state == TargetState::Finished, qPrintable(back.outcome));
        QCOMPARE(words(threadOf(*b, back.made)), words(before));
        QVERIFY(threadOf(*b, target.made).isEmpty());
    }

    void aLockedThreadIsKeptBack()
    {
        auto b = bench();
        const QString active =
            wait(b->store->read([](Reader &r) -> Result<QString> { return r.activeRuns()->front().first; })).value();
        const auto drafts = wait(b->workspace->operations().draftRotations({active}, {}));
        QVERIFY(drafts);
        QVERIFY(!drafts->front().activeRun.isEmpty());
        QVERIFY(drafts->front().target.keptBack.contains(drafts->front().activeRun));
        const auto refused =
            wait(b->workspace->operations().start(std::make_shared<const Plan>(planRotation(*drafts, {}))));
        QVERIFY(!refused);
    }

    void cleanUpSparesWhatWokeUp()
    {
        auto b = bench(bulk(12, 2, 2, 4));
        Operations &operations = b->workspace->operations();
        CleanupRule rule;
        rule.idleDays = 1;
        const auto made = wait(operations.planCleanup(rule));
        QVERIFY2(made, made ? "" : qPrintable(made.error().message));
        QCOMPARE(made->plan.count(), 12);
        const QString awake = made->plan.targets[3].id;
        const QString gone = made->plan.targets[5].id;
        const QString kept = words(threadOf(*b, made->plan.targets[0].id));
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoThread *t = server.state().threadById.value(awake.toLatin1());
            t->load();
            demo::DemoMessage m = t->messages.back();
            m.id = server.state().newId("msg_");
            t->messages.push_back(m);
            server.state().removeThread(gone.toLatin1());
        });
        const qint64 key = run(*b, made->plan);
        const OperationRow done = row(*b, key);
        QCOMPARE(done.done, 10);
        QCOMPARE(done.skipped, 2);
        QVERIFY(!threadOf(*b, awake).isEmpty());
        b->host->with([&](demo::DemoServer &server) { QCOMPARE(server.state().threads.size(), 1u); });
        const qint64 undone = run(*b, *wait(operations.planUndo(key)));
        QCOMPARE(row(*b, undone).done, 10);
        b->host->with([&](demo::DemoServer &server) { QCOMPARE(server.state().threads.size(), 11u); });
        QCOMPARE(words(threadOf(*b, targets(*b, undone).front().made)), kept);
        // In the tables too each is linked with the other.
        for (const DoneTarget &back : targets(*b, undone)) {
            const auto linked = wait(b->store->read([&](Reader &r) -> Result<std::vector<ThreadRow>> {
                const auto before = r.keyOf(RowKind::Threads, back.target.id);
                const auto now = r.keyOf(RowKind::Threads, back.made);
                return r.rows<ThreadRow>({before->value(), now->value()});
            }));
            QVERIFY(linked->at(0).gone && !linked->at(1).gone);
            QCOMPARE(linked->at(0).restoredAs, back.made);
            QCOMPARE(linked->at(1).restoredFrom, back.target.id);
            QVERIFY(linked->at(0).restoredFrom.isEmpty() && linked->at(1).restoredAs.isEmpty());
        }
    }

    void cancelAndFollow()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const auto plan = wait(operations.planCancelRuns({}));
        QVERIFY(plan && plan->count() > 0);
        const qint64 key = run(*b, *plan);
        const OperationRow done = row(*b, key);
        QVERIFY(done.done > 0);
        QString cancelled;
        for (const DoneTarget &t : targets(*b, key)) {
            const bool ends = t.target.why.contains(u"cancelling since"_s); // the story has one that never leaves it
            QVERIFY2(ends == (t.state == TargetState::Failed), qPrintable(t.outcome));
            QVERIFY(t.outcome.contains(ends ? u"rotating"_s : u"cost"_s));
            if (!ends)
                cancelled = t.target.id;
        }
        const auto again = wait(operations.planCancelRuns({cancelled}));
        QCOMPARE(again->count(), 0);
        QVERIFY(!again->targets.front().keptBack.isEmpty());
        QVERIFY(!wait(operations.planUndo(key)));
    }

    void consolidateAndTakeBack()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const auto made = wait(operations.planConsolidation({}));
        QVERIFY2(made, made ? "" : qPrintable(made.error().message));
        const Plan *plan = &made->plan;
        qint64 groups = 0;
        for (const PlanTarget &t : plan->targets)
            groups += t.included();
        QVERIFY(groups > 0);
        QSet<QString> stores;
        b->host->with([&](demo::DemoServer &server) {
            for (const QJsonObject &store : server.state().stores.all())
                stores.insert(store["id"_L1].toString());
        });
        const qint64 key = run(*b, *plan);
        const OperationRow done = row(*b, key);
        for (const DoneTarget &t : targets(*b, key))
            QVERIFY2(t.state == TargetState::Finished, qPrintable(t.outcome));
        QSet<QString> left;
        QStringList dangling;
        b->host->with([&](demo::DemoServer &server) {
            for (const QJsonObject &store : server.state().stores.all())
                left.insert(store["id"_L1].toString());
            for (const QJsonObject &a : server.state().assistants.all())
                for (const QJsonValue id : a["tool_resources"_L1]["file_search"_L1]["vector_store_ids"_L1].toArray())
                    if (!left.contains(id.toString()))
                        dangling << id.toString();
        });
        QVERIFY(left.size() < stores.size());
        QVERIFY2(dangling.isEmpty(), qPrintable(dangling.join(u' ')));
        const auto undo = wait(operations.planUndo(key));
        QVERIFY2(undo, undo ? "" : qPrintable(undo.error().message));
        // A refusal of a moment leaves no mark behind.
        b->faults({u"POST /vector_stores/*=status:400*1"_s});
        const qint64 undone = run(*b, *undo);
        b->host->with([&](demo::DemoServer &server) {
            for (const QJsonObject &store : server.state().stores.all())
                QVERIFY(!store["metadata"_L1].toObject().contains("bobbin_step"_L1));
        });
        for (const DoneTarget &t : targets(*b, undone))
            QVERIFY2(t.state == TargetState::Finished, qPrintable(t.outcome));
        b->host->with([&](demo::DemoServer &server) {
            QCOMPARE(server.state().stores.all().size(), std::size_t(stores.size()));
        });
        QCOMPARE(done.failed, 0);
    }

    void twoOperationsOnOneThreadAreRefused()
    {
        auto b = bench(bulk(3, 2, 2, 90));
        Operations &operations = b->workspace->operations();
        const QString id = firstThread(*b, "created");
        const auto drafts = wait(operations.draftRotations({id}, {}));
        const auto plan = std::make_shared<const Plan>(planRotation(*drafts, {}));
        b->host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.latencyMs = 100; }); });
        QSignalSpy ended(&operations, &Operations::ended);
        const auto asked = operations.start(plan);
        const auto askedAtOnce = operations.start(plan); // a double click
        QVERIFY(wait(asked));
        for (const auto &second : {wait(askedAtOnce), wait(operations.start(plan))}) {
            QVERIFY(!second);
            QCOMPARE(int(second.error().kind), int(Error::Kind::Conflict));
        }
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(ended.count(), 1);
    }

    void whatAStepTouchesIsBusyToo()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        ConsolidateOptions all;
        all.contained = all.overlapping = true;
        auto made = wait(operations.planConsolidation(all));
        const QString leaving = made->groups.constBegin()->back().id;
        const QString pointing = firstThread(*b, "turns");
        b->host->with([&](demo::DemoServer &server) {
            server.state().threadById.value(pointing.toLatin1())->toolResources = {
                {u"file_search"_s, QJsonObject{{u"vector_store_ids"_s, QJsonArray{leaving}}}}};
        });
        QVERIFY(b->sync());
        made = wait(operations.planConsolidation(all));
        b->host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.latencyMs = 100; }); });
        QSignalSpy ended(&operations, &Operations::ended);
        QVERIFY(wait(operations.start(std::make_shared<const Plan>(made->plan))));
        const auto drafts = wait(operations.draftRotations({pointing}, {}));
        const auto refused = wait(operations.start(std::make_shared<const Plan>(planRotation(*drafts, {}))));
        QCOMPARE(ended.count(), 0);
        QVERIFY(!refused);
        QCOMPARE(int(refused.error().kind), int(Error::Kind::Conflict));
        QVERIFY(refused.error().message.contains(titleOf(made->plan)));
        QVERIFY(ended.wait(60'000));
    }

    void aRefusedKeyStopsTheLineAndGoesOn()
    {
        demo::DemoOptions options = bulk(6, 1, 1, 2);
        options.token = "right";
        auto b = std::make_unique<Bench>();
        options.listThreads = true;
        b->host = std::make_unique<demo::DemoHost>(options);
        b->open(m_folder.filePath(u"key.sqlite"_s));
        b->workspace->setKey("right");
        QVERIFY(b->sync());
        Operations &operations = b->workspace->operations();
        CleanupRule rule;
        rule.idleDays = 1;
        const auto made = wait(operations.planCleanup(rule));
        b->host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.token = "another"; }); });
        std::atomic_bool asking = false;
        QObject context;
        connect(&operations, &Operations::progressed, &context,
                [&](const OperationProgress &p) { asking = asking || p.state == OperationProgress::State::Asking; });
        QSignalSpy ended(&operations, &Operations::ended);
        const auto key = wait(operations.start(std::make_shared<const Plan>(made->plan)));
        QTRY_VERIFY(asking);
        QCOMPARE(ended.count(), 0);
        b->workspace->setKey("another");
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(row(*b, *key).done, 6);
    }

    void anArchiveThatCannotBeWrittenAsksAndGoesOn()
    {
        auto b = bench(bulk(6, 1, 1, 2));
        Operations &operations = b->workspace->operations();
        CleanupRule rule;
        rule.idleDays = 1;
        const auto made = wait(operations.planCleanup(rule));
        QFile inTheWay(Store::archiveFolder(b->store->path()));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        inTheWay.close();
        std::atomic_bool asking = false;
        QObject context;
        connect(&operations, &Operations::progressed, &context,
                [&](const OperationProgress &p) { asking = asking || p.state == OperationProgress::State::Asking; });
        QSignalSpy ended(&operations, &Operations::ended);
        const qint64 key = *wait(operations.start(std::make_shared<const Plan>(made->plan)));
        QTRY_VERIFY(asking);
        qint64 left = 0;
        b->host->with([&](demo::DemoServer &server) { left = qint64(server.state().threads.size()); });
        QCOMPARE(left, 6);
        QVERIFY(inTheWay.remove());
        operations.resume(key);
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(row(*b, key).done, 6);
    }

    void pauseAndCancel()
    {
        auto b = bench(bulk(40, 1, 1, 2));
        Operations &operations = b->workspace->operations();
        b->host->with(
            [](demo::DemoServer &server) { server.setOptions([](demo::DemoOptions &o) { o.latencyMs = 30; }); });
        CleanupRule rule;
        rule.idleDays = 1;
        const auto made = wait(operations.planCleanup(rule));
        QSignalSpy ended(&operations, &Operations::ended);
        const qint64 key = *wait(operations.start(std::make_shared<const Plan>(made->plan)));
        operations.pause(key);
        QTest::qWait(600);
        const qint64 then = row(*b, key).done;
        QTest::qWait(300);
        QCOMPARE(row(*b, key).done, then);
        QVERIFY(then < 40);
        operations.resume(key);
        QTRY_VERIFY(row(*b, key).done > then);
        operations.cancel(key);
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        const OperationRow end = row(*b, key);
        QCOMPARE(end.state, u"cancelled"_s);
        b->host->with(
            [&](demo::DemoServer &server) { QCOMPARE(qint64(server.state().threads.size()), 40 - end.done); });
        // what is left can be finished later
        ended.clear();
        const Done retried = wait(operations.retryFailed(key));
        QVERIFY(!retried && retried.error().kind == Error::Kind::Input); // it would delete what was cancelled
        QVERIFY(wait(operations.finish(key)));
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(row(*b, key).done, 40); // those too that were about to begin
        ended.clear();
        const auto asked = operations.retryFailed(key);
        const auto askedAtOnce = operations.retryFailed(key); // a double click
        QVERIFY(wait(asked));
        const Done second = wait(askedAtOnce);
        QVERIFY(!second && second.error().kind == Error::Kind::Conflict);
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(ended.count(), 1);
    }
    void archivesOfOnesChoice()
    {
        auto b = bench();
        Operations &operations = b->workspace->operations();
        const QString one = firstThread(*b, "turns");
        const QString gone = firstThread(*b, "turns", 1);
        QString unknown; // to Bobbin: made since, and not in a list
        b->host->with([&](demo::DemoServer &server) {
            demo::DemoState &state = server.state();
            state.threadById.remove(gone.toLatin1());
            std::erase_if(state.threads, [&](const auto &t) { return QString::fromLatin1(t->id) == gone; });
            auto made = std::make_unique<demo::DemoThread>();
            made->id = "thread_unknownToBobbin";
            made->created = 1'700'000'000;
            state.threadById.insert(made->id, made.get());
            unknown = QString::fromLatin1(made->id);
            state.threads.push_back(std::move(made));
        });
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"chosen.jsonl.zst"_s);
        const auto plan = wait(operations.planArchive({one, gone, unknown, u"thread_nowhere"_s}, file));
        QVERIFY(plan);
        const qint64 key = run(*b, *plan);
        QHash<QString, DoneTarget> outcomes;
        for (const DoneTarget &t : targets(*b, key))
            outcomes.insert(t.target.id, t);
        QVERIFY2(outcomes[one].state == TargetState::Finished, qPrintable(outcomes[one].outcome));
        QVERIFY2(outcomes[gone].state == TargetState::Finished, qPrintable(outcomes[gone].outcome));
        QVERIFY2(outcomes[gone].outcome.contains(u"no longer"_s), qPrintable(outcomes[gone].outcome));
        QVERIFY2(outcomes[unknown].state == TargetState::Finished, qPrintable(outcomes[unknown].outcome));
        QVERIFY(outcomes[u"thread_nowhere"_s].state == TargetState::Failed);
        const auto count = readArchive(file, {});
        QVERIFY2(count, count ? "" : qPrintable(count.error().message));
        QCOMPARE(count->threads, 3);
        QVERIFY(count->messages > 400);
        // Another one into the same file waits until it is out of the way.
        std::atomic_bool asking = false;
        QObject context;
        connect(&operations, &Operations::progressed, &context,
                [&](const OperationProgress &p) { asking = asking || p.state == OperationProgress::State::Asking; });
        QSignalSpy ended(&operations, &Operations::ended);
        const auto other = wait(operations.planArchive({one}, file));
        const qint64 second = *wait(operations.start(std::make_shared<const Plan>(*other)));
        QTRY_VERIFY(asking);
        QCOMPARE(readArchive(file, {})->threads, 3);
        QVERIFY(QFile::rename(file, file + u".first"_s));
        operations.resume(second);
        QVERIFY(ended.count() > 0 || ended.wait(20'000));
        QCOMPARE(readArchive(file, {})->threads, 1);
        QCOMPARE(readArchive(file + u".first"_s, {})->threads, 3);
        const auto back = wait(operations.planUndo(key));
        QVERIFY(!back && back.error().kind == Error::Kind::Input);
    }
};

QTEST_GUILESS_MAIN(TestOperations)
#include "tst_operations.moc"
