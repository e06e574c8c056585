// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demohost.h"

namespace bobbin::demo {

DemoHost::DemoHost(DemoOptions options)
{
    m_thread.setObjectName(QStringLiteral("demo-server"));
    auto *starter = new QObject;
    starter->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::finished, starter, &QObject::deleteLater);
    m_thread.start();
    QMetaObject::invokeMethod(
        starter,
        [this, starter, options = std::move(options)] {
            m_server = new DemoServer(options, starter);
            if (m_server->start(&m_problem))
                m_baseUrl = m_server->baseUrl();
        },
        Qt::BlockingQueuedConnection);
}

DemoHost::~DemoHost()
{
    m_thread.quit();
    m_thread.wait();
}

void DemoHost::with(const std::function<void(DemoServer &)> &task)
{
    QMetaObject::invokeMethod(
        m_server, [&] { task(*m_server); }, Qt::BlockingQueuedConnection);
}

} // namespace bobbin::demo
