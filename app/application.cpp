// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"

#include "models/providers/registry.h"
#include "models/settings/ownprices.h"
#include "models/settings/settings.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Application::Application(QApplication &app)
    : m_settings(settingsFile(), QSettings::IniFormat), m_appearance(app, m_settings),
      m_connections(Connections::defaultFile()), m_secrets(u"Bobbin"_s), m_credentials(m_secrets)
{
    bringUpToDate(m_settings);
    QObject::connect(&m_credentials, &Credentials::browserWanted, &app,
                     [](const QUrl &url) { QDesktopServices::openUrl(url); });
    m_window = std::make_unique<ui::MainWindow>(ui::Services{m_connections, m_credentials, m_settings, m_appearance,
                                                             [this] { return startDemo(); }, ownPricesFile()});
}

Application::~Application()
{
    m_window.reset();
}

Result<Connection> Application::startDemo()
{
    Connection connection;
    connection.id = u"demo"_s;
    connection.name = QCoreApplication::translate("Application", "Demo workspace");
    if (!m_demo) {
        demo::DemoOptions options;
        options.listThreads = true;
        m_demo = std::make_unique<demo::DemoHost>(options);
        if (!m_demo->problem().isEmpty()) {
            const QString problem = m_demo->problem();
            m_demo.reset();
            return fail(Error::Kind::Network, problem);
        }
        // The demo's dates are relative to now and its ids are new: yesterday's store would not fit.
        const QString store = Connections::storeFile(connection);
        for (const QString &file : {store, Store::journalFile(store)})
            for (const QString &ending : {u""_s, u"-wal"_s, u"-shm"_s})
                QFile::remove(file + ending);
        QDir(Store::archiveFolder(store)).removeRecursively();
    }
    m_secrets.keepUntilQuit(connection.id, "demo");
    connection.baseUrl = m_demo->baseUrl();
    connection.provider = defaultProviderId();
    return connection;
}

} // namespace bobbin
