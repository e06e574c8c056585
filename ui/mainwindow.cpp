// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "models/store/whendone.h"

#include "models/core/errortext.h"
#include "models/core/format.h"
#include "ui/dialogs/connectiondialog.h"
#include "ui/dialogs/idsdialog.h"
#include "ui/dialogs/pricesdialog.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/overviewpage.h"
#include "ui/pages/threadspage.h"
#include "ui/pages/welcomepage.h"
#include "ui/theme.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/notice.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QSaveFile>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QStyledItemDelegate>
#include <QTime>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

enum PageIndex { OverviewIndex, ThreadsIndex, RunsIndex, AssistantsIndex, StoresIndex, FilesIndex, ActivityIndex };
// A page's name at the left, its count at the right.
class SidebarDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        QStyleOptionViewItem o = option;
        initStyleOption(&o, index);
        const QStyle *style = o.widget ? o.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &o, painter, o.widget);
        const QRect room = o.rect.adjusted(14, 0, -12, 0);
        painter->save();
        QFont font = o.font;
        if (o.state & QStyle::State_Selected)
            font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        painter->setPen(o.palette.color(QPalette::Text));
        painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter, o.text);
        painter->setPen(colour(Hue::Quiet));
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter, index.data(Qt::UserRole).toString());
        painter->restore();
    }
};

constexpr const char *pageKeys[] = {"overview", "threads", "runs", "assistants", "stores", "files", "activity"};

} // namespace

MainWindow::MainWindow(Services services)
    : m_services(std::move(services)), m_connectionButton(new QToolButton), m_search(new QLineEdit),
      m_sidebar(new QListWidget), m_root(new QStackedWidget), m_pages(new QStackedWidget), m_notice(new Notice),
      m_welcome(new WelcomePage), m_state(new QLabel), m_left(new QLabel), m_progressText(new QLabel),
      m_progress(new QProgressBar), m_cancel(new QPushButton(tr("Cancel")))
{
    setWindowTitle(tr("Bobbin"));
    setObjectName(u"main"_s);
    resize(1360, 860);
    setAcceptDrops(true);
    loadPrices();
    makeToolBar();
    makePages();
    makeStatusBar();
    makeMenus();
    restoreGeometry(m_services.settings.value(u"window/geometry"_s).toByteArray());
    for (BrowseView *view : views())
        view->restoreLayout(m_services.settings);
    refreshConnections();
}

MainWindow::~MainWindow()
{
    closeWorkspace();
}

void MainWindow::loadPrices()
{
    PriceTable table = PriceTable::shipped();
    QFile file(m_services.pricesFile());
    if (file.open(QIODevice::ReadOnly)) {
        if (const Result<PriceTable> own = PriceTable::fromJson(file.readAll(), file.fileName()))
            table.apply(*own);
        else
            m_notice->show(own.error());
    }
    m_prices = std::make_shared<const PriceTable>(std::move(table));
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
    auto *spacer = new QWidget;
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spacer);
    m_search->setPlaceholderText(tr("Search, or paste an id"));
    m_search->setAccessibleName(tr("Search, or paste an id"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(300);
    bar->addWidget(m_search);
    connect(m_search, &QLineEdit::returnPressed, this, &MainWindow::search);
}

void MainWindow::makePages()
{
    m_overview = new OverviewPage(m_prices);
    m_threads = new ThreadsPage(m_prices);
    const auto browse = [](const QString &name, RowTableModelBase *model, Resource resource, const QString &hint,
                           const QString &empty) {
        auto *view = new BrowseView(name, model);
        view->setPlaceholder(hint, empty);
        return new BrowsePage(view, resource);
    };
    m_runs = browse(u"runs"_s, makeRunModel().release(), Resource::Runs, tr("Filter runs"),
                    tr("No runs yet. Sync, or open thread ids."));
    m_assistants = browse(u"assistants"_s, makeAssistantModel().release(), Resource::Assistants,
                          tr("Filter assistants"), tr("No assistants yet. Sync brings them."));
    m_stores = browse(u"stores"_s, makeStoreModel().release(), Resource::VectorStores, tr("Filter vector stores"),
                      tr("No vector stores. Sync brings them."));
    m_files = browse(u"files"_s, makeFileModel().release(), Resource::Files, tr("Filter files"),
                     tr("No files. Sync brings them."));
    m_activity = new ActivityPage;
    const auto state = [](const QString &name) {
        RowFilter filter;
        filter.states << name;
        return filter;
    };
    m_runs->view()->addChoices(tr("Status"),
                               {{tr("any"), {}},
                                {tr("active now"), state(u"active"_s)},
                                {u"completed"_s, state(u"completed"_s)},
                                {u"failed"_s, state(u"failed"_s)},
                                {u"expired"_s, state(u"expired"_s)},
                                {u"cancelled"_s, state(u"cancelled"_s)},
                                {u"incomplete"_s, state(u"incomplete"_s)},
                                {u"requires_action"_s, state(u"requires_action"_s)}});
    m_runs->view()->setAssistants({});
    QWidget *pages[] = {m_overview, m_threads, m_runs, m_assistants, m_stores, m_files, m_activity};
    const QString names[] = {tr("Overview"),      tr("Threads"), tr("Runs"),    tr("Assistants"),
                             tr("Vector stores"), tr("Files"),   tr("Activity")};
    for (int i = 0; i <= ActivityIndex; ++i) {
        m_pages->addWidget(pages[i]);
        auto *item = new QListWidgetItem(names[i], m_sidebar);
        item->setSizeHint(QSize(0, 32));
    }
    m_sidebar->setAccessibleName(tr("Pages"));
    m_sidebar->setObjectName(u"sidebar"_s);
    m_sidebar->setItemDelegate(new SidebarDelegate(m_sidebar));
    m_sidebar->setFrameShape(QFrame::NoFrame);
    m_sidebar->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_sidebar->setFixedWidth(fontMetrics().averageCharWidth() * 26);
    QPalette side = m_sidebar->palette();
    side.setBrush(QPalette::Base, side.brush(QPalette::Window));
    m_sidebar->setPalette(side);
    connect(m_sidebar, &QListWidget::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
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
        if (!m_store)
            return;
        whenDone(m_store->read([key](Reader &reader) { return reader.rows<RunRow>({key}); }), this,
                 [this](const Result<std::vector<RunRow>> &rows) {
                     if (!rows || rows->empty())
                         return;
                     m_sidebar->setCurrentRow(ThreadsIndex);
                     m_threads->openThread(rows->front().threadId, rows->front().id);
                 });
    });
    connect(m_notice, &Notice::actionClicked, this, &MainWindow::editConnection);
}

void MainWindow::makeStatusBar()
{
    m_progress->setFixedWidth(160);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(tr("Sync progress"));
    m_cancel->setFlat(true);
    m_cancel->setToolTip(tr("Stop the sync; the next one goes on from here"));
    statusBar()->setContentsMargins(8, 0, 0, 0);
    m_left->setForegroundRole(QPalette::PlaceholderText);
    statusBar()->addWidget(m_state);
    statusBar()->addWidget(m_left);
    statusBar()->addPermanentWidget(m_progressText);
    statusBar()->addPermanentWidget(m_progress);
    statusBar()->addPermanentWidget(m_cancel);
    for (QWidget *w :
         {static_cast<QWidget *>(m_progress), static_cast<QWidget *>(m_progressText), static_cast<QWidget *>(m_cancel)})
        w->hide();
    m_state->setText(tr("not connected"));
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (m_workspace)
            m_workspace->cancel();
        m_cancel->setEnabled(false);
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
    QAction *find =
        view->addAction(tr("&Search or open an id"), m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    find->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_K));
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
    return {m_threads->view(), m_runs->view(),  m_assistants->view(),
            m_stores->view(),  m_files->view(), m_activity->view()};
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
    for (int i = 0; i <= ActivityIndex; ++i)
        if (name == QLatin1String(pageKeys[i]))
            m_sidebar->setCurrentRow(i);
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
    m_connectionButton->setText(m_connection.name.isEmpty() ? tr("No connection") : m_connection.name);
    m_syncAction->setEnabled(m_workspace != nullptr);
    m_syncAction->setText(m_workspace && m_workspace->syncing() ? tr("Syncing…") : tr("Sync"));
}

void MainWindow::openDemo()
{
    const Result<Connection> demo = m_services.startDemo();
    if (!demo) {
        m_notice->show(demo.error());
        return;
    }
    open(*demo, true);
}

void MainWindow::openConnection(const QString &id)
{
    if (const auto connection = m_services.connections.byName(id))
        open(*connection, false);
}

void MainWindow::open(const Connection &connection, bool syncAtOnce)
{
    closeWorkspace();
    m_notice->hide();
    m_connection = connection;
    setWindowTitle(tr("%1 — Bobbin").arg(connection.name));
    m_state->setText(tr("opening…"));
    m_root->setCurrentIndex(1);
    refreshConnections();
    const int opening = ++m_opening;
    whenDone(Store::open(Connections::storeFile(connection), m_prices), this,
             [this, opening, connection, syncAtOnce](const Result<std::shared_ptr<Store>> &store) {
                 if (opening != m_opening)
                     return;
                 if (!store) {
                     m_notice->show(store.error());
                     m_state->setText(tr("not open"));
                     return;
                 }
                 m_services.secrets.read(connection.id,
                                         [this, opening, store = *store, syncAtOnce](const Result<QByteArray> &key) {
                                             if (opening != m_opening)
                                                 return;
                                             if (!key)
                                                 m_notice->show(key.error(), tr("Enter key…"));
                                             connected(store, key.value_or(QByteArray()), syncAtOnce);
                                         });
             });
}

void MainWindow::connected(std::shared_ptr<Store> store, const QByteArray &key, bool syncAtOnce)
{
    m_store = std::move(store);
    m_workspace = std::make_unique<Workspace>(m_connection, key, m_store);
    connect(m_workspace.get(), &Workspace::progressed, this, &MainWindow::showProgress);
    connect(m_workspace.get(), &Workspace::syncFinished, this, &MainWindow::syncFinished);
    connect(m_workspace.get(), &Workspace::changed, this, &MainWindow::storeChanged);
    for (BrowseView *view : views())
        view->model()->setStore(m_store);
    m_overview->setStore(m_store);
    m_threads->clear();
    m_state->setText(tr("connected"));
    refreshConnections();
    refreshCounts();
    storeChanged(Changed::Assistants);
    if (syncAtOnce)
        sync();
    Q_EMIT opened();
}

void MainWindow::closeWorkspace()
{
    ++m_opening;
    m_workspace.reset();
    for (BrowseView *view : views())
        view->model()->setStore({});
    m_overview->setStore({});
    m_threads->clear();
    m_store.reset();
    m_progress->hide();
    m_progressText->hide();
    m_cancel->hide();
}

void MainWindow::newConnection()
{
    ConnectionDialog dialog(m_services.connections, m_services.secrets, std::nullopt, this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    open(dialog.connection(), true);
}

void MainWindow::editConnection()
{
    const auto existing = m_services.connections.byName(m_connection.id);
    if (!existing) {
        newConnection();
        return;
    }
    ConnectionDialog dialog(m_services.connections, m_services.secrets, existing, this);
    if (dialog.exec() == QDialog::Accepted)
        open(dialog.connection(), false);
}

void MainWindow::removeConnection()
{
    const auto existing = m_services.connections.byName(m_connection.id);
    if (!existing)
        return;
    QMessageBox ask(QMessageBox::Warning, tr("Remove connection"),
                    tr("Remove “%1” and its key? The local store with everything synced stays at\n%2")
                        .arg(existing->name, Connections::storeFile(*existing)),
                    QMessageBox::Cancel, this);
    QPushButton *remove = ask.addButton(tr("Remove connection"), QMessageBox::DestructiveRole);
    ask.setDefaultButton(QMessageBox::Cancel);
    ask.exec();
    if (ask.clickedButton() != remove)
        return;
    closeWorkspace();
    if (const Done done = m_services.connections.remove(existing->id); !done)
        m_notice->show(done.error());
    m_services.secrets.remove(existing->id, [this](const Done &done) {
        if (!done)
            m_notice->show(done.error());
    });
    m_connection = {};
    m_root->setCurrentIndex(0);
    setWindowTitle(tr("Bobbin"));
    refreshConnections();
}

void MainWindow::openIds(const QStringList &files)
{
    if (!m_workspace) {
        m_notice->show(tr("Open a connection first: the threads are fetched from its server."), Notice::Tone::Info,
                       tr("New connection…"));
        return;
    }
    IdsDialog dialog(m_store, this);
    if (!files.isEmpty())
        dialog.addFiles(files);
    if (dialog.exec() == QDialog::Accepted && !dialog.threadIds().isEmpty()) {
        m_sidebar->setCurrentRow(ThreadsIndex);
        sync(dialog.threadIds());
    }
}

void MainWindow::editPrices()
{
    PricesDialog dialog(*m_prices, this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    m_prices = std::make_shared<const PriceTable>(dialog.table());
    QSaveFile file(m_services.pricesFile());
    const QByteArray json = m_prices->overridesToJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        m_notice->show(fail(Error::Kind::Storage, file.errorString(), file.fileName()).value());
    m_overview->setPrices(m_prices);
    m_threads->setPrices(m_prices);
    if (!m_store)
        return;
    whenDone(m_store->setPrices(m_prices), this, [this](const Done &done) {
        if (!done)
            m_notice->show(done.error());
    });
}

void MainWindow::sync(const QStringList &onlyThreads)
{
    if (!m_workspace || m_workspace->syncing())
        return;
    m_notice->hide();
    m_cancel->setEnabled(true);
    SyncOptions options;
    options.onlyThreads = onlyThreads;
    m_workspace->sync(options);
    refreshConnections();
}

void MainWindow::showProgress(const SyncProgress &p)
{
    const bool running = p.stage != SyncProgress::Stage::Finished;
    for (QWidget *w :
         {static_cast<QWidget *>(m_progress), static_cast<QWidget *>(m_progressText), static_cast<QWidget *>(m_cancel)})
        w->setVisible(running);
    if (p.stage == SyncProgress::Stage::Threads) {
        m_progress->setMaximum(int(std::max<qint64>(1, p.total)));
        m_progress->setValue(int(p.done));
        m_progressText->setText(tr("Syncing %1 of %2 threads").arg(format::count(p.done), format::count(p.total)));
    } else {
        m_progress->setMaximum(0);
        m_progressText->setText(p.stage == SyncProgress::Stage::Listing
                                    ? tr("Listing threads, %1 objects").arg(format::count(p.objects))
                                    : tr("Reading assistants, files and stores"));
    }
    m_left->setText(p.requestsLeft ? tr("%1 requests left this minute").arg(format::count(*p.requestsLeft))
                                   : QString());
}

void MainWindow::syncFinished(const Result<SyncRow> &result)
{
    m_progress->hide();
    m_progressText->hide();
    m_cancel->hide();
    refreshConnections();
    refreshCounts();
    if (!result) {
        const bool key = result.error().kind == Error::Kind::Unauthorized;
        m_notice->show(result.error(), key ? tr("Enter key…") : QString());
        m_state->setText(tr("sync failed"));
        return;
    }
    m_state->setText(result->outcome == "cancelled"_L1
                         ? tr("sync cancelled; the next one goes on from here")
                         : tr("synced %1").arg(QTime::currentTime().toString(u"HH:mm"_s)));
    if (result->failures > 0)
        m_notice->show(tr("%1 things could not be read; Activity lists each with its reason.")
                           .arg(format::count(result->failures)),
                       Notice::Tone::Warning);
    m_workspace->followActive();
}

void MainWindow::storeChanged(Changes changes)
{
    for (BrowseView *view : views())
        if (view != m_threads->view())
            view->model()->storeChanged(changes);
    m_threads->storeChanged(changes);
    m_overview->storeChanged(changes);
    refreshCounts();
    if (!m_store || !(changes & Changed::Assistants))
        return;
    whenDone(m_store->read([](Reader &reader) { return reader.assistantNames(); }), this,
             [this](const Result<std::vector<NamedCost>> &names) {
                 if (!names)
                     return;
                 m_threads->view()->setAssistants(*names);
                 m_runs->view()->setAssistants(*names);
             });
}

void MainWindow::refreshCounts()
{
    if (!m_store)
        return;
    whenDone(m_store->read([](Reader &reader) -> Result<std::vector<qint64>> {
        std::vector<qint64> counts;
        for (const RowKind kind :
             {RowKind::Threads, RowKind::Runs, RowKind::Assistants, RowKind::Stores, RowKind::Files}) {
            const Result<qint64> n = reader.count(kind);
            if (!n)
                return fail(n.error());
            counts.push_back(*n);
        }
        return counts;
    }),
             this, [this](const Result<std::vector<qint64>> &counts) {
                 if (!counts)
                     return;
                 for (int i = 0; i < int(counts->size()); ++i) {
                     QListWidgetItem *item = m_sidebar->item(ThreadsIndex + i);
                     const QString count = format::count((*counts)[std::size_t(i)]);
                     item->setData(Qt::UserRole, count);
                     item->setData(Qt::AccessibleTextRole, QString(item->text() + u", "_s + count));
                 }
             });
}

void MainWindow::search()
{
    const QString text = m_search->text().trimmed();
    if (text.isEmpty() || !m_store)
        return;
    struct Hit {
        int page = ThreadsIndex;
        std::optional<RowKey> key;
        QString thread;
    };
    whenDone(m_store->read([text](Reader &reader) -> Result<Hit> {
        const std::pair<int, RowKind> kinds[] = {{ThreadsIndex, RowKind::Threads},
                                                 {RunsIndex, RowKind::Runs},
                                                 {AssistantsIndex, RowKind::Assistants},
                                                 {StoresIndex, RowKind::Stores},
                                                 {FilesIndex, RowKind::Files}};
        for (const auto &[page, kind] : kinds) {
            const auto key = reader.keyOf(kind, text);
            if (!key)
                return fail(key.error());
            if (*key)
                return Hit{page, *key, {}};
        }
        return Hit{};
    }),
             this, [this, text](const Result<Hit> &hit) {
                 if (!hit)
                     return;
                 m_sidebar->setCurrentRow(hit->page);
                 if (!hit->key) {
                     m_threads->view()->setText(text); // not an id we know: a word to look for
                     return;
                 }
                 if (hit->page == ThreadsIndex)
                     m_threads->openThread(text);
                 else if (BrowseView *view = viewOf(QString::fromLatin1(pageKeys[hit->page])))
                     view->setText(text);
             });
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_services.settings.setValue(u"window/geometry"_s, saveGeometry());
    for (const BrowseView *view : views())
        view->saveLayout(m_services.settings);
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
