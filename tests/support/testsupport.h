// SPDX-License-Identifier: GPL-3.0-or-later
// What several tests need: fixtures, waiting for futures, a store in a temporary folder.
#pragma once

#include <QCoreApplication>
#include <QFile>
#include <QFuture>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace bobbin::test {

inline QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(BOBBIN_FIXTURES "/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no fixture %s", qPrintable(name));
    return file.readAll();
}

// The event loop runs meanwhile; a future that does not come fails the test in the caller's QVERIFY.
template <class T> T wait(QFuture<T> future, int ms = 20'000)
{
    const bool came = QTest::qWaitFor([&] { return future.isFinished(); }, ms);
    if (!came)
        qFatal("a future did not finish in %d ms", ms);
    return future.result();
}

} // namespace bobbin::test
