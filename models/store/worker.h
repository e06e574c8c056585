// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that runs what it is given, in order, and answers by future. Not QtConcurrent: there a waiting caller may
// run the task on its own thread, and SQLite connections must stay on theirs.
#pragma once

#include <QFuture>
#include <QPromise>
#include <QThread>
#include <memory>

namespace bobbin {

class Worker {
public:
    explicit Worker(const QString &name) : m_thread(new QThread), m_object(new QObject)
    {
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
            QObject::connect(thread, &QThread::finished, thread, &QObject::deleteLater);
            thread->quit();
            return;
        }
        QMetaObject::invokeMethod(
            m_object, [thread] { thread->quit(); }, Qt::QueuedConnection);
        thread->wait();
        delete thread;
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

private:
    QThread *m_thread;
    QObject *m_object; // lives on the thread, goes with it
};

} // namespace bobbin
