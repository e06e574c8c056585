// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/credentials/browsersignin.h"

#include "models/api/transport.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QOAuth2AuthorizationCodeFlow>
#include <QOAuthHttpServerReplyHandler>
#include <QOAuthOobReplyHandler>
#include <QRandomGenerator>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct SignInText {
    Q_DECLARE_TR_FUNCTIONS(BrowserSignIn)
};

constexpr auto base64 = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

QByteArray randomVerifier()
{
    QByteArray bytes(32, Qt::Uninitialized);
    QRandomGenerator::system()->generate(bytes.begin(), bytes.end());
    return bytes.toBase64(base64);
}

using Refused = std::function<void(Error::Kind, const QString &)>;

// Qt 6.4's own handlers only log an answer of the token endpoint that is an error, and then wait for ever.
template <class Handler> class Telling : public Handler {
public:
    using Handler::Handler;
    Refused refused;

    void networkReplyFinished(QNetworkReply *reply) override
    {
        if (reply->error() == QNetworkReply::NoError) {
            Handler::networkReplyFinished(reply);
            return;
        }
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QJsonObject said = QJsonDocument::fromJson(reply->readAll()).object();
        const QString words = said.value("error_description"_L1).toString().section(u'\n', 0, 0);
        const QString code = said.value("error"_L1).toString();
        const bool passes = status == 0 || status == 429 || status >= 500;
        refused(passes ? Error::Kind::Network : Error::Kind::Unauthorized,
                !words.isEmpty()      ? words
                    : !code.isEmpty() ? code
                                      : reply->errorString());
    }
};

// The identity provider is reached as the connection's own server is, but not with its client certificate.
class Web : public QNetworkAccessManager {
public:
    Web(const Connection &connection, QObject *parent) : QNetworkAccessManager(parent)
    {
        Connection way = connection;
        way.certificateFile.clear();
        way.certificateKeyFile.clear();
        const Result<Transport> transport = transportOf(way); // checked when it was saved
        if (transport && transport->proxy)
            setProxy(*transport->proxy);
        else
            setProxyFactory(new SystemProxy);
        if (transport)
            m_tls = transport->tls;
    }

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &original, QIODevice *body) override
    {
        QNetworkRequest request = original;
        if (m_tls)
            request.setSslConfiguration(*m_tls);
        return QNetworkAccessManager::createRequest(operation, request, body);
    }

private:
    std::optional<QSslConfiguration> m_tls;
};

// A tenant may be an address of its own, as sovereign clouds have; plain http to this computer only.
QUrl endpoint(const SignInPlace &place, const QString &tenant, const QString &name)
{
    const QUrl own(tenant, QUrl::StrictMode);
    const bool whole =
        own.isValid() && (own.scheme() == "https"_L1 || (own.scheme() == "http"_L1 && isLoopback(own.host())));
    QString base = whole ? tenant : place.authority + u'/' + QString::fromLatin1(QUrl::toPercentEncoding(tenant));
    while (base.endsWith(u'/'))
        base.chop(1);
    return QUrl(base + u"/oauth2/v2.0/"_s + name);
}

} // namespace

BrowserSignIn::BrowserSignIn(const SignInPlace &place, const Connection &connection, QObject *parent)
    : QObject(parent), m_flow(new QOAuth2AuthorizationCodeFlow(this)), m_verifier(randomVerifier())
{
    const QString tenant = connection.tenant.trimmed();
    m_flow->setNetworkAccessManager(new Web(connection, this));
    m_flow->setAuthorizationUrl(endpoint(place, tenant, u"authorize"_s));
    m_flow->setAccessTokenUrl(endpoint(place, tenant, u"token"_s));
    m_flow->setClientIdentifier(connection.clientId.trimmed());
    m_flow->setScope(place.scope);
    m_flow->setModifyParametersFunction([this](QAbstractOAuth::Stage stage, QMultiMap<QString, QVariant> *parameters) {
        if (stage == QAbstractOAuth::Stage::RequestingAuthorization) {
            // Later versions of Qt know PKCE themselves: theirs is replaced.
            const QByteArray hash = QCryptographicHash::hash(m_verifier, QCryptographicHash::Sha256);
            parameters->replace(u"redirect_uri"_s, m_redirect);
            parameters->replace(u"code_challenge"_s, hash.toBase64(base64));
            parameters->replace(u"code_challenge_method"_s, u"S256"_s);
        } else if (stage == QAbstractOAuth::Stage::RequestingAccessToken) {
            // It comes percent-encoded out of the address, and would be encoded once more.
            const QByteArray code = parameters->value(u"code"_s).toByteArray();
            parameters->replace(u"code"_s, QUrl::fromPercentEncoding(code));
            parameters->replace(u"redirect_uri"_s, m_redirect);
            parameters->replace(u"code_verifier"_s, m_verifier);
        } else if (stage == QAbstractOAuth::Stage::RefreshingAccessToken) {
            parameters->remove(u"redirect_uri"_s);
            parameters->replace(u"scope"_s, m_flow->scope());
        }
    });
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        const QString time = format::duration(m_patience.interval());
        if (m_silent)
            refuse(Error::Kind::Timeout, SignInText::tr("the identity provider did not answer within %1").arg(time));
        else
            refuse(Error::Kind::Unauthorized, SignInText::tr("nobody signed in within %1").arg(time));
    });
    connect(m_flow, &QAbstractOAuth::authorizeWithBrowser, this, &BrowserSignIn::browserWanted);
    connect(m_flow, &QAbstractOAuth::granted, this, [this] {
        end({m_flow->token().toUtf8(), m_flow->refreshToken().toUtf8(), std::nullopt});
    });
    connect(m_flow, &QAbstractOAuth2::error, this, [this](const QString &code, const QString &words) {
        refuse(Error::Kind::Unauthorized,
               words.isEmpty() ? code : QUrl::fromPercentEncoding(words.toUtf8()).replace(u'+', u' '));
    });
}

BrowserSignIn::~BrowserSignIn() = default;

void BrowserSignIn::begin(std::chrono::milliseconds patience)
{
    m_patience.start(patience);
    auto *handler = new Telling<QOAuthHttpServerReplyHandler>(QHostAddress::LocalHost, quint16(0), m_flow);
    handler->refused = [this](Error::Kind kind, const QString &why) { refuse(kind, why); };
    handler->setCallbackText(SignInText::tr("You are signed in. Close this page and go back to Bobbin."));
    m_flow->setReplyHandler(handler);
    if (!handler->isListening()) {
        refuse(Error::Kind::Unauthorized, SignInText::tr("no port of this computer is free for the browser's answer"));
        return;
    }
    // The form that app registrations for desktop programs take, with any port.
    m_redirect = "http://localhost:" + QByteArray::number(handler->port()) + '/';
    m_flow->grant();
}

void BrowserSignIn::refresh(const QByteArray &refreshToken, std::chrono::milliseconds patience)
{
    m_silent = true;
    m_patience.start(patience);
    auto *handler = new Telling<QOAuthOobReplyHandler>(m_flow);
    handler->refused = [this](Error::Kind kind, const QString &why) { refuse(kind, why); };
    m_flow->setReplyHandler(handler);
    m_flow->setRefreshToken(QString::fromUtf8(refreshToken));
    m_flow->refreshAccessToken();
}

void BrowserSignIn::end(SignedIn result)
{
    if (std::exchange(m_ended, true))
        return;
    m_patience.stop();
    Q_EMIT ended(result);
}

void BrowserSignIn::refuse(Error::Kind kind, const QString &why)
{
    SignedIn result;
    result.problem = fail(kind, SignInText::tr("signing in failed: %1").arg(why)).value();
    end(result);
}

} // namespace bobbin
