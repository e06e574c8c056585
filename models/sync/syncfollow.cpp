// SPDX-License-Identifier: GPL-3.0-or-later
// Active runs are followed until they end, and new ones are found.
#include "models/sync/syncservice.h"

#include "models/core/clock.h"

#include <QCoroFuture>
#include <QCoroTimer>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t atOnce = 8; // runs and threads that are asked for side by side
constexpr int lately = 5; // threads: a new run comes to one of these, as a rule
// Closely: a thread is looked at after a twentieth of the time that nothing came to it, the rest in turn.
constexpr int latelyClosely = 200;
constexpr std::size_t mostDue = 16; // a round: active runs are not kept waiting
constexpr int inTurn = 3;
constexpr int candidates = 60; // for a turn: those that cannot be read do not take it from the others
constexpr qint64 shareOfAge = 20;
constexpr qint64 seldomest = 600'000; // ms
constexpr int mostPages = 20; // of new threads, a round
constexpr qint64 fewRequests = 20; // that are left of the server's limit

// It says nothing of the thread, and the next one would be answered the same.
bool isAway(const Error &error)
{
    using enum Error::Kind;
    switch (error.kind) {
    case Network:
    case Timeout:
    case Forbidden:
    case RateLimited:
    case Cancelled:
    case NotThisProtocol:
        return true;
    default:
        return needsPerson(error);
    }
}

} // namespace

// One that has ended is read whole, with its steps and the messages it wrote.
QCoro::Task<Result<RunLook>> SyncService::lookAtRun(QString thread, QString run, bool steps, Cancel cancel)
{
    Parent parent;
    parent.thread = thread;
    auto asked = m_client.item(Resource::Runs, run, parent, cancel);
    const Result<Objects> now = co_await asked;
    RunLook look;
    look.pollAfter = m_client.pollAfter();
    if (!now || now->runs.empty() || !isActive(now->runs.front().status)) {
        if (!now && now.error().kind != Error::Kind::NotFound)
            co_return fail(now.error());
        look.isKnown = now.has_value();
        auto synced = syncThread(thread, m_steps, cancel);
        Done read = co_await synced;
        if (!read && look.isKnown)
            co_return fail(read.error());
        look.steps = std::move(read);
        co_return look;
    }
    auto stored = put(*now);
    if (const Done written = co_await stored; !written)
        co_return fail(written.error());
    look.active = true;
    look.digest = qHash(now->runs.front().raw);
    std::vector<ListRef> lists;
    if (steps)
        lists = m_client.provider().runLists(thread, run);
    for (const ListRef &ref : lists) {
        auto listing = stepsOf(ref, cancel);
        const Result<std::vector<RunStep>> found = co_await listing;
        m_partial.remove(thread); // a step that is being written may be read half
        if (!found) {
            look.steps = fail(found.error());
            continue;
        }
        for (const RunStep &step : *found)
            look.digest = qHash(step.raw, look.digest);
        auto writing =
            m_store.write([thread, run, all = *found](Writer &writer) { writer.putSteps(thread, run, all); });
        if (const Done written = co_await writing; !written)
            co_return fail(written.error());
    }
    co_return look;
}

QCoro::Task<Done> SyncService::followRun(QString thread, QString run, bool steps, Cancel cancel,
                                         std::shared_ptr<FollowState> state)
{
    const std::pair key(thread, run);
    if (nowMs() - state->lost.value(key, 0) < seldomest)
        co_return fail(Error::Kind::NotFound, u"the server does not know the run %1"_s.arg(run), thread);
    auto looking = lookAtRun(thread, run, steps, cancel);
    Result<RunLook> look = co_await looking;
    if (!look)
        co_return fail(look.error());
    if (!look->active) {
        state->seen.remove(key);
        if (look->isKnown)
            state->moved = true;
        else
            state->lost.insert(key, nowMs()); // its thread tells whether that is gone, too
        co_return std::move(look->steps);
    }
    std::size_t &before = state->seen[key];
    state->moved = state->moved || before != look->digest;
    before = look->digest;
    Done told = std::move(look->steps); // the run is judged without them, too
    if (!told && !isAway(told.error())) {
        told.error().kind = Error::Kind::Decode;
        told.error().place = run;
    }
    co_return told;
}

// Runs of threads, or threads: some side by side. What is away ends it, what cannot be read is passed over and said.
QCoro::Task<> SyncService::followSome(std::vector<std::pair<QString, QString>> some, bool steps, Cancel cancel,
                                      std::shared_ptr<FollowState> state)
{
    FollowRound &round = state->round;
    for (std::size_t i = 0; i < some.size() && !cancel->requested() && !round.error; i += atOnce) {
        std::vector<QCoro::Task<Done>> asking;
        const std::size_t end = std::min(i + atOnce, some.size());
        for (std::size_t k = i; k < end; ++k)
            asking.push_back(some[k].second.isEmpty() ? lookForNews(some[k].first, cancel)
                                                      : followRun(some[k].first, some[k].second, steps, cancel, state));
        for (std::size_t k = i; k < end; ++k) {
            const Done done = co_await asking[k - i];
            const QString &thread = some[k].first;
            if (!done && isAway(done.error())) {
                if (!round.error)
                    round.error = done.error();
                continue;
            }
            state->looked[thread] = nowMs();
            if (!done)
                round.problems.emplace_back(thread, done.error());
            // What was read of it in spite of that is as it was a moment ago.
            if ((done || done.error().kind == Error::Kind::Decode) && !round.threads.contains(thread))
                round.threads << thread;
        }
    }
}

QCoro::Task<Done> SyncService::lookForNews(QString thread, Cancel cancel)
{
    auto asking = threadObject(thread, cancel);
    const Done there = co_await asking;
    if (!there && there.error().kind != Error::Kind::NotFound)
        co_return there; // away, perhaps: no thread is marked for that
    auto synced = syncThread(thread, m_steps, cancel);
    co_return co_await synced;
}

// Threads that something may have come to: those that it came to lately the more often, the others in turn.
QCoro::Task<> SyncService::followThreads(FollowOptions options, Cancel cancel, std::shared_ptr<FollowState> state)
{
    const int most = options.closely ? latelyClosely : lately;
    auto reading = m_store.read([most](Reader &reader) { return reader.latelyActive(most); });
    const auto active = co_await reading;
    if (!active) {
        state->round.error = active.error();
        co_return;
    }
    const qint64 now = nowMs();
    std::vector<std::pair<QString, QString>> due;
    const auto add = [&](const std::vector<std::pair<QString, OptTime>> &threads, std::size_t upTo) {
        for (const auto &[id, last] : threads) {
            const qint64 after =
                std::clamp<qint64>((now - last.value_or(0)) / shareOfAge, options.shortest.count(), seldomest);
            const std::pair one(id, QString());
            const bool known = state->round.threads.contains(id) || std::ranges::find(due, one) != due.end();
            if (due.size() < upTo && !known && (!options.closely || now - state->looked.value(id, 0) >= after))
                due.push_back(one);
        }
    };
    add(*active, options.closely ? mostDue : std::size_t(lately));
    if (options.closely && now >= state->turnDue) {
        state->turnDue = now + options.longest.count();
        auto readingRest = m_store.read([](Reader &reader) { return reader.longestUnseen(candidates); });
        if (const auto rest = co_await readingRest)
            add(*rest, due.size() + inTurn);
    }
    auto looking = followSome(std::move(due), true, cancel, state);
    co_await looking;
}

// New threads, where the server lists them: from the newest on, until a page has none. A server that does not go by the
// newest is asked for all of them, seldom.
QCoro::Task<> SyncService::followList(Cancel cancel, std::shared_ptr<FollowState> state)
{
    const qint64 begun = nowMs();
    auto asking = listsThreads(cancel);
    const Result<bool> lists = co_await asking;
    std::optional<ListRef> ref = listOf(Resource::Threads);
    if (!ref || !lists || !*lists || begun < state->listDue)
        co_return;
    state->listDue = begun + state->listEveryMs;
    ref->newestFirst = true;
    std::vector<std::pair<QString, QString>> fresh;
    ListToken from;
    for (int pages = 0; pages < mostPages; ++pages) {
        auto reading = m_client.page(*ref, from, cancel);
        const Result<Page> page = co_await reading;
        if (!page) {
            if (isAway(page.error()) && !state->round.error)
                state->round.error = page.error();
            break;
        }
        const std::vector<Thread> &threads = page->objects.threads;
        if (threads.size() > 1 && threads.front().createdAt < threads.back().createdAt) {
            state->listDue = begun + seldomest;
            ref->newestFirst = false;
            auto crawling = crawl(*ref, {}, cancel);
            std::ignore = co_await crawling;
            break; // they are looked at in turn
        }
        QStringList ids;
        for (const Thread &thread : threads)
            ids << thread.id;
        auto comparing = m_store.read([ids](Reader &reader) { return reader.unknownThreads(ids); });
        const auto unknown = co_await comparing;
        if (!unknown || unknown->isEmpty())
            break;
        auto writing = put(page->objects);
        std::ignore = co_await writing;
        for (const QString &id : *unknown)
            fresh.emplace_back(id, QString());
        if (!page->next)
            break;
        from = *page->next;
    }
    auto looking = followSome(std::move(fresh), true, cancel, state);
    co_await looking;
}

// Whatever fails is tried again the next time round: the network may be away for long.
QCoro::Task<> SyncService::follow(FollowOptions options, Cancel cancel)
{
    auto state = std::make_shared<FollowState>();
    state->listEveryMs = (options.longest / 4).count();
    auto wait = options.shortest;
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(cancel.get(), &Cancellation::cancelled, &timer, [&timer] { timer.start(0); });
    while (!cancel->requested()) {
        timer.start(wait);
        if (cancel->requested()) // asked for just before
            timer.start(0);
        co_await timer;
        if (cancel->requested() || m_sync != 0)
            continue;
        qint64 sentBefore = m_client.requestsSent();
        state->round = {};
        state->moved = false;
        auto readActive = m_store.read([](Reader &reader) { return reader.activeRuns(); });
        const auto active = co_await readActive;
        const auto runs = active ? *active : std::vector<std::pair<QString, QString>>();
        if (!active)
            state->round.error = active.error();
        auto following = followSome(runs, options.closely, cancel, state);
        co_await following;
        // Whoever watches them need not wait for the threads that are due.
        if (options.closely && !state->round.threads.isEmpty() && !cancel->requested()) {
            FollowRound first = std::exchange(state->round, {});
            state->round.error = first.error;
            first.active = qint64(runs.size());
            first.requests = m_client.requestsSent() - std::exchange(sentBefore, m_client.requestsSent());
            first.whole = false;
            Q_EMIT followed(first);
        }
        // As long as nothing moves, every round is one at the longest interval, and looks for what began meanwhile.
        if (!cancel->requested() && !state->round.error &&
            (options.closely || (!state->moved && wait == options.longest))) {
            auto looking = followThreads(options, cancel, state);
            co_await looking;
            if (options.closely && !cancel->requested() && !state->round.error) {
                auto listing = followList(cancel, state);
                co_await listing;
            }
        }
        auto readAgain = m_store.read([](Reader &reader) { return reader.activeRuns(); });
        const auto now = co_await readAgain;
        state->round.active = now ? qint64(now->size()) : 0;
        const bool moved = state->moved || (now && now->size() > runs.size());
        const auto most = options.closely && state->round.active > 0 ? std::max(options.shortest, options.longest / 3)
                                                                     : options.longest;
        wait = moved ? options.shortest : std::min(wait * 3 / 2, most);
        if (state->round.error || m_client.requestsLeft().value_or(fewRequests) < fewRequests)
            wait = options.longest;
        wait = std::max({wait, m_client.heldFor(), state->round.active > 0 ? m_client.pollAfter() : 0ms});
        state->round.requests = m_client.requestsSent() - sentBefore;
        state->round.next = wait;
        if (!cancel->requested())
            Q_EMIT followed(state->round);
    }
}

} // namespace bobbin
