// SPDX-License-Identifier: GPL-3.0-or-later
// Sends runs that have ended to a collector of OpenTelemetry (OTLP over HTTP, JSON), once each, as far as they are seen
// within an hour of their end; what is sent is remembered over a restart.
#pragma once

#include "models/session/auditor.h"
#include "models/telemetry/traces.h"

#include <QNetworkAccessManager>
#include <QPointer>
#include <QTimer>
#include <QUrl>

#include <map>

class QNetworkReply;

namespace bobbin {

struct TracePlace {
    QUrl url; // of traces: https, or http to this computer
    std::vector<std::pair<QByteArray, QByteArray>> headers;
    bool texts = false; // arguments and outputs of tool calls too
};
// `endpoint`: the address of traces; of the collector alone, /v1/traces follows. `headers`: as
// OTEL_EXPORTER_OTLP_HEADERS has them: name=value, separated by commas, percent-encoded.
Result<TracePlace> tracePlace(const QString &endpoint, const QByteArray &headers, bool texts);

class TraceExport : public QObject {
    Q_OBJECT
public:
    TraceExport(Auditor &auditor, Store &store, QString connection, TracePlace place, QObject *parent = nullptr);
    ~TraceExport() override;
    void start();
    void rest(); // what has ended by now is sent; idle() follows, after ten seconds at the latest
    [[nodiscard]] qint64 delivered() const { return m_delivered; } // runs

Q_SIGNALS:
    void failed(const bobbin::Error &error); // once, until something is taken again
    void idle();

private:
    Auditor &m_auditor;
    Store &m_store;
    const TraceSource m_source;
    const TracePlace m_place;
    QNetworkAccessManager m_network;
    QPointer<QNetworkReply> m_reply;
    QTimer m_look;
    std::optional<qint64> m_since; // ms: runs that end from then on; none: it is not known yet
    std::map<RowKey, qint64> m_sent; // run: when it ended
    std::vector<TracedRun> m_batch; // that is under way
    int m_failures = 0; // in a row
    bool m_isTold = false; // that it takes none
    bool m_reading = false, m_resting = false, m_isDue = false;
    qint64 m_delivered = 0;

    void look();
    void send();
    void answered();
    void remember();
    void lookAgain();
    void end();
};

} // namespace bobbin
