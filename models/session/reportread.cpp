// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/reportread.h"

#include "models/core/days.h"
#include "models/costs/budgettext.h"
#include "models/domain/names.h"
#include "models/session/budgetcheck.h"

#include <QCoreApplication>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int weeksShown = 26;

struct ReportRead {
    Q_DECLARE_TR_FUNCTIONS(ReportRead)
};

// What a thread is called without a word of its messages: by the title in its metadata.
class ThreadNames {
public:
    ThreadNames(ThreadTags titles, bool texts) : m_titles(std::move(titles)), m_texts(texts) { }
    [[nodiscard]] QString of(RowKey thread, const QString &name) const
    {
        const auto title = m_titles.ofThread.find(thread);
        if (title != m_titles.ofThread.end())
            return m_titles.values.name(title->second);
        return m_texts ? name : QString();
    }

private:
    ThreadTags m_titles;
    bool m_texts;
};

} // namespace

Result<Report> readReport(const Ledger &ledger, Reader &reader, const ReportOptions &options)
{
    auto counts = reader.overview(options.now);
    auto findings = reader.findings();
    auto assistants = reader.assistantNames();
    auto titles = reader.threadTags(u"title"_s);
    auto budgets = readBudgets(ledger, reader, options.budgets);
    for (const Error *error : {counts ? nullptr : &counts.error(), findings ? nullptr : &findings.error(),
                               assistants ? nullptr : &assistants.error(), titles ? nullptr : &titles.error(),
                               budgets ? nullptr : &budgets.error()})
        if (error)
            return fail(*error);
    Report report;
    report.connection = options.connection;
    report.provider = reader.provider().name();
    report.day = dateOf(options.now / dayMs);
    report.synced = counts->lastSync;
    report.counts = *std::move(counts);
    report.texts = options.texts;
    report.pricesOf = reader.prices() ? reader.prices()->generated() : QString();
    report.bill = billOf(ledger, options.limits, options.now);
    report.projection = projectionOf(ledger, options.now);
    report.budgets = *std::move(budgets);
    for (const BudgetState &state : report.budgets)
        report.budgetNames.push_back(budgetSubject(state.budget, *assistants));
    report.weeks = pivotOf(
        ledger, {Period::Week, GroupBy::Assistant, report.day.addDays(1 - 7 * weeksShown), report.day.addDays(1)});
    for (const Pivot::Group &group : report.weeks.groups)
        report.assistants.push_back(group.others        ? ReportRead::tr("the others")
                                        : group.without ? u"–"_s
                                                        : nameIn(*assistants, group.id));
    const ThreadNames names(*std::move(titles), options.texts);
    const auto &costly = report.bill.threads.empty() ? report.bill.costliestEver : report.bill.threads;
    std::vector<RowKey> keys;
    keys.reserve(costly.size());
    for (const CostlyThread &thread : costly)
        keys.push_back(thread.key);
    const auto rows = reader.rows<ThreadRow>(keys);
    if (!rows)
        return fail(rows.error());
    for (std::size_t i = 0; i < costly.size(); ++i)
        report.threads.push_back(
            {costly[i], (*rows)[i].id, names.of(costly[i].key, (*rows)[i].title), (*rows)[i].cost});
    const Pivot models = pivotOf(ledger, {Period::Month, GroupBy::Model, {}, {}, 100});
    for (const Pivot::Group &group : models.groups) {
        if (group.others)
            continue;
        const ModelPrices *model = reader.prices() ? reader.prices()->find(group.id) : nullptr;
        const Price *price = model ? priceAt(*model, options.now) : nullptr;
        report.models.push_back(
            {group.id, group.sum, price ? priceWords(*price) : QString(), model ? model->shutdown : QDate()});
    }
    for (Finding &finding : *findings) {
        if (finding.state != Finding::State::Open)
            continue;
        if (finding.subject == SubjectKind::Thread)
            finding.name = names.of(finding.key, finding.name);
        report.findings.push_back(std::move(finding));
    }
    if (const Done named = reader.nameEvidence(report.findings); !named)
        return fail(named.error());
    if (!options.texts)
        for (Finding &finding : report.findings)
            for (Evidence &evidence : finding.evidence)
                if (evidence.kind == SubjectKind::Message || evidence.kind == SubjectKind::Thread)
                    evidence.name.clear();
    return report;
}

} // namespace bobbin
