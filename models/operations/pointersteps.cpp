// SPDX-License-Identifier: GPL-3.0-or-later
// Who points to a store or uses a file: moved, read back, and asked once more before it is deleted.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/wire/requests.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct StoreStepText {
    Q_DECLARE_TR_FUNCTIONS(StoreSteps)
};

constexpr qint64 listingFreshMs = 5'000; // of the assistants, for all targets of an operation

Result<wire::Belongings> belongingsOf(const Objects &owner) // an assistant or a thread
{
    return wire::readBelongings(!owner.assistants.empty()    ? owner.assistants.front().raw
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
    const auto read = belongingsOf(*owner);
    if (!read)
        co_return failed(read.error());
    const QStringList from = strings(c.step.body.value("from"_L1));
    const QString to = targetStore(c);
    QStringList stores;
    QStringList was;
    for (const QString &id : read->vectorStoreIds) {
        if (from.contains(id))
            was << id;
        const QString now = from.contains(id) ? to : id;
        if (!stores.contains(now))
            stores << now;
    }
    if (was.isEmpty()) {
        // Moved before, and the answer was lost; or by somebody else.
        const bool moved = read->vectorStoreIds.contains(to);
        co_return finished(moved ? QJsonObject{{u"was"_s, QJsonArray::fromStringList(from)}, {u"now"_s, to}}
                                 : QJsonObject());
    }
    auto editing = editResources(resource, c.step.object, wire::toolResources(stores, read->fileIds));
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"was"_s, QJsonArray::fromStringList(was)}, {u"now"_s, to}});
}

QCoro::Task<Done> Executor::editResources(Resource resource, QString id, QJsonObject resources)
{
    const auto kind = resource == Resource::Assistants ? Change::Kind::EditAssistant : Change::Kind::EditThread;
    const Change edit{kind, id, {}, wire::compactBytes({{u"tool_resources"_s, resources}})};
    auto sending = send(edit);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return fail(answer.error());
    if (const Result<Objects> now = m_client.provider().readItem(resource, {}, *answer)) {
        auto storing = put(*now);
        std::ignore = co_await storing;
    }
    co_return Done();
}

QCoro::Task<Done> Executor::listAssistants(JobPtr run)
{
    if (nowMs() - run->assistantsAt < listingFreshMs)
        co_return Done();
    const qint64 begun = nowMs();
    const Parent nobody;
    Cursor cursor{{}, 100, true};
    while (true) {
        moment("before request");
        auto asking = m_client.page(Resource::Assistants, nobody, cursor, m_stop);
        const Result<Page> page = co_await asking;
        moment("after request");
        if (!page)
            co_return fail(page.error());
        if (page->objects.assistants.empty() || page->objects.assistants.back().id == cursor.after)
            break;
        cursor.after = page->objects.assistants.back().id;
        auto storing = put(page->objects);
        const Done stored = co_await storing;
        if (!stored)
            co_return stored;
        if (!page->hasMore)
            break;
    }
    run->assistantsAt = begun;
    co_return Done();
}

// Who was to be moved, and who else points there by now: all are asked themselves.
Executor::Answer Executor::verifyPointers(Context c)
{
    const QStringList from = strings(c.step.body.value("from"_L1));
    QStringList assistants = strings(c.step.body.value("assistants"_L1));
    QStringList threads = strings(c.step.body.value("threads"_L1));
    auto listing = listAssistants(c.run);
    const Done listed = co_await listing;
    if (!listed)
        co_return failed(listed.error());
    const auto query = [from](Reader &reader) { return reader.usersOf(from); };
    auto reading = m_store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    for (const auto &[resource, id] : *users) {
        QStringList *list = resource == Resource::Assistants ? &assistants
            : resource == Resource::Threads                  ? &threads
                                                             : nullptr;
        if (list && !list->contains(id))
            *list << id;
    }
    for (const auto &[resource, ids] :
         {std::pair(Resource::Assistants, assistants), std::pair(Resource::Threads, threads)})
        for (const QString &id : ids) {
            auto asking = get(resource, id);
            const Result<Objects> owner = co_await asking;
            if (!owner && owner.error().kind == Error::Kind::NotFound) {
                auto marking = setGone(resource, id);
                std::ignore = co_await marking;
                continue;
            }
            if (!owner)
                co_return failed(owner.error());
            auto storing = put(*owner); // who was moved before a crash is not known here as moved
            const Done stored = co_await storing;
            if (!stored)
                co_return failed(stored.error());
            const auto read = belongingsOf(*owner);
            if (!read)
                co_return failed(read.error());
            const QStringList points = read->vectorStoreIds + read->fileIds;
            for (const QString &used : points) {
                if (!from.contains(used))
                    continue;
                if (c.step.body.value("spare"_L1).toBool()) {
                    auto keeping = keepFor(c, id);
                    co_return co_await keeping;
                }
                Error error;
                error.kind = Error::Kind::Conflict;
                error.place = id;
                error.message = StoreStepText::tr("It still points to %1; nothing was deleted.").arg(used);
                co_return failed(error);
            }
        }
    co_return finished();
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
    const auto query = [id](Reader &reader) { return reader.usersOf({id}); };
    auto reading = m_store.read(query);
    const auto users = co_await reading;
    if (!users)
        co_return failed(users.error());
    if (!users->empty()) {
        auto keeping = keepFor(c, users->front().second);
        co_return co_await keeping;
    }
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
    const Change remove{store ? Change::Kind::DeleteStore : Change::Kind::DeleteFile, id, {}, {}};
    auto sending = send(remove);
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
