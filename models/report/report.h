// SPDX-License-Identifier: GPL-3.0-or-later
// What a workspace costs and why, to be given to others: what was looked at, what made the bill, what to do in which
// order, on what it all rests. Pure: the same report makes the same bytes.
#pragma once

#include "models/audit/bill.h"
#include "models/audit/finding.h"
#include "models/costs/budget.h"
#include "models/costs/forecast.h"
#include "models/costs/pivot.h"

namespace bobbin {

struct ReportModel {
    QString name;
    Amount sum;
    QString price; // in words; empty: none is known
    QDate shutdown; // invalid: none is known
};

struct ReportThread {
    CostlyThread thread;
    QString id, name; // name: empty where it would be a message's text that was not asked for
    CostSum cost; // of all its runs
};

struct Report {
    QString connection, provider;
    QDate day; // that it is of
    OptTime synced; // when the server was read last
    Overview counts;
    bool texts = false; // words of messages may be in it
    QString pricesOf; // the day of the price table
    Bill bill;
    Projection projection;
    std::vector<BudgetState> budgets;
    std::vector<QString> budgetNames; // of what each is
    Pivot weeks; // by assistant
    std::vector<QString> assistants; // names of its groups
    std::vector<ReportThread> threads; // the costliest of the month, else of all time
    std::vector<ReportModel> models; // by cost
    std::vector<Finding> findings; // open ones, the costliest first, with their evidence named
};

struct ReportAdvice {
    QString text;
    QStringList of; // names of what it is said of
    bool operator==(const ReportAdvice &) const = default;
};

// What to do, the most money a month first: findings of one rule together.
struct ReportAction {
    QByteArray rule;
    Severity severity = Severity::Note;
    qint64 findings = 0;
    std::optional<Money> monthly, spent;
    bool estimated = false;
    std::vector<ReportAdvice> advice; // different ones, of the costliest finding first
};
std::vector<ReportAction> actionsOf(const Report &report);
QString headlineOf(const Report &report);
QStringList unknownsOf(const Report &report); // what the figures leave out, a sentence each

QByteArray reportHtml(const Report &report); // self-contained: no script, nothing from elsewhere
QByteArray reportJson(const Report &report);

} // namespace bobbin
