// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/refusal.h"

#include "models/core/jsontext.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct RefusalText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

LineAnswer answer(int status, const QString &message, const QString &type, const QString &code)
{
    LineAnswer out;
    out.status = status;
    out.body = compactBytes(
        {{u"error"_s,
          QJsonObject{{u"message"_s, message}, {u"type"_s, type}, {u"param"_s, QJsonValue()}, {u"code"_s, code}}}});
    return out;
}

// As the protocol has them: a budget is a quota, a model that may not be used is forbidden, the rest is a bad request.
int statusOf(GuardRule rule)
{
    return isBudget(rule) ? 429 : rule == GuardRule::Models ? 403 : 400;
}

} // namespace

LineAnswer refusalOf(const GuardRow &row)
{
    const RuleInfo *info = ruleOfWord(row.rule);
    const GuardRule rule = info ? info->rule : GuardRule::TurnCap;
    const QString title = guardRuleTitle(rule);
    QString message;
    if (rule == GuardRule::Models)
        message = RefusalText::tr("Bobbin's policy does not allow the model %1 (%2).").arg(row.name, row.from);
    else if (isBudget(rule))
        message = RefusalText::tr("Bobbin's policy refuses it: %1 used up, %2 of %3 (%4).")
                      .arg(title, amountText(rule, row.value), amountText(rule, row.limit), row.from);
    else if (rule == GuardRule::ToolSteps || rule == GuardRule::IdenticalCalls)
        message = RefusalText::tr("Bobbin's policy cancels this run: %1, %2 where %3 are allowed (%4).")
                      .arg(title, amountText(rule, row.value), amountText(rule, row.limit), row.from);
    else
        message = RefusalText::tr("Bobbin's policy refuses it: %1, this would be %2 where %3 are allowed (%4).")
                      .arg(title, amountText(rule, row.value), amountText(rule, row.limit), row.from);
    LineAnswer out =
        answer(statusOf(rule), message, isBudget(rule) ? u"insufficient_quota"_s : u"invalid_request_error"_s,
               isBudget(rule) ? u"insufficient_quota"_s : row.rule);
    out.fields = {{ruleField, row.rule.toLatin1()}, {"x-should-retry", "false"}};
    return out;
}

LineAnswer lineRefusal(int status, const QString &message, const QByteArray &code)
{
    LineAnswer out = answer(status, message, u"bobbin_gateway"_s, QString::fromLatin1(code));
    if (status < 500)
        out.fields = {{"x-should-retry", "false"}};
    return out;
}

} // namespace bobbin
