// SPDX-License-Identifier: GPL-3.0-or-later
// Looks: what is asked anew just before something is deleted, because a sync is older than that.
#include "models/sync/syncservice.h"

#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lanes = 12; // they share the client's connections with whoever else asks

template <class T> void append(std::vector<T> &to, std::vector<T> &from)
{
    std::ranges::move(from, std::back_inserter(to));
}

bool lost(const Error &error)
{
    return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Rejected;
}

} // namespace

QCoro::Task<Result<Objects>> SyncService::readList(ListRef ref, ListToken from, Cancel cancel)
{
    Listing list{ref, from};
    Objects all;
    while (!list.ended) {
        auto asked = nextPage(&list, cancel);
        Result<Page> page = co_await asked;
        if (!page)
            co_return fail(page.error());
        append(all.messages, page->objects.messages);
        append(all.runs, page->objects.runs);
        append(all.threads, page->objects.threads);
    }
    if (!list.whole)
        co_return fail(Error::Kind::Decode, u"some items of the list cannot be read"_s,
                       m_client.provider().list(ref, {}).path);
    co_return all;
}

QCoro::Task<Result<ThreadLook>> SyncService::look(QString threadId, Cancel cancel)
{
    auto reading = m_store.read([threadId](Reader &reader) { return reader.places(threadId); });
    const Result<ThreadPlaces> places = co_await reading;
    if (!places)
        co_return fail(places.error());
    const Parent nobody;
    struct Asked {
        ListRef ref;
        ListToken from;
        QCoro::Task<Result<Objects>> answer;
    };
    auto askingThread = m_client.item(Resource::Threads, threadId, nobody, cancel);
    std::vector<Asked> lists; // side by side
    for (const ListRef &ref : m_client.provider().threadLists(threadId)) {
        // Every message is compared; of runs only those that may be new or active.
        const ListToken from = ref.resource == Resource::Messages ? ListToken() : places->lists.value(ref.resource);
        lists.push_back({ref, from, readList(ref, from, cancel)});
    }
    Result<Objects> thread = co_await askingThread;
    ThreadLook look;
    look.gone = !thread && thread.error().kind == Error::Kind::NotFound;
    Done done = thread ? Done() : fail(thread.error());
    for (Asked &one : lists) {
        Result<Objects> list = co_await one.answer;
        if (!list && thread && !one.from.isEmpty() && lost(list.error())) { // the place to go on from is gone
            auto again = readList(one.ref, {}, cancel);
            list = co_await again;
        }
        if (!list && !one.ref.required && list.error().kind == Error::Kind::NotFound)
            continue; // this server has no such list
        if (!list && done)
            done = fail(list.error());
        if (!list)
            continue;
        append(look.objects.messages, list->messages);
        append(look.objects.runs, list->runs);
    }
    if (look.gone)
        co_return look;
    if (!done)
        co_return fail(done.error());
    if (thread->threads.empty())
        co_return fail(Error::Kind::Decode, u"the answer has no thread"_s, threadId);
    look.objects.threads = std::move(thread->threads);
    co_return look;
}

struct SyncService::Around {
    struct One {
        QString thread;
        bool object = true;
    };
    std::deque<One> waiting;
    bool messages = false;
    Done done;
};

QCoro::Task<Done> SyncService::threadAround(QString threadId, bool object, bool messages, Cancel cancel)
{
    Done done;
    if (object) {
        auto asking = threadObject(threadId, cancel);
        done = co_await asking;
    }
    if (done && messages) {
        auto reading = m_store.read([threadId](Reader &reader) { return reader.places(threadId); });
        const Result<ThreadPlaces> places = co_await reading;
        if (!places)
            co_return fail(places.error());
        for (const ListRef &ref : m_client.provider().threadLists(threadId)) {
            if (!done || ref.resource != Resource::Messages)
                continue;
            auto crawling = crawlFrom(ref, places->lists.value(ref.resource), cancel);
            done = co_await crawling;
        }
        if (done && m_partial.contains(threadId))
            co_return fail(Error::Kind::Decode, u"some of its messages cannot be read"_s, threadId);
    }
    if (!done && done.error().kind == Error::Kind::NotFound) {
        auto marking = m_store.write([threadId](Writer &writer) { writer.setGone(Resource::Threads, threadId); });
        co_return co_await marking;
    }
    co_return done;
}

QCoro::Task<> SyncService::laneAround(std::shared_ptr<Around> around, Cancel cancel)
{
    while (!around->waiting.empty() && around->done) {
        const Around::One one = around->waiting.front();
        around->waiting.pop_front();
        auto asking = threadAround(one.thread, one.object, around->messages, cancel);
        const Done done = co_await asking;
        if (!done && around->done)
            around->done = done;
    }
}

QCoro::Task<Done> SyncService::threadsAround(bool files, Cancel cancel)
{
    auto asking = listsThreads(cancel);
    const Result<bool> lists = co_await asking;
    if (!lists)
        co_return fail(lists.error());
    QSet<QString> told; // by the list, with their stores and files
    if (const auto ref = listOf(Resource::Threads); ref && *lists) {
        Listing list{*ref};
        while (!list.ended) {
            auto next = nextPage(&list, cancel);
            Result<Page> page = co_await next;
            if (!page)
                co_return fail(page.error());
            for (const Thread &thread : page->objects.threads)
                if (thread.resourcesTold)
                    told.insert(thread.id);
            auto storing = put(std::move(page->objects));
            if (const Done stored = co_await storing; !stored)
                co_return stored;
        }
        if (!list.whole)
            co_return fail(Error::Kind::Decode, u"some items of the list of threads cannot be read"_s);
    }
    auto reading = m_store.read([](Reader &reader) { return reader.threadIds({}); });
    const auto known = co_await reading;
    if (!known)
        co_return fail(known.error());
    auto around = std::make_shared<Around>();
    around->messages = files;
    for (const QString &id : *known)
        if (files || !told.contains(id))
            around->waiting.push_back({id, !told.contains(id)});
    std::vector<QCoro::Task<>> all;
    all.reserve(lanes);
    for (int i = 0; i < lanes; ++i)
        all.push_back(laneAround(around, cancel));
    for (QCoro::Task<> &one : all)
        co_await one;
    co_return around->done;
}

QCoro::Task<Done> SyncService::lookAround(bool files, Cancel cancel)
{
    auto listing = listAssistants(cancel);
    const Result<bool> listed = co_await listing;
    if (!listed || !*listed)
        co_return listed ? fail(Error::Kind::Decode, u"some assistants cannot be read"_s) : fail(listed.error());
    auto asking = threadsAround(files, cancel);
    Done done = co_await asking;
    if (!done || !files)
        co_return done;
    const auto ref = listOf(Resource::VectorStores);
    if (!ref)
        co_return done;
    auto crawling = crawl(*ref, {}, cancel);
    done = co_await crawling;
    if (!done)
        co_return done;
    auto stores = storeFiles(true, cancel);
    co_return co_await stores;
}

} // namespace bobbin
