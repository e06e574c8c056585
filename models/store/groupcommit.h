// SPDX-License-Identifier: GPL-3.0-or-later
// Writes that wait together are committed together: with one flush to disk for all of them it takes a fraction of the
// time. A batch that fails is tried again one by one, so that only what is at fault fails.
#pragma once

#include "models/store/sqlite.h"
#include "models/store/worker.h"

#include <functional>
#include <span>

namespace bobbin {

class GroupCommit {
public:
    using Change = std::function<void()>; // runs on the worker, inside the transaction
    // `committed` follows each transaction; `rolledBack` undoes what is remembered of a failed one.
    GroupCommit(Worker &worker, Database &database, std::function<void()> committed, std::function<void()> rolledBack)
        : m_worker(worker), m_database(database), m_committed(std::move(committed)), m_rolledBack(std::move(rolledBack))
    {
    }

    // Later: more follows, with which it is committed; until flush(), or until somebody does not wait.
    enum class When : quint8 { Now, Later };
    QFuture<Done> enqueue(Change change, When when = When::Now);
    void flush();
    Done transactNow(Change change); // on the worker itself

private:
    struct Write {
        Change change;
        QPromise<Done> promise;
    };
    Worker &m_worker;
    Database &m_database;
    std::function<void()> m_committed;
    std::function<void()> m_rolledBack;
    QMutex m_lock;
    std::vector<Write> m_waiting;
    bool m_scheduled = false;
    static constexpr std::size_t mostLater = 64;

    void writeWaiting();
    Done transact(std::span<Write> writes);
};

} // namespace bobbin
