// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turns/toolcommand.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QProcessEnvironment>
#include <QStandardPaths>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ToolText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

constexpr qint64 mostOutput = 512 * 1024; // the protocol takes no more of all calls together
constexpr qsizetype longestComplaint = 300;

// Keys that were given to Bobbin by its environment are none of the command's business.
QProcessEnvironment environmentFor(const ToolCall &call)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : environment.keys())
        if (name.startsWith("BOBBIN_"_L1) || (name.startsWith("OTEL_"_L1) && name.endsWith("HEADERS"_L1)) ||
            name == "OPENAI_API_KEY"_L1 || name == "OPENAI_ADMIN_KEY"_L1)
            environment.remove(name);
    environment.insert(u"BOBBIN_TOOL"_s, call.name);
    environment.insert(u"BOBBIN_TOOL_CALL"_s, call.id);
    return environment;
}

} // namespace

ToolRun::ToolRun(const ToolCommand &command, const ToolCall &call, QObject *parent)
    : QObject(parent), m_command(command.command), m_input(call.input.toUtf8())
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(command.patience);
    m_process.setProcessEnvironment(environmentFor(call));
    connect(&m_process, &QProcess::started, this, [this] {
        m_process.write(m_input);
        m_process.closeWriteChannel();
    });
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            refuse(ToolText::tr("the command \"%1\" cannot be started: %2")
                       .arg(m_command.value(0), m_process.errorString()));
    });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
        if (m_process.bytesAvailable() > mostOutput)
            refuse(ToolText::tr("the command \"%1\" prints more than %2 bytes")
                       .arg(m_command.value(0), format::count(mostOutput)));
    });
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status == QProcess::CrashExit) {
            refuse(ToolText::tr("the command \"%1\" crashed").arg(m_command.value(0)));
            return;
        }
        const QByteArray output = m_process.readAllStandardOutput();
        if (code == 0) {
            end(QString::fromUtf8(output));
            return;
        }
        const QString said = QString::fromLocal8Bit(m_process.readAllStandardError()).trimmed().right(longestComplaint);
        const QString what =
            ToolText::tr("the command \"%1\" failed with exit code %2").arg(m_command.value(0)).arg(code);
        refuse(said.isEmpty() ? what : what + u": "_s + said);
    });
    connect(&m_patience, &QTimer::timeout, this, [this] {
        refuse(ToolText::tr("the command \"%1\" did not end within %2")
                   .arg(m_command.value(0), format::duration(m_patience.interval())));
    });
}

ToolRun::~ToolRun()
{
    m_ended = true;
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(1'000);
    }
}

void ToolRun::start()
{
    m_patience.start();
    // Finds "tool.cmd" on Windows, which would not be started by the name "tool".
    const QString found = QStandardPaths::findExecutable(m_command.value(0));
    m_process.start(found.isEmpty() ? m_command.value(0) : found, m_command.mid(1));
}

void ToolRun::end(const Result<QString> &output)
{
    if (std::exchange(m_ended, true))
        return;
    m_patience.stop();
    if (m_process.state() != QProcess::NotRunning)
        m_process.kill();
    Q_EMIT ended(output);
}

void ToolRun::refuse(const QString &why)
{
    end(fail(Error::Kind::Input, why));
}

ToolAnswers::ToolAnswers(std::vector<ToolCommand> commands, QObject *parent)
    : QObject(parent), m_commands(std::move(commands))
{
}

void ToolAnswers::setCommands(std::vector<ToolCommand> commands)
{
    m_commands = std::move(commands);
    m_sent.clear();
}

void ToolAnswers::drop()
{
    m_calls.clear();
    m_byHand.clear();
    m_outputs.clear();
    for (auto &run : m_runs)
        run.release()->deleteLater(); // one of them may be telling
    m_runs.clear();
}

void ToolAnswers::ask(const std::vector<ToolCall> &calls)
{
    drop();
    m_calls = calls;
    const auto byHand = [this](const ToolCall &call, const QString &why) {
        m_byHand.insert(call.id);
        Q_EMIT handWanted(call, why);
    };
    for (const ToolCall &call : calls) {
        if (m_calls.empty()) // whoever was told of one wanted no more
            return;
        const ToolCommand *command = commandFor(m_commands, call.name);
        if (!command || m_sent.contains(call.id)) {
            byHand(call, command ? ToolText::tr("the server did not take its output") : QString());
            continue;
        }
        m_runs.push_back(std::make_unique<ToolRun>(*command, call));
        connect(m_runs.back().get(), &ToolRun::ended, this, [this, call, byHand](const Result<QString> &output) {
            if (!output) {
                byHand(call, output.error().message);
                return;
            }
            Q_EMIT came(call.id, *output);
            give(call.id, *output);
        });
        Q_EMIT running(call);
        m_runs.back()->start();
    }
}

void ToolAnswers::give(const QString &callId, const QString &output)
{
    m_outputs.insert(callId, output);
    std::vector<ToolOutput> all;
    for (const ToolCall &call : m_calls) {
        const auto its = m_outputs.constFind(call.id);
        if (its == m_outputs.cend())
            return;
        all.push_back({call.id, *its});
    }
    if (all.empty())
        return;
    for (const ToolOutput &one : all)
        m_sent.insert(one.callId);
    drop();
    Q_EMIT done(all);
}

} // namespace bobbin
