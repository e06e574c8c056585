// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/settings.h"

namespace bobbin {

namespace {

const QString versionKey = QStringLiteral("version");

QString keyOf(const Setting &setting)
{
    return QString::fromLatin1(setting.key);
}

} // namespace

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

Limits limitsOf(const QSettings &file)
{
    return {settingOf(file, setting::contextCeiling), int(settingOf(file, setting::failedInARow)),
            int(settingOf(file, setting::toolCalls))};
}

void setLimits(QSettings &file, const Limits &limits)
{
    setSetting(file, setting::contextCeiling, limits.contextCeiling);
    setSetting(file, setting::failedInARow, limits.failedInARow);
    setSetting(file, setting::toolCalls, limits.toolCalls);
}

void bringUpToDate(QSettings &file)
{
    if (file.value(versionKey, 0).toInt() < settingsVersion)
        file.setValue(versionKey, settingsVersion);
}

} // namespace bobbin
