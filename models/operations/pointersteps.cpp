// SPDX-License-Identifier: GPL-3.0-or-later
// Who points to a store or uses a file: moved, read back, and asked once more before it is deleted.
#include "models/operations/executor.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct StoreStepText {
    Q_DECLARE_TR_FUNCTIONS(StoreSteps)
};

Result<Belongings> belongingsOf(const Provider &provider, const Objects &owner) // an assistant or a thread
{
    return provider.readBelongings(!owner.assistants.empty()    ? owner.assistants.front().raw
                                       : !owner.threads.empty() ? owner.threads.front().raw
                                                                : QByteArray());
}

} // namespace

Executor::Answer Executor::repoint(Context c)
{
    const Resource resource = c.step.act == Act::RepointAssistant ? Resource::Assistants : Resource::Threads;
    auto asking = get(resource, c.step.object);
    const Result<Objects> owner = co_await asking;
    if (!owner && owner.error().kind == Error::Kind::NotFound)
        co_return finished({}, StoreStepText::tr("%1 is gone").arg(c.step.object));
    if (!owner)
        co_return failed(owner.error());
    const auto read = belongingsOf(m_client.provider(), *owner);
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
    if (was.isEmpty()) {
        // Moved before, and the answer was lost; or by somebody else.
        const bool moved = read->resources.vectorStoreIds.contains(to);
        co_return finished(moved ? QJsonObject{{u"was"_s, QJsonArray::fromStringList(from)}, {u"now"_s, to}}
                                 : QJsonObject());
    }
    ToolResources resources = read->resources;
    resources.vectorStoreIds = stores;
    auto editing = editResources(resource, c.step.object, resources);
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"was"_s, QJsonArray::fromStringList(was)}, {u"now"_s, to}});
}

QCoro::Task<Done> Executor::editResources(Resource resource, QString id, ToolResources resources)
{
    const Change pointing = resource == Resource::Assistants ? Change(change::EditAssistant{id, resources})
                                                             : Change(change::EditThread{id, {}, resources});
    auto editing = edit(resource, pointing);
    co_return co_await editing;
}

QCoro::Task<Done> Executor::lookAround(bool files)
{
    if (!m_around) {
        m_around = std::make_shared<Around>();
        m_around->promise.start();
        m_around->done = m_around->promise.future();
    }
    const std::shared_ptr<Around> mine = m_around;
    mine->files = mine->files || files;
    if (!m_lookingAround)
        lookAroundNext();
    co_return co_await mine->done;
}

QCoro::Task<> Executor::lookAroundNext()
{
    m_lookingAround = true;
    while (m_around) {
        const std::shared_ptr<Around> now = std::exchange(m_around, nullptr);
        moment("before request");
        auto looking = m_sync.lookAround(now->files, m_stop);
        const Done done = co_await looking;
        moment("after request");
        now->promise.addResult(done);
        now->promise.finish();
    }
    m_lookingAround = false;
}

// Nobody points to what is going to be deleted, whoever they are.
Executor::Answer Executor::verifyPointers(Context c)
{
    const QStringList from = strings(c.step.body.value("from"_L1));
    auto looking = lookAround(false);
    const Done looked = co_await looking;
    if (!looked)
        co_return failed(looked.error());
    const auto query = [from](Reader &reader) { return reader.usersOf(from); };
    auto reading = m_store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    if (users->empty())
        co_return finished();
    const QString user = users->front().second;
    if (c.step.body.value("spare"_L1).toBool()) {
        auto keeping = keepFor(c, user);
        co_return co_await keeping;
    }
    Error error;
    error.kind = Error::Kind::Conflict;
    error.place = user;
    error.message = StoreStepText::tr("%1 still points to what was to be deleted; nothing was deleted.").arg(user);
    co_return failed(error);
}

Executor::Answer Executor::keepFor(Context c, QString user)
{
    const auto query = [key = c.run->operation.key](Reader &reader) {
        return reader.targets(key, {TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = m_store.read(query);
    const auto targets = co_await reading;
    if (!targets)
        co_return failed(targets.error());
    // This operation could not delete the user, and may yet: tried again, it goes, and this with it.
    for (const DoneTarget &target : *targets)
        if (target.target.id == user) {
            Error error;
            error.kind = Error::Kind::Conflict;
            error.message = StoreStepText::tr("kept: %1 could not be deleted").arg(user);
            co_return failed(error);
        }
    co_return skip(StoreStepText::tr("kept: %1 uses it").arg(user));
}

Executor::Answer Executor::deleteOwned(Context c)
{
    const bool store = c.step.act == Act::DeleteStore;
    const Resource resource = store ? Resource::VectorStores : Resource::Files;
    const QString id = c.step.object;
    auto holding = archiveHolds(c);
    const Done held = co_await holding;
    if (!held)
        co_return failed(held.error());
    if (store) {
        auto listing = filesIn(id);
        const Result<QStringList> now = co_await listing;
        if (!now && now.error().kind != Error::Kind::NotFound)
            co_return failed(now.error());
        const QStringList archived = strings(c.archived.value("store_files"_L1).toObject().value(id));
        if (now && QSet<QString>(now->begin(), now->end()) != QSet<QString>(archived.begin(), archived.end())) {
            auto refreshing = m_sync.refreshStore(id, m_stop);
            std::ignore = co_await refreshing;
            co_return skip(StoreStepText::tr("spared %1: its files changed since it was archived (%2 then, %3 now)")
                               .arg(id)
                               .arg(archived.size())
                               .arg(now->size()));
        }
    }
    // The last look, and nothing between it and the deletion that could be left out.
    auto looking = lookAround(!store);
    const Done looked = co_await looking;
    if (!looked)
        co_return failed(looked.error());
    const auto query = [id](Reader &reader) { return reader.usersOf({id}); };
    auto reading = m_store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    if (!users->empty()) {
        auto keeping = keepFor(c, users->front().second);
        co_return co_await keeping;
    }
    const Change remove = store ? Change(change::DeleteStore{id}) : Change(change::DeleteFile{id});
    auto sending = sendNow(remove);
    const Result<QByteArray> answer = co_await sending;
    if (!answer && answer.error().kind != Error::Kind::NotFound)
        co_return failed(answer.error());
    auto marking = setGone(resource, id);
    const Done marked = co_await marking;
    if (!marked)
        co_return failed(marked.error());
    co_return finished();
}

} // namespace bobbin
