// SPDX-License-Identifier: GPL-3.0-or-later
// What others may point to: it is deleted only when nobody does.
#include "models/operations/acts/archiving.h"
#include "models/operations/acts/stores.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    const bool store = c.step.act == Act::DeleteStore;
    const Resource resource = store ? Resource::VectorStores : Resource::Files;
    const QString id = c.step.object;
    auto holding = archiveHolds(hands, c);
    const Done held = co_await holding;
    if (!held)
        co_return failed(held.error());
    if (store) {
        auto listing = filesIn(hands, id);
        const Result<QStringList> now = co_await listing;
        if (!now && now.error().kind != Error::Kind::NotFound)
            co_return failed(now.error());
        const QStringList archived = strings(c.archived.value("store_files"_L1).toObject().value(id));
        if (now && QSet<QString>(now->begin(), now->end()) != QSet<QString>(archived.begin(), archived.end())) {
            auto refreshing = hands.sync.refreshStore(id, hands.stop);
            std::ignore = co_await refreshing;
            co_return skip(ActText::tr("spared %1: its files changed since it was archived (%2 then, %3 now)")
                               .arg(id)
                               .arg(archived.size())
                               .arg(now->size()));
        }
    }
    // The last look, and nothing between it and the deletion that could be left out.
    auto looking = hands.lookAround(!store);
    const Done looked = co_await looking;
    if (!looked)
        co_return failed(looked.error());
    const auto query = [id](Reader &reader) { return reader.usersOf({id}); };
    auto reading = hands.store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    if (!users->empty()) {
        auto keeping = keepFor(hands, c, users->front().second);
        co_return co_await keeping;
    }
    const Change remove = store ? Change(change::DeleteStore{id}) : Change(change::DeleteFile{id});
    auto sending = hands.sendNow(remove);
    const Result<QByteArray> answer = co_await sending;
    if (!answer && answer.error().kind != Error::Kind::NotFound)
        co_return failed(answer.error());
    auto marking = hands.setGone(resource, id);
    const Done marked = co_await marking;
    if (!marked)
        co_return failed(marked.error());
    co_return finished();
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    return isGone(hands, c.step.act == Act::DeleteStore ? Resource::VectorStores : Resource::Files, c.step.object);
}

// Created again, with the files that are still there; who pointed to it points to it again.
void undoStore(UndoDraft &draft, const DoneStep &deleted)
{
    const QString id = deleted.step.object;
    const auto archived = draft.facts.stores.constFind(id);
    PlanTarget &target = draft.target(u"store "_s + id, id);
    target.resource = Resource::VectorStores;
    target.why = ActText::tr("create the store again, with the files that are still there");
    if (archived == draft.facts.stores.cend()) {
        target.keptBack = ActText::tr("it has no archive");
        return;
    }
    target.label = archived->store.name.isEmpty() ? id : archived->store.name;
    target.steps.push_back({Act::CreateStore, {}, {}, toJson(archived->store)});
    target.steps.push_back(takeMarkOff(Resource::VectorStores, archived->store.metadata));
    const QJsonArray files = toJson(archived->files);
    for (qsizetype at = 0; at < files.size(); at += draft.can.filesPerBatch) {
        QJsonArray batch;
        for (qsizetype i = at; i < std::min<qsizetype>(files.size(), at + draft.can.filesPerBatch); ++i)
            batch << files[i];
        target.steps.push_back({Act::AddStoreFiles, {}, {}, {{u"files"_s, batch}, {u"may_be_gone"_s, true}}});
    }
    target.steps.push_back({Act::AwaitStore, {}, {}, {{u"may_fail"_s, true}}});
    for (const DoneStep &step : draft.done->steps)
        if (step.state == StepState::Finished && strings(step.result.value("was"_L1)).contains(id))
            target.steps.push_back({step.step.act,
                                    step.step.object,
                                    {},
                                    {{u"from"_s, QJsonArray{step.result.value("now"_L1)}},
                                     {u"to"_s, QString()},
                                     {u"may_be_gone"_s, true}}});
    for (const QString &owner : strings(deleted.step.body.value("owners"_L1)))
        target.steps.push_back({Act::PointRestored, owner, {}, {}});
}

void undoFile(UndoDraft &draft, const DoneStep &deleted)
{
    draft.target(u"file"_s, deleted.step.object).keptBack =
        ActText::tr("a deleted file cannot be uploaded again under its id; its content, where the server let it be "
                    "read, is in the archive");
}

} // namespace

const Handler acts::DeleteStore{
    .act = Act::DeleteStore,
    .text = QT_TRANSLATE_NOOP("Acts", "ask who points to it, and delete it"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undoStore,
};

const Handler acts::DeleteFile{
    .act = Act::DeleteFile,
    .text = QT_TRANSLATE_NOOP("Acts", "ask who uses it, and delete it"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undoFile,
};

} // namespace bobbin
