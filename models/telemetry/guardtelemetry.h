// SPDX-License-Identifier: GPL-3.0-or-later
// What a watch and a gateway tell besides, where the person asks for it: figures for Prometheus on a port of their own,
// events to a webhook, runs as traces to a collector. No text of messages; of tool calls only where it is asked for.
#pragma once

#include "models/gateway/gateway.h"
#include "models/telemetry/metrics.h"
#include "models/telemetry/metricsport.h"
#include "models/telemetry/traceexport.h"
#include "models/telemetry/webhook.h"
#include "models/watch/watch.h"

#include <QElapsedTimer>
#include <QJsonObject>
#include <QTimer>

namespace bobbin {

struct TelemetryOptions {
    std::optional<quint16> metricsPort; // none: no metrics; 0: any port that is free
    std::optional<WebhookPlace> webhook;
    std::optional<TracePlace> traces;
};

class GuardTelemetry : public QObject {
    Q_OBJECT
public:
    // `connection`: its name, in events.
    GuardTelemetry(Auditor &auditor, Store &store, const GuardPolicy &policy, QString connection,
                   std::function<bool()> stopped, TelemetryOptions options, QObject *parent = nullptr);
    ~GuardTelemetry() override;
    Done start();
    [[nodiscard]] QString metricsAddress() const; // empty: none
    void follow(const Watch &watch);
    void follow(const Gateway &gateway);
    void rest(); // idle() follows when what waits is sent, at the latest in ten seconds

Q_SIGNALS:
    void failed(const bobbin::Error &error);
    void idle();

private:
    Auditor &m_auditor;
    Store &m_store;
    const std::vector<PolicyBudget> m_budgets;
    QString m_connection;
    std::function<bool()> m_stopped;
    TelemetryOptions m_options;
    const Watch *m_watch = nullptr;
    const Gateway *m_gateway = nullptr;
    GuardMetrics m_metrics;
    std::unique_ptr<MetricsPort> m_port;
    quint16 m_portNumber = 0;
    std::unique_ptr<Webhook> m_webhook;
    std::unique_ptr<TraceExport> m_traces;
    int m_toEnd = 0; // of those that are asked to rest
    QTimer m_publishing;
    QElapsedTimer m_spentRead;
    bool m_reading = false;

    void seen(const GuardRow &row);
    void tell(const char *event, QJsonObject more);
    void publish();
    void readSpent();
    void oneEnded();
};

} // namespace bobbin
