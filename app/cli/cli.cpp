// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/outcomes.h"
#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
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
      m_prices(std::make_shared<const PriceTable>(PriceTable::shipped()))
{
    const Result<PriceTable> prices = loadPrices(ownPricesFile());
    if (prices)
        m_prices = std::make_shared<const PriceTable>(*prices);
    else
        complain(u"your own prices are not applied: "_s + errorText(prices.error()).line());
}

void Cli::end(int code)
{
    std::fflush(stdout);
    QCoreApplication::exit(code == AllDone && m_partFailed ? PartFailed : code);
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
                  {{u"name"_s, u"Name"_s, false}, {u"base_url"_s, u"Base URL"_s, false}, {u"id"_s, u"Id"_s, false}});
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
        *connection = {u"demo"_s, u"Demo"_s, m_demo->baseUrl(), {}, {}, {}, {}, {}};
        return true;
    }
    if (!m_options.baseUrl.isEmpty()) {
        const Result<QUrl> url = checkBaseUrl(m_options.baseUrl);
        if (!url) {
            refuse(url.error(), Usage);
            return false;
        }
        const QByteArray hash = QCryptographicHash::hash(url->toEncoded(), QCryptographicHash::Sha1).toHex();
        *connection = {
            u"url-"_s + QString::fromLatin1(hash.left(16)), url->host(), url->toString(), {}, {}, {}, {}, {}};
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
    whenDone(Store::open(file, m_prices), this, [this, connection](const Result<std::shared_ptr<Store>> &store) {
        if (!store) {
            refuse(store.error(), Failed);
            return;
        }
        m_store = *store;
        if (m_options.syncFirst)
            sync(connection);
        else if (isOperation(m_options))
            work(connection);
        else
            show();
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

void Cli::work(const Connection &connection)
{
    withKey(connection, [this, connection](const QByteArray &key) {
        m_workspace = std::make_unique<Workspace>(connection, key, m_store, m_prices);
        operate();
    });
}

void Cli::operate()
{
    m_operation = std::make_unique<OperationCommand>(m_options, m_store, *m_workspace, [this](int code) { end(code); });
    m_operation->start();
}

void Cli::sync(const Connection &connection)
{
    withKey(connection, [this, connection](const QByteArray &key) {
        m_workspace = std::make_unique<Workspace>(connection, key, m_store, m_prices);
        const bool live = isTerminal(stderr);
        connect(m_workspace.get(), &Workspace::progressed, this, [live](const SyncProgress &p) {
            if (live)
                std::fprintf(stderr, "\r%s of %s threads, %s requests, %s objects ",
                             format::count(p.done).toUtf8().constData(), format::count(p.total).toUtf8().constData(),
                             format::count(p.requests).toUtf8().constData(),
                             format::count(p.objects).toUtf8().constData());
        });
        connect(m_workspace.get(), &Workspace::failed, this, [this](const QString &target, const Error &error) {
            m_partFailed = true;
            if (!target.isEmpty())
                complain(target + u": "_s + errorText(error).line());
        });
        connect(m_workspace.get(), &Workspace::syncFinished, this, [this, live](const Result<SyncRow> &result) {
            if (live)
                std::fputs("\n", stderr);
            if (!result) {
                const auto kind = result.error().kind;
                const bool connected = kind != Error::Kind::Network && kind != Error::Kind::Tls &&
                    kind != Error::Kind::Unauthorized && kind != Error::Kind::Timeout &&
                    kind != Error::Kind::NotThisProtocol && kind != Error::Kind::SwitchedOff;
                refuse(result.error(), connected ? Failed : NotConnected);
                return;
            }
            if (isOperation(m_options)) {
                operate();
                return;
            }
            if (m_options.command != "sync"_L1) {
                show();
                return;
            }
            Output output(m_options.form,
                          {{u"outcome"_s, u"Outcome"_s, false},
                           {u"threads"_s, u"Threads"_s, true},
                           {u"requests"_s, u"Requests"_s, true},
                           {u"objects"_s, u"Objects"_s, true},
                           {u"failures"_s, u"Failures"_s, true},
                           {u"duration_ms"_s, u"Duration"_s, true}});
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
        m_workspace->sync(options);
    });
}

} // namespace bobbin::cli
