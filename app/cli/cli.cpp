// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "app/cli/outcomes.h"
#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/discovery/idfinder.h"
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
      m_credentials(m_secrets), m_session([this](const Connection &connection, bool fresh,
                                                 KeyAnswer answer) { key(connection, fresh, std::move(answer)); },
                                          ownPricesFile()),
      m_patience(m_options.timeoutSeconds, this)
{
    if (m_session.pricesProblem())
        complain(u"your own prices are not applied: "_s + errorText(*m_session.pricesProblem()).line());
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
        m_connectionCommand = std::make_unique<ConnectionCommand>(m_options, m_connections, m_credentials,
                                                                  [this](int code) { end(code); });
        m_connectionCommand->start();
        return;
    }
    if (m_options.command == "archive"_L1 && !isOperation(m_options)) {
        end(archiveCommand(m_options, m_session.prices()));
        return;
    }
    if (m_options.command == "policy"_L1) {
        policy();
        return;
    }
    const QString guarding = m_options.command == "guard"_L1 ? m_options.arguments.value(0) : QString();
    if (guarding == "stop"_L1 || guarding == "go"_L1) {
        stopGuarding();
        return;
    }
    Connection connection;
    if (choose(&connection))
        openStore(connection);
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
        connection->id = u"demo"_s;
        connection->name = u"Demo"_s;
        connection->baseUrl = m_demo->baseUrl();
        connection->provider = defaultProviderId();
        return true;
    }
    if (!m_options.baseUrl.isEmpty()) {
        const Result<QUrl> url = checkBaseUrl(m_options.baseUrl);
        if (!url) {
            refuse(url.error(), Usage);
            return false;
        }
        const QByteArray hash = QCryptographicHash::hash(url->toEncoded(), QCryptographicHash::Sha1).toHex();
        connection->id = u"url-"_s + QString::fromLatin1(hash.left(16));
        connection->name = url->host();
        connection->baseUrl = url->toString();
        connection->provider = likeliestProvider(connection->baseUrl).id();
        for (const auto &apply : m_options.connectionEdits)
            apply(*connection);
        if (const auto provider = providerById(connection->provider); !provider) {
            refuse(provider.error(), Usage);
            return false;
        }
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
    if (!m_options.storeFile.isEmpty() && !m_options.syncFirst && m_options.connection.isEmpty() &&
        !isOperation(m_options) && m_options.command != "watch"_L1 && m_options.command != "gateway"_L1 &&
        m_options.command != "chat"_L1)
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
    if (m_options.command == "watch"_L1 && !QFile::exists(file))
        m_options.syncFirst = true; // else there is nothing to follow
    // They learn what passes, and what they look at.
    const bool fromNothing = m_options.command == "gateway"_L1 || m_options.command == "chat"_L1;
    if (!m_options.syncFirst && !fromNothing && !QFile::exists(file)) {
        complain(u"nothing was synced yet into %1; add --sync"_s.arg(QDir::toNativeSeparators(file)));
        end(Failed);
        return;
    }
    connect(&m_session, &Session::opened, this, &Cli::opened);
    connect(&m_session, &Session::failed, this, [this](const Error &error) { refuse(error, Failed); });
    connect(&m_session, &Session::keyMissing, this, [this](const Error &error) { refuse(error, NotConnected); });
    if (connection.id.isEmpty())
        m_session.openStore(file);
    else
        m_session.open(connection, file);
}

void Cli::opened()
{
    m_store = m_session.store();
    if (const QString problem = readIds(m_store->provider()); !problem.isEmpty()) {
        complain(problem);
        end(Usage);
    } else if (m_options.syncFirst) {
        withKey([this] { sync(); });
    } else {
        goOn();
    }
}

// Before anything begins: without the key nothing is left half done.
void Cli::withKey(const std::function<void()> &go)
{
    key(m_session.connection(), false, [this, go](const Result<QByteArray> &key) {
        if (!key) {
            refuse(key.error(), NotConnected);
            return;
        }
        m_session.workspace()->setKey(*key);
        go();
    });
}

void Cli::goOn()
{
    checkIds([this] {
        if (m_options.command == "gateway"_L1)
            openGateway();
        else if (m_options.command == "watch"_L1)
            m_options.syncFirst ? watch() : withKey([this] { watch(); });
        else if (m_options.command == "chat"_L1)
            m_options.syncFirst ? chat() : withKey([this] { chat(); });
        else if (!isOperation(m_options))
            show();
        else if (m_options.syncFirst) // with the key that it synced with
            operate();
        else
            withKey([this] { operate(); });
    });
}

void Cli::key(const Connection &connection, bool fresh, KeyAnswer answer)
{
    const QByteArray fromEnvironment = qgetenv("OPENAI_API_KEY");
    if (m_options.demo)
        answer(QByteArray("demo"));
    else if (!m_options.baseUrl.isEmpty() ||
             (!fromEnvironment.isEmpty() && connection.keySource == Connection::KeySource::Pasted))
        answer(fromEnvironment);
    else
        m_credentials.ask(connection, fresh, std::move(answer));
}

// Ids, and files that hold some: their shapes are the provider's.
QString Cli::readIds(const Provider &provider)
{
    if (m_options.command != "sync"_L1)
        return {};
    for (const QString &argument : std::as_const(m_options.arguments)) {
        QStringList ids = findIds(argument.toUtf8(), provider.idShapes()).of(Resource::Threads);
        if (ids.isEmpty() && QFile::exists(argument)) {
            const Result<FoundIds> inFile = findIdsInFile(argument, provider.idShapes());
            if (!inFile)
                return errorText(inFile.error()).line();
            ids = inFile->of(Resource::Threads);
            complain(u"%1: %2 thread ids found"_s.arg(argument).arg(ids.size()));
        } else if (ids.isEmpty()) {
            ids << argument; // servers have ids of other shapes
        }
        m_options.ids << ids;
    }
    return m_options.ids.isEmpty() && !m_options.arguments.isEmpty() ? u"no thread id was found in what was given"_s
                                                                     : QString();
}

void Cli::checkIds(const std::function<void()> &go)
{
    QStringList assistants = m_options.rule.keepAssistants;
    if (!m_options.filter.assistantId.isEmpty() && m_options.command != "chat"_L1) // there the server says so
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

void Cli::operate()
{
    m_operation = std::make_unique<OperationCommand>(m_options, m_store, *m_session.workspace(), m_patience,
                                                     [this](int code) { end(code); });
    m_operation->start();
}

void Cli::sync()
{
    Workspace *workspace = m_session.workspace();
    m_patience.begin(u"sync"_s);
    connect(&m_patience, &Patience::timedOut, workspace,
            [this] { giveUp(u"what was read is kept, the next sync goes on from there"_s); });
    connect(workspace, &Workspace::progressed, this, [this, before = qint64(-1)](const SyncProgress &p) mutable {
        if (std::exchange(before, p.objects + p.done) != p.objects + p.done)
            m_patience.moved();
        m_patience.progress(u"%1 of %2 threads, %3 requests, %4 objects"_s.arg(
            format::count(p.done), format::count(p.total), format::count(p.requests), format::count(p.objects)));
    });
    connect(workspace, &Workspace::failed, this, [this](const QString &target, const Error &error) {
        m_partFailed = true;
        // Alike ones are told once, and counted at the end.
        const QString words = errorText(error).line();
        Error alike = error;
        alike.place.clear();
        alike.requestId.clear();
        if (!target.isEmpty() && m_failures[errorText(alike).line()]++ == 0)
            complain(target + u": "_s + words);
    });
    connect(workspace, &Workspace::syncFinished, this, &Cli::syncEnded);
    SyncOptions options;
    options.onlyThreads = m_options.ids;
    options.steps = m_options.steps;
    options.atOnce = m_options.atOnce;
    if (m_options.listLimit > 0)
        options.mostPerList = m_options.listLimit;
    workspace->sync(options);
}

void Cli::syncEnded(const Result<SyncRow> &result)
{
    m_patience.end();
    for (auto failure = m_failures.cbegin(); failure != m_failures.cend(); ++failure)
        if (failure.value() > 1)
            complain(u"and %1 more: %2"_s.arg(failure.value() - 1).arg(failure.key()));
    disconnect(&m_patience, nullptr, m_session.workspace(), nullptr);
    if (!result) {
        refuse(result.error(), exitCodeOf(result.error()));
        return;
    }
    if (m_options.command != "sync"_L1) {
        goOn();
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
}

} // namespace bobbin::cli
