// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/guardmarks.h"

#include "models/core/days.h"
#include "models/guard/policytext.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString periodOf(GuardRule rule, qint64 now)
{
    const QDate date = dateOf(now / dayMs);
    const bool byDay = rule == GuardRule::MoneyADay || rule == GuardRule::TokensADay;
    return date.toString(byDay ? u"yyyy-MM-dd"_s : u"yyyy-MM"_s);
}

} // namespace

QString guardWord(const char *text)
{
    return QString::fromLatin1(text);
}

GuardRow guardRowOf(GuardRule rule, const RuleNow &now, qint64 value, qint64 at)
{
    GuardRow row;
    row.at = at;
    row.rule = guardWord(infoOf(rule).word);
    row.act = guardWord(actWord(now.act));
    row.value = value;
    row.limit = now.limit.number;
    row.from = originText(now.actFrom);
    return row;
}

QString markOf(const BudgetUse &use, qint64 now)
{
    return guardWord(infoOf(use.rule).word) + u'/' + QString::number(int(use.budget.limitFrom.from)) +
        use.budget.limitFrom.name + u'/' + periodOf(use.rule, now);
}

bool counts(const RuleOrigin &of, const QString &assistant, const Metadata &metadata)
{
    switch (of.from) {
    case RuleOrigin::From::Assistant:
        return assistant == of.name;
    case RuleOrigin::From::MetadataValue: {
        const auto has = [&](const auto &pair) { return pair.first + u'=' + pair.second == of.name; };
        return std::any_of(metadata.constKeyValueBegin(), metadata.constKeyValueEnd(), has);
    }
    case RuleOrigin::From::Preset:
    case RuleOrigin::From::Connection:
        break;
    }
    return true;
}

} // namespace bobbin
