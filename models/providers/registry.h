// SPDX-License-Identifier: GPL-3.0-or-later
// The providers there are: one line each.
#pragma once

#include "models/providers/provider.h"

namespace bobbin {

std::vector<const Provider *> allProviders();
// An Input error where no provider has this id: a connection or archive of a newer Bobbin, or a mistyped one.
Result<const Provider *> providerById(const QString &id);

// The protocol that most servers speak, and the only one that older Bobbins knew: where nothing else is said.
QString defaultProviderId();
// Whose it is, in the words of OpenTelemetry's conventions (gen_ai.provider.name).
QString telemetryName(const Provider &provider);
const Provider &likeliestProvider(const QString &baseUrl); // by its looks alone; a probe tells for sure

} // namespace bobbin
