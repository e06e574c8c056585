// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demohost.h"
#include "models/items/details.h"
#include "models/items/export.h"
#include "models/items/planmodel.h"
#include "models/items/rowtablemodel.h"
#include "models/items/steptreemodel.h"
#include "models/session/workspace.h"
#include "tests/support/provider.h"
#include "tests/support/testsupport.h"

#include <QAbstractItemModelTester>
#include <QBuffer>
#include <QSignalSpy>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;
using bobbin::test::wait;

class TestItems : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    std::unique_ptr<demo::DemoHost> m_host;
    std::shared_ptr<Store> m_store;

    static bool settled(const RowTableModelBase &model) { return model.complete() && !model.loading(); }

    // The first two values that are the wrong way round, unknown ones before the last known one among them.
    QString outOfOrder(const RowTableModelBase &model, int column, Qt::SortOrder order)
    {
        QVariantList values;
        const QByteArrayView key(model.column(column).key);
        const bool words = !model.column(column).number &&
            !QSet<QByteArrayView>{"created", "lastActive", "started", "ended", "lastRun", "expires", "duration"}
                 .contains(key);
        const bool exact = key == "id" || key == "run" || key == "model";
        const auto read = model.cells(model.list().keys, {column},
                                      words ? RowTableModelBase::CellForm::Shown : RowTableModelBase::CellForm::Raw);
        const Done done = wait(m_store->read([&](Reader &r) -> Done {
            return read(r, [&](const QVariantList &cells) {
                values << cells.front();
                return true;
            });
        }));
        if (!done || values.size() != model.rowCount())
            return u": not all could be read"_s;
        // Put in order by something else than what is shown: a run's thread by when it was found, words by their rank,
        // those who use a store by their number.
        if (QLatin1String(model.column(column).key) == "thread"_L1 && model.kind() == RowKind::Runs)
            return {};
        for (const char *byRank : {"status", "state", "remarks", "outcome", "error", "problem", "users", "cause"})
            if (QLatin1String(model.column(column).key) == QLatin1String(byRank))
                return {};
        for (qsizetype i = 1; i < values.size(); ++i) {
            const QVariant &one = order == Qt::AscendingOrder ? values[i - 1] : values[i];
            const QVariant &other = order == Qt::AscendingOrder ? values[i] : values[i - 1];
            const auto isKnown = [](const QVariant &v) {
                return !v.isNull() && !(v.typeId() == QMetaType::QString && v.toString().isEmpty());
            };
            const bool known = isKnown(values[i]);
            const bool right = !known || (isKnown(values[i - 1]) && [&] {
                if (one.typeId() != QMetaType::QString)
                    return one.toDouble() <= other.toDouble();
                return one.toString().compare(other.toString(), exact ? Qt::CaseSensitive : Qt::CaseInsensitive) <= 0;
            }());
            if (!right)
                return u": \"%1\" before \"%2\""_s.arg(values[i - 1].toString(), values[i].toString());
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        m_host = std::make_unique<demo::DemoHost>(options);
        const auto prices = std::make_shared<const PriceTable>(PriceTable::shipped());
        m_store = *wait(Store::open(m_folder.filePath(u"demo.sqlite"_s), &test::assistants(), prices));
        Connection c;
        c.baseUrl = m_host->baseUrl();
        Workspace workspace(c, "k", m_store, prices);
        QSignalSpy done(&workspace, &Workspace::syncFinished);
        workspace.sync();
        QVERIFY(done.wait(100'000));
    }

    void everyTableModel_data()
    {
        QTest::addColumn<int>("which");
        for (int i = 0; i < 7; ++i)
            QTest::addRow("%d", i) << i;
        // Operations of all kinds of title, so that there is something to put in order.
        for (const auto &[title, kind, targets] :
             {std::tuple(u"b"_s, OperationKind::Cleanup, 3), std::tuple(u"a"_s, OperationKind::Rotate, 1),
              std::tuple(u"C"_s, OperationKind::Archive, 2)}) {
            Plan plan;
            plan.kind = kind;
            plan.title = title;
            plan.targets.resize(std::size_t(targets));
            for (PlanTarget &target : plan.targets)
                target.id = target.label = u"thread_%1"_s.arg(targets);
            QVERIFY(wait(m_store->journal().add(std::make_shared<const Plan>(plan), 1'700'000'000'000 + targets)));
        }
    }
    void everyTableModel()
    {
        QFETCH(int, which);
        std::unique_ptr<RowTableModelBase> model;
        switch (which) {
        case 0:
            model = makeThreadModel();
            break;
        case 1:
            model = makeRunModel();
            break;
        case 2:
            model = makeAssistantModel();
            break;
        case 3:
            model = makeStoreModel();
            break;
        case 4:
            model = makeFileModel();
            break;
        case 5:
            model = makeOperationModel();
            break;
        default:
            model = makeSyncModel();
        }
        const QAbstractItemModelTester tester(model.get(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy failed(model.get(), &RowTableModelBase::failed);
        model->setStore(m_store);
        QTRY_VERIFY(settled(*model));
        QVERIFY(model->rowCount() > 0);
        // Every cell of the first rows comes, though at first only its key is known.
        QTRY_VERIFY(model->index(0, 0).data(RowTableModelBase::IdRole).isValid());
        for (int c = 0; c < model->columnCount(); ++c) {
            QTRY_VERIFY(model->index(0, c).data().isValid());
            QVERIFY(!model->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
            QVERIFY(!model->headerData(c, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
            // Parts of a run's cost are ordered by their tokens, as their heads say.
            if (QLatin1StringView(model->column(c).tip).endsWith("sorts by tokens"_L1))
                continue;
            for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
                model->sort(c, order);
                QTRY_VERIFY(settled(*model));
                const QString wrong = outOfOrder(*model, c, order);
                QVERIFY2(wrong.isEmpty(), qPrintable(QString::fromLatin1(model->column(c).key) + wrong));
            }
        }
        RowFilter filter;
        filter.text = u"no such thing anywhere"_s;
        model->setFilter(filter);
        QTRY_COMPARE(model->rowCount(), 0);
        model->setFilter({});
        QTRY_VERIFY(model->rowCount() > 0);
        model->setStore({});
        QCOMPARE(model->rowCount(), 0);
        QCOMPARE(failed.count(), 0);
    }
    void theLastKeystrokeWins()
    {
        auto model = makeRunModel();
        model->setStore(m_store);
        RowFilter filter;
        for (const char *text : {"f", "fi", "fin", "Finance"}) {
            filter.text = QString::fromLatin1(text);
            model->setFilter(filter);
        }
        QTRY_VERIFY(settled(*model) && model->rowCount() > 0);
        QTRY_VERIFY(model->row(0).has_value() || (model->index(0, 0).data(), false));
        for (int r = 0; r < std::min(20, model->rowCount()); ++r) {
            QTRY_VERIFY(model->row(r).has_value() || (model->index(r, 0).data(), false));
            QVERIFY(
                (model->row(r)->assistant + model->row(r)->threadTitle).contains("finance"_L1, Qt::CaseInsensitive));
        }
    }
    // What a text is looked for in, for the first rows and for all of them; the cost is that of its rows.
    void aTextFindsTheSameEitherWay()
    {
        const auto check = [&](RowKind kind, const QString &text) {
            RowQuery q;
            q.sort = "created";
            q.filter.text = text;
            const auto ask = [&](int limit) {
                return *wait(m_store->read([kind, q, limit](Reader &r) { return r.keys(kind, q, limit); }));
            };
            const KeyList all = ask(0);
            std::vector<RowKey> few = all.keys;
            few.resize(std::min<std::size_t>(few.size(), 5));
            QVERIFY2(ask(5).keys == few, qPrintable(text));
            CostSum sum;
            if (kind == RowKind::Runs) {
                const auto rows = wait(m_store->read([&](Reader &r) { return r.rows<RunRow>(all.keys); }));
                for (const RunRow &row : *rows)
                    sum.add(row.cost, row.assumedPrice);
            } else {
                const auto rows = wait(m_store->read([&](Reader &r) { return r.rows<ThreadRow>(all.keys); }));
                for (const ThreadRow &row : *rows)
                    sum += row.cost;
            }
            QCOMPARE(all.cost.known.pico, sum.known.pico);
            QCOMPARE(all.cost.pricedRuns, sum.pricedRuns);
            QCOMPARE(all.cost.unknownRuns, sum.unknownRuns);
            QVERIFY2(!few.empty(), qPrintable(text));
        };
        const auto rows =
            wait(m_store->read([](Reader &r) { return r.rows<RunRow>({r.keys(RowKind::Runs, {}, 1)->keys.at(0)}); }));
        const RunRow &first = rows->front();
        for (const QString &text :
             {first.id, first.threadId, first.threadTitle, first.assistant, first.model, first.model.toUpper()})
            check(RowKind::Runs, text);
        for (const QString &text : {first.threadId, first.threadTitle, first.assistant})
            check(RowKind::Threads, text);
    }
    void sortedByCost()
    {
        auto model = makeThreadModel();
        model->setStore(m_store);
        QTRY_VERIFY(settled(*model));
        const auto rows =
            wait(m_store->read([keys = model->list().keys](Reader &r) { return r.rows<ThreadRow>(keys); }));
        for (std::size_t i = 1; i < rows->size(); ++i)
            QVERIFY((*rows)[i - 1].cost.known >= (*rows)[i].cost.known);
    }
    void theGoneOnesAreCounted()
    {
        auto model = makeThreadModel();
        model->setStore(m_store);
        QTRY_VERIFY(settled(*model));
        QVERIFY(model->rowCount() < 300); // the first answer has them all, but no sums
        const qint64 before = model->list().gone;
        const auto one =
            wait(m_store->read([key = model->list().keys.back()](Reader &r) { return r.rows<ThreadRow>({key}); }));
        const QString id = one->front().id;
        QVERIFY(!one->front().gone);
        wait(m_store->write([id](Writer &writer) { writer.setGone(Resource::Threads, id); }));
        Changes changes;
        changes.kinds = Changed::Threads;
        changes.threads.insert(model->list().keys.back());
        model->storeChanged(changes);
        QTRY_COMPARE(model->list().gone, before + 1);
        auto anew = makeThreadModel();
        anew->setStore(m_store);
        QTRY_VERIFY(settled(*anew));
        QCOMPARE(anew->list().gone, before + 1);
    }
    void stepsTree()
    {
        StepTreeModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const auto thread = wait(m_store->read([](Reader &r) -> Result<RowKey> {
            RowQuery q;
            q.filter.text = u"battery survey"_s;
            return r.keys(RowKind::Threads, q)->keys.at(0);
        }));
        model.setThread(m_store, *thread);
        QTRY_COMPARE(model.rowCount(), 14);
        const QModelIndex run = model.index(2, 0);
        QVERIFY(model.hasChildren(run));
        model.fetchMore(run);
        QTRY_VERIFY(model.rowCount(run) >= 10);
        const QModelIndex step = model.index(0, 0, run);
        QCOMPARE(model.rowCount(step), 1);
        // What it called is in the step's own row.
        QCOMPARE(step.data().toString(), u"Tools: %1"_s.arg(model.index(0, 0, step).data().toString()));
        QVERIFY(!model.index(0, 0, step).data(StepTreeModel::InputRole).toString().isEmpty());
        model.setThread({}, 0);
        QCOMPARE(model.rowCount(), 0);
    }
    void theStepsOfARunCostWhatTheRunDoes()
    {
        // A run with several steps that tell their usage.
        const auto found = wait(m_store->read([](Reader &r) -> Result<std::pair<RowKey, RowKey>> {
            RowQuery q;
            q.sort = "steps";
            const auto runs = r.rows<RunRow>(r.keys(RowKind::Runs, q, 20)->keys);
            for (const RunRow &run : *runs)
                if (run.cost && run.steps > 2)
                    return std::pair(r.keyOf(RowKind::Threads, run.threadId)->value(), run.key);
            return fail(Error::Kind::NotFound, {});
        }));
        QVERIFY(found);
        StepTreeModel model;
        model.setThread(m_store, found->first);
        QTRY_VERIFY(model.indexOfRun(found->second).isValid());
        const QModelIndex run = model.indexOfRun(found->second);
        model.fetchMore(run);
        QTRY_VERIFY(model.rowCount(run) > 2);
        bool atMost = false;
        const auto dollars = [&](const QModelIndex &of) {
            QString text = of.siblingAtColumn(StepTreeModel::Cost).data().toString();
            atMost = atMost || text.startsWith(u'≤');
            return text.remove(u"≤ "_s).remove(u'$').toDouble();
        };
        double steps = 0;
        for (int i = 0; i < model.rowCount(run); ++i)
            steps += dollars(model.index(i, 0, run));
        const double whole = dollars(run);
        const double rounding = 0.01 * whole + 0.0001 * model.rowCount(run);
        QVERIFY(whole > 0);
        // What was cached is told for the run only: its steps cost no more than is shown, and all together that much.
        QVERIFY2(atMost ? steps >= whole - rounding && steps < 3 * whole : std::abs(steps - whole) < rounding,
                 qPrintable(u"%1 of %2"_s.arg(steps).arg(whole)));
    }
    void detailsOfEverything_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("words"); // some row has each of them
        QTest::newRow("runs")
            << int(RowKind::Runs)
            << u"State|Prompt|of it cached|Completion|Cost|Price|Thread|Assistant|Steps|Tools called|Error"_s;
        QTest::newRow("assistants") << int(RowKind::Assistants)
                                    << u"Model|Instructions|Tools|Vector stores|Last run|Runs|Cost"_s;
        QTest::newRow("stores") << int(RowKind::Stores) << u"State|Size|Cost|Assistants|Nobody|Names|Expires"_s;
        QTest::newRow("files") << int(RowKind::Files) << u"State|Size|Purpose|Vector stores|Nobody"_s;
    }
    void detailsOfEverything()
    {
        QFETCH(int, kind);
        QFETCH(QString, words);
        QSet<QString> labels;
        QString problem;
        const Done done = wait(m_store->read([&](Reader &r) -> Done {
            RowQuery q;
            const auto keys = r.keys(RowKind(kind), q);
            for (const RowKey key : keys->keys) {
                const auto details = detailsOf(r, RowKind(kind), key, QDateTime::currentMSecsSinceEpoch());
                if (!details)
                    return fail(details.error());
                if (details->title.isEmpty() || details->id.isEmpty() || details->sections.empty())
                    problem = details->id + u" has no title or no sections"_s;
                for (const DetailSection &section : details->sections)
                    for (const Detail &detail : section.details) {
                        labels << detail.label;
                        if (detail.text.isEmpty())
                            problem = detail.label + u" is empty"_s;
                        if (detail.link && !r.keyOf(detail.link->kind, detail.link->id)->has_value())
                            problem = detail.label + u" leads nowhere"_s;
                    }
            }
            return {};
        }));
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
        QCOMPARE(problem, QString());
        for (const QString &word : words.split(u'|'))
            QVERIFY2(labels.contains(word), qPrintable(word));
    }
    void csvAndJson()
    {
        QBuffer out;
        QVERIFY(out.open(QIODevice::WriteOnly));
        RowWriter csv(out, ExportFormat::Csv, {u"a"_s, u"b"_s, u"c"_s}, false);
        csv.add({u"one, \"two\"\nthree"_s, 42LL, QVariant()});
        csv.add({u"=SUM(A1)"_s, 0.0058, u"日本語"_s});
        QVERIFY(csv.finish());
        QCOMPARE(out.data(), QByteArray("a,b,c\r\n\"one, \"\"two\"\"\nthree\",42,\r\n'=SUM(A1),0.0058,日本語\r\n"));
        QBuffer json;
        QVERIFY(json.open(QIODevice::WriteOnly));
        RowWriter writer(json, ExportFormat::Json, {u"a"_s, u"b"_s}, false);
        writer.add({u"x"_s, QVariant()});
        QVERIFY(writer.finish());
        QCOMPARE(json.data(), QByteArray("[\n{\"a\":\"x\",\"b\":null}\n]\n"));
    }

    void aPlanSortsFiltersAndRemembersDecisions()
    {
        const auto target = [](const QString &id, std::optional<qint64> messages, bool chosen) {
            PlanTarget t;
            t.id = t.label = id;
            t.messages = messages;
            t.chosen = chosen;
            return t;
        };
        Plan plan;
        plan.targets = {target(u"b"_s, 5, true), target(u"a"_s, {}, true), target(u"orphan"_s, 9, false),
                        target(u"kept"_s, 1, true)};
        plan.targets[3].keptBack = u"pinned"_s;
        PlanModel model;
        const QAbstractItemModelTester tester(&model);
        model.setPlan(plan);
        const auto ids = [&] {
            QStringList all;
            for (int i = 0; i < model.rowCount(); ++i)
                all << model.target(i).id;
            return all.join(u',');
        };
        model.sort(PlanModel::Messages, Qt::DescendingOrder);
        QCOMPARE(ids(), u"orphan,b,kept,a"_s); // unknown at the end
        model.sort(PlanModel::Messages, Qt::AscendingOrder);
        QCOMPARE(ids(), u"kept,b,orphan,a"_s);
        model.setFilter({}, PlanModel::Show::KeptBack);
        QCOMPARE(ids(), u"kept"_s);
        model.setFilter({}, PlanModel::Show::LeftOut);
        QCOMPARE(ids(), u"orphan"_s);
        model.setFilter(u"B"_s, PlanModel::Show::All);
        QCOMPARE(ids(), u"b"_s);
        model.choose({model.index(0, 0)}, false);
        model.setFilter({}, PlanModel::Show::All);
        model.sort(-1, Qt::AscendingOrder);
        QCOMPARE(ids(), u"b,a,orphan,kept"_s);
        QCOMPARE(model.plan().count(), 1);
        model.choose({model.index(3, 0)}, true);
        QVERIFY(!model.target(3).included()); // kept back stays so

        // Planned anew: what was decided holds, what was not follows the planner.
        plan.targets[1].chosen = false;
        plan.targets[2].chosen = true;
        model.setPlan(plan);
        QVERIFY(!model.target(0).chosen && !model.target(1).chosen && model.target(2).chosen);
        model.inheritChoice(u"b"_s, u"a"_s);
        plan.targets[1].chosen = true;
        model.setPlan(plan);
        QVERIFY(model.target(0).chosen && !model.target(1).chosen);
    }
};

QTEST_GUILESS_MAIN(TestItems)
#include "tst_items.moc"
