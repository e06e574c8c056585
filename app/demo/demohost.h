// SPDX-License-Identifier: GPL-3.0-or-later
// The demo server inside another program, on a thread of its own.
#pragma once

#include "app/demo/demoserver.h"

#include <QThread>

namespace bobbin::demo {

class DemoHost {
public:
    explicit DemoHost(DemoOptions options);
    ~DemoHost();
    DemoHost(const DemoHost &) = delete;
    DemoHost &operator=(const DemoHost &) = delete;

    [[nodiscard]] const QString &problem() const { return m_problem; } // empty: it listens
    [[nodiscard]] const QString &baseUrl() const { return m_baseUrl; }
    // Runs `task` on the server's thread and waits for it.
    void with(const std::function<void(DemoServer &)> &task);

private:
    QThread m_thread;
    DemoServer *m_server = nullptr;
    QString m_problem, m_baseUrl;
};

} // namespace bobbin::demo
