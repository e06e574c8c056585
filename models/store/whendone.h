// SPDX-License-Identifier: GPL-3.0-or-later
// Hands a future's answer to `context` on its thread, and drops it if context is gone. Not QFuture::then(context, …):
// in Qt 6.4 that asserts, and races, when the context dies first.
#pragma once

#include <QFutureWatcher>

namespace bobbin {

template <class T, class F> void whenDone(const QFuture<T> &future, QObject *context, F answer)
{
    auto *watcher = new QFutureWatcher<T>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, context, [watcher, answer = std::move(answer)]() mutable {
        watcher->deleteLater();
        answer(watcher->result());
    });
    watcher->setFuture(future);
}

} // namespace bobbin
