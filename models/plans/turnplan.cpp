// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/turnplan.h"

#include "models/plans/neutraljson.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct TurnText {
    Q_DECLARE_TR_FUNCTIONS(TurnPlan)
};

NewMessage messageOf(const NewTurn &turn)
{
    NewMessage message;
    message.role = u"user"_s;
    message.parts = {{NewPart::Kind::Text, turn.text, {}}};
    const QString file = turn.upload ? u"{file}"_s : turn.file;
    if (!file.isEmpty())
        message.attachments = {{file, {u"file_search"_s}}};
    return message;
}

} // namespace

Plan planTurn(const NewTurn &turn)
{
    Plan plan;
    plan.kind = OperationKind::Turn;
    plan.title =
        turn.text.isEmpty() ? TurnText::tr("Run again: %1").arg(turn.label) : TurnText::tr("Turn: %1").arg(turn.label);
    PlanTarget target;
    const bool isNew = turn.thread.isEmpty();
    target.id = isNew ? turn.assistant : turn.thread;
    target.resource = isNew ? Resource::Assistants : Resource::Threads;
    target.label = turn.label;
    if (turn.upload)
        target.steps.push_back(
            {Act::UploadFile,
             {},
             {},
             {{u"path"_s, turn.upload->path}, {u"name"_s, turn.upload->name}, {u"bytes"_s, turn.upload->bytes}}});
    if (isNew) {
        NewThread thread;
        if (!turn.store.isEmpty())
            thread.resources.vectorStoreIds = {turn.store};
        target.steps.push_back({Act::CreateThread, {}, {}, toJson(thread)});
    } else if (!turn.store.isEmpty()) {
        target.steps.push_back(
            {Act::RepointThread, turn.thread, {}, {{u"from"_s, QJsonArray()}, {u"to"_s, turn.store}}});
    }
    if (!turn.text.isEmpty())
        target.steps.push_back(
            {Act::AddMessage,
             turn.thread,
             {},
             {{u"message"_s, toJson(messageOf(turn))}, {u"before"_s, turn.messages}, {u"as_is"_s, true}}});
    target.steps.push_back(
        {Act::StartRun, turn.thread, {}, {{u"assistant"_s, turn.assistant}, {u"model"_s, turn.model}}});
    if (isNew)
        target.steps.push_back(takeMarkOff(Resource::Threads, {}));
    plan.targets.push_back(std::move(target));
    plan.cannotComeBack = {TurnText::tr("what was sent, and what its run costs")};
    return plan;
}

} // namespace bobbin
