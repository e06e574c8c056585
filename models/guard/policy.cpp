// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policy.h"

#include "models/core/money.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 millions = 1'000'000;
constexpr qint64 mostMoney = 1'000'000 * Money::perDollar;

const std::array<RuleInfo, guardRuleCount> &table()
{
    using enum GuardAct;
    static const std::array<RuleInfo, guardRuleCount> all{{
        {GuardRule::TurnCap, "turn-cap", 1, 100'000, {Notify, Ask, Refuse, CancelRun, Rotate}},
        {GuardRule::ContextCeiling, "context-ceiling", 100, 100 * millions, {Notify, Ask, Refuse, CancelRun, Rotate}},
        {GuardRule::ToolSteps, "tool-steps", 0, 100'000, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::IdenticalCalls, "identical-calls", 0, 100'000, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::Retries, "retries", 0, 1'000, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::SessionTokens,
         "session-tokens",
         100,
         1'000'000 * millions,
         {Notify, Ask, Refuse, CancelRun, Rotate}},
        {GuardRule::RequiresAction, "requires-action-minutes", 1, 100'000, {Notify, Ask, CancelRun}},
        {GuardRule::Cancelling, "cancelling-minutes", 1, 100'000, {Notify}},
        {GuardRule::AttachedAgain, "attached-again", 1, 100'000, {Notify, Ask, Refuse, Replace}},
        {GuardRule::Models, "models", 0, 0, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::MoneyADay, "money-a-day", 0, mostMoney, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::MoneyAMonth, "money-a-month", 0, mostMoney, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::TokensADay, "tokens-a-day", 0, 1'000'000 * millions, {Notify, Ask, Refuse, CancelRun}},
        {GuardRule::TokensAMonth, "tokens-a-month", 0, 1'000'000 * millions, {Notify, Ask, Refuse, CancelRun}},
    }};
    return all;
}

RuleLimit usualLimit(GuardRule rule, const PolicyPreset &preset)
{
    const auto upTo = [](qint64 number) {
        RuleLimit limit;
        limit.number = number;
        return limit;
    };
    switch (rule) {
    case GuardRule::TurnCap:
        return upTo(30);
    case GuardRule::ContextCeiling:
        return upTo(40'000);
    case GuardRule::ToolSteps:
        return upTo(preset.toolSteps);
    case GuardRule::IdenticalCalls:
    case GuardRule::AttachedAgain:
        return upTo(1);
    case GuardRule::Retries:
        return upTo(3);
    case GuardRule::SessionTokens:
        return upTo(500'000);
    case GuardRule::RequiresAction:
    case GuardRule::Cancelling:
        return upTo(10);
    case GuardRule::Models:
    case GuardRule::MoneyADay:
    case GuardRule::MoneyAMonth:
    case GuardRule::TokensADay:
    case GuardRule::TokensAMonth:
        break;
    }
    RuleLimit none;
    none.none = true;
    return none;
}

RuleOrigin originOf(const MetadataLayer &layer)
{
    return {RuleOrigin::From::MetadataValue, layer.key + u'=' + layer.value};
}

std::optional<RuleNow> budgetOf(const PolicyLayer &layer, GuardRule rule, const RuleOrigin &origin)
{
    const RuleSaid &said = layer[std::size_t(rule)];
    if (!said.limit || said.limit->none)
        return std::nullopt;
    return RuleNow{*said.limit, said.act.value_or(GuardAct::Notify), origin, origin};
}

void put(PolicyNow &now, const PolicyLayer &layer, const RuleOrigin &origin)
{
    for (std::size_t i = 0; i < guardRuleCount; ++i) {
        if (isBudget(GuardRule(i))) {
            if (const auto budget = budgetOf(layer, GuardRule(i), origin))
                now[i] = *budget;
            continue;
        }
        if (layer[i].limit) {
            now[i].limit = *layer[i].limit;
            now[i].limitFrom = origin;
        }
        if (layer[i].act) {
            now[i].act = *layer[i].act;
            now[i].actFrom = origin;
        }
    }
}

const PolicyPreset &presetOf(const GuardPolicy &policy)
{
    const std::span presets = policyPresets();
    const auto named = std::ranges::find_if(
        presets, [&](const PolicyPreset &preset) { return policy.preset == QLatin1StringView(preset.name); });
    return named == presets.end() ? presets.front() : *named;
}

// From the widest to the narrowest: `visit(layer, origin)`.
template <class F>
void eachLayer(const GuardPolicy &policy, const QString &assistant, const Metadata &metadata, F visit)
{
    visit(policy.connection, RuleOrigin{RuleOrigin::From::Connection, {}});
    for (const MetadataLayer &one : policy.metadata)
        if (const auto said = metadata.constFind(one.key); said != metadata.cend() && *said == one.value)
            visit(one.layer, originOf(one));
    if (const auto own = policy.assistants.find(assistant); own != policy.assistants.end())
        visit(own->second, RuleOrigin{RuleOrigin::From::Assistant, assistant});
}

} // namespace

std::span<const RuleInfo> guardRules()
{
    return table();
}

const RuleInfo &infoOf(GuardRule rule)
{
    return table()[std::size_t(rule)];
}

const char *actWord(GuardAct act)
{
    static constexpr std::array words{"notify", "ask", "refuse", "cancel", "rotate", "replace"};
    return words[std::size_t(act)];
}

std::span<const PolicyPreset> policyPresets()
{
    static constexpr std::array all{PolicyPreset{"general", 5}, PolicyPreset{"support", 3},
                                    PolicyPreset{"research", 8}};
    return all;
}

PolicyNow policyFor(const GuardPolicy &policy, const QString &assistant, const Metadata &metadata)
{
    const PolicyPreset &preset = presetOf(policy);
    const RuleOrigin usual{RuleOrigin::From::Preset, QString::fromLatin1(preset.name)};
    PolicyNow now;
    for (std::size_t i = 0; i < guardRuleCount; ++i)
        now[i] = {usualLimit(GuardRule(i), preset), GuardAct::Notify, usual, usual};
    eachLayer(policy, assistant, metadata,
              [&](const PolicyLayer &layer, const RuleOrigin &origin) { put(now, layer, origin); });
    return now;
}

bool isBudget(GuardRule rule)
{
    return rule >= GuardRule::MoneyADay;
}

bool isMoney(GuardRule rule)
{
    return rule == GuardRule::MoneyADay || rule == GuardRule::MoneyAMonth;
}

std::vector<RuleNow> budgetsFor(const GuardPolicy &policy, GuardRule rule, const QString &assistant,
                                const Metadata &metadata)
{
    std::vector<RuleNow> budgets;
    eachLayer(policy, assistant, metadata, [&](const PolicyLayer &layer, const RuleOrigin &origin) {
        if (const auto budget = budgetOf(layer, rule, origin))
            budgets.push_back(*budget);
    });
    return budgets;
}

std::vector<PolicyBudget> allBudgets(const GuardPolicy &policy)
{
    std::vector<PolicyBudget> all;
    const auto add = [&](const PolicyLayer &layer, const RuleOrigin &origin, const QString &id, const QString &value) {
        for (const RuleInfo &info : guardRules())
            if (isBudget(info.rule))
                if (const auto budget = budgetOf(layer, info.rule, origin))
                    all.push_back({info.rule, *budget, id, value});
    };
    add(policy.connection, {RuleOrigin::From::Connection, {}}, {}, {});
    for (const MetadataLayer &one : policy.metadata)
        add(one.layer, originOf(one), one.key, one.value);
    for (const auto &[assistant, layer] : policy.assistants)
        add(layer, {RuleOrigin::From::Assistant, assistant}, assistant, {});
    return all;
}

} // namespace bobbin
