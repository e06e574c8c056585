// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policytext.h"

#include "models/core/format.h"
#include "models/guard/sight.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Policy)
};

} // namespace

QString guardRuleTitle(GuardRule rule)
{
    switch (rule) {
    case GuardRule::TurnCap:
        return Words::tr("Turn cap");
    case GuardRule::ContextCeiling:
        return Words::tr("Context ceiling");
    case GuardRule::ToolSteps:
        return Words::tr("Tool-step ceiling");
    case GuardRule::IdenticalCalls:
        return Words::tr("Identical calls");
    case GuardRule::Retries:
        return Words::tr("Retries");
    case GuardRule::SessionTokens:
        return Words::tr("Session tokens");
    case GuardRule::RequiresAction:
        return Words::tr("Waiting for tool outputs");
    case GuardRule::Cancelling:
        return Words::tr("Being cancelled");
    case GuardRule::AttachedAgain:
        return Words::tr("File attached again");
    case GuardRule::Models:
        return Words::tr("Allowed models");
    case GuardRule::MoneyADay:
        return Words::tr("Money a day");
    case GuardRule::MoneyAMonth:
        return Words::tr("Money a month");
    case GuardRule::TokensADay:
        return Words::tr("Tokens a day");
    case GuardRule::TokensAMonth:
        return Words::tr("Tokens a month");
    }
    return {};
}

QString guardActName(GuardAct act)
{
    switch (act) {
    case GuardAct::Notify:
        return Words::tr("notify");
    case GuardAct::Ask:
        return Words::tr("ask");
    case GuardAct::Refuse:
        return Words::tr("refuse");
    case GuardAct::CancelRun:
        return Words::tr("cancel the run");
    case GuardAct::Rotate:
        return Words::tr("rotate");
    case GuardAct::Replace:
        return Words::tr("replace by the thread's store");
    }
    return {};
}

QString guardStateName(GuardState state)
{
    switch (state) {
    case GuardState::Told:
        return Words::tr("told");
    case GuardState::Asked:
        return Words::tr("asks");
    case GuardState::Allowed:
        return Words::tr("allowed");
    case GuardState::Acting:
        return Words::tr("being done");
    case GuardState::Acted:
        return Words::tr("done");
    case GuardState::Failed:
        return Words::tr("failed");
    case GuardState::Late:
        return Words::tr("was over");
    case GuardState::Declined:
        return Words::tr("left");
    }
    return {};
}

QString amountText(GuardRule rule, qint64 amount)
{
    switch (rule) {
    case GuardRule::TurnCap:
        return Words::tr("%n turn(s)", nullptr, int(amount));
    case GuardRule::ContextCeiling:
    case GuardRule::SessionTokens:
    case GuardRule::TokensADay:
    case GuardRule::TokensAMonth:
        return Words::tr("%1 tokens").arg(format::count(amount));
    case GuardRule::ToolSteps:
        return Words::tr("%n step(s)", nullptr, int(amount));
    case GuardRule::IdenticalCalls:
        return Words::tr("%n call(s) again", nullptr, int(amount));
    case GuardRule::Retries:
        return Words::tr("%n time(s)", nullptr, int(amount));
    case GuardRule::RequiresAction:
    case GuardRule::Cancelling:
        return Words::tr("%n minute(s)", nullptr, int(amount));
    case GuardRule::AttachedAgain:
        return Words::tr("%n message(s)", nullptr, int(amount));
    case GuardRule::MoneyADay:
    case GuardRule::MoneyAMonth:
        return format::money(Money{amount});
    case GuardRule::Models:
        break;
    }
    return {};
}

QVariant plainAmount(GuardRule rule, qint64 amount)
{
    return isMoney(rule) ? QVariant(Money{amount}.dollars()) : QVariant(amount);
}

QString limitText(GuardRule rule, const RuleLimit &limit)
{
    if (limit.none)
        return Words::tr("no limit");
    if (rule == GuardRule::Models)
        return limit.models.join(u", "_s);
    const QString amount = amountText(rule, limit.number);
    return rule == GuardRule::Retries ? Words::tr("%1, after %2 s and doubling").arg(amount).arg(limit.backOffSeconds)
                                      : amount;
}

QString crossedText(const GuardRow &row)
{
    const RuleInfo *rule = ruleOfWord(row.rule);
    if (!rule)
        return format::visible(row.rule); // of a later Bobbin
    if (rule->rule == GuardRule::Models)
        return Words::tr("%1: %2 is not among them").arg(guardRuleTitle(rule->rule), format::visible(row.name));
    const QString said =
        Words::tr("%1: %2, the limit is %3")
            .arg(guardRuleTitle(rule->rule), amountText(rule->rule, row.value), amountText(rule->rule, row.limit));
    return row.name.isEmpty() ? said : said + u" ("_s + format::visible(row.name) + u')';
}

QString originText(const RuleOrigin &origin)
{
    switch (origin.from) {
    case RuleOrigin::From::Preset:
        return Words::tr("preset %1").arg(origin.name);
    case RuleOrigin::From::Connection:
        return Words::tr("connection");
    case RuleOrigin::From::MetadataValue:
        return Words::tr("metadata %1").arg(format::visible(origin.name));
    case RuleOrigin::From::Assistant:
        return Words::tr("assistant %1").arg(format::visible(origin.name));
    }
    return {};
}

} // namespace bobbin
