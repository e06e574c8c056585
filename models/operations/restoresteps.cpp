// SPDX-License-Identifier: GPL-3.0-or-later
// Threads made again from an archive.
#include "models/operations/executor.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDateTime>
#include <QDir>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct RestoreText {
    Q_DECLARE_TR_FUNCTIONS(RestoreSteps)
};

QString archiveOf(const QJsonObject &body, const QString &storePath)
{
    return QDir(Store::archiveFolder(storePath)).filePath(body.value("file"_L1).toString());
}

// What POST takes, oldest first.
struct Restored {
    NewThread thread; // as it was, with all its messages
    int leftOut = 0;
    QString refusedRole;
};

// An archive is in its own provider's dialect.
Result<Restored> readRestored(const QString &path, const QJsonObject &frame, const Provider &own)
{
    const Result<ArchivedFrame> archived = readArchived(path, frameFromJson(frame));
    if (!archived)
        return fail(archived.error());
    const Result<const Provider *> provider = providerOf(archived->origin, own);
    if (!provider)
        return fail(provider.error());
    Result<Belongings> old = (*provider)->readBelongings(archived->thread());
    if (!old)
        return fail(old.error());
    Restored restored;
    NewThread &thread = restored.thread;
    thread.resources = std::move(old->resources);
    thread.metadata = std::move(old->metadata);
    thread.metadata.remove(u"bobbin_step"_s);
    if (frame.value("unmark"_L1).toBool())
        thread.metadata.remove(u"rotated_to"_s);
    for (const QByteArray &raw : archived->messages()) {
        auto again = (*provider)->again(raw);
        if (!again || again->messages.empty()) {
            ++restored.leftOut;
            continue;
        }
        if (!again->refusedRole.isEmpty())
            restored.refusedRole = again->refusedRole;
        std::ranges::move(again->messages, std::back_inserter(thread.messages));
    }
    return restored;
}

// The server refuses it as it stands; after all other errors it may be sent again.
bool refused(const Error &error)
{
    return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Rejected;
}

} // namespace

QCoro::Task<Result<QString>> Executor::addTolerantly(QString thread, NewMessage message)
{
    const auto add = [this, thread](const NewMessage &one) { return send(change::AddMessage{thread, one}); };
    auto sending = add(message);
    Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return QString();
    const Error error = answer.error();
    if (!refused(error))
        co_return fail(error);
    auto asking = goneOf(Resource::Files, message.files());
    const Result<QStringList> gone = co_await asking;
    if (!gone)
        co_return fail(gone.error());
    if (!gone->isEmpty()) {
        message = message.without(*gone);
        sending = add(message);
        answer = co_await sending;
        if (answer)
            co_return RestoreText::tr("a message without what is gone: %1").arg(gone->join(u", "_s));
    }
    // Nothing of one message may keep the others from coming back.
    const NewMessage note{
        message.role, {{NewPart::Kind::Text, RestoreText::tr("[a message the server refused]"), {}}}, {}, {}};
    const NewMessage rest[] = {message.textOnly(), note};
    for (const NewMessage &one : rest) {
        if (answer || !refused(answer.error()))
            break;
        sending = add(one);
        answer = co_await sending;
        if (answer)
            co_return (&one == rest ? RestoreText::tr("a message as text only, the server refused the rest: %1")
                                    : RestoreText::tr("a message the server refused became a note: %1"))
                .arg(error.message);
    }
    co_return fail(refused(answer.error()) ? error : answer.error());
}

// A vector store or file it pointed to, or that one of its messages refers to, may be gone: then without that.
Executor::Answer Executor::createTolerantly(Context c, NewThread thread)
{
    auto creating = createThread(c, thread);
    Outcome outcome = co_await creating;
    if (outcome.kind != Outcome::Kind::Failed || !refused(*outcome.error))
        co_return outcome;
    QStringList used = thread.resources.fileIds;
    for (const NewMessage &message : thread.messages)
        used << message.files();
    used.removeDuplicates();
    auto askingStores = goneOf(Resource::VectorStores, thread.resources.vectorStoreIds);
    const Result<QStringList> goneStores = co_await askingStores;
    auto askingFiles = goneOf(Resource::Files, used);
    const Result<QStringList> goneFiles = co_await askingFiles;
    if (!goneStores || !goneFiles)
        co_return failed(goneStores ? goneFiles.error() : goneStores.error());
    const QStringList gone = *goneStores + *goneFiles;
    if (gone.isEmpty())
        co_return outcome;
    for (const QString &id : gone) {
        thread.resources.vectorStoreIds.removeAll(id);
        thread.resources.fileIds.removeAll(id);
    }
    for (NewMessage &message : thread.messages)
        message = message.without(*goneFiles);
    auto again = createThread(c, thread);
    outcome = co_await again;
    outcome.note = RestoreText::tr("without what is gone: %1").arg(gone.join(u", "_s));
    co_return outcome;
}

Result<Metadata> Executor::archivedMetadata(const Context &c) const
{
    Result<Restored> restored = readRestored(archiveOf(c.step.body, m_store.path()), c.step.body, m_store.provider());
    if (!restored)
        return fail(restored.error());
    return std::move(restored->thread.metadata);
}

Executor::Answer Executor::restoreThread(Context c)
{
    const QString path = archiveOf(c.step.body, m_store.path());
    auto asking = m_sync.listsThreads(m_stop);
    const Result<bool> lists = co_await asking;
    if (!lists)
        co_return failed(lists.error());
    const Result<Restored> restored = readRestored(path, c.step.body, m_store.provider());
    if (!restored)
        co_return failed(restored.error());
    NewThread thread = restored->thread;
    const auto query = [key = c.run->operation.key, stores = thread.resources.vectorStoreIds](Reader &reader) {
        return reader.madeBy(key, stores);
    };
    auto reading = m_store.read(query);
    const auto made = co_await reading;
    if (!made)
        co_return failed(made.error());
    QStringList stores;
    QStringList missing;
    for (const QString &id : thread.resources.vectorStoreIds) {
        const QString now = made->value(id, id); // made by the same operation, just before
        (now.isEmpty() ? missing : stores) << (now.isEmpty() ? id : now);
    }
    thread.resources.vectorStoreIds = stores;
    const int most = *lists ? m_client.provider().capabilities().messagesAtCreation : 0; // see findMade()
    thread.messages.resize(std::min(thread.messages.size(), std::size_t(most)));
    auto creating = createTolerantly(c, thread);
    Outcome outcome = co_await creating;
    if (outcome.kind == Outcome::Kind::Failed && refused(*outcome.error) && !thread.messages.empty()) {
        thread.messages.clear(); // one by one: whatever is wrong with one of them
        auto empty = createTolerantly(c, thread);
        outcome = co_await empty;
    }
    if (outcome.kind != Outcome::Kind::Finished)
        co_return outcome;
    QStringList notes{RestoreText::tr("created again as %1").arg(outcome.result.value("id"_L1).toString())};
    if (!outcome.note.isEmpty())
        notes << outcome.note;
    if (!missing.isEmpty())
        notes << RestoreText::tr("without %1, which was not made again yet").arg(missing.join(u", "_s));
    if (restored->leftOut > 0)
        notes << RestoreText::tr("%n empty message(s) left out", nullptr, restored->leftOut);
    if (!restored->refusedRole.isEmpty())
        notes << RestoreText::tr("messages of the role \"%1\" became the user's").arg(restored->refusedRole);
    outcome.note = notes.join(u"; "_s);
    co_return outcome;
}

QCoro::Task<Result<QStringList>> Executor::goneOf(Resource resource, QStringList ids)
{
    QStringList gone;
    for (const QString &id : std::as_const(ids)) {
        auto asking = get(resource, id);
        const Result<Objects> found = co_await asking;
        if (!found && found.error().kind != Error::Kind::NotFound)
            co_return fail(found.error());
        if (!found)
            gone << id;
    }
    co_return gone;
}

// Its store failed at first, and the thread was made without it.
Executor::Answer Executor::pointRestored(Context c)
{
    const QString old = c.step.object;
    const auto query = [key = c.run->operation.key, old](Reader &reader) { return reader.madeBy(key, {old}); };
    auto reading = m_store.read(query);
    const auto made = co_await reading;
    if (!made)
        co_return failed(made.error());
    const QString thread = made->value(old);
    if (thread.isEmpty())
        co_return finished(); // it will be made with the store
    auto asking = get(Resource::Threads, thread);
    const Result<Objects> now = co_await asking;
    if (!now && now.error().kind == Error::Kind::NotFound)
        co_return finished({}, RestoreText::tr("%1 is gone").arg(thread));
    if (!now)
        co_return failed(now.error());
    const auto read =
        m_client.provider().readBelongings(now->threads.empty() ? QByteArray() : now->threads.front().raw);
    if (!read)
        co_return failed(read.error());
    ToolResources resources = read->resources;
    if (!resources.vectorStoreIds.isEmpty()) // this one, or one of somebody's choice
        co_return finished();
    resources.vectorStoreIds << c.made;
    auto editing = editResources(Resource::Threads, thread, resources);
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"now"_s, c.made}}, thread);
}

// Goes on after as many as are there: nobody else knows the thread yet.
Executor::Answer Executor::restoreMessages(Context c)
{
    const Result<Restored> restored =
        readRestored(archiveOf(c.step.body, m_store.path()), c.step.body, m_store.provider());
    if (!restored)
        co_return failed(restored.error());
    auto counting = countMessages(c.made);
    const Result<qint64> there = co_await counting;
    if (!there)
        co_return failed(there.error());
    QStringList notes;
    for (std::size_t i = std::size_t(*there); i < restored->thread.messages.size(); ++i) {
        auto adding = addTolerantly(c.made, restored->thread.messages[i]);
        const Result<QString> note = co_await adding;
        if (!note)
            co_return failed(note.error());
        if (!note->isEmpty())
            notes << *note;
    }
    co_return finished({}, notes.join(u"; "_s));
}

} // namespace bobbin
