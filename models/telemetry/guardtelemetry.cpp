// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/telemetry/guardtelemetry.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/core/jsontext.h"
#include "models/session/budgetcheck.h"
#include "models/store/journal.h"
#include "models/store/whendone.h"
#include "models/telemetry/guardjson.h"
#include "models/watch/policyreads.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto publishedEvery = 1s;
constexpr std::chrono::milliseconds spentEvery = 15s; // all runs of the month are added up

} // namespace

GuardTelemetry::GuardTelemetry(Auditor &auditor, Store &store, const GuardPolicy &policy, QString connection,
                               std::function<bool()> stopped, TelemetryOptions options, QObject *parent)
    : QObject(parent), m_auditor(auditor), m_store(store), m_budgets(allBudgets(policy)),
      m_connection(std::move(connection)), m_stopped(std::move(stopped)), m_options(std::move(options))
{
    connect(&m_publishing, &QTimer::timeout, this, &GuardTelemetry::publish);
}

GuardTelemetry::~GuardTelemetry() = default;

Done GuardTelemetry::start()
{
    if (m_options.webhook) {
        m_webhook = std::make_unique<Webhook>(*m_options.webhook);
        connect(m_webhook.get(), &Webhook::failed, this, &GuardTelemetry::failed);
        connect(m_webhook.get(), &Webhook::idle, this, &GuardTelemetry::oneEnded);
    }
    if (m_options.traces) {
        m_traces = std::make_unique<TraceExport>(m_auditor, m_store, m_connection, *m_options.traces);
        connect(m_traces.get(), &TraceExport::failed, this, &GuardTelemetry::failed);
        connect(m_traces.get(), &TraceExport::idle, this, &GuardTelemetry::oneEnded);
        m_traces->start();
    }
    if (m_options.metricsPort) {
        m_port = std::make_unique<MetricsPort>();
        const Result<quint16> port = m_port->start(*m_options.metricsPort);
        if (!port)
            return fail(port.error());
        m_portNumber = *port;
        publish();
        m_publishing.start(publishedEvery);
    }
    return {};
}

QString GuardTelemetry::metricsAddress() const
{
    return m_port ? u"http://127.0.0.1:%1/metrics"_s.arg(m_portNumber) : QString();
}

void GuardTelemetry::follow(const Watch &watch)
{
    m_watch = &watch;
    connect(&watch, &QObject::destroyed, this, [this] { m_watch = nullptr; });
    connect(&watch, &Watch::watching, this, [this] { m_metrics.watches = true; });
    connect(&watch, &Watch::noted, this, &GuardTelemetry::seen);
    connect(&watch, &Watch::blind, this, [this](const Error &error) {
        m_metrics.sees = false;
        tell("blind", {{u"why"_s, errorText(error).line()}});
    });
    connect(&watch, &Watch::sees, this, [this] {
        m_metrics.sees = true;
        tell("sees", {});
    });
    connect(&watch, &Watch::held, this, [this](bool stopped) { tell(stopped ? "stopped" : "goes-on", {}); });
    connect(&watch, &Watch::idle, this, [this] { m_metrics.watches = false; });
}

void GuardTelemetry::follow(const Gateway &gateway)
{
    m_gateway = &gateway;
    connect(&gateway, &QObject::destroyed, this, [this] { m_gateway = nullptr; });
    connect(&gateway, &Gateway::noted, this, &GuardTelemetry::seen);
    connect(&gateway, &Gateway::refused, this, [this](const GuardRow &row, qint64 times) {
        ++m_metrics.refused[row.rule];
        if (times == 1) // a program that asks again and again is one event
            tell("refused", guardJson(row));
    });
}

void GuardTelemetry::seen(const GuardRow &row)
{
    ++m_metrics.seen[{row.rule, row.act, guardStateWord(row.state)}];
    tell("guard", guardJson(row));
}

void GuardTelemetry::tell(const char *event, QJsonObject more)
{
    if (!m_webhook)
        return;
    more[u"event"_s] = QString::fromLatin1(event);
    more[u"connection"_s] = m_connection;
    more[u"time"_s] = format::isoTime(nowMs());
    m_webhook->send(compactBytes(more));
}

void GuardTelemetry::publish()
{
    m_metrics.stopped = m_stopped();
    if (m_watch) {
        m_metrics.rounds = m_watch->rounds();
        m_metrics.requests = m_watch->requests();
    }
    if (const LineFigures *line = m_gateway ? m_gateway->figures() : nullptr)
        m_metrics.line = GuardMetrics::Line{line->connections, line->running,    line->requests, line->answered,
                                            line->refused,     line->unanswered, line->bytesUp,  line->bytesDown};
    m_port->publish(prometheusText(m_metrics));
    readSpent();
}

void GuardTelemetry::readSpent()
{
    if (m_reading || !m_auditor.hasLedger() || (m_spentRead.isValid() && m_spentRead.elapsed() < spentEvery.count()))
        return;
    struct Known {
        std::vector<BudgetState> spent; // day, month
        std::vector<BudgetUse> uses;
        qint64 active = 0;
    };
    m_reading = true;
    whenDone(m_auditor.withLedger([budgets = m_budgets](const Ledger &ledger, Reader &reader) -> Result<Known> {
        Budget day, month;
        day.per = Budget::Per::Day;
        auto spent = readBudgets(ledger, reader, {day, month});
        auto uses = readUses(ledger, reader, budgets);
        const auto active = reader.activeRuns();
        if (!spent || !uses || !active)
            return fail(!spent ? spent.error() : !uses ? uses.error() : active.error());
        return Known{*std::move(spent), *std::move(uses), qint64(active->size())};
    }),
             this, [this](const Result<Known> &known) {
                 m_reading = false;
                 m_spentRead.start();
                 if (!known) {
                     Q_EMIT failed(known.error());
                     return;
                 }
                 m_metrics.day = GuardMetrics::Spent{known->spent[0].spent, known->spent[0].tokens};
                 m_metrics.month = GuardMetrics::Spent{known->spent[1].spent, known->spent[1].tokens};
                 m_metrics.budgets = known->uses;
                 m_metrics.activeRuns = known->active;
             });
}

void GuardTelemetry::rest()
{
    m_publishing.stop();
    m_toEnd = int(m_webhook != nullptr) + int(m_traces != nullptr);
    if (m_webhook)
        m_webhook->rest();
    if (m_traces)
        m_traces->rest();
    if (m_toEnd == 0)
        QMetaObject::invokeMethod(this, &GuardTelemetry::idle, Qt::QueuedConnection);
}

void GuardTelemetry::oneEnded()
{
    if (--m_toEnd == 0)
        Q_EMIT idle();
}

} // namespace bobbin
