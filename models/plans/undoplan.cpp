// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/undoplan.h"

#include "models/core/format.h"
#include "models/plans/neutraljson.h"

#include <QCoreApplication>
#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct UndoText {
    Q_DECLARE_TR_FUNCTIONS(UndoPlan)
};

PlanTarget like(const DoneTarget &done, const QString &id)
{
    PlanTarget target;
    target.id = id;
    target.resource = done.target.resource;
    target.label = done.target.label;
    target.messages = done.target.messages;
    return target;
}

// `unmark`: it was rotated by what is taken back.
void restoreThread(PlanTarget &target, const DoneTarget &done, const QString &archive, bool unmark)
{
    const DoneStep *archived = done.done(Act::ArchiveThread);
    if (!archived) {
        target.keptBack = UndoText::tr("it has no archive");
        return;
    }
    QJsonObject body = archived->result;
    body.insert(u"file"_s, archive);
    if (unmark)
        body.insert(u"unmark"_s, true);
    target.steps.push_back({Act::RestoreThread, {}, {}, body});
    target.steps.push_back({Act::TakeMarkOff, {}, {}, body});
    target.steps.push_back({Act::RestoreMessages, {}, {}, body});
}

void undoRotation(Plan &plan, const DoneOperation &operation, const DoneTarget &done, const UndoFacts &facts)
{
    if (done.made.isEmpty())
        return; // nothing was changed
    const MadeThread now = facts.made.value(done.made);
    PlanTarget target = like(done, done.made);
    target.why = UndoText::tr("delete the new thread, unmark the old one");
    target.lastActive = now.lastActive;
    target.messages = now.messages;
    target.runs = now.runs;
    qint64 seeded = 0;
    for (const Step &step : done.target.steps)
        seeded += step.act == Act::CreateThread ? step.body.value("messages"_L1).toArray().size()
            : step.act == Act::AddMessage       ? 1
                                                : 0;
    if (now.activeRuns > 0) {
        target.keptBack = UndoText::tr("a run is active on the new thread; cancel it first");
    } else if (!now.gone && (now.messages > seeded || now.runs > 0)) {
        target.chosen = false;
        target.why =
            UndoText::tr("the new thread was used since (%1 more messages, %2 runs); they would live on in the "
                         "archive only")
                .arg(now.messages - seeded)
                .arg(now.runs);
    }
    const bool oldDeleted = done.done(Act::DeleteThread) != nullptr;
    // The old one first: at no moment is there neither.
    if (oldDeleted)
        restoreThread(target, done, operation.archive, true);
    else if (done.done(Act::EditMetadata))
        target.steps.push_back({Act::EditMetadata,
                                done.target.id,
                                {},
                                {{u"remove"_s, QJsonArray{u"rotated_to"_s}}, {u"may_be_gone"_s, true}}});
    if (!now.gone) {
        const QJsonObject seen = seenOf(target);
        target.steps.push_back({Act::CheckThread, done.made, {}, seen});
        target.steps.push_back({Act::ArchiveThread, done.made, {}, {}});
        target.steps.push_back({Act::DeleteThread, done.made, {}, seen});
    }
    if (!target.steps.empty())
        plan.targets.push_back(std::move(target));
}

void recreateStore(Plan &plan, const DoneTarget &done, const QString &id, const UndoFacts &facts,
                   const Capabilities &can)
{
    const auto archived = facts.stores.constFind(id);
    PlanTarget target = like(done, id);
    target.resource = Resource::VectorStores;
    target.why = UndoText::tr("create the store again, with the files that are still there");
    target.messages.reset();
    if (archived == facts.stores.cend()) {
        target.keptBack = UndoText::tr("it has no archive");
        plan.targets.push_back(std::move(target));
        return;
    }
    target.label = archived->store.name.isEmpty() ? id : archived->store.name;
    target.steps.push_back({Act::CreateStore, {}, {}, toJson(archived->store)});
    target.steps.push_back(takeMarkOff(Resource::VectorStores, archived->store.metadata));
    const QJsonArray files = toJson(archived->files);
    for (qsizetype at = 0; at < files.size(); at += can.filesPerBatch) {
        QJsonArray batch;
        for (qsizetype i = at; i < std::min<qsizetype>(files.size(), at + can.filesPerBatch); ++i)
            batch << files[i];
        target.steps.push_back({Act::AddStoreFiles, {}, {}, {{u"files"_s, batch}, {u"may_be_gone"_s, true}}});
    }
    target.steps.push_back({Act::AwaitStore, {}, {}, {{u"may_fail"_s, true}}});
    QStringList assistants;
    QStringList threads;
    QJsonArray from;
    for (const DoneStep &step : done.steps) {
        if (step.state != StepState::Finished || !step.result.value("was"_L1).toArray().contains(id))
            continue;
        from = {step.result.value("now"_L1).toString()};
        (step.step.act == Act::RepointAssistant ? assistants : threads) << step.step.object;
        target.steps.push_back(
            {step.step.act, step.step.object, {}, {{u"from"_s, from}, {u"to"_s, QString()}, {u"may_be_gone"_s, true}}});
    }
    plan.targets.push_back(std::move(target));
}

void undoConsolidation(Plan &plan, const DoneTarget &done, const UndoFacts &facts, const Capabilities &can)
{
    QStringList deleted;
    for (const DoneStep &step : done.steps)
        if (step.state == StepState::Finished && step.step.act == Act::DeleteStore)
            deleted << step.step.object;
    for (const QString &id : std::as_const(deleted))
        recreateStore(plan, done, id, facts, can);
    // Pointers to stores that are still there, because it was stopped before it deleted them, simply go back.
    PlanTarget back = like(done, done.target.id);
    back.messages.reset();
    back.why = UndoText::tr("point back to the stores as they were");
    for (const DoneStep &step : done.steps) {
        if (step.state != StepState::Finished)
            continue;
        for (const QJsonValue was : step.result.value("was"_L1).toArray())
            if (!deleted.contains(was.toString()))
                back.steps.push_back(
                    {step.step.act,
                     step.step.object,
                     {},
                     {{u"from"_s, QJsonArray{step.result.value("now"_L1)}}, {u"to"_s, was}, {u"may_be_gone"_s, true}}});
    }
    if (!back.steps.empty())
        plan.targets.push_back(std::move(back));
    // Whatever became of a request to add files: those that were not there before go out of the survivor again.
    const DoneStep *archived = done.done(Act::ArchiveStores);
    QStringList added;
    for (const DoneStep &step : done.steps)
        if (archived && step.step.act == Act::AddStoreFiles && !step.step.object.isEmpty())
            for (const QJsonValue file : step.step.body.value("files"_L1).toArray())
                added << file["file"_L1].toString();
    if (archived)
        for (const QJsonValue before : archived->result["store_files"_L1][done.target.id].toArray())
            added.removeAll(before.toString());
    if (!added.isEmpty()) {
        PlanTarget list = like(done, done.target.id);
        list.messages.reset();
        list.phase = 1; // when nobody needs them there any more
        list.why = UndoText::tr("take the %n file(s) out that were added", nullptr, int(added.size()));
        list.steps = {{Act::RemoveStoreFiles, done.target.id, {}, {{u"files"_s, QJsonArray::fromStringList(added)}}}};
        plan.targets.push_back(std::move(list));
    }
    if (!done.made.isEmpty()) {
        PlanTarget target = like(done, done.made);
        target.why = UndoText::tr("delete the merged store, which nothing points to then");
        target.messages.reset();
        target.phase = 1;
        QJsonArray assistants;
        QJsonArray threads;
        for (const DoneStep &step : done.steps)
            if (step.state == StepState::Finished && step.result.value("now"_L1) == done.made)
                (step.step.act == Act::RepointAssistant ? assistants : threads) << step.step.object;
        target.steps = {{Act::ArchiveStores, done.made, {}, {{u"stores"_s, QJsonArray{done.made}}}},
                        {Act::VerifyPointers,
                         done.made,
                         {},
                         {{u"from"_s, QJsonArray{done.made}}, {u"assistants"_s, assistants}, {u"threads"_s, threads}}},
                        {Act::DeleteStore, done.made, {}, {}}};
        plan.targets.push_back(std::move(target));
    }
}

void undoCleanup(Plan &plan, const DoneOperation &operation, const DoneTarget &done, const UndoFacts &facts,
                 const Capabilities &can)
{
    if (done.done(Act::DeleteThread)) {
        PlanTarget target = like(done, done.target.id);
        target.why =
            UndoText::tr("create it again, with its %n message(s)", nullptr, int(done.target.messages.value_or(0)));
        target.phase = 1; // after the stores it points to
        restoreThread(target, done, operation.archive, false);
        plan.targets.push_back(std::move(target));
    } else if (const DoneStep *deleted = done.done(Act::DeleteStore)) {
        recreateStore(plan, done, done.target.id, facts, can);
        PlanTarget &target = plan.targets.back();
        if (target.keptBack.isEmpty())
            for (const QJsonValue owner : deleted->step.body.value("owners"_L1).toArray())
                target.steps.push_back({Act::PointRestored, owner.toString(), {}, {}});
    } else if (done.done(Act::DeleteFile)) {
        PlanTarget target = like(done, done.target.id);
        target.keptBack = UndoText::tr("a deleted file cannot be uploaded again under its id; its content, where the "
                                       "server let it be read, is in the archive");
        plan.targets.push_back(std::move(target));
    }
}

} // namespace

Result<Plan> planUndo(const DoneOperation &operation, const UndoFacts &facts, const Capabilities &can)
{
    switch (operation.kind) {
    case OperationKind::CancelRuns:
        return fail(Error::Kind::Input, UndoText::tr("A cancelled run cannot be taken back; start a new one."));
    case OperationKind::Answer:
        return fail(Error::Kind::Input, UndoText::tr("Tool outputs that were submitted cannot be taken back."));
    case OperationKind::Archive:
        return fail(Error::Kind::Input, UndoText::tr("An archive changed nothing on the server."));
    case OperationKind::Undo:
        return fail(Error::Kind::Input, UndoText::tr("This took something back; do the operation again instead."));
    default:
        break;
    }
    Plan plan;
    plan.kind = OperationKind::Undo;
    plan.undoes = operation.key;
    for (const DoneTarget &done : operation.targets) {
        if (operation.kind == OperationKind::Rotate)
            undoRotation(plan, operation, done, facts);
        else if (operation.kind == OperationKind::Cleanup)
            undoCleanup(plan, operation, done, facts, can);
        else if (std::ranges::find(done.target.steps, Act::AwaitStore, &Step::act) ==
                 done.target.steps.end()) // an orphan
            undoCleanup(plan, operation, done, facts, can);
        else
            undoConsolidation(plan, done, facts, can);
    }
    const auto before =
        std::erase_if(plan.targets, [&](const PlanTarget &target) { return facts.takenBack.contains(target.id); });
    if (plan.targets.empty() && before > 0)
        return fail(Error::Kind::Input,
                    UndoText::tr("It was taken back already; what failed then can be tried again in Activity."));
    if (plan.targets.empty())
        return fail(Error::Kind::Input, UndoText::tr("It changed nothing that could be taken back."));
    plan.title = UndoText::tr("Take back: %1").arg(operation.title);
    plan.cannotComeBack = {UndoText::tr(
        "ids and times: what is created again has new ones; runs, steps and citations stay in the archive")};
    if (std::ranges::any_of(plan.targets, [](const PlanTarget &t) {
            return std::ranges::find(t.steps, Act::RestoreThread, &Step::act) != t.steps.end();
        }))
        plan.cannotComeBack << UndoText::tr("attachments and pictures whose file is gone: their messages come back "
                                            "without them, and the outcome says so");
    return plan;
}

} // namespace bobbin
