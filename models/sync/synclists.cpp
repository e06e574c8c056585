// SPDX-License-Identifier: GPL-3.0-or-later
// How a list is read to its end and brought into the store.
#include "models/sync/syncservice.h"

#include <QCoroFuture>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 mostUnwritten = 16LL << 20; // bytes of answers, of all lists
constexpr auto longestUnwritten = std::chrono::milliseconds(250);

template <class T> QStringList idsOf(const std::vector<T> &list)
{
    QStringList ids;
    for (const T &object : list)
        ids << object.id;
    return ids;
}

QStringList idsOf(Resource resource, const Objects &objects)
{
    switch (resource) {
    case Resource::Assistants:
        return idsOf(objects.assistants);
    case Resource::Threads:
        return idsOf(objects.threads);
    case Resource::Messages:
        return idsOf(objects.messages);
    case Resource::Runs:
        return idsOf(objects.runs);
    case Resource::Steps:
        return idsOf(objects.steps);
    case Resource::Files:
        return idsOf(objects.files);
    case Resource::VectorStores:
        return idsOf(objects.stores);
    case Resource::StoreFiles:
        return idsOf(objects.storeFiles);
    }
    return {};
}

} // namespace

// Pages of a long list are committed some together; none waits for long.
QFuture<Done> SyncService::put(Objects objects, std::optional<ListPlace> place, GroupCommit::When when)
{
    m_progress.objects += qint64(objects.size());
    if (when == GroupCommit::When::Later && !std::exchange(m_flushDue, true))
        QTimer::singleShot(longestUnwritten, this, [this] {
            m_flushDue = false;
            m_store.flush();
        });
    return m_store.put(std::make_shared<const Objects>(std::move(objects)), std::move(place), when);
}

QCoro::Task<Done> SyncService::landed(Writes &writes, std::size_t mayRemain)
{
    Done done;
    while (!writes.empty() && (writes.size() > mayRemain || m_unwritten > mostUnwritten)) {
        const Write oldest = writes.front();
        writes.pop_front();
        if (!oldest.done.isFinished())
            m_store.flush();
        const Done one = co_await oldest.done;
        m_unwritten -= oldest.bytes;
        if (done)
            done = one;
    }
    co_return done;
}

// The next page of a list, until list->ended. Ends where the provider sees no next one, on an empty page, and where the
// server repeats itself.
QCoro::Task<Result<Page>> SyncService::nextPage(Listing *list, Cancel cancel)
{
    if (m_fatal)
        co_return fail(*m_fatal);
    std::optional<Listing::Ahead> ahead = std::exchange(list->ahead, std::nullopt);
    if (!ahead || ahead->from != list->from)
        ahead = Listing::Ahead{list->from, m_client.pageBytes(list->ref, list->from, cancel)};
    const Result<QByteArray> bytes = co_await ahead->bytes;
    noteSilence(bytes ? Done() : fail(bytes.error()));
    if (!bytes)
        co_return fail(bytes.error());
    if (const auto next = m_client.provider().peekNext(*bytes); next && !m_fatal)
        list->ahead = Listing::Ahead{*next, m_client.pageBytes(list->ref, *next, cancel)};
    Result<Page> page = m_client.readPage(list->ref, list->from, *bytes);
    if (!page)
        co_return page;
    list->whole = list->whole && page->problems.empty();
    list->settled = list->settled && page->problems.empty();
    for (const Error &problem : page->problems)
        co_await reportList(list->ref, problem);
    const QStringList ids = idsOf(list->ref.resource, page->objects);
    const bool repeated =
        (!ids.isEmpty() && ids == list->pageIds) || (page->next && list->places.contains(*page->next));
    if (repeated || (page->objects.size() == 0 && !page->next && page->resume.isEmpty())) {
        list->ended = true;
        list->whole = list->whole && (!page->more || ids.isEmpty());
        list->pageIds.clear();
        co_return Page();
    }
    list->pageIds = ids;
    if (!list->settled)
        page->resume.clear();
    list->settled = list->settled && page->settled;
    list->items += std::max<qsizetype>(1, ids.size()); // empty pages without an end are stopped, too
    // What the object says may lag behind by a while, not by this much.
    const qint64 most = list->said ? std::min(m_mostPerList, 2 * *list->said + 1'000) : m_mostPerList;
    if (list->items > most)
        co_return fail(
            Error::Kind::Decode,
            list->said
                ? u"the list goes on after %1 items, its object says that it has %2"_s.arg(list->items).arg(*list->said)
                : u"the list goes on after %1 items, which is as far as lists are read"_s.arg(most),
            m_client.provider().list(list->ref, {}).path);
    list->ended = !page->next;
    if (page->next) {
        list->from = *page->next;
        list->places.insert(list->from);
    }
    co_return page;
}

void SyncService::noteSilence(const Done &done)
{
    constexpr int enough = 2;
    const bool silent = !done && done.error().kind == Error::Kind::Timeout && done.error().httpStatus == 0;
    m_silences = silent ? m_silences + 1 : 0;
    if (m_silences < enough || m_sync == 0 || m_fatal)
        return;
    m_fatal = done.error();
    m_fatal->message =
        u"%1; nobody was answered any more, so the rest is left out until the next sync"_s.arg(done.error().message);
    Q_EMIT failed({}, *m_fatal);
}

QCoro::Task<Done> SyncService::crawl(ListRef ref, ListToken from, Cancel cancel, Crawled *crawled,
                                     std::optional<qint64> said)
{
    Listing list{ref, from};
    list.said = said;
    Writes writes;
    Done done;
    while (done && !list.ended) {
        auto asked = nextPage(&list, cancel);
        Result<Page> page = co_await asked;
        if (!page) {
            done = fail(page.error());
            break;
        }
        if (crawled)
            crawled->ids << list.pageIds;
        m_unwritten += page->bytes;
        std::optional<ListPlace> place;
        if (!ref.parent.thread.isEmpty() && !page->resume.isEmpty())
            place = ListPlace{ref.parent.thread, ref.resource, page->resume};
        const auto when = list.ended ? GroupCommit::When::Now : GroupCommit::When::Later;
        writes.push_back({put(std::move(page->objects), std::move(place), when), page->bytes});
        auto waiting = landed(writes, mostWaiting);
        done = co_await waiting;
        tell();
    }
    auto waiting = landed(writes, 0); // also where a page failed
    const Done written = co_await waiting;
    if (crawled)
        crawled->whole = list.whole;
    if (!list.whole && !ref.parent.thread.isEmpty())
        m_partial.insert(ref.parent.thread);
    co_return written ? done : written;
}

QCoro::Task<Result<std::vector<RunStep>>> SyncService::stepsOf(ListRef steps, Cancel cancel)
{
    Listing list{steps};
    std::vector<RunStep> found;
    while (!list.ended) {
        auto asked = nextPage(&list, cancel);
        Result<Page> page = co_await asked;
        if (!page)
            co_return fail(page.error());
        m_progress.objects += qint64(page->objects.steps.size());
        std::ranges::move(page->objects.steps, std::back_inserter(found));
        tell();
    }
    if (!list.whole)
        m_partial.insert(steps.parent.thread);
    std::ranges::stable_sort(found, {}, &RunStep::createdAt); // where the server ignores the order
    co_return found;
}

} // namespace bobbin
