// SPDX-License-Identifier: GPL-3.0-or-later
// Tool calls answered by a program of the person's: the arguments as they came on its standard input, what it prints is
// the output. No shell is in between; it is ended when its time is up.
#pragma once

#include "models/domain/change.h"
#include "models/settings/toolcommands.h"

#include <QHash>
#include <QObject>
#include <QProcess>
#include <QSet>
#include <QTimer>

namespace bobbin {

class ToolRun : public QObject {
    Q_OBJECT
public:
    ToolRun(const ToolCommand &command, const ToolCall &call, QObject *parent = nullptr);
    ~ToolRun() override;
    void start();

Q_SIGNALS:
    void ended(const bobbin::Result<QString> &output); // once

private:
    QStringList m_command;
    QByteArray m_input;
    QProcess m_process;
    QTimer m_patience;
    bool m_ended = false;

    void end(const Result<QString> &output);
    void refuse(const QString &why);
};

// Those that a run waits for at once: each by its command where there is one, the others by hand.
class ToolAnswers : public QObject {
    Q_OBJECT
public:
    explicit ToolAnswers(std::vector<ToolCommand> commands, QObject *parent = nullptr);
    void setCommands(std::vector<ToolCommand> commands); // of another turn: what was answered before is forgotten
    void ask(const std::vector<ToolCall> &calls); // what was asked before is dropped
    void give(const QString &callId, const QString &output);
    [[nodiscard]] bool isByHand(const QString &callId) const { return m_byHand.contains(callId); }
    void drop();

Q_SIGNALS:
    void running(const bobbin::ToolCall &call); // its command is
    void came(const QString &callId, const QString &output); // of a command
    void handWanted(const bobbin::ToolCall &call, const QString &why); // why: its command failed; empty: it has none
    void done(const std::vector<bobbin::ToolOutput> &outputs); // all of them are there

private:
    std::vector<ToolCommand> m_commands;
    std::vector<ToolCall> m_calls;
    QHash<QString, QString> m_outputs; // by call
    QSet<QString> m_byHand;
    QSet<QString> m_sent; // calls that were answered: wanted again, the server did not take that
    std::vector<std::unique_ptr<ToolRun>> m_runs;
};

} // namespace bobbin
