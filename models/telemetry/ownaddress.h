// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of the person's own that something is sent to: https, or http to this computer; nowhere else from there.
#pragma once

#include "models/core/error.h"

#include <QNetworkAccessManager>
#include <QUrl>

namespace bobbin {

Result<QUrl> ownAddress(const QString &url); // an Input error says what is wrong with it
void keepTo(QNetworkAccessManager &network, const QUrl &address); // without redirects, and without a proxy to itself

} // namespace bobbin
