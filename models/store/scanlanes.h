// SPDX-License-Identifier: GPL-3.0-or-later
// Long reads, each on a connection of its own: none waits for another one, and who gives one up stops no other.
// Connections are opened when they are first needed, on their own threads.
#pragma once

#include "models/store/reader.h"
#include "models/store/worker.h"

#include <QMutex>
#include <QScopeGuard>
#include <atomic>

namespace bobbin {

// Held by who asked for a scan, to give it up: before it begins, or in the middle.
class ScanStop {
public:
    void stop()
    {
        const QMutexLocker lock(&m_lock);
        m_stopped = true;
        if (m_running)
            m_running->interrupt();
    }

private:
    friend class ScanLanes;
    QMutex m_lock;
    Database *m_running = nullptr;
    bool m_stopped = false;

    bool begin(Database &database)
    {
        const QMutexLocker lock(&m_lock);
        if (!m_stopped)
            m_running = &database;
        return !m_stopped;
    }
    void end()
    {
        const QMutexLocker lock(&m_lock);
        m_running = nullptr;
    }
};

class ScanLanes {
public:
    using Open = std::function<Result<std::unique_ptr<Database>>()>;
    ScanLanes(Open open, const Provider &provider) : m_open(std::move(open)), m_provider(provider) { }

    template <class F> auto run(F query, std::shared_ptr<ScanStop> stop = {})
    {
        using Answer = std::invoke_result_t<F &, Reader &>;
        Lane &lane = take();
        return lane.worker.run([this, &lane, query = std::move(query), stop = std::move(stop)]() mutable -> Answer {
            const auto left = qScopeGuard([&lane] { --lane.busy; });
            if (const Done opened = open(lane); !opened)
                return fail(opened.error());
            if (stop && !stop->begin(*lane.database))
                return fail(Error::Kind::Cancelled, {});
            Answer answer = query(*lane.reader);
            if (stop)
                stop->end();
            return answer;
        });
    }
    void setPrices(std::shared_ptr<const PriceTable> prices)
    {
        const QMutexLocker lock(&m_lock);
        m_prices = std::move(prices);
    }

private:
    struct Lane {
        std::unique_ptr<Database> database;
        std::unique_ptr<Reader> reader;
        std::atomic<int> busy = 0;
        Worker worker{QStringLiteral("store-scan")}; // goes first: its tasks use the others
    };
    static constexpr std::size_t most = 6;
    Open m_open;
    const Provider &m_provider;
    QMutex m_lock; // of what follows
    std::shared_ptr<const PriceTable> m_prices;
    std::vector<std::unique_ptr<Lane>> m_lanes;

    Lane &take();
    Done open(Lane &lane); // on its thread
};

} // namespace bobbin
