// SPDX-License-Identifier: GPL-3.0-or-later
// Events to an address of the person's own, signed as the Standard Webhooks specification says: webhook-id,
// webhook-timestamp and webhook-signature (v1, HMAC-SHA256 of "id.timestamp.body"). In order, one at a time; what is
// not taken is sent again for some minutes, with the same id.
#pragma once

#include "models/core/error.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QPointer>
#include <QTimer>
#include <QUrl>

#include <deque>

class QNetworkReply;

namespace bobbin {

struct WebhookPlace {
    QUrl url; // https, or http to this computer
    QByteArray secret; // "whsec_" and base64, or its bytes as they are
};
Result<WebhookPlace> webhookPlace(const QString &url, const QByteArray &secret); // an Input error says what is wrong

class Webhook : public QObject {
    Q_OBJECT
public:
    // `waits`: between two tries of the same; after the last one it is given up.
    explicit Webhook(WebhookPlace place, std::vector<std::chrono::milliseconds> waits = usualWaits());
    static std::vector<std::chrono::milliseconds> usualWaits();
    void send(const QByteArray &json);
    void rest(); // what waits is tried once more; idle() follows, after ten seconds at the latest
    [[nodiscard]] qint64 delivered() const { return m_delivered; }

Q_SIGNALS:
    void failed(const bobbin::Error &error); // one was given up, and is lost
    void idle();

private:
    struct Event {
        QByteArray id, json;
        std::size_t tries = 0;
    };
    WebhookPlace m_place;
    std::vector<std::chrono::milliseconds> m_waits;
    QNetworkAccessManager m_network;
    std::deque<Event> m_events; // the first one is under way, or waits
    QPointer<QNetworkReply> m_reply;
    QTimer m_again;
    bool m_resting = false;
    qint64 m_delivered = 0;

    void next();
    void answered();
    void giveUp(const QString &why);
    void end();
};

QByteArray webhookSignature(const QByteArray &secret, const QByteArray &id, qint64 seconds, const QByteArray &body);

} // namespace bobbin
