// SPDX-License-Identifier: GPL-3.0-or-later
// The window: connections above, pages at the left, the page, the state below.
#pragma once

#include "models/costs/budget.h"
#include "models/items/rowtablemodel.h"
#include "models/session/session.h"
#include "models/settings/connections.h"

#include "ui/places.h"
#include "ui/widgets/notice.h"

#include <QMainWindow>
#include <QTimer>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QMenu;
class QSettings;
class QStackedWidget;
class QToolButton;

namespace bobbin {
struct Measures;
}

namespace bobbin::ui {

class ActivityPage;
class Appearance;
class BrowsePage;
class BrowseView;
class ChecklistView;
class CostsPage;
class FindingsPage;
class GuardDesk;
class GuardPage;
class Notifier;
class OperationDesk;
class OverviewPage;
class Quitting;
class SearchPage;
class SyncBar;
class ThreadsPage;
class Tray;
class TurnDesk;
class WelcomePage;

// What the window is given by the program.
struct Services {
    Connections &connections;
    Credentials &credentials;
    QSettings &settings;
    Appearance &appearance;
    std::function<Result<Connection>()> startDemo; // the demo server's connection
    QString pricesFile; // the person's own prices
};

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(Services services);
    ~MainWindow() override;

    void openDemo();
    void openConnection(const QString &id);
    void openArchive(const QString &path); // read only
    void newConnection();
    void showPage(const QString &name);
    [[nodiscard]] Workspace *workspace() const { return m_session.workspace(); }
    [[nodiscard]] SearchPage *found() const { return m_found; }
    [[nodiscard]] ThreadsPage *threads() const { return m_threads; }
    [[nodiscard]] FindingsPage *findings() const { return m_findings; }
    [[nodiscard]] ChecklistView *checklist() const { return m_checklist; }
    CostsPage *costs(); // made when it is first asked for
    GuardPage *guardPage(); // likewise
    [[nodiscard]] GuardDesk *guard() const { return m_guard; }
    [[nodiscard]] Notice *guardBar() const { return m_guardBar; }
    [[nodiscard]] Tray *tray() const { return m_tray; }
    [[nodiscard]] ActivityPage *activity() const { return m_activity; }
    [[nodiscard]] Auditor *auditor() const { return m_session.auditor(); }
    [[nodiscard]] BrowseView *viewOf(const QString &page) const;
    [[nodiscard]] OperationDesk *desk() const { return m_desk; }
    [[nodiscard]] TurnDesk *turnDesk() const { return m_turnDesk; }

Q_SIGNALS:
    void opened(); // a store is open and the pages show it
    void closed(); // for good, whether or not it was in sight

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    enum PageIndex {
        OverviewIndex,
        ThreadsIndex,
        RunsIndex,
        AssistantsIndex,
        StoresIndex,
        FilesIndex,
        FindingsIndex,
        CostsIndex,
        GuardIndex,
        ActivityIndex,
        SearchIndex
    };
    static constexpr const char *pageKeys[] = {"overview", "threads", "runs",  "assistants", "stores", "files",
                                               "findings", "costs",   "guard", "activity",   "search"};
    Services m_services;
    Session m_session;
    Places m_places;
    bool m_travelling = false; // back or forward: no new place
    std::vector<NamedCost> m_assistantNames;
    bool m_syncOnOpen = false;
    QStringList m_idsOnOpen;

    QToolButton *m_connectionButton;
    QAction *m_syncAction, *m_idsAction, *m_backAction, *m_forwardAction;
    QLineEdit *m_search;
    QListWidget *m_sidebar;
    QStackedWidget *m_root, *m_pages;
    Notice *m_notice, *m_guardBar;
    WelcomePage *m_welcome;
    OverviewPage *m_overview;
    ThreadsPage *m_threads;
    BrowsePage *m_runs, *m_assistants, *m_stores, *m_files;
    FindingsPage *m_findings;
    ChecklistView *m_checklist; // on the page of assistants
    QWidget *m_costsPlace, *m_guardPlace;
    CostsPage *m_costs = nullptr; // until it is seen
    GuardPage *m_guardPage = nullptr; // likewise
    GuardDesk *m_guard;
    Tray *m_tray;
    Notifier *m_notifier;
    std::function<void()> m_guardBarLeadsTo;
    QToolButton *m_guardButton;
    QAction *m_watchAction, *m_stopAction;
    bool m_quits = false; // and does not go to the tray
    ActivityPage *m_activity;
    OperationDesk *m_desk;
    TurnDesk *m_turnDesk;
    Quitting *m_quitting;
    QAction *m_rotateAction, *m_rotateOptionsAction, *m_rotateAllAction, *m_cancelRunAction, *m_cancelAllAction,
        *m_explainAction, *m_cleanUpAction, *m_consolidateAction, *m_archiveAction, *m_pinAction, *m_unpinAction;
    SearchPage *m_found;
    QLabel *m_state, *m_left, *m_budget;
    SyncBar *m_syncBar;

    void makeToolBar();
    void makePages();
    void makeStatusBar();
    void makeMenus();
    void makeAppearanceMenu(QMenu *menu);
    void makeOperationActions();
    void connectOperations();
    void refreshActions(); // what can be done with what is selected, and why not
    void followSession();
    void open(const Connection &connection, bool syncAtOnce, const QStringList &ids = {});
    void sessionOpened();
    void sessionClosed();
    void showPage(int index);
    void restoreSplitters(QWidget *in);
    void leave(); // for good: how it looks is kept
    void visit(); // where the person is now is remembered
    void travel(const std::optional<Place> &place);
    void refreshConnections();
    void editConnection();
    void removeConnection();
    void openIds(const QStringList &files = {});
    void editPrices();
    void editLimits();
    void report();
    void readBilled(qint64 from, qint64 until); // days, of the provider, with the admin key
    bool askForAdminKey(bool keychain = true); // false: only until Bobbin quits
    bool m_adminKeyAwaited = false; // from the keychain
    void limitsChanged();
    [[nodiscard]] LimitSet limits() const; // of the connection that is open
    void remedy(const std::vector<Finding> &findings);
    void openRun(RowKey run); // in its thread
    void openThreadRow(RowKey thread);
    void makeChecklist();
    void holdTo(const Measures &measures, const QString &assistant); // kept in What if
    void feedCosts(); // with what is open
    void budgetsChanged(); // those of the connection, by the person
    void watchBudgets(); // the status bar says how far they are
    struct SpentBudget {
        QString text, key; // key: of its day or month
        double share = 0;
    };
    void tellBudgets(const std::vector<SpentBudget> &all);
    int m_budgetsAsked = 0;
    QSet<QString> m_raisedBudgets; // by key and level
    void makeGuard();
    void feedGuard(); // with what is open
    void tellGuard(); // how it stands
    void raise(const QString &text, Notice::Tone tone, const QString &action, std::function<void()> leadsTo);
    RowKey m_askedRow = 0; // that the bar tells of
    [[nodiscard]] bool settlePolicyDraft(); // false: the person stays
    [[nodiscard]] bool goesToTray() const;
    void quit();
    bool isKept(); // what is set for the connection; an archive has no settings of its own, and says so
    void openFound(SubjectKind kind, const QString &id, const QString &thread = {});
    void sync(const QStringList &onlyThreads = {});
    void search();
    void openObject(RowKind kind, const QString &id);
    void showProgress(const SyncProgress &progress);
    void syncFinished(const Result<SyncRow> &result);
    void storeChanged(const Changes &changes);
    void startAudit();
    void tellWhatIsNever(); // what the provider does not have
    void refreshCounts();
    void count(); // the rows of each page
    QTimer m_countSoon;
    bool m_counting = false, m_countsDue = false;
    [[nodiscard]] std::vector<BrowseView *> views() const;
};

} // namespace bobbin::ui
