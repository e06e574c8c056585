// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sync/syncservice.h"

#include "models/core/clock.h"
#include "models/providers/lists.h"

#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 rememberListingMs = 7LL * 24 * 3600 * 1000;

// Whatever changes when files come or go; a store that shows the same is not listed again.
QString stampOf(const VectorStore &store)
{
    const auto text = [](const std::optional<qint64> &n) { return n ? QString::number(*n) : u"?"_s; };
    return text(store.usageBytes) + u'/' + text(store.fileCount) + u'/' + text(store.failedFiles) + u'/' +
        text(store.pendingFiles) + u'/' + store.status;
}

} // namespace

SyncService::SyncService(ApiClient &client, Store &store, QObject *parent)
    : QObject(parent), m_client(client), m_store(store)
{
}

void SyncService::tell()
{
    m_progress.requests = m_client.requestsSent() - m_requestsBefore;
    m_progress.requestsLeft = m_client.requestsLeft();
    Q_EMIT progressed(m_progress);
}

QCoro::Task<> SyncService::reportList(ListRef ref, Error error)
{
    const QString path = m_client.provider().list(ref, {}).path;
    co_await report(path, error);
}

// Everywhere below: what is awaited has a name. GCC 12 destroys closures and aggregates twice when they are
// temporaries of a co_await expression.
QCoro::Task<> SyncService::report(QString target, Error error)
{
    if (error.kind == Error::Kind::Cancelled)
        co_return;
    if (needsPerson(error) && m_sync != 0 && !m_fatal)
        m_fatal = error;
    ++m_progress.failures;
    Q_EMIT failed(target, error);
    const QString reason = errorText(error).line();
    if (m_sync == 0)
        co_return;
    auto written =
        m_store.write([sync = m_sync, target, reason](Writer &writer) { writer.syncFailed(sync, target, reason); });
    co_await written;
}

std::optional<ListRef> SyncService::listOf(Resource resource) const
{
    return workspaceList(m_client.provider(), resource);
}

QCoro::Task<Done> SyncService::workspace(Cancel cancel)
{
    m_progress.stage = SyncProgress::Stage::Workspace;
    tell();
    for (const ListRef &ref : m_client.provider().workspaceLists()) {
        if (ref.resource == Resource::Threads)
            continue; // see sync()
        Done done;
        if (ref.resource == Resource::Assistants) {
            auto listing = listAssistants(cancel);
            const Result<bool> listed = co_await listing;
            done = listed ? Done() : fail(listed.error());
        } else {
            Crawled list;
            auto crawled = crawl(ref, {}, cancel, &list);
            done = co_await crawled;
            if (done && list.whole) { // else what is not in it may be there all the same
                auto marking = markAbsent(ref.resource, list.ids);
                if (const Done marked = co_await marking; !marked)
                    co_return marked;
            }
        }
        if (done)
            continue;
        if (ref.required || needsPerson(done.error()) || cancel->requested())
            co_return done;
        co_await reportList(ref, done.error());
    }
    if (listOf(Resource::VectorStores))
        co_return co_await storeFiles(false, cancel);
    co_return Done();
}

QCoro::Task<Done> SyncService::markAbsent(Resource resource, QStringList there)
{
    auto marked = m_store.write([resource, there](Writer &writer) { writer.markGone(resource, there); });
    co_return co_await marked;
}

// That an assistant is gone is only concluded from a list that was read whole; when that was is kept beside it.
QCoro::Task<Result<bool>> SyncService::listAssistants(Cancel cancel)
{
    const auto ref = listOf(Resource::Assistants);
    if (!ref)
        co_return true; // there are none
    const qint64 begun = nowMs();
    Crawled list;
    auto crawled = crawl(*ref, {}, cancel, &list);
    Done done = co_await crawled;
    if (!done)
        co_return fail(done.error());
    if (!list.whole)
        co_return false;
    auto marked = m_store.write([begun, there = list.ids](Writer &writer) {
        writer.markGone(Resource::Assistants, there);
        writer.setMeta(u"assistants_listed"_s, QString::number(begun));
    });
    done = co_await marked;
    if (!done)
        co_return fail(done.error());
    co_return true;
}

QCoro::Task<Done> SyncService::filesOf(VectorStore store, Cancel cancel)
{
    Crawled list;
    ListRef ref{Resource::StoreFiles};
    ref.parent.store = store.id;
    auto crawled = crawl(ref, {}, cancel, &list, store.fileCount);
    const Done done = co_await crawled;
    if (!done)
        co_return done;
    if (!list.whole)
        co_return fail(Error::Kind::Decode, u"some items of its list of files cannot be read"_s, store.id);
    auto written = m_store.write([id = store.id, stamp = stampOf(store), ids = list.ids](Writer &writer) {
        writer.storeFilesDone(id, stamp, ids);
    });
    co_return co_await written;
}

QCoro::Task<Done> SyncService::refreshStore(QString storeId, Cancel cancel)
{
    const Parent nobody;
    auto asked = m_client.item(Resource::VectorStores, storeId, nobody, cancel);
    const Result<Objects> store = co_await asked;
    if (!store)
        co_return fail(store.error());
    auto stored = put(*store);
    const Done done = co_await stored;
    if (!done || store->stores.empty())
        co_return done;
    auto listing = filesOf(store->stores.front(), cancel);
    co_return co_await listing;
}

QCoro::Task<Done> SyncService::storeFiles(bool all, Cancel cancel)
{
    auto readStamps = m_store.read([](Reader &reader) { return reader.storeStamps(); });
    const auto stamps = co_await readStamps;
    if (!stamps)
        co_return fail(stamps.error());
    auto readKeys = m_store.read([](Reader &reader) { return reader.keys(RowKind::Stores, {}); });
    const auto keys = co_await readKeys;
    if (!keys)
        co_return fail(keys.error());
    for (const RowKey key : keys->keys) {
        if (cancel->requested())
            co_return fail(Error::Kind::Cancelled, {});
        auto readRaw = m_store.read([key](Reader &reader) { return reader.raw(Resource::VectorStores, key); });
        const Result<QByteArray> raw = co_await readRaw;
        const Result<Objects> read =
            raw ? m_client.provider().readItem(Resource::VectorStores, {}, *raw) : fail(raw.error());
        if (!read || read->stores.empty())
            continue;
        const VectorStore store = read->stores.front();
        const QString stamp = stampOf(store);
        if (stamps->value(store.id) == stamp)
            continue;
        auto listing = filesOf(store, cancel);
        const Done done = co_await listing;
        if (!done && (all || needsPerson(done.error()) || cancel->requested()))
            co_return done;
        if (!done)
            co_await report(store.id, done.error());
    }
    co_return Done();
}

QCoro::Task<Result<bool>> SyncService::listsThreads(Cancel cancel)
{
    switch (m_client.provider().capabilities().threads) {
    case Capabilities::Listing::Always:
        co_return true;
    case Capabilities::Listing::Never:
        co_return false;
    case Capabilities::Listing::Probe:
        break;
    }
    auto readKnown = m_store.read([](Reader &reader) { return reader.meta(u"threads_listing"_s); });
    const Result<QString> known = co_await readKnown;
    if (!known)
        co_return fail(known.error());
    const QStringList parts = known->split(u' ');
    if (parts.size() == 2 && nowMs() - parts[1].toLongLong() < rememberListingMs)
        co_return parts[0] == "yes"_L1;
    const auto ref = listOf(Resource::Threads);
    if (!ref)
        co_return false;
    auto asked = m_client.page(*ref, {}, cancel);
    const Result<Page> page = co_await asked;
    bool lists = page.has_value();
    if (!page) {
        switch (page.error().kind) {
        case Error::Kind::Unauthorized: // the assistants were just listed with this key: it is the path that is shut
        case Error::Kind::Forbidden:
        case Error::Kind::NotFound:
        case Error::Kind::Rejected:
        case Error::Kind::NotThisProtocol:
            break;
        default:
            co_return fail(page.error());
        }
    }
    const QString value = (lists ? u"yes "_s : u"no "_s) + QString::number(nowMs());
    auto written = m_store.write([value](Writer &writer) { writer.setMeta(u"threads_listing"_s, value); });
    const Done done = co_await written;
    if (!done)
        co_return fail(done.error());
    co_return lists;
}

QCoro::Task<Done> SyncService::threadObject(QString threadId, Cancel cancel)
{
    const Parent nobody;
    auto asked = m_client.item(Resource::Threads, threadId, nobody, cancel);
    Result<Objects> thread = co_await asked;
    if (!thread)
        co_return fail(thread.error());
    auto written = put(*std::move(thread));
    co_return co_await written;
}

// A place the server no longer knows (its message was deleted), or an order it ignores: once more from the start.
QCoro::Task<Done> SyncService::crawlFrom(ListRef ref, ListToken from, Cancel cancel)
{
    auto crawled = crawl(ref, from, cancel);
    Done done = co_await crawled;
    if (!done && !from.isEmpty() &&
        (done.error().kind == Error::Kind::NotFound || done.error().kind == Error::Kind::Rejected)) {
        auto again = crawl(ref, {}, cancel);
        done = co_await again;
    }
    co_return done;
}

// Its metadata and tool resources too, which can be edited without a message or run.
QCoro::Task<Done> SyncService::refresh(QString threadId, Cancel cancel)
{
    auto asking = threadObject(threadId, cancel);
    const Done object = co_await asking;
    auto syncing = syncThread(threadId, true, cancel); // says in the thread's row what failed, or that it is gone
    const Done synced = co_await syncing;
    const bool gone = !object && object.error().kind == Error::Kind::NotFound;
    co_return synced && !gone ? object : synced;
}

// A list that is not there says nothing of its thread: where one is missing, the thread itself is asked.
QCoro::Task<Done> SyncService::threadLists(QString threadId, Cancel cancel)
{
    auto reading = m_store.read([threadId](Reader &reader) { return reader.places(threadId); });
    const Result<ThreadPlaces> places = co_await reading;
    if (!places)
        co_return fail(places.error());
    bool there = false; // it was asked for, and answered
    if (places->bare) {
        auto asking = threadObject(threadId, cancel);
        if (const Done asked = co_await asking; !asked)
            co_return asked;
        there = true;
    }
    for (const ListRef &ref : m_client.provider().threadLists(threadId)) {
        auto crawling = crawlFrom(ref, places->lists.value(ref.resource), cancel);
        Done done = co_await crawling;
        if (done)
            continue;
        if (done.error().kind == Error::Kind::NotFound) {
            if (!there) {
                auto asking = threadObject(threadId, cancel);
                if (const Done asked = co_await asking; !asked)
                    co_return asked;
                there = true;
            }
            if (!ref.required)
                continue;
            done.error().kind = Error::Kind::Rejected; // the list, not the thread
        }
        if (ref.required || needsPerson(done.error()) || done.error().kind == Error::Kind::Cancelled)
            co_return done;
        co_await reportList(ref, done.error());
    }
    co_return Done();
}

// Of every run of which they were not read yet.
QCoro::Task<Done> SyncService::runLists(QString threadId, Cancel cancel)
{
    auto reading = m_store.read([threadId](Reader &reader) { return reader.places(threadId); });
    const Result<ThreadPlaces> places = co_await reading;
    if (!places)
        co_return fail(places.error());
    Done done;
    Writes writes;
    for (const QString &run : places->runsWithoutSteps) {
        for (const ListRef &ref : m_client.provider().runLists(threadId, run)) {
            auto listing = stepsOf(ref, cancel);
            const Result<std::vector<RunStep>> found = co_await listing;
            done = found ? Done() : fail(found.error());
            if (found)
                writes.push_back({m_store.write([threadId, run, steps = *found](Writer &writer) {
                                      writer.putSteps(threadId, run, steps);
                                  }),
                                  0});
        }
        auto waiting = landed(writes, mostWaiting);
        const Done written = co_await waiting;
        if (!written)
            done = written;
        if (done)
            continue;
        if (needsPerson(done.error()) || done.error().kind == Error::Kind::Cancelled)
            break;
        co_await report(run, done.error());
        done = Done();
    }
    auto waiting = landed(writes, 0);
    if (const Done written = co_await waiting; !written)
        done = written;
    co_return done;
}

QCoro::Task<Done> SyncService::syncThread(QString threadId, bool steps, Cancel cancel)
{
    auto listing = threadLists(threadId, cancel);
    Done done = co_await listing;
    if (done && steps) {
        auto listingRuns = runLists(threadId, cancel);
        done = co_await listingRuns;
    }
    const bool gone = !done && done.error().kind == Error::Kind::NotFound;
    const bool partial = m_partial.remove(threadId);
    if (done && partial)
        done = fail(Error::Kind::Decode, u"some items of its lists cannot be read"_s, threadId);
    const QString problem =
        done || gone || done.error().kind == Error::Kind::Cancelled ? QString() : errorText(done.error()).line();
    ThreadOutcome outcome;
    outcome.gone = gone;
    outcome.problem = problem;
    if (partial || done || gone)
        outcome.partial = partial;
    if (done || gone)
        outcome.syncedAt = nowMs();
    auto settling = m_store.write([threadId, outcome](Writer &writer) { writer.threadSynced(threadId, outcome); });
    if (const Done settled = co_await settling; !settled)
        co_return settled;
    co_return gone ? Done() : done;
}

// A thread a lane, as many lanes as requests the server bears at once.
void SyncService::startLanes(const Cancel &cancel)
{
    while (!m_queue.empty() && !cancel->requested() && !m_fatal && m_running < m_client.mayBeAtOnce()) {
        ++m_running;
        m_lanes.push_back(lane(cancel));
    }
}

QCoro::Task<> SyncService::lane(Cancel cancel)
{
    while (!m_queue.empty() && !cancel->requested() && !m_fatal) {
        const QString id = m_queue.front();
        m_queue.pop_front();
        const Done done = co_await syncThread(id, m_steps, cancel);
        if (!done)
            co_await report(id, done.error());
        if (done || done.error().kind != Error::Kind::Cancelled)
            ++m_progress.done;
        tell();
        startLanes(cancel);
    }
    --m_running;
}

QCoro::Task<Result<SyncRow>> SyncService::sync(SyncOptions options, Cancel cancel)
{
    m_progress = {};
    m_fatal.reset();
    m_steps = options.steps;
    m_client.setMostAtOnce(options.atOnce);
    m_mostPerList = options.mostPerList;
    m_silences = 0;
    m_requestsBefore = m_client.requestsSent();
    m_queue.clear();
    m_unwritten = 0;
    SyncRow row;
    row.startedAt = nowMs();
    auto readResume = m_store.read([](Reader &reader) { return reader.resumeFrom(); });
    const auto resumeFrom = co_await readResume;
    auto key = std::make_shared<qint64>(0);
    auto started = m_store.write([key, start = *row.startedAt](Writer &writer) { *key = writer.syncStarted(start); });
    Done done = co_await started;
    if (!done)
        co_return fail(done.error());
    m_sync = row.key = *key;

    QStringList ids = options.onlyThreads;
    if (ids.isEmpty()) {
        done = co_await workspace(cancel);
        if (done) {
            m_progress.stage = SyncProgress::Stage::Listing;
            const Result<bool> lists = co_await listsThreads(cancel);
            if (!lists)
                done = fail(lists.error());
            if (const auto ref = listOf(Resource::Threads); ref && lists && *lists) {
                auto crawled = crawl(*ref, {}, cancel);
                done = co_await crawled;
            }
        }
        if (done) {
            const OptTime from = resumeFrom.value_or(OptTime());
            auto readKnown = m_store.read([from](Reader &reader) { return reader.threadIds(from); });
            const auto known = co_await readKnown;
            if (known)
                ids = *known;
            else
                done = fail(known.error());
        }
    } else {
        auto added = m_store.write([ids](Writer &writer) { writer.addThreads(ids); });
        done = co_await added;
    }
    if (done) {
        m_progress.stage = SyncProgress::Stage::Threads;
        m_progress.total = ids.size();
        m_queue.assign(ids.begin(), ids.end());
        tell();
        startLanes(cancel);
        for (std::size_t i = 0; i < m_lanes.size(); ++i) // there may be more meanwhile
            co_await m_lanes[i];
        m_lanes.clear();
    } else if (done.error().kind != Error::Kind::Cancelled && !m_fatal) {
        m_fatal = done.error();
        Q_EMIT failed({}, *m_fatal);
    }
    const std::optional<Error> fatal = std::exchange(m_fatal, std::nullopt);
    m_sync = 0; // who refreshes from now on asks for himself
    m_progress.stage = SyncProgress::Stage::Finished;
    tell();
    row.endedAt = nowMs();
    row.outcome = cancel->requested() ? u"cancelled"_s : fatal ? u"failed"_s : u"done"_s;
    row.threads = m_progress.done;
    row.requests = m_progress.requests;
    row.objects = m_progress.objects;
    row.failures = m_progress.failures;
    row.problem = fatal ? errorText(*fatal).line() : QString();
    auto ended = m_store.write([row](Writer &writer) { writer.syncEnded(row); });
    done = co_await ended;
    if (fatal)
        co_return fail(*fatal);
    if (!done)
        co_return fail(done.error());
    co_return row;
}

} // namespace bobbin
