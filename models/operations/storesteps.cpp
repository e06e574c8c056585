// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to vector stores.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct StoreStepText {
    Q_DECLARE_TR_FUNCTIONS(StoreSteps)
};

constexpr int mostNamed = 5;

QString someOf(const QStringList &names)
{
    return names.size() <= mostNamed
        ? names.join(u", "_s)
        : StoreStepText::tr("%1 and %2 more").arg(names.mid(0, mostNamed).join(u", "_s)).arg(names.size() - mostNamed);
}

} // namespace

QString Executor::targetStore(const Context &c)
{
    const QString to = c.step.body.value("to"_L1).toString();
    return to.isEmpty() ? c.made : to;
}

QCoro::Task<Result<QStringList>> Executor::filesIn(QString store)
{
    ListRef ref{Resource::StoreFiles};
    ref.parent.store = store;
    QStringList ids;
    const auto add = [&ids](const Page &page) {
        for (const StoreFile &file : page.objects.storeFiles)
            ids << file.id;
        return !page.objects.storeFiles.empty();
    };
    auto reading = eachPage(ref, add);
    const Done done = co_await reading;
    if (!done)
        co_return fail(done.error());
    co_return ids;
}

Executor::Answer Executor::checkStores(Context c)
{
    const QJsonObject planned = c.step.body.value("stores"_L1).toObject();
    for (auto it = planned.begin(); it != planned.end(); ++it) {
        auto asking = filesIn(it.key());
        const Result<QStringList> now = co_await asking;
        if (!now && now.error().kind == Error::Kind::NotFound) {
            auto marking = setGone(Resource::VectorStores, it.key());
            std::ignore = co_await marking;
            co_return skip(StoreStepText::tr("the server no longer has %1").arg(it.key()));
        }
        if (!now)
            co_return failed(now.error());
        const QStringList was = strings(it.value());
        if (QSet<QString>(now->begin(), now->end()) == QSet<QString>(was.begin(), was.end()))
            continue;
        auto refreshing = m_sync.refreshStore(it.key(), m_stop);
        std::ignore = co_await refreshing;
        co_return skip(StoreStepText::tr("spared: the files of %1 changed since (%2 planned, %3 now)")
                           .arg(it.key())
                           .arg(was.size())
                           .arg(now->size()));
    }
    co_return finished();
}

Executor::Answer Executor::archiveStores(Context c)
{
    const QStringList stores = strings(c.step.body.value("stores"_L1));
    const QStringList files = strings(c.step.body.value("files"_L1));
    const QStringList assistants = strings(c.step.body.value("assistants"_L1));
    const QStringList threads = strings(c.step.body.value("threads"_L1));
    // As they are now: an undo puts this back.
    for (const QString &id : stores) {
        auto refreshing = m_sync.refreshStore(id, m_stop);
        const Done done = co_await refreshing;
        if (!done && done.error().kind != Error::Kind::NotFound)
            co_return failed(done.error());
    }
    for (const auto &[resource, ids] :
         {std::pair(Resource::Assistants, assistants), std::pair(Resource::Threads, threads)})
        for (const QString &id : ids) {
            auto asking = get(resource, id);
            const Result<Objects> now = co_await asking;
            if (!now && now.error().kind != Error::Kind::NotFound)
                co_return failed(now.error());
            if (!now)
                continue;
            auto storing = put(*now);
            const Done stored = co_await storing;
            if (!stored)
                co_return failed(stored.error());
        }
    const auto query = [stores, files, assistants, threads](Reader &reader) {
        return reader.storeContents(stores, files, assistants, threads);
    };
    auto reading = m_store.read(query);
    const Result<StoreContents> contents = co_await reading;
    if (!contents)
        co_return failed(contents.error());
    StoreContents onlyFiles;
    onlyFiles.files = contents->files;
    auto fetching = fileContents(c.run, onlyFiles);
    const auto content = co_await fetching;
    if (!content)
        co_return failed(content.error());
    const ArchiveFile::Frame lines = [stores = *contents, files = *content, from = origin()] {
        return storeLines(stores, files, from);
    };
    auto appending = appended(c.run, lines);
    const Result<QJsonObject> frame = co_await appending;
    if (!frame)
        co_return failed(frame.error());
    QJsonObject result = *frame;
    QJsonObject held;
    for (const StoreContents::OneStore &store : contents->stores) {
        QJsonArray ids;
        for (const StoreFile &file : store.files)
            ids << file.id;
        held.insert(store.id, ids);
    }
    result.insert(u"store_files"_s, held);
    QStringList notes;
    for (const FileContent &file : *content)
        if (!file.problem.isEmpty())
            notes << StoreStepText::tr("its content is not in the archive: %1").arg(file.problem);
    co_return finished(result, notes.join(u"; "_s));
}

Executor::Answer Executor::createStore(Context c)
{
    NewStore store = storeFromJson(c.step.body);
    store.metadata = marked(store.metadata, c.marker);
    const Change create = change::CreateStore{store};
    auto sending = send(create);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const Result<Objects> made = m_client.provider().readItem(Resource::VectorStores, {}, *answer);
    if (!made || made->stores.empty())
        co_return failed(made ? fail(Error::Kind::Decode, u"the answer has no id"_s, u"POST /vector_stores"_s).value()
                              : made.error());
    auto storing = put(*made);
    std::ignore = co_await storing;
    co_return finished({{u"id"_s, made->stores.front().id}});
}

// Attaching what is attached already changes nothing, so it may be repeated.
Executor::Answer Executor::addStoreFiles(Context c)
{
    const QString store = c.step.object.isEmpty() ? c.made : c.step.object;
    std::vector<NewStoreFile> files = storeFilesFromJson(c.step.body.value("files"_L1).toArray());
    const bool mayBeGone = c.step.body.value("may_be_gone"_L1).toBool();
    QStringList gone;
    if (mayBeGone) {
        std::vector<NewStoreFile> there;
        for (const NewStoreFile &file : files) {
            auto asking = get(Resource::Files, file.fileId);
            const Result<Objects> found = co_await asking;
            if (found)
                there.push_back(file);
            else if (found.error().kind == Error::Kind::NotFound)
                gone << file.fileId;
            else
                co_return failed(found.error());
        }
        files = there;
    }
    const QString note =
        gone.isEmpty() ? QString() : StoreStepText::tr("without files that are gone: %1").arg(someOf(gone));
    if (files.empty())
        co_return finished({}, note);
    const Change batch = change::AddStoreFiles{store, files};
    auto sending = send(batch);
    const Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return finished({}, note);
    if (answer.error().kind != Error::Kind::Rejected)
        co_return failed(answer.error());
    // Older servers have no batches with attributes of their own: one by one.
    for (const NewStoreFile &file : files) {
        const Change one = change::AddStoreFile{store, file};
        auto adding = send(one);
        const Result<QByteArray> added = co_await adding;
        if (!added)
            co_return failed(added.error());
    }
    co_return finished({}, note);
}

// Not before those that need them elsewhere have them: the stores they came from.
Executor::Answer Executor::removeStoreFiles(Context c)
{
    const auto query = [key = c.run->operation.key](Reader &reader) {
        return reader.targets(key, {TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = m_store.read(query);
    const auto open = co_await reading;
    if (!open)
        co_return failed(open.error());
    for (const DoneTarget &target : *open)
        if (target.target.phase < c.target->target.phase)
            co_return failed(
                fail(Error::Kind::Conflict,
                     StoreStepText::tr("they stay until “%1” is back, whose owners need them").arg(target.target.label),
                     c.step.object)
                    .value());
    const QStringList files = strings(c.step.body.value("files"_L1));
    for (const QString &file : files) {
        const Change remove = change::RemoveStoreFile{c.step.object, file};
        auto sending = send(remove);
        const Result<QByteArray> answer = co_await sending;
        if (!answer && answer.error().kind != Error::Kind::NotFound)
            co_return failed(answer.error());
    }
    auto refreshing = m_sync.refreshStore(c.step.object, m_stop);
    std::ignore = co_await refreshing;
    co_return finished({}, StoreStepText::tr("%n file(s) taken out again", nullptr, int(files.size())));
}

Executor::Answer Executor::awaitStore(Context c)
{
    const QString id = c.step.object.isEmpty() ? c.made : c.step.object;
    const qint64 expected = c.step.body.value("files"_L1).toInteger();
    const bool mayFail = c.step.body.value("may_fail"_L1).toBool();
    auto wait = m_times.firstPoll;
    qint64 movedAt = nowMs();
    std::optional<qint64> pending;
    while (true) {
        auto refreshing = get(Resource::VectorStores, id);
        const Result<Objects> now = co_await refreshing;
        if (!now)
            co_return failed(now.error());
        if (now->stores.empty())
            co_return failed(fail(Error::Kind::Decode, u"the answer has no store"_s, id).value());
        const VectorStore store = now->stores.front();
        // What had failed before is no reason to stop: it was not searchable then either.
        const qint64 failedFiles = store.failedFiles.value_or(0) - c.step.body.value("failed"_L1).toInteger();
        if (store.pendingFiles.value_or(0) == 0 && store.status != "in_progress"_L1) {
            auto listing = m_sync.refreshStore(id, m_stop);
            std::ignore = co_await listing;
            Error error;
            error.kind = Error::Kind::Rejected;
            error.place = id;
            if (failedFiles > 0 && !mayFail)
                error.message = StoreStepText::tr("%n file(s) could not be indexed; nothing was re-pointed or deleted",
                                                  nullptr, int(failedFiles));
            else if (store.fileCount.value_or(0) < expected)
                error.message =
                    StoreStepText::tr("it holds %1 files where %2 must be; nothing was re-pointed or deleted")
                        .arg(store.fileCount.value_or(0))
                        .arg(expected);
            if (!error.message.isEmpty())
                co_return failed(error);
            co_return finished({{u"files"_s, store.fileCount.value_or(0)}},
                               failedFiles > 0
                                   ? StoreStepText::tr("%n file(s) could not be indexed", nullptr, int(failedFiles))
                                   : QString());
        }
        if (store.pendingFiles != pending)
            movedAt = nowMs();
        pending = store.pendingFiles;
        const QString left = StoreStepText::tr("%n file(s) are not indexed yet", nullptr, int(pending.value_or(0)));
        if (nowMs() - movedAt > m_times.patience.count())
            co_return failed(fail(Error::Kind::Conflict,
                                  StoreStepText::tr("%1, and for %2 nothing moved; nothing was re-pointed or deleted. "
                                                    "Try it again later.")
                                      .arg(left, format::duration(m_times.patience.count())),
                                  id)
                                 .value());
        says(c,
             StoreStepText::tr("%1; asked again every %2, given up when nothing moves for %3")
                 .arg(left, format::duration(m_times.longestPoll.count()), format::duration(m_times.patience.count())));
        auto waiting = waitFor(c.run, c.run->control->changes(), wait);
        co_await waiting;
        if (m_stop->requested())
            co_return finished();
        if (c.run->control->cancelled())
            co_return failed(
                fail(Error::Kind::Conflict, StoreStepText::tr("cancelled while files were indexed"), id).value());
        wait = std::min(wait * 3 / 2, m_times.longestPoll);
    }
}

} // namespace bobbin
