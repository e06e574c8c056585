// SPDX-License-Identifier: GPL-3.0-or-later
// The actions that change the server: where they stand, when they can be used, and what says why not.
#include "ui/mainwindow.h"

#include "models/settings/settings.h"
#include "ui/operationdesk.h"
#include "ui/pages/activitypage.h"
#include "ui/pages/browsepage.h"
#include "ui/pages/costs/whatifview.h"
#include "ui/pages/costspage.h"
#include "ui/pages/threadspage.h"
#include "ui/widgets/browseview.h"
#include "ui/widgets/notice.h"

#include <QAction>
#include <QListWidget>
#include <QMenu>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

void MainWindow::makeOperationActions()
{
    const auto make = [this](const QString &text, const QKeySequence &shortcut, auto act) {
        auto *action = new QAction(text, this);
        action->setShortcut(shortcut);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    const auto threads = [this] { return m_threads->view()->selectedKeys(); };
    m_rotateAction = make(tr("&Rotate"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R),
                          [this, threads] { m_desk->rotate(threads()); });
    m_rotateOptionsAction = make(tr("R&otate…"), {}, [this, threads] { m_desk->rotateWithOptions(threads()); });
    m_rotateAllAction =
        make(tr("Rotate &all above the ceiling…"), {}, [this] { m_desk->rotateAbove(limits().usual.contextCeiling); });
    m_cancelRunAction = make(tr("Cancel r&un"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_X), [this, threads] {
        if (m_pages->currentIndex() == RunsIndex)
            m_desk->cancelRuns(m_runs->view()->selectedKeys());
        else
            m_desk->cancelThreads(threads());
    });
    m_cancelAllAction = make(tr("Cancel all acti&ve runs…"), {}, [this] { m_desk->cancelAllActive(); });
    m_explainAction = make(tr("&Why is it locked?"), {}, [this, threads] { m_desk->explain(threads()); });
    m_cleanUpAction = make(tr("&Clean up…"), {}, [this] { m_desk->cleanUp(); });
    m_consolidateAction = make(tr("Con&solidate…"), {}, [this] { m_desk->consolidate(); });
    m_pinAction = make(tr("&Pin threads"), {}, [this, threads] { m_desk->pinThreads(threads(), true); });
    m_archiveAction = make(tr("Archive to &file…"), {}, [this, threads] { m_desk->archive(threads()); });
    m_unpinAction = make(tr("U&npin threads"), {}, [this, threads] { m_desk->pinThreads(threads(), false); });
}

void MainWindow::connectOperations()
{
    connect(m_desk, &OperationDesk::failed, m_notice, [this](const Error &error) {
        const bool key = error.kind == Error::Kind::Unauthorized;
        m_notice->show(error, key ? tr("Enter key…") : QString());
    });
    connect(m_desk, &OperationDesk::told, m_notice, [this](const QString &text) {
        if (text.isEmpty())
            m_notice->hide();
        else
            m_notice->show(text, Notice::Tone::Info);
    });
    connect(m_desk, &OperationDesk::activityWanted, this, [this](RowKey operation) {
        showPage(ActivityIndex);
        m_activity->showOperation(operation);
    });
    connect(m_activity, &ActivityPage::undoWanted, m_desk, &OperationDesk::undo);
    connect(m_activity, &ActivityPage::retryWanted, m_desk, &OperationDesk::retryFailed);
    connect(m_activity, &ActivityPage::finishWanted, m_desk, &OperationDesk::finish);
    connect(m_threads->view(), &BrowseView::contextMenu, this, [this](QMenu *menu) {
        menu->addSeparator();
        menu->addActions({m_rotateAction, m_rotateOptionsAction, m_cancelRunAction, m_explainAction, m_archiveAction,
                          m_pinAction, m_unpinAction});
        const QModelIndex row = m_threads->view()->table()->currentIndex().siblingAtColumn(0);
        if (!row.isValid())
            return;
        menu->addSeparator();
        menu->addAction(tr("&What if…"), this,
                        [this, key = m_threads->view()->model()->keyAt(row.row()), title = row.data().toString()] {
                            showPage(CostsIndex);
                            costs()->tabs()->setCurrentWidget(costs()->whatIf());
                            costs()->whatIf()->setThread(key, title);
                        });
    });
    connect(m_threads, &ThreadsPage::remedyWanted, this, [this](const Finding &finding) { remedy({finding}); });
    connect(m_runs->view(), &BrowseView::contextMenu, this, [this](QMenu *menu) {
        menu->addSeparator();
        menu->addAction(m_cancelRunAction);
    });
    for (const BrowseView *view : {m_threads->view(), m_runs->view()})
        connect(view->table()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
                &MainWindow::refreshActions);
    for (const BrowseView *view : {m_threads->view(), m_runs->view()})
        connect(view->model(), &QAbstractItemModel::dataChanged, this, &MainWindow::refreshActions);
    connect(m_pages, &QStackedWidget::currentChanged, this, &MainWindow::refreshActions);
    refreshActions();
}

void MainWindow::refreshActions()
{
    const bool open = m_session.workspace() != nullptr;
    const int page = m_pages->currentIndex();
    const auto threads = page == ThreadsIndex ? m_threads->view()->table()->selectionModel()->selectedRows().size() : 0;
    const auto runs = page == RunsIndex ? m_runs->view()->table()->selectionModel()->selectedRows().size() : 0;
    const auto set = [&](QAction *action, bool can, const QString &does, const QString &whyNot,
                         std::optional<Feature> needs = {}) {
        const QString unable = open && needs ? m_session.store()->provider().whyNot(*needs) : QString();
        action->setEnabled(open && can && unable.isEmpty());
        QString tip = !open     ? (m_session.store() ? tr("An archive is read only") : tr("Open a connection first"))
            : !unable.isEmpty() ? unable
            : can               ? does
                                : whyNot;
        if (!action->shortcut().isEmpty())
            tip += u" ("_s + action->shortcut().toString(QKeySequence::NativeText) + u')';
        action->setToolTip(tip);
    };
    // What is selected and in sight of the table decides; the plan looks at all of it.
    const auto all = [](const BrowseView *view, auto holds) {
        const QModelIndexList rows = view->table()->selectionModel()->selectedRows();
        return !rows.isEmpty() && std::ranges::all_of(rows, holds);
    };
    const bool gone = page == ThreadsIndex && all(m_threads->view(), [](const QModelIndex &index) {
                          return index.data(RowTableModelBase::DimRole).toBool();
                      });
    const bool idle = page == ThreadsIndex && all(m_threads->view(), [](const QModelIndex &index) {
                          const QVariant status = index.data(RowTableModelBase::StatusRole);
                          return index.data(RowTableModelBase::IdRole).isValid() &&
                              !(status.isValid() && isActive(RunStatus(status.toInt())));
                      });
    const bool ended = page == RunsIndex && all(m_runs->view(), [](const QModelIndex &index) {
                           const QVariant status = index.data(RowTableModelBase::StatusRole);
                           return status.isValid() && !isActive(RunStatus(status.toInt()));
                       });
    const QString goneText = tr("The server no longer has it");
    const QString noThread = gone ? goneText : tr("Select a thread in Threads first");
    m_rotateAction->setText(threads > 1 ? tr("&Rotate %n thread(s)…", nullptr, int(threads)) : tr("&Rotate"));
    set(m_rotateAction, threads > 0 && !gone,
        tr("A new thread takes over at once, seeded with a summary and the last messages; can be undone"), noThread,
        Feature::CreateThreads);
    set(m_rotateOptionsAction, threads > 0 && !gone, tr("Choose the summary and what is carried, then rotate"),
        noThread, Feature::CreateThreads);
    set(m_rotateAllAction, true, tr("Every thread whose runs read more than the context ceiling"), {},
        Feature::CreateThreads);
    m_cancelRunAction->setText(threads + runs > 1 ? tr("Cancel r&uns…") : tr("Cancel r&un"));
    set(m_cancelRunAction, (threads > 0 || runs > 0) && !idle && !ended,
        tr("Ask the active run to stop, and follow it to its end"),
        idle        ? tr("No run of it is active")
            : ended ? tr("It has ended")
                    : tr("Select a thread or a run first"),
        Feature::CancelRuns);
    set(m_cancelAllAction, true, tr("Shows which, first"), {}, Feature::CancelRuns);
    set(m_explainAction, threads > 0 && !idle,
        tr("Which run and which tool call lock the thread, and what can be done"),
        idle ? tr("No run of it is active, so nothing locks it") : noThread);
    set(m_cleanUpAction, true, tr("Delete stale threads, archived first; shows a plan"), {}, Feature::DeleteThreads);
    set(m_consolidateAction, true, tr("Make one of vector stores that hold the same; shows a plan"), {},
        Feature::Consolidate);
    set(m_pinAction, threads > 0, tr("No clean-up takes pinned threads"), noThread);
    set(m_archiveAction, threads > 0, tr("Everything of the threads in one file, which Bobbin opens read only"),
        noThread);
    set(m_unpinAction, threads > 0, tr("Clean-ups may take them again"), noThread);
}

// One remedy for all of them: those that have another one are left.
void MainWindow::remedy(const std::vector<Finding> &findings)
{
    if (findings.empty())
        return;
    const Remedy remedy = findings.front().remedy;
    std::vector<RowKey> threads;
    for (const Finding &finding : findings)
        if (finding.remedy == remedy && finding.subject == SubjectKind::Thread)
            threads.push_back(finding.key);
    switch (remedy) {
    case Remedy::None:
        break;
    case Remedy::Rotate:
        m_desk->rotate(threads);
        break;
    case Remedy::Unlock:
        m_desk->explain(threads);
        break;
    case Remedy::Consolidate:
        m_desk->consolidate();
        break;
    case Remedy::DeleteUnused:
        m_desk->consolidate(true);
        break;
    case Remedy::Prices:
        editPrices();
        break;
    }
}

} // namespace bobbin::ui
