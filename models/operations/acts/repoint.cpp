// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/stores.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

Resource ownerOf(Act act)
{
    return act == Act::RepointAssistant ? Resource::Assistants : Resource::Threads;
}

OutcomeTask perform(Hands &hands, StepContext c)
{
    const Resource resource = ownerOf(c.step.act);
    auto asking = hands.belongings(resource, c.step.object);
    const Result<Belongings> read = co_await asking;
    if (!read && read.error().kind == Error::Kind::NotFound)
        co_return finished({}, ActText::tr("%1 is gone").arg(c.step.object));
    if (!read)
        co_return failed(read.error());
    const QStringList from = strings(c.step.body.value("from"_L1));
    const QString to = targetStore(c);
    QStringList stores;
    QStringList was;
    for (const QString &id : read->resources.vectorStoreIds) {
        if (from.contains(id))
            was << id;
        const QString now = from.contains(id) ? to : id;
        if (!stores.contains(now))
            stores << now;
    }
    const bool isFirst = from.isEmpty() && read->resources.vectorStoreIds.isEmpty();
    if (isFirst)
        stores << to;
    else if (from.isEmpty() && !stores.contains(to))
        co_return failed(Error::Kind::Conflict, ActText::tr("It has another vector store by now."), c.step.object);
    if (was.isEmpty() && !isFirst) {
        // Moved before, and the answer was lost; or by somebody else.
        const bool moved = read->resources.vectorStoreIds.contains(to);
        co_return finished(moved ? QJsonObject{{u"was"_s, QJsonArray::fromStringList(from)}, {u"now"_s, to}}
                                 : QJsonObject());
    }
    ToolResources resources = read->resources;
    resources.vectorStoreIds = stores;
    const Change pointing = resource == Resource::Assistants ? Change(change::EditAssistant{c.step.object, resources})
                                                             : Change(change::EditThread{c.step.object, {}, resources});
    auto editing = hands.edit(resource, pointing);
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"was"_s, QJsonArray::fromStringList(was)}, {u"now"_s, to}});
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    auto asking = hands.get(ownerOf(c.step.act), c.step.object);
    const Result<Objects> owner = co_await asking;
    if (!owner && owner.error().kind != Error::Kind::NotFound)
        co_return failed(owner.error());
    const QStringList points = !owner ? QStringList()
        : !owner->assistants.empty()  ? owner->assistants.front().vectorStoreIds
        : !owner->threads.empty()     ? owner->threads.front().vectorStoreIds
                                      : QStringList();
    const QString to = targetStore(c);
    co_return points.contains(to) ? finished({{u"was"_s, c.step.body.value("from"_L1)}, {u"now"_s, to}}) : notDone();
}

// Pointers to stores that are still there, because it was stopped before it deleted them, simply go back. Those that
// were deleted take their pointers along when they are made again.
void undo(UndoDraft &draft, const DoneStep &step)
{
    const auto deleted = [&](const QString &store) {
        return std::ranges::any_of(draft.done->steps, [&](const DoneStep &s) {
            return s.step.act == Act::DeleteStore && s.state == StepState::Finished && s.step.object == store;
        });
    };
    for (const QString &was : strings(step.result.value("was"_L1))) {
        if (deleted(was))
            continue;
        PlanTarget &target = draft.target(u"pointers"_s, draft.done->target.id);
        target.why = ActText::tr("point back to the stores as they were");
        target.steps.push_back(
            {step.step.act,
             step.step.object,
             {},
             {{u"from"_s, QJsonArray{step.result.value("now"_L1)}}, {u"to"_s, was}, {u"may_be_gone"_s, true}}});
    }
}

} // namespace

const Handler acts::RepointAssistant{
    .act = Act::RepointAssistant,
    .text = QT_TRANSLATE_NOOP("Acts", "re-point assistant"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undo,
};

const Handler acts::RepointThread{
    .act = Act::RepointThread,
    .text = QT_TRANSLATE_NOOP("Acts", "re-point thread"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undo,
};

} // namespace bobbin
