// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/format.h"
#include "models/pricing/pricetable.h"
#include "tests/support/testsupport.h"

#include <QDateTime>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

class TestPricing : public QObject {
    Q_OBJECT
    const PriceTable table = PriceTable::shipped();
    static OptTime at(int year, int month, int day)
    {
        return QDate(year, month, day).startOfDay(Qt::UTC).toMSecsSinceEpoch();
    }

private Q_SLOTS:
    void workedRuns_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<qint64>("input");
        QTest::addColumn<qint64>("output");
        QTest::addColumn<qint64>("cached");
        QTest::addColumn<qint64>("nanos"); // of a dollar
        QTest::newRow("mini") << u"gpt-4o-mini"_s << 2000LL << 500LL << 0LL << 600'000LL;
        QTest::newRow("4o") << u"gpt-4o"_s << 2000LL << 500LL << 0LL << 10'000'000LL;
        QTest::newRow("4o half cached") << u"gpt-4o"_s << 2000LL << 500LL << 1000LL << 8'750'000LL;
        QTest::newRow("turn 1") << u"gpt-4o"_s << 800LL << 0LL << 0LL << 2'000'000LL;
        QTest::newRow("turn 20") << u"gpt-4o"_s << 17'600LL << 0LL << 0LL << 44'000'000LL;
        QTest::newRow("turn 50") << u"gpt-4o"_s << 43'200LL << 0LL << 0LL << 108'000'000LL;
        QTest::newRow("turn 100") << u"gpt-4o"_s << 86'000LL << 0LL << 0LL << 215'000'000LL;
        QTest::newRow("turn 200") << u"gpt-4o"_s << 171'500LL << 0LL << 0LL << 428'750'000LL;
        QTest::newRow("ten tool rounds") << u"gpt-4o"_s << 362'000LL << 0LL << 0LL << 905'000'000LL;
        QTest::newRow("more cached than prompt") << u"gpt-4o"_s << 1000LL << 0LL << 5000LL << 1'250'000LL;
    }
    void workedRuns()
    {
        QFETCH(QString, model);
        QFETCH(qint64, input);
        QFETCH(qint64, output);
        QFETCH(qint64, cached);
        QFETCH(qint64, nanos);
        const auto cost = table.cost(model, at(2026, 11, 1), Usage{input, output, cached, {}, {}});
        QVERIFY(cost);
        QCOMPARE(cost->pico, nanos * 1000);
    }
    void thousandRunsAddUpExactly()
    {
        CostSum sum;
        for (int i = 0; i < 1000; ++i)
            sum.add(table.cost(u"gpt-4o-mini"_s, at(2026, 11, 1), Usage{2000, 500, 0, {}, {}}));
        QCOMPARE(sum.known.pico, 600'000'000'000);
        QCOMPARE(format::money(sum), u"$0.60"_s);
    }
    void costSaturates()
    {
        const auto cost = table.cost(u"gpt-4o"_s, at(2026, 11, 1), Usage{mostTokens, mostTokens, {}, {}, {}});
        QVERIFY(cost && cost->pico == Money::most);
        QCOMPARE(format::money(*cost), u"> $9,223,372"_s);
        QVERIFY(format::tokens(mostTokens) != format::count(mostTokens));
    }
    void aFineTunedModelsPriceIsMarkedAsAssumed()
    {
        QVERIFY(table.assumes(u"ft:gpt-4o-mini-2024-07-18:acme::abc"_s) == false ||
                table.cost(u"ft:gpt-4o-mini-2024-07-18:acme::abc"_s, at(2026, 11, 1), Usage{1, 1, {}, {}, {}}));
        const QString tuned = u"ft:gpt-4o:acme::abc"_s;
        QVERIFY(table.assumes(tuned));
        QVERIFY(!table.assumes(u"gpt-4o"_s));
        PriceTable own = table;
        ModelPrices model;
        model.id = tuned;
        Price mine;
        mine.rates = {1, 1, {}, {}};
        mine.own = true;
        model.prices.push_back(mine);
        own.set(model);
        QVERIFY(!own.assumes(tuned)); // the person knows it
        CostSum sum;
        sum.add(Money{Money::perDollar}, true);
        QCOMPARE(format::money(sum), u"≈ $1.00"_s);
    }
    void unknownIsNeverZero()
    {
        QVERIFY(!table.cost(u"our-tuned-model-3"_s, at(2026, 11, 1), Usage{1, 1, {}, {}, {}}));
        QVERIFY(!table.cost(u"gpt-6-rosalind"_s, at(2026, 11, 1), Usage{1, 1, {}, {}, {}}));
        QVERIFY(!table.cost(u"gpt-4o"_s, at(2026, 11, 1), std::nullopt));
        CostSum sum;
        sum.add(std::nullopt);
        QCOMPARE(format::money(sum), format::unknown());
        sum.add(Money{3'050'000'000'000});
        sum.add(std::nullopt);
        QCOMPARE(format::money(sum), u"$3.05 +2?"_s);
    }
    void pricesOfTheirTime()
    {
        const auto input = [&](const char *model, OptTime when) {
            return table.priceAt(QString::fromLatin1(model), when)->rates.input;
        };
        QCOMPARE(input("gpt-5.6-sol", at(2026, 8, 20)), 5'000'000);
        QCOMPARE(input("gpt-5.6-sol", at(2026, 8, 21)), 4'000'000);
        QCOMPARE(input("o3", at(2025, 6, 9)), 10'000'000);
        QCOMPARE(input("o3", at(2025, 6, 10)), 2'000'000);
        QCOMPARE(input("o3", std::nullopt), 2'000'000);
    }
    void aliases()
    {
        QCOMPARE(table.find(u"gpt-4o-2024-08-06"_s)->id, u"gpt-4o"_s);
        QCOMPARE(table.find(u"gpt-4o-2024-05-13"_s)->id, u"gpt-4o-2024-05-13"_s);
        QCOMPARE(table.find(u"gpt-4.1-mini-2099-01-01"_s)->id, u"gpt-4.1-mini"_s);
        QCOMPARE(table.find(u"ft:gpt-4o-mini-2024-07-18:acme::abc"_s)->id, u"gpt-4o-mini"_s);
        QVERIFY(!table.find(u"gpt-4o-something"_s));
        QVERIFY(!table.find(QString()));
    }
    void ownPricesWinAndSurvive()
    {
        PriceTable mine = table;
        ModelPrices model = *mine.find(u"gpt-4o"_s);
        model.prices[0].rates.input = 1'000'000;
        model.prices[0].own = true;
        mine.set(model);
        const Result<PriceTable> kept = PriceTable::fromJson(mine.overridesToJson(), u"test"_s);
        QVERIFY(kept);
        QCOMPARE(kept->models().size(), 1u);
        PriceTable again = PriceTable::shipped();
        again.apply(*kept);
        QCOMPARE(again.priceAt(u"gpt-4o-2024-08-06"_s, at(2026, 11, 1))->rates.input, 1'000'000);
        QVERIFY(again.priceAt(u"gpt-4o"_s, at(2026, 11, 1))->own);
    }
    void badTablesSayWhere()
    {
        QVERIFY(!PriceTable::fromJson("{", u"my.json"_s));
        const auto bad =
            PriceTable::fromJson(R"({"models":[{"id":"x","prices":[{"input":-1,"output":1}]}]})", u"my.json"_s);
        QVERIFY(!bad);
        QVERIFY(bad.error().place.contains("my.json"_L1) && bad.error().place.contains("models[0] x"_L1));
    }
    void storage()
    {
        const Result<PriceTable> decimal =
            PriceTable::fromJson(R"({"storage":{"price_per_gb_day":0.1,"free_gb":1,"gb_bytes":1000000000}})", u"t"_s);
        QCOMPARE(decimal->storagePerDay(5'000'000'000).pico, 400'000'000'000); // 5 GB: 0.40 a day
        QCOMPARE((decimal->storagePerDay(5'000'000'000) * 30).pico, 12 * Money::perDollar);
        QCOMPARE(decimal->storagePerDay(900'000'000).pico, 0);
    }
    void everyRowHasASource()
    {
        QVERIFY(table.models().size() > 60);
        for (const ModelPrices &model : table.models())
            for (const Price &price : model.prices)
                QVERIFY2(!price.source.isEmpty(), qPrintable(model.id));
    }
    void figuresAsWritten()
    {
        QCOMPARE(format::money(Money{18'400'000'000'000}), u"$18.40"_s);
        QCOMPARE(format::money(Money{5'775'000'000}), u"$0.0058"_s);
        QCOMPARE(format::money(Money{0}), u"$0.00"_s);
        QCOMPARE(format::count(171'500), u"171,500"_s);
        QCOMPARE(format::factor(214.375), u"214×"_s);
        QCOMPARE(format::duration(125'000), u"2 min 5 s"_s);
        QCOMPARE(format::age(std::optional<qint64>(0), 3 * 86'400'000LL), u"3 d ago"_s);
        QCOMPARE(format::count(std::optional<qint64>()), u"unknown"_s);
    }
    void aSumBeyondTheLimitSaysSo()
    {
        Money sum{Money::most - 5};
        sum += Money{100};
        QCOMPARE(sum.pico, Money::most);
        QVERIFY(format::money(sum).startsWith(u'>'));
    }
    void aChargeAddsUpToTheCost()
    {
        const Rates rates{2'500'000, 10'000'000, 1'250'000, {}};
        const Usage usage{2'000, 500, 1'000, {}, {}};
        const Charge parts = charge(rates, usage);
        QCOMPARE(parts.fresh, Money::fromDollars(0.0025));
        QCOMPARE(parts.cached, Money::fromDollars(0.00125));
        QCOMPARE(parts.output, Money::fromDollars(0.005));
        QCOMPARE(parts.known(), cost(rates, usage));
    }
    void tiersAreKnownAndKept()
    {
        const Price *price = table.priceAt(u"gpt-6.2-sol"_s, at(2026, 11, 20));
        QVERIFY(price && price->batch && price->fast && price->longContext);
        QCOMPARE(*price->batch, (Rates{1'000'000, 5'000'000, 50'000, 1'250'000}));
        QCOMPARE(price->fast->input, 4'000'000);
        QCOMPARE(price->longContext->above, 272'000);
        QCOMPARE(price->longContext->rates.output, 15'000'000);
        for (const QString &said : {u"batch: $1.00 in"_s, u"272,000"_s, u"2026-11-21"_s})
            QVERIFY2(priceWords(*price).contains(said), qPrintable(priceWords(*price)));
        ModelPrices mine = *table.find(u"gpt-6.2-sol"_s);
        mine.prices.back().own = true;
        PriceTable own = table;
        own.set(mine);
        const auto again = PriceTable::fromJson(own.overridesToJson(), u"own"_s);
        QVERIFY(again && again->models().size() == 1);
        QCOMPARE(again->models().front().prices.back(), mine.prices.back());
    }
};

QTEST_GUILESS_MAIN(TestPricing)
#include "tst_pricing.moc"
