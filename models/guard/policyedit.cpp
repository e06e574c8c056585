// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/guard/policyedit.h"

#include <algorithm>

namespace bobbin {

namespace {

template <class Layers> auto findLayer(Layers &layers, const LayerName &name)
{
    return std::ranges::find_if(
        layers, [&](const MetadataLayer &layer) { return layer.key == name.key && layer.value == name.value; });
}

} // namespace

PolicyLayer layerOf(const GuardPolicy &policy, const LayerName &name)
{
    switch (name.from) {
    case RuleOrigin::From::Connection:
        return policy.connection;
    case RuleOrigin::From::MetadataValue:
        if (const auto found = findLayer(policy.metadata, name); found != policy.metadata.end())
            return found->layer;
        break;
    case RuleOrigin::From::Assistant:
        if (const auto found = policy.assistants.find(name.key); found != policy.assistants.end())
            return found->second;
        break;
    case RuleOrigin::From::Preset:
        break;
    }
    return {};
}

void setLayer(GuardPolicy &policy, const LayerName &name, const PolicyLayer &layer)
{
    switch (name.from) {
    case RuleOrigin::From::Connection:
        policy.connection = layer;
        break;
    case RuleOrigin::From::MetadataValue:
        if (const auto found = findLayer(policy.metadata, name); found == policy.metadata.end())
            policy.metadata.push_back({name.key, name.value, layer});
        else
            found->layer = layer;
        break;
    case RuleOrigin::From::Assistant:
        if (layer == PolicyLayer())
            policy.assistants.erase(name.key);
        else
            policy.assistants[name.key] = layer;
        break;
    case RuleOrigin::From::Preset:
        break;
    }
}

GuardPolicy withoutSilentLayers(GuardPolicy policy)
{
    std::erase_if(policy.metadata, [](const MetadataLayer &layer) { return layer.layer == PolicyLayer(); });
    std::erase_if(policy.assistants, [](const auto &layer) { return layer.second == PolicyLayer(); });
    return policy;
}

std::vector<LayerName> layersOf(const GuardPolicy &policy)
{
    std::vector<LayerName> names{{RuleOrigin::From::Connection, {}, {}}};
    for (const MetadataLayer &layer : policy.metadata)
        names.push_back({RuleOrigin::From::MetadataValue, layer.key, layer.value});
    for (const auto &[id, layer] : policy.assistants)
        names.push_back({RuleOrigin::From::Assistant, id, {}});
    return names;
}

PolicyNow policyIn(const GuardPolicy &policy, const LayerName &name)
{
    Metadata metadata;
    if (name.from == RuleOrigin::From::MetadataValue)
        metadata.insert(name.key, name.value);
    return policyFor(policy, name.from == RuleOrigin::From::Assistant ? name.key : QString(), metadata);
}

GuardPolicy withMeasures(GuardPolicy policy, const LayerName &name, const Measures &measures)
{
    PolicyLayer layer = layerOf(policy, name);
    const PolicyNow held = policyIn(policy, name);
    // What somebody has said is not loosened.
    const auto isSaid = [&](GuardRule rule) {
        const RuleNow &now = held[std::size_t(rule)];
        return now.limitFrom.from != RuleOrigin::From::Preset && !now.limit.none;
    };
    const auto upTo = [&](GuardRule rule, const std::optional<qint64> &most) {
        if (!most)
            return;
        RuleLimit limit = held[std::size_t(rule)].limit;
        const qint64 number = std::clamp(*most, infoOf(rule).least, infoOf(rule).most);
        limit.number = isSaid(rule) ? std::min(limit.number, number) : number;
        limit.none = false;
        layer[std::size_t(rule)].limit = limit;
    };
    upTo(GuardRule::TurnCap, measures.turnCap);
    upTo(GuardRule::ContextCeiling, measures.contextCeiling);
    upTo(GuardRule::ToolSteps, measures.toolSteps);
    upTo(GuardRule::Retries, measures.retries);
    if (measures.attachOnce)
        upTo(GuardRule::AttachedAgain, 1);
    if (!measures.model.isEmpty() && !isSaid(GuardRule::Models)) {
        RuleLimit limit;
        limit.models = {measures.model};
        layer[std::size_t(GuardRule::Models)].limit = limit;
    }
    setLayer(policy, name, layer);
    return policy;
}

GuardPolicy onlyTelling(GuardPolicy policy)
{
    const auto hush = [](PolicyLayer &layer) {
        for (RuleSaid &said : layer)
            if (said.act)
                said.act = GuardAct::Notify;
    };
    hush(policy.connection);
    for (MetadataLayer &one : policy.metadata)
        hush(one.layer);
    for (auto &[id, layer] : policy.assistants)
        hush(layer);
    return policy;
}

} // namespace bobbin
