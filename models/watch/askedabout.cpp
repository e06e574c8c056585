// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/askedabout.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// What a message attaches for searching goes into the thread's own store: it is there as long as that is.
Done readFiles(Reader &reader, RowKey thread, const QStringList &files, AskedAbout &about)
{
    const auto messages = reader.conversation(thread, -1, 0);
    const auto raw = reader.raw(Resource::Threads, thread);
    if (!messages || !raw)
        return fail(!messages ? messages.error() : raw.error());
    for (const MessageContent &message : *messages)
        for (const QString &file : files)
            if (message.attachments.contains(file))
                ++about.attachedBefore[file];
    const auto belongings = reader.provider().readBelongings(*raw);
    const auto stores =
        reader.named(RowKind::Stores, belongings ? belongings->resources.vectorStoreIds : QStringList());
    if (!stores)
        return fail(stores.error());
    const bool hasStore = std::ranges::any_of(*stores, [](const Related &store) { return !store.gone; });
    for (const QString &file : files)
        if (hasStore && about.attachedBefore.value(file) > 0)
            about.inStore << file;
    return {};
}

} // namespace

Result<AskedAbout> readAbout(Reader &reader, const Asked &asked)
{
    AskedAbout about;
    about.assistant = asked.assistant;
    about.model = asked.model;
    const auto thread = reader.keyOf(RowKind::Threads, asked.thread);
    if (!thread)
        return fail(thread.error());
    if (*thread) {
        about.known = true;
        if (const Done read = reader.readLedger(about.ledger, std::vector<RowKey>{**thread}); !read)
            return fail(read.error());
        auto metadata = reader.metadata(**thread);
        const auto row = reader.rows<ThreadRow>({**thread});
        if (!metadata || !row)
            return fail(!metadata ? metadata.error() : row.error());
        about.metadata = *std::move(metadata);
        if (!row->empty())
            about.userMessages = row->front().turns.value_or(0);
        if (about.assistant.isEmpty() && about.fact())
            about.assistant = about.ledger.names.assistants.name(about.fact()->assistant);
        if (!asked.attached.isEmpty())
            if (const Done read = readFiles(reader, **thread, asked.attached, about); !read)
                return fail(read.error());
        if (!asked.run.isEmpty()) {
            const auto run = reader.keyOf(RowKind::Runs, asked.run, asked.thread);
            if (!run)
                return fail(run.error());
            if (const ThreadFact *fact = about.fact(); fact && *run) {
                const auto found = std::ranges::find(fact->runs, **run, &RunFact::key);
                about.rounds = found == fact->runs.end() ? 0 : found->rounds;
            }
        }
    }
    if (about.model.isEmpty() && !about.assistant.isEmpty()) {
        const auto key = reader.keyOf(RowKind::Assistants, about.assistant);
        const auto rows = key && *key ? reader.rows<AssistantRow>({**key}) : std::vector<AssistantRow>();
        if (!key || !rows)
            return fail(!key ? key.error() : rows.error());
        if (!rows->empty())
            about.model = rows->front().model;
    }
    return about;
}

NextRun nextRunOf(const AskedAbout &about, const Asked &asked)
{
    NextRun next;
    next.thread = asked.thread;
    next.fact = about.fact();
    next.metadata = about.known ? about.metadata : asked.metadata;
    next.assistant = about.assistant;
    next.model = about.model;
    next.userMessages = about.userMessages + asked.userMessages;
    next.characters = asked.characters;
    return next;
}

Result<QString> threadOfResponse(Reader &reader, const QString &response)
{
    const auto key = reader.keyOf(RowKind::Runs, response);
    if (!key || !*key)
        return key ? Result<QString>(QString()) : fail(key.error());
    const auto rows = reader.rows<RunRow>({**key});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? QString() : rows->front().threadId;
}

Result<bool> isRunOf(Reader &reader, const QString &run, const QString &thread)
{
    const auto key = reader.keyOf(RowKind::Runs, run, thread);
    if (!key)
        return fail(key.error());
    return key->has_value();
}

Result<QHash<QString, QString>> rotatedThreads(Reader &reader)
{
    Reader::GuardQuery query;
    query.states = {GuardState::Acted};
    const auto rows = reader.guardRows(query);
    if (!rows)
        return fail(rows.error());
    QHash<QString, QString> moved;
    for (const GuardRow &row : *rows) {
        if (!isAct(row, GuardAct::Rotate) || row.operation == 0)
            continue;
        const auto made = reader.madeBy(row.operation, {row.thread});
        if (!made)
            return fail(made.error());
        if (const QString successor = made->value(row.thread); !successor.isEmpty())
            moved.insert(row.thread, successor);
    }
    return moved;
}

} // namespace bobbin
