// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/credentials/browsersignin.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QOAuth2AuthorizationCodeFlow>
#include <QOAuthHttpServerReplyHandler>
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

// Qt 6.4's own handler only logs an answer of the token endpoint that is an error, and then waits for ever.
class ReplyHandler : public QOAuthHttpServerReplyHandler {
public:
    using QOAuthHttpServerReplyHandler::QOAuthHttpServerReplyHandler;
    std::function<void(const QString &)> refused;

    void networkReplyFinished(QNetworkReply *reply) override
    {
        if (reply->error() == QNetworkReply::NoError) {
            QOAuthHttpServerReplyHandler::networkReplyFinished(reply);
            return;
        }
        const QJsonObject said = QJsonDocument::fromJson(reply->readAll()).object();
        const QString words = said.value("error_description"_L1).toString().section(u'\n', 0, 0);
        const QString code = said.value("error"_L1).toString();
        refused(!words.isEmpty() ? words : !code.isEmpty() ? code : reply->errorString());
    }
};

QUrl endpoint(const SignInPlace &place, const QString &tenant, const QString &name)
{
    const bool whole = tenant.startsWith("https://"_L1) || tenant.startsWith("http://127.0.0.1"_L1);
    QString base = whole ? tenant : place.authority + u'/' + QString::fromLatin1(QUrl::toPercentEncoding(tenant));
    while (base.endsWith(u'/'))
        base.chop(1);
    return QUrl(base + u"/oauth2/v2.0/"_s + name);
}

} // namespace

BrowserSignIn::BrowserSignIn(const SignInPlace &place, const QString &tenant, const QString &clientId, QObject *parent)
    : QObject(parent), m_flow(new QOAuth2AuthorizationCodeFlow(this)), m_verifier(randomVerifier())
{
    m_flow->setNetworkAccessManager(new QNetworkAccessManager(this));
    m_flow->setAuthorizationUrl(endpoint(place, tenant.trimmed(), u"authorize"_s));
    m_flow->setAccessTokenUrl(endpoint(place, tenant.trimmed(), u"token"_s));
    m_flow->setClientIdentifier(clientId.trimmed());
    m_flow->setScope(place.scope);
    m_flow->setModifyParametersFunction([this](QAbstractOAuth::Stage stage, QMultiMap<QString, QVariant> *parameters) {
        if (stage == QAbstractOAuth::Stage::RequestingAuthorization) {
            const QByteArray hash = QCryptographicHash::hash(m_verifier, QCryptographicHash::Sha256);
            parameters->replace(u"redirect_uri"_s, m_redirect);
            parameters->insert(u"code_challenge"_s, hash.toBase64(base64));
            parameters->insert(u"code_challenge_method"_s, u"S256"_s);
        } else if (stage == QAbstractOAuth::Stage::RequestingAccessToken) {
            // It comes percent-encoded out of the address, and would be encoded once more.
            const QByteArray code = parameters->value(u"code"_s).toByteArray();
            parameters->replace(u"code"_s, QUrl::fromPercentEncoding(code));
            parameters->replace(u"redirect_uri"_s, m_redirect);
            parameters->insert(u"code_verifier"_s, m_verifier);
        } else if (stage == QAbstractOAuth::Stage::RefreshingAccessToken) {
            parameters->remove(u"redirect_uri"_s);
            parameters->insert(u"scope"_s, m_flow->scope());
        }
    });
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        refuse(SignInText::tr("nobody signed in within %1").arg(format::duration(m_patience.interval())));
    });
    connect(m_flow, &QAbstractOAuth::authorizeWithBrowser, this, &BrowserSignIn::browserWanted);
    connect(m_flow, &QAbstractOAuth::granted, this, [this] {
        end({m_flow->token().toUtf8(), m_flow->refreshToken().toUtf8(), std::nullopt});
    });
    connect(m_flow, &QAbstractOAuth2::error, this, [this](const QString &code, const QString &words) {
        refuse(words.isEmpty() ? code : QUrl::fromPercentEncoding(words.toUtf8()).replace(u'+', u' '));
    });
}

BrowserSignIn::~BrowserSignIn() = default;

bool BrowserSignIn::listen()
{
    auto *handler = new ReplyHandler(m_flow);
    handler->refused = [this](const QString &why) { refuse(why); };
    handler->setCallbackText(SignInText::tr("You are signed in. Close this page and go back to Bobbin."));
    m_flow->setReplyHandler(handler);
    if (!handler->isListening()) {
        refuse(SignInText::tr("no port of this computer is free for the browser's answer"));
        return false;
    }
    // The form that app registrations for desktop programs take, with any port.
    m_redirect = "http://localhost:" + QByteArray::number(handler->port()) + '/';
    return true;
}

void BrowserSignIn::begin(std::chrono::milliseconds patience)
{
    m_patience.start(patience);
    if (listen())
        m_flow->grant();
}

void BrowserSignIn::refresh(const QByteArray &refreshToken, std::chrono::milliseconds patience)
{
    m_patience.start(patience);
    m_flow->setRefreshToken(QString::fromUtf8(refreshToken));
    if (listen())
        m_flow->refreshAccessToken();
}

void BrowserSignIn::end(SignedIn result)
{
    if (std::exchange(m_ended, true))
        return;
    m_patience.stop();
    Q_EMIT ended(result);
}

void BrowserSignIn::refuse(const QString &why)
{
    SignedIn result;
    result.problem = fail(Error::Kind::Unauthorized, SignInText::tr("signing in failed: %1").arg(why)).value();
    end(result);
}

} // namespace bobbin
