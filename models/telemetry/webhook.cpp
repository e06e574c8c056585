// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/webhook.h"

#include "models/core/clock.h"
#include "models/telemetry/ownaddress.h"

#include <QCoreApplication>
#include <QMessageAuthenticationCode>
#include <QNetworkReply>
#include <QUuid>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Webhook)
};

constexpr std::size_t mostWaiting = 10'000;
constexpr auto longestRest = 10s;

QByteArray keyOf(const QByteArray &secret)
{
    constexpr QByteArrayView prefix("whsec_");
    return secret.startsWith(prefix) ? QByteArray::fromBase64(secret.mid(prefix.size())) : secret;
}

} // namespace

Result<WebhookPlace> webhookPlace(const QString &url, const QByteArray &secret)
{
    const auto place = ownAddress(url);
    if (!place)
        return fail(place.error());
    if (keyOf(secret).isEmpty())
        return fail(Error::Kind::Input, Words::tr("a webhook needs a secret that its receiver knows, too"),
                    place->host());
    return WebhookPlace{*place, secret};
}

QByteArray webhookSignature(const QByteArray &secret, const QByteArray &id, qint64 seconds, const QByteArray &body)
{
    QMessageAuthenticationCode code(QCryptographicHash::Sha256, keyOf(secret));
    code.addData(id + '.' + QByteArray::number(seconds) + '.' + body);
    return "v1," + code.result().toBase64();
}

std::vector<std::chrono::milliseconds> Webhook::usualWaits()
{
    return {2s, 8s, 30s, 2min, 5min};
}

Webhook::Webhook(WebhookPlace place, std::vector<std::chrono::milliseconds> waits)
    : m_place(std::move(place)), m_waits(std::move(waits))
{
    keepTo(m_network, m_place.url); // what it is told is the person's own
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Webhook::next);
}

void Webhook::send(const QByteArray &json)
{
    if (m_events.size() >= mostWaiting) { // the oldest that is not under way
        m_events.erase(m_events.begin() + 1);
        Q_EMIT failed(fail(Error::Kind::Network, Words::tr("too many events wait for the webhook: one is lost"),
                           m_place.url.host())
                          .value());
    }
    m_events.push_back({"evt_" + QUuid::createUuid().toByteArray(QUuid::Id128), json, 0});
    if (!m_reply && !m_again.isActive())
        next();
}

void Webhook::next()
{
    if (m_events.empty()) {
        if (m_resting)
            end();
        return;
    }
    Event &event = m_events.front();
    ++event.tries;
    const qint64 seconds = nowMs() / 1000;
    QNetworkRequest request(m_place.url);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setHeader(QNetworkRequest::UserAgentHeader, u"Bobbin"_s);
    request.setRawHeader("webhook-id", event.id);
    request.setRawHeader("webhook-timestamp", QByteArray::number(seconds));
    request.setRawHeader("webhook-signature", webhookSignature(m_place.secret, event.id, seconds, event.json));
    m_reply = m_network.post(request, event.json);
    connect(m_reply, &QNetworkReply::finished, this, &Webhook::answered);
}

void Webhook::answered()
{
    QNetworkReply *reply = m_reply;
    m_reply.clear();
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status >= 200 && status < 300) {
        ++m_delivered;
        m_events.pop_front();
        next();
        return;
    }
    const QString why = status > 0 ? Words::tr("it answers with status %1").arg(status) : reply->errorString();
    const std::size_t tries = m_events.front().tries;
    // 410: its owner does not want any more, says the specification.
    if (status == 410 || tries > m_waits.size() || m_resting)
        giveUp(why);
    else
        m_again.start(m_waits[tries - 1]);
}

void Webhook::giveUp(const QString &why)
{
    m_events.pop_front();
    Q_EMIT failed(fail(Error::Kind::Network, Words::tr("the webhook did not take an event, which is lost: %1").arg(why),
                       m_place.url.host())
                      .value());
    next();
}

void Webhook::rest()
{
    m_resting = true;
    QTimer::singleShot(longestRest, this, &Webhook::end);
    if (!m_reply) {
        m_again.stop();
        next();
    }
}

void Webhook::end()
{
    if (!m_resting)
        return;
    m_resting = false;
    m_again.stop();
    QMetaObject::invokeMethod(this, &Webhook::idle, Qt::QueuedConnection);
}

} // namespace bobbin
