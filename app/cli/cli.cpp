// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/settings/ownprices.h"
#include "models/wire/content.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QStandardPaths>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

bool isTerminal(FILE *stream)
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stream)) != 0;
#else
    return isatty(fileno(stream)) != 0;
#endif
}

} // namespace

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

void Cli::show()
{
    const QString &command = m_options.command;
    if (command == "threads"_L1)
        showRows<ThreadRow>(RowKind::Threads, "cost");
    else if (command == "runs"_L1)
        showRows<RunRow>(RowKind::Runs, "created");
    else if (command == "assistants"_L1)
        showRows<AssistantRow>(RowKind::Assistants, "cost");
    else if (command == "stores"_L1)
        showRows<StoreRow>(RowKind::Stores, "bytes");
    else if (command == "files"_L1)
        showRows<FileRow>(RowKind::Files, "bytes");
    else if (command == "steps"_L1)
        showSteps();
    else if (command == "cost"_L1)
        showCost();
    else
        showSummary();
}

template <class Row> void Cli::showRows(RowKind kind, const char *usualSort)
{
    const auto columns = columnsOf<Row>();
    RowQuery query{m_options.filter, m_options.sort.isEmpty() ? QByteArray(usualSort) : m_options.sort,
                   !m_options.ascending};
    QStringList keys;
    for (const Column<Row> &column : columns)
        keys << QString::fromLatin1(column.key);
    if (!keys.contains(QString::fromLatin1(query.sort))) {
        complain(u"--sort knows these columns: "_s + keys.join(u", "_s));
        end(Usage);
        return;
    }
    const RowFilter &filter = query.filter;
    const bool ofAssistants = kind == RowKind::Threads || kind == RowKind::Runs;
    if ((!filter.assistantId.isEmpty() && !ofAssistants) || (!filter.threadId.isEmpty() && kind != RowKind::Runs)) {
        complain(u"--assistant is for threads and runs, --thread for runs"_s);
        end(Usage);
        return;
    }
    const QStringList known = knownStates(kind);
    for (const QString &state : filter.states)
        if (!known.contains(state)) {
            complain(known.isEmpty() ? u"--state is for threads and runs"_s
                                     : u"--state knows: "_s + known.join(u", "_s));
            end(Usage);
            return;
        }
    whenDone(m_store->read([kind, query, limit = m_options.limit](Reader &reader) -> Result<std::vector<Row>> {
        const Result<KeyList> list = reader.keys(kind, query, limit);
        if (!list)
            return fail(list.error());
        return reader.rows<Row>(list->keys);
    }),
             this, [this, columns](const Result<std::vector<Row>> &rows) {
                 if (!rows) {
                     refuse(rows.error(), Failed);
                     return;
                 }
                 const bool text = m_options.form == Form::Text;
                 std::vector<Output::Head> heads;
                 for (const Column<Row> &column : columns)
                     if (!text || column.shown || QByteArrayView(column.key) == "id" ||
                         QByteArrayView(column.key) == "run")
                         heads.push_back({QString::fromLatin1(column.key),
                                          QCoreApplication::translate("Columns", column.title), column.number});
                 Output output(m_options.form, heads);
                 const qint64 now = QDateTime::currentMSecsSinceEpoch();
                 for (const Row &row : *rows) {
                     std::vector<Cell> cells;
                     for (const Column<Row> &column : columns)
                         if (!text || column.shown || QByteArrayView(column.key) == "id" ||
                             QByteArrayView(column.key) == "run")
                             cells.push_back({column.display(row, now), column.value(row)});
                     output.add(std::move(cells));
                 }
                 output.finish();
                 end(AllDone);
             });
}

void Cli::showSteps()
{
    struct Found {
        bool run = false;
        QByteArrayList steps;
    };
    whenDone(m_store->read([id = m_options.arguments.first()](Reader &reader) -> Result<Found> {
        const auto key = reader.keyOf(RowKind::Runs, id);
        if (!key)
            return fail(key.error());
        if (!*key)
            return Found{};
        auto steps = reader.steps(**key);
        if (!steps)
            return fail(steps.error());
        return Found{true, *std::move(steps)};
    }),
             this, [this](const Result<Found> &found) {
                 if (!found) {
                     refuse(found.error(), Failed);
                     return;
                 }
                 if (!found->run) {
                     complain(u"the store has no run \"%1\""_s.arg(m_options.arguments.first()));
                     end(Failed);
                     return;
                 }
                 Output output(m_options.form,
                               {{u"step"_s, u"Step"_s, false},
                                {u"type"_s, u"Type"_s, false},
                                {u"status"_s, u"Status"_s, false},
                                {u"prompt"_s, u"Prompt"_s, true},
                                {u"completion"_s, u"Completion"_s, true},
                                {u"call"_s, u"Call"_s, false},
                                {u"input"_s, u"Input"_s, false},
                                {u"output"_s, u"Output"_s, false}});
                 for (const QByteArray &raw : found->steps) {
                     const Result<wire::StepContent> content = wire::readStep(raw);
                     if (!content)
                         continue;
                     const RunStep &s = content->step;
                     const auto tokens = [&](qint64 Usage::*part) {
                         return s.usage ? Cell{format::count((*s.usage).*part), (*s.usage).*part}
                                        : Cell{format::unknown(), {}};
                     };
                     const auto add = [&](const QString &call, const QString &in, const QString &out) {
                         output.add({{s.id, s.id},
                                     {s.type, s.type},
                                     {s.status, s.status},
                                     tokens(&Usage::prompt),
                                     tokens(&Usage::completion),
                                     {call, call},
                                     {in, in},
                                     {out, out}});
                     };
                     for (const wire::ToolCall &call : content->calls)
                         add(call.name.isEmpty() ? call.type : call.name, call.input,
                             call.answered ? call.output : u"(not answered)"_s);
                     if (content->calls.empty())
                         add({}, {}, content->messageId);
                 }
                 output.finish();
                 end(AllDone);
             });
}

void Cli::showCost()
{
    whenDone(m_store->read([by = m_options.by](Reader &reader) { return reader.costBy(by); }), this,
             [this](const Result<std::vector<NamedCost>> &rows) {
                 if (!rows) {
                     refuse(rows.error(), Failed);
                     return;
                 }
                 Output output(m_options.form,
                               {{m_options.by, m_options.by, false},
                                {u"runs"_s, u"Runs"_s, true},
                                {u"cost"_s, u"Cost"_s, true},
                                {u"unknown_runs"_s, u"Unknown"_s, true}});
                 CostSum total;
                 qint64 runs = 0;
                 const auto add = [&](const QString &name, qint64 n, const CostSum &cost) {
                     output.add({{name, name},
                                 {format::count(n), n},
                                 {format::money(cost), cost.pricedRuns ? QVariant(cost.known.dollars()) : QVariant()},
                                 {format::count(cost.unknownRuns), cost.unknownRuns}});
                 };
                 int shown = 0;
                 for (const NamedCost &row : *rows) {
                     total.known += row.cost.known;
                     total.pricedRuns += row.cost.pricedRuns;
                     total.unknownRuns += row.cost.unknownRuns;
                     runs += row.runs;
                     if (m_options.limit == 0 || shown++ < m_options.limit)
                         add(row.name, row.runs, row.cost);
                 }
                 if (m_options.form == Form::Text)
                     add(u"total"_s, runs, total);
                 output.finish();
                 end(AllDone);
             });
}

void Cli::showSummary()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    whenDone(
        m_store->read([now](Reader &reader) { return reader.overview(now); }), this, [this](const Result<Overview> &o) {
            if (!o) {
                refuse(o.error(), Failed);
                return;
            }
            if (m_options.form != Form::Text) {
                Output output(m_options.form, {{u"figure"_s, u"Figure"_s, false}, {u"value"_s, u"Value"_s, true}});
                const auto add = [&](const QString &name, const QVariant &value) {
                    output.add({{name, name}, {value.toString(), value}});
                };
                add(u"assistants"_s, o->assistants);
                add(u"threads"_s, o->threads);
                add(u"messages"_s, o->messages);
                add(u"runs"_s, o->runs);
                add(u"active_runs"_s, o->activeRuns);
                add(u"vector_stores"_s, o->stores);
                add(u"files"_s, o->files);
                add(u"store_bytes"_s, o->storeBytes ? QVariant(*o->storeBytes) : QVariant());
                add(u"cost_usd"_s, o->total.known.dollars());
                add(u"unpriced_runs"_s, o->total.unknownRuns);
                add(u"cost_this_month_usd"_s, o->month.known.dollars());
                output.finish();
                end(AllDone);
                return;
            }
            const auto line = [](const QString &name, const QString &value) { print(name.leftJustified(22) + value); };
            line(u"Threads"_s, format::count(o->threads) + u" ("_s + format::count(o->messages) + u" messages)"_s);
            line(u"Runs"_s, format::count(o->runs) + u" ("_s + format::count(o->activeRuns) + u" active now)"_s);
            line(u"Assistants"_s, format::count(o->assistants));
            line(u"Vector stores"_s,
                 format::count(o->stores) + u", "_s + format::bytes(o->storeBytes) +
                     (o->storeBytes ? u", "_s + format::money(m_prices->storagePerDay(*o->storeBytes)) +
                              u" a day at the list price"_s
                                    : QString()));
            line(u"Files"_s, format::count(o->files));
            line(u"Cost of all runs"_s, format::money(o->total));
            line(u"Cost this month (UTC)"_s, format::money(o->month));
            if (o->total.unknownRuns > 0)
                line({},
                     u"%1 runs have no usage or no known price and are left out"_s.arg(
                         format::count(o->total.unknownRuns)));
            line(u"Prices"_s, u"table of "_s + m_prices->generated() + u", estimates"_s);
            const auto list = [&](const QString &title, const std::vector<NamedCost> &rows) {
                print({});
                print(title);
                for (std::size_t i = 0; i < rows.size() && i < 10; ++i)
                    print(u"  "_s + format::money(rows[i].cost).rightJustified(14) + u"  "_s +
                          format::count(rows[i].runs).rightJustified(8) + u" runs  "_s + rows[i].name.left(60));
            };
            list(u"Costliest threads"_s, o->threadsByCost);
            list(u"By assistant"_s, o->assistantsByCost);
            list(u"By model"_s, o->models);
            end(AllDone);
        });
}

} // namespace bobbin::cli
