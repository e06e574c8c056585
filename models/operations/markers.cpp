// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of unknown outcome, found out by reading. What an operation creates carries the operation's id and the
// target's place in its metadata.
#include "models/core/clock.h"
#include "models/operations/executor.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDir>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct MarkerText {
    Q_DECLARE_TR_FUNCTIONS(Markers)
};

constexpr qint64 clockSlackMs = 3'600'000; // the server's clock may be an hour off
constexpr int mostPages = 100;

struct Made {
    QString id;
    OptTime createdAt;
    QByteArray raw;
};

std::vector<Made> madeOf(Resource resource, const Objects &objects)
{
    std::vector<Made> all;
    if (resource == Resource::Threads)
        for (const Thread &one : objects.threads)
            all.push_back({one.id, one.createdAt, one.raw});
    else
        for (const VectorStore &one : objects.stores)
            all.push_back({one.id, one.createdAt, one.raw});
    return all;
}

} // namespace

ArchiveOrigin Executor::origin() const
{
    return {m_client.provider().id(), m_client.connection().baseUrl, nowMs()};
}

Metadata Executor::marked(Metadata metadata, const QString &marker) const
{
    const int pairs = m_client.provider().capabilities().metadataPairs;
    while (metadata.size() >= pairs)
        metadata.remove(metadata.lastKey());
    metadata.insert(u"bobbin_step"_s, marker);
    return metadata;
}

// Settled: it will not have to be found any more. What somebody else wrote meanwhile stays.
Executor::Answer Executor::takeMarkOff(Context c)
{
    const QJsonObject &body = c.step.body;
    const bool store = body.value("resource"_L1).toString() == "vector_store"_L1;
    const Resource resource = store ? Resource::VectorStores : Resource::Threads;
    auto asking = get(resource, c.made);
    const Result<Objects> now = co_await asking;
    if (!now && now.error().kind == Error::Kind::NotFound)
        co_return finished();
    if (!now)
        co_return failed(now.error());
    const auto read = m_client.provider().readBelongings(!now->threads.empty()      ? now->threads.front().raw
                                                             : !now->stores.empty() ? now->stores.front().raw
                                                                                    : QByteArray());
    if (!read)
        co_return failed(read.error());
    Metadata wanted = metadataFromJson(body.value("metadata"_L1).toObject());
    if (body.contains("file"_L1)) {
        const Result<Metadata> archived = archivedMetadata(c);
        if (!archived)
            co_return failed(archived.error());
        wanted = *archived;
    }
    Metadata metadata = read->metadata;
    metadata.remove(u"bobbin_step"_s);
    for (auto it = wanted.begin(); it != wanted.end(); ++it)
        if (!metadata.contains(it.key()) && metadata.size() < m_client.provider().capabilities().metadataPairs)
            metadata.insert(it.key(), it.value());
    if (metadata == read->metadata)
        co_return finished();
    const Change unmarking =
        store ? Change(change::EditStore{c.made, metadata}) : Change(change::EditThread{c.made, metadata, {}});
    auto editing = edit(resource, unmarking);
    const Done edited = co_await editing;
    if (!edited && (edited.error().kind == Error::Kind::Rejected || edited.error().kind == Error::Kind::Forbidden))
        co_return finished({}, MarkerText::tr("the server keeps our mark (metadata bobbin_step) on %1").arg(c.made));
    co_return edited ? finished() : failed(edited.error());
}

// Newest first, back to before it was sent.
Executor::Answer Executor::findMade(Context c, Resource resource)
{
    if (resource == Resource::Threads) {
        auto asking = m_sync.listsThreads(m_stop);
        const Result<bool> lists = co_await asking;
        if (!lists)
            co_return failed(lists.error());
        // Where threads cannot be listed they are created empty, so one that is lost holds nothing.
        if (!*lists)
            co_return Outcome{Outcome::Kind::NotDone};
    }
    QString id;
    int pages = 0;
    const auto look = [&](const Page &page) {
        const std::vector<Made> made = madeOf(resource, page.objects);
        for (const Made &one : made) {
            const auto read = m_client.provider().readBelongings(one.raw);
            if (read && read->metadata.value(u"bobbin_step"_s) == c.marker)
                id = one.id;
        }
        const bool before = c.sentAt && !made.empty() && made.back().createdAt && made.front().createdAt &&
            *made.back().createdAt <= *made.front().createdAt && *made.back().createdAt < *c.sentAt - clockSlackMs;
        return id.isEmpty() && !made.empty() && !before && ++pages < mostPages;
    };
    ListRef ref{resource};
    ref.newestFirst = true;
    auto reading = eachPage(ref, look);
    const Done done = co_await reading;
    if (!done)
        co_return failed(done.error());
    co_return id.isEmpty() ? Outcome{Outcome::Kind::NotDone} : finished({{u"id"_s, id}});
}

Executor::Answer Executor::happened(Context c)
{
    const auto missing = [](const Error &error) { return error.kind == Error::Kind::NotFound; };
    switch (c.step.act) {
    case Act::CreateThread:
    case Act::RestoreThread: {
        auto finding = findMade(c, Resource::Threads);
        co_return co_await finding;
    }
    case Act::CreateStore: {
        auto finding = findMade(c, Resource::VectorStores);
        co_return co_await finding;
    }
    case Act::AddMessage: {
        auto counting = countMessages(c.step.object.isEmpty() ? c.made : c.step.object);
        const Result<qint64> count = co_await counting;
        if (!count)
            co_return failed(count.error());
        if (*count > c.step.body.value("before"_L1).toInteger())
            co_return finished();
        break;
    }
    case Act::SubmitToolOutputs:
    case Act::CancelRun: {
        auto asking = get(Resource::Runs, c.step.object, c.step.parent);
        const Result<Objects> run = co_await asking;
        if (!run)
            co_return failed(run.error());
        const RunStatus status = run->runs.empty() ? RunStatus::Unknown : run->runs.front().status;
        const bool done = c.step.act == Act::CancelRun ? status == RunStatus::Cancelling || !isActive(status)
                                                       : status != RunStatus::RequiresAction;
        if (done)
            co_return finished();
        break;
    }
    case Act::DeleteThread:
    case Act::DeleteStore:
    case Act::DeleteFile: {
        const Resource resource = c.step.act == Act::DeleteThread ? Resource::Threads
            : c.step.act == Act::DeleteStore                      ? Resource::VectorStores
                                                                  : Resource::Files;
        auto asking = get(resource, c.step.object);
        const Result<Objects> there = co_await asking;
        if (!there && !missing(there.error()))
            co_return failed(there.error());
        if (!there) {
            auto marking = setGone(resource, c.step.object);
            std::ignore = co_await marking;
            co_return finished();
        }
        break;
    }
    case Act::EditMetadata: {
        auto asking = get(Resource::Threads, c.step.object);
        const Result<Objects> thread = co_await asking;
        if (!thread && !missing(thread.error()))
            co_return failed(thread.error());
        const auto read = thread && !thread->threads.empty()
            ? m_client.provider().readBelongings(thread->threads.front().raw)
            : fail(Error::Kind::NotFound, {});
        const QStringList keys = c.step.body.value("set"_L1).toObject().keys();
        if (read && !keys.isEmpty() &&
            std::ranges::all_of(keys, [&](const QString &key) { return read->metadata.contains(key); }))
            co_return finished();
        break;
    }
    case Act::RepointAssistant:
    case Act::RepointThread: {
        const auto resource = c.step.act == Act::RepointAssistant ? Resource::Assistants : Resource::Threads;
        auto asking = get(resource, c.step.object);
        const Result<Objects> owner = co_await asking;
        if (!owner && !missing(owner.error()))
            co_return failed(owner.error());
        QStringList points;
        if (owner)
            points = !owner->assistants.empty() ? owner->assistants.front().vectorStoreIds
                : !owner->threads.empty()       ? owner->threads.front().vectorStoreIds
                                                : QStringList();
        const QString to = targetStore(c);
        if (points.contains(to))
            co_return finished({{u"was"_s, c.step.body.value("from"_L1)}, {u"now"_s, to}});
        break;
    }
    default:
        break;
    }
    co_return Outcome{Outcome::Kind::NotDone};
}

QCoro::Task<Result<QJsonObject>> Executor::appended(JobPtr run, ArchiveFile::Frame frame)
{
    // A file of the person's choice: another one's archive is never written over.
    if (!run->archive && run->archived == 0 && QDir::isAbsolutePath(run->operation.archive) &&
        QFileInfo(run->archivePath).size() > 0)
        co_return fail(Error::Kind::Storage, u"there is a file of this name already: move it away"_s, run->archivePath);
    if (!run->archive)
        run->archive = std::make_unique<ArchiveFile>(run->archivePath, run->archived);
    auto appending = run->archive->append(std::move(frame));
    const Result<FrameRef> written = co_await appending;
    if (!written)
        co_return fail(written.error());
    co_return toJson(*written);
}

} // namespace bobbin
