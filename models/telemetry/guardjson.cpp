// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/guardjson.h"

#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"
#include "models/store/journal.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QJsonObject guardJson(const GuardRow &row)
{
    const RuleInfo *rule = ruleOfWord(row.rule);
    QJsonObject json{{u"number"_s, row.key},
                     {u"rule"_s, row.rule},
                     {u"act"_s, row.act},
                     {u"state"_s, guardStateWord(row.state)},
                     {u"seen"_s, format::isoTime(row.at)},
                     {u"from"_s, row.from}};
    if (rule && rule->rule != GuardRule::Models) {
        json[u"value"_s] = QJsonValue::fromVariant(plainAmount(rule->rule, row.value));
        json[u"limit"_s] = QJsonValue::fromVariant(plainAmount(rule->rule, row.limit));
    }
    for (const auto &[key, text] : {std::pair(u"thread"_s, row.thread), std::pair(u"run"_s, row.run),
                                    std::pair(u"name"_s, row.name), std::pair(u"note"_s, row.note)})
        if (!text.isEmpty())
            json[key] = text;
    if (row.operation != 0)
        json[u"operation"_s] = row.operation;
    return json;
}

QJsonObject summaryJson(const GuardSummary &summary)
{
    const bool known = summary.cost.pricedRuns > 0 || summary.cost.unknownRuns == 0;
    return {{u"since"_s, format::isoTime(summary.since)},
            {u"threads"_s, summary.threads},
            {u"turns"_s, summary.turns},
            {u"runs"_s, summary.runs},
            {u"cancelledRuns"_s, summary.cancelledRuns},
            {u"failedRuns"_s, summary.failedRuns},
            {u"tokens"_s, summary.tokens},
            {u"costUsd"_s, known ? QJsonValue(summary.cost.known.dollars()) : QJsonValue()},
            {u"unknownRuns"_s, summary.cost.unknownRuns},
            {u"stores"_s, summary.stores},
            {u"guard"_s,
             QJsonObject{{u"told"_s, summary.told},
                         {u"asking"_s, summary.asking},
                         {u"cancelled"_s, summary.cancelled},
                         {u"refused"_s, summary.refused},
                         {u"rotated"_s, summary.rotated},
                         {u"replaced"_s, summary.replaced},
                         {u"failed"_s, summary.failed}}},
            {u"notSpentUsd"_s, summary.notSpent.dollars()},
            {u"refusalsOfUnknownCost"_s, summary.notSpentUnknown}};
}

} // namespace bobbin
