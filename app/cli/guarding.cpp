// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/guarding.h"

#include "app/cli/interrupts.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"
#include "models/settings/guardfiles.h"
#include "models/store/whendone.h"
#include "models/watch/policyreads.h"

#include <QJsonDocument>

#include <cstdio>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto webhookSecretVariable = "BOBBIN_WEBHOOK_SECRET"; // not an argument: others see those
constexpr auto traceHeadersVariable = "OTEL_EXPORTER_OTLP_HEADERS"; // as other exporters have it
constexpr qint64 lookedBackDays = 30;
constexpr std::chrono::seconds longestEnd(60); // what was begun and takes longer, the next start goes on with

QString word(const char *text)
{
    return QString::fromLatin1(text);
}

} // namespace

GuardingCommand::GuardingCommand(const Options &options, Session &session, GuardPolicy policy, End end)
    : m_options(options), m_session(session), m_policy(std::move(policy)), m_end(std::move(end))
{
    connect(&m_signals, &QTimer::timeout, this, &GuardingCommand::lookAtSignals);
}

void GuardingCommand::start()
{
    if (acts())
        consent();
    else
        begin();
}

// A policy that acts is looked at once before it does: what it would have done lately.
void GuardingCommand::consent()
{
    struct Known {
        bool isAccepted = false;
        PolicyTrial trial;
    };
    const qint64 from = startOfLastDays(lookedBackDays, nowMs());
    whenDone(m_session.auditor()->withLedger(
                 [policy = m_policy, from](const Ledger &ledger, Reader &reader) -> Result<Known> {
                     const auto accepted = consentTo(policy, reader);
                     const auto tags = tagsOf(policy, reader);
                     if (!accepted || !tags)
                         return fail(!accepted ? accepted.error() : tags.error());
                     return Known{*accepted == Consent::Act, tryPolicy(ledger, policy, *tags, from)};
                 }),
             this, [this](const Result<Known> &known) {
                 if (!known) {
                     complain(errorText(known.error()).line());
                     m_end(Failed);
                     return;
                 }
                 if (known->isAccepted) {
                     begin();
                     return;
                 }
                 complain(u"this policy acts; in the last %1 days it would have:"_s.arg(lookedBackDays));
                 for (const RuleInfo &info : guardRules())
                     if (const qint64 times = known->trial.times[std::size_t(info.rule)]; times > 0)
                         complain(u"  %1: %2 times, %3 spared"_s.arg(
                             guardRuleTitle(info.rule), format::count(times),
                             format::money(known->trial.spared[std::size_t(info.rule)])));
                 complain(u"  of %1 runs for %2"_s.arg(format::count(known->trial.runs),
                                                       format::money(known->trial.actual)));
                 if (!m_options.yes) {
                     if (!isTerminal(stdin)) {
                         complain(u"nobody is there to ask: --yes lets it act from now on"_s);
                         m_end(Refused);
                         return;
                     }
                     std::fprintf(stderr, "Let it act? [y/N] ");
                     const int answer = std::getchar();
                     if (answer != 'y' && answer != 'Y') {
                         m_end(Refused);
                         return;
                     }
                 }
                 whenDone(keepConsent(m_policy, Consent::Act, *m_session.store()), this, [this](const Done &kept) {
                     if (kept) {
                         begin();
                         return;
                     }
                     complain(errorText(kept.error()).line());
                     m_end(Failed);
                 });
             });
}

bool GuardingCommand::startTelemetry()
{
    TelemetryOptions telemetry;
    if (m_options.metricsPort >= 0)
        telemetry.metricsPort = quint16(m_options.metricsPort);
    if (!m_options.webhook.isEmpty()) {
        const Result<WebhookPlace> place = webhookPlace(m_options.webhook, qgetenv(webhookSecretVariable));
        if (!place) {
            complain(errorText(place.error()).line() +
                     u" (--webhook; the secret is in %1)"_s.arg(word(webhookSecretVariable)));
            m_end(Usage);
            return false;
        }
        telemetry.webhook = *place;
    }
    if (!m_options.traces.isEmpty()) {
        const Result<TracePlace> place =
            tracePlace(m_options.traces, qgetenv(traceHeadersVariable), m_options.traceTexts);
        if (!place) {
            complain(errorText(place.error()).line() +
                     u" (--otlp; headers are in %1)"_s.arg(word(traceHeadersVariable)));
            m_end(Usage);
            return false;
        }
        telemetry.traces = *place;
    }
    if (!telemetry.metricsPort && !telemetry.webhook && !telemetry.traces)
        return true;
    m_telemetry = std::make_unique<GuardTelemetry>(
        *m_session.auditor(), *m_session.store(), m_policy, m_session.connection().name,
        [] { return guardStop().has_value(); }, telemetry);
    connect(m_telemetry.get(), &GuardTelemetry::failed, this, [this](const Error &error) {
        say("failed", {{u"why"_s, errorText(error).line()}});
    });
    if (const Done started = m_telemetry->start(); !started) {
        complain(errorText(started.error()).line());
        m_end(Failed);
        return false;
    }
    if (const QString address = m_telemetry->metricsAddress(); !address.isEmpty())
        say("metrics", {{u"address"_s, address}});
    return true;
}

void GuardingCommand::end(int code)
{
    if (!m_telemetry) {
        m_end(code);
        return;
    }
    connect(m_telemetry.get(), &GuardTelemetry::idle, this, [this, code] { m_end(code); });
    m_telemetry->rest();
}

void GuardingCommand::say(const char *event, QJsonObject more)
{
    more[u"time"_s] = format::isoTime(nowMs());
    more[u"event"_s] = word(event);
    print(QString::fromUtf8(QJsonDocument(more).toJson(QJsonDocument::Compact)));
    std::fflush(stdout); // who reads it acts on it
}

std::unique_ptr<Watch> GuardingCommand::makeWatch()
{
    auto watch = std::make_unique<Watch>(*m_session.workspace(), *m_session.auditor(), m_policy,
                                         [] { return guardStop().has_value(); });
    connect(watch.get(), &Watch::watching, this, [this] {
        say("watching",
            {{u"connection"_s, m_session.connection().name},
             {u"acts"_s, isActing(m_policy)},
             {u"stopped"_s, guardStop().has_value()}});
    });
    connect(watch.get(), &Watch::noted, this, [this](const GuardRow &row) { say("guard", guardJson(row)); });
    connect(watch.get(), &Watch::blind, this, [this](const Error &error) {
        say("blind", {{u"why"_s, errorText(error).line()}});
    });
    connect(watch.get(), &Watch::sees, this, [this] { say("sees"); });
    connect(watch.get(), &Watch::unclear, this, [this](const QString &thread, const Error &error) {
        say("unclear", {{u"thread"_s, thread}, {u"why"_s, errorText(error).line()}});
    });
    connect(watch.get(), &Watch::held, this, [this](bool stopped) {
        const auto stop = guardStop();
        say(stopped ? "stopped" : "goes-on",
            stop && !stop->reason.isEmpty() ? QJsonObject{{u"why"_s, stop->reason}} : QJsonObject());
    });
    connect(watch.get(), &Watch::failed, this, [this](const Error &error) {
        say("failed", {{u"why"_s, errorText(error).line()}});
    });
    return watch;
}

WatchOptions GuardingCommand::watchOptions() const
{
    WatchOptions options;
    if (m_options.intervalSeconds > 0)
        options.shortest = std::chrono::seconds(m_options.intervalSeconds);
    options.longest = std::max(options.longest, options.shortest);
    return options;
}

void GuardingCommand::listenToSignals()
{
    countInterrupts(true);
    m_signals.start(100);
}

void GuardingCommand::lookAtSignals()
{
    if (interrupts() > 1) {
        m_end(Interrupted); // what was begun is in the journal: the next start goes on
    } else if (interrupts() > 0 && !m_ending) {
        m_ending = true;
        beginToEnd();
        QTimer::singleShot(longestEnd, this, [this] { finish(); });
    }
    if (!written()) {
        m_ending = true;
        m_end(Failed);
    }
}

bool GuardingCommand::ended()
{
    const bool first = m_signals.isActive();
    m_signals.stop();
    return first;
}

} // namespace bobbin::cli
