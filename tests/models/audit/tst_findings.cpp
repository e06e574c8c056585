// SPDX-License-Identifier: GPL-3.0-or-later
// Each rule of the audit on facts made for it: from where on it speaks, and that it is silent below.
#include "models/audit/audit.h"
#include "models/audit/failures.h"
#include "models/audit/findingjson.h"
#include "models/audit/findingtext.h"
#include "tests/support/testsupport.h"

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 dayMs = 86'400'000;
constexpr qint64 minuteMs = 60'000;
const qint64 now = QDateTime(QDate(2026, 11, 20), QTime(12, 0), Qt::UTC).toMSecsSinceEpoch();

// A workspace in the making: one thread until the next is begun.
struct Bench {
    Ledger ledger;
    LimitSet limits;
    WorkspaceFacts facts;
    ThreadFact thread;
    RowKey nextRun = 0;

    Bench()
    {
        ledger.rates = RateBook(std::make_shared<const PriceTable>(PriceTable::shipped()));
        qint32 number = 0;
        for (const QString &model : {u"gpt-4o"_s, u"gpt-4o-mini"_s, u"nobody's"_s, u"gpt-5.4"_s})
            ledger.rates.name(++number, model);
        ledger.configs[1] = {11, 22, 400, {}, {}};
        thread.key = 1;
    }
    struct Given {
        qint64 context = 1'000;
        qint32 turn = 1;
        qint64 before = 0; // ms before now
        RunStatus status = RunStatus::Completed;
        const char *error = "";
        qint32 model = 1;
        qint64 completion = 100;
        qint64 rounds = 0, outputs = 0;
        std::optional<qint64> cached = {};
        bool usage = true;
    };
    RunFact &add(const Given &given)
    {
        RunFact &run = thread.runs.emplace_back();
        run.key = ++nextRun;
        run.created = now - given.before;
        run.turn = given.turn;
        run.status = given.status;
        run.error = ledger.names.errors.number(given.error);
        run.assistant = ledger.names.assistants.number("asst_1");
        run.model = given.model;
        run.config = 1;
        std::optional<Usage> usage;
        RunCalls calls{{}, given.rounds, given.outputs};
        if (given.usage) {
            qint64 prompt = given.context;
            for (qint64 k = 1; k <= given.rounds; ++k)
                prompt += given.context + k * (given.outputs / std::max<qint64>(1, given.rounds));
            usage = Usage{prompt, given.completion, given.cached, {}, {}};
        }
        run.setUsage(usage);
        run.setCalls(usage, calls);
        if (const Price *price = ledger.rates.at(run.model, run.created); price && usage)
            run.cost = cost(price->rates, *usage).pico;
        return run;
    }
    void nextThread()
    {
        const RowKey key = thread.key;
        ledger.put(std::exchange(thread, {}));
        thread.key = key + 1;
    }
    [[nodiscard]] std::vector<Finding> ofThread() const
    {
        std::vector<Finding> found;
        judgeThread({ledger, limits, now}, thread, found);
        return found;
    }
    std::vector<Finding> ofWorkspace()
    {
        nextThread();
        std::vector<Finding> found;
        judgeWorkspace({ledger, limits, now}, facts, found);
        return found;
    }
};

const Finding *find(const std::vector<Finding> &all, QByteArrayView rule)
{
    const auto hit = std::ranges::find(all, rule, &Finding::rule);
    return hit == all.end() ? nullptr : &*hit;
}

} // namespace

class TestFindings : public QObject {
    Q_OBJECT

    static Bench whale() // 800 tokens at turn 1, 171,500 at turn 200
    {
        Bench bench;
        for (qint32 turn = 1; turn <= 200; ++turn)
            bench.add({.context = 800 + 170'700 * (turn - 1) / 199, .turn = turn, .before = (200 - turn) * dayMs});
        return bench;
    }

private Q_SLOTS:
    void historyGrows()
    {
        Bench bench = whale();
        const auto found = bench.ofThread();
        const Finding *growth = find(found, "history-growth");
        QVERIFY(growth);
        QCOMPARE(growth->facts["ratio"_L1].toDouble(), 214.375);
        QCOMPARE(growth->facts["context"_L1].toInteger(), 171'500);
        QCOMPARE(growth->facts["slope"_L1].toInteger(), 857);
        QCOMPARE(growth->facts["passedTurn"_L1].toInteger(), 47);
        QCOMPARE(growth->remedy, Remedy::Rotate);
        QCOMPARE(growth->severity, Severity::Serious);
        QCOMPARE(growth->facts["savesPerTurn"_L1].toInteger(), (171'500 - 925) * 2'500'000LL);
        QVERIFY(growth->facts["paysTurn"_L1].toInteger() <= 3); // of 200 turns, nearly at once
        qint64 history = 0;
        for (const RunFact &run : bench.thread.runs)
            history += (run.context - 800) * 2'500'000LL;
        QCOMPARE(growth->spent.value().pico, history);
        QVERIFY(growth->monthly->pico > 0 && growth->monthly->pico < history);
        QVERIFY(!growth->estimated);
        bench.thread.rotated = true;
        QVERIFY(!find(bench.ofThread(), "history-growth"));
    }
    void atTheCeilingItIsSilent()
    {
        Bench bench;
        bench.add({.context = 40'000});
        QVERIFY(bench.ofThread().empty());
        bench.add({.context = 40'001, .turn = 2});
        QVERIFY(find(bench.ofThread(), "history-growth"));
        bench.limits.assistants["asst_1"_L1] = {.contextCeiling = 60'000}; // its own
        bench.thread.assistant = bench.ledger.names.assistants.number("asst_1");
        QVERIFY(bench.ofThread().empty());
        bench.limits.assistants.clear();
        bench.add({.context = 900, .turn = 3}); // somebody helped it
        QVERIFY(bench.ofThread().empty());
    }
    // What counts is what one call reads: 562,800 tokens over 12 calls are no long thread.
    void toolRoundsAreNoHistory()
    {
        Bench bench;
        bench.add({.context = 3'000, .rounds = 11, .outputs = 88'000});
        QVERIFY(bench.thread.runs.back().prompt > 500'000);
        const auto found = bench.ofThread();
        QVERIFY(!find(found, "history-growth"));
        QVERIFY(!find(found, "silent-truncation"));
        QVERIFY(find(found, "step-explosion"));
    }
    void theWindowIsFull()
    {
        Bench bench;
        bench.limits.usual.contextCeiling = 1'000'000;
        bench.add({.context = 121'599}); // of 128,000: 95 % is 121,600
        QVERIFY(bench.ofThread().empty());
        bench.add({.context = 121'600, .turn = 2});
        const auto found = bench.ofThread();
        const Finding *full = find(found, "silent-truncation");
        QVERIFY(full);
        QCOMPARE(full->facts["window"_L1].toInteger(), 128'000);
        QCOMPARE(full->evidenceCount, 1);
    }
    void aContextThatStandsStill()
    {
        Bench bench;
        for (qint32 turn = 1; turn <= 20; ++turn)
            bench.add({.context = std::min(3'000 + 2'000 * turn, 20'000), .turn = turn});
        const auto found = bench.ofThread();
        const Finding *still = find(found, "silent-truncation");
        QVERIFY(still);
        QCOMPARE(still->facts["stillFrom"_L1].toInteger(), 9);
        QCOMPARE(still->facts["stillTo"_L1].toInteger(), 20);
        QCOMPARE(still->severity, Severity::Warning);
        bench.ledger.configs[1].lastMessages = 12; // as asked
        const auto asked = bench.ofThread();
        QCOMPARE(find(asked, "silent-truncation")->severity, Severity::Note);
        Bench level; // it never grew
        for (qint32 turn = 1; turn <= 20; ++turn)
            level.add({.context = 20'000, .turn = turn});
        QVERIFY(level.ofThread().empty());
    }
    void fiveFailuresInARow() // 43,200 prompt tokens on gpt-4o, five times: 0.54
    {
        Bench bench;
        bench.add({.context = 800, .before = dayMs});
        for (int i = 0; i < 5; ++i)
            bench.add({.context = 43'200,
                       .turn = 2,
                       .before = dayMs / 2 - i * minuteMs,
                       .status = RunStatus::Failed,
                       .error = i % 2 ? "server_error" : "rate_limit_exceeded",
                       .completion = 0});
        bench.add({.context = 30'000, .turn = 2, .before = minuteMs});
        const auto found = bench.ofThread();
        const Finding *spiral = find(found, "retry-spiral");
        QVERIFY(spiral);
        QCOMPARE(spiral->spent->pico, 540'000'000'000);
        QCOMPARE(spiral->monthly->pico, 540'000'000'000 / 28 * 30);
        QCOMPARE(spiral->facts["transient"_L1].toInteger(), 5);
        QCOMPARE(spiral->facts["blind"_L1].toInteger(), 0);
        QCOMPARE(spiral->facts["backsOff"_L1].toBool(), false);
        QCOMPARE(spiral->evidenceCount, 5);
    }
    void failuresThatStayAreTriedBlindly()
    {
        Bench bench;
        bench.add({.turn = 1, .before = 9 * minuteMs, .status = RunStatus::Expired});
        bench.add({.turn = 1, .before = 8 * minuteMs, .status = RunStatus::Failed, .error = "invalid_prompt"});
        bench.add({.turn = 1, .before = 4 * minuteMs, .status = RunStatus::Failed, .error = "insufficient_quota"});
        const auto found = bench.ofThread();
        const Finding *spiral = find(found, "retry-spiral");
        QVERIFY(spiral);
        QCOMPARE(spiral->facts["structural"_L1].toInteger(), 2);
        QCOMPARE(spiral->facts["fatal"_L1].toInteger(), 1);
        QCOMPARE(spiral->facts["blind"_L1].toInteger(), 2); // after the last one nothing was tried
        QCOMPARE(spiral->facts["backsOff"_L1].toBool(), true);
    }
    void aNewMessageEndsTheRow()
    {
        Bench bench;
        bench.add({.turn = 1, .status = RunStatus::Failed});
        bench.add({.turn = 2, .status = RunStatus::Failed});
        bench.add({.turn = 3, .status = RunStatus::Cancelled});
        bench.add({.turn = 3, .status = RunStatus::Cancelled});
        QVERIFY(bench.ofThread().empty());
    }
    void stepsCallsAndOutputs()
    {
        Bench bench;
        bench.add({.rounds = 5, .outputs = 500}).repeats = 1;
        QVERIFY(bench.ofThread().empty());
        bench.add({.turn = 2, .rounds = 6, .outputs = 600}).repeats = 2;
        bench.add({.turn = 3, .rounds = 1, .outputs = 9'000});
        const auto found = bench.ofThread();
        const Finding *steps = find(found, "step-explosion");
        QVERIFY(steps);
        QCOMPARE(steps->facts["most"_L1].toInteger(), 6);
        QCOMPARE(steps->evidenceCount, 1);
        QVERIFY(steps->spent->pico > 0 && steps->spent->pico < bench.thread.runs[1].cost);
        QCOMPARE(find(found, "repeated-calls")->facts["all"_L1].toInteger(), 2);
        QCOMPARE(find(found, "large-outputs")->evidenceCount, 1);
    }
    void whatLocksTheThread()
    {
        Bench bench;
        bench.add({.before = 3 * minuteMs, .status = RunStatus::InProgress, .usage = false});
        QVERIFY(bench.ofThread().empty());
        bench.thread.runs.back().status = RunStatus::RequiresAction;
        const auto found = bench.ofThread();
        QCOMPARE(find(found, "stuck-run")->remedy, Remedy::Unlock);
        QCOMPARE(find(found, "stuck-run")->facts["status"_L1].toString(), u"requires_action"_s);
    }
    void filesAndWordsAgain()
    {
        Bench bench;
        bench.add({});
        bench.thread.filesAgain = {{u"file-1"_s, u"nda.pdf"_s, 3, 400'000}};
        bench.thread.alike = 2;
        auto found = bench.ofThread();
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(find(found, "repeated-file")->facts["tokens"_L1].toInteger(), 200'000);
        bench.thread.alike = 3;
        bench.thread.alikeCharacters = 800;
        found = bench.ofThread();
        QCOMPARE(find(found, "instructions-in-messages")->facts["tokens"_L1].toInteger(), 200);
    }
    void usageBeyondReason()
    {
        Bench bench;
        RunFact &run = bench.add({});
        run.setUsage(Usage{5'000'000'000'000, 1, {}, {}, {}});
        QVERIFY(find(bench.ofThread(), "beyond-reason"));
    }

    void modelsWithoutPriceOrFuture()
    {
        Bench bench;
        for (int i = 0; i < 3; ++i)
            bench.add({.turn = i, .before = i * dayMs, .model = 3});
        bench.add({.turn = 4, .model = 1}); // gpt-4o: switched off on 2027-01-14, in 55 days
        bench.add({.turn = 5, .usage = false});
        const auto found = bench.ofWorkspace();
        QCOMPARE(find(found, "unknown-price")->facts["runs"_L1].toInteger(), 3);
        QCOMPARE(find(found, "unknown-price")->id, u"nobody's"_s);
        QCOMPARE(find(found, "model-switched-off")->id, u"gpt-4o"_s);
        QCOMPARE(find(found, "model-switched-off")->severity, Severity::Warning);
        QCOMPARE(find(found, "missing-usage")->facts["runs"_L1].toInteger(), 1);
        bench.limits.usual.retireDays = 54;
        QVERIFY(!find(bench.ofWorkspace(), "model-switched-off"));
    }
    void dearModelOnSimpleTurns()
    {
        Bench bench;
        for (int i = 0; i < 19; ++i)
            bench.add({.turn = i, .before = (30 - i) * dayMs});
        QVERIFY(!find(bench.ofWorkspace(), "dear-model"));
        for (int i = 0; i < 19; ++i)
            bench.add({.turn = i, .before = (30 - i) * dayMs});
        const auto found = bench.ofWorkspace();
        const Finding *dear = find(found, "dear-model");
        QVERIFY(dear);
        QCOMPARE(dear->facts["smaller"_L1].toString(), u"gpt-4o-mini"_s);
        QCOMPARE(dear->spent->pico,
                 38 * ((1'000 * 2'500'000LL + 100 * 10'000'000LL) - (1'000 * 150'000LL + 100 * 600'000LL)));
    }
    void cachedLessThanCouldBe()
    {
        const auto talk = [](qint64 cached, qint64 apart) {
            Bench bench;
            for (int i = 0; i < 12; ++i)
                bench.add({.context = 12'000, .turn = i, .before = (20 - i) * apart, .cached = cached});
            return bench.ofWorkspace();
        };
        const auto found = talk(0, minuteMs);
        const Finding *poor = find(found, "poor-caching");
        QVERIFY(poor);
        QCOMPARE(poor->facts["allowed"_L1].toInteger(), 11 * 12'000);
        QCOMPARE(poor->spent->pico, 11 * 12'000 * 1'250'000LL);
        QVERIFY(!find(talk(6'000, minuteMs), "poor-caching"));
        QVERIFY(!find(talk(0, 60 * minuteMs), "poor-caching")); // nothing could have been
    }
    void instructionsAndLimits()
    {
        Bench bench;
        bench.facts.assistants = {{u"asst_1"_s, u"Bot"_s, u"gpt-4o"_s, 11, false}};
        bench.facts.tellsLimits = true;
        for (int i = 0; i < 6; ++i)
            bench.add({.context = 41'000, .turn = i});
        auto found = bench.ofWorkspace();
        QVERIFY(!find(found, "instructions-per-run"));
        QCOMPARE(find(found, "no-prompt-limit")->name, u"Bot"_s);
        bench.facts.assistants[0].instructions = 12;
        bench.ledger.configs[1].maxPromptTokens = 50'000;
        found = bench.ofWorkspace();
        QCOMPARE(find(found, "instructions-per-run")->facts["runs"_L1].toInteger(), 6);
        QVERIFY(!find(found, "no-prompt-limit"));
    }
    void aDayThatStandsOut()
    {
        Bench bench;
        for (int day = 1; day <= 80; ++day)
            for (int i = 0; i < (day == 9 ? 40 : 10); ++i)
                bench.add({.context = 10'000, .turn = day * 50 + i, .before = day * dayMs});
        const auto found = bench.ofWorkspace();
        QCOMPARE(std::ranges::count(found, "unusual-day", &Finding::rule), 1);
        QCOMPARE(find(found, "unusual-day")->id, u"2026-11-11"_s);
        QCOMPARE(find(found, "unusual-day")->spent->pico, 30 * (10'000 * 2'500'000LL + 100 * 10'000'000LL));
    }
    void storesAndFiles()
    {
        Bench bench;
        bench.add({.model = 4});
        const auto store = [](const QString &id, const QStringList &files) {
            StoreFacts s;
            s.id = s.name = id;
            s.status = u"completed"_s;
            s.createdAt = s.lastActiveAt = now - 60 * dayMs;
            s.bytes = 2'147'483'648; // the price table's gigabyte has 2^30
            s.filesKnown = true;
            for (const QString &file : files)
                s.files.push_back({file, {}, 1'000, false});
            return s;
        };
        auto &stores = bench.facts.storage.stores;
        stores = {store(u"vs_1"_s, {u"f1"_s, u"f2"_s}), store(u"vs_2"_s, {u"f1"_s, u"f2"_s}),
                  store(u"vs_3"_s, {u"f3"_s}), store(u"vs_4"_s, {u"f4"_s}), store(u"vs_5"_s, {u"f5"_s})};
        stores[0].assistants = {u"asst_1"_s};
        stores[3].status = u"expired"_s;
        stores[4].threads = {u"thread_1"_s};
        bench.facts.storage.orphanFiles = {{u"f9"_s, u"old.pdf"_s, 5'000, {}, {}, {}}};
        const auto found = bench.ofWorkspace();
        QCOMPARE(found.size(), std::size_t(4));
        QCOMPARE(find(found, "duplicate-stores")->id, u"vs_1"_s);
        QCOMPARE(find(found, "duplicate-stores")->monthly->pico, 6'000'000'000'000); // 0.10 a day and gigabyte
        QCOMPARE(find(found, "unused-store")->id, u"vs_3"_s);
        QCOMPARE(find(found, "expired-store")->id, u"vs_4"_s);
        QCOMPARE(find(found, "unused-files")->facts["bytes"_L1].toInteger(), 5'000);
    }

    // 100 threads of 1,000 tokens at $0.10 a million and day: $0.30 in 30 days. Silent where nobody bills it.
    void storedTokens()
    {
        Bench bench;
        for (int i = 0; i < 101; ++i) {
            bench.add({.context = 900, .before = 60 * dayMs, .completion = 100});
            bench.thread.lastActive = now - (i == 0 ? 1 : 60) * dayMs;
            bench.nextThread();
        }
        QVERIFY(!find(bench.ofWorkspace(), "stored-tokens"));
        bench.limits.usual.storedTokenRate = 100;
        const auto found = bench.ofWorkspace();
        const Finding *stored = find(found, "stored-tokens");
        QVERIFY(stored);
        QCOMPARE(stored->monthly->pico, 300'000'000'000);
        QCOMPARE(stored->evidenceCount, 100);
        QCOMPARE(stored->facts["tokens"_L1].toInteger(), 101'000);
        QVERIFY(findingText(*stored).sentence.contains(u"100,000"_s));
    }

    // Every rule has a title, a sentence and advice, and what is kept of a finding is read again as it was.
    void wordsAndKeeping()
    {
        Bench bench = whale();
        const auto found = bench.ofThread();
        QVERIFY(!found.empty());
        for (const Finding &finding : found) {
            const FindingText text = findingText(finding);
            QVERIFY(!text.title.isEmpty() && !text.sentence.isEmpty() && !text.advice.isEmpty());
            QVERIFY(!text.sentence.contains(u'%'));
            Finding again = finding;
            again.facts = {};
            again.evidence.clear();
            again.evidenceCount = 0;
            QVERIFY(readContent(contentOf(finding), again));
            QVERIFY(again.saysTheSame(finding));
        }
        for (const Rule &rule : auditRules()) {
            QVERIFY2(ruleTitle(rule.id) != QString::fromLatin1(rule.id), rule.id);
            Finding bare;
            bare.rule = rule.id;
            if (qstrcmp(rule.id, "poor-caching") == 0)
                bare.facts = {{u"allowed"_s, 5}, {u"afterGap"_s, 1}};
            if (qstrcmp(rule.id, "silent-truncation") == 0)
                bare.facts = {{u"window"_s, 5}, {u"stillFrom"_s, 1}, {u"cutShort"_s, 1}};
            const FindingText words = findingText(bare);
            QVERIFY2(!words.advice.isEmpty() && !words.sentence.isEmpty(), rule.id);
            QVERIFY2(!words.sentence.contains(u'%') && !words.advice.contains(u'%'), qPrintable(words.sentence));
        }
        Finding damaged;
        QVERIFY(!readContent("not JSON", damaged));
    }
    void theCostliestComeFirst()
    {
        std::vector<Finding> all(3);
        all[0].severity = Severity::Serious;
        all[1].spent = Money{5};
        all[2].spent = Money{9};
        sortByMoney(all);
        QCOMPARE(all[0].spent.value().pico, 9);
        QCOMPARE(all[2].severity, Severity::Serious);
    }

    void whatAnEndMeansForTheNextTry()
    {
        using enum FailureClass;
        const auto of = [](RunStatus status, QLatin1String code = {}) { return failureClass(status, QString(code)); };
        QCOMPARE(of(RunStatus::Failed, "rate_limit_exceeded"_L1), Transient);
        QCOMPARE(of(RunStatus::Failed, "server_error"_L1), Transient);
        QCOMPARE(of(RunStatus::Failed, "invalid_prompt"_L1), Structural);
        QCOMPARE(of(RunStatus::Failed, "insufficient_quota"_L1), Fatal);
        QCOMPARE(of(RunStatus::Failed), Fatal);
        QCOMPARE(of(RunStatus::Expired), Structural);
        QCOMPARE(of(RunStatus::Incomplete, "max_completion_tokens"_L1), Structural);
        QCOMPARE(of(RunStatus::Completed), None);
        QCOMPARE(of(RunStatus::Cancelled), None);
        QCOMPARE(of(RunStatus::RequiresAction), None);
        QCOMPARE(failureClass(RunStatus::RequiresAction, {}, true), Structural);
    }
    void theCeilingThatIsRecommended()
    {
        QVERIFY(!recommendedCeiling({}));
        QCOMPARE(recommendedCeiling({4}), (StepCeiling{6, 1}));
        std::vector<qint64> runs(100, 1);
        runs[7] = 40; // one in a hundred is beyond the 99th percentile
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{3, 100}));
        runs[3] = 12;
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{14, 100}));
        runs.push_back(1); // rank 100 of 101
        QCOMPARE(recommendedCeiling(runs), (StepCeiling{14, 101}));
    }
};

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
