// SPDX-License-Identifier: GPL-3.0-or-later
// A conversation at the terminal, turn by turn under the policy. The answer is what standard output gets; what is said
// about it goes to standard error, or with --json all of it is a line of JSON each.
#pragma once

#include "app/cli/options.h"
#include "models/session/session.h"
#include "models/turns/toolcommand.h"
#include "models/turns/turn.h"

#include <QJsonObject>

namespace bobbin::cli {

class ChatCommand : public QObject {
    Q_OBJECT
public:
    using End = std::function<void(int code)>;
    ChatCommand(const Options &options, Session &session, GuardPolicy policy, End end);
    void start();

private:
    const Options &m_options;
    Session &m_session;
    const GuardPolicy m_policy;
    End m_end;
    const bool m_isTerminal;
    GuardActs m_acts;
    ToolAnswers m_tools;
    std::unique_ptr<Turn> m_turn;
    QTimer m_signals;
    int m_signalsSeen = 0;
    QString m_thread;
    QString m_file; // of the first message
    QString m_stepsSaid;
    bool m_isCancelling = false, m_hasNothingToRun = false;

    void next(); // the next message, where there is one
    void take(const QString &text);
    void make();
    void say(const char *event, const QString &text, QJsonObject json = {});
    void tellOutlook(const TurnOutlook &outlook);
    void tellAdvice(const AgainAdvice &advice);
    void ask(const std::vector<GuardRow> &rows, const QString &why);
    void byHand(const ToolCall &call, const QString &why);
    void tellProgress(const TurnProgress &progress);
    void ended(const TurnEnd &end);
    bool confirm(const QString &question);
    void lookAtSignals();
};

} // namespace bobbin::cli
