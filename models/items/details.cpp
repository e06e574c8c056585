// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/details.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostRelated = 12;
constexpr qsizetype mostText = 600; // of instructions: enough to know them by; the JSON has them whole

struct DetailText {
    Q_DECLARE_TR_FUNCTIONS(Details)
};

class Section {
public:
    explicit Section(const QString &title) : m_section{title, {}} { }
    Section &add(const QString &label, const QString &text, std::optional<Detail::Link> link = {})
    {
        if (!text.isEmpty())
            m_section.details.push_back({label, text, std::move(link)});
        return *this;
    }
    Section &add(const QString &label, const Related &related)
    {
        const QString name = related.name.isEmpty() ? related.id : related.name;
        const QString remark = !related.known ? DetailText::tr("not known here")
            : related.gone                    ? DetailText::tr("gone from the server")
                                              : QString();
        return add(label, remark.isEmpty() ? name : u"%1 (%2)"_s.arg(name, remark),
                   related.known ? std::optional(Detail::Link{related.kind, related.id}) : std::nullopt);
    }
    // The label stands before the first only.
    Section &add(const QString &label, const std::vector<Related> &some, qint64 all)
    {
        for (std::size_t i = 0; i < some.size(); ++i)
            add(i == 0 ? label : QString(), some[i]);
        if (all > qint64(some.size()))
            add({}, DetailText::tr("and %1 more").arg(format::count(all - qint64(some.size()))));
        return *this;
    }
    void into(Details &details) &&
    {
        if (!m_section.details.empty())
            details.sections.push_back(std::move(m_section));
    }

private:
    DetailSection m_section;
};

QString beginning(const QString &text)
{
    const QString line = text.simplified();
    return line.size() > mostText ? line.left(mostText) + u"…"_s : line;
}

QString dated(const OptTime &when, qint64 nowMs)
{
    return when ? u"%1 (%2)"_s.arg(format::when(when), format::age(when, nowMs)) : QString();
}

QString share(qint64 part, qint64 whole)
{
    return whole > 0 ? u"%1 (%2 %)"_s.arg(format::count(part)).arg(part * 100 / whole) : format::count(part);
}

QString toolWords(const QStringList &tools)
{
    QStringList words;
    for (const QString &tool : tools)
        words << (tool.startsWith("function:"_L1) ? DetailText::tr("function %1").arg(tool.mid(9)) : tool);
    return words.join(u", "_s);
}

void addSettings(Details &details, const ObjectFacts &facts)
{
    Section settings(DetailText::tr("Settings"));
    for (const auto &[name, value] : facts.settings)
        settings.add(name, value);
    std::move(settings).into(details);
    Section metadata(DetailText::tr("Metadata"));
    for (const auto &[name, value] : facts.belongings.metadata.asKeyValueRange())
        metadata.add(name, value.isEmpty() ? u"“”"_s : value);
    std::move(metadata).into(details);
}

QString kindWords(RowKind kind)
{
    return kind == RowKind::Stores    ? DetailText::tr("Vector stores")
        : kind == RowKind::Assistants ? DetailText::tr("Assistants")
                                      : DetailText::tr("Threads");
}

Done addUsers(Reader &reader, RowKind of, std::initializer_list<RowKind> kinds, const QString &nobody, Details &details)
{
    Section used(DetailText::tr("Used by"));
    qint64 all = 0;
    for (const RowKind kind : kinds) {
        const auto users = reader.related(of, details.id, kind, mostRelated);
        if (!users)
            return fail(users.error());
        used.add(kindWords(kind), users->some, users->all);
        all += users->all;
    }
    if (all == 0)
        used.add(DetailText::tr("Nobody"), nobody);
    std::move(used).into(details);
    return {};
}

// Its error, what it waits for, until when.
QString stateOf(const RunRow &run, const std::vector<ToolCall> &asked, qint64 nowMs)
{
    QString word = run.statusWord;
    word.replace(u'_', u' ');
    if (run.status == RunStatus::RequiresAction) {
        QStringList names;
        for (const ToolCall &call : asked)
            names << (call.name.isEmpty() ? call.type : call.name);
        word += names.isEmpty() ? QString() : DetailText::tr(": waits for the output of %1").arg(names.join(u", "_s));
    } else if (!run.errorCode.isEmpty()) {
        word += u": "_s + run.errorCode;
    }
    if (isActive(run.status) && run.expiresAt)
        word += *run.expiresAt > nowMs
            ? DetailText::tr(", expires in %1").arg(format::duration(*run.expiresAt - nowMs))
            : DetailText::tr(", should have expired %1").arg(format::age(run.expiresAt, nowMs));
    return word;
}

void addUsage(Details &details, const RunRow &run, const PriceTable *prices)
{
    Section usage(DetailText::tr("Tokens and cost"));
    usage.add(DetailText::tr("Model"), run.model);
    if (run.usage) {
        const Usage &u = *run.usage;
        usage.add(DetailText::tr("Prompt"), format::tokens(u.prompt));
        if (u.cached)
            usage.add(DetailText::tr("of it cached"), share(*u.cached, u.prompt));
        if (u.cacheWrite)
            usage.add(DetailText::tr("of it written to the cache"), share(*u.cacheWrite, u.prompt));
        usage.add(DetailText::tr("Completion"), format::tokens(u.completion));
        if (u.reasoning)
            usage.add(DetailText::tr("of it reasoning"), share(*u.reasoning, u.completion));
    } else {
        usage.add(DetailText::tr("Usage"), DetailText::tr("unknown: the server did not say"));
    }
    usage.add(DetailText::tr("Cost"),
              format::money(run.cost) +
                  (run.cost && run.assumedPrice ? DetailText::tr(", at the price of the model it was made from")
                                                : QString()));
    if (const Price *price = prices ? prices->priceAt(run.model, run.createdAt) : nullptr)
        usage.add(DetailText::tr("Price"),
                  DetailText::tr("%1 in, %2 cached, %3 out per million tokens")
                      .arg(format::money(Money{price->rates.input * 1'000'000}),
                           format::money(Money{price->rates.cached.value_or(price->rates.input) * 1'000'000}),
                           format::money(Money{price->rates.output * 1'000'000})));
    else
        usage.add(DetailText::tr("Price"), DetailText::tr("unknown; Tools → Prices takes one"));
    std::move(usage).into(details);
}

Result<std::map<QString, int>> toolsUsed(Reader &reader, RowKey run)
{
    const auto steps = reader.steps(run);
    if (!steps)
        return fail(steps.error());
    std::map<QString, int> used;
    for (const StepContent &step : *steps)
        for (const ToolCall &call : step.calls)
            ++used[call.name.isEmpty() ? call.type : call.name];
    return used;
}

Done describe(Reader &reader, const RunRow &run, const ObjectFacts &facts, qint64 nowMs, Details &details)
{
    const auto asked = reader.requiredAction(run.key);
    const auto assistant = reader.related(RowKind::Runs, run.id, RowKind::Assistants, 1);
    const auto used = toolsUsed(reader, run.key);
    if (!assistant || !used)
        return fail(!assistant ? assistant.error() : used.error());
    const QString state = stateOf(run, asked.value_or(std::vector<ToolCall>()), nowMs);
    details.title = run.threadTitle.isEmpty() ? run.threadId : run.threadTitle;
    details.facts =
        QStringList{state, run.cost ? format::money(run.cost) : DetailText::tr("cost unknown")}.join(u" · "_s);
    Section what(DetailText::tr("Run"));
    what.add(DetailText::tr("State"), state)
        .add(DetailText::tr("Error"), facts.errorMessage)
        .add(DetailText::tr("Created"), dated(run.createdAt, nowMs))
        .add(DetailText::tr("Took"), run.durationMs() ? format::duration(run.durationMs()) : QString())
        .add(DetailText::tr("Thread"), details.title, Detail::Link{RowKind::Threads, run.threadId})
        .add(DetailText::tr("Assistant"), assistant->some, assistant->all)
        .add(DetailText::tr("Steps"), format::count(run.steps));
    QStringList calls;
    for (const auto &[name, times] : *used)
        calls << (times > 1 ? u"%1 ×%2"_s.arg(name).arg(times) : name);
    what.add(DetailText::tr("Tools called"), calls.join(u", "_s))
        .add(DetailText::tr("Tools offered"), toolWords(facts.tools))
        .add(DetailText::tr("Instructions"), beginning(facts.instructions));
    std::move(what).into(details);
    addUsage(details, run, reader.prices());
    return {};
}

Done describe(Reader &reader, const AssistantRow &assistant, const ObjectFacts &facts, qint64 nowMs, Details &details)
{
    const auto stores = reader.named(RowKind::Stores, facts.belongings.resources.vectorStoreIds);
    const auto files = reader.named(RowKind::Files, facts.belongings.resources.fileIds);
    const auto threads = reader.related(RowKind::Assistants, assistant.id, RowKind::Threads, mostRelated);
    if (!stores || !files || !threads)
        return fail(!stores ? stores.error() : !files ? files.error() : threads.error());
    details.title = assistant.name.isEmpty() ? assistant.id : assistant.name;
    details.facts =
        QStringList{assistant.model, DetailText::tr("%n thread(s)", nullptr, int(assistant.threads)),
                    DetailText::tr("%n run(s)", nullptr, int(assistant.runs)), format::money(assistant.cost)}
            .join(u" · "_s);
    Section what(DetailText::tr("Assistant"));
    what.add(DetailText::tr("Model"), assistant.model)
        .add(DetailText::tr("Created"), dated(assistant.createdAt, nowMs))
        .add(DetailText::tr("Last run"),
             assistant.lastRunAt ? dated(assistant.lastRunAt, nowMs) : DetailText::tr("none known"))
        .add(DetailText::tr("Runs"), format::count(assistant.runs))
        .add(DetailText::tr("Cost"), format::money(assistant.cost))
        .add(DetailText::tr("Description"), facts.description)
        .add(DetailText::tr("Instructions"),
             facts.instructions.isEmpty() ? DetailText::tr("none") : beginning(facts.instructions))
        .add(DetailText::tr("Length"), DetailText::tr("%1 characters").arg(format::count(facts.instructions.size())));
    std::move(what).into(details);
    Section has(DetailText::tr("Tools and storage"));
    has.add(DetailText::tr("Tools"), facts.tools.isEmpty() ? DetailText::tr("none") : toolWords(facts.tools))
        .add(DetailText::tr("Vector stores"), *stores, qint64(stores->size()))
        .add(DetailText::tr("Files"), *files, qint64(files->size()));
    std::move(has).into(details);
    Section used(DetailText::tr("Threads, the costliest first"));
    used.add(format::count(threads->all), threads->some, threads->all);
    std::move(used).into(details);
    return {};
}

Done describe(Reader &reader, const StoreRow &store, const ObjectFacts &facts, qint64 nowMs, Details &details)
{
    const auto files = reader.related(RowKind::Stores, store.id, RowKind::Files, mostRelated);
    if (!files)
        return fail(files.error());
    details.title = store.name.isEmpty() ? store.id : store.name;
    details.facts = QStringList{store.status, format::bytes(store.bytes),
                                store.perDay ? DetailText::tr("%1 a day").arg(format::money(store.perDay)) : QString()}
                        .join(u" · "_s);
    Section what(DetailText::tr("Vector store"));
    QString state = store.status;
    state.replace(u'_', u' ');
    what.add(DetailText::tr("State"), state)
        .add(DetailText::tr("Size"), format::bytes(store.bytes))
        .add(DetailText::tr("Cost"),
             store.perDay
                 ? DetailText::tr("%1 a day at list price, before the free gigabyte").arg(format::money(store.perDay))
                 : format::unknown())
        .add(DetailText::tr("Created"), dated(store.createdAt, nowMs))
        .add(DetailText::tr("Last used"), dated(store.lastActiveAt, nowMs))
        .add(DetailText::tr("Expires"), store.expiresAt ? format::when(store.expiresAt) : DetailText::tr("never"));
    std::move(what).into(details);
    if (const Done users = addUsers(reader, RowKind::Stores, {RowKind::Assistants, RowKind::Threads},
                                    DetailText::tr("no assistant and no known thread points to it"), details);
        !users)
        return users;
    Section holds(DetailText::tr("Files"));
    for (const auto &[word, count] : facts.fileCounts)
        if (count > 0 || word == "total"_L1)
            holds.add(QString(word).replace(u'_', u' '), format::count(count));
    holds.add(DetailText::tr("Names"), files->some, files->all);
    std::move(holds).into(details);
    return {};
}

Done describe(Reader &reader, const FileRow &file, const ObjectFacts &facts, qint64 nowMs, Details &details)
{
    details.title = file.name.isEmpty() ? file.id : file.name;
    details.facts = QStringList{file.purpose, format::bytes(file.bytes)}.join(u" · "_s);
    Section what(DetailText::tr("File"));
    what.add(DetailText::tr("State"), file.status)
        .add(DetailText::tr("Error"), facts.errorMessage)
        .add(DetailText::tr("Size"), format::bytes(file.bytes))
        .add(DetailText::tr("Purpose"), file.purpose)
        .add(DetailText::tr("Created"), dated(file.createdAt, nowMs));
    std::move(what).into(details);
    return addUsers(reader, RowKind::Files, {RowKind::Stores, RowKind::Assistants, RowKind::Threads},
                    DetailText::tr("nothing that is known here points to it"), details);
}

template <class Row> Result<Details> detailsOf(Reader &reader, Resource resource, RowKey key, qint64 nowMs)
{
    const auto rows = reader.rows<Row>({key});
    const auto raw = reader.raw(resource, key);
    if (!rows || !raw)
        return fail(!rows ? rows.error() : raw.error());
    Details details;
    details.id = rows->front().id;
    details.raw = *raw;
    // A row whose JSON cannot be read is shown with what its columns say.
    const auto facts = reader.provider().readFacts(*raw).value_or(ObjectFacts());
    if (const Done done = describe(reader, rows->front(), facts, nowMs, details); !done)
        return fail(done.error());
    addSettings(details, facts);
    return details;
}

} // namespace

Result<Details> detailsOf(Reader &reader, RowKind kind, RowKey key, qint64 nowMs)
{
    switch (kind) {
    case RowKind::Runs:
        return detailsOf<RunRow>(reader, Resource::Runs, key, nowMs);
    case RowKind::Assistants:
        return detailsOf<AssistantRow>(reader, Resource::Assistants, key, nowMs);
    case RowKind::Stores:
        return detailsOf<StoreRow>(reader, Resource::VectorStores, key, nowMs);
    case RowKind::Files:
        return detailsOf<FileRow>(reader, Resource::Files, key, nowMs);
    default:
        return Details();
    }
}

} // namespace bobbin
