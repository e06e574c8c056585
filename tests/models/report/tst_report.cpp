// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/reportexport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString hostile = u"</h1><script>alert(1)</script><img src=x onerror=alert(2)> \"'&\u202Egpj\u0007"_s;

Report filled(const QString &name)
{
    Report report;
    report.connection = name;
    report.provider = name;
    report.day = QDate(2026, 11, 20);
    report.pricesOf = u"2026-11-21"_s;
    report.counts.total = {Money::fromDollars(12), 10, 2, 0};
    report.bill.month = u"2026-11"_s;
    report.bill.lastMonth = u"2026-10"_s;
    report.bill.cost = {Money::fromDollars(5), 4, 1, 0};
    report.bill.before = {Money::fromDollars(3), 4, 0, 0};
    report.bill.parts.history = Money::fromDollars(3);
    report.bill.parts.base = Money::fromDollars(2);
    report.bill.ever = Money::fromDollars(12);
    report.projection = {QDate(2026, 11, 1),
                         report.bill.cost,
                         Money::fromDollars(8),
                         Money::fromDollars(7),
                         Money::fromDollars(9),
                         10,
                         4};
    Finding rotate;
    rotate.rule = "history-growth";
    rotate.severity = Severity::Serious;
    rotate.name = name;
    rotate.monthly = Money::fromDollars(2);
    rotate.spent = Money::fromDollars(1);
    rotate.evidence.resize(1);
    rotate.evidence[0].name = name;
    rotate.evidenceCount = 30;
    Finding spiral = rotate;
    spiral.rule = "retry-spiral";
    spiral.monthly = Money::fromDollars(4);
    report.findings = {rotate, spiral, rotate};
    Pivot::Column week{QDate(2026, 11, 16), QDate(2026, 11, 21), {}};
    Pivot::Group group;
    group.columns.resize(1);
    group.columns[0].cost = {Money::fromDollars(5), 4, 1, 0};
    report.weeks.columns = {week};
    report.weeks.groups = {group};
    report.assistants = {name};
    ReportThread thread;
    thread.id = name;
    thread.cost = report.bill.cost;
    thread.thread.cause = Cause::History;
    thread.thread.cost = Money::fromDollars(3);
    report.threads = {thread};
    report.models = {{name, group.columns[0], name, QDate(2027, 1, 14)}};
    Budget budget;
    budget.money = Money::fromDollars(6);
    report.budgets = {{budget, report.bill.cost, 0, 5.0 / 6, BudgetState::Level::Near}};
    report.budgetNames = {name};
    return report;
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSameBytesEachTime()
    {
        for (const ReportForm form : {ReportForm::Html, ReportForm::Json, ReportForm::Csv})
            QCOMPARE(reportBytes(filled(u"Acme"_s), form), reportBytes(filled(u"Acme"_s), form));
    }
    void whatToDoFirst()
    {
        const auto actions = actionsOf(filled(u"Acme"_s));
        QCOMPARE(actions.size(), std::size_t(2));
        QCOMPARE(actions[0].rule, QByteArray("history-growth")); // as much a month, and more severe or spent
        QCOMPARE(actions[0].monthly, std::optional(Money::fromDollars(4)));
        const auto growth = std::ranges::find(actions, QByteArray("history-growth"), &ReportAction::rule);
        QCOMPARE(growth->findings, 2);
        QCOMPARE(growth->monthly, std::optional(Money::fromDollars(4)));
        QCOMPARE(growth->spent, std::optional(Money::fromDollars(2)));
    }
    // No text of a server becomes a tag, an attribute or a style, wherever it stands.
    void hostileTextsStayTexts()
    {
        const QString page = QString::fromUtf8(reportHtml(filled(hostile)));
        QVERIFY(!page.contains(u"<script"_s, Qt::CaseInsensitive));
        QVERIFY(!page.contains(u"<img"_s, Qt::CaseInsensitive));
        QVERIFY(!page.contains(QChar(0x202E)) && !page.contains(QChar(7)));
        QVERIFY(page.contains(u"&lt;script&gt;"_s));
        // Nothing is fetched, and nothing could be.
        QVERIFY(!page.contains(u"http:"_s) && !page.contains(u"https:"_s) && !page.contains(u"url("_s));
        QVERIFY(page.contains(u"default-src 'none'"_s));
        // Tags that are opened are closed: but for those that HTML leaves open.
        QString body = page.mid(page.indexOf(u"<body>"_s));
        body = body.left(body.indexOf(u"</html>"_s)).replace(u"<br>"_s, u"<br/>"_s);
        QXmlStreamReader reader(body);
        while (!reader.atEnd())
            reader.readNext();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    }
    void theManagersPage()
    {
        const QString page = QString::fromUtf8(reportHtml(filled(u"Acme"_s)));
        for (const QString &said : {u"What Acme costs, and why"_s, u"$5.00 +1? this month so far"_s,
                                    u"about $8.00 by its end ($7.00 to $9.00)"_s, u"What to do, in this order"_s,
                                    u"2 runs have no known cost"_s, u"2026-11-21"_s, u"and 29 more"_s, u"83 %"_s})
            QVERIFY2(page.contains(said.toHtmlEscaped()), qPrintable(said));
        QVERIFY(page.indexOf(u"What to do"_s) < page.indexOf(u"Models and their prices"_s));
    }
    void anEmptyWorkspace()
    {
        Report empty;
        empty.connection = u"none"_s;
        empty.day = QDate(2026, 11, 20);
        const QString page = QString::fromUtf8(reportHtml(empty));
        QVERIFY(page.contains(u"Nothing stands out."_s));
        QVERIFY(page.contains(u"No run has a known cost."_s));
        QVERIFY(!page.contains(u"nan"_s));
    }
    void programsGetTheSame()
    {
        const QJsonObject all = QJsonDocument::fromJson(reportJson(filled(u"Acme"_s))).object();
        QCOMPARE(all["monthCost"_L1]["usd"_L1].toDouble(), 5.0);
        QCOMPARE(all["monthCost"_L1]["unknownRuns"_L1].toInt(), 1);
        QCOMPARE(all["findings"_L1].toArray().size(), 3);
        QCOMPARE(all["actions"_L1].toArray().size(), 2);
        const QByteArray csv = reportBytes(filled(u"Acme"_s), ReportForm::Csv);
        QVERIFY(csv.contains("2026-11-16,Acme,5,0,0,0,5,1"));
    }
    void aFileIsWrittenWhole()
    {
        QTemporaryDir folder;
        const Report report = filled(u"Acme"_s);
        for (const char *name : {"a.html", "a.json", "a.csv"}) {
            const QString path = folder.filePath(QString::fromLatin1(name));
            QVERIFY(writeReport(report, path));
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), reportBytes(report, reportFormOf(path)));
        }
        const Done done = writeReport(report, folder.filePath(u"no/such/folder.html"_s));
        QVERIFY(!done && done.error().kind == Error::Kind::Storage);
    }
};

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
