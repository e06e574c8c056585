// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the overview that is computed from the ledger: what made the bill, and what helps.
#include "ui/pages/overviewpage.h"

#include "models/audit/causetext.h"
#include "models/audit/findingtext.h"
#include "models/columns/causewords.h"
#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/session/budgetcheck.h"
#include "models/store/whendone.h"
#include "ui/charts/partsbar.h"
#include "ui/widgets/figuretable.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostAttention = 8;

} // namespace

void OverviewPage::setAuditor(Auditor *auditor)
{
    m_auditor = auditor;
    showBill({});
    m_question.setAuditor(auditor);
    if (!auditor)
        return;
    m_headline->setText(tr("Adding up what made the bill…"));
    connect(auditor, &Auditor::failed, this, [this] { m_headline->setText(tr("The bill could not be added up.")); });
    connect(auditor, &Auditor::audited, this, [this](const AuditReport &report) {
        if (report.judged > 0 || report.changed > 0)
            m_question.refresh();
        else
            m_question.seen(); // for the first time
    });
}

void OverviewPage::setBudgets(const std::vector<Budget> &budgets)
{
    m_budgets = budgets;
    m_question.changed();
}

Result<OverviewPage::Shown> OverviewPage::readBill(const Ledger &ledger, Reader &reader, const LimitSet &limits,
                                                   const std::vector<Budget> &budgets)
{
    Shown shown;
    auto states = readBudgets(ledger, reader, budgets);
    if (!states)
        return fail(states.error());
    shown.budgets = *std::move(states);
    shown.bill = billOf(ledger, limits, nowMs());
    auto findings = reader.findings();
    if (!findings)
        return fail(findings.error());
    for (Finding &finding : *findings)
        if (finding.state == Finding::State::Open)
            shown.findings.push_back(std::move(finding));
    const auto &costly = shown.bill.threads.empty() ? shown.bill.costliestEver : shown.bill.threads;
    std::vector<RowKey> keys;
    keys.reserve(costly.size());
    for (const CostlyThread &thread : costly)
        keys.push_back(thread.key);
    auto rows = reader.rows<ThreadRow>(keys);
    if (!rows)
        return fail(rows.error());
    for (std::size_t i = 0; i < costly.size(); ++i) {
        const auto helps = std::ranges::find_if(shown.findings, [&](const Finding &finding) {
            return finding.subject == SubjectKind::Thread && finding.key == costly[i].key &&
                finding.remedy != Remedy::None;
        });
        shown.threads.push_back(
            {costly[i], std::move((*rows)[i]), helps == shown.findings.end() ? std::nullopt : std::optional(*helps)});
    }
    return shown;
}

QString OverviewPage::headlineOf(const Shown &shown) const
{
    const Bill &bill = shown.bill;
    if (bill.cost.pricedRuns + bill.cost.unknownRuns == 0)
        return shown.threads.empty() ? tr("No run has a known cost yet.")
                                     : tr("Nothing ran this month; below are the costliest threads of all time.");
    QString said = tr("%1 this month").arg(format::money(bill.cost));
    const auto budget = std::ranges::find_if(shown.budgets, [](const BudgetState &state) {
        return state.budget.scope == Budget::Scope::Connection && state.budget.per == Budget::Per::Month &&
            state.budget.money;
    });
    if (budget != shown.budgets.end())
        said += tr(" of a budget of %1 (%2 %)")
                    .arg(format::money(*budget->budget.money))
                    .arg(std::llround(100 * budget->spent.known.dollars() / budget->budget.money->dollars()));
    if (bill.beforeByNow.pricedRuns > 0) {
        const double before = bill.beforeByNow.known.dollars();
        const double more = before > 0 ? (bill.cost.known.dollars() / before - 1) * 100 : 0;
        said += u", "_s +
            (std::abs(more) < 1 ? tr("as much as by this day of %1").arg(bill.lastMonth)
                                : tr("%1 by this day of %2 (%3 %)")
                                      .arg(format::money(bill.beforeByNow), bill.lastMonth,
                                           (more > 0 ? u"+"_s : u"−"_s) + format::count(std::llround(std::abs(more)))));
    }
    said += u'.';
    QStringList waste;
    const auto add = [&](Money money, const QString &what) {
        if (money.pico > 0 && money.pico * 50 >= bill.cost.known.pico) // two percent: less is noise
            waste << tr("%1 %2").arg(format::money(money), what);
    };
    add(bill.parts.history, tr("for history carried along"));
    add(bill.parts.toolRounds, tr("in tool rounds"));
    add(bill.parts.retries, tr("for retries that failed"));
    if (!waste.isEmpty())
        said += u' ' + tr("Of it %1.").arg(waste.join(u", "_s));
    return said;
}

void OverviewPage::showBill(const Shown &shown)
{
    m_headline->setText(m_auditor ? headlineOf(shown) : QString());
    const auto open = qint64(shown.findings.size());
    m_findings->setText(tr("%n finding(s)", nullptr, int(open)));
    m_findings->setVisible(open > 0);
    const bool any = shown.bill.parts.known().pico > 0;
    m_partsTitle->setText(shown.bill.parts.estimated ? tr("Where this month's money went (in part estimated)")
                                                     : tr("Where this month's money went"));
    m_partsTitle->setVisible(any);
    m_parts->setVisible(any);
    m_parts->setParts(shown.bill.parts);
    const CostSum &before = shown.bill.before;
    m_before = before.pricedRuns > 0 ? tr("%1 in %2").arg(format::money(before), shown.bill.lastMonth) : QString();
    tellMonth();
    const auto stuck = std::ranges::count(shown.findings, "stuck-run", &Finding::rule);
    m_stuck = stuck > 0 ? tr("%n stuck", nullptr, int(stuck)) : QString();
    tellActive();
    showThreads(shown);
    showAttention(shown.findings);
}

void OverviewPage::tellMonth()
{
    m_tiles[Month].second->setText(m_before.isEmpty() ? m_monthNote : m_before + u" · "_s + m_monthNote);
}

void OverviewPage::tellActive()
{
    const QString of = tr("of %1 runs").arg(format::count(m_runs));
    m_tiles[Active].second->setText(m_stuck.isEmpty() ? of : m_stuck + u", "_s + of);
}

void OverviewPage::showThreads(const Shown &shown)
{
    const bool month = !shown.bill.threads.empty();
    m_threadsTitle->setText(month ? tr("The costliest threads of this month") : tr("The costliest threads"));
    m_threadsTitle->setVisible(!shown.threads.empty());
    m_threads->setVisible(!shown.threads.empty());
    const Money all = month ? shown.bill.cost.known : shown.bill.ever;
    m_threads->clearContents();
    m_threads->setRowCount(int(shown.threads.size()));
    for (int i = 0; i < m_threads->rowCount(); ++i) {
        const auto &[thread, row, helps] = shown.threads[std::size_t(i)];
        const QString name = format::visible(row.title.isEmpty() ? row.id : row.title);
        const double share = double(thread.cost.pico) / double(std::max<qint64>(1, all.pico));
        setFigure(m_threads, i, NameColumn, name, false);
        m_threads->item(i, NameColumn)->setData(Qt::UserRole, row.id);
        setFigure(m_threads, i, ShareColumn, share < 0.01 ? tr("<1 %") : tr("%1 %").arg(std::llround(share * 100)),
                  true);
        m_threads->item(i, ShareColumn)->setData(shareRole, share);
        setFigure(m_threads, i, CostColumn, format::money(thread.cost), true);
        setFigure(m_threads, i, CauseColumn, causeName(thread.cause), false);
        m_threads->item(i, CauseColumn)->setToolTip(causeText(row.cost, thread.cause, thread.runs));
        setFigure(m_threads, i, SinceColumn,
                  thread.runs.from > 0 ? QDateTime::fromMSecsSinceEpoch(thread.runs.from).date().toString(Qt::ISODate)
                                       : u"–"_s,
                  false);
        setFigure(m_threads, i, TurnColumn, thread.perTurn ? format::money(*thread.perTurn) : u"–"_s, true);
        const bool saves = helps && helps->facts.contains("savesPerTurn"_L1);
        setFigure(m_threads, i, SavesColumn,
                  saves ? format::money(Money{helps->facts["savesPerTurn"_L1].toInteger()}) : u"–"_s, true);
        setFigure(m_threads, i, RemedyColumn, {}, false);
        auto *button = rowButton();
        if (helps) {
            button->setText(findingText(*helps).remedy);
            button->setToolTip(findingText(*helps).advice);
            connect(button, &QPushButton::clicked, this, [this, finding = *helps] { Q_EMIT remedyWanted(finding); });
        } else {
            button->setText(tr("Open"));
            connect(button, &QPushButton::clicked, this, [this, id = row.id] { Q_EMIT threadChosen(id); });
        }
        button->setAccessibleName(tr("%1: %2").arg(name, button->text()));
        m_threads->setCellWidget(i, RemedyColumn, button);
    }
    m_threads->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    fitFigures(m_threads);
}

void OverviewPage::showAttention(const std::vector<Finding> &findings)
{
    std::vector<const Finding *> shown;
    for (const char *rule : {"stuck-run", "model-switched-off", "unusual-day", "unknown-price"})
        for (const Finding &finding : findings)
            if (finding.rule == rule && shown.size() < mostAttention)
                shown.push_back(&finding);
    m_attention->setVisible(!shown.empty());
    m_attention->clearContents();
    m_attention->setRowCount(int(shown.size()));
    for (int i = 0; i < m_attention->rowCount(); ++i) {
        const Finding &finding = *shown[std::size_t(i)];
        const FindingText text = findingText(finding);
        const QString name = format::visible(finding.name.isEmpty() ? finding.id : finding.name);
        setFigure(m_attention, i, 0, name + u": "_s + format::visible(text.sentence), false);
        setFigure(m_attention, i, 1, format::when(finding.firstSeen).left(10), true);
        setFigure(m_attention, i, 2, {}, false);
        auto *button = rowButton();
        button->setText(text.remedy.isEmpty() ? tr("Finding") : text.remedy);
        button->setAccessibleName(tr("%1: %2").arg(name, button->text()));
        m_attention->setCellWidget(i, 2, button);
        connect(button, &QPushButton::clicked, this, [this, finding] {
            if (finding.remedy == Remedy::None)
                Q_EMIT findingsWanted(finding.rule);
            else
                Q_EMIT remedyWanted(finding);
        });
    }
    m_attention->verticalHeader()->setDefaultSectionSize(std::max(27, QPushButton(u"x"_s).sizeHint().height()));
    fitFigures(m_attention);
}

} // namespace bobbin::ui
