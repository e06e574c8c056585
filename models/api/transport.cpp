// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/transport.h"

#include <QCoreApplication>
#include <QFile>
#include <QHostAddress>
#include <QSslCertificate>
#include <QSslKey>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct TransportText {
    Q_DECLARE_TR_FUNCTIONS(Transport)
};

Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Input, TransportText::tr("This file cannot be read: %1.").arg(file.errorString()),
                    path);
    return file.readAll();
}

Result<QList<QSslCertificate>> certificatesIn(const QString &path)
{
    const Result<QByteArray> pem = contentOf(path);
    if (!pem)
        return fail(pem.error());
    QList<QSslCertificate> found = QSslCertificate::fromData(*pem, QSsl::Pem);
    if (found.isEmpty())
        return fail(Error::Kind::Input, TransportText::tr("This file holds no certificate in PEM form."), path);
    return found;
}

Result<QSslKey> keyIn(const QString &path)
{
    const Result<QByteArray> pem = contentOf(path);
    if (!pem)
        return fail(pem.error());
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Rsa, QSsl::Ec})
        if (QSslKey key(*pem, algorithm); !key.isNull())
            return key;
    return fail(Error::Kind::Input,
                TransportText::tr("This file holds no private key in PEM form that opens without a pass phrase."),
                path);
}

Result<QNetworkProxy> proxyAt(const QString &address)
{
    if (address == "none"_L1)
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(address, QUrl::StrictMode);
    const bool http = url.scheme() == "http"_L1;
    const bool socks = url.scheme() == "socks5"_L1;
    if (!url.isValid() || url.host().isEmpty() || (!http && !socks))
        return fail(Error::Kind::Input,
                    TransportText::tr("A proxy must look like http://host:3128 or socks5://host:1080."), u"proxy"_s);
    if (!url.userInfo().isEmpty())
        return fail(Error::Kind::Input,
                    TransportText::tr("A proxy's password cannot be kept here; use a proxy that knows this computer."),
                    u"proxy"_s);
    return QNetworkProxy(http ? QNetworkProxy::HttpProxy : QNetworkProxy::Socks5Proxy, url.host(),
                         quint16(url.port(http ? 3128 : 1080)));
}

} // namespace

bool isLoopback(const QString &host)
{
    return host == "localhost"_L1 || host.endsWith(".localhost"_L1) || QHostAddress(host).isLoopback();
}

Result<Transport> transportOf(const Connection &connection)
{
    Transport transport;
    if (!connection.proxy.isEmpty()) {
        const Result<QNetworkProxy> proxy = proxyAt(connection.proxy);
        if (!proxy)
            return fail(proxy.error());
        transport.proxy = *proxy;
    }
    if (connection.caFile.isEmpty() && connection.certificateFile.isEmpty() && connection.certificateKeyFile.isEmpty())
        return transport;
    transport.tls = QSslConfiguration::defaultConfiguration();
    if (!connection.caFile.isEmpty()) {
        const auto trusted = certificatesIn(connection.caFile);
        if (!trusted)
            return fail(trusted.error());
        transport.tls->addCaCertificates(*trusted);
    }
    if (connection.certificateFile.isEmpty() != connection.certificateKeyFile.isEmpty())
        return fail(Error::Kind::Input,
                    TransportText::tr("A client certificate needs its private key, and the reverse."),
                    u"client certificate"_s);
    if (!connection.certificateFile.isEmpty()) {
        const auto own = certificatesIn(connection.certificateFile);
        if (!own)
            return fail(own.error());
        const auto key = keyIn(connection.certificateKeyFile);
        if (!key)
            return fail(key.error());
        transport.tls->setLocalCertificateChain(*own);
        transport.tls->setPrivateKey(*key);
    }
    return transport;
}

QList<QNetworkProxy> SystemProxy::queryProxy(const QNetworkProxyQuery &query)
{
    if (isLoopback(query.peerHostName()))
        return {QNetworkProxy(QNetworkProxy::NoProxy)};
    return systemProxyForQuery(query);
}

} // namespace bobbin
