// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/reportexport.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace bobbin;
using namespace Qt::Literals::StringLiterals;

namespace {

const QString hostile = u"</h1><script>alert(1)</script><img src=x onerror=alert(2)> \"'&\u202Egpj\u0007"_s;

QString anyOf(const QStringList &programs)
{
    for (const QString &program : programs)
        if (const QString found = QStandardPaths::findExecutable(program); !found.isEmpty())
            return found;
    return {};
}

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
    // Findings that want different things each have their say, and those that want the same say it once.
    void whoseAdvice()
    {
        Report report = filled(u"Acme"_s);
        Finding still = report.findings.front();
        still.name = u"Beta"_s;
        report.findings.push_back(still);
        QCOMPARE(actionsOf(report)[0].advice.size(), std::size_t(1));
        QCOMPARE(actionsOf(report)[0].advice[0].of, (QStringList{u"Acme"_s, u"Acme"_s, u"Beta"_s}));
        for (const int turn : {5, 6, 7}) {
            still.name = u"Gamma %1"_s.arg(turn);
            still.facts = {{u"paysTurn"_s, turn}};
            report.findings.push_back(still);
        }
        const ReportAction growth = actionsOf(report)[0];
        QVERIFY(growth.advice.size() > 1);
        const QString page = QString::fromUtf8(reportHtml(report));
        QVERIFY(page.contains(u"<i>Acme and 2 more:</i> "_s + growth.advice[0].text.toHtmlEscaped()));
        QVERIFY(page.contains(u"<i>Gamma 5"_s));
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
    // What a browser makes of it: nothing of a server's text runs, and nothing is asked for. A page of the same texts
    // as they came shows that both would be noticed.
    void inARealBrowser()
    {
        const QString browser = anyOf({u"chromium"_s, u"chromium-browser"_s, u"google-chrome"_s});
        if (browser.isEmpty())
            QSKIP("there is no browser: apt-get install chromium");
        QTcpServer listener;
        QVERIFY(listener.listen(QHostAddress::LocalHost));
        int asked = 0;
        connect(&listener, &QTcpServer::newConnection, this, [&] {
            ++asked;
            delete listener.nextPendingConnection();
        });
        const QString there = u"http://127.0.0.1:%1/"_s.arg(listener.serverPort());
        const QStringList texts{
            u"<img src=x onerror=\"document.title='owned'\">"_s,
            u"\"><svg onload=document.title='owned'>"_s,
            u"</title></style></script><script>document.title='owned';fetch('%1')</script>"_s.arg(there),
            u"<img src=\"%1a.png\"><link rel=stylesheet href=\"%1b.css\"><iframe src=\"%1c\"></iframe>"_s.arg(there),
            u"' style='background:url(%1d)' onmouseover='document.title=1"_s.arg(there),
        };
        QTemporaryDir dir;
        const auto shown = [&](const QByteArray &page) {
            QFile file(dir.filePath(u"page.html"_s));
            [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
            file.write(page);
            file.close();
            asked = 0;
            QProcess run;
            run.start(browser,
                      {u"--headless"_s, u"--no-sandbox"_s, u"--disable-gpu"_s, u"--no-first-run"_s,
                       u"--user-data-dir="_s + dir.filePath(u"profile"_s), u"--virtual-time-budget=3000"_s,
                       u"--dump-dom"_s, QUrl::fromLocalFile(file.fileName()).toString()});
            std::ignore = QTest::qWaitFor([&] { return run.state() == QProcess::NotRunning; }, 60'000);
            return QString::fromUtf8(run.readAllStandardOutput());
        };
        const QByteArray guard = "<meta http-equiv=\"Content-Security-Policy\"";
        const QString text = texts.join(u' ');
        for (const bool guarded : {true, false}) {
            QByteArray bytes = reportHtml(filled(text));
            QVERIFY(bytes.contains(guard));
            if (!guarded) // harmless also where nothing but the writing of its texts guards it
                bytes.replace(guard, "<meta name=\"x\"");
            const QString page = shown(bytes);
            QVERIFY2(page.contains(u"<h1>What "_s), qPrintable(page.left(500)));
            QVERIFY2(!page.contains(u"<title>owned"_s) && asked == 0, qPrintable(text));
            for (const QString &tag : {u"<img"_s, u"<script"_s, u"<iframe"_s, u"<link"_s, u"onload=\""_s})
                QVERIFY2(!page.contains(tag), qPrintable(text));
        }
        QVERIFY(shown(u"<title>x</title><p>"_s.append(texts[2]).toUtf8()).contains(u"<title>owned"_s));
        QVERIFY(asked > 0);
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
