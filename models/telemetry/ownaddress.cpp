// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/ownaddress.h"

#include "models/api/transport.h"

#include <QCoreApplication>
#include <QNetworkProxy>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Telemetry)
};

constexpr int patienceMs = 15'000;

} // namespace

Result<QUrl> ownAddress(const QString &url)
{
    QUrl place(url, QUrl::StrictMode);
    const bool plain = place.scheme() == "http"_L1;
    if (!place.isValid() || place.host().isEmpty() || (!plain && place.scheme() != "https"_L1))
        return fail(Error::Kind::Input, Words::tr("the address begins with https:// (or http:// on this computer)"),
                    url);
    if (plain && !isLoopback(place.host()))
        return fail(Error::Kind::Input, Words::tr("plain http is for this computer only: use https"), place.host());
    if (!place.userInfo().isEmpty())
        return fail(Error::Kind::Input, Words::tr("a user or a password does not belong into the address"),
                    place.host());
    return place;
}

void keepTo(QNetworkAccessManager &network, const QUrl &address)
{
    network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    network.setTransferTimeout(patienceMs);
    if (isLoopback(address.host()))
        network.setProxy(QNetworkProxy::NoProxy);
}

} // namespace bobbin
