// SPDX-License-Identifier: GPL-3.0-or-later
// Where a connection's requests go, as the line wants it: the connection's own certificates and proxy, or the system's.
#pragma once

#include "models/gateway/httpline.h"
#include "models/providers/provider.h"

namespace bobbin {

// NotSupported where its proxy is none that makes tunnels (SOCKS).
Result<Upstream> upstreamOf(const Connection &connection);
// The names of header fields that callers may send a key in.
std::vector<QByteArray> keyFieldsOf(const Provider &provider);

} // namespace bobbin
