// SPDX-License-Identifier: GPL-3.0-or-later
// A policy layer by layer, for whoever changes it.
#pragma once

#include "models/guard/policy.h"
#include "models/whatif/measures.h"

namespace bobbin {

struct LayerName {
    RuleOrigin::From from = RuleOrigin::From::Connection; // there is no layer of a preset
    QString key, value; // of the metadata; of an assistant its id, and nothing
    bool operator==(const LayerName &) const = default;
};

[[nodiscard]] PolicyLayer layerOf(const GuardPolicy &policy, const LayerName &name); // empty where it says nothing
// A metadata layer that says nothing keeps its place: of several that are about a thread, the last one holds.
void setLayer(GuardPolicy &policy, const LayerName &name, const PolicyLayer &layer);
[[nodiscard]] GuardPolicy withoutSilentLayers(GuardPolicy policy); // the same, said briefly
[[nodiscard]] std::vector<LayerName> layersOf(const GuardPolicy &policy); // in their order; the connection always
[[nodiscard]] PolicyNow policyIn(const GuardPolicy &policy, const LayerName &name); // what holds there
// With the limits of measures that a person keeps to, as far as they are rules; what happens beyond stays as it is.
[[nodiscard]] GuardPolicy withMeasures(GuardPolicy policy, const LayerName &name, const Measures &measures);
[[nodiscard]] GuardPolicy onlyTelling(GuardPolicy policy); // the same limits, and nothing is done

} // namespace bobbin
