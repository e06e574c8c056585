// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/guardfiles.h"

#include "models/core/clock.h"
#include "models/core/format.h"
#include "models/settings/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QDir folder()
{
    return QFileInfo(settingsFile()).absoluteDir();
}

QString stopFile()
{
    return folder().filePath(u"guard-stopped"_s);
}

} // namespace

QString policyFile(const QString &connection)
{
    return folder().filePath(u"policies/"_s + connection + u".json"_s);
}

// One that cannot be read stops as well: it is there.
std::optional<GuardStop> guardStop()
{
    QFile file(stopFile());
    if (!file.exists())
        return std::nullopt;
    GuardStop stop;
    if (file.open(QIODevice::ReadOnly)) {
        const QString text = QString::fromUtf8(file.readAll());
        stop.since = text.section(u'\n', 0, 0).trimmed();
        stop.reason = text.section(u'\n', 1).trimmed();
    }
    return stop;
}

Done stopGuard(const QString &reason)
{
    QSaveFile file(stopFile());
    const QByteArray text = (format::isoTime(nowMs()) + u'\n' + reason + u'\n').toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return fail(Error::Kind::Storage, file.errorString(), file.fileName());
    return {};
}

Done letGuardGo()
{
    QFile file(stopFile());
    if (file.exists() && !file.remove())
        return fail(Error::Kind::Storage, file.errorString(), file.fileName());
    return {};
}

} // namespace bobbin
