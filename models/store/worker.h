// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that runs what it is given, in order, and answers by future. Not QtConcurrent: there a waiting caller may
// run the task on its own thread, and SQLite connections must stay on theirs.
#pragma once

#include <QFuture>
#include <QMutex>
#include <QPromise>
#include <QThread>
#include <QWaitCondition>
#include <memory>
#include <vector>

namespace bobbin {

// Worker's own books of the threads that are not joined yet.
struct LeftThreads {
    QMutex mutex;
    QWaitCondition changed;
    int live = 0;
    std::vector<QThread *> threads; // ended by themselves
};

class Worker {
public:
    explicit Worker(const QString &name) : m_thread(new QThread), m_object(new QObject)
    {
        {
            const QMutexLocker lock(&s_left.mutex);
            ++s_left.live;
        }
        m_thread->setObjectName(name);
        m_object->moveToThread(m_thread);
        QObject::connect(m_thread, &QThread::finished, m_object, &QObject::deleteLater);
        m_thread->start();
    }
    // Finishes what was given before. The last owner may let go on this very thread, which cannot wait for itself.
    ~Worker()
    {
        QThread *thread = m_thread;
        if (QThread::currentThread() == thread) {
            thread->quit();
            left(thread);
            return;
        }
        QMetaObject::invokeMethod(
            m_object, [thread] { thread->quit(); }, Qt::QueuedConnection);
        thread->wait();
        delete thread;
        left(nullptr);
    }
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    template <class F> auto run(F task) -> QFuture<std::invoke_result_t<F &>>
    {
        using T = std::invoke_result_t<F &>;
        auto promise = std::make_shared<QPromise<T>>();
        promise->start();
        QFuture<T> future = promise->future();
        QMetaObject::invokeMethod(
            m_object,
            [promise, task = std::move(task)]() mutable {
                promise->addResult(task());
                promise->finish();
            },
            Qt::QueuedConnection);
        return future;
    }

    // At the end of main(), when every owner is gone or about to go: a thread that outlives main() runs into the
    // destructors of Qt's own statics.
    static void joinAll()
    {
        const QMutexLocker lock(&s_left.mutex);
        while (s_left.live > 0 && s_left.changed.wait(&s_left.mutex, 10'000)) { }
        for (QThread *thread : s_left.threads) {
            thread->wait();
            delete thread;
        }
        s_left.threads.clear();
    }

private:
    static inline LeftThreads s_left;

    static void left(QThread *toJoin)
    {
        const QMutexLocker lock(&s_left.mutex);
        if (toJoin)
            s_left.threads.push_back(toJoin);
        --s_left.live;
        s_left.changed.wakeAll();
    }

    QThread *m_thread;
    QObject *m_object; // lives on the thread, goes with it
};

} // namespace bobbin
