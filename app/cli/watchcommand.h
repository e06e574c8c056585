// SPDX-License-Identifier: GPL-3.0-or-later
// bobbin-cli watch: the guard without a window, its events as a line of JSON each on standard output.
#pragma once

#include "app/cli/options.h"
#include "models/session/session.h"
#include "models/watch/watch.h"

namespace bobbin::cli {

class WatchCommand : public QObject {
    Q_OBJECT
public:
    using End = std::function<void(int code)>;
    WatchCommand(const Options &options, Session &session, GuardPolicy policy, End end);
    void start(); // until a signal ends it

private:
    const Options &m_options;
    Session &m_session;
    GuardPolicy m_policy;
    End m_end;
    std::unique_ptr<Watch> m_watch;
    QTimer m_signals;
    bool m_ending = false;

    void consent(const std::function<void()> &go); // to a policy that acts, once
    void watch();
    void say(const char *event, QJsonObject more = {});
    void finish();
};

QJsonObject guardJson(const GuardRow &row); // as its event shows it, and `guard --json`

} // namespace bobbin::cli
