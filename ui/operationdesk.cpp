// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/operationdesk.h"

#include "models/core/format.h"
#include "models/store/whendone.h"
#include "ui/dialogs/plandialog.h"
#include "ui/notifier.h"
#include "ui/widgets/operationbar.h"

#include <QDateTime>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 longMs = 20'000; // an operation that took this long asks for attention at its end

bool canUndo(const OperationRow &row)
{
    return row.done > 0 && row.undoneBy == 0 &&
        (row.kind == "rotate"_L1 || row.kind == "cleanup"_L1 || row.kind == "consolidate"_L1);
}

} // namespace

OperationDesk::OperationDesk(Session &session, QWidget *window)
    : QObject(window), m_session(session), m_window(window), m_bar(new OperationBar), m_notifier(new Notifier(window))
{
    connect(m_bar, &OperationBar::pauseWanted, this, [this](RowKey key) {
        if (operations())
            operations()->pause(key);
    });
    connect(m_bar, &OperationBar::resumeWanted, this, [this](RowKey key) {
        if (operations())
            operations()->resume(key);
    });
    connect(m_bar, &OperationBar::cancelWanted, this, [this](RowKey key) {
        if (operations())
            operations()->cancel(key);
    });
    connect(m_bar, &OperationBar::undoWanted, this, &OperationDesk::undo);
    connect(m_bar, &OperationBar::retryWanted, this, &OperationDesk::retryFailed);
    connect(m_bar, &OperationBar::finishWanted, this, &OperationDesk::finish);
    connect(m_bar, &OperationBar::takeBackWanted, this, &OperationDesk::takeBack);
    connect(m_bar, &OperationBar::detailsWanted, this, &OperationDesk::activityWanted);
}

Operations *OperationDesk::operations() const
{
    return m_session.workspace() ? &m_session.workspace()->operations() : nullptr;
}

void OperationDesk::opened()
{
    Operations *desk = operations();
    // What a connection before has still to say is not of this one.
    connect(desk, &Operations::progressed, this, [this, opening = m_opening](const OperationProgress &progress) {
        if (opening == m_opening)
            progressed(progress);
    });
    connect(desk, &Operations::ended, this, [this, opening = m_opening](qint64 operation, const Done &done) {
        if (opening == m_opening)
            ended(operation, done);
    });
    whenDone(desk->interrupted(), m_session.workspace(),
             [this](const Result<std::vector<std::pair<qint64, QString>>> &found) {
                 if (!found)
                     Q_EMIT failed(found.error());
                 else if (!found->empty())
                     m_bar->showInterrupted(found->front().first, found->front().second);
             });
}

void OperationDesk::closed()
{
    ++m_opening;
    m_bar->hide();
    m_titles.clear();
    m_startedMs.clear();
}

void OperationDesk::withIds(RowKind kind, const std::vector<RowKey> &keys, std::function<void(const QStringList &)> use)
{
    const auto store = m_session.store();
    if (!store || keys.empty())
        return;
    whenDone(store->read([kind, keys](Reader &reader) -> Result<QStringList> {
        QStringList ids;
        const auto collect = [&](const auto &rows) -> Done {
            if (!rows)
                return fail(rows.error());
            for (const auto &row : *rows)
                ids << row.id;
            return {};
        };
        const Done done =
            kind == RowKind::Runs ? collect(reader.rows<RunRow>(keys)) : collect(reader.rows<ThreadRow>(keys));
        if (!done)
            return fail(done.error());
        return ids;
    }),
             this, [this, use = std::move(use)](const Result<QStringList> &ids) {
                 if (!ids)
                     Q_EMIT failed(ids.error());
                 else if (operations())
                     use(*ids);
                 else
                     Q_EMIT told(tr("An archive is read only."));
             });
}

void OperationDesk::start(Plan plan)
{
    if (!operations())
        return;
    const QString title = titleOf(plan);
    whenDone(operations()->start(std::make_shared<const Plan>(std::move(plan))), this,
             [this, title](const Result<qint64> &key) {
                 if (!key) {
                     Q_EMIT failed(key.error());
                     return;
                 }
                 m_titles.insert(*key, title);
                 m_startedMs.insert(*key, QDateTime::currentMSecsSinceEpoch());
             });
}

void OperationDesk::confirm(const QString &heading, const QString &explanation, const Plan &plan)
{
    PlanDialog dialog(heading, explanation, m_window);
    dialog.setPlan(plan);
    if (dialog.exec() == QDialog::Accepted)
        start(dialog.plan());
}

void OperationDesk::offerPlan(const QString &heading, const QString &explanation, const QFuture<Result<Plan>> &plan,
                              bool ask)
{
    whenDone(plan, this, [this, heading, explanation, ask](const Result<Plan> &made) {
        if (!made) {
            Q_EMIT failed(made.error());
            return;
        }
        if (made->targets.empty()) {
            Q_EMIT told(tr("There is nothing to do."));
            return;
        }
        if (!ask && made->targets.size() == 1 && made->count() == 1)
            start(*made);
        else if (!ask && made->targets.size() == 1 && !made->targets.front().keptBack.isEmpty())
            Q_EMIT told(made->targets.front().label + u": "_s + made->targets.front().keptBack);
        else
            confirm(heading, explanation, *made);
    });
}

void OperationDesk::undo(RowKey operation)
{
    if (operations())
        offerPlan(tr("Take it back"), tr("An undo is an operation of its own, with steps and outcomes in Activity."),
                  operations()->planUndo(operation), false);
}

void OperationDesk::retryFailed(RowKey operation)
{
    if (!operations())
        return;
    whenDone(operations()->retryFailed(operation), this, [this](const Done &done) {
        if (!done)
            Q_EMIT failed(done.error());
    });
}

void OperationDesk::finish(RowKey operation)
{
    if (!operations())
        return;
    whenDone(operations()->finish(operation), this, [this](const Done &done) {
        if (!done)
            Q_EMIT failed(done.error());
    });
}

void OperationDesk::takeBack(RowKey operation)
{
    m_bar->hide();
    undo(operation); // which finds out first what became of it
}

void OperationDesk::pinThreads(const std::vector<RowKey> &threads, bool pinned)
{
    withIds(RowKind::Threads, threads, [this, pinned](const QStringList &ids) {
        whenDone(m_session.store()->journal().pin(ids, pinned, QDateTime::currentMSecsSinceEpoch()), this,
                 [this, pinned, count = ids.size()](const Done &done) {
                     if (!done)
                         Q_EMIT failed(done.error());
                     else
                         Q_EMIT told(pinned ? tr("%n thread(s) pinned: no clean-up takes them.", nullptr, int(count))
                                            : tr("%n thread(s) no longer pinned.", nullptr, int(count)));
                 });
    });
}

void OperationDesk::progressed(const OperationProgress &progress)
{
    if (progress.state != OperationProgress::State::Ended)
        m_bar->showProgress(progress, m_titles.value(progress.operation, tr("Operation")));
}

void OperationDesk::ended(qint64 operation, const Done &done)
{
    if (!done && done.error().kind != Error::Kind::Cancelled)
        Q_EMIT failed(done.error());
    const auto store = m_session.store();
    if (!store)
        return;
    struct End {
        OperationRow row;
        QString result;
    };
    whenDone(store->read([operation](Reader &reader) -> Result<End> {
        End end;
        const auto rows = reader.rows<OperationRow>({operation});
        if (!rows)
            return fail(rows.error());
        end.row = rows->front();
        const auto result = reader.result(operation);
        if (!result)
            return fail(result.error());
        end.result = *result;
        if (end.row.targets == 1) {
            const auto targets = reader.targets(operation, {}, 1, 0);
            if (targets && !targets->empty())
                end.result += u" · "_s + targets->front().target.label + u" – "_s + targets->front().outcome;
        }
        return end;
    }),
             this, [this, operation](const Result<End> &end) {
                 if (!end) {
                     Q_EMIT failed(end.error());
                     return;
                 }
                 // The composer tells of a turn.
                 if (end->row.kind == kindWord(OperationKind::Turn) && end->row.failed == 0) {
                     if (m_bar->operation() == operation)
                         m_bar->hide();
                     return;
                 }
                 m_bar->showEnd(end->row, end->result, canUndo(end->row));
                 const qint64 started = m_startedMs.take(operation);
                 m_titles.remove(operation);
                 if (started != 0 && QDateTime::currentMSecsSinceEpoch() - started > longMs)
                     m_notifier->tell(end->row.title, end->result);
             });
}

} // namespace bobbin::ui
