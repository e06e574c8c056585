// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/connectioncommands.h"

#include "app/cli/askkey.h"
#include "models/core/errortext.h"
#include "models/providers/registry.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

ConnectionCommand::ConnectionCommand(const Options &options, Connections &connections, Credentials &credentials,
                                     std::function<void(int code)> end)
    : m_options(options), m_connections(connections), m_credentials(credentials), m_end(std::move(end))
{
}

void ConnectionCommand::refuse(const Error &error, int code)
{
    complain(errorText(error).line());
    m_end(code);
}

void ConnectionCommand::start()
{
    const QString what = m_options.arguments.value(0);
    if (what.isEmpty())
        list();
    else if (what == "add"_L1)
        add();
    else if (what == "edit"_L1)
        edit();
    else if (what == "remove"_L1)
        remove();
    else
        test();
}

void ConnectionCommand::list()
{
    Output output(m_options.form,
                  {{u"name"_s, u"Name"_s, false},
                   {u"baseUrl"_s, u"Base URL"_s, false},
                   {u"provider"_s, u"Provider"_s, false},
                   {u"keyFrom"_s, u"Key from"_s, false},
                   {u"id"_s, u"Id"_s, false}});
    for (const Connection &c : m_connections.all()) {
        const QString keyFrom = keySourceWord(c.keySource);
        output.add(
            {{c.name, c.name}, {c.baseUrl, c.baseUrl}, {c.provider, c.provider}, {keyFrom, keyFrom}, {c.id, c.id}});
    }
    output.finish();
    m_end(AllDone);
}

std::optional<Connection> ConnectionCommand::named()
{
    const QString name = m_options.arguments.value(1);
    std::optional<Connection> found = m_connections.byName(name);
    if (found)
        return found;
    QStringList names;
    for (const Connection &c : m_connections.all())
        names << u"\""_s + c.name + u"\""_s;
    complain(
        u"there is no connection \"%1\"; known: %2"_s.arg(name, names.isEmpty() ? u"none"_s : names.join(u", "_s)));
    m_end(Usage);
    return std::nullopt;
}

void ConnectionCommand::add()
{
    Connection connection;
    connection.id = Connections::newId();
    connection.name = m_options.arguments.value(1);
    connection.baseUrl = m_options.baseUrl;
    for (const auto &apply : m_options.connectionEdits)
        apply(connection);
    if (connection.provider.isEmpty())
        connection.provider = likeliestProvider(connection.baseUrl).id();
    keep(connection, true);
}

void ConnectionCommand::edit()
{
    std::optional<Connection> connection = named();
    if (!connection)
        return;
    if (!m_options.baseUrl.isEmpty())
        connection->baseUrl = m_options.baseUrl;
    for (const auto &apply : m_options.connectionEdits)
        apply(*connection);
    keep(*connection, false);
}

void ConnectionCommand::keep(const Connection &connection, bool isNew)
{
    if (const Result<const Provider *> provider = providerById(connection.provider); !provider) {
        refuse(provider.error(), Usage);
        return;
    }
    if (const Done done = Connections::check(connection); !done) {
        refuse(done.error(), Usage);
        return;
    }
    const bool wanted =
        connection.keySource == Connection::KeySource::Pasted && !m_options.noKey && (isNew || m_options.newKey);
    std::optional<QByteArray> key;
    if (wanted) {
        key = askKey("Key (is not shown): ");
        if (!key || key->isEmpty()) {
            complain(u"no key was given; --no-key saves the connection without one"_s);
            m_end(Usage);
            return;
        }
    }
    std::optional<QByteArray> adminKey;
    if (m_options.adminKey) {
        adminKey = askKey("Admin key (is not shown): ");
        if (!adminKey || adminKey->isEmpty()) {
            complain(u"no admin key was given"_s);
            m_end(Usage);
            return;
        }
    }
    if (const Done saved = m_connections.save(connection); !saved) {
        refuse(saved.error(), saved.error().kind == Error::Kind::Input ? Usage : Failed);
        return;
    }
    keepKeys(connection.id, key, adminKey);
}

// One after the other: a keychain may ask its owner at each.
void ConnectionCommand::keepKeys(const QString &id, const std::optional<QByteArray> &key,
                                 const std::optional<QByteArray> &adminKey)
{
    if (!key && !adminKey) {
        m_end(AllDone);
        return;
    }
    const auto next = [this, id, key, adminKey](const Done &kept) {
        if (!kept)
            refuse(kept.error(), Failed);
        else
            keepKeys(id, std::nullopt, key ? adminKey : std::nullopt);
    };
    m_credentials.secrets().write(key ? id : Credentials::adminName(id), key ? *key : *adminKey, next);
}

void ConnectionCommand::remove()
{
    const std::optional<Connection> connection = named();
    if (!connection)
        return;
    if (const Done removed = m_connections.remove(connection->id); !removed) {
        refuse(removed.error(), Failed);
        return;
    }
    m_credentials.remove(connection->id, [this, file = Connections::storeFile(*connection)](const Done &done) {
        complain(u"removed, with its key; what was synced stays in %1"_s.arg(file));
        if (done)
            m_end(AllDone);
        else
            refuse(done.error(), Failed);
    });
}

void ConnectionCommand::test()
{
    const std::optional<Connection> connection = named();
    if (!connection)
        return;
    m_credentials.ask(*connection, false, [this, tried = *connection](const Result<QByteArray> &key) {
        if (!key) {
            refuse(key.error(), NotConnected);
            return;
        }
        Workspace::test(tried, *key, this,
                        [this, tried](const Result<ConnectionReport> &answer) { report(tried, answer); });
    });
}

void ConnectionCommand::report(const Connection &connection, const Result<ConnectionReport> &report)
{
    if (!report) {
        refuse(report.error(), NotConnected);
        return;
    }
    const Result<const Provider *> provider = providerById(connection.provider);
    Output output(m_options.form,
                  {{u"feature"_s, u"What works there"_s, false},
                   {u"works"_s, u"Works"_s, false},
                   {u"why"_s, u"Why not"_s, false}});
    for (const FeatureLine &line : featureTable(**provider, *report)) {
        using Works = FeatureLine::Works;
        const QString works = line.works == Works::Yes ? u"yes"_s : line.works == Works::No ? u"no"_s : u"unknown"_s;
        output.add({{line.what, line.what}, {works, works}, {line.why, line.why}});
    }
    output.finish();
    if (const auto retirement = (*provider)->retirement())
        complain(retirement->words);
    m_end(AllDone);
}

} // namespace bobbin::cli
