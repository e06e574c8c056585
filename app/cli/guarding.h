// SPDX-License-Identifier: GPL-3.0-or-later
// What commands that guard have in common: a policy that acts is looked at once before it does, events are a line of
// JSON each on standard output, and a signal ends them without losing any.
#pragma once

#include "app/cli/options.h"
#include "models/session/session.h"
#include "models/telemetry/guardjson.h"
#include "models/telemetry/guardtelemetry.h"
#include "models/watch/watch.h"

#include <QJsonObject>

namespace bobbin::cli {

class GuardingCommand : public QObject {
    Q_OBJECT
public:
    using End = std::function<void(int code)>;
    GuardingCommand(const Options &options, Session &session, GuardPolicy policy, End end);
    void start(); // until a signal ends it

protected:
    [[nodiscard]] const Options &options() const { return m_options; }
    [[nodiscard]] Session &session() const { return m_session; }
    [[nodiscard]] const GuardPolicy &policy() const { return m_policy; }

    [[nodiscard]] virtual bool acts() const = 0; // the policy lets it do anything
    virtual void begin() = 0;
    virtual void beginToEnd() = 0; // finish() follows, or comes by itself after a minute
    virtual void finish() = 0;

    std::unique_ptr<Watch> makeWatch(); // whose events are told
    bool startTelemetry(); // where it is asked for; false: it has said what is wrong, and ended
    [[nodiscard]] GuardTelemetry *telemetry() const { return m_telemetry.get(); } // null: none is asked for
    [[nodiscard]] WatchOptions watchOptions() const;
    void say(const char *event, QJsonObject more = {});
    void listenToSignals();
    bool ended(); // from now on; false: it has ended before
    void end(int code); // once what is owed to others is sent

private:
    const Options &m_options;
    Session &m_session;
    GuardPolicy m_policy;
    End m_end;
    QTimer m_signals;
    bool m_ending = false;
    std::unique_ptr<GuardTelemetry> m_telemetry;

    void consent(); // to a policy that acts, once
    void lookAtSignals();
};

} // namespace bobbin::cli
