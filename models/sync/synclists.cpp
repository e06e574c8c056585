// SPDX-License-Identifier: GPL-3.0-or-later
// How a list is read to its end and brought into the store.
#include "models/sync/syncservice.h"

#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int pageSize = 100;
constexpr qint64 mostUnwritten = 8LL << 20; // bytes of answers, of all lists

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

template <class T> bool descends(const std::vector<T> &list)
{
    return list.size() > 1 && list.front().createdAt && list.back().createdAt &&
        *list.front().createdAt > *list.back().createdAt;
}

// The server ignored order=asc.
bool newestFirst(const Objects &objects)
{
    return descends(objects.messages) || descends(objects.runs);
}

} // namespace

QFuture<Done> SyncService::put(Objects objects)
{
    m_progress.objects += qint64(objects.size());
    return m_store.put(std::make_shared<const Objects>(std::move(objects)));
}

QCoro::Task<Done> SyncService::landed(Writes &writes, std::size_t mayRemain)
{
    Done done;
    while (!writes.empty() && (writes.size() > mayRemain || m_unwritten > mostUnwritten)) {
        const Write oldest = writes.front();
        writes.pop_front();
        const Done one = co_await oldest.done;
        m_unwritten -= oldest.bytes;
        if (done)
            done = one;
    }
    co_return done;
}

// The next page of a list, until list->ended. Trusts neither has_more nor last_id: ends on an empty page and on a
// cursor seen before, asks once more after a full last page.
QCoro::Task<Result<Page>> SyncService::nextPage(Listing *list, Cancel cancel)
{
    if (m_fatal)
        co_return fail(*m_fatal);
    const bool ascending = list->resource != Resource::Threads;
    std::optional<Listing::Ahead> ahead = std::exchange(list->ahead, std::nullopt);
    if (!ahead || ahead->cursor != list->after) {
        const Cursor from{list->after, pageSize, ascending};
        ahead = Listing::Ahead{list->after, m_client.pageBytes(list->resource, list->parent, from, cancel)};
    }
    const Result<QByteArray> bytes = co_await ahead->bytes;
    noteSilence(bytes ? Done() : fail(bytes.error()));
    if (!bytes)
        co_return fail(bytes.error());
    if (const std::optional<QString> next = m_client.provider().peekCursor(*bytes); next && !m_fatal) {
        const Cursor from{*next, pageSize, ascending};
        list->ahead = Listing::Ahead{*next, m_client.pageBytes(list->resource, list->parent, from, cancel)};
    }
    Result<Page> page = m_client.readPage(list->resource, list->parent, *bytes);
    if (!page)
        co_return page;
    list->whole = list->whole && page->problems.empty();
    for (const Error &problem : page->problems)
        co_await reportList(list->resource, list->parent, problem);
    list->pageIds = idsOf(list->resource, page->objects);
    if (list->pageIds.isEmpty() || list->cursors.contains(list->pageIds.last())) {
        list->ended = true; // or the server repeats itself
        list->whole = list->whole && (!page->hasMore || list->pageIds.isEmpty());
        list->pageIds.clear();
        co_return Page();
    }
    if (ascending && !list->after.isEmpty() && newestFirst(page->objects))
        co_return fail(Error::Kind::Rejected, u"order ignored"_s); // crawlFrom() starts over
    list->items += list->pageIds.size();
    // What the object says may lag behind by a while, not by this much.
    const qint64 most = list->said ? std::min(m_mostPerList, 2 * *list->said + 1'000) : m_mostPerList;
    if (list->items > most)
        co_return fail(
            Error::Kind::Decode,
            list->said
                ? u"the list goes on after %1 items, its object says that it has %2"_s.arg(list->items).arg(*list->said)
                : u"the list goes on after %1 items, which is as far as lists are read"_s.arg(most),
            m_client.provider().list(list->resource, list->parent, {}).path);
    list->after = list->pageIds.last();
    list->cursors.insert(list->after);
    list->ended = !page->hasMore && list->pageIds.size() < pageSize;
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

QCoro::Task<Done> SyncService::crawl(Resource resource, Parent parent, QString after, Cancel cancel, Crawled *crawled,
                                     std::optional<qint64> said)
{
    Listing list{resource, parent, after};
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
        writes.push_back({put(std::move(page->objects)), page->bytes});
        auto waiting = landed(writes, mostWaiting);
        done = co_await waiting;
        tell();
    }
    auto waiting = landed(writes, 0); // also where a page failed
    const Done written = co_await waiting;
    if (crawled)
        crawled->whole = list.whole;
    if (!list.whole && !parent.thread.isEmpty())
        m_partial.insert(parent.thread);
    co_return written ? done : written;
}

QCoro::Task<Result<std::vector<RunStep>>> SyncService::stepsOf(Parent run, Cancel cancel)
{
    Listing list{Resource::Steps, run};
    std::vector<RunStep> steps;
    while (!list.ended) {
        auto asked = nextPage(&list, cancel);
        Result<Page> page = co_await asked;
        if (!page)
            co_return fail(page.error());
        m_progress.objects += qint64(page->objects.steps.size());
        std::ranges::move(page->objects.steps, std::back_inserter(steps));
        tell();
    }
    if (!list.whole)
        m_partial.insert(run.thread);
    std::ranges::stable_sort(steps, {}, &RunStep::createdAt); // where the server ignores the order
    co_return steps;
}

} // namespace bobbin
