// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does with connections and with the one that is open.
#include "ui/mainwindow.h"

#include "models/core/format.h"
#include "models/providers/lists.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"
#include "ui/dialogs/connectiondialog.h"
#include "ui/dialogs/idsdialog.h"
#include "ui/dialogs/limitsdialog.h"
#include "ui/dialogs/pricesdialog.h"
#include "ui/guarddesk.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/costspage.h"
#include "ui/pages/findingspage.h"
#include "ui/pages/guardpage.h"
#include "ui/pages/overviewpage.h"
#include "ui/pages/searchpage.h"
#include "ui/pages/threadspage.h"
#include "ui/pages/welcomepage.h"
#include "ui/theme.h"
#include "ui/turndesk.h"
#include "ui/widgets/checklistview.h"
#include "ui/widgets/composer.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/paddeddelegate.h"
#include "ui/widgets/syncbar.h"

#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTime>
#include <QTimer>
#include <QTreeView>
#include <array>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// As in the sidebar, each with the list of the workspace that fills it.
constexpr std::array<std::pair<RowKind, std::optional<Resource>>, 5> pages{{{RowKind::Threads, {}},
                                                                            {RowKind::Runs, {}},
                                                                            {RowKind::Assistants, Resource::Assistants},
                                                                            {RowKind::Stores, Resource::VectorStores},
                                                                            {RowKind::Files, Resource::Files}}};

} // namespace

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

void MainWindow::open(const Connection &connection, bool syncAtOnce, const QStringList &ids)
{
    if (!settlePolicyDraft())
        return;
    m_syncOnOpen = syncAtOnce;
    m_idsOnOpen = ids;
    m_notice->hide();
    m_session.open(connection, Connections::storeFile(connection));
    setWindowTitle(tr("%1 — Bobbin").arg(connection.name));
    m_state->setText(tr("opening…"));
    m_root->setCurrentIndex(1);
    refreshConnections();
}

void MainWindow::sessionOpened()
{
    if (Workspace *workspace = m_session.workspace()) {
        connect(workspace, &Workspace::progressed, this, &MainWindow::showProgress);
        connect(workspace, &Workspace::syncFinished, this, &MainWindow::syncFinished);
        connect(workspace, &Workspace::changed, this, &MainWindow::storeChanged);
        m_desk->opened();
    }
    for (BrowseView *view : views())
        view->model()->setStore(m_session.store());
    tellWhatIsNever();
    m_overview->setStore(m_session.store());
    m_findings->setStore(m_session.store());
    startAudit();
    m_found->setStore(m_session.store());
    m_threads->clear();
    m_activity->clear();
    m_guard->opened();
    feedGuard();
    refreshActions();
    m_state->setText(m_session.workspace() ? tr("ready") : tr("archive, read only"));
    refreshConnections();
    refreshCounts();
    Changes names;
    names.kinds = Changed::Assistants;
    storeChanged(names);
    if (m_syncOnOpen || !m_idsOnOpen.isEmpty())
        sync(std::exchange(m_idsOnOpen, {}));
    Q_EMIT opened();
}

// After the first page is to be seen: all runs are read once.
void MainWindow::startAudit()
{
    Auditor *auditor = m_session.auditor();
    auditor->setLimits(limits());
    m_threads->setLimits(limits());
    m_findings->setAuditing(true);
    m_overview->setLimits(limits());
    m_overview->setAuditor(auditor);
    feedCosts();
    m_checklist->setAuditor(auditor);
    m_checklist->setLimits(limits());
    budgetsChanged();
    connect(auditor, &Auditor::audited, this, [this](const AuditReport &report) {
        m_findings->setAuditing(false);
        watchBudgets();
        if (m_guardPage)
            m_guardPage->ledgerChanged();
        if (m_session.workspace() || report.changed == 0)
            return; // the feed tells of what was written
        Changes changes;
        changes.kinds = Changed::Findings;
        storeChanged(changes);
    });
    connect(auditor, &Auditor::failed, this, [this](const Error &error) {
        m_findings->setAuditing(false);
        m_notice->show(error);
    });
    constexpr auto unseen = std::chrono::milliseconds(700);
    QTimer::singleShot(unseen, auditor, &Auditor::start);
}

void MainWindow::tellWhatIsNever()
{
    const Provider &provider = m_session.store()->provider();
    const auto tell = [&](BrowsePage *page, Resource resource, const QString &why) {
        page->view()->setWhyNone(workspaceList(provider, resource) ? QString() : why);
    };
    tell(m_assistants, Resource::Assistants, tr("There are no assistants: %1 has none.").arg(provider.name()));
    tell(m_stores, Resource::VectorStores, tr("There are no vector stores: %1 has none.").arg(provider.name()));
    tell(m_files, Resource::Files, tr("There are no files: %1 keeps none.").arg(provider.name()));
}

void MainWindow::sessionClosed()
{
    for (BrowseView *view : views()) {
        view->model()->setStore({});
        view->setWhyNone({});
    }
    for (int i = 0; i <= int(pages.size()); ++i) {
        QListWidgetItem *item = m_sidebar->item(ThreadsIndex + i);
        item->setData(PaddedDelegate::TrailingRole, {});
        item->setData(Qt::AccessibleTextRole, item->text());
    }
    m_overview->setStore({});
    m_overview->setAuditor(nullptr);
    ++m_budgetsAsked;
    feedCosts();
    m_checklist->setAuditor(nullptr);
    m_budget->clear();
    m_guardBar->hide();
    feedGuard();
    m_findings->setStore({});
    m_assistantNames.clear();
    m_found->setStore({});
    m_threads->clear();
    m_activity->clear();
    m_desk->closed();
    m_places.clear();
    visit();
    refreshActions();
    m_syncBar->hide();
    m_left->clear();
}

void MainWindow::openArchive(const QString &path)
{
    if (!settlePolicyDraft())
        return;
    m_syncOnOpen = false;
    m_idsOnOpen.clear();
    m_notice->hide();
    const QDir cache(QStandardPaths::writableLocation(QStandardPaths::CacheLocation));
    m_session.openArchive(path, cache.filePath(u"archive.sqlite"_s));
    setWindowTitle(tr("%1 — Bobbin").arg(m_session.connection().name));
    m_state->setText(tr("reading the archive…"));
    m_root->setCurrentIndex(1);
    refreshConnections();
}

void MainWindow::newConnection()
{
    ConnectionDialog dialog(m_services.connections, m_services.credentials, std::nullopt, this);
    if (dialog.exec() != QDialog::Accepted)
        return;
    open(dialog.connection(), true);
}

void MainWindow::editConnection()
{
    const auto existing = m_services.connections.byName(m_session.connection().id);
    if (!existing) {
        newConnection();
        return;
    }
    ConnectionDialog dialog(m_services.connections, m_services.credentials, existing, this);
    if (dialog.exec() == QDialog::Accepted)
        open(dialog.connection(), false);
}

void MainWindow::removeConnection()
{
    const auto existing = m_services.connections.byName(m_session.connection().id);
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
    m_session.close();
    if (const Done done = m_services.connections.remove(existing->id); !done)
        m_notice->show(done.error());
    m_services.credentials.remove(existing->id, [this](const Done &done) {
        if (!done)
            m_notice->show(done.error());
    });
    m_root->setCurrentIndex(0);
    setWindowTitle(tr("Bobbin"));
    refreshConnections();
}

void MainWindow::openIds(const QStringList &files)
{
    const bool open = m_session.store() != nullptr;
    IdsDialog dialog(m_session.store(), open ? std::vector<Connection>() : m_services.connections.all(), this);
    if (!files.isEmpty())
        dialog.addFiles(files);
    if (dialog.exec() != QDialog::Accepted || dialog.threadIds().isEmpty())
        return;
    if (open) {
        showPage(ThreadsIndex);
        sync(dialog.threadIds());
        return;
    }
    std::optional<Connection> connection = m_services.connections.byName(dialog.connectionId());
    if (!connection) {
        ConnectionDialog made(m_services.connections, m_services.credentials, std::nullopt, this);
        if (made.exec() != QDialog::Accepted)
            return;
        connection = made.connection();
    }
    MainWindow::open(*connection, false, dialog.threadIds());
    showPage(ThreadsIndex);
}

void MainWindow::editPrices()
{
    PricesDialog dialog(*m_session.prices(), this);
    if (dialog.exec() == QDialog::Accepted)
        m_session.setPrices(dialog.table());
}

LimitSet MainWindow::limits() const
{
    return limitsOf(m_services.settings, m_session.connection().id);
}

void MainWindow::editLimits()
{
    LimitsDialog dialog(m_services.settings, m_session.connection(), m_assistantNames, this);
    if (dialog.exec() == QDialog::Accepted)
        limitsChanged();
}

void MainWindow::limitsChanged()
{
    m_threads->setLimits(limits());
    m_overview->setLimits(limits());
    m_checklist->setLimits(limits());
    if (Auditor *auditor = m_session.auditor())
        auditor->setLimits(limits());
}

void MainWindow::openThreadRow(RowKey thread)
{
    if (!m_session.store())
        return;
    whenDone(m_session.store()->read([thread](Reader &reader) { return reader.threadId(thread); }), this,
             [this](const Result<QString> &id) {
                 if (!id || id->isEmpty())
                     return;
                 m_sidebar->setCurrentRow(ThreadsIndex);
                 m_threads->openThread(*id);
             });
}

void MainWindow::openRun(RowKey run)
{
    if (!m_session.store())
        return;
    whenDone(m_session.store()->read([run](Reader &reader) { return reader.rows<RunRow>({run}); }), this,
             [this](const Result<std::vector<RunRow>> &rows) {
                 if (!rows || rows->empty())
                     return;
                 m_sidebar->setCurrentRow(ThreadsIndex);
                 m_threads->openThread(rows->front().threadId, rows->front().id);
             });
}

void MainWindow::sync(const QStringList &onlyThreads)
{
    Workspace *workspace = m_session.workspace();
    if (!workspace || workspace->syncing())
        return;
    m_notice->hide();
    SyncOptions options;
    options.onlyThreads = onlyThreads;
    workspace->sync(options);
    refreshConnections();
}

void MainWindow::showProgress(const SyncProgress &p)
{
    m_syncBar->show(p);
    m_left->setText(p.requestsLeft ? tr("%1 requests left this minute").arg(format::count(*p.requestsLeft))
                                   : QString());
}

void MainWindow::syncFinished(const Result<SyncRow> &result)
{
    m_syncBar->hide();
    refreshConnections();
    refreshCounts();
    m_overview->refresh();
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
    m_session.workspace()->setFollowing(true); // where a watch follows, it does so already
}

void MainWindow::storeChanged(const Changes &changes)
{
    for (BrowsePage *page : {m_runs, m_assistants, m_stores, m_files})
        page->storeChanged(changes);
    m_activity->storeChanged(changes);
    m_threads->storeChanged(changes);
    const std::optional<RowKey> shown = m_threads->shown();
    if (shown && changes.thread(*shown) && m_threads->composer()->isVisible()) // a run may have let go of its thread
        m_turnDesk->look();
    m_overview->storeChanged(changes);
    m_findings->storeChanged(changes);
    if (m_costs)
        m_costs->storeChanged(changes);
    refreshCounts();
    const auto store = m_session.store();
    if (!store || !(changes.kinds & Changed::Assistants))
        return;
    whenDone(store->read([](Reader &reader) { return reader.assistantNames(); }), this,
             [this](const Result<std::vector<NamedCost>> &names) {
                 if (!names)
                     return;
                 m_assistantNames = *names;
                 m_threads->view()->setAssistants(*names);
                 m_threads->composer()->setAssistants(*names);
                 m_runs->view()->setAssistants(*names);
             });
}

// Not while the first rows are to be seen, nor at each page of a sync: a million rows are counted.
void MainWindow::refreshCounts()
{
    m_countsDue = true;
    if (!m_counting && !m_countSoon.isActive())
        m_countSoon.start();
}

void MainWindow::count()
{
    const auto store = m_session.store();
    m_countsDue = false;
    if (!store)
        return;
    m_counting = true;
    whenDone(store->read(
                 [](Reader &reader) -> Result<std::vector<qint64>> {
                     std::vector<qint64> counts;
                     for (const auto &[kind, resource] : pages) {
                         const Result<qint64> n = reader.count(kind);
                         if (!n)
                             return fail(n.error());
                         counts.push_back(*n);
                     }
                     const Result<qint64> findings = reader.openFindings();
                     if (!findings)
                         return fail(findings.error());
                     counts.push_back(*findings);
                     return counts;
                 },
                 Store::Lane::Scan),
             this, [this, asked = std::weak_ptr(store)](const Result<std::vector<qint64>> &counts) {
                 m_counting = false;
                 if (m_countsDue)
                     refreshCounts();
                 const auto counted = asked.lock(); // which it does not keep open
                 if (!counts || !counted || counted != m_session.store())
                     return;
                 for (int i = 0; i < int(counts->size()); ++i) {
                     QListWidgetItem *item = m_sidebar->item(ThreadsIndex + i);
                     const auto resource = i < int(pages.size()) ? pages[std::size_t(i)].second : std::nullopt;
                     const bool never = resource && !workspaceList(counted->provider(), *resource);
                     const QString count = never ? QString() : format::count((*counts)[std::size_t(i)]);
                     item->setData(PaddedDelegate::TrailingRole, count);
                     item->setData(Qt::AccessibleTextRole,
                                   never ? item->text() : QString(item->text() + u", "_s + count));
                 }
             });
}

// An id leads to its row; any other text is looked for in the messages.
void MainWindow::search()
{
    const QString text = m_search->text().trimmed();
    const auto store = m_session.store();
    if (text.isEmpty() || !store)
        return;
    using Hit = std::optional<RowKind>; // of what has the id
    whenDone(store->read([text](Reader &reader) -> Result<Hit> {
        for (const RowKind kind :
             {RowKind::Threads, RowKind::Runs, RowKind::Assistants, RowKind::Stores, RowKind::Files}) {
            const auto key = reader.keyOf(kind, text);
            if (!key)
                return fail(key.error());
            if (*key)
                return Hit(kind);
        }
        return Hit();
    }),
             this, [this, text](const Result<Hit> &hit) {
                 if (!hit) {
                     m_notice->show(hit.error());
                 } else if (*hit) {
                     openObject(**hit, text);
                 } else {
                     showPage(SearchIndex);
                     m_found->search(text);
                     m_found->list()->setFocus();
                 }
             });
}

void MainWindow::openObject(RowKind kind, const QString &id)
{
    const std::tuple<RowKind, PageIndex, BrowsePage *> pages[] = {{RowKind::Runs, RunsIndex, m_runs},
                                                                  {RowKind::Assistants, AssistantsIndex, m_assistants},
                                                                  {RowKind::Stores, StoresIndex, m_stores},
                                                                  {RowKind::Files, FilesIndex, m_files}};
    for (const auto &[of, index, page] : pages)
        if (of == kind) {
            showPage(index);
            page->open(id);
            return;
        }
    showPage(ThreadsIndex);
    m_threads->openThread(id);
}

// What a finding is about, or rests on. Models and days have no row.
void MainWindow::openFound(SubjectKind kind, const QString &id, const QString &thread)
{
    if (kind == SubjectKind::Run) {
        showPage(ThreadsIndex);
        m_threads->openThread(thread, id);
        return;
    }
    constexpr std::pair<SubjectKind, RowKind> rows[] = {{SubjectKind::Thread, RowKind::Threads},
                                                        {SubjectKind::Assistant, RowKind::Assistants},
                                                        {SubjectKind::Store, RowKind::Stores},
                                                        {SubjectKind::File, RowKind::Files}};
    for (const auto &[of, row] : rows)
        if (of == kind)
            openObject(row, id);
}

} // namespace bobbin::ui
