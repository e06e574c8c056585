// SPDX-License-Identifier: GPL-3.0-or-later
// Programs of the person's that answer tool calls, by the function's name; kept for a connection.
#pragma once

#include "models/core/error.h"

#include <QSettings>
#include <QStringList>

#include <chrono>
#include <vector>

namespace bobbin {

struct ToolCommand {
    QString function; // "*": any that has none of its own
    QStringList command; // a program and its arguments
    std::chrono::seconds patience{60};
    bool operator==(const ToolCommand &) const = default;
};
const ToolCommand *commandFor(const std::vector<ToolCommand> &commands, const QString &function); // null: none
// "function=program arguments", quoted as in a shell but run by none. An Input error says what is missing.
Result<ToolCommand> toolCommandOf(const QString &text, std::chrono::seconds patience);
QString toolCommandText(const ToolCommand &command); // the same form

std::vector<ToolCommand> toolCommandsOf(const QSettings &file, const QString &connection);
void setToolCommands(QSettings &file, const QString &connection, const std::vector<ToolCommand> &commands);

} // namespace bobbin
