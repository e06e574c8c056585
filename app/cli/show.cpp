// SPDX-License-Identifier: GPL-3.0-or-later
// What bobbin-cli prints of a store.
#include "app/cli/cli.h"

#include "app/cli/outcomes.h"
#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QCoreApplication>
#include <QDateTime>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

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
    else if (command == "activity"_L1)
        showActivity(m_options, m_store, this, [this](int code) { end(code); });
    else if (command == "steps"_L1)
        showSteps();
    else if (command == "cost"_L1)
        showCost();
    else if (command == "audit"_L1)
        audit();
    else if (command == "report"_L1)
        report();
    else if (command == "reconcile"_L1)
        reconcile();
    else if (command == "policy"_L1)
        tryPolicyHere();
    else if (command == "budget"_L1)
        budget();
    else if (command == "guard"_L1)
        guard();
    else
        showSummary();
}

template <class Row> void Cli::showRows(RowKind kind, const char *usualSort)
{
    const auto columns = columnsOf<Row>();
    RowQuery query{m_options.filter, m_options.sort.isEmpty() ? QByteArray(usualSort) : m_options.sort,
                   !m_options.ascending};
    QStringList keys;
    for (const Column<Row> &column : columns) {
        keys << exportKey(column);
        if (query.sort == keys.last().toLatin1())
            query.sort = column.key;
    }
    if (std::ranges::none_of(columns, [&](const Column<Row> &column) { return query.sort == column.key; })) {
        complain(u"--sort knows these columns: "_s + keys.join(u", "_s));
        end(Usage);
        return;
    }
    const RowFilter &filter = query.filter;
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
                         heads.push_back(
                             {exportKey(column), QCoreApplication::translate("Columns", column.title), column.number});
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
        std::vector<StepContent> steps;
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
                 for (const StepContent &content : found->steps) {
                     const RunStep &s = content.step;
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
                     for (const ToolCall &call : content.calls)
                         add(call.name.isEmpty() ? call.type : call.name, call.input,
                             call.answered ? call.output : u"(not answered)"_s);
                     if (content.calls.empty())
                         add({}, {}, content.messageId);
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
                                {u"id"_s, u"Id"_s, false},
                                {u"runs"_s, u"Runs"_s, true},
                                {u"costUsd"_s, u"Cost"_s, true},
                                {u"unknownRuns"_s, u"Unknown"_s, true}});
                 CostSum total;
                 qint64 runs = 0;
                 const bool day = m_options.by == "day"_L1 || m_options.by == "model"_L1; // is its own id
                 const auto add = [&](const QString &name, const QString &id, qint64 n, const CostSum &cost) {
                     output.add({{name, name},
                                 {day ? QString() : id, id},
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
                         add(row.name, row.id, row.runs, row.cost);
                 }
                 if (m_options.form == Form::Text)
                     add(u"total"_s, {}, runs, total);
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
                QJsonObject figures;
                const auto add = [&](const QString &name, const QVariant &value) {
                    output.add({{name, name}, {value.toString(), value}});
                    figures.insert(name, QJsonValue::fromVariant(value));
                };
                const auto dollars = [](const CostSum &sum) {
                    return sum.pricedRuns > 0 || sum.unknownRuns == 0 ? QVariant(sum.known.dollars()) : QVariant();
                };
                add(u"assistants"_s, o->assistants);
                add(u"threads"_s, o->threads);
                add(u"messages"_s, o->messages);
                add(u"runs"_s, o->runs);
                add(u"activeRuns"_s, o->activeRuns);
                add(u"vectorStores"_s, o->stores);
                add(u"files"_s, o->files);
                add(u"storeBytes"_s, o->storeBytes ? QVariant(*o->storeBytes) : QVariant());
                add(u"costUsd"_s, dollars(o->total));
                add(u"unknownRuns"_s, o->total.unknownRuns);
                add(u"costThisMonthUsd"_s, dollars(o->month));
                add(u"unknownRunsThisMonth"_s, o->month.unknownRuns);
                if (m_options.form == Form::Json) {
                    printJson(figures);
                    end(AllDone);
                    return;
                }
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
                     (o->storeBytes ? u", "_s + format::money(m_session.prices()->storageListPrice(*o->storeBytes)) +
                              u" a day at the list price, "_s +
                              format::money(m_session.prices()->storagePerDay(*o->storeBytes)) +
                              u" after the free gigabyte"_s
                                    : QString()));
            line(u"Files"_s, format::count(o->files));
            line(u"Cost of all runs"_s, format::money(o->total));
            line(u"Cost this month (UTC)"_s, format::money(o->month));
            if (o->total.unknownRuns > 0)
                line({},
                     u"%1 runs have no usage or no known price and are left out"_s.arg(
                         format::count(o->total.unknownRuns)));
            line(u"Prices"_s, u"table of "_s + m_session.prices()->generated() + u", estimates"_s);
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
