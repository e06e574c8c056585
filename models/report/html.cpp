// SPDX-License-Identifier: GPL-3.0-or-later
// A report as one page of HTML. Every text that is not ours goes through e(), and no other way.
#include "models/report/report.h"

#include "models/audit/causetext.h"
#include "models/audit/findingtext.h"
#include "models/columns/causewords.h"
#include "models/core/format.h"
#include "models/report/svg.h"

#include <QCoreApplication>

#include <cmath>
#include <span>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Report)
};

constexpr std::size_t actionsOnPageOne = 5;
constexpr std::size_t adviceShown = 2; // of a rule, where its findings want different things
constexpr std::size_t evidenceShown = 10;
constexpr std::size_t findingsShown = 300; // of thousands nobody reads more; the JSON has them all
constexpr std::size_t seriesShown = 5;

constexpr auto style = R"(
:root{--text:#1d1f23;--quiet:#5c616a;--line:#dfe2e6;--panel:#f5f6f8;--accent:#2f6fde;--danger:#c42b1c;--warning:#b3590a}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",sans-serif;color:var(--text);background:#fff;max-width:60rem;margin:2rem auto;padding:0 1.5rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.4rem 0 .2rem}
.quiet{color:var(--quiet)}.headline{font-size:1.2rem;font-weight:600;margin:1rem 0}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem}.tile{flex:1 1 10rem;background:var(--panel);border-radius:6px;padding:.6rem .9rem}
.tile b{display:block;font-size:1.35rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{font-weight:600;color:var(--quiet)}.n{text-align:right;white-space:nowrap}
.bar{display:flex;height:18px;border-radius:3px;overflow:hidden;margin:.5rem 0}.bar span{display:block}
.serious{color:var(--danger);font-weight:600}.warning{color:var(--warning);font-weight:600}
svg{width:100%;height:auto}.grid{stroke:var(--line)}.axis{font-size:11px;fill:var(--quiet)}
.s0{fill:#2f6fde;background:#2f6fde}.s1{fill:#e0912f;background:#e0912f}.s2{fill:#107c41;background:#107c41}
.s3{fill:#b4009e;background:#b4009e}.s4{fill:#5aa9c9;background:#5aa9c9}.s5{fill:#6a6f78;background:#6a6f78}
pre{white-space:pre-wrap;margin:0;font:inherit}
@media print{body{margin:0;max-width:none;padding:0;font-size:10pt}h2{break-after:avoid}tr,svg,.tile,h3{break-inside:avoid}.page{break-after:page}}
)";

QString e(const QString &text)
{
    return format::visible(text).toHtmlEscaped();
}

QString dollarsOf(double value)
{
    return format::money(Money::fromDollars(value));
}

QString moneyOr(const std::optional<Money> &money, bool estimated)
{
    return money ? (estimated ? u"≈ "_s : QString()) + format::money(*money) : u"–"_s;
}

QString row(const QStringList &cells, const QString &tag = u"td"_s, int numbersFrom = 1)
{
    QString out = u"<tr>"_s;
    for (int i = 0; i < cells.size(); ++i)
        out += u"<"_s + tag + (i >= numbersFrom ? u" class=\"n\">"_s : u">"_s) + cells[i] + u"</"_s + tag + u">"_s;
    return out + u"</tr>\n"_s;
}

QString tile(const QString &name, const QString &value, const QString &note)
{
    return u"<div class=\"tile\"><span class=\"quiet\">%1</span><b>%2</b><span class=\"quiet\">%3</span></div>"_s.arg(
        e(name), e(value), e(note));
}

QString severityClass(Severity severity)
{
    return severity == Severity::Serious ? u"serious"_s : severity == Severity::Warning ? u"warning"_s : u"quiet"_s;
}

QString partsBar(const CostParts &parts)
{
    const std::pair<QString, Money> all[] = {{Words::tr("history carried along"), parts.history},
                                             {Words::tr("tool rounds"), parts.toolRounds},
                                             {Words::tr("failed and repeated runs"), parts.retries},
                                             {Words::tr("base"), parts.base},
                                             {Words::tr("output"), parts.output},
                                             {Words::tr("undivided"), parts.undivided}};
    const double known = parts.known().dollars();
    if (known <= 0)
        return {};
    QString bar, legend;
    for (int i = 0; i < int(std::size(all)); ++i) {
        const double share = all[i].second.dollars() / known * 100;
        if (share <= 0)
            continue;
        bar += u"<span class=\"s%1\" style=\"width:%2%\"></span>"_s.arg(i).arg(share, 0, 'f', 2);
        legend += row({e(all[i].first), format::money(all[i].second), Words::tr("%1 %").arg(std::llround(share))});
    }
    return u"<div class=\"bar\">%1</div><table>%2</table>"_s.arg(bar, legend);
}

QString weeksChart(const Report &report)
{
    const Pivot weeks = folded(report.weeks, seriesShown);
    QStringList series;
    for (std::size_t g = 0; g < weeks.groups.size(); ++g)
        series << (weeks.groups[g].others ? Words::tr("the others") : format::visible(report.assistants[g]));
    std::vector<svg::Stack> stacks;
    for (std::size_t c = 0; c < weeks.columns.size(); ++c) {
        svg::Stack &stack = stacks.emplace_back();
        stack.name = weeks.columns[c].from.toString(Qt::ISODate);
        for (const Pivot::Group &group : weeks.groups)
            stack.parts.push_back(group.columns[c].cost.known.dollars());
    }
    return svg::stackedColumns(Words::tr("Cost by week and assistant"), series, stacks, dollarsOf);
}

// One for all, or whose each is.
QString adviceLines(const ReportAction &action)
{
    if (action.advice.size() == 1)
        return e(action.advice.front().text);
    QStringList lines;
    std::size_t told = 0;
    for (const ReportAdvice &one : std::span(action.advice).first(std::min(adviceShown, action.advice.size()))) {
        QString of = one.of.front();
        if (one.of.size() > 1)
            of = Words::tr("%1 and %n more", nullptr, int(one.of.size()) - 1).arg(of);
        lines << u"<i>%1:</i> %2"_s.arg(e(of), e(one.text));
        told += std::size_t(one.of.size());
    }
    if (const qint64 others = action.findings - qint64(told); others > 0)
        lines << e(Words::tr("%n other(s): see the findings, or the report as JSON.", nullptr, int(others)));
    return lines.join(u"<br>"_s);
}

QString actionsTable(std::span<const ReportAction> actions, std::size_t before)
{
    QString rows;
    std::size_t number = before;
    for (const ReportAction &action : actions) {
        rows += u"<tr><td class=\"n\">%1</td><td><b>%2</b> <span class=\"quiet\">%3</span><br>%4</td><td "
                u"class=\"n\">%5</td>"
                "<td class=\"n\">%6</td></tr>\n"_s.arg(QString::number(++number), e(ruleTitle(action.rule)),
                                                       e(Words::tr("%n finding(s)", nullptr, int(action.findings))),
                                                       adviceLines(action), moneyOr(action.monthly, action.estimated),
                                                       moneyOr(action.spent, action.estimated));
    }
    return u"<table>%1%2</table>"_s.arg(
        row({u"#"_s, e(Words::tr("What")), e(Words::tr("A month")), e(Words::tr("So far"))}, u"th"_s, 2), rows);
}

// As many as a printed page holds.
QString firstActions(std::span<const ReportAction> actions)
{
    if (actions.empty())
        return u"<p>%1</p>"_s.arg(e(Words::tr("Nothing stands out.")));
    const std::size_t shown = std::min(actionsOnPageOne, actions.size());
    QString words = Words::tr("The same tokens may be in several of these: their money is not to be added up.");
    if (actions.size() > shown)
        words += u' ' + Words::tr("And %n more on the next page.", nullptr, int(actions.size() - shown));
    return actionsTable(actions.first(shown), 0) + u"<p class=\"quiet\">%1</p>"_s.arg(e(words));
}

QString threadsTable(const Report &report)
{
    QString rows;
    for (const ReportThread &thread : report.threads)
        rows += u"<tr><td>%1<br><span class=\"quiet\">%2</span></td><td>%3</td><td class=\"n\">%4</td></tr>\n"_s.arg(
            e(thread.name.isEmpty() ? thread.id : thread.name),
            e(causeText(thread.cost, thread.thread.cause, thread.thread.runs)), e(causeName(thread.thread.cause)),
            format::money(thread.thread.cost));
    if (rows.isEmpty())
        return {};
    return u"<h2>%1</h2><table>%2%3</table>"_s.arg(
        e(report.bill.threads.empty() ? Words::tr("The costliest threads")
                                      : Words::tr("The costliest threads of this month")),
        row({e(Words::tr("Thread")), e(Words::tr("Cause")), e(Words::tr("Cost"))}, u"th"_s, 2), rows);
}

QString findingsPart(const Report &report)
{
    QString out;
    for (const Finding &finding : std::span(report.findings).first(std::min(findingsShown, report.findings.size()))) {
        const FindingText text = findingText(finding);
        out += u"<h3><span class=\"%1\">%2</span> %3: %4</h3><p>%5 %6</p>"_s.arg(
            severityClass(finding.severity), e(severityName(finding.severity)), e(text.title),
            e(finding.name.isEmpty() ? finding.id : finding.name), e(text.sentence), e(text.advice));
        out += u"<p class=\"quiet\">%1</p>"_s.arg(
            e(Words::tr("So far %1, a month %2; %3.")
                  .arg(moneyOr(finding.spent, finding.estimated), moneyOr(finding.monthly, finding.estimated),
                       finding.estimated ? Words::tr("estimated") : Words::tr("measured"))));
        QString rows;
        for (std::size_t i = 0; i < std::min(evidenceShown, finding.evidence.size()); ++i) {
            const Evidence &evidence = finding.evidence[i];
            rows += row({e(evidence.name.isEmpty() ? evidence.id : evidence.name),
                         evidence.when ? e(format::isoTime(*evidence.when)) : QString(),
                         e(amountText(finding, evidence)), evidence.money ? format::money(*evidence.money) : QString()},
                        u"td"_s, 2);
        }
        const qint64 more = finding.evidenceCount - qint64(std::min(evidenceShown, finding.evidence.size()));
        if (!rows.isEmpty())
            out += u"<table>%1</table>"_s.arg(rows);
        if (more > 0)
            out += u"<p class=\"quiet\">%1</p>"_s.arg(e(Words::tr("and %1 more").arg(format::count(more))));
    }
    if (report.findings.size() > findingsShown)
        out += u"<p>%1</p>"_s.arg(
            e(Words::tr("and %1 more findings").arg(format::count(qint64(report.findings.size() - findingsShown)))));
    return out;
}

QString modelsTable(const Report &report)
{
    QString rows;
    for (const ReportModel &model : report.models) {
        const QString price = model.price.isEmpty() ? Words::tr("no price is known") : model.price;
        const QString ends = model.shutdown.isValid() ? model.shutdown.toString(Qt::ISODate) : u"–"_s;
        rows += u"<tr><td>%1</td><td><pre class=\"quiet\">%2</pre></td><td class=\"n\">%3</td><td class=\"n\">%4</td>"
                "<td class=\"n\">%5</td></tr>\n"_s.arg(e(model.name), e(price), format::count(model.sum.runs()),
                                                       e(format::money(model.sum.cost)), e(ends));
    }
    return u"<table>%1%2</table>"_s.arg(row({e(Words::tr("Model")), e(Words::tr("Price")), e(Words::tr("Runs")),
                                             e(Words::tr("Cost")), e(Words::tr("Switched off"))},
                                            u"th"_s, 2),
                                        rows);
}

QString budgetsPart(const Report &report)
{
    QString rows;
    for (std::size_t i = 0; i < report.budgets.size(); ++i) {
        const BudgetState &state = report.budgets[i];
        rows += row({e(report.budgetNames[i]), state.budget.money ? format::money(*state.budget.money) : u"–"_s,
                     e(format::money(state.spent)), Words::tr("%1 %").arg(std::llround(state.share * 100))});
    }
    if (rows.isEmpty())
        return {};
    return u"<h2>%1</h2><table>%2%3</table>"_s.arg(
        e(Words::tr("Budgets")),
        row({e(Words::tr("Of")), e(Words::tr("Budget")), e(Words::tr("Spent")), e(Words::tr("Share"))}, u"th"_s), rows);
}

} // namespace

QByteArray reportHtml(const Report &report)
{
    const QString title = Words::tr("What %1 costs, and why").arg(report.connection);
    const CostSum &all = report.counts.total;
    const Bill &bill = report.bill;
    const CostParts &parts = bill.parts;
    const Money waste = parts.history + parts.toolRounds + parts.retries;
    QString out =
        u"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"_s +
        e(title) + u"</title><style>"_s + QLatin1StringView(style) + u"</style></head><body>\n"_s;
    out += u"<div class=\"page\"><h1>%1</h1><p class=\"quiet\">%2</p>"_s.arg(
        e(title),
        e(Words::tr("%1, %2. %3 threads, %4 runs, %5 assistants; read from the server %6 (UTC).")
              .arg(report.provider, report.day.toString(Qt::ISODate), format::count(report.counts.threads),
                   format::count(report.counts.runs), format::count(report.counts.assistants),
                   report.synced ? format::isoTime(*report.synced) : Words::tr("never"))));
    out += u"<p class=\"headline\">%1</p><div class=\"tiles\">"_s.arg(e(headlineOf(report)));
    out += tile(Words::tr("This month"), format::money(bill.cost), bill.month);
    out += tile(Words::tr("Last month"), format::money(bill.before), bill.lastMonth);
    out += tile(Words::tr("History, tool rounds, retries"), format::money(waste), Words::tr("of this month"));
    out += tile(Words::tr("All recorded runs"), format::money(all), QString());
    const std::vector<ReportAction> actions = actionsOf(report);
    out += u"</div><h2>%1</h2>%2</div>\n"_s.arg(e(Words::tr("What to do, in this order")), firstActions(actions));
    if (actions.size() > actionsOnPageOne)
        out += u"<h2>%1</h2>%2\n"_s.arg(e(Words::tr("What to do besides")),
                                        actionsTable(std::span(actions).subspan(actionsOnPageOne), actionsOnPageOne));
    if (parts.known().pico > 0)
        out +=
            u"<h2>%1</h2>%2\n"_s.arg(e(parts.estimated ? Words::tr("Where this month's money went (in part estimated)")
                                                       : Words::tr("Where this month's money went")),
                                     partsBar(parts));
    out += u"<h2>%1</h2>%2\n"_s.arg(e(Words::tr("Cost by week and assistant")), weeksChart(report));
    out += threadsTable(report);
    out += budgetsPart(report);
    out += u"<h2>%1</h2>%2\n"_s.arg(e(Words::tr("Findings")),
                                    report.findings.empty() ? u"<p>%1</p>"_s.arg(e(Words::tr("Nothing stands out.")))
                                                            : findingsPart(report));
    out += u"<h2>%1</h2>%2\n"_s.arg(e(Words::tr("Models and their prices")), modelsTable(report));
    out += u"<h2>%1</h2><ul>"_s.arg(e(Words::tr("What is not known")));
    for (const QString &said : unknownsOf(report))
        out += u"<li>%1</li>"_s.arg(e(said));
    out += u"</ul><p class=\"quiet\">%1</p></body></html>\n"_s.arg(
        e(report.texts ? Words::tr("Names of threads may be the first words of a conversation.")
                       : Words::tr("No message's text is in this report.")));
    return out.toUtf8();
}

} // namespace bobbin
