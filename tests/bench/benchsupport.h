// SPDX-License-Identifier: GPL-3.0-or-later
// What the measuring programs share: the window on a store of their own, waits that are timed, stalls of the event
// loop.
#pragma once

#include "models/providers/registry.h"
#include "ui/appearance.h"
#include "ui/mainwindow.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <cstdio>

namespace bobbin::bench {

using namespace Qt::Literals::StringLiterals;

inline Connection benchConnection()
{
    Connection c;
    c.id = u"bench"_s;
    c.name = u"Bench"_s;
    c.baseUrl = u"http://127.0.0.1:9/v1"_s;
    c.provider = defaultProviderId();
    return c;
}

template <class T> T wait(QFuture<T> future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 600'000))
        qFatal("a future did not finish");
    return future.result();
}

inline std::shared_ptr<Store> openStore()
{
    const auto store = wait(Store::open(Connections::storeFile(benchConnection()), *providerById(defaultProviderId()),
                                        std::make_shared<const PriceTable>(PriceTable::shipped())));
    if (!store)
        qFatal("the store does not open: %s", qPrintable(store.error().message));
    return *store;
}

// How long the event loop was away, seen by a timer of one millisecond.
class Stalls : public QObject {
public:
    enum class Of { EventLoop, Others };
    explicit Stalls(Of of = Of::EventLoop)
    {
        if (of == Of::Others)
            return;
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        connect(&m_timer, &QTimer::timeout, this,
                [this] { m_gaps.push_back(double(m_last.nsecsElapsed()) / 1e6), m_last.start(); });
        m_last.start();
        m_timer.start();
    }
    void add(const Stalls &other) { m_gaps.insert(m_gaps.end(), other.m_gaps.begin(), other.m_gaps.end()); }
    // The timer may not have come at all: what has gone by since is a gap, too.
    [[nodiscard]] double worst()
    {
        untilNow();
        return *std::ranges::max_element(m_gaps);
    }
    [[nodiscard]] double at(double share)
    {
        untilNow();
        std::ranges::sort(m_gaps);
        return m_gaps[std::min(m_gaps.size() - 1, std::size_t(double(m_gaps.size()) * share))];
    }

private:
    QTimer m_timer;
    QElapsedTimer m_last;
    std::vector<double> m_gaps;

    void untilNow()
    {
        if (m_last.isValid())
            m_gaps.push_back(double(m_last.nsecsElapsed()) / 1e6);
    }
};

struct App {
    QString folder;
    QSettings settings{folder + u"/window.ini"_s, QSettings::IniFormat};
    Connections connections{folder + u"/connections.ini"_s};
    ui::Appearance appearance{*qApp, settings};
    SecretStore secrets{u"Bobbin-bench"_s};
    Credentials credentials{secrets};
    QString openUrl = benchConnection().baseUrl;
    ui::MainWindow window;

    explicit App(const QString &f)
        : folder(f), window(ui::Services{connections, credentials, settings, appearance,
                                         [this] {
                                             Connection c = benchConnection();
                                             c.baseUrl = openUrl;
                                             return Result<Connection>(c);
                                         },
                                         f + u"/prices.json"_s})
    {
        secrets.keepUntilQuit(u"bench"_s, "k");
    }
};

// Not QTest::qWait, which sleeps ten milliseconds at a time: each would be a stall of its own.
inline void idle(int ms)
{
    QEventLoop loop;
    QTimer::singleShot(ms, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

template <class F> double milliseconds(F done, const char *what)
{
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
        idle(1);
        if (timer.hasExpired(300'000))
            qFatal("%s did not happen", what);
    }
    return double(timer.nsecsElapsed()) / 1e6;
}

inline void line(const char *what, double ms, const QString &note = {})
{
    std::printf("  %-52s %10.1f ms  %s\n", what, ms, qPrintable(note));
    std::fflush(stdout);
}

} // namespace bobbin::bench
