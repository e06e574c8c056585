// SPDX-License-Identifier: GPL-3.0-or-later
// A connection is tried before it is kept: is this a server of its provider, and does it take the key?
#pragma once

#include "models/api/apiclient.h"

namespace bobbin {

QCoro::Task<Done> testConnection(std::shared_ptr<ApiClient> client, Cancel cancel);

} // namespace bobbin
