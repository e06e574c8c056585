// SPDX-License-Identifier: GPL-3.0-or-later
// The window: connections above, pages at the left, the page, the state below.
#pragma once

#include "models/items/rowtablemodel.h"
#include "models/settings/connections.h"
#include "models/settings/secretstore.h"
#include "models/sync/workspace.h"

#include <QMainWindow>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;
class QSettings;
class QStackedWidget;
class QToolButton;

namespace bobbin::ui {

class ActivityPage;
class BrowsePage;
class BrowseView;
class Notice;
class OverviewPage;
class ThreadsPage;
class WelcomePage;

// What the window is given by the program.
struct Services {
    Connections &connections;
    SecretStore &secrets;
    QSettings &settings;
    std::function<Result<Connection>()> startDemo; // the demo server's connection
    std::function<QString()> pricesFile;
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Services services);
    ~MainWindow() override;

    void openDemo();
    void openConnection(const QString &id);
    void showPage(const QString &name);
    [[nodiscard]] Workspace *workspace() const { return m_workspace.get(); }
    [[nodiscard]] ThreadsPage *threads() const { return m_threads; }
    [[nodiscard]] BrowseView *viewOf(const QString &page) const;

Q_SIGNALS:
    void opened(); // a store is open and the pages show it

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    Services m_services;
    std::shared_ptr<const PriceTable> m_prices;
    std::unique_ptr<Workspace> m_workspace;
    std::shared_ptr<Store> m_store;
    Connection m_connection;
    int m_opening = 0;

    QToolButton *m_connectionButton;
    QAction *m_syncAction, *m_idsAction;
    QLineEdit *m_search;
    QListWidget *m_sidebar;
    QStackedWidget *m_root, *m_pages;
    Notice *m_notice;
    WelcomePage *m_welcome;
    OverviewPage *m_overview;
    ThreadsPage *m_threads;
    BrowsePage *m_runs, *m_assistants, *m_stores, *m_files;
    ActivityPage *m_activity;
    QLabel *m_state, *m_left, *m_progressText;
    QProgressBar *m_progress;
    QPushButton *m_cancel;

    void makeToolBar();
    void makePages();
    void makeStatusBar();
    void makeMenus();
    void open(const Connection &connection, bool syncAtOnce);
    void connected(std::shared_ptr<Store> store, const QByteArray &key, bool syncAtOnce);
    void closeWorkspace();
    void refreshConnections();
    void newConnection();
    void editConnection();
    void removeConnection();
    void openIds(const QStringList &files = {});
    void editPrices();
    void sync(const QStringList &onlyThreads = {});
    void search();
    void showProgress(const SyncProgress &progress);
    void syncFinished(const Result<SyncRow> &result);
    void storeChanged(Changes changes);
    void refreshCounts();
    void loadPrices();
    [[nodiscard]] std::vector<BrowseView *> views() const;
};

} // namespace bobbin::ui
