// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "models/store/whendone.h"

#include "ui/appearance.h"
#include "ui/guarddesk.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/costspage.h"
#include "ui/pages/findingspage.h"
#include "ui/pages/guardrowsview.h"
#include "ui/pages/overviewpage.h"
#include "ui/pages/searchpage.h"
#include "ui/pages/threadspage.h"
#include "ui/pages/welcomepage.h"
#include "ui/quitting.h"
#include "ui/theme.h"
#include "ui/tray.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/checklistview.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/operationbar.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/syncbar.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

MainWindow::MainWindow(Services services)
    : m_services(std::move(services)), m_session(m_services.credentials.source(), m_services.pricesFile),
      m_connectionButton(new QToolButton), m_search(new QLineEdit), m_sidebar(new QListWidget),
      m_root(new QStackedWidget), m_pages(new QStackedWidget), m_notice(new Notice), m_guardBar(new Notice),
      m_welcome(new WelcomePage), m_state(new QLabel), m_left(new QLabel), m_budget(new QLabel), m_syncBar(new SyncBar)
{
    setWindowTitle(tr("Bobbin"));
    setObjectName(u"main"_s);
    resizeWithin(*this, {1360, 860});
    setAcceptDrops(true);
    m_desk = new OperationDesk(m_session, this);
    m_quitting = new Quitting(m_session, this);
    connect(m_quitting, &Quitting::over, this, &MainWindow::leave);
    m_countSoon.setSingleShot(true);
    m_countSoon.setInterval(250);
    connect(&m_countSoon, &QTimer::timeout, this, &MainWindow::count);
    makeOperationActions();
    makeToolBar();
    makePages();
    makeGuard();
    makeStatusBar();
    makeMenus();
    tellGuard();
    followSession();
    connectOperations();
    restoreGeometry(m_services.settings.value(u"window/geometry"_s).toByteArray());
    for (BrowseView *view : views())
        view->restoreLayout(m_services.settings);
    restoreSplitters(this);
    m_threads->setLimits(limits());
    showPage(m_services.settings.value(u"window/page"_s).toString());
    refreshConnections();
    if (m_session.pricesProblem())
        m_notice->show(*m_session.pricesProblem());
}

MainWindow::~MainWindow()
{
    m_session.disconnect(this);
    m_session.close();
    delete m_tray; // before the session, which they follow
    delete m_guard;
}

void MainWindow::followSession()
{
    connect(&m_session, &Session::opened, this, &MainWindow::sessionOpened);
    connect(&m_session, &Session::closed, this, &MainWindow::sessionClosed);
    connect(&m_session, &Session::failed, this, [this](const Error &error) {
        m_notice->show(error);
        if (!m_session.store())
            m_state->setText(tr("not open"));
    });
    connect(&m_session, &Session::keyAwaited, this,
            [this](bool waiting) { m_state->setText(waiting ? tr("waiting for the keychain…") : tr("ready")); });
    connect(&m_session, &Session::keyMissing, this,
            [this](const Error &error) { m_notice->show(error, tr("Enter key…")); });
    connect(&m_session, &Session::pricesChanged, this, [this] {
        m_overview->setPrices(m_session.prices());
        m_threads->setPrices(m_session.prices());
        if (m_costs)
            m_costs->setPrices(m_session.prices());
    });
}

void MainWindow::makeToolBar()
{
    auto *bar = addToolBar(tr("Main"));
    bar->setObjectName(u"toolbar"_s);
    bar->setMovable(false);
    m_connectionButton->setPopupMode(QToolButton::InstantPopup);
    m_connectionButton->setToolButtonStyle(Qt::ToolButtonTextOnly);
    QFont strong = m_connectionButton->font();
    strong.setWeight(QFont::DemiBold);
    m_connectionButton->setFont(strong);
    m_connectionButton->setAccessibleName(tr("Connection"));
    m_connectionButton->setMenu(new QMenu(m_connectionButton));
    bar->addWidget(m_connectionButton);
    bar->addSeparator();
    m_syncAction = bar->addAction(tr("Sync"), this, [this] { sync(); });
    m_syncAction->setShortcut(QKeySequence::Refresh);
    m_syncAction->setToolTip(tr("Bring what is new on the server into the local store (%1)")
                                 .arg(m_syncAction->shortcut().toString(QKeySequence::NativeText)));
    m_idsAction = bar->addAction(tr("Open ids…"), this, [this] { openIds(); });
    m_idsAction->setShortcut(QKeySequence::Open);
    m_idsAction->setToolTip(tr("Find thread ids in pasted text or files, and bring those threads"));
    bar->addSeparator();
    for (QAction *action : {m_rotateAction, m_cancelRunAction, m_cleanUpAction, m_consolidateAction})
        bar->addAction(action);
    auto *spacer = new QWidget;
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spacer);
    m_search->setObjectName(u"search"_s);
    m_search->setPlaceholderText(tr("Search messages, or paste an id"));
    m_search->setAccessibleName(tr("Search messages, or paste an id"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(300);
    bar->addWidget(m_search);
    connect(m_search, &QLineEdit::returnPressed, this, &MainWindow::search);
    connect(m_search, &QLineEdit::textEdited, this, [this](const QString &text) {
        constexpr qsizetype enough = 3; // fewer characters are everywhere
        if (!m_session.store() || text.trimmed().size() < enough)
            return;
        showPage(SearchIndex);
        m_found->searchSoon(text.trimmed());
    });
}

void MainWindow::makePages()
{
    m_overview = new OverviewPage(m_session.prices());
    m_threads = new ThreadsPage(m_session.prices());
    m_runs = makeRunsPage();
    m_assistants = makeAssistantsPage();
    m_stores = makeStoresPage();
    m_files = makeFilesPage();
    makeChecklist();
    m_findings = new FindingsPage;
    m_costsPlace = new QWidget;
    auto *place = new QVBoxLayout(m_costsPlace);
    place->setContentsMargins(0, 0, 0, 0);
    m_guardPlace = new QWidget;
    auto *guarded = new QVBoxLayout(m_guardPlace);
    guarded->setContentsMargins(0, 0, 0, 0);
    m_activity = new ActivityPage;
    m_found = new SearchPage;
    QWidget *pages[] = {m_overview, m_threads,  m_runs,       m_assistants, m_stores,
                        m_files,    m_findings, m_costsPlace, m_guardPlace, m_activity};
    const QString names[] = {tr("Overview"), tr("Threads"),  tr("Runs"),  tr("Assistants"), tr("Vector stores"),
                             tr("Files"),    tr("Findings"), tr("Costs"), tr("Guard"),      tr("Activity")};
    for (int i = 0; i <= ActivityIndex; ++i) {
        m_pages->addWidget(pages[i]);
        auto *item = new QListWidgetItem(names[i], m_sidebar);
        item->setSizeHint(QSize(0, 32));
    }
    m_pages->addWidget(m_found); // without a line in the sidebar: the search field leads there
    m_sidebar->setAccessibleName(tr("Pages"));
    m_sidebar->setObjectName(u"sidebar"_s);
    auto *delegate = new PaddedDelegate(12, m_sidebar);
    delegate->setTrailing(true);
    delegate->setBoldSelection(true);
    m_sidebar->setItemDelegate(delegate);
    m_sidebar->setFrameShape(QFrame::NoFrame);
    m_sidebar->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_sidebar->setFixedWidth(fontMetrics().averageCharWidth() * 26);
    tint(*m_sidebar, QPalette::Base, Hue::Panel);
    connect(m_sidebar, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row == CostsIndex)
            costs();
        if (row == GuardIndex)
            guardPage();
        if (row >= 0)
            m_pages->setCurrentIndex(row);
    });
    m_sidebar->setCurrentRow(OverviewIndex);

    auto *work = new QWidget;
    auto *row = new QHBoxLayout(work);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    row->addWidget(m_pages, 1);
    m_root->addWidget(m_welcome);
    m_root->addWidget(work);
    auto *central = new QWidget;
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_root, 1); // first: what comes and goes must not move what is under the pointer
    column->addWidget(m_guardBar);
    column->addWidget(m_notice);
    column->addWidget(m_desk->bar());
    setCentralWidget(central);

    connect(m_welcome, &WelcomePage::demoWanted, this, &MainWindow::openDemo);
    connect(m_welcome, &WelcomePage::connectionWanted, this, &MainWindow::newConnection);
    connect(m_welcome, &WelcomePage::idsWanted, this, [this] { openIds(); });
    connect(m_welcome, &WelcomePage::connectionChosen, this, &MainWindow::openConnection);
    connect(m_overview, &OverviewPage::threadChosen, this, [this](const QString &id) {
        m_sidebar->setCurrentRow(ThreadsIndex);
        m_threads->openThread(id);
    });
    connect(m_overview, &OverviewPage::remedyWanted, this, [this](const Finding &finding) { remedy({finding}); });
    connect(m_overview, &OverviewPage::findingsWanted, this, [this](const QByteArray &rule) {
        m_sidebar->setCurrentRow(FindingsIndex);
        m_findings->showRule(rule);
    });
    connect(m_runs->view(), &BrowseView::activated, this, &MainWindow::openRun);
    for (BrowsePage *page : {m_runs, m_assistants, m_stores, m_files})
        connect(page, &BrowsePage::linkWanted, this, &MainWindow::openObject);
    connect(m_found, &SearchPage::chosen, this, [this](const MessageHit &hit) {
        m_sidebar->setCurrentRow(ThreadsIndex);
        if (hit.messageId.isEmpty())
            m_threads->openThread(hit.threadId);
        else
            m_threads->openMessage(hit.threadId, hit.messageId);
    });
    connect(m_findings, &FindingsPage::remedyWanted, this, &MainWindow::remedy);
    connect(m_findings, &FindingsPage::wanted, this, &MainWindow::openFound);
    connect(m_findings, &FindingsPage::failed, this, [this](const Error &error) { m_notice->show(error); });
    connect(m_notice, &Notice::actionClicked, this, &MainWindow::editConnection);
}

void MainWindow::makeStatusBar()
{
    statusBar()->setContentsMargins(8, 0, 0, 0);
    m_left->setForegroundRole(QPalette::PlaceholderText);
    statusBar()->addWidget(m_state);
    statusBar()->addWidget(m_left);
    statusBar()->addPermanentWidget(m_syncBar);
    statusBar()->addPermanentWidget(m_budget);
    statusBar()->addPermanentWidget(m_guardButton);
    m_budget->setTextFormat(Qt::PlainText);
    m_state->setText(tr("not connected"));
    connect(m_syncBar, &SyncBar::cancelled, this, [this] {
        if (m_session.workspace())
            m_session.workspace()->cancel();
    });
}

void MainWindow::makeMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&Connection"));
    file->addAction(tr("&New…"), QKeySequence::New, this, &MainWindow::newConnection);
    file->addAction(tr("&Edit…"), this, &MainWindow::editConnection);
    file->addAction(tr("&Remove…"), this, &MainWindow::removeConnection);
    file->addSeparator();
    file->addAction(tr("&Demo workspace"), this, &MainWindow::openDemo);
    file->addAction(tr("Open &archive…"), this, [this] {
        const QString path =
            QFileDialog::getOpenFileName(this, tr("Open an archive"), {}, tr("Archives (*.jsonl.zst);;All files (*)"));
        if (!path.isEmpty())
            openArchive(path);
    });
    file->addAction(m_idsAction);
    file->addAction(m_syncAction);
    file->addSeparator();
    QAction *quit = file->addAction(tr("&Quit"), this, &MainWindow::quit);
    quit->setShortcut(QKeySequence::Quit);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    for (int i = 0; i <= ActivityIndex; ++i) {
        QAction *page = view->addAction(m_sidebar->item(i)->text(), this, [this, i] { m_sidebar->setCurrentRow(i); });
        // Nine digits; the guard has its letter.
        page->setShortcut(i == GuardIndex ? QKeySequence(Qt::CTRL | Qt::Key_G)
                                          : QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + (i > GuardIndex ? i - 1 : i))));
    }
    view->addSeparator();
    m_backAction = view->addAction(tr("&Back"), this, [this] { travel(m_places.back()); });
    m_backAction->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Left));
    m_forwardAction = view->addAction(tr("F&orward"), this, [this] { travel(m_places.forward()); });
    m_forwardAction->setShortcut(QKeySequence(Qt::ALT | Qt::Key_Right));
    connect(m_pages, &QStackedWidget::currentChanged, this, &MainWindow::visit);
    connect(m_threads, &ThreadsPage::threadShown, this, &MainWindow::visit);
    visit();
    view->addSeparator();
    makeAppearanceMenu(view->addMenu(tr("&Appearance")));
    view->addSeparator();
    QAction *filter = view->addAction(tr("&Filter this page"), this, [this] {
        if (BrowseView *shown = viewOf(QString::fromLatin1(pageKeys[m_pages->currentIndex()])))
            shown->focusFilter();
    });
    filter->setShortcut(QKeySequence::Find);
    QAction *find = view->addAction(tr("&Search or open an id"), m_search, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    find->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_K));
    QMenu *change = menuBar()->addMenu(tr("&Operations"));
    change->addActions({m_rotateAction, m_rotateOptionsAction, m_rotateAllAction});
    change->addSeparator();
    change->addActions({m_cancelRunAction, m_cancelAllAction, m_explainAction});
    change->addSeparator();
    change->addActions({m_cleanUpAction, m_consolidateAction});
    change->addSeparator();
    change->addActions({m_archiveAction, m_pinAction, m_unpinAction});
    QMenu *tools = menuBar()->addMenu(tr("&Tools"));
    tools->addAction(tr("&Prices…"), this, &MainWindow::editPrices);
    tools->addAction(tr("&Limits…"), this, &MainWindow::editLimits);
    tools->addSeparator();
    tools->addAction(tr("&Report…"), this, &MainWindow::report);
    tools->addSeparator();
    tools->addActions({m_watchAction, m_stopAction});
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Bobbin"), this, [this] {
        QMessageBox::about(this, tr("About Bobbin"),
                           tr("Bobbin %1\n\nInspect and manage OpenAI-style assistants.\nGPL-3.0-or-later.")
                               .arg(QStringLiteral(BOBBIN_VERSION)));
    });
}

void MainWindow::visit()
{
    const int page = m_pages->currentIndex();
    if (!m_travelling)
        m_places.visit({page, page == ThreadsIndex ? m_threads->threadId() : QString()});
    m_backAction->setEnabled(m_places.hasBack());
    m_forwardAction->setEnabled(m_places.hasForward());
}

void MainWindow::travel(const std::optional<Place> &place)
{
    if (!place)
        return;
    m_travelling = true;
    showPage(place->page);
    // A thread is shown a moment later, and is the place one is at already by then.
    if (!place->thread.isEmpty() && place->thread != m_threads->threadId())
        m_threads->openThread(place->thread);
    visit();
    m_travelling = false;
}

void MainWindow::makeAppearanceMenu(QMenu *menu)
{
    Appearance &appearance = m_services.appearance;
    auto *looks = new QActionGroup(this);
    const std::pair<Appearance::Look, QString> names[] = {{Appearance::Look::System, tr("&System")},
                                                          {Appearance::Look::Light, tr("&Light")},
                                                          {Appearance::Look::Dark, tr("&Dark")}};
    for (const auto &[look, name] : names) {
        QAction *action = menu->addAction(name, this, [&appearance, look = look] { appearance.setLook(look); });
        action->setCheckable(true);
        action->setChecked(appearance.look() == look);
        looks->addAction(action);
    }
    menu->addSeparator();
    constexpr int step = 10; // percent
    QAction *larger = menu->addAction(tr("L&arger text"), this,
                                      [&appearance] { appearance.setTextSize(appearance.textSize() + step); });
    larger->setShortcuts({QKeySequence(Qt::CTRL | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Equal)});
    QAction *smaller = menu->addAction(tr("S&maller text"), this,
                                       [&appearance] { appearance.setTextSize(appearance.textSize() - step); });
    smaller->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Minus));
    QAction *usual = menu->addAction(tr("&Usual size of text"), this, [&appearance] { appearance.setTextSize(100); });
    usual->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_0));
    // Texts that were coloured when they were made are made anew.
    connect(&appearance, &Appearance::changed, this, [this] {
        if (m_session.store())
            storeChanged(Changes::everything());
        m_threads->showAgain();
    });
}

std::vector<BrowseView *> MainWindow::views() const
{
    std::vector<BrowseView *> all{
        m_threads->view(), m_runs->view(),     m_assistants->view(), m_stores->view(),
        m_files->view(),   m_activity->view(), m_activity->syncs(),  m_activity->guarded()->view()};
    if (m_costs)
        all.push_back(m_costs->runs());
    return all;
}

BrowseView *MainWindow::viewOf(const QString &page) const
{
    for (BrowseView *view : views())
        if (view->objectName() == page)
            return view;
    return nullptr;
}

void MainWindow::showPage(const QString &name)
{
    for (int i = 0; i < int(std::size(pageKeys)); ++i)
        if (name == QLatin1String(pageKeys[i]))
            showPage(i);
}

void MainWindow::showPage(int index)
{
    if (index == SearchIndex) {
        m_sidebar->setCurrentRow(-1);
        m_pages->setCurrentIndex(index);
    } else {
        m_sidebar->setCurrentRow(index);
    }
}

void MainWindow::refreshConnections()
{
    const std::vector<Connection> all = m_services.connections.all();
    m_welcome->setConnections(all);
    QMenu *menu = m_connectionButton->menu();
    menu->clear();
    for (const Connection &c : all)
        menu->addAction(c.name, this, [this, id = c.id] { openConnection(id); });
    menu->addSeparator();
    menu->addAction(tr("Demo workspace"), this, &MainWindow::openDemo);
    menu->addAction(tr("New connection…"), this, &MainWindow::newConnection);
    const QString &name = m_session.connection().name;
    m_connectionButton->setText(name.isEmpty() ? tr("No connection") : name);
    const bool open = m_session.workspace() != nullptr;
    const bool syncing = open && m_session.workspace()->syncing();
    m_syncAction->setEnabled(open && !syncing);
    m_syncAction->setText(syncing ? tr("Syncing…") : tr("Sync"));
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (goesToTray()) {
        m_tray->tellThatItStays();
        hide();
        event->ignore();
        return;
    }
    if (!settlePolicyDraft() || !m_quitting->mayClose()) {
        event->ignore();
        return;
    }
    leave();
    event->accept();
}

void MainWindow::restoreSplitters(QWidget *in)
{
    for (QSplitter *splitter : in->findChildren<QSplitter *>())
        if (!splitter->objectName().isEmpty())
            splitter->restoreState(m_services.settings.value(u"splitters/"_s + splitter->objectName()).toByteArray());
}

void MainWindow::leave()
{
    m_services.settings.setValue(u"window/geometry"_s, saveGeometry());
    if (m_sidebar->currentRow() >= 0)
        m_services.settings.setValue(u"window/page"_s, QLatin1String(pageKeys[m_sidebar->currentRow()]));
    for (const BrowseView *view : views())
        view->saveLayout(m_services.settings);
    for (const QSplitter *splitter : findChildren<QSplitter *>())
        if (!splitter->objectName().isEmpty())
            m_services.settings.setValue(u"splitters/"_s + splitter->objectName(), splitter->saveState());
    Q_EMIT closed();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls())
        if (url.isLocalFile())
            paths << url.toLocalFile();
    if (!paths.isEmpty())
        openIds(paths);
}

} // namespace bobbin::ui
