// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's own figures of an organization: /organization/costs and /organization/usage/completions, by day.
#pragma once

#include "models/providers/provider.h"

namespace bobbin::assistants {

Request billedRequest(const BilledRef &ref, const QString &from);
Result<BilledPage> readBilledPage(const BilledRef &ref, const QByteArray &bytes);

} // namespace bobbin::assistants
