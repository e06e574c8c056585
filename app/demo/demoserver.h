// SPDX-License-Identifier: GPL-3.0-or-later
// The Assistants v2 protocol, or its Foundry dialect, over the demo state: routes, checks, errors, and the runs' life
// in real time. Honest: it treats every client alike and keeps the reference's rules (states, locks, paging,
// envelopes).
#pragma once

#include "app/demo/demodata.h"
#include "app/demo/faults.h"
#include "app/demo/paging.h"
#include "app/demo/state.h"
#include "app/demo/tokenissuer.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTimer>
#include <optional>

namespace bobbin::demo {

enum class Protocol { Assistants, Foundry };

struct DemoOptions {
    Protocol protocol = Protocol::Assistants;
    int tokenSeconds = 0; // Foundry: that a token lives; 0: any is taken, for ever
    quint16 port = 0;
    QByteArray token; // empty: any bearer token will do
    quint32 seed = 1;
    bool story = true;
    qint64 now = 0; // Unix seconds at which the workspace begins; 0: the clock's
    bool clean = false; // the workspace in which nothing is wrong, instead of the story
    BulkSize bulk;
    int latencyMs = 0;
    int indexingSeconds = 1; // that a file takes to be searchable
    int rateLimit = 0; // requests a minute; 0: none
    bool listThreads = false;
    std::vector<Fault> faults;
    QString stateFile; // empty: in memory
};

class DemoServer : public QObject {
    Q_OBJECT
public:
    explicit DemoServer(DemoOptions options, QObject *parent = nullptr);
    ~DemoServer() override;

    bool start(QString *problem);
    [[nodiscard]] QString baseUrl() const; // http://127.0.0.1:PORT/v1, or a Foundry project's
    [[nodiscard]] QString signInUrl() const; // of a tenant: stands for login.microsoftonline.com/TENANT
    [[nodiscard]] TokenIssuer &tokens() { return m_tokens; }
    [[nodiscard]] DemoState &state() { return m_state; }
    [[nodiscard]] qint64 served() const { return m_http.served(); }
    void setFaults(std::vector<Fault> faults) { m_options.faults = std::move(faults); }
    void setOptions(const std::function<void(DemoOptions &)> &change) { change(m_options); }
    void drop() { m_http.close(); } // as if the machine were gone
    bool save(QString *problem) const;
    // (method, path, headers) of each request, for tests that look at what was sent
    std::function<void(const HttpRequest &)> onRequest;

private:
    DemoOptions m_options;
    DemoState m_state;
    HttpServer m_http;
    TokenIssuer m_tokens;
    QTimer m_clock;
    QElapsedTimer m_minute;
    QSet<QByteArray> m_live; // threads with an active run
    int m_thisMinute = 0;
    QHash<QString, QJsonObject> m_responses;
    QHash<QString, qint64> m_conversations; // tokens of what was said there
    qint64 m_requestNumber = 0;

    HttpAnswer handle(const HttpRequest &request);
    static void applyFault(const Fault &fault, HttpAnswer &answer);
    Reply route(const HttpRequest &request);
    Reply routeUnderV1(const HttpRequest &request);
    // foundryface.cpp
    std::optional<Reply> enterProject(HttpRequest &request); // an answer: it is refused
    static void leaveProject(const HttpRequest &request, Reply &reply);
    void furnishFoundry();
    void tick();
    void advance(DemoThread &thread, DemoRun &run, qint64 nowMs);

    static Reply ok(const QByteArray &body) { return {200, body}; }
    static Reply error(int status, const QString &message, const QString &param = {}, const QString &code = {},
                       const QString &type = QStringLiteral("invalid_request_error"));
    static Reply missing(const QString &what, const QString &id);

    Reply assistants(const HttpRequest &request, const QJsonObject &body);
    Reply threads(const HttpRequest &request, const QJsonObject &body);
    Reply messages(const HttpRequest &request, const QJsonObject &body, DemoThread &thread);
    Reply runs(const HttpRequest &request, const QJsonObject &body, DemoThread &thread);
    Reply steps(const HttpRequest &request, DemoThread &thread, DemoRun &run);
    Reply files(const HttpRequest &request);
    Reply stores(const HttpRequest &request, const QJsonObject &body);
    Reply storeFiles(const HttpRequest &request, const QJsonObject &body, const QString &store);
    Reply batches(const HttpRequest &request, const QJsonObject &body, const QString &store);
    Reply search(const QJsonObject &body, const QString &store);
    Reply chat(const QJsonObject &body);
    // streams.cpp
    struct RunStream;
    Reply streamRun(const DemoThread &thread, const DemoRun &run, bool newThread = false);
    QByteArray tellRun(RunStream &told, bool *done);
    static Reply streamChat(const QJsonObject &completion, bool usage);
    Reply conversations(const HttpRequest &request, const QJsonObject &body);
    Reply responses(const HttpRequest &request, const QJsonObject &body);
    Reply organization(const HttpRequest &request);

    std::optional<Reply> addMessage(DemoThread &thread, const QJsonObject &body);
    Reply createThread(const QJsonObject &body, DemoThread **made = nullptr);
    Reply createRun(DemoThread &thread, const QJsonObject &body, bool newThread = false);
    std::optional<Reply> attach(const QString &store, const QJsonObject &entry);
};

} // namespace bobbin::demo
