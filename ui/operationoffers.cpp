// SPDX-License-Identifier: GPL-3.0-or-later
// What the desk offers: the plan of each operation, made and, where it destroys or is about several, shown first.
#include "ui/operationdesk.h"

#include "models/store/whendone.h"
#include "ui/dialogs/cleanupdialog.h"
#include "ui/dialogs/consolidatedialog.h"
#include "ui/dialogs/rotatedialog.h"
#include "ui/dialogs/stuckrundialog.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QStandardPaths>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

void OperationDesk::draft(const QStringList &threads, bool ask)
{
    Q_EMIT told(tr("Reading %n thread(s) to rotate…", nullptr, int(threads.size())));
    const RotateOptions options;
    whenDone(operations()->draftRotations(threads, options), this,
             [this, options, ask](const Result<std::vector<RotateDraft>> &drafts) {
                 Q_EMIT told({});
                 if (!drafts) {
                     Q_EMIT failed(drafts.error());
                     return;
                 }
                 if (drafts->size() == 1 && !drafts->front().activeRun.isEmpty() &&
                     !drafts->front().target.keptBack.isEmpty()) {
                     // Locked: the run first, which the person may want to look at.
                     explainThread(drafts->front().target.id);
                     return;
                 }
                 if (drafts->size() == 1 && !drafts->front().target.keptBack.isEmpty()) {
                     Q_EMIT told(tr("It cannot be rotated: %1.").arg(drafts->front().target.keptBack));
                     return;
                 }
                 const Plan plan = planRotation(*drafts, options);
                 // Where it saves nothing, or another one took over, the plan says so, and the person decides.
                 if (ask || plan.count() == 0)
                     confirm(
                         tr("Rotate with summary"),
                         tr("New threads take over, each with a summary and the last messages. The old ones stay on "
                            "the server, are archived here, and are marked as rotated."),
                         plan);
                 else
                     start(plan);
             });
}

void OperationDesk::rotate(const std::vector<RowKey> &threads)
{
    withIds(RowKind::Threads, threads, [this](const QStringList &ids) { draft(ids, ids.size() > 1); });
}

void OperationDesk::rotateAbove(qint64 ceiling)
{
    if (!operations())
        return;
    whenDone(operations()->threadsAbove(ceiling), this, [this](const Result<QStringList> &ids) {
        if (!ids)
            Q_EMIT failed(ids.error());
        else if (ids->isEmpty())
            Q_EMIT told(tr("No thread is above the ceiling."));
        else if (operations())
            draft(*ids, true);
    });
}

void OperationDesk::rotateWithOptions(const std::vector<RowKey> &threads)
{
    withIds(RowKind::Threads, threads, [this](const QStringList &ids) {
        if (ids.size() > 1) {
            draft(ids, true);
            return;
        }
        RotateDialog dialog(*operations(), ids.front(), m_session.prices(), m_window);
        if (dialog.exec() == QDialog::Accepted)
            start(dialog.plan());
    });
}

void OperationDesk::cancelThreads(const std::vector<RowKey> &threads)
{
    withIds(RowKind::Threads, threads, [this](const QStringList &ids) {
        offerPlan(tr("Cancel runs"), tr("Each run is asked to stop and followed to its end."),
                  operations()->planCancelThreads(ids), false);
    });
}

void OperationDesk::cancelRuns(const std::vector<RowKey> &runs)
{
    withIds(RowKind::Runs, runs, [this](const QStringList &ids) {
        offerPlan(tr("Cancel runs"), tr("Each run is asked to stop and followed to its end."),
                  operations()->planCancelRuns(ids), false);
    });
}

void OperationDesk::cancelAllActive()
{
    if (operations())
        offerPlan(tr("Cancel all active runs"), tr("Each run is asked to stop and followed to its end."),
                  operations()->planCancelRuns({}), true);
}

void OperationDesk::explain(const std::vector<RowKey> &threads)
{
    if (threads.empty())
        return;
    withIds(RowKind::Threads, {threads.front()}, [this](const QStringList &ids) { explainThread(ids.front()); });
}

void OperationDesk::explainThread(const QString &thread)
{
    if (!operations())
        return;
    whenDone(operations()->explain(thread), this, [this](const Result<std::vector<StuckRun>> &runs) {
        if (!runs)
            Q_EMIT failed(runs.error());
        else if (runs->empty())
            Q_EMIT told(tr("The thread is free: no run of it is active."));
        else
            showStuck(runs->front());
    });
}

void OperationDesk::showStuck(const StuckRun &run)
{
    if (!operations()) // closed meanwhile
        return;
    StuckRunDialog dialog(run, *operations(), m_window);
    if (dialog.exec() != QDialog::Accepted || !operations())
        return;
    if (dialog.act() == StuckRunDialog::Act::Rotate)
        draft({run.threadId}, true);
    else if (dialog.act() == StuckRunDialog::Act::CancelRun)
        offerPlan(tr("Cancel runs"), {}, operations()->planCancelRuns({run.runId}), false);
    else
        offerPlan(tr("Answer tool calls"), {}, operations()->planAnswer(run.runId, dialog.outputs()), false);
}

void OperationDesk::cleanUp()
{
    if (!operations())
        return;
    whenDone(m_session.store()->read([](Reader &reader) { return reader.assistantNames(); }), this,
             [this](const Result<std::vector<NamedCost>> &assistants) {
                 if (!assistants) {
                     Q_EMIT failed(assistants.error());
                     return;
                 }
                 if (!operations())
                     return;
                 CleanupDialog dialog(*operations(), *assistants, m_window);
                 if (dialog.exec() == QDialog::Accepted)
                     start(dialog.plan());
             });
}

void OperationDesk::consolidate(bool orphans)
{
    if (!operations())
        return;
    ConsolidateDialog dialog(*operations(), orphans, m_window);
    if (dialog.exec() == QDialog::Accepted)
        start(dialog.plan());
}

void OperationDesk::archive(const std::vector<RowKey> &threads)
{
    const QString name = tr("threads") + QDateTime::currentDateTime().toString(u"-yyyyMMdd-hhmm"_s) + u".jsonl.zst"_s;
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString file =
        QFileDialog::getSaveFileName(m_window, tr("Archive threads"), QDir(folder).filePath(name),
                                     tr("Bobbin archives (*.jsonl.zst)"), nullptr, QFileDialog::DontConfirmOverwrite);
    if (!file.isEmpty())
        archiveInto(threads, file);
}

void OperationDesk::archiveInto(const std::vector<RowKey> &threads, const QString &file)
{
    withIds(RowKind::Threads, threads, [this, file](const QStringList &ids) {
        if (QFile::exists(file)) {
            const QString why =
                tr("There is a file of this name already, and an archive is never written over another. "
                   "Choose another name.");
            Q_EMIT failed(fail(Error::Kind::Input, why, file).value());
            return;
        }
        whenDone(operations()->planArchive(ids, file), this, [this](const Result<Plan> &plan) {
            if (plan)
                start(*plan);
            else
                Q_EMIT failed(plan.error());
        });
    });
}

} // namespace bobbin::ui
