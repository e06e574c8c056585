// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"
#include "models/operations/undodraft.h"

#include <QCoreApplication>

#include <algorithm>
#include <ranges>

namespace bobbin {

namespace {

struct UndoText {
    Q_DECLARE_TR_FUNCTIONS(UndoPlan)
};

} // namespace

PlanTarget &UndoDraft::target(const QString &purpose, const QString &id)
{
    const auto known = m_places.constFind(purpose);
    if (known != m_places.cend())
        return plan.targets[*known];
    m_places.insert(purpose, plan.targets.size());
    PlanTarget made;
    made.id = id;
    made.resource = done->target.resource;
    made.label = done->target.label;
    plan.targets.push_back(std::move(made));
    return plan.targets.back();
}

void UndoDraft::next(const DoneTarget &target)
{
    done = &target;
    m_places.clear();
}

Result<Plan> planUndo(const DoneOperation &operation, const UndoFacts &facts, const Capabilities &can)
{
    switch (operation.kind) {
    case OperationKind::CancelRuns:
        return fail(Error::Kind::Input, UndoText::tr("A cancelled run cannot be taken back; start a new one."));
    case OperationKind::Answer:
        return fail(Error::Kind::Input, UndoText::tr("Tool outputs that were submitted cannot be taken back."));
    case OperationKind::Turn:
        return fail(Error::Kind::Input, UndoText::tr("A message that was sent and read cannot be taken back."));
    case OperationKind::Archive:
        return fail(Error::Kind::Input, UndoText::tr("An archive changed nothing on the server."));
    case OperationKind::Undo:
        return fail(Error::Kind::Input, UndoText::tr("This took something back; do the operation again instead."));
    default:
        break;
    }
    UndoDraft draft(operation, facts, can);
    Plan &plan = draft.plan;
    plan.kind = OperationKind::Undo;
    plan.undoes = operation.key;
    for (const DoneTarget &done : operation.targets) {
        draft.next(done);
        for (const DoneStep &step : std::views::reverse(done.steps)) {
            const Handler &handler = handlerOf(step.step.act);
            if (handler.undo && (step.state == StepState::Finished || handler.undoesUnsure))
                handler.undo(draft, step);
        }
    }
    const auto empty = [](const PlanTarget &target) { return target.steps.empty() && target.keptBack.isEmpty(); };
    std::erase_if(plan.targets, empty);
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
