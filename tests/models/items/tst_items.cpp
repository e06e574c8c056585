// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demohost.h"
#include "models/items/export.h"
#include "models/items/planmodel.h"
#include "models/items/rowtablemodel.h"
#include "models/items/steptreemodel.h"
#include "models/session/workspace.h"
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

private Q_SLOTS:
    void initTestCase()
    {
        demo::DemoOptions options;
        options.listThreads = true;
        m_host = std::make_unique<demo::DemoHost>(options);
        const auto prices = std::make_shared<const PriceTable>(PriceTable::shipped());
        m_store = *wait(Store::open(m_folder.filePath(u"demo.sqlite"_s), prices));
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
        for (int i = 0; i < 6; ++i)
            QTest::addRow("%d", i) << i;
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
            model->sort(c, Qt::AscendingOrder);
            QTRY_VERIFY(settled(*model));
            model->sort(c, Qt::DescendingOrder);
            QTRY_VERIFY(settled(*model));
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
