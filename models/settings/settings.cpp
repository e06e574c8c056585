// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/settings.h"

#include "models/core/privatefiles.h"

#include <QDir>
#include <QStandardPaths>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

const QString versionKey = QStringLiteral("version");

QString keyOf(const Setting &setting)
{
    return QString::fromLatin1(setting.key);
}

} // namespace

QString settingsFile()
{
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation));
    const QString file = folder.filePath(u"window.ini"_s);
    // Where that fails, settings are not saved, which QSettings tells.
    if (makePrivateFolder(folder.path()))
        std::ignore = makePrivateFile(file);
    return file;
}

qint64 settingOf(const QSettings &file, const Setting &setting)
{
    bool readable = false;
    const qint64 value = file.value(keyOf(setting)).toLongLong(&readable);
    return readable ? std::clamp(value, setting.least, setting.most) : setting.usual;
}

void setSetting(QSettings &file, const Setting &setting, qint64 value)
{
    value = std::clamp(value, setting.least, setting.most);
    if (value == setting.usual)
        file.remove(keyOf(setting));
    else
        file.setValue(keyOf(setting), value);
}

namespace {

constexpr LimitSetting allLimits[] = {
    {{"contextCeiling", 40'000, 1'000, 10'000'000}, &Limits::contextCeiling},
    {{"failedInARow", 2, 2, 1'000}, &Limits::failedInARow},
    {{"toolCalls", 5, 1, 10'000}, &Limits::toolSteps}, // as it was called first
    {{"turnCap", 30, 2, 100'000}, &Limits::turnCap},
    {{"sessionTokens", 500'000, 1'000, 1'000'000'000}, &Limits::sessionTokens},
    {{"windowPercent", 95, 50, 100}, &Limits::windowPercent},
    {{"attachedAgain", 2, 2, 1'000}, &Limits::attachedAgain},
    {{"staleDays", 30, 1, 3'650}, &Limits::staleDays},
    {{"stuckMinutes", 10, 1, 10'000}, &Limits::stuckMinutes},
    {{"retireDays", 90, 1, 3'650}, &Limits::retireDays},
};

QString groupOf(const QString &connection, const QString &assistant)
{
    if (connection.isEmpty())
        return u"limits/"_s;
    const QString group = u"connectionLimits/"_s + connection + u'/';
    return assistant.isEmpty() ? group : group + u"assistants/"_s + assistant + u'/';
}

Limits read(const QSettings &file, const QString &group, Limits limits)
{
    for (const LimitSetting &limit : allLimits) {
        bool readable = false;
        const qint64 value = file.value(group + keyOf(limit.setting)).toLongLong(&readable);
        if (readable)
            limits.*limit.member = std::clamp(value, limit.setting.least, limit.setting.most);
    }
    return limits;
}

} // namespace

std::span<const LimitSetting> limitSettings()
{
    return allLimits;
}

const Setting &settingOf(qint64 Limits::*member)
{
    return std::ranges::find(allLimits, member, &LimitSetting::member)->setting;
}

LimitSet limitsOf(const QSettings &file, const QString &connection)
{
    LimitSet set;
    set.usual = read(file, groupOf({}, {}), {});
    if (connection.isEmpty())
        return set;
    set.usual = read(file, groupOf(connection, {}), set.usual);
    const QString beginning = groupOf(connection, {}) + u"assistants/"_s;
    for (const QString &key : file.allKeys())
        if (key.startsWith(beginning)) {
            const QString assistant = key.mid(beginning.size()).section(u'/', 0, -2);
            if (!set.assistants.contains(assistant))
                set.assistants.insert(assistant, read(file, groupOf(connection, assistant), set.usual));
        }
    return set;
}

void setLimits(QSettings &file, const QString &connection, const QString &assistant, const Limits &limits)
{
    const Limits otherwise = connection.isEmpty() ? Limits()
        : assistant.isEmpty()                     ? limitsOf(file, {}).usual
                                                  : limitsOf(file, connection).usual;
    const QString group = groupOf(connection, assistant);
    for (const LimitSetting &limit : allLimits) {
        const QString key = group + keyOf(limit.setting);
        const qint64 value = std::clamp(limits.*limit.member, limit.setting.least, limit.setting.most);
        if (value == otherwise.*limit.member)
            file.remove(key);
        else
            file.setValue(key, value);
    }
}

void bringUpToDate(QSettings &file)
{
    if (file.value(versionKey, 0).toInt() < settingsVersion)
        file.setValue(versionKey, settingsVersion);
}

} // namespace bobbin
