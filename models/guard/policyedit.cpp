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
