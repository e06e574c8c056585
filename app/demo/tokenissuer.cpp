// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/tokenissuer.h"

#include "app/demo/state.h"

#include <QCryptographicHash>
#include <QUrl>

namespace bobbin::demo {

using namespace Qt::Literals::StringLiterals;

namespace {

QString randomWord()
{
    QByteArray bytes(24, Qt::Uninitialized);
    QRandomGenerator::system()->generate(bytes.begin(), bytes.end());
    return QString::fromLatin1(bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals));
}

HttpAnswer refuse(const QString &code, const QString &words)
{
    HttpAnswer answer;
    answer.status = 400;
    answer.body = compact(QJsonObject{{u"error"_s, code}, {u"error_description"_s, words}});
    return answer;
}

} // namespace

QByteArray TokenIssuer::issue()
{
    const QByteArray token = "demo." + randomWord().toLatin1();
    m_tokens.insert(token, seconds > 0 ? QDateTime::currentMSecsSinceEpoch() + qint64(seconds) * 1'000 : 0);
    return token;
}

bool TokenIssuer::isGood(const QByteArray &token) const
{
    const auto known = m_tokens.constFind(token);
    return known != m_tokens.cend() && (*known == 0 || QDateTime::currentMSecsSinceEpoch() < *known);
}

std::optional<HttpAnswer> TokenIssuer::answer(const HttpRequest &request)
{
    const QStringList &path = request.segments;
    if (path.size() != 4 || path[1] != "oauth2"_L1 || path[2] != "v2.0"_L1)
        return std::nullopt;
    if (path[3] == "authorize"_L1 && request.method == "GET")
        return authorize(request.query);
    if (path[3] == "token"_L1 && request.method == "POST")
        return token(QUrlQuery(QString::fromUtf8(request.body).replace(u'+', u"%20"_s)));
    return std::nullopt;
}

HttpAnswer TokenIssuer::authorize(const QUrlQuery &query)
{
    const auto said = [&](const QString &name) { return query.queryItemValue(name, QUrl::FullyDecoded); };
    const QUrl redirect(said(u"redirect_uri"_s));
    const bool here = redirect.host() == "localhost"_L1 || redirect.host() == "127.0.0.1"_L1;
    if (said(u"response_type"_s) != "code"_L1 || said(u"client_id"_s).isEmpty() || !here)
        return refuse(u"invalid_request"_s, u"AADSTS900144: response_type, client_id and a local redirect_uri."_s);
    if (said(u"code_challenge"_s).isEmpty() || said(u"code_challenge_method"_s) != "S256"_L1)
        return refuse(u"invalid_request"_s, u"AADSTS9002325: PKCE with S256 is required."_s);
    const QString code = u"0."_s + randomWord() + u"~&="_s; // whoever gets it must decode it, once
    m_codes.insert(code, {said(u"code_challenge"_s), redirect.toString(), said(u"client_id"_s)});
    QUrlQuery back;
    back.addQueryItem(u"code"_s, QString::fromLatin1(QUrl::toPercentEncoding(code)));
    back.addQueryItem(u"state"_s, QString::fromLatin1(QUrl::toPercentEncoding(said(u"state"_s))));
    HttpAnswer answer;
    answer.status = 302;
    answer.headers.emplaceBack("location", redirect.toEncoded() + '?' + back.toString(QUrl::FullyEncoded).toLatin1());
    return answer;
}

HttpAnswer TokenIssuer::token(const QUrlQuery &form)
{
    const auto said = [&](const QString &name) { return form.queryItemValue(name, QUrl::FullyDecoded); };
    if (said(u"grant_type"_s) == "authorization_code"_L1) {
        const QString code = said(u"code"_s);
        if (!m_codes.contains(code))
            return refuse(u"invalid_grant"_s, u"AADSTS70008: The authorization code is unknown or was used."_s);
        const Code asked = m_codes.take(code);
        const QByteArray hash =
            QCryptographicHash::hash(said(u"code_verifier"_s).toLatin1(), QCryptographicHash::Sha256);
        const QByteArray challenge = hash.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        if (QString::fromLatin1(challenge) != asked.challenge)
            return refuse(u"invalid_grant"_s, u"AADSTS501481: The code_verifier does not match the challenge."_s);
        if (QUrl(said(u"redirect_uri"_s)).toString() != asked.redirect || said(u"client_id"_s) != asked.client)
            return refuse(u"invalid_grant"_s, u"AADSTS50011: redirect_uri or client_id is another."_s);
    } else if (said(u"grant_type"_s) == "refresh_token"_L1) {
        if (!m_refreshTokens.remove(said(u"refresh_token"_s)))
            return refuse(u"invalid_grant"_s, u"AADSTS700082: The refresh token has expired."_s);
    } else {
        return refuse(u"unsupported_grant_type"_s, u"AADSTS70003: This grant type is not supported."_s);
    }
    const QString refresh = randomWord();
    m_refreshTokens.insert(refresh);
    HttpAnswer answer;
    answer.body = compact(QJsonObject{{u"token_type"_s, u"Bearer"_s},
                                      {u"scope"_s, said(u"scope"_s)},
                                      {u"expires_in"_s, seconds > 0 ? seconds : 3'600},
                                      {u"access_token"_s, QString::fromLatin1(issue())},
                                      {u"refresh_token"_s, refresh}});
    return answer;
}

} // namespace bobbin::demo
