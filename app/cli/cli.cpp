// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/outcomes.h"
#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/providers/registry.h"
#include "models/settings/ownprices.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QStandardPaths>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

Cli::Cli(Options options)
    : m_options(std::move(options)), m_connections(Connections::defaultFile()), m_secrets(u"Bobbin"_s),
      m_prices(std::make_shared<const PriceTable>(PriceTable::shipped())), m_patience(m_options.timeoutSeconds, this)
{
    const Result<PriceTable> prices = loadPrices(ownPricesFile());
    if (prices)
        m_prices = std::make_shared<const PriceTable>(*prices);
    else
        complain(u"your own prices are not applied: "_s + errorText(prices.error()).line());
}

void Cli::end(int code)
{
    m_patience.end();
    if (!written())
        code = Failed;
    QCoreApplication::exit(code == AllDone && m_partFailed ? PartFailed : code);
}

void Cli::giveUp(const QString &what)
{
    complain(u"nothing moved for %1 seconds: %2"_s.arg(m_options.timeoutSeconds).arg(what));
    end(TimedOut);
}

void Cli::refuse(const Error &error, int code)
{
    complain(errorText(error).line());
    end(code);
}

void Cli::start()
{
    if (m_options.command == "connections"_L1) {
        listConnections();
        end(AllDone);
        return;
    }
    if (m_options.command == "archive"_L1 && !isOperation(m_options)) {
        end(archiveCommand(m_options, m_prices));
        return;
    }
    Connection connection;
    if (choose(&connection))
        openStore(connection);
}

void Cli::listConnections()
{
    Output output(m_options.form,
                  {{u"name"_s, u"Name"_s, false}, {u"baseUrl"_s, u"Base URL"_s, false}, {u"id"_s, u"Id"_s, false}});
    for (const Connection &c : m_connections.all())
        output.add({{c.name, c.name}, {c.baseUrl, c.baseUrl}, {c.id, c.id}});
    output.finish();
}

bool Cli::choose(Connection *connection)
{
    if (m_options.demo) {
        demo::DemoOptions options;
        options.listThreads = true;
        m_demo = std::make_unique<demo::DemoHost>(options);
        if (!m_demo->problem().isEmpty()) {
            complain(u"the demo server does not start: "_s + m_demo->problem());
            end(Failed);
            return false;
        }
        m_temporary = std::make_unique<QTemporaryDir>();
        if (m_options.storeFile.isEmpty())
            m_options.storeFile = m_temporary->filePath(u"demo.sqlite"_s);
        *connection = {u"demo"_s, u"Demo"_s, m_demo->baseUrl(), defaultProviderId(), {}, {}, {}, {}};
        return true;
    }
    if (!m_options.baseUrl.isEmpty()) {
        const Result<QUrl> url = checkBaseUrl(m_options.baseUrl);
        if (!url) {
            refuse(url.error(), Usage);
            return false;
        }
        const QByteArray hash = QCryptographicHash::hash(url->toEncoded(), QCryptographicHash::Sha1).toHex();
        *connection = {u"url-"_s + QString::fromLatin1(hash.left(16)),
                       url->host(),
                       url->toString(),
                       defaultProviderId(),
                       {},
                       {},
                       {},
                       {}};
        return true;
    }
    const std::vector<Connection> all = m_connections.all();
    std::optional<Connection> found;
    if (!m_options.connection.isEmpty())
        found = m_connections.byName(m_options.connection);
    else if (all.size() == 1)
        found = all.front();
    if (found) {
        *connection = *found;
        return true;
    }
    if (!m_options.storeFile.isEmpty() && !m_options.syncFirst && m_options.connection.isEmpty())
        return true; // only reading a store
    QStringList names;
    for (const Connection &c : all)
        names << u"\""_s + c.name + u"\""_s;
    complain(!m_options.connection.isEmpty()
                 ? u"there is no connection \"%1\"; known: %2"_s.arg(m_options.connection,
                                                                     names.isEmpty() ? u"none"_s : names.join(u", "_s))
                 : u"say where from: --connection NAME, --base-url URL or --demo"_s);
    end(Usage);
    return false;
}

void Cli::openStore(const Connection &connection)
{
    const QString file = m_options.storeFile.isEmpty() ? Connections::storeFile(connection) : m_options.storeFile;
    if (!m_options.syncFirst && !QFile::exists(file)) {
        complain(u"nothing was synced yet into %1; add --sync"_s.arg(QDir::toNativeSeparators(file)));
        end(Failed);
        return;
    }
    const Provider *provider = nullptr; // of a store alone: the one that it says
    if (!connection.id.isEmpty()) {
        const Result<const Provider *> found = providerById(connection.provider);
        if (!found) {
            refuse(found.error(), Usage);
            return;
        }
        provider = *found;
    }
    whenDone(Store::open(file, provider, m_prices), this,
             [this, connection](const Result<std::shared_ptr<Store>> &store) {
                 if (!store) {
                     refuse(store.error(), Failed);
                     return;
                 }
                 m_store = *store;
                 if (m_options.syncFirst)
                     sync(connection);
                 else
                     checkIds([this, connection] {
                         if (isOperation(m_options))
                             work(connection);
                         else
                             show();
                     });
             });
}

void Cli::withKey(const Connection &connection, const std::function<void(const QByteArray &)> &go)
{
    const QByteArray fromEnvironment = qgetenv("OPENAI_API_KEY");
    if (m_options.demo)
        go("demo");
    else if (!m_options.baseUrl.isEmpty() || !fromEnvironment.isEmpty())
        go(fromEnvironment);
    else
        m_secrets.read(connection.id, [this, go](const Result<QByteArray> &key) {
            if (!key)
                refuse(key.error(), NotConnected);
            else
                go(*key);
        });
}

void Cli::checkIds(const std::function<void()> &go)
{
    QStringList assistants = m_options.rule.keepAssistants;
    if (!m_options.filter.assistantId.isEmpty())
        assistants << m_options.filter.assistantId;
    whenDone(m_store->read([assistants, thread = m_options.filter.threadId](Reader &reader) -> Result<QString> {
        for (const QString &id : assistants) {
            const auto known = reader.knowsAssistant(id);
            if (!known)
                return fail(known.error());
            if (!*known)
                return u"the store knows no assistant \"%1\"; bobbin-cli assistants lists them"_s.arg(id);
        }
        if (thread.isEmpty())
            return QString();
        const auto key = reader.keyOf(RowKind::Threads, thread);
        if (!key)
            return fail(key.error());
        return *key ? QString() : u"the store has no thread \"%1\""_s.arg(thread);
    }),
             this, [this, go](const Result<QString> &problem) {
                 if (!problem) {
                     refuse(problem.error(), Failed);
                 } else if (!problem->isEmpty()) {
                     complain(*problem);
                     end(Usage);
                 } else {
                     go();
                 }
             });
}

void Cli::work(const Connection &connection)
{
    withKey(connection, [this, connection](const QByteArray &key) {
        m_workspace = std::make_unique<Workspace>(connection, key, m_store, m_prices);
        operate();
    });
}

void Cli::operate()
{
    m_operation = std::make_unique<OperationCommand>(m_options, m_store, *m_workspace, m_patience,
                                                     [this](int code) { end(code); });
    m_operation->start();
}

void Cli::sync(const Connection &connection)
{
    withKey(connection, [this, connection](const QByteArray &key) {
        m_workspace = std::make_unique<Workspace>(connection, key, m_store, m_prices);
        m_patience.begin(u"sync"_s);
        connect(&m_patience, &Patience::timedOut, m_workspace.get(),
                [this] { giveUp(u"what was read is kept, the next sync goes on from there"_s); });
        connect(m_workspace.get(), &Workspace::progressed, this,
                [this, before = qint64(-1)](const SyncProgress &p) mutable {
                    if (std::exchange(before, p.objects + p.done) != p.objects + p.done)
                        m_patience.moved();
                    m_patience.progress(u"%1 of %2 threads, %3 requests, %4 objects"_s.arg(
                        format::count(p.done), format::count(p.total), format::count(p.requests),
                        format::count(p.objects)));
                });
        connect(m_workspace.get(), &Workspace::failed, this, [this](const QString &target, const Error &error) {
            m_partFailed = true;
            // Alike ones are told once, and counted at the end.
            const QString words = errorText(error).line();
            Error alike = error;
            alike.place.clear();
            alike.requestId.clear();
            if (!target.isEmpty() && m_failures[errorText(alike).line()]++ == 0)
                complain(target + u": "_s + words);
        });
        connect(m_workspace.get(), &Workspace::syncFinished, this, [this](const Result<SyncRow> &result) {
            m_patience.end();
            for (auto failure = m_failures.cbegin(); failure != m_failures.cend(); ++failure)
                if (failure.value() > 1)
                    complain(u"and %1 more: %2"_s.arg(failure.value() - 1).arg(failure.key()));
            disconnect(&m_patience, nullptr, m_workspace.get(), nullptr);
            if (!result) {
                const auto kind = result.error().kind;
                const bool connected = kind != Error::Kind::Network && kind != Error::Kind::Tls &&
                    kind != Error::Kind::Unauthorized && kind != Error::Kind::Timeout &&
                    kind != Error::Kind::NotThisProtocol && kind != Error::Kind::SwitchedOff;
                refuse(result.error(), connected ? Failed : NotConnected);
                return;
            }
            if (m_options.command != "sync"_L1) {
                checkIds([this] {
                    if (isOperation(m_options))
                        operate();
                    else
                        show();
                });
                return;
            }
            Output output(m_options.form,
                          {{u"outcome"_s, u"Outcome"_s, false},
                           {u"threads"_s, u"Threads"_s, true},
                           {u"requests"_s, u"Requests"_s, true},
                           {u"objects"_s, u"Objects"_s, true},
                           {u"failures"_s, u"Failures"_s, true},
                           {u"durationMs"_s, u"Duration"_s, true}});
            const qint64 ms = *result->endedAt - *result->startedAt;
            const auto cell = [](qint64 n) { return Cell{format::count(n), n}; };
            output.add({{result->outcome, result->outcome},
                        cell(result->threads),
                        cell(result->requests),
                        cell(result->objects),
                        cell(result->failures),
                        {format::duration(ms), ms}});
            output.finish();
            end(AllDone);
        });
        SyncOptions options;
        options.onlyThreads = m_options.ids;
        options.steps = m_options.steps;
        if (m_options.listLimit > 0)
            options.mostPerList = m_options.listLimit;
        m_workspace->sync(options);
    });
}

} // namespace bobbin::cli
