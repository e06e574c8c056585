// SPDX-License-Identifier: GPL-3.0-or-later
// Active runs are followed until they end, and new ones are found.
#include "models/sync/syncservice.h"

#include <QCoroFuture>
#include <QCoroTimer>
#include <QTimer>

namespace bobbin {

using namespace std::chrono_literals;

namespace {

constexpr auto shortest = 2'000ms;
constexpr auto longest = 30'000ms;
constexpr int lately = 5; // threads: a new run comes to one of these, as a rule

} // namespace

// One that has ended is read whole, with its steps and the messages it wrote. Whether one has.
QCoro::Task<bool> SyncService::followRun(QString thread, QString run, Cancel cancel)
{
    Parent parent;
    parent.thread = thread;
    auto asked = m_client.item(Resource::Runs, run, parent, cancel);
    const Result<Objects> now = co_await asked;
    if (!now || now->runs.empty())
        co_return false; // asked again next time
    if (isActive(now->runs.front().status)) {
        auto stored = put(*now);
        std::ignore = co_await stored;
        co_return false;
    }
    auto synced = syncThread(thread, m_steps, cancel);
    std::ignore = co_await synced;
    co_return true;
}

// Whatever fails is tried again the next time round: the network may be away for long.
QCoro::Task<> SyncService::follow(Cancel cancel)
{
    auto wait = shortest;
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
        auto readActive = m_store.read([](Reader &reader) { return reader.activeRuns(); });
        const auto active = co_await readActive;
        bool moved = false;
        for (const auto &[thread, run] : active ? *active : std::vector<std::pair<QString, QString>>()) {
            auto following = followRun(thread, run, cancel);
            moved = co_await following || moved;
        }
        // As long as nothing moves, every round is one at the longest interval, and looks for what began meanwhile.
        if (!moved && wait == longest && !cancel->requested()) {
            auto readLately = m_store.read([](Reader &reader) { return reader.latelyActive(lately); });
            const auto threads = co_await readLately;
            for (const QString &thread : threads ? *threads : QStringList()) {
                auto asking = threadObject(thread, cancel);
                const Done there = co_await asking;
                if (!there && there.error().kind != Error::Kind::NotFound)
                    break; // away, perhaps: no thread is marked for that
                auto synced = syncThread(thread, m_steps, cancel);
                std::ignore = co_await synced;
            }
            auto readAgain = m_store.read([](Reader &reader) { return reader.activeRuns(); });
            const auto now = co_await readAgain;
            moved = now && active && now->size() > active->size();
        }
        wait = moved ? shortest : std::min(wait * 3 / 2, longest);
    }
}

} // namespace bobbin
