// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/archive/importarchive.h"

#include "models/providers/registry.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

template <class T> void append(std::vector<T> &to, std::vector<T> &from)
{
    std::ranges::move(from, std::back_inserter(to));
}

Done add(const Provider &provider, Resource resource, const Parent &parent, const QByteArray &raw, Objects &into)
{
    Result<Objects> read = provider.readItem(resource, parent, raw);
    if (!read)
        return fail(read.error());
    append(into.assistants, read->assistants);
    append(into.threads, read->threads);
    append(into.messages, read->messages);
    append(into.runs, read->runs);
    append(into.steps, read->steps);
    append(into.files, read->files);
    append(into.stores, read->stores);
    append(into.storeFiles, read->storeFiles);
    return {};
}

} // namespace

Result<const Provider *> archiveProvider(const QString &path)
{
    std::optional<Result<const Provider *>> found;
    const auto count = readArchive(path, [&](const ArchivedFrame &frame) -> Done {
        found = providerById(frame.origin.provider);
        return fail(Error::Kind::Cancelled, {}); // no further
    });
    return found ? *found : fail(count.error());
}

Result<ArchiveCount> importArchive(const QString &path, Store &store)
{
    return readArchive(path, [&](const ArchivedFrame &frame) -> Done {
        const Provider &provider = store.provider();
        if (frame.origin.provider != provider.id())
            return fail(Error::Kind::Archive,
                        u"it holds what was read from two kinds of servers (%1 and %2): open them one by one"_s.arg(
                            provider.id(), frame.origin.provider),
                        path);
        auto objects = std::make_shared<Objects>();
        const Parent nobody;
        const auto all = [&](Resource resource, const QByteArrayList &raws) -> Done {
            for (const QByteArray &raw : raws)
                if (Done done = add(provider, resource, nobody, raw, *objects); !done)
                    return done;
            return {};
        };
        for (const Done &done :
             {all(Resource::Threads, frame.thread.isEmpty() ? QByteArrayList() : QByteArrayList{frame.thread}),
              all(Resource::Messages, frame.messages), all(Resource::Runs, frame.runs),
              all(Resource::Steps, frame.steps)})
            if (!done)
                return done;
        for (const auto &[type, raw] : frame.others) {
            const auto resource = type == "assistant"_L1 ? std::optional(Resource::Assistants)
                : type == "file"_L1                      ? std::optional(Resource::Files)
                : type == "vector_store"_L1              ? std::optional(Resource::VectorStores)
                : type == "referred_thread"_L1           ? std::optional(Resource::Threads)
                                                         : std::nullopt; // of a newer format: kept in the file
            if (!resource)
                continue;
            if (Done done = add(provider, *resource, nobody, raw, *objects); !done)
                return done;
        }
        for (const ArchivedFrame::OneStoreFile &file : frame.storeFiles) {
            Parent parent;
            parent.store = file.store;
            if (Done done = add(provider, Resource::StoreFiles, parent, file.raw, *objects); !done)
                return done;
        }
        QStringList threads;
        std::vector<std::pair<QString, QString>> runs; // thread, run
        for (const Thread &thread : objects->threads)
            threads << thread.id;
        for (const Run &run : objects->runs)
            runs.emplace_back(run.threadId, run.id);
        QSet<QString> withSteps;
        for (const RunStep &step : objects->steps)
            withSteps.insert(step.runId);
        const qint64 when = frame.origin.writtenMs;
        auto written = store.write(
            [objects, threads, runs, withSteps, when](Writer &writer) {
                writer.write(*objects);
                for (const auto &[thread, run] : runs)
                    if (!withSteps.contains(run))
                        writer.putSteps(thread, run, {});
                for (const QString &thread : threads)
                    writer.threadSynced(thread, {when, {}, false, false});
            },
            Changed::Threads | Changed::Runs | Changed::Messages | Changed::Assistants | Changed::Stores |
                Changed::Files);
        return written.result();
    });
}

} // namespace bobbin
