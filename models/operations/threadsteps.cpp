// SPDX-License-Identifier: GPL-3.0-or-later
// What is done to threads.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDateTime>
#include <QDir>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ThreadStepText {
    Q_DECLARE_TR_FUNCTIONS(ThreadSteps)
};

constexpr qint64 largestContent = 32LL << 20; // bytes of a file that goes into an archive

QString idIn(const QByteArray &answer, const Provider &provider, Resource resource)
{
    const Result<Objects> made = provider.readItem(resource, {}, answer);
    if (!made)
        return {};
    return !made->threads.empty() ? made->threads.front().id
        : !made->stores.empty()   ? made->stores.front().id
                                  : QString();
}

Error noId(const QString &place)
{
    return fail(Error::Kind::Decode, u"the answer has no id"_s, place).value();
}

} // namespace

QCoro::Task<Result<ThreadContents>> Executor::contentsOf(QString threadId)
{
    const auto query = [threadId](Reader &reader) { return reader.threadContents(threadId); };
    auto reading = m_store.read(query);
    Result<ThreadContents> contents = co_await reading;
    if (contents && contents->notWhole.isEmpty())
        co_return contents;
    if (!contents && contents.error().kind != Error::Kind::NotFound)
        co_return contents;
    auto refreshing = m_sync.refresh(threadId, m_stop);
    const Done refreshed = co_await refreshing;
    if (!refreshed)
        co_return fail(refreshed.error());
    reading = m_store.read(query);
    contents = co_await reading;
    if (contents && !contents->notWhole.isEmpty())
        co_return fail(Error::Kind::Input,
                       ThreadStepText::tr("It is not archived and not touched: %1").arg(contents->notWhole), threadId);
    co_return contents;
}

QCoro::Task<Result<std::vector<FileContent>>> Executor::fileContents(JobPtr run, StoreContents referred)
{
    std::vector<FileContent> all;
    for (const auto &[id, raw] : referred.files) {
        FileContent content;
        content.id = id;
        const Result<Objects> file = m_client.provider().readItem(Resource::Files, {}, raw);
        const File about = file && !file->files.empty() ? file->files.front() : File();
        if (about.bytes.value_or(0) > largestContent) {
            content.problem = u"larger than %1"_s.arg(format::bytes(largestContent));
        } else if (run->unreadable.contains(about.purpose)) {
            content.problem = u"the server does not give out files of purpose %1"_s.arg(about.purpose);
        } else {
            const Request request = m_client.provider().fileContent(id);
            auto asking = sendRequest(request);
            const Result<QByteArray> bytes = co_await asking;
            if (bytes)
                content.bytes = *bytes;
            else if (bytes.error().kind == Error::Kind::Rejected || bytes.error().kind == Error::Kind::Forbidden ||
                     bytes.error().kind == Error::Kind::NotFound)
                content.problem = errorText(bytes.error()).line();
            else
                co_return fail(bytes.error());
            // Servers refuse by purpose: asked once an operation.
            if (!bytes && bytes.error().kind != Error::Kind::NotFound && !about.purpose.isEmpty())
                run->unreadable.insert(about.purpose);
        }
        all.push_back(std::move(content));
    }
    co_return all;
}

Executor::Answer Executor::archiveThread(Context c)
{
    if (c.step.body.value("refresh"_L1).toBool()) {
        auto refreshing = m_sync.refresh(c.step.object, m_stop);
        const Done refreshed = co_await refreshing;
        if (!refreshed && refreshed.error().kind != Error::Kind::NotFound) // that one may be whole in the store
            co_return failed(refreshed.error());
    }
    auto reading = contentsOf(c.step.object);
    const Result<ThreadContents> contents = co_await reading;
    if (!contents)
        co_return failed(contents.error());
    StoreContents referred;
    if (!contents->fileIds.isEmpty() || !contents->storeIds.isEmpty()) {
        const auto query = [stores = contents->storeIds, files = contents->fileIds](Reader &reader) {
            return reader.storeContents(stores, files, {}, {});
        };
        auto asking = m_store.read(query);
        const auto found = co_await asking;
        if (!found)
            co_return failed(found.error());
        referred = *found;
    }
    auto fetching = fileContents(c.run, referred);
    const auto files = co_await fetching;
    if (!files)
        co_return failed(files.error());
    const ArchiveFile::Frame lines = [thread = *contents, referred, content = *files, from = origin()] {
        return threadLines(thread, referred, content, from);
    };
    auto appending = appended(c.run, lines);
    const Result<QJsonObject> frame = co_await appending;
    if (!frame)
        co_return failed(frame.error());
    QJsonObject result = *frame;
    result.insert(u"messages"_s, contents->messages.size());
    result.insert(u"runs"_s, contents->runs.size());
    result.insert(u"digest"_s, threadDigest(m_store.provider(), contents->raw, contents->messages));
    const QString note = contents->row.gone && c.run->operation.kind == OperationKind::Archive
        ? ThreadStepText::tr("as it was last read: the server no longer has it")
        : QString();
    co_return finished(result, note);
}

Executor::Answer Executor::createThread(Context c, NewThread thread)
{
    thread.metadata = marked(thread.metadata, c.marker);
    const Change create = change::CreateThread{thread};
    auto sending = send(create);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const QString id = idIn(*answer, m_client.provider(), Resource::Threads);
    if (id.isEmpty())
        co_return failed(noId(u"POST /threads"_s));
    co_return finished({{u"id"_s, id}});
}

QCoro::Task<Result<qint64>> Executor::countMessages(QString thread)
{
    ListRef ref{Resource::Messages};
    ref.parent.thread = thread;
    qint64 count = 0;
    const auto add = [&count](const Page &page) {
        count += qint64(page.objects.messages.size());
        return !page.objects.messages.empty();
    };
    auto reading = eachPage(ref, add);
    const Done done = co_await reading;
    if (!done)
        co_return fail(done.error());
    co_return count;
}

Executor::Answer Executor::addMessage(Context c)
{
    const QString thread = c.step.object.isEmpty() ? c.made : c.step.object;
    auto adding = addTolerantly(thread, messageFromJson(c.step.body.value("message"_L1).toObject()));
    const Result<QString> note = co_await adding;
    if (!note)
        co_return failed(note.error());
    co_return finished({}, *note);
}

// Whether a modify replaces the map or merges it is not documented: read, edit, send all of it.
Executor::Answer Executor::editMetadata(Context c)
{
    auto asking = get(Resource::Threads, c.step.object);
    const Result<Objects> thread = co_await asking;
    if (!thread) {
        if (thread.error().kind == Error::Kind::NotFound && c.step.body.value("may_be_gone"_L1).toBool())
            co_return finished({}, ThreadStepText::tr("the server no longer has it"));
        co_return failed(thread.error());
    }
    const auto read = m_client.provider().readBelongings(thread->threads.front().raw);
    if (!read)
        co_return failed(read.error());
    Metadata metadata = read->metadata;
    const Metadata set = metadataFromJson(c.step.body.value("set"_L1).toObject());
    for (auto it = set.begin(); it != set.end(); ++it)
        metadata.insert(it.key(), it.value() == "{made}"_L1 ? c.made : it.value());
    for (const QString &key : strings(c.step.body.value("remove"_L1)))
        metadata.remove(key);
    const Change marking = change::EditThread{c.step.object, metadata, {}};
    auto editing = edit(Resource::Threads, marking);
    const Done edited = co_await editing;
    co_return edited ? finished() : failed(edited.error());
}

QCoro::Task<Done> Executor::archiveHolds(Context c)
{
    if (c.archiveSeen)
        co_return Done();
    if (c.archived.isEmpty())
        co_return fail(Error::Kind::Input, ThreadStepText::tr("It is not in the archive, so it is not deleted."),
                       c.step.object);
    const auto query = [path = c.run->archivePath, frame = frameFromJson(c.archived)](Reader &) {
        return readFrame(path, frame);
    };
    auto reading = m_store.read(query, Store::Lane::Scan);
    const Result<QByteArray> lines = co_await reading;
    if (!lines)
        co_return fail(lines.error());
    co_return Done();
}

} // namespace bobbin
