// SPDX-License-Identifier: GPL-3.0-or-later
// From what came back (status, headers, body, transport error) to an Error. Pure; bodies may be the protocol's
// envelope, {"detail"}, {"message"}, a problem document, plain text or HTML.
#pragma once

#include "models/core/error.h"

#include <QHash>
#include <QNetworkReply>

namespace bobbin {

struct RawResponse {
    int status = 0; // 0: none came
    bool http2 = false;
    QNetworkReply::NetworkError transport = QNetworkReply::NoError;
    QString transportText;
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QByteArray body;
    QUrl redirect;
    QString ended; // why we ended it: it took too long in all
};

RawResponse responseOf(QNetworkReply &reply);
std::optional<Error> errorOf(const RawResponse &response, const QString &place);
std::optional<std::chrono::milliseconds> retryAfter(const QHash<QByteArray, QByteArray> &headers);
std::optional<std::chrono::milliseconds> goDuration(QByteArrayView text); // "6m0s", "1.5s", "20ms"
QString redacted(QString text, const QByteArray &key); // for anything that may quote a request

} // namespace bobbin
