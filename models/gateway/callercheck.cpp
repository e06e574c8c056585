// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/callercheck.h"

#include <QCoreApplication>
#include <QCryptographicHash>

namespace bobbin {

namespace {

struct CallerText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

// Servers make another path of such a one than it reads here.
bool isCrooked(const QByteArray &path)
{
    const QByteArray lower = path.toLower();
    return lower.contains("//") || lower.contains("/./") || lower.contains("/../") || lower.endsWith("/.") ||
        lower.endsWith("/..") || lower.contains("%2e") || lower.contains("%2f") || lower.contains('\\');
}

// Takes the same time whether it fits or not.
bool isSame(const QByteArray &one, const QByteArray &other)
{
    const QByteArray a = QCryptographicHash::hash(one, QCryptographicHash::Sha256);
    const QByteArray b = QCryptographicHash::hash(other, QCryptographicHash::Sha256);
    unsigned different = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        different |= unsigned(quint8(a[i]) ^ quint8(b[i]));
    return different == 0;
}

QByteArray withoutBearer(const QByteArray &key)
{
    return key.toLower().startsWith("bearer ") ? key.mid(7).trimmed() : key;
}

} // namespace

std::optional<CallerRefusal> refusedCaller(const CallerHead &head, const LineOptions &options, quint16 port)
{
    const QByteArray named = head.host.toLower();
    const QByteArray place = ':' + QByteArray::number(port);
    if (named != "127.0.0.1" + place && named != "localhost" + place)
        return CallerRefusal{403,
                             CallerText::tr("This gateway is http://127.0.0.1%1; it was asked for as \"%2\".")
                                 .arg(QString::fromLatin1(place), QString::fromUtf8(named)),
                             "wrong_host"};
    if (head.fromPage)
        return CallerRefusal{403, CallerText::tr("Web pages cannot use this gateway."), "web_page"};
    if (!head.target.startsWith('/'))
        return CallerRefusal{400, CallerText::tr("This gateway forwards to one server only: ask for a path."),
                             "not_a_path"};
    const QByteArray path = head.target.split('?').first();
    if (isCrooked(path))
        return CallerRefusal{400, CallerText::tr("This path is not plain: it has empty parts, or dots for parts."),
                             "not_a_path"};
    if (options.token.isEmpty())
        return std::nullopt;
    if (!path.startsWith(options.basePath + '/'))
        return CallerRefusal{
            403,
            CallerText::tr("This gateway has a key, for what is below %1.").arg(QString::fromUtf8(options.basePath)),
            "not_below"};
    bool fits = false;
    for (const QByteArray &key : head.keys)
        fits = isSame(withoutBearer(key), options.token) || fits;
    if (!fits)
        return CallerRefusal{
            401, CallerText::tr("This gateway has the key itself: send the token that it printed at its start."),
            "invalid_api_key"};
    return std::nullopt;
}

} // namespace bobbin
