// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/settings/connections.h"

#include "models/api/apiclient.h"
#include "models/api/transport.h"
#include "models/core/privatefiles.h"
#include "models/providers/registry.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QUuid>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QStringList flat(const std::vector<std::pair<QString, QString>> &pairs)
{
    QStringList list;
    for (const auto &[name, value] : pairs)
        list << name << value;
    return list;
}

std::vector<std::pair<QString, QString>> pairs(const QStringList &list)
{
    std::vector<std::pair<QString, QString>> all;
    for (qsizetype i = 0; i + 1 < list.size(); i += 2)
        all.emplace_back(list[i], list[i + 1]);
    return all;
}

struct KeySourceWord {
    Connection::KeySource source;
    QLatin1String word;
};
constexpr KeySourceWord keySources[] = {{Connection::KeySource::Pasted, QLatin1String("pasted")},
                                        {Connection::KeySource::Command, QLatin1String("command")},
                                        {Connection::KeySource::SignIn, QLatin1String("sign-in")}};

Connection::KeySource keySourceFrom(const QString &word)
{
    const auto *const known = std::ranges::find(keySources, word, &KeySourceWord::word);
    return known == std::end(keySources) ? Connection::KeySource::Pasted : known->source;
}

Done status(QSettings &settings)
{
    settings.sync();
    if (settings.status() == QSettings::NoError)
        return {};
    return fail(Error::Kind::Storage, u"the settings file cannot be written"_s, settings.fileName());
}

} // namespace

QString keySourceWord(Connection::KeySource source)
{
    return std::ranges::find(keySources, source, &KeySourceWord::source)->word;
}

Connections::Connections(QString file) : m_file(std::move(file))
{
}

QString Connections::defaultFile()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation)).filePath(u"connections.ini"_s);
}

QString Connections::storeFile(const Connection &connection)
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation))
        .filePath(u"stores/"_s + connection.id + u".sqlite"_s);
}

QString Connections::newId()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

std::vector<Connection> Connections::all() const
{
    QSettings settings(m_file, QSettings::IniFormat);
    std::vector<Connection> found;
    for (const QString &id : settings.childGroups()) {
        settings.beginGroup(id);
        Connection c;
        c.id = id;
        c.name = settings.value("name").toString();
        c.baseUrl = settings.value("base_url").toString();
        c.provider = settings.value("provider").toString();
        if (c.provider.isEmpty()) // older Bobbins wrote none
            c.provider = defaultProviderId();
        c.organization = settings.value("organization").toString();
        c.project = settings.value("project").toString();
        c.headers = pairs(settings.value("headers").toStringList());
        c.query = pairs(settings.value("query").toStringList());
        c.keySource = keySourceFrom(settings.value("key_source").toString());
        c.keyForm = settings.value("key_form").toString();
        c.command = settings.value("command").toStringList();
        c.tenant = settings.value("tenant").toString();
        c.clientId = settings.value("client_id").toString();
        c.caFile = settings.value("ca_file").toString();
        c.certificateFile = settings.value("certificate_file").toString();
        c.certificateKeyFile = settings.value("certificate_key_file").toString();
        c.proxy = settings.value("proxy").toString();
        c.timeoutSeconds = settings.value("timeout_seconds").toInt();
        settings.endGroup();
        if (!c.baseUrl.isEmpty())
            found.push_back(std::move(c));
    }
    std::ranges::sort(found, {}, [](const Connection &c) { return c.name.toCaseFolded(); });
    return found;
}

std::optional<Connection> Connections::byName(const QString &name) const
{
    for (Connection &c : all())
        if (c.name.compare(name, Qt::CaseInsensitive) == 0 || c.id == name)
            return std::move(c);
    return std::nullopt;
}

Done Connections::check(const Connection &connection)
{
    if (connection.name.trimmed().isEmpty())
        return fail(Error::Kind::Input, u"Give the connection a name."_s, u"name"_s);
    if (const Result<QUrl> url = checkBaseUrl(connection.baseUrl); !url)
        return fail(url.error());
    if (const Result<Transport> transport = transportOf(connection); !transport)
        return fail(transport.error());
    if (connection.keySource == Connection::KeySource::Command && connection.command.value(0).isEmpty())
        return fail(Error::Kind::Input, u"Enter the command that prints the token."_s, u"command"_s);
    if (connection.keySource == Connection::KeySource::SignIn &&
        (connection.tenant.trimmed().isEmpty() || connection.clientId.trimmed().isEmpty()))
        return fail(Error::Kind::Input, u"Signing in needs the tenant and the client id of an app registration."_s,
                    u"sign-in"_s);
    if (connection.timeoutSeconds < 0 || connection.timeoutSeconds > 3'600)
        return fail(Error::Kind::Input, u"A time-out is 1 to 3,600 seconds; 0 is the usual one."_s, u"time-out"_s);
    static const QStringList forKeys{u"authorization"_s, u"api-key"_s, u"x-api-key"_s, u"cookie"_s,
                                     u"proxy-authorization"_s};
    for (const auto &[name, value] : connection.headers) {
        if (forKeys.contains(name.toLower()))
            return fail(
                Error::Kind::Input,
                u"The header \"%1\" carries a secret: put it into the key field, which the keychain holds."_s.arg(name),
                u"extra headers"_s);
        for (const QChar c : name + value)
            if (c < u' ' || c == u'\x7f')
                return fail(Error::Kind::Input, u"A header must not contain line breaks or control characters."_s,
                            u"extra headers"_s);
    }
    return {};
}

Done Connections::save(Connection connection)
{
    if (Done done = check(connection); !done)
        return done;
    for (const Connection &other : all())
        if (other.id != connection.id && other.name.compare(connection.name, Qt::CaseInsensitive) == 0)
            return fail(Error::Kind::Input, u"There is already a connection with this name."_s, u"name"_s);
    if (const Done made = makePrivateFolder(QFileInfo(m_file).absolutePath()); !made)
        return made;
    if (const Done made = makePrivateFile(m_file); !made)
        return made;
    QSettings settings(m_file, QSettings::IniFormat);
    settings.beginGroup(connection.id);
    settings.setValue("name", connection.name.trimmed());
    settings.setValue("base_url", checkBaseUrl(connection.baseUrl)->toString());
    settings.setValue("provider", connection.provider);
    settings.setValue("organization", connection.organization.trimmed());
    settings.setValue("project", connection.project.trimmed());
    settings.setValue("headers", flat(connection.headers));
    settings.setValue("query", flat(connection.query));
    const auto put = [&settings](const char *key, const QVariant &value, bool usual) {
        if (usual)
            settings.remove(QLatin1String(key));
        else
            settings.setValue(QLatin1String(key), value);
    };
    const auto putText = [&put](const char *key, const QString &text) { put(key, text, text.isEmpty()); };
    putText("key_source",
            connection.keySource == Connection::KeySource::Pasted ? QString() : keySourceWord(connection.keySource));
    putText("key_form", connection.keyForm);
    put("command", connection.command, connection.command.isEmpty());
    putText("tenant", connection.tenant.trimmed());
    putText("client_id", connection.clientId.trimmed());
    putText("ca_file", connection.caFile);
    putText("certificate_file", connection.certificateFile);
    putText("certificate_key_file", connection.certificateKeyFile);
    putText("proxy", connection.proxy);
    put("timeout_seconds", connection.timeoutSeconds, connection.timeoutSeconds == 0);
    settings.endGroup();
    return status(settings);
}

Done Connections::remove(const QString &id)
{
    QSettings settings(m_file, QSettings::IniFormat);
    settings.remove(id);
    return status(settings);
}

} // namespace bobbin
