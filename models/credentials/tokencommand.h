// SPDX-License-Identifier: GPL-3.0-or-later
// A command that prints a token, such as "az account get-access-token …". Started directly, without a shell; what it
// prints is kept in memory and never quoted.
#pragma once

#include "models/core/error.h"

#include <QProcess>
#include <QTimer>

namespace bobbin {

class TokenCommand : public QObject {
    Q_OBJECT
public:
    explicit TokenCommand(QStringList command, QObject *parent = nullptr);
    ~TokenCommand() override;
    void start(std::chrono::milliseconds patience = std::chrono::seconds(60));

Q_SIGNALS:
    void ended(const bobbin::Result<QByteArray> &token); // once

private:
    QStringList m_command;
    QProcess m_process;
    QTimer m_patience;
    bool m_ended = false;

    void end(const Result<QByteArray> &token);
    void refuse(const QString &why);
    void read(int code, QProcess::ExitStatus status);
};

// One line, or JSON with a member accessToken, access_token or token. An error never quotes it.
Result<QByteArray> tokenIn(const QByteArray &output);

} // namespace bobbin
