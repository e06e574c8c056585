// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/csv.h"
#include "models/core/days.h"
#include "models/core/decimal.h"
#include "models/providers/registry.h"
#include "models/reconcile/billedcsv.h"
#include "models/reconcile/reconciletext.h"
#include "tests/support/ledgers.h"

#include <QRandomGenerator>
#include <QTest>

using namespace bobbin;
using namespace bobbin::test;
using namespace Qt::Literals::StringLiterals;

namespace {

const qint64 day = dayNumber(QDate(2026, 11, 2));

RunFact runOf(const Ledger &ledger, qint64 onDay, qint32 model, const std::optional<Usage> &usage)
{
    RunFact run;
    run.created = onDay * dayMs + dayMs / 2;
    run.model = model;
    run.status = RunStatus::Completed;
    run.setUsage(usage);
    const Price *price = ledger.rates.at(model, run.created);
    if (price && usage)
        run.cost = cost(price->rates, run.usage()).pico;
    return run;
}

Usage tokens(qint64 prompt, qint64 completion, qint64 cached = 0)
{
    return {prompt, completion, cached, {}, {}};
}

Money dollars(const char *text)
{
    return {*scaledDecimal(QString::fromLatin1(text), 12)};
}

Reconciliation compared(const Ledger &ledger, const Billed &billed, const QString &project = {}, qint64 days = 1)
{
    return reconcile(ledger, billed, {day, day + days, project});
}

} // namespace

class TestReconcile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void decimalsAreExact()
    {
        QCOMPARE(*scaledDecimal(u"0.003835980000000000000000000000", 12), 3'835'980'000);
        QCOMPARE(*scaledDecimal(u"-12.345", 2), -1'235);
        QCOMPARE(*scaledDecimal(u"12.344999", 2), 1'234);
        QCOMPARE(*scaledDecimal(u"7", 3), 7'000);
        QCOMPARE(*scaledDecimal(u".5", 1), 5);
        QCOMPARE(*scaledDecimal(u"0E-6176", 12), 0); // as OpenAI writes nothing
        QCOMPARE(*scaledDecimal(u"1.5E3", 2), 150'000);
        QCOMPARE(*scaledDecimal(u"15e-3", 2), 2);
        QCOMPARE(*scaledDecimal(u"4e-3", 2), 0);
        QCOMPARE(*scaledDecimal(u"9e-9", 2), 0);
        for (const QStringView wrong : {u"", u".", u"1e", u"e3", u"1,5", u"--1", u"1.2.3", u"99999999999999999999"})
            QVERIFY2(!scaledDecimal(wrong, 2), qPrintable(wrong.toString()));
    }
    void csvAsPeopleWriteIt()
    {
        const auto table = readCsv("\xEF\xBB\xBF"
                                   "a;b;c\r\n1;\"two \"\"quoted\"\"\r\nlines; here\";3\r\n\r\n4;5\r\n");
        QVERIFY(table);
        QCOMPARE(table->head, (QStringList{u"a"_s, u"b"_s, u"c"_s}));
        QCOMPARE(table->rows.size(), std::size_t(2));
        QCOMPARE(table->rows[0].fields[1], u"two \"quoted\"\r\nlines; here"_s);
        QCOMPARE(table->rows[0].line, 2);
        QCOMPARE(table->rows[1].fields, (QStringList{u"4"_s, u"5"_s, u""_s}));
        QCOMPARE(table->rows[1].line, 5);
        QCOMPARE(table->column(u"B"), 1);
        QCOMPARE(readCsv("a,b\n1,2,3\n").error().place, u"line 2"_s);
        QCOMPARE(readCsv("a,b\n1,\"2\n").error().place, u"line 2"_s);
        QVERIFY(!readCsv(""));
        QCOMPARE(readCsv("a\tb\n\"x\ty\"\t2")->rows[0].fields, (QStringList{u"x\ty"_s, u"2"_s}));
    }
    void dashboardFiles()
    {
        // The head as OpenAI's usage page writes it; the first day had no cost.
        const auto costs = readBilledCsv(
            "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,"
            "organization_id\n"
            "1793491200,1793577600,2026-11-01T00:00:00+00:00,2026-11-02T00:00:00+00:00,,,,,\n"
            "1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,0.5000000000000,usd,\"gpt-4o, "
            "input_tokens\",proj_a,org\n"
            "1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,ten,usd,x,proj_a,org\n"
            "1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,3,eur,x,proj_a,org\n",
            u"costs.csv"_s);
        QVERIFY(costs);
        QCOMPARE(costs->billed.items,
                 (std::vector{BilledItem{day, u"gpt-4o, input_tokens"_s, u"proj_a"_s, dollars("0.5")}}));
        QCOMPARE(costs->billed.itemDays, (std::set<qint64>{day - 1, day}));
        QCOMPARE(costs->problems.size(), std::size_t(2));
        QCOMPARE(costs->problems[0].place, u"costs.csv, line 4"_s);
        QVERIFY(costs->problems[1].message.contains(u"EUR"_s));
        const auto usage = readBilledCsv("start_time_iso\tproject_id\tnum_model_requests\tmodel\tbatch\tservice_tier\t"
                                         "input_tokens\toutput_tokens\tinput_cached_tokens\n"
                                         "2026-11-02T00:00:00+00:00\tproj_a\t3\tgpt-4o\tFalse\tdefault\t1000\t50\t200\n"
                                         "2026-11-02T00:00:00+00:00\tproj_a\t3\tgpt-4o\tTrue\t\t1000\t50\t\n",
                                         u"usage.tsv"_s);
        QVERIFY(usage);
        QCOMPARE(usage->billed.usage.size(), std::size_t(2));
        QCOMPARE(usage->billed.usage[0],
                 (CountedUsage{day, u"gpt-4o"_s, u"proj_a"_s, Tier::Standard, 3, 1000, 200, 50}));
        QCOMPARE(usage->billed.usage[1].tier, Tier::Batch);
        QVERIFY(usage->billed.itemDays.empty());
        const auto other = readBilledCsv("thread_id,role,content\nt,user,hi\n", u"chat.csv"_s);
        QCOMPARE(other.error().kind, Error::Kind::Input);
        QVERIFY(other.error().message.contains(u"amount_value"_s));
        QVERIFY(other.error().message.contains(u"thread_id"_s));
    }
    // As the API answers: amounts as numbers and as text, buckets without rows, and what is odd.
    void pagesOfTheApi()
    {
        const Provider &provider = **providerById(defaultProviderId());
        const BilledRef items{BilledList::Items, day, day + 40};
        const auto page = provider.readBilled(items, R"({"object":"page","data":[
            {"object":"bucket","start_time":1793577600,"end_time":1793664000,"results":[
              {"amount":{"value":0.06,"currency":"usd"},"line_item":"file storage","project_id":null},
              {"amount":{"value":"12.500000000000000000","currency":"usd"},"line_item":null,"project_id":"proj_a"},
              {"amount":{"value":1,"currency":"eur"},"line_item":"x"},{"line_item":"y"}]},
            {"object":"bucket","start_time":1793664000,"end_time":1793750400,"results":[]}],
            "has_more":true,"next_page":"page_AAA"})");
        QVERIFY(page);
        QCOMPARE(page->next, u"page_AAA"_s);
        QCOMPARE(page->billed.items,
                 (std::vector{BilledItem{day, u"file storage"_s, u""_s, dollars("0.06")},
                              BilledItem{day, u""_s, u"proj_a"_s, dollars("12.5")}}));
        QCOMPARE(page->problems.size(), std::size_t(2));
        QCOMPARE(page->problems[0].place, u"data[0].results[2]"_s);
        const Request request = provider.billed(items, u"page_AAA"_s);
        QCOMPARE(request.path, u"/organization/costs"_s);
        QCOMPARE(request.query.queryItemValue(u"start_time"_s), u"1793577600"_s);
        QCOMPARE(request.query.queryItemValue(u"page"_s), u"page_AAA"_s);
        QVERIFY(!provider.readBilled(items, R"({"error":"no"})"));
        QVERIFY(!provider.readBilled(items, "<html>"));
        for (const Provider *one : allProviders())
            QCOMPARE(one->whyNot(Feature::ReadBilled).isEmpty(), one->id() == defaultProviderId());
    }
    void itemsAreOfSomething()
    {
        const PriceTable prices = PriceTable::shipped();
        using Kind = ComparedRow::Kind;
        QCOMPARE(classOf(u"gpt-4o-2024-08-06, cached input"_s, &prices).model, prices.find(u"gpt-4o-2024-08-06"_s)->id);
        QCOMPARE(classOf(u"gpt-4o"_s, &prices).kind, Kind::Model);
        QCOMPARE(classOf(u"gpt-9-new, input_tokens"_s, &prices).model, u"gpt-9-new"_s);
        QCOMPARE(classOf(u"ft:gpt-4o-mini-2024-07-18:acme::x, output"_s, &prices).model,
                 u"ft:gpt-4o-mini-2024-07-18:acme::x"_s);
        QCOMPARE(classOf(u"File storage"_s, &prices).kind, Kind::Storage);
        QCOMPARE(classOf(u"code interpreter sessions"_s, &prices).kind, Kind::Tools);
        QCOMPARE(classOf(u"web search tool calls, gpt-4o"_s, &prices).kind, Kind::Tools);
        QCOMPARE(classOf(u"Image models"_s, &prices).kind, Kind::Services);
    }
    void eachCauseByItself()
    {
        Ledger ledger = emptyLedger();
        // gpt-4o: $2.50 a million prompt tokens, $10 completion.
        addThread(ledger,
                  {runOf(ledger, day, 1, tokens(400'000, 10'000)), runOf(ledger, day, 3, tokens(1000, 10)),
                   runOf(ledger, day, 2, std::nullopt), runOf(ledger, day, 2, tokens(1'000'000, 0))});
        Billed billed;
        billed.itemDays = billed.usageDays = {day};
        billed.usage = {{day, u"gpt-4o-2024-08-06"_s, u"mine"_s, Tier::Standard, 3, 500'000, 0, 10'000},
                        {day, u"gpt-4o-mini"_s, u"mine"_s, Tier::Standard, 2, 1'800'000, 0, 0},
                        {day, u"gpt-4.1"_s, u"mine"_s, Tier::Standard, 2, 1'000'000, 0, 0},
                        {day, u"gpt-4o"_s, u"theirs"_s, Tier::Standard, 2, 9'000'000, 0, 0}};
        billed.items = {{day, u"gpt-4o-2024-08-06, input"_s, u"mine"_s, dollars("1.20")}, // instead of 1.25
                        {day, u"gpt-4o-2024-08-06, output"_s, u"mine"_s, dollars("0.10")},
                        {day, u"gpt-4o-mini, input"_s, u"mine"_s, dollars("0.27")},
                        {day, u"nobody-knows, input"_s, u"mine"_s, dollars("0.44")},
                        {day, u"gpt-4.1, input"_s, u"mine"_s, dollars("2")},
                        {day, u"file storage"_s, u"mine"_s, dollars("0.03")},
                        {day, u"code interpreter sessions"_s, u"mine"_s, dollars("0.06")},
                        {day, u"gpt-4o, input"_s, u"theirs"_s, dollars("22.5")}};
        const Reconciliation all = compared(ledger, billed, u"mine"_s);
        const Gaps &gaps = all.sum.gaps;
        QCOMPARE(gaps[Gap::Rates], dollars("-0.05"));
        QCOMPARE(gaps[Gap::MissingUsage], dollars("0.12")); // as the other run of the model costs 0.15: all of it
        QCOMPARE(gaps[Gap::OtherWork], dollars("2.25")); // 100,000 tokens of gpt-4o, and gpt-4.1
        QCOMPARE(gaps[Gap::Unpriced], dollars("0.44"));
        QCOMPARE(gaps[Gap::Storage], dollars("0.03"));
        QCOMPARE(gaps[Gap::ToolFees], dollars("0.06"));
        QCOMPARE(gaps[Gap::OtherProjects], dollars("22.5"));
        QCOMPARE(gaps[Gap::Unexplained], Money{});
        QCOMPARE(all.sum.billed, dollars("26.6"));
        QCOMPARE(all.sum.here.known, dollars("1.25"));
        QCOMPARE(*all.sum.difference(), *all.sum.billed - all.sum.here.known);
        QCOMPARE(all.projects, (QStringList{u"mine"_s, u"theirs"_s}));
        QCOMPARE(gaps.largest(), Gap::OtherProjects);
    }
    void whatTheyDoNotCountYet()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0)), runOf(ledger, day + 1, 1, tokens(400'000, 0))});
        Billed billed;
        billed.itemDays = billed.usageDays = {day};
        billed.usage = {{day, u"gpt-4o"_s, u""_s, Tier::Standard, 1, 100'000, 0, 0}};
        billed.items = {{day, u"gpt-4o, input"_s, u""_s, dollars("0.25")}};
        const Reconciliation all = compared(ledger, billed, {}, 2);
        QCOMPARE(all.sum.gaps[Gap::NotCounted], dollars("-0.75"));
        QCOMPARE(all.days, 1);
        QCOMPARE(all.daysWithout, 1); // what is not known of the second day is no difference
        QCOMPARE(all.sum.here.known, dollars("1"));
    }
    void aSumOfTheDayAlone()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0))});
        Billed billed;
        billed.itemDays = {day};
        billed.items = {{day, u""_s, u""_s, dollars("3")}};
        Reconciliation all = compared(ledger, billed);
        QCOMPARE(all.sum.billed, dollars("3"));
        QCOMPARE(all.sum.gaps[Gap::Unexplained], dollars("2"));
        billed.usageDays = {day}; // now it is known that they were other tokens
        billed.usage = {{day, u"gpt-4o"_s, u""_s, Tier::Standard, 1, 1'000'000, 0, 0}};
        all = compared(ledger, billed);
        QCOMPARE(all.sum.billed, dollars("3"));
        QCOMPARE(all.sum.gaps[Gap::OtherWork], dollars("1.5"));
        QCOMPARE(all.sum.gaps[Gap::Unexplained], dollars("0.5"));
    }
    // What is itemized is, also beside a sum; and tokens of all models together are nobody's.
    void sumsBesideItems()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0))});
        Billed billed;
        billed.itemDays = {day};
        billed.items = {{day, u""_s, u""_s, dollars("3")}, {day, u"gpt-4o, input"_s, u""_s, dollars("2")}};
        Reconciliation all = compared(ledger, billed);
        QCOMPARE(all.sum.billed, dollars("5"));
        QCOMPARE(all.sum.gaps[Gap::Unexplained], dollars("4"));
        billed.items = {{day, u"gpt-4o, input"_s, u""_s, dollars("1.25")}};
        billed.usageDays = {day};
        billed.usage = {{day, u""_s, u""_s, Tier::Standard, 1, 500'000, 0, 0}};
        all = compared(ledger, billed);
        QCOMPARE(all.sum.gaps[Gap::Unexplained], dollars("0.25"));
        QCOMPARE(all.sum.gaps[Gap::Rates], Money{});
        billed.itemDays.clear();
        billed.items.clear();
        all = compared(ledger, billed);
        QVERIFY(!all.sum.billed); // and not nothing
    }
    // Failed before a first call, or still at work: no usage is missing.
    void whoseUsageIsMissing()
    {
        Ledger ledger = emptyLedger();
        RunFact failed = runOf(ledger, day, 1, std::nullopt);
        failed.status = RunStatus::Failed;
        RunFact active = runOf(ledger, day, 1, std::nullopt);
        active.status = RunStatus::InProgress;
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0)), failed, active});
        Billed billed;
        billed.itemDays = billed.usageDays = {day};
        billed.usage = {{day, u"gpt-4o"_s, u""_s, Tier::Standard, 1, 800'000, 0, 0}};
        billed.items = {{day, u"gpt-4o, input"_s, u""_s, dollars("2")}};
        const Reconciliation all = compared(ledger, billed);
        QCOMPARE(all.sum.gaps[Gap::MissingUsage], Money{});
        QCOMPARE(all.sum.gaps[Gap::OtherWork], dollars("1"));
        QCOMPARE(all.sum.withoutUsage, 0);
    }
    void tokensAlone()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0)), runOf(ledger, day, 3, tokens(400'000, 0))});
        Billed billed;
        billed.usageDays = {day};
        billed.usage = {{day, u"gpt-4o"_s, u""_s, Tier::Batch, 1, 400'000, 0, 0},
                        {day, u"nobody-knows"_s, u""_s, Tier::Standard, 1, 400'000, 0, 0}};
        const Reconciliation all = compared(ledger, billed);
        QCOMPARE(all.sum.billed, dollars("0.5")); // at the prices of batches
        QVERIFY(all.sum.atOurPrices);
        QCOMPARE(all.sum.uncompared, 1);
        QCOMPARE(all.sum.gaps[Gap::NotCounted], dollars("-0.5"));
    }
    void nothingIsKnownOfDaysThatWereNotRead()
    {
        Ledger ledger = emptyLedger();
        addThread(ledger, {runOf(ledger, day, 1, tokens(400'000, 0))});
        const Reconciliation all = compared(ledger, {});
        QVERIFY(all.rows.empty());
        QVERIFY(!all.sum.billed);
        QCOMPARE(all.sum.difference(), std::nullopt);
    }
    // Whatever was billed and recorded: the parts are the difference, by day, by name and in all.
    void thePartsAreTheDifference()
    {
        const QStringList models{u"gpt-4o"_s, u"gpt-4o-mini"_s, u"gpt-4.1"_s, u"nobody-knows"_s,
                                 u"gpt-4o-2024-08-06"_s};
        const QStringList things{u"file storage"_s, u"code interpreter sessions"_s, u"Image models"_s, u""_s};
        for (int round = 0; round < 300; ++round) {
            QRandomGenerator random{quint32(round)};
            Ledger ledger = emptyLedger();
            std::vector<RunFact> runs;
            for (int i = random.bounded(30); i > 0; --i)
                runs.push_back(runOf(
                    ledger, day + random.bounded(5), random.bounded(1, 4),
                    random.bounded(5) == 0
                        ? std::nullopt
                        : std::optional(tokens(random.bounded(90'000), random.bounded(900), random.bounded(50)))));
            addThread(ledger, runs);
            Billed billed;
            for (int d = 0; d < 5; ++d) {
                if (random.bounded(3) > 0)
                    billed.usageDays.insert(day + d);
                if (random.bounded(3) > 0)
                    billed.itemDays.insert(day + d);
            }
            const auto project = [&] { return random.bounded(3) == 0 ? u"other"_s : u"mine"_s; };
            for (const qint64 d : billed.usageDays)
                for (int i = random.bounded(6); i > 0; --i)
                    billed.usage.push_back({d, models[random.bounded(5)], project(), Tier(random.bounded(3)), 1,
                                            random.bounded(90'000), random.bounded(500), random.bounded(2'000)});
            for (const qint64 d : billed.itemDays)
                for (int i = random.bounded(6); i > 0; --i)
                    billed.items.push_back(
                        {d,
                         random.bounded(3) == 0 ? things[random.bounded(4)] : models[random.bounded(5)] + u", input"_s,
                         project(), Money{qint64(random.bounded(1'000'000'000)) * 700}});
            const Reconciliation all = compared(ledger, billed, round % 2 ? u"mine"_s : QString(), 5);
            const auto holds = [](const Compared &figures) {
                return figures.billed.value_or(Money{}) - figures.here.known == figures.gaps.sum();
            };
            for (const ComparedRow &row : all.rows)
                QVERIFY(holds(row.figures));
            Compared byDay, byName;
            for (const ComparedRow &row : all.byDay())
                byDay.add(row.figures);
            for (const ComparedRow &row : all.byName())
                byName.add(row.figures);
            QVERIFY(holds(all.sum));
            QCOMPARE(byDay.gaps, all.sum.gaps);
            QCOMPARE(byName.gaps, all.sum.gaps);
            QCOMPARE(byDay.billed, all.sum.billed);
            Money items;
            bool wholly = true;
            for (const BilledItem &item : billed.items)
                items.pico += item.amount.pico;
            for (const qint64 d : billed.usageDays)
                wholly = wholly && billed.itemDays.contains(d);
            if (wholly) // nothing that was billed is lost
                QCOMPARE(all.sum.billed.value_or(Money{}), items);
        }
    }
};

QTEST_GUILESS_MAIN(TestReconcile)
#include "tst_reconcile.moc"
