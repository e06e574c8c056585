// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on the demo workspace, offscreen, with settings and a store of its own.
#pragma once

#include "app/demo/demohost.h"
#include "tests/support/provider.h"
#include "ui/appearance.h"
#include "ui/mainwindow.h"
#include "ui/pages/threadspage.h"

#include <QApplication>
#include <QDir>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace bobbin::test {

using namespace Qt::Literals::StringLiterals;

class WindowBench : public QObject {
    Q_OBJECT
protected:
    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<ui::Appearance> m_appearance;
    std::unique_ptr<Connections> m_connections;
    std::unique_ptr<SecretStore> m_secrets;
    std::unique_ptr<Credentials> m_credentials;
    std::unique_ptr<demo::DemoHost> m_host;
    std::unique_ptr<ui::MainWindow> m_window;

    void makeWindow()
    {
        m_window =
            std::make_unique<ui::MainWindow>(ui::Services{*m_connections, *m_credentials, *m_settings, *m_appearance,
                                                          [this]() -> Result<Connection> {
                                                              Connection c;
                                                              c.id = u"demo"_s;
                                                              c.name = u"Demo"_s;
                                                              c.baseUrl = m_host->baseUrl();
                                                              c.provider = defaultProviderId();
                                                              m_secrets->keepUntilQuit(c.id, "k");
                                                              return c;
                                                          },
                                                          m_folder.filePath(u"prices.json"_s)});
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }
    static QString demoStore()
    {
        Connection demo;
        demo.id = u"demo"_s;
        return Connections::storeFile(demo);
    }
    ui::BrowseView *threads() { return m_window->threads()->view(); }
    // Synced; the journal of an earlier run is gone.
    void openDemoWindow()
    {
        QStandardPaths::setTestModeEnabled(true);
        m_settings = std::make_unique<QSettings>(m_folder.filePath(u"w.ini"_s), QSettings::IniFormat);
        m_appearance = std::make_unique<ui::Appearance>(*qApp, *m_settings);
        m_connections = std::make_unique<Connections>(m_folder.filePath(u"c.ini"_s));
        m_secrets = std::make_unique<SecretStore>(u"Bobbin-test"_s);
        m_credentials = std::make_unique<Credentials>(*m_secrets);
        demo::DemoOptions options;
        options.listThreads = true;
        m_host = std::make_unique<demo::DemoHost>(options);
        const QString store = demoStore();
        for (const QString &file : {store, Store::journalFile(store)})
            QFile::remove(file);
        QDir(Store::archiveFolder(store)).removeRecursively();
        makeWindow();
        QSignalSpy opened(m_window.get(), &ui::MainWindow::opened);
        m_window->openDemo();
        QVERIFY(opened.wait(20'000));
        QSignalSpy synced(m_window->workspace(), &Workspace::syncFinished);
        QVERIFY(synced.wait(120'000));
    }
};

} // namespace bobbin::test
