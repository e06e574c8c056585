// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/core/privatefiles.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isOurs(const QString &path)
{
    const QString mine = QDir::cleanPath(path) + u'/';
    for (const auto where : {QStandardPaths::AppDataLocation, QStandardPaths::AppConfigLocation})
        if (const QString folder = QStandardPaths::writableLocation(where);
            !folder.isEmpty() && mine.startsWith(QDir::cleanPath(folder) + u'/'))
            return true;
    return false;
}

bool tighten(const QString &path, bool folder)
{
#ifdef Q_OS_WIN
    Q_UNUSED(path)
    Q_UNUSED(folder)
    return true;
#else
    const auto wanted = QFile::ReadOwner | QFile::WriteOwner | (folder ? QFile::ExeOwner : QFile::Permissions());
    constexpr auto others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    return !(QFile::permissions(path) & others) || QFile::setPermissions(path, wanted);
#endif
}

} // namespace

Done makePrivateFolder(const QString &path, bool ours)
{
    const bool there = QFileInfo::exists(path);
    const QString above = QFileInfo(QDir::cleanPath(path)).path();
    if (!there && above != path && !QFileInfo::exists(above))
        if (const Done made = makePrivateFolder(above); !made)
            return made;
    if (!there && !QDir().mkpath(path))
        return fail(Error::Kind::Storage, u"the folder cannot be created"_s, path);
    if ((!there || ours || isOurs(path)) && !tighten(path, true))
        return fail(Error::Kind::Storage, u"the folder can be read by others, and that cannot be changed"_s, path);
    return {};
}

Done makePrivateFile(const QString &path)
{
    QFile file(path);
    if (!file.exists() && !file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
        return fail(Error::Kind::Storage, file.errorString(), path);
    file.close();
    if (!tighten(path, false))
        return fail(Error::Kind::Storage, u"the file can be read by others, and that cannot be changed"_s, path);
    return {};
}

} // namespace bobbin
