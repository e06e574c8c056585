// SPDX-License-Identifier: GPL-3.0-or-later
// Builds everything the window needs, owns it, and takes it down in order.
#pragma once

#include "app/demo/demohost.h"
#include "ui/appearance.h"
#include "ui/mainwindow.h"

#include <QSettings>

namespace bobbin {

class Application {
public:
    explicit Application(QApplication &app);
    ~Application();
    [[nodiscard]] ui::Appearance &appearance() { return m_appearance; }
    [[nodiscard]] ui::MainWindow &window() { return *m_window; }

private:
    QSettings m_settings;
    ui::Appearance m_appearance;
    Connections m_connections;
    SecretStore m_secrets;
    Credentials m_credentials;
    std::unique_ptr<demo::DemoHost> m_demo;
    std::unique_ptr<ui::MainWindow> m_window; // last: it uses all the others

    Result<Connection> startDemo();
};

} // namespace bobbin
