// SPDX-License-Identifier: GPL-3.0-or-later
// Threads made again from an archive.
#include "models/operations/executor.h"

#include "models/core/format.h"
#include "models/wire/requests.h"

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
    QJsonObject metadata; // as it was
    QStringList stores, files; // as they were
    std::vector<QJsonObject> messages;
    int leftOut = 0;
    QString refusedRole;
};

Result<Restored> readRestored(const QString &path, const QJsonObject &frame, const Capabilities &can)
{
    const Result<ArchivedFrame> archived = readArchived(path, frameFromJson(frame));
    if (!archived)
        return fail(archived.error());
    const Result<wire::Belongings> old = wire::readBelongings(archived->thread);
    if (!old)
        return fail(old.error());
    Restored restored;
    wire::Metadata metadata = old->metadata;
    metadata.remove(u"bobbin_step"_s);
    if (frame.value("unmark"_L1).toBool())
        metadata.remove(u"rotated_to"_s);
    restored.metadata = wire::toJson(metadata);
    restored.stores = old->vectorStoreIds;
    restored.files = old->fileIds;
    for (const QByteArray &raw : archived->messages) {
        const auto bodies = wire::messageBodies(raw, can.messageCharacters);
        if (!bodies || bodies->empty) {
            ++restored.leftOut;
            continue;
        }
        if (!bodies->refusedRole.isEmpty())
            restored.refusedRole = bodies->refusedRole;
        restored.messages.insert(restored.messages.end(), bodies->bodies.begin(), bodies->bodies.end());
    }
    return restored;
}

// The server refuses it as it stands; after all other errors it may be sent again.
bool refused(const Error &error)
{
    return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Rejected;
}

} // namespace

QCoro::Task<Result<QString>> Executor::addTolerantly(QString thread, QJsonObject message)
{
    const auto add = [this, thread](const QJsonObject &body) {
        return send(Change{Change::Kind::AddMessage, thread, {}, wire::compactBytes(body)});
    };
    auto sending = add(message);
    Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return QString();
    const Error error = answer.error();
    if (!refused(error))
        co_return fail(error);
    auto asking = goneOf(Resource::Files, wire::filesOf(message));
    const Result<QStringList> gone = co_await asking;
    if (!gone)
        co_return fail(gone.error());
    if (!gone->isEmpty()) {
        message = wire::withoutFiles(message, *gone);
        sending = add(message);
        answer = co_await sending;
        if (answer)
            co_return RestoreText::tr("a message without what is gone: %1").arg(gone->join(u", "_s));
    }
    // Nothing of one message may keep the others from coming back.
    const QJsonObject rest[] = {
        wire::textOnly(message),
        {{u"role"_s, message.value("role"_L1)}, {u"content"_s, RestoreText::tr("[a message the server refused]")}}};
    for (const QJsonObject &body : rest) {
        if (answer || !refused(answer.error()))
            break;
        sending = add(body);
        answer = co_await sending;
        if (answer)
            co_return (&body == rest ? RestoreText::tr("a message as text only, the server refused the rest: %1")
                                     : RestoreText::tr("a message the server refused became a note: %1"))
                .arg(error.message);
    }
    co_return fail(refused(answer.error()) ? error : answer.error());
}

// A vector store or file it pointed to, or that one of its messages refers to, may be gone: then without that.
Executor::Answer Executor::createTolerantly(Context c)
{
    auto creating = createThread(c);
    Outcome outcome = co_await creating;
    if (outcome.kind != Outcome::Kind::Failed || !refused(*outcome.error))
        co_return outcome;
    QJsonObject body = c.step.body;
    const QJsonValue resources = body.value("tool_resources"_L1);
    QStringList stores = strings(resources["file_search"_L1]["vector_store_ids"_L1]);
    QStringList files = strings(resources["code_interpreter"_L1]["file_ids"_L1]);
    QStringList used = files;
    for (const QJsonValue message : body.value("messages"_L1).toArray())
        used << wire::filesOf(message.toObject());
    used.removeDuplicates();
    auto askingStores = goneOf(Resource::VectorStores, stores);
    const Result<QStringList> goneStores = co_await askingStores;
    auto askingFiles = goneOf(Resource::Files, used);
    const Result<QStringList> goneFiles = co_await askingFiles;
    if (!goneStores || !goneFiles)
        co_return failed(goneStores ? goneFiles.error() : goneStores.error());
    const QStringList gone = *goneStores + *goneFiles;
    if (gone.isEmpty())
        co_return outcome;
    for (const QString &id : gone) {
        stores.removeAll(id);
        files.removeAll(id);
    }
    body.remove(u"tool_resources"_s);
    if (const QJsonObject left = wire::toolResources(stores, files); !left.isEmpty())
        body.insert(u"tool_resources"_s, left);
    QJsonArray messages;
    for (const QJsonValue message : body.value("messages"_L1).toArray())
        messages << wire::withoutFiles(message.toObject(), *goneFiles);
    if (!messages.isEmpty())
        body.insert(u"messages"_s, messages);
    c.step.body = body;
    auto again = createThread(c);
    outcome = co_await again;
    outcome.note = RestoreText::tr("without what is gone: %1").arg(gone.join(u", "_s));
    co_return outcome;
}

Result<QJsonObject> Executor::archivedMetadata(const Context &c) const
{
    const Result<Restored> restored =
        readRestored(archiveOf(c.step.body, m_store.path()), c.step.body, m_client.provider().capabilities());
    if (!restored)
        return fail(restored.error());
    return restored->metadata;
}

Executor::Answer Executor::restoreThread(Context c)
{
    const QString path = archiveOf(c.step.body, m_store.path());
    auto asking = m_sync.listsThreads(m_stop);
    const Result<bool> lists = co_await asking;
    if (!lists)
        co_return failed(lists.error());
    const Capabilities can = m_client.provider().capabilities();
    const Result<Restored> restored = readRestored(path, c.step.body, can);
    if (!restored)
        co_return failed(restored.error());
    const auto query = [key = c.run->operation.key, stores = restored->stores](Reader &reader) {
        return reader.madeBy(key, stores);
    };
    auto reading = m_store.read(query);
    const auto made = co_await reading;
    if (!made)
        co_return failed(made.error());
    QStringList stores;
    QStringList missing;
    for (const QString &id : restored->stores) {
        const QString now = made->value(id, id); // made by the same operation, just before
        (now.isEmpty() ? missing : stores) << (now.isEmpty() ? id : now);
    }
    QJsonObject body{{u"metadata"_s, restored->metadata}};
    if (const QJsonObject resources = wire::toolResources(stores, restored->files); !resources.isEmpty())
        body.insert(u"tool_resources"_s, resources);
    QJsonArray first;
    const int most = *lists ? can.messagesAtCreation : 0; // see findMade()
    for (int i = 0; i < std::min(most, int(restored->messages.size())); ++i)
        first << restored->messages[std::size_t(i)];
    if (!first.isEmpty())
        body.insert(u"messages"_s, first);
    c.step.body = body;
    auto creating = createTolerantly(c);
    Outcome outcome = co_await creating;
    if (outcome.kind == Outcome::Kind::Failed && refused(*outcome.error) && !first.isEmpty()) {
        c.step.body.remove(u"messages"_s); // one by one: whatever is wrong with one of them
        auto empty = createTolerantly(c);
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
    const auto read = wire::readBelongings(now->threads.empty() ? QByteArray() : now->threads.front().raw);
    if (!read)
        co_return failed(read.error());
    if (!read->vectorStoreIds.isEmpty()) // this one, or one of somebody's choice
        co_return finished();
    auto editing = editResources(Resource::Threads, thread, wire::toolResources({c.made}, read->fileIds));
    const Done edited = co_await editing;
    if (!edited)
        co_return failed(edited.error());
    co_return finished({{u"now"_s, c.made}}, thread);
}

// Goes on after as many as are there: nobody else knows the thread yet.
Executor::Answer Executor::restoreMessages(Context c)
{
    const Capabilities can = m_client.provider().capabilities();
    const Result<Restored> restored = readRestored(archiveOf(c.step.body, m_store.path()), c.step.body, can);
    if (!restored)
        co_return failed(restored.error());
    auto counting = countMessages(c.made);
    const Result<qint64> there = co_await counting;
    if (!there)
        co_return failed(there.error());
    QStringList notes;
    for (std::size_t i = std::size_t(*there); i < restored->messages.size(); ++i) {
        auto adding = addTolerantly(c.made, restored->messages[i]);
        const Result<QString> note = co_await adding;
        if (!note)
            co_return failed(note.error());
        if (!note->isEmpty())
            notes << *note;
    }
    co_return finished({}, notes.join(u"; "_s));
}

} // namespace bobbin
