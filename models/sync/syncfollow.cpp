// SPDX-License-Identifier: GPL-3.0-or-later
// Active runs are followed until they end; and a connection is tried before it is kept.
#include "models/sync/syncservice.h"

#include <QCoroFuture>
#include <QCoroTimer>
#include <QTimer>

namespace bobbin {

using namespace std::chrono_literals;

QCoro::Task<> SyncService::followActive(Cancel cancel)
{
    constexpr auto shortest = 2'000ms;
    constexpr auto longest = 30'000ms;
    auto wait = shortest;
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(cancel.get(), &Cancellation::cancelled, &timer, [&timer] { timer.start(0); });
    while (!cancel->requested()) {
        timer.start(wait);
        co_await timer;
        if (cancel->requested() || m_sync != 0)
            continue;
        auto readActive = m_store.read([](Reader &reader) { return reader.activeRuns(); });
        const auto active = co_await readActive;
        if (!active)
            co_return;
        bool moved = false;
        for (const auto &[thread, run] : *active) {
            Parent parent;
            parent.thread = thread;
            auto asked = m_client.item(Resource::Runs, run, parent, cancel);
            const Result<Objects> now = co_await asked;
            if (!now || now->runs.empty())
                continue;
            const bool ended = !isActive(now->runs.front().status);
            if (ended) {
                auto synced = syncThread(thread, m_steps, cancel);
                std::ignore = co_await synced;
            } else {
                auto stored = put(*now);
                std::ignore = co_await stored;
            }
            moved = moved || ended;
        }
        wait = moved ? shortest : std::min(wait * 3 / 2, longest);
    }
}

QCoro::Task<Done> SyncService::test(std::shared_ptr<ApiClient> client, Cancel cancel)
{
    const Request probe = client->provider().probe();
    auto asked = client->send(probe, cancel);
    const Result<QByteArray> answer = co_await asked;
    const Done read = answer ? client->provider().readProbe(*answer) : fail(answer.error());
    if (read)
        co_return read;
    Error error = read.error();
    // A list that is no JSON at all: a web page or another service answers here.
    if (error.kind == Error::Kind::Decode || (error.kind == Error::Kind::NotFound && error.code.isEmpty()))
        error.kind = Error::Kind::NotThisProtocol;
    co_return fail(error);
}

} // namespace bobbin
