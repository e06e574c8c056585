// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/api/responsereader.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr qsizetype longestQuote = 300; // of a foreign error text
constexpr double longestTold = 1e12; // ms that a header may say; far beyond what is obeyed
constexpr qsizetype mostHeaderBytes = 64 * 1024; // servers of this protocol send two

Error::Kind kindOfTransport(QNetworkReply::NetworkError error)
{
    switch (error) {
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError: // setTransferTimeout ends so; our own cancel is seen before
        return Error::Kind::Timeout;
    case QNetworkReply::SslHandshakeFailedError:
        return Error::Kind::Tls;
    default:
        return Error::Kind::Network;
    }
}

Error::Kind kindOfStatus(int status, const QString &code, const QString &type)
{
    static const QStringList exhausted{u"insufficient_quota"_s, u"credit_balance_exhausted"_s,
                                       u"organization_spend_limit_exceeded"_s, u"project_spend_limit_exceeded"_s,
                                       u"organization_usage_limit_exceeded"_s};
    switch (status) {
    case 401:
        return Error::Kind::Unauthorized;
    case 403:
        return Error::Kind::Forbidden;
    case 404:
    case 405:
    case 410:
        return Error::Kind::NotFound;
    case 408:
        return Error::Kind::Timeout;
    case 409:
        return Error::Kind::Conflict;
    case 429:
        return exhausted.contains(code) || exhausted.contains(type) ? Error::Kind::Quota : Error::Kind::RateLimited;
    default:
        return status >= 500 ? Error::Kind::Server : Error::Kind::Rejected;
    }
}

struct Said {
    QString message, code, type;
};

// A text, or a list of what is wrong with a request: [{message | msg, path | loc}].
QString wordsOf(const QJsonValue &value)
{
    if (!value.isArray() && !value.isObject())
        return value.toString();
    QStringList all;
    for (const QJsonValue one : value.toArray()) {
        const QString words = one["message"_L1].toString(one["msg"_L1].toString());
        QStringList path;
        for (const QJsonValue part : one[one["path"_L1].isArray() ? "path"_L1 : "loc"_L1].toArray())
            path << part.toVariant().toString();
        if (!words.isEmpty())
            all << (path.isEmpty() ? words : path.join(u'.') + u": "_s + words);
    }
    return all.isEmpty()
        ? QString::fromUtf8(QJsonDocument::fromVariant(value.toVariant()).toJson(QJsonDocument::Compact))
        : all.join(u"; "_s);
}

Said readBody(const RawResponse &response)
{
    Said said;
    const QJsonObject top = QJsonDocument::fromJson(response.body).object();
    if (!top.isEmpty()) {
        const QJsonValue error = top["error"_L1];
        const QJsonObject inner = error.isObject() ? error.toObject() : top;
        for (const auto key : {"message"_L1, "detail"_L1, "issues"_L1, "title"_L1})
            if (said.message.isEmpty())
                said.message = wordsOf(inner[key]);
        if (said.message.isEmpty() && error.isString())
            said.message = error.toString();
        said.code = inner["code"_L1].toVariant().toString();
        said.type = inner["type"_L1].toString();
    } else if (response.headers.value("content-type").contains("html")) {
        static const QRegularExpression title(u"<title>([^<]*)"_s, QRegularExpression::CaseInsensitiveOption);
        said.message = title.match(QString::fromUtf8(response.body)).captured(1);
    } else {
        said.message = QString::fromUtf8(response.body);
    }
    said.message = said.message.simplified();
    if (said.message.size() > longestQuote)
        said.message = said.message.left(longestQuote) + u"…"_s;
    return said;
}

} // namespace

RawResponse responseOf(QNetworkReply &reply)
{
    RawResponse response;
    response.status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    response.http2 = reply.attribute(QNetworkRequest::Http2WasUsedAttribute).toBool();
    response.transport = reply.error();
    response.transportText = reply.errorString();
    for (const auto &[name, value] : reply.rawHeaderPairs())
        response.headers.insert(name.toLower(), value);
    response.redirect = reply.attribute(QNetworkRequest::RedirectionTargetAttribute).toUrl();
    if (reply.isOpen()) // one that was ended by us is not
        response.body = reply.readAll();
    return response;
}

std::optional<Error> errorOf(const RawResponse &response, const QString &place)
{
    Error error;
    error.place = place;
    error.requestId = QString::fromLatin1(response.headers.value("x-request-id"));
    error.httpStatus = response.status;
    qsizetype headerBytes = 0;
    for (auto it = response.headers.cbegin(); it != response.headers.cend(); ++it)
        headerBytes += it.key().size() + it.value().size();
    if (headerBytes > mostHeaderBytes) {
        error.kind = Error::Kind::NotThisProtocol;
        error.message = u"its headers have %1 bytes, more than any server of this protocol sends"_s.arg(headerBytes);
        return error;
    }
    if (!response.ended.isEmpty()) {
        error.kind = Error::Kind::Timeout;
        error.message = response.ended;
        return error;
    }
    if (response.status >= 300 && response.status < 400) {
        error.kind = Error::Kind::Redirected;
        error.message = response.redirect.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery);
        return error;
    }
    if (response.status >= 400) {
        const Said said = readBody(response);
        error.message = said.message;
        error.code = said.code;
        error.kind = kindOfStatus(response.status, said.code, said.type);
        error.retryAfter = retryAfter(response.headers);
        return error;
    }
    // A 2xx whose body was cut short comes with a transport error.
    if (response.transport != QNetworkReply::NoError || response.status == 0) {
        error.kind = kindOfTransport(response.transport);
        error.message = response.transportText;
        return error;
    }
    // Qt does not always notice that the connection closed early. (It drops the length where it has unpacked the body.)
    bool told = false;
    const qint64 length = response.headers.value("content-length").toLongLong(&told);
    if (told && response.body.size() < length) {
        error.kind = Error::Kind::Network;
        error.message = u"the answer was cut short after %1 of %2 bytes"_s.arg(response.body.size()).arg(length);
        return error;
    }
    return std::nullopt;
}

std::optional<milliseconds> goDuration(QByteArrayView text)
{
    static const QRegularExpression part(u"([0-9]*\\.?[0-9]+)(ms|h|m|s)"_s);
    const QString whole = QString::fromLatin1(text).trimmed();
    double total = 0;
    qsizetype end = 0;
    for (auto it = part.globalMatch(whole); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        if (match.capturedStart() != end)
            return std::nullopt;
        end = match.capturedEnd();
        const QString unit = match.captured(2);
        total += match.captured(1).toDouble() *
            (unit == "ms"_L1      ? 1
                 : unit == "s"_L1 ? 1e3
                 : unit == "m"_L1 ? 6e4
                                  : 3.6e6);
    }
    return end == whole.size() && end > 0 ? std::optional(milliseconds(qint64(std::min(total, longestTold))))
                                          : std::nullopt;
}

std::optional<milliseconds> retryAfter(const QHash<QByteArray, QByteArray> &headers)
{
    bool ok = false;
    if (const double ms = headers.value("retry-after-ms").toDouble(&ok); ok && ms >= 0)
        return milliseconds(qint64(std::min(ms, longestTold)));
    const QByteArray value = headers.value("retry-after");
    if (const double s = value.toDouble(&ok); ok && s >= 0)
        return milliseconds(qint64(std::min(s * 1000, longestTold)));
    const QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(value), u"ddd, dd MMM yyyy HH:mm:ss 'GMT'"_s);
    if (date.isValid()) {
        const QDateTime utc(date.date(), date.time(), Qt::UTC);
        return milliseconds(std::max<qint64>(0, QDateTime::currentDateTimeUtc().msecsTo(utc)));
    }
    return std::nullopt;
}

QString redacted(QString text, const QByteArray &key)
{
    if (key.size() >= 4)
        text.replace(QString::fromUtf8(key), u"(redacted)"_s);
    static const QRegularExpression secret(u"(sk-(?:proj-|admin-|svcacct-)?[A-Za-z0-9_*-]{8,}|(?<=Bearer )[^ \"',]{8,}|"
                                           "eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_.-]{10,})"_s);
    return text.replace(secret, u"(redacted)"_s);
}

} // namespace bobbin
