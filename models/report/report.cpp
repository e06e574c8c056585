// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/report/report.h"

#include "models/audit/findingjson.h"
#include "models/audit/findingtext.h"
#include "models/columns/causewords.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Report)
};

QJsonValue dollars(const std::optional<Money> &money)
{
    return money ? QJsonValue(money->dollars()) : QJsonValue();
}

QJsonObject sumJson(const CostSum &sum)
{
    return {{u"usd"_s, sum.pricedRuns > 0 || sum.unknownRuns == 0 ? QJsonValue(sum.known.dollars()) : QJsonValue()},
            {u"unknownRuns"_s, sum.unknownRuns}};
}

void addTo(std::optional<Money> &sum, const std::optional<Money> &money)
{
    if (money)
        sum = sum.value_or(Money()) + *money;
}

} // namespace

std::vector<ReportAction> actionsOf(const Report &report)
{
    std::vector<ReportAction> actions;
    std::map<std::pair<QByteArray, QString>, std::size_t> places; // of advice: there may be thousands
    for (const Finding &finding : report.findings) {
        auto known = std::ranges::find(actions, finding.rule, &ReportAction::rule);
        if (known == actions.end()) {
            actions.push_back({finding.rule, finding.severity, 0, {}, {}, false, {}});
            known = std::prev(actions.end());
        }
        const QString advice = findingText(finding).advice;
        const auto [place, fresh] = places.try_emplace({finding.rule, advice}, known->advice.size());
        if (fresh)
            known->advice.push_back({advice, {}});
        known->advice[place->second].of << (finding.name.isEmpty() ? finding.id : finding.name);
        ++known->findings;
        known->severity = std::max(known->severity, finding.severity);
        known->estimated = known->estimated || finding.estimated;
        addTo(known->monthly, finding.monthly);
        addTo(known->spent, finding.spent);
    }
    std::ranges::stable_sort(actions, [](const ReportAction &a, const ReportAction &b) {
        const auto weight = [](const ReportAction &one) {
            return std::tuple(one.monthly.value_or(Money()), one.severity, one.spent.value_or(Money()));
        };
        return weight(b) < weight(a);
    });
    return actions;
}

QString headlineOf(const Report &report)
{
    const Bill &bill = report.bill;
    if (bill.cost.pricedRuns + bill.cost.unknownRuns == 0)
        return bill.ever.pico > 0
            ? Words::tr("Nothing ran this month; all recorded runs together cost %1.").arg(format::money(bill.ever))
            : Words::tr("No run has a known cost.");
    QString said = Words::tr("%1 this month so far").arg(format::money(bill.cost));
    if (report.projection.weeks > 0)
        said += Words::tr(", about %1 by its end (%2 to %3)")
                    .arg(format::money(report.projection.likely), format::money(report.projection.low),
                         format::money(report.projection.high));
    if (bill.before.pricedRuns > 0)
        said += Words::tr("; %1 was %2").arg(bill.lastMonth, format::money(bill.before));
    return said + u'.';
}

QStringList unknownsOf(const Report &report)
{
    QStringList said;
    const CostSum &all = report.counts.total;
    if (all.unknownRuns > 0)
        said << Words::tr("%1 runs have no known cost: the server told no usage, or the model has no price. No sum has "
                          "them.")
                    .arg(format::count(all.unknownRuns));
    if (all.assumedRuns > 0)
        said << Words::tr("%1 runs are priced as the model that theirs was made from.")
                    .arg(format::count(all.assumedRuns));
    if (report.bill.parts.estimated)
        said << Words::tr("How this month's money divides is in part estimated: not all steps tell what they read.");
    if (report.counts.threadsUnread > 0)
        said << Words::tr("%1 threads are known by their id only.").arg(format::count(report.counts.threadsUnread));
    if (report.weeks.undated.runs() > 0)
        said << Words::tr("%1 runs have no date and are in no week.").arg(format::count(report.weeks.undated.runs()));
    said << Words::tr("All money is an estimate from list prices of %1, standard processing; fees for tools and what a "
                      "contract agreed on are not in it.")
                .arg(report.pricesOf);
    return said;
}

QByteArray reportJson(const Report &report)
{
    QJsonArray actions, findings, threads, models, weeks, budgets, groups;
    for (const ReportAction &action : actionsOf(report)) {
        QJsonArray advice;
        for (const ReportAdvice &one : action.advice)
            advice << QJsonObject{{u"text"_s, one.text}, {u"of"_s, QJsonArray::fromStringList(one.of)}};
        actions << QJsonObject{{u"rule"_s, QString::fromLatin1(action.rule)},
                               {u"title"_s, ruleTitle(action.rule)},
                               {u"findings"_s, action.findings},
                               {u"monthlyUsd"_s, dollars(action.monthly)},
                               {u"spentUsd"_s, dollars(action.spent)},
                               {u"advice"_s, advice}};
    }
    for (const Finding &finding : report.findings)
        findings << toJson(finding);
    for (const ReportThread &thread : report.threads)
        threads << QJsonObject{{u"id"_s, thread.id},
                               {u"name"_s, thread.name},
                               {u"usd"_s, thread.thread.cost.dollars()},
                               {u"cause"_s, causeWord(thread.thread.cause)}};
    for (const ReportModel &model : report.models)
        models << QJsonObject{{u"name"_s, model.name},
                              {u"cost"_s, sumJson(model.sum.cost)},
                              {u"promptTokens"_s, model.sum.prompt},
                              {u"completionTokens"_s, model.sum.completion},
                              {u"price"_s, model.price},
                              {u"shutdown"_s, model.shutdown.toString(Qt::ISODate)}};
    for (const QString &name : report.assistants)
        groups << name;
    for (std::size_t c = 0; c < report.weeks.columns.size(); ++c) {
        QJsonArray cells;
        for (const Pivot::Group &group : report.weeks.groups)
            cells << group.columns[c].cost.known.dollars();
        weeks << QJsonObject{{u"from"_s, report.weeks.columns[c].from.toString(Qt::ISODate)},
                             {u"cost"_s, sumJson(report.weeks.columns[c].sum.cost)},
                             {u"byAssistantUsd"_s, cells}};
    }
    for (std::size_t i = 0; i < report.budgets.size(); ++i)
        budgets << QJsonObject{{u"of"_s, report.budgetNames[i]},
                               {u"spent"_s, sumJson(report.budgets[i].spent)},
                               {u"usd"_s, dollars(report.budgets[i].budget.money)},
                               {u"share"_s, report.budgets[i].share}};
    const CostParts &parts = report.bill.parts;
    const QJsonObject all{{u"report"_s, u"bobbin"_s},
                          {u"version"_s, 1},
                          {u"connection"_s, report.connection},
                          {u"provider"_s, report.provider},
                          {u"day"_s, report.day.toString(Qt::ISODate)},
                          {u"synced"_s, report.synced ? QJsonValue(format::isoTime(*report.synced)) : QJsonValue()},
                          {u"headline"_s, headlineOf(report)},
                          {u"month"_s, report.bill.month},
                          {u"monthCost"_s, sumJson(report.bill.cost)},
                          {u"projectedUsd"_s,
                           report.projection.weeks > 0 ? QJsonValue(report.projection.likely.dollars()) : QJsonValue()},
                          {u"allCost"_s, sumJson(report.counts.total)},
                          {u"monthParts"_s,
                           QJsonObject{{u"retriesUsd"_s, parts.retries.dollars()},
                                       {u"toolRoundsUsd"_s, parts.toolRounds.dollars()},
                                       {u"historyUsd"_s, parts.history.dollars()},
                                       {u"baseUsd"_s, parts.base.dollars()},
                                       {u"outputUsd"_s, parts.output.dollars()},
                                       {u"undividedUsd"_s, parts.undivided.dollars()}}},
                          {u"actions"_s, actions},
                          {u"budgets"_s, budgets},
                          {u"threads"_s, threads},
                          {u"assistants"_s, groups},
                          {u"weeks"_s, weeks},
                          {u"models"_s, models},
                          {u"findings"_s, findings},
                          {u"unknown"_s, QJsonArray::fromStringList(unknownsOf(report))}};
    return QJsonDocument(all).toJson();
}

} // namespace bobbin
