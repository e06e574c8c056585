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

} // namespace

QCoro::Task<Result<Objects>> SyncService::readList(Resource resource, Parent parent, QString after, Cancel cancel)
{
    Listing list{resource, parent, after};
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
                       m_client.provider().list(resource, parent, {}).path);
    co_return all;
}

QCoro::Task<Result<ThreadLook>> SyncService::look(QString threadId, Cancel cancel)
{
    auto reading = m_store.read([threadId](Reader &reader) { return reader.cursor(threadId); });
    const Result<ThreadCursor> cursor = co_await reading;
    if (!cursor)
        co_return fail(cursor.error());
    const Parent nobody;
    Parent parent;
    parent.thread = threadId;
    const QString start;
    auto askingThread = m_client.item(Resource::Threads, threadId, nobody, cancel);
    auto askingMessages = readList(Resource::Messages, parent, start, cancel);
    auto askingRuns = readList(Resource::Runs, parent, cursor->lastRun, cancel);
    Result<Objects> thread = co_await askingThread;
    Result<Objects> messages = co_await askingMessages;
    Result<Objects> runs = co_await askingRuns;
    const auto lost = [](const Result<Objects> &list) {
        return !list && (list.error().kind == Error::Kind::NotFound || list.error().kind == Error::Kind::Rejected);
    };
    if (lost(runs) && thread && !cursor->lastRun.isEmpty()) { // the place to go on from is gone
        auto again = readList(Resource::Runs, parent, start, cancel);
        runs = co_await again;
    }
    ThreadLook look;
    look.gone = !thread && thread.error().kind == Error::Kind::NotFound;
    if (look.gone)
        co_return look;
    for (const Result<Objects> *part : {&thread, &messages, &runs})
        if (!*part)
            co_return fail(part->error());
    if (thread->threads.empty())
        co_return fail(Error::Kind::Decode, u"the answer has no thread"_s, threadId);
    look.objects.threads = std::move(thread->threads);
    look.objects.messages = std::move(messages->messages);
    look.objects.runs = std::move(runs->runs);
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
        auto reading = m_store.read([threadId](Reader &reader) { return reader.cursor(threadId); });
        const Result<ThreadCursor> cursor = co_await reading;
        if (!cursor)
            co_return fail(cursor.error());
        auto crawling = crawlFrom(Resource::Messages, threadId, cursor->lastMessage, cancel);
        done = co_await crawling;
        if (done && m_partial.contains(threadId))
            co_return fail(Error::Kind::Decode, u"some of its messages cannot be read"_s, threadId);
    }
    if (!done && done.error().kind == Error::Kind::NotFound) {
        auto marking = m_store.write([threadId](Writer &writer) { writer.setGone(Resource::Threads, threadId); },
                                     Changed::Threads);
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
    if (*lists) {
        const Parent nobody;
        Listing list{Resource::Threads, nobody};
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
    const Parent nobody;
    const QString start;
    auto crawling = crawl(Resource::VectorStores, nobody, start, cancel);
    done = co_await crawling;
    if (!done)
        co_return done;
    auto stores = storeFiles(true, cancel);
    co_return co_await stores;
}

} // namespace bobbin
