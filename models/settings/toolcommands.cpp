// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/toolcommands.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ToolText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

QString keyOf(const QString &connection)
{
    return u"tools/"_s + connection;
}

QString quoted(QString word)
{
    if (!word.isEmpty() && !word.contains(u' ') && !word.contains(u'"'))
        return word;
    return u'"' + word.replace(u'"', u"\"\"\""_s) + u'"'; // as QProcess::splitCommand() reads it
}

} // namespace

const ToolCommand *commandFor(const std::vector<ToolCommand> &commands, const QString &function)
{
    auto found = std::ranges::find(commands, function, &ToolCommand::function);
    if (found == commands.end())
        found = std::ranges::find(commands, u"*"_s, &ToolCommand::function);
    return found == commands.end() ? nullptr : &*found;
}

Result<ToolCommand> toolCommandOf(const QString &text, std::chrono::seconds patience)
{
    const qsizetype equals = text.indexOf(u'=');
    ToolCommand tool{text.left(std::max<qsizetype>(equals, 0)).trimmed(), QProcess::splitCommand(text.mid(equals + 1)),
                     patience};
    if (tool.function.isEmpty() || tool.command.isEmpty())
        return fail(Error::Kind::Input,
                    ToolText::tr("A tool's command is written “function=program arguments”, or “*=…” for any."), text);
    return tool;
}

QString toolCommandText(const ToolCommand &command)
{
    QStringList words;
    for (const QString &word : command.command)
        words << quoted(word);
    return command.function + u'=' + words.join(u' ');
}

std::vector<ToolCommand> toolCommandsOf(const QSettings &file, const QString &connection)
{
    std::vector<ToolCommand> commands;
    const QByteArray kept = file.value(keyOf(connection)).toString().toUtf8();
    for (const QJsonValue value : QJsonDocument::fromJson(kept).array()) {
        ToolCommand one;
        one.function = value["function"_L1].toString();
        for (const QJsonValue word : value["command"_L1].toArray())
            one.command << word.toString();
        one.patience = std::chrono::seconds(std::clamp(value["seconds"_L1].toInt(60), 1, 3'600));
        if (!one.function.isEmpty() && !one.command.isEmpty())
            commands.push_back(std::move(one));
    }
    return commands;
}

void setToolCommands(QSettings &file, const QString &connection, const std::vector<ToolCommand> &commands)
{
    if (commands.empty()) {
        file.remove(keyOf(connection));
        return;
    }
    QJsonArray all;
    for (const ToolCommand &one : commands)
        all << QJsonObject{{u"function"_s, one.function},
                           {u"command"_s, QJsonArray::fromStringList(one.command)},
                           {u"seconds"_s, qint64(one.patience.count())}};
    file.setValue(keyOf(connection), QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact)));
}

} // namespace bobbin
