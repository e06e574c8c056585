// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "models/store/whendone.h"

#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/overviewpage.h"
#include "ui/pages/searchpage.h"
#include "ui/pages/threadspage.h"
#include "ui/pages/welcomepage.h"
#include "ui/theme.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/operationbar.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/syncbar.h"

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
    : m_services(std::move(services)), m_session(m_services.secrets, m_services.pricesFile),
      m_connectionButton(new QToolButton), m_search(new QLineEdit), m_sidebar(new QListWidget),
      m_root(new QStackedWidget), m_pages(new QStackedWidget), m_notice(new Notice), m_welcome(new WelcomePage),
      m_state(new QLabel), m_left(new QLabel), m_syncBar(new SyncBar)
{
    setWindowTitle(tr("Bobbin"));
    setObjectName(u"main"_s);
    resizeWithin(*this, {1360, 860});
    setAcceptDrops(true);
    m_desk = new OperationDesk(m_session, this);
    makeOperationActions();
    makeToolBar();
    makePages();
    makeStatusBar();
    makeMenus();
    followSession();
    connectOperations();
    restoreGeometry(m_services.settings.value(u"window/geometry"_s).toByteArray());
    for (BrowseView *view : views())
        view->restoreLayout(m_services.settings);
    for (QSplitter *splitter : findChildren<QSplitter *>())
        if (!splitter->objectName().isEmpty())
            splitter->restoreState(m_services.settings.value(u"splitters/"_s + splitter->objectName()).toByteArray());
    showPage(m_services.settings.value(u"window/page"_s).toString());
    refreshConnections();
    if (m_session.pricesProblem())
        m_notice->show(*m_session.pricesProblem());
}

MainWindow::~MainWindow()
{
    m_session.disconnect(this);
    m_session.close();
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
    connect(&m_session, &Session::keyMissing, this,
            [this](const Error &error) { m_notice->show(error, tr("Enter key…")); });
    connect(&m_session, &Session::pricesChanged, this, [this] {
        m_overview->setPrices(m_session.prices());
        m_threads->setPrices(m_session.prices());
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
}

void MainWindow::makePages()
{
    m_overview = new OverviewPage(m_session.prices());
    m_threads = new ThreadsPage(m_session.prices());
    m_runs = makeRunsPage();
    m_assistants = makeAssistantsPage();
    m_stores = makeStoresPage();
    m_files = makeFilesPage();
    m_activity = new ActivityPage;
    m_found = new SearchPage;
    QWidget *pages[] = {m_overview, m_threads, m_runs, m_assistants, m_stores, m_files, m_activity};
    const QString names[] = {tr("Overview"),      tr("Threads"), tr("Runs"),    tr("Assistants"),
                             tr("Vector stores"), tr("Files"),   tr("Activity")};
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
    QPalette side = m_sidebar->palette();
    side.setBrush(QPalette::Base, side.brush(QPalette::Window));
    m_sidebar->setPalette(side);
    connect(m_sidebar, &QListWidget::currentRowChanged, m_pages, [this](int row) {
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
    column->addWidget(m_notice);
    column->addWidget(m_desk->bar());
    column->addWidget(m_root, 1);
    setCentralWidget(central);

    connect(m_welcome, &WelcomePage::demoWanted, this, &MainWindow::openDemo);
    connect(m_welcome, &WelcomePage::connectionWanted, this, &MainWindow::newConnection);
    connect(m_welcome, &WelcomePage::idsWanted, this, [this] { openIds(); });
    connect(m_welcome, &WelcomePage::connectionChosen, this, &MainWindow::openConnection);
    connect(m_overview, &OverviewPage::threadChosen, this, [this](const QString &id) {
        m_sidebar->setCurrentRow(ThreadsIndex);
        m_threads->openThread(id);
    });
    connect(m_runs->view(), &BrowseView::activated, this, [this](RowKey key) {
        if (!m_session.store())
            return;
        whenDone(m_session.store()->read([key](Reader &reader) { return reader.rows<RunRow>({key}); }), this,
                 [this](const Result<std::vector<RunRow>> &rows) {
                     if (!rows || rows->empty())
                         return;
                     m_sidebar->setCurrentRow(ThreadsIndex);
                     m_threads->openThread(rows->front().threadId, rows->front().id);
                 });
    });
    connect(m_found, &SearchPage::chosen, this, [this](const MessageHit &hit) {
        m_sidebar->setCurrentRow(ThreadsIndex);
        m_threads->openMessage(hit.threadId, hit.messageId);
    });
    connect(m_notice, &Notice::actionClicked, this, &MainWindow::editConnection);
}

void MainWindow::makeStatusBar()
{
    statusBar()->setContentsMargins(8, 0, 0, 0);
    m_left->setForegroundRole(QPalette::PlaceholderText);
    statusBar()->addWidget(m_state);
    statusBar()->addWidget(m_left);
    statusBar()->addPermanentWidget(m_syncBar);
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
    QAction *quit = file->addAction(tr("&Quit"), this, &QWidget::close);
    quit->setShortcut(QKeySequence::Quit);
    QMenu *view = menuBar()->addMenu(tr("&View"));
    for (int i = 0; i <= ActivityIndex; ++i) {
        QAction *page = view->addAction(m_sidebar->item(i)->text(), this, [this, i] { m_sidebar->setCurrentRow(i); });
        page->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + i)));
    }
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
    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Bobbin"), this, [this] {
        QMessageBox::about(this, tr("About Bobbin"),
                           tr("Bobbin %1\n\nInspect and manage OpenAI-style assistants.\nGPL-3.0-or-later.")
                               .arg(QStringLiteral(BOBBIN_VERSION)));
    });
}

std::vector<BrowseView *> MainWindow::views() const
{
    return {m_threads->view(), m_runs->view(),     m_assistants->view(), m_stores->view(),
            m_files->view(),   m_activity->view(), m_activity->syncs()};
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
    m_services.settings.setValue(u"window/geometry"_s, saveGeometry());
    if (m_sidebar->currentRow() >= 0)
        m_services.settings.setValue(u"window/page"_s, QLatin1String(pageKeys[m_sidebar->currentRow()]));
    for (const BrowseView *view : views())
        view->saveLayout(m_services.settings);
    for (const QSplitter *splitter : findChildren<QSplitter *>())
        if (!splitter->objectName().isEmpty())
            m_services.settings.setValue(u"splitters/"_s + splitter->objectName(), splitter->saveState());
    event->accept();
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
