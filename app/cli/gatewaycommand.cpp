// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/gatewaycommand.h"

#include "models/core/errortext.h"
#include "models/gateway/callertoken.h"
#include "models/guard/sight.h"
#include "models/settings/guardfiles.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto answersWithin = 10s; // those that run when it is to end

} // namespace

GatewayCommand::GatewayCommand(const Options &options, Session &session, GuardPolicy policy, QByteArray key,
                               std::function<void(KeyAnswer)> freshKey, End end)
    : GuardingCommand(options, session, std::move(policy), std::move(end)), m_key(std::move(key)),
      m_freshKey(std::move(freshKey))
{
}

bool GatewayCommand::acts() const
{
    return isActing(policy(), GuardPlace::InLine);
}

void GatewayCommand::begin()
{
    if (!startTelemetry())
        return;
    if (options().ownKey)
        m_token = newCallerToken();
    m_watch = makeWatch();
    m_gateway = std::make_unique<Gateway>(*session().workspace(), *session().auditor(), m_watch->acts(), policy(),
                                          [] { return guardStop().has_value(); });
    if (telemetry()) {
        telemetry()->follow(*m_watch);
        telemetry()->follow(*m_gateway);
    }
    connect(m_watch.get(), &Watch::notBegun, this, [this](const Error &error) {
        say("unwatched", {{u"why"_s, errorText(error).line()}}); // another one watches, for one
    });
    connect(m_gateway.get(), &Gateway::listening, this, &GatewayCommand::listening);
    connect(m_gateway.get(), &Gateway::notBegun, this, [this](const Error &error) {
        complain(errorText(error).line());
        end(Failed);
    });
    connect(m_gateway.get(), &Gateway::noted, this, [this](const GuardRow &row) { say("guard", guardJson(row)); });
    connect(m_gateway.get(), &Gateway::refused, this, [this](const GuardRow &row, qint64 times) {
        QJsonObject json = guardJson(row);
        json[u"times"_s] = times;
        say("refused", json);
    });
    connect(m_gateway.get(), &Gateway::moved, this, [this](const QString &from, const QString &to) {
        say("moved", {{u"thread"_s, from}, {u"to"_s, to}});
    });
    connect(m_gateway.get(), &Gateway::unclear, this, [this](const QString &thread, const Error &error) {
        say("unclear", {{u"thread"_s, thread}, {u"why"_s, errorText(error).line()}});
    });
    connect(m_gateway.get(), &Gateway::failed, this, [this](const Error &error) {
        say("failed", {{u"why"_s, errorText(error).line()}});
    });
    connect(m_gateway.get(), &Gateway::keyWanted, this, [this] {
        if (std::exchange(m_keyAsked, true))
            return;
        m_freshKey([this](const Result<QByteArray> &key) {
            m_keyAsked = false;
            if (key)
                m_gateway->setKey(*key);
            else
                say("failed", {{u"why"_s, errorText(key.error()).line()}});
        });
    });
    connect(m_gateway.get(), &Gateway::idle, this, [this] { m_watch->stop(); });
    connect(m_watch.get(), &Watch::idle, this, &GatewayCommand::finish);
    listenToSignals();
    GatewayOptions own;
    own.port = quint16(options().port);
    own.token = m_token;
    m_gateway->start(own);
}

void GatewayCommand::listening(const QString &address)
{
    QJsonObject event{{u"connection"_s, session().connection().name},
                      {u"address"_s, address},
                      {u"server"_s, session().connection().baseUrl},
                      {u"acts"_s, acts()},
                      {u"stopped"_s, guardStop().has_value()}};
    if (!m_token.isEmpty()) {
        m_gateway->setKey(m_key);
        event[u"token"_s] = QString::fromLatin1(m_token);
    }
    say("listening", event);
    if (!m_key.isEmpty())
        m_watch->start(watchOptions());
}

void GatewayCommand::beginToEnd()
{
    m_gateway->rest();
    QTimer::singleShot(answersWithin, m_watch.get(), [this] { m_watch->stop(); });
}

void GatewayCommand::finish()
{
    if (!ended())
        return;
    QJsonObject passed;
    if (const LineFigures *figures = m_gateway->figures())
        passed = {{u"requests"_s, qint64(figures->requests)},
                  {u"answered"_s, qint64(figures->answered)},
                  {u"refused"_s, qint64(figures->refused)},
                  {u"unanswered"_s, qint64(figures->unanswered)}};
    say("ended", passed);
    end(AllDone);
}

} // namespace bobbin::cli
