// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/credentials/tokencommand.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStandardPaths>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CommandText {
    Q_DECLARE_TR_FUNCTIONS(TokenCommand)
};

constexpr qint64 mostOutput = 256 * 1024;
constexpr qsizetype longestToken = 32 * 1024, shortestToken = 8, longestQuote = 200;

// The last line of what it complained about, without what looks like a token.
QString complaint(const QByteArray &errors)
{
    // Paths may be named; a word without a slash that is longer than any word may be a token.
    static const QRegularExpression longWord(u"(?<![^\\s\"'=:])[A-Za-z0-9_.+=~-]{17,}"_s);
    const QStringList lines = QString::fromLocal8Bit(errors.right(4'096)).split(u'\n', Qt::SkipEmptyParts);
    QString last = lines.isEmpty() ? QString() : lines.last().simplified();
    last.replace(longWord, u"(…)"_s);
    return last.left(longestQuote);
}

} // namespace

Result<QByteArray> tokenIn(const QByteArray &output)
{
    QByteArray token = output.trimmed();
    if (token.startsWith('{')) {
        const QJsonObject json = QJsonDocument::fromJson(token).object();
        token.clear();
        for (const auto key : {"accessToken"_L1, "access_token"_L1, "token"_L1})
            if (token.isEmpty())
                token = json.value(key).toString().toUtf8();
    } else if (token.size() > 1 && token.startsWith('"') && token.endsWith('"')) {
        token = token.mid(1, token.size() - 2); // az without "-o tsv"
    }
    const bool plain = std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
    if (token.size() < shortestToken || token.size() > longestToken || !plain)
        return fail(Error::Kind::Unauthorized,
                    CommandText::tr("the command printed no token: one line is expected, or JSON with accessToken"));
    return token;
}

TokenCommand::TokenCommand(QStringList command, QObject *parent) : QObject(parent), m_command(std::move(command))
{
    m_process.setStandardInputFile(QProcess::nullDevice()); // one that asks something would wait for ever
    m_patience.setSingleShot(true);
    connect(&m_process, &QProcess::finished, this, &TokenCommand::read);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            refuse(CommandText::tr("the command \"%1\" cannot be started: %2")
                       .arg(m_command.value(0), m_process.errorString()));
    });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
        if (m_process.bytesAvailable() > mostOutput)
            refuse(CommandText::tr("the command \"%1\" prints far more than a token").arg(m_command.value(0)));
    });
    connect(&m_patience, &QTimer::timeout, this, [this] {
        refuse(CommandText::tr("the command \"%1\" did not end within %2")
                   .arg(m_command.value(0), format::duration(m_patience.interval())));
    });
}

TokenCommand::~TokenCommand()
{
    m_ended = true;
    if (m_process.state() != QProcess::NotRunning) {
        m_process.kill();
        m_process.waitForFinished(1'000);
    }
}

void TokenCommand::start(std::chrono::milliseconds patience)
{
    m_patience.start(patience);
    const QString program = m_command.value(0);
    // Finds "az.cmd" on Windows, which would not be started by the name "az".
    const QString found = QStandardPaths::findExecutable(program);
    m_process.start(found.isEmpty() ? program : found, m_command.mid(1));
}

void TokenCommand::end(const Result<QByteArray> &token)
{
    if (std::exchange(m_ended, true))
        return;
    m_patience.stop();
    if (m_process.state() != QProcess::NotRunning)
        m_process.kill();
    Q_EMIT ended(token);
}

void TokenCommand::refuse(const QString &why)
{
    end(fail(Error::Kind::Unauthorized, why));
}

void TokenCommand::read(int code, QProcess::ExitStatus status)
{
    if (status == QProcess::CrashExit) {
        refuse(CommandText::tr("the command \"%1\" crashed").arg(m_command.value(0)));
    } else if (code != 0) {
        const QString said = complaint(m_process.readAllStandardError());
        const QString what =
            CommandText::tr("the command \"%1\" failed with exit code %2").arg(m_command.value(0)).arg(code);
        refuse(said.isEmpty() ? what : what + u": "_s + said);
    } else {
        end(tokenIn(m_process.readAllStandardOutput()));
    }
}

} // namespace bobbin
