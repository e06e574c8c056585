// SPDX-License-Identifier: GPL-3.0-or-later
// Planners are pure: from facts to a plan, with tables.
#include "models/core/jsontext.h"
#include "models/plans/cancelplan.h"
#include "models/plans/consolidateplan.h"
#include "models/plans/neutraljson.h"
#include "models/plans/rotateplan.h"
#include "models/plans/summary.h"
#include "models/plans/turnplan.h"
#include "tests/support/provider.h"

#include <QElapsedTimer>
#include <QTest>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestPlans : public QObject {
    Q_OBJECT
    static constexpr qint64 day = 86'400'000;
    static constexpr qint64 now = 20'000 * day;

    static ThreadFacts thread(const QString &id, qint64 idleDays)
    {
        ThreadFacts t;
        t.id = id;
        t.createdAt = now - 300 * day;
        t.lastActiveAt = now - idleDays * day;
        t.syncedAt = now - day;
        t.messages = 4;
        t.runs = 2;
        t.assistantId = u"a"_s;
        t.cost = {Money{Money::perDollar}, 2, 0};
        return t;
    }
    static QStringList included(const CleanupPlan &plan)
    {
        QStringList ids;
        for (const PlanTarget &t : plan.plan.targets)
            if (t.included())
                ids << t.id;
        return ids;
    }
    static StoreFacts store(const QString &id, const QStringList &files)
    {
        StoreFacts s;
        s.id = id;
        s.name = id;
        s.status = u"completed"_s;
        s.createdAt = now - 100 * day;
        s.bytes = 1'000'000'000;
        s.perDay = Money{Money::perDollar / 10};
        s.filesKnown = true;
        for (const QString &file : files)
            s.files.push_back({file, {}, 1000, false});
        return s;
    }

private Q_SLOTS:
    void idleCountsFromTheNewestMessageOrRun()
    {
        CleanupFacts facts;
        facts.assistants = {u"a"_s};
        facts.threads = {thread(u"old"_s, 61), thread(u"young"_s, 59)};
        ThreadFacts empty = thread(u"empty"_s, 0);
        empty.lastActiveAt.reset();
        empty.messages = empty.runs = 0;
        facts.threads.push_back(empty);
        CleanupRule rule;
        rule.idleDays = 60;
        const CleanupPlan plan = planCleanup(facts, rule, now);
        QCOMPARE(included(plan), (QStringList{u"old"_s, u"empty"_s})); // without either: since its creation
        QVERIFY(plan.plan.targets.front().why.contains(u"61"_s));
    }
    void groundsAndLimits_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("never used") << u"never"_s << QStringList{u"unused"_s};
        QTest::newRow("assistant gone") << u"gone"_s << QStringList{u"orphan"_s};
        QTest::newRow("rotated, by the journal or the metadata")
            << u"rotated"_s << QStringList{u"rotated1"_s, u"rotated2"_s};
        QTest::newRow("metadata alone is a ground") << u"metadata"_s << QStringList{u"trial"_s};
        QTest::newRow("cost below leaves out the unknown") << u"cost"_s << QStringList{u"cheap"_s};
        QTest::newRow("kept back") << u"kept"_s << QStringList{u"trial"_s, u"cheap"_s, u"orphan"_s, u"unpriced"_s};
    }
    void groundsAndLimits()
    {
        QFETCH(QString, rule);
        QFETCH(QStringList, expected);
        CleanupFacts facts;
        facts.assistants = {u"a"_s};
        facts.assistantsListedAt = now;
        const auto add = [&](const QString &id, auto change) {
            ThreadFacts t = thread(id, 5);
            change(t);
            facts.threads.push_back(t);
        };
        add(u"unused"_s, [](ThreadFacts &t) {
            t.messages = t.runs = 0;
            t.lastActiveAt.reset();
            t.createdAt = now - 2 * day;
        });
        add(u"fresh"_s, [](ThreadFacts &t) {
            t.messages = t.runs = 0;
            t.lastActiveAt.reset();
            t.createdAt = now - 60'000;
        });
        add(u"trial"_s, [](ThreadFacts &t) { t.metadata = "{\"env\":\"trial\"}"; });
        add(u"cheap"_s, [](ThreadFacts &t) { t.cost.known = Money{1}; });
        add(u"orphan"_s, [](ThreadFacts &t) { t.assistantId = u"b"_s; });
        add(u"unpriced"_s, [](ThreadFacts &t) { t.cost = {{}, 0, 2}; });
        add(u"rotated1"_s, [](ThreadFacts &) {});
        facts.rotated.insert(u"rotated1"_s, {u"x"_s, now - 30 * day});
        facts.rotated.insert(u"rotated just now"_s, {u"x"_s, now - 2 * day});
        add(u"rotated just now"_s, [](ThreadFacts &) {});
        add(u"y"_s, [](ThreadFacts &t) {
            t.createdAt = now - 20 * day;
            t.lastActiveAt = now - day;
        });
        add(u"rotated2"_s, [](ThreadFacts &t) { t.metadata = "{\"rotated_to\":\"y\"}"; });
        add(u"rotated at an unknown time"_s, [](ThreadFacts &t) { t.metadata = "{\"rotated_to\":\"z\"}"; });
        add(u"busy"_s, [](ThreadFacts &t) { t.activeRuns = 1; });
        add(u"pinned"_s, [](ThreadFacts &) {});
        facts.pinned.insert(u"pinned"_s);
        add(u"gold"_s, [](ThreadFacts &t) { t.metadata = "{\"tier\":\"gold\"}"; });
        add(u"unsynced"_s, [](ThreadFacts &t) { t.syncedAt.reset(); });
        add(u"broken"_s, [](ThreadFacts &t) { t.problem = u"500"_s; });
        CleanupRule made;
        made.idleDays.reset();
        if (rule == "never"_L1)
            made.neverUsed = true;
        else if (rule == "gone"_L1)
            made.assistantGone = true;
        else if (rule == "rotated"_L1)
            made.rotatedAway = true;
        else if (rule == "metadata"_L1)
            made.metadata = {{MetadataTest::How::Equals, u"env"_s, u"trial"_s}};
        else if (rule == "cost"_L1) {
            made.costBelow = Money{2};
            made.metadata = {{MetadataTest::How::Lacks, u"nothing"_s, {}}};
        } else {
            made.idleDays = 4;
            made.keepMetadata = {{MetadataTest::How::Has, u"tier"_s, {}},
                                 {MetadataTest::How::Has, u"rotated_to"_s, {}}};
            facts.pinned.insert(u"rotated1"_s);
        }
        QVERIFY(made.check());
        const auto back = cleanupRuleFromJson(toJson(made));
        QVERIFY(back && *back == made);
        QCOMPARE(included(planCleanup(facts, made, now)), expected);
    }
    void aRuleThatSaysNothingIsRefused()
    {
        CleanupRule rule;
        rule.idleDays.reset();
        QVERIFY(!rule.check());
        rule.idleDays = 0;
        QVERIFY(!rule.check());
    }
    void storageGoesOnlyWithTheLastThatUsesIt()
    {
        CleanupFacts facts;
        facts.threads = {thread(u"t1"_s, 90), thread(u"t2"_s, 90), thread(u"t3"_s, 1)};
        facts.stores = {{u"own"_s, {}, 5, {}, {}, {u"t1"_s, u"t2"_s}},
                        {u"shared"_s, {}, 5, {}, {}, {u"t1"_s, u"t3"_s}}};
        facts.files = {{u"f1"_s, {}, 5, {}, {}, {u"t1"_s, u"own"_s}},
                       {u"f2"_s, {}, 5, {}, {}, {u"own"_s, u"shared"_s}}};
        CleanupRule rule;
        CleanupPlan plan = planCleanup(facts, rule, now);
        QCOMPARE(plan.storesAlong.size(), 1u);
        QCOMPARE(included(plan), (QStringList{u"t1"_s, u"t2"_s})); // a choice of its own
        rule.storage = true;
        plan = planCleanup(facts, rule, now);
        QCOMPARE(included(plan), (QStringList{u"t1"_s, u"t2"_s, u"own"_s, u"f1"_s}));
        QVERIFY(plan.plan.targets[2].phase > plan.plan.targets[1].phase);
        // Where threads are not listed, what was used lately is kept back unless the person says otherwise.
        facts.allThreadsKnown = false;
        facts.stores[0].lastActiveAt = now - day;
        plan = planCleanup(facts, rule, now);
        QCOMPARE(included(plan), (QStringList{u"t1"_s, u"t2"_s}));
        QVERIFY(plan.plan.warnings.join(u' ').contains(u"3 known"_s) ||
                plan.plan.warnings.join(u' ').contains(u"%n"_s));
        rule.recentStores = true;
        plan = planCleanup(facts, rule, now);
        QCOMPARE(included(plan), (QStringList{u"t1"_s, u"t2"_s, u"own"_s, u"f1"_s}));
    }
    void anAssistantIsGoneOnlyByAWholeList()
    {
        CleanupFacts facts;
        facts.threads = {thread(u"t"_s, 40)};
        CleanupRule rule;
        rule.idleDays.reset();
        rule.assistantGone = true;
        QCOMPARE(included(planCleanup(facts, rule, now)), QStringList());
        QVERIFY(!planCleanup(facts, rule, now).plan.warnings.isEmpty());
        facts.assistantsListedAt = now - 50 * day; // it ran since
        QCOMPARE(included(planCleanup(facts, rule, now)), QStringList());
        facts.assistantsListedAt = now - day;
        QCOMPARE(included(planCleanup(facts, rule, now)), QStringList{u"t"_s});
    }
    void whatIsReadJustBeforeKeepsBack()
    {
        CleanupRule rule;
        rule.metadata = {{MetadataTest::How::Equals, u"env"_s, u"trial"_s}};
        rule.keepMetadata = {{MetadataTest::How::Has, u"keep"_s, {}}};
        const QJsonObject trial{{u"env"_s, u"trial"_s}};
        QCOMPARE(keptNow(rule, trial, trial), QString());
        QVERIFY(!keptNow(rule, trial, {}).isEmpty());
        QVERIFY(!keptNow(rule, trial, {{u"env"_s, u"trial"_s}, {u"keep"_s, u"1"_s}}).isEmpty());
        const QJsonObject rotated{{u"env"_s, u"trial"_s}, {u"rotated_to"_s, u"x"_s}};
        QVERIFY(!keptNow(rule, trial, rotated).isEmpty());
        QCOMPARE(keptNow(rule, rotated, rotated), QString());
        rule.rotatedGraceDays = 0;
        QCOMPARE(keptNow(rule, trial, rotated), QString());
    }

    void keepsakes()
    {
        std::vector<Keepsake> found = findKeepsakes(
            {u"My order #88213 came on 14 Sept 2026; the refund of €42.90 to Maria Kowalska is open. "
             "See https://shop.example/r/7 and invoice_0914.pdf, or mail maria@shop.example. Run `retry_payment` with "
             "tracking 1Z999AA1."_s});
        QStringList texts;
        for (const Keepsake &one : found)
            texts << one.text;
        for (const char *expected : {"#88213", "14 Sept 2026", "€42.90", "Maria Kowalska", "https://shop.example/r/7",
                                     "invoice_0914.pdf", "maria@shop.example", "`retry_payment`", "1Z999AA1"})
            QVERIFY2(texts.contains(QString::fromUtf8(expected)), qPrintable(texts.join(u" | "_s)));
        markKept(found, u"Order #88213,   maria kowalska."_s);
        for (const Keepsake &one : found)
            QCOMPARE(one.kept, one.text == "#88213"_L1 || one.text == "Maria Kowalska"_L1);
    }
    void theExtractKeepsWhatMatters()
    {
        std::vector<Said> talk;
        for (int i = 0; i < 60; ++i) {
            talk.push_back({u"user"_s, u"Hello again. Just to say that it is a nice day and I like the shop a lot."_s});
            talk.push_back({u"assistant"_s, u"Thank you. I am glad to hear that from you."_s});
        }
        talk[40].text = u"Please send it to Via Roma 12 in Torino. The order is #88213."_s;
        talk[77].text = u"The refund of €42.90 was approved on 14 Sept 2026."_s;
        const QString summary = extractSummary(talk, 600);
        QVERIFY(summary.size() < 700);
        for (const char *kept : {"#88213", "€42.90", "14 Sept 2026", "Via Roma 12"})
            QVERIFY2(summary.contains(QString::fromUtf8(kept)), qPrintable(summary));
        QCOMPARE(lastAnswer(talk), u"Thank you. I am glad to hear that from you."_s);
    }

    void rotationArithmetic()
    {
        RotateSubject s;
        s.id = u"t"_s;
        s.model = u"gpt-4o"_s;
        s.raw = "{\"id\":\"t\",\"object\":\"thread\",\"metadata\":{\"a\":\"b\",\"rotated_to\":\"old\"},\"tool_"
                "resources\":{\"file_search\":{\"vector_store_ids\":[\"vs\"]}}}";
        for (int i = 0; i < 424; ++i)
            s.messages << QByteArray("{\"id\":\"m\",\"role\":\"") + (i % 2 ? "assistant" : "user") +
                    "\",\"content\":[{\"type\":\"text\",\"text\":{\"value\":\"Some words that are "
                    "said.\",\"annotations\":[]}}]}";
        s.runs = 212;
        s.contextFirst = 800;
        s.contextNow = 171'500;
        Capabilities can;
        RotateOptions options;
        options.writingCost = Money{26'000'000'000}; // $0.026
        const PriceTable prices = PriceTable::shipped();
        RotateDraft draft = draftRotation(s, options, prices, test::assistants(), can, now);
        QCOMPARE(draft.turnNow->pico, 428'750'000'000); // $0.42875
        QVERIFY(draft.contextAfter > 700 && draft.contextAfter < 4'000);
        QCOMPARE(draft.breakEvenTurns.value(), 1);
        QCOMPARE(draft.stores, QStringList{u"vs"_s});
        const auto &steps = draft.target.steps;
        QCOMPARE(int(steps[2].act), int(Act::CreateThread));
        QVERIFY(draft.target.chosen);
        const QJsonObject metadata = steps[2].body["metadata"_L1].toObject();
        QCOMPARE(metadata["rotated_from"_L1].toString(), u"t"_s);
        QCOMPARE(metadata["a"_L1].toString(), u"b"_s);
        QVERIFY(!metadata.contains(u"rotated_to"_s));
        options.lastMessages = 100;
        draft = draftRotation(s, options, prices, test::assistants(), can, now);
        QCOMPARE(draft.target.steps[2].body["messages"_L1].toArray().size(), 32);
        QCOMPARE(std::ranges::count(draft.target.steps, Act::AddMessage, &Step::act), 101 - 32);
        s.activeRun = u"run_1"_s;
        draft = draftRotation(s, options, prices, test::assistants(), can, now);
        QVERIFY(draft.target.keptBack.contains(u"run_1"_s));
        s.deadRun = true; // what will never end is no reason to wait; but the person decides
        draft = draftRotation(s, options, prices, test::assistants(), can, now);
        QVERIFY(draft.target.keptBack.isEmpty() && !draft.target.chosen);
        QVERIFY(draft.warnings.join(u' ').contains(u"run_1"_s));
        s.deadRun = false;
        s.activeRun.clear();
        s.contextNow = 100; // it would begin with more
        draft = draftRotation(s, options, prices, test::assistants(), can, now);
        QVERIFY(draft.target.keptBack.isEmpty() && !draft.target.chosen && draft.savesNothing);
        s.contextNow = 171'500;
        s.messages.resize(3);
        options.lastMessages = 5;
        QVERIFY(!draftRotation(s, options, prices, test::assistants(), can, now).target.keptBack.isEmpty());
    }
    void aFullMetadataMapIsRespected()
    {
        RotateSubject s;
        s.id = u"t"_s;
        QJsonObject metadata;
        for (int i = 0; i < 16; ++i)
            metadata.insert(u"k%1"_s.arg(i, 2, 10, QLatin1Char('0')), u"v"_s);
        s.raw = compactBytes({{u"id"_s, u"t"_s}, {u"metadata"_s, metadata}});
        for (int i = 0; i < 9; ++i)
            s.messages << "{\"role\":\"user\",\"content\":\"hi there Maria Stone\"}";
        const RotateDraft draft = draftRotation(s, {}, PriceTable::shipped(), test::assistants(), {}, now);
        const QJsonObject carried = draft.target.steps[2].body["metadata"_L1].toObject();
        QCOMPARE(carried.size(), 16); // the operation's own mark makes room when it is created
        QVERIFY(carried.contains(u"rotated_from"_s));
        QCOMPARE(draft.warnings.size(), 2);
        QCOMPARE(std::ranges::count(draft.target.steps, Act::EditMetadata, &Step::act), 0);
    }

    void groupsOfStores()
    {
        ConsolidateFacts facts;
        facts.stores = {store(u"small"_s, {u"1"_s, u"2"_s}),
                        store(u"big"_s, {u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"5"_s}),
                        store(u"other"_s, {u"8"_s, u"9"_s}),
                        store(u"copy"_s, {u"5"_s, u"4"_s, u"3"_s, u"2"_s, u"1"_s}),
                        store(u"most"_s, {u"1"_s, u"2"_s, u"3"_s, u"4"_s, u"7"_s}),
                        store(u"renamed"_s, {u"8b"_s, u"9"_s}),
                        store(u"empty"_s, {})};
        facts.stores[3].assistants = {u"asst"_s};
        facts.stores[0].threads = {u"thread"_s};
        ConsolidateOptions options;
        auto groups = groupStores(facts, options);
        QCOMPARE(groups.size(), 1u);
        QCOMPARE(facts.stores[groups[0].survivor].id, u"copy"_s); // of the two largest the one that is used
        QCOMPARE(groups[0].others.size(), 3u);
        QCOMPARE(int(groups[0].relation), int(StoreGroup::Relation::Overlapping));
        facts.sameContent.insert(u"8b"_s, u"8"_s);
        QCOMPARE(groupStores(facts, options).size(), 2u);
        facts.sameContent.clear();
        options.overlapPercent = 100;
        groups = groupStores(facts, options);
        QCOMPARE(groups[0].others.size(), 2u);

        options.overlapPercent = 80;
        facts.allThreadsKnown = false;
        facts.names = {{u"asst"_s, u"Finance"_s}};
        const Plan offeredOnly = planConsolidation(facts, options, {}, now).plan;
        QCOMPARE(offeredOnly.count(), 0); // somebody would see other files
        QVERIFY2(offeredOnly.targets.front().why.contains(u"the assistant Finance would see 6 files instead of 5"_s),
                 qPrintable(offeredOnly.targets.front().why));
        options.overlapping = true;
        const Plan plan = planConsolidation(facts, options, {}, now).plan;
        const PlanTarget &target = plan.targets.front();
        QStringList acts;
        for (const Step &step : target.steps)
            acts << actWord(step.act);
        QCOMPARE(acts,
                 (QStringList{u"check_stores"_s, u"archive_stores"_s, u"add_store_files"_s, u"await_store"_s,
                              u"repoint_thread"_s, u"verify_pointers"_s, u"delete_store"_s, u"delete_store"_s,
                              u"delete_store"_s}));
        QCOMPARE(target.steps[2].body["files"_L1].toArray().size(), 1); // file 7
        QVERIFY(plan.savedPerDay().pricedRuns > 0 && plan.savedPerDay().known.pico > 0);
        QVERIFY(!plan.warnings.isEmpty());
        for (const PlanTarget &one : plan.targets)
            QVERIFY(one.id == "copy"_L1 || !one.chosen); // orphans are offered, off
        QCOMPARE(plan.count(), 1);

        const ConsolidatePlan offered = planConsolidation(facts, options, {}, now);
        const auto &members = offered.groups.value(u"copy"_s);
        QCOMPARE(members.size(), 4u);
        QCOMPARE(members.front().id, u"copy"_s);
        options.preferred = {members.back().id};
        const PlanTarget chosen = planConsolidation(facts, options, {}, now).plan.targets.front();
        QCOMPARE(chosen.id, members.back().id);
        options.preferred.clear();

        options.intoNew = true;
        const Plan merged = planConsolidation(facts, options, {}, now).plan;
        QCOMPARE(std::ranges::count(merged.targets.front().steps, Act::DeleteStore, &Step::act), 4);
        QCOMPARE(std::ranges::count(merged.targets.front().steps, Act::RepointAssistant, &Step::act), 1);
    }
    void fiveThousandStores()
    {
        ConsolidateFacts facts;
        for (int i = 0; i < 5'000; ++i) {
            QStringList files;
            for (int f = 0; f < 40; ++f)
                files << u"file-%1"_s.arg((i / 3) * 40 + f);
            facts.stores.push_back(store(u"vs%1"_s.arg(i), files));
        }
        QElapsedTimer timer;
        timer.start();
        const Plan plan = planConsolidation(facts, {}, {}, now).plan;
        qInfo("%lld ms for 5,000 stores, 200,000 files", timer.elapsed());
        QCOMPARE(plan.count(), 1'667);
    }

    void cancelExplainsWhatCannotBe()
    {
        std::vector<RunRow> runs(3);
        runs[0].id = u"r0"_s;
        runs[0].status = RunStatus::InProgress;
        runs[1].id = u"r1"_s;
        runs[1].status = RunStatus::Completed;
        runs[2].id = u"r2"_s;
        runs[2].status = RunStatus::Cancelling;
        const Plan plan = planCancel(runs);
        QCOMPARE(plan.count(), 2);
        QVERIFY(!plan.targets[1].keptBack.isEmpty());
        QCOMPARE(plan.targets[2].steps.size(), 1u);
    }
    // A turn: what goes up comes first, the message as it is or not at all, then the run.
    void aTurnsSteps()
    {
        NewTurn turn;
        turn.thread = u"thread_1"_s;
        turn.assistant = u"asst_1"_s;
        turn.text = u"Hello"_s;
        turn.messages = 6;
        turn.upload = NewTurn::Upload{u"/tmp/a.txt"_s, u"a.txt"_s, 3};
        const auto acts = [](const Plan &plan) {
            std::vector<Act> all;
            for (const Step &step : plan.targets[0].steps)
                all.push_back(step.act);
            return all;
        };
        Plan plan = planTurn(turn);
        QCOMPARE(acts(plan), (std::vector{Act::UploadFile, Act::AddMessage, Act::StartRun}));
        const QJsonObject message = plan.targets[0].steps[1].body;
        QVERIFY(message["as_is"_L1].toBool());
        QCOMPARE(message["before"_L1].toInteger(), 6);
        QCOMPARE(messageFromJson(message["message"_L1].toObject()).attachments[0].fileId, u"{file}"_s);
        QCOMPARE(plan.targets[0].id, u"thread_1"_s);
        turn.upload.reset();
        turn.text.clear(); // run again
        QCOMPARE(acts(planTurn(turn)), (std::vector{Act::StartRun}));
        turn.thread.clear();
        turn.text = u"Hello"_s;
        turn.store = u"vs_1"_s;
        plan = planTurn(turn);
        QCOMPARE(acts(plan), (std::vector{Act::CreateThread, Act::AddMessage, Act::StartRun, Act::TakeMarkOff}));
        QCOMPARE(threadFromJson(plan.targets[0].steps[0].body).resources.vectorStoreIds, QStringList{u"vs_1"_s});
        QCOMPARE(plan.targets[0].id, u"asst_1"_s);
    }
    void stepsSurviveTheJournal()
    {
        const std::vector<Step> steps{{Act::CreateThread, {}, {}, {{u"metadata"_s, QJsonObject{{u"a"_s, u"b"_s}}}}},
                                      {Act::CancelRun, u"run"_s, u"thread"_s, {}}};
        QCOMPARE(*stepsFromJson(stepsToJson(steps)), steps);
        QVERIFY(!stepsFromJson(QJsonArray{QJsonObject{{u"act"_s, u"from the future"_s}}}));
    }
};

QTEST_GUILESS_MAIN(TestPlans)
#include "tst_plans.moc"
