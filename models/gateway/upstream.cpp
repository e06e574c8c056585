// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/upstream.h"

#include "models/api/apiclient.h"
#include "models/api/transport.h"

#include <QCoreApplication>
#include <QSslCertificate>
#include <QSslKey>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct UpstreamText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

QByteArray pemOf(const QList<QSslCertificate> &certificates)
{
    QByteArray pem;
    for (const QSslCertificate &one : certificates)
        pem += one.toPem();
    return pem;
}

} // namespace

Result<Upstream> upstreamOf(const Connection &connection)
{
    const Result<QUrl> url = checkBaseUrl(connection.baseUrl);
    const Result<Transport> transport = transportOf(connection);
    if (!url || !transport)
        return fail(!url ? url.error() : transport.error());
    Upstream to;
    to.host = url->host(QUrl::FullyEncoded).toLatin1();
    to.tls = url->scheme() == "https"_L1;
    to.port = quint16(url->port(to.tls ? 443 : 80));
    if (to.tls) {
        to.trusted =
            pemOf(transport->tls ? transport->tls->caCertificates() : QSslConfiguration::systemCaCertificates());
        if (transport->tls) {
            to.certificate = pemOf(transport->tls->localCertificateChain());
            to.certificateKey = transport->tls->privateKey().toPem();
        }
    }
    const QList<QNetworkProxy> proxies =
        transport->proxy ? QList{*transport->proxy} : SystemProxy().queryProxy(QNetworkProxyQuery(*url));
    const auto usable = std::ranges::find_if(proxies, [](const QNetworkProxy &proxy) {
        return proxy.type() == QNetworkProxy::NoProxy || proxy.type() == QNetworkProxy::HttpProxy;
    });
    if (usable == proxies.end() && !proxies.isEmpty())
        return fail(
            Error::Kind::NotSupported,
            UpstreamText::tr("The gateway can go through an HTTP proxy, and through none; not through this one."),
            proxies.first().hostName());
    if (usable != proxies.end() && usable->type() == QNetworkProxy::HttpProxy) {
        if (!usable->user().isEmpty())
            return fail(Error::Kind::NotSupported, UpstreamText::tr("The gateway cannot tell a proxy a password."),
                        usable->hostName());
        to.proxyHost = usable->hostName().toLatin1();
        to.proxyPort = usable->port();
    }
    return to;
}

std::vector<QByteArray> keyFieldsOf(const Provider &provider)
{
    std::vector<QByteArray> names;
    for (const KeyForm &form : provider.keyForms())
        if (std::ranges::find(names, form.header) == names.end())
            names.push_back(form.header);
    return names;
}

} // namespace bobbin
