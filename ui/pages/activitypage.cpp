// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/activitypage.h"

#include "models/core/format.h"
#include "models/operations/acts/acttext.h"
#include "models/store/whendone.h"
#include "ui/pages/guardrowsview.h"
#include "ui/theme.h"
#include "ui/widgets/paddeddelegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostTargets = 2'000; // shown at once; the failed ones come first

QString stateText(TargetState state)
{
    switch (state) {
    case TargetState::Planned:
        return ActivityPage::tr("not begun");
    case TargetState::Running:
        return ActivityPage::tr("running");
    case TargetState::Finished:
        return ActivityPage::tr("done");
    case TargetState::Skipped:
        return ActivityPage::tr("spared");
    case TargetState::Failed:
        return ActivityPage::tr("failed");
    case TargetState::Stopped:
        return ActivityPage::tr("stopped");
    }
    return {};
}

QString stepText(const DoneStep &step)
{
    switch (step.state) {
    case StepState::Planned:
        return ActivityPage::tr("not begun");
    case StepState::Sent:
        return ActivityPage::tr("outcome unknown");
    case StepState::Finished:
        return ActivityPage::tr("done");
    case StepState::Failed:
        return ActivityPage::tr("failed");
    case StepState::Skipped:
        return ActivityPage::tr("left out");
    }
    return {};
}

} // namespace

ActivityPage::ActivityPage(QWidget *parent)
    : QWidget(parent), m_operations(new BrowseView(u"activity"_s, makeOperationModel().release())),
      m_syncs(new BrowseView(u"syncs"_s, makeSyncModel().release())), m_guarded(new GuardRowsView),
      m_tabs(new QTabWidget), m_targets(new QTreeWidget), m_result(new QLabel), m_failures(new QTableWidget(0, 2)),
      m_undo(new QPushButton(tr("Undo…"))), m_retry(new QPushButton(tr("Retry failed"))),
      m_finish(new QPushButton(tr("Finish it")))
{
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(makeOperationsTab(), tr("Operations"));
    m_tabs->addTab(m_guarded, tr("Guard"));
    m_tabs->addTab(makeSyncsTab(), tr("Syncs"));
    connect(m_guarded, &GuardRowsView::operationWanted, this, &ActivityPage::showOperation);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tabs);
}

QWidget *ActivityPage::makeOperationsTab()
{
    m_operations->setPlaceholder(
        tr("Filter operations"),
        tr("Nothing was changed yet.\n\nRotations, cancelled runs, clean-ups and consolidations are "
           "listed here, each with its steps, and can be taken back from here."));
    const auto state = [](const QString &name) {
        RowFilter filter;
        filter.states << name;
        return filter;
    };
    std::vector<BrowseView::Choice> choices{{tr("any"), {}}};
    for (const auto &[word, text] : kindWords())
        choices.push_back({text, state(word)});
    choices.push_back({tr("unfinished"), state(u"unfinished"_s)});
    choices.push_back({tr("with failures"), state(u"failed"_s)});
    m_operations->addChoices(tr("Kind"), choices);
    clear();
    m_targets->setColumnCount(3);
    m_targets->setHeaderLabels({tr("Target and steps"), tr("State"), tr("Outcome")});
    m_targets->setAccessibleName(tr("Targets and steps of the selected operation"));
    m_targets->setFrameShape(QFrame::NoFrame);
    m_targets->setUniformRowHeights(true);
    m_targets->setItemDelegate(new PaddedDelegate(6, m_targets));
    PaddedHeaderStyle::applyTo(m_targets->header(), 6);
    const int em = fontMetrics().averageCharWidth();
    m_targets->setColumnWidth(0, 46 * em);
    m_targets->setColumnWidth(1, 18 * em);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(12, 4, 12, 4);
    bar->setSpacing(8);
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    bar->addWidget(m_result, 1);
    for (QPushButton *button : {m_finish, m_retry, m_undo})
        bar->addWidget(button);
    auto *below = new QWidget;
    auto *column = new QVBoxLayout(below);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_targets, 1);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_operations);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 2);
    connect(m_operations, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showTargets(*key);
    });
    connect(m_undo, &QPushButton::clicked, this, [this] {
        if (m_shown)
            Q_EMIT undoWanted(*m_shown);
    });
    connect(m_retry, &QPushButton::clicked, this, [this] {
        if (m_shown)
            Q_EMIT retryWanted(*m_shown);
    });
    connect(m_finish, &QPushButton::clicked, this, [this] {
        if (m_shown)
            Q_EMIT finishWanted(*m_shown);
    });
    // The steps of a target are read when it is opened.
    connect(m_targets, &QTreeWidget::itemExpanded, this, [this](QTreeWidgetItem *item) {
        const auto store = m_operations->model()->store();
        if (!store || item->childCount() > 1 || item->data(0, Qt::UserRole).isNull())
            return;
        const RowKey key = item->data(0, Qt::UserRole).toLongLong();
        whenDone(store->read([key](Reader &reader) { return reader.begunSteps(key); }), this,
                 [key, this](const Result<std::vector<DoneStep>> &steps) {
                     // It may have been filled anew meanwhile.
                     QTreeWidgetItem *at = nullptr;
                     for (int i = 0; i < m_targets->topLevelItemCount() && !at; ++i)
                         if (m_targets->topLevelItem(i)->data(0, Qt::UserRole) == key)
                             at = m_targets->topLevelItem(i);
                     if (!steps || !at)
                         return;
                     qDeleteAll(at->takeChildren());
                     for (const DoneStep &step : *steps)
                         new QTreeWidgetItem(at, {actText(step.step), stepText(step), step.note});
                     if (steps->empty())
                         new QTreeWidgetItem(at, {tr("no step was begun"), {}, {}});
                 });
    });
    return splitter;
}

QWidget *ActivityPage::makeSyncsTab()
{
    m_syncs->setPlaceholder(tr("Filter syncs"), tr("Nothing was synced yet."));
    m_failures->setHorizontalHeaderLabels({tr("What could not be read"), tr("Why")});
    m_failures->setAccessibleName(tr("Failures of the selected sync"));
    m_failures->horizontalHeader()->setStretchLastSection(true);
    m_failures->setColumnWidth(0, 320);
    m_failures->verticalHeader()->hide();
    m_failures->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_failures->setFrameShape(QFrame::NoFrame);
    m_failures->setTabKeyNavigation(false);
    m_failures->setShowGrid(false);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(m_syncs);
    splitter->addWidget(m_failures);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 1);
    connect(m_syncs, &BrowseView::currentChanged, this, [this](std::optional<RowKey> key) {
        if (key)
            showFailures(*key);
    });
    return splitter;
}

void ActivityPage::showOperation(RowKey operation)
{
    m_tabs->setCurrentIndex(0);
    m_operations->clearFilter();
    m_operations->setCurrent(operation);
    showTargets(operation);
}

void ActivityPage::showGuarded(std::optional<RowKey> row)
{
    m_tabs->setCurrentWidget(m_guarded);
    if (row)
        m_guarded->show(*row);
}

void ActivityPage::storeChanged(const Changes &changes)
{
    m_operations->model()->storeChanged(changes);
    m_syncs->model()->storeChanged(changes);
    m_guarded->storeChanged(changes);
    if (m_shown && changes.kinds.testFlag(Changed::Operations) && isVisible())
        showTargets(*m_shown);
}

void ActivityPage::clear()
{
    ++m_generation; // what is still being read is of the store before
    m_shown.reset();
    m_filled.reset();
    m_guarded->clear();
    m_targets->clear();
    m_result->clear();
    m_failures->setRowCount(0);
    for (QPushButton *button : {m_undo, m_retry, m_finish}) {
        button->setEnabled(false);
        button->setToolTip(tr("No operation is selected"));
    }
}

void ActivityPage::showTargets(RowKey operation)
{
    const auto store = m_operations->model()->store();
    if (!store)
        return;
    m_shown = operation;
    struct Shown {
        OperationRow row;
        QString result;
        std::vector<DoneTarget> targets;
    };
    whenDone(store->read([operation](Reader &reader) -> Result<Shown> {
        const auto rows = reader.rows<OperationRow>({operation});
        if (!rows)
            return fail(rows.error());
        const auto result = reader.result(operation);
        if (!result)
            return fail(result.error());
        Shown shown{rows->front(), *result, {}};
        for (const std::vector<TargetState> &states :
             {std::vector{TargetState::Failed, TargetState::Stopped}, std::vector{TargetState::Running},
              std::vector{TargetState::Skipped}, std::vector{TargetState::Finished},
              std::vector{TargetState::Planned}}) {
            const int room = mostTargets - int(shown.targets.size());
            if (room <= 0)
                break;
            auto some = reader.targets(operation, states, room, 0);
            if (!some)
                return fail(some.error());
            std::ranges::move(*some, std::back_inserter(shown.targets));
        }
        return shown;
    }),
             this, [this, generation = ++m_generation](const Result<Shown> &shown) {
                 if (!shown || generation != m_generation)
                     return;
                 const bool over = shown->row.state == "finished"_L1 || shown->row.state == "cancelled"_L1;
                 m_result->setText(over ? shown->result : QString());
                 fillTargets(shown->row, shown->targets);
             });
}

void ActivityPage::fillTargets(const OperationRow &row, const std::vector<DoneTarget> &targets)
{
    // A running operation fills it anew again and again: what the person opened stays open, in its place.
    QSet<RowKey> opened;
    std::optional<RowKey> current;
    const int position = m_filled == m_shown ? m_targets->verticalScrollBar()->value() : 0;
    m_filled = m_shown;
    for (int i = 0; i < m_targets->topLevelItemCount(); ++i) {
        const QTreeWidgetItem *item = m_targets->topLevelItem(i);
        if (item->isExpanded())
            opened.insert(item->data(0, Qt::UserRole).toLongLong());
        if (item == m_targets->currentItem())
            current = item->data(0, Qt::UserRole).toLongLong();
    }
    m_targets->clear();
    QList<QTreeWidgetItem *> items;
    for (const DoneTarget &done : targets) {
        auto *item = new QTreeWidgetItem(
            {done.target.label, stateText(done.state), done.outcome.isEmpty() ? done.target.why : done.outcome});
        item->setData(0, Qt::UserRole, done.key);
        item->setToolTip(0, done.target.id);
        item->setToolTip(2, item->text(2));
        if (done.state == TargetState::Failed || done.state == TargetState::Stopped)
            item->setForeground(1, colour(Hue::Danger));
        new QTreeWidgetItem(item, {tr("…"), {}, {}});
        items << item;
    }
    m_targets->addTopLevelItems(items);
    for (QTreeWidgetItem *item : items) {
        const RowKey key = item->data(0, Qt::UserRole).toLongLong();
        item->setExpanded(opened.contains(key));
        if (key == current)
            m_targets->setCurrentItem(item);
    }
    m_targets->verticalScrollBar()->setValue(position);
    if (row.targets > qint64(targets.size()))
        new QTreeWidgetItem(m_targets,
                            {tr("… and %1 more").arg(format::count(row.targets - qint64(targets.size()))), {}, {}});
    const bool over = row.state == "finished"_L1 || row.state == "cancelled"_L1;
    const bool undoable = row.kind == "rotate"_L1 || row.kind == "cleanup"_L1 || row.kind == "consolidate"_L1;
    const QString takenBack =
        row.undoneBy != 0 ? tr("Operation %1 took it back, or some of it").arg(row.undoneBy) : QString();
    m_undo->setEnabled(over && undoable && row.done + row.failed > 0);
    m_undo->setToolTip(!undoable               ? tr("This cannot be taken back")
                           : !over             ? tr("It has not ended")
                           : row.undoneBy != 0 ? takenBack + tr("; what was left out then can be taken back now")
                                               : tr("Shows what would be taken back, and what cannot come back"));
    m_retry->setEnabled(over && row.failed > 0 && row.undoneBy == 0);
    m_retry->setToolTip(row.failed == 0 ? tr("Nothing failed") : takenBack);
    const bool open = (row.state == "interrupted"_L1 || row.state == "cancelled"_L1) && row.undoneBy == 0;
    m_finish->setEnabled(open);
    m_finish->setToolTip(open                    ? tr("Goes on with what was not begun, and looks up what is unknown")
                             : row.undoneBy != 0 ? takenBack
                                                 : tr("There is nothing left to finish"));
}

void ActivityPage::showFailures(RowKey sync)
{
    whenDone(m_syncs->model()->store()->read([sync](Reader &reader) { return reader.failures(sync); }), this,
             [this](const Result<std::vector<FailureRow>> &rows) {
                 m_failures->setRowCount(0);
                 if (!rows)
                     return;
                 m_failures->setRowCount(int(rows->size()));
                 for (int i = 0; i < m_failures->rowCount(); ++i) {
                     const FailureRow &row = (*rows)[std::size_t(i)];
                     m_failures->setItem(i, 0, new QTableWidgetItem(row.target));
                     auto *reason = new QTableWidgetItem(row.reason);
                     reason->setToolTip(row.reason);
                     m_failures->setItem(i, 1, reason);
                 }
             });
}

} // namespace bobbin::ui
