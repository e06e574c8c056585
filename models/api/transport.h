// SPDX-License-Identifier: GPL-3.0-or-later
// How a connection's requests travel: whom it trusts, who it says it is, through which proxy.
#pragma once

#include "models/providers/provider.h"

#include <QNetworkProxy>
#include <QSslConfiguration>

namespace bobbin {

struct Transport {
    std::optional<QSslConfiguration> tls; // none: the usual; even an empty one loads the TLS library
    std::optional<QNetworkProxy> proxy; // none: as the system says
};

// An Input error names the file or address that cannot be used.
Result<Transport> transportOf(const Connection &connection);

// What the system's settings say, except for this computer itself.
class SystemProxy : public QNetworkProxyFactory {
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override;
};

bool isLoopback(const QString &host);

} // namespace bobbin
