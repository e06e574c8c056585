// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/restoring.h"

#include "models/operations/acts/marks.h"

#include <QCoreApplication>
#include <QDir>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask createThread(Hands &hands, StepContext c, NewThread thread)
{
    thread.metadata = marked(thread.metadata, c, hands.provider());
    const Change create = change::CreateThread{thread};
    auto sending = hands.send(create);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return failed(answer.error());
    const Result<Objects> made = hands.provider().readItem(Resource::Threads, {}, *answer);
    if (!made || made->threads.empty())
        co_return failed(Error::Kind::Decode, u"the answer has no id"_s, u"POST /threads"_s);
    co_return finished({{u"id"_s, made->threads.front().id}});
}

} // namespace

// An archive is in its own provider's dialect.
Result<ArchivedThread> archivedThread(const Hands &hands, const QJsonObject &frame)
{
    const QString path = QDir(Store::archiveFolder(hands.store.path())).filePath(frame.value("file"_L1).toString());
    const Result<ArchivedFrame> archived = readArchived(path, frameFromJson(frame));
    if (!archived)
        return fail(archived.error());
    const Result<const Provider *> provider = providerOf(archived->origin, hands.store.provider());
    if (!provider)
        return fail(provider.error());
    Result<Belongings> old = (*provider)->readBelongings(archived->thread());
    if (!old)
        return fail(old.error());
    ArchivedThread restored;
    NewThread &thread = restored.thread;
    thread.resources = std::move(old->resources);
    thread.metadata = std::move(old->metadata);
    thread.metadata.remove(markKey);
    if (frame.value("unmark"_L1).toBool())
        thread.metadata.remove(u"rotated_to"_s);
    for (const QByteArray &raw : archived->messages()) {
        if (const auto read = (*provider)->readMessage(raw); read && read->status == "removed"_L1)
            continue; // it was not in it any more
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

QString secretsLeftOut()
{
    return ActText::tr("without the headers of its MCP servers: they are secrets, which are not kept; set them again");
}

bool refused(const Error &error)
{
    return error.kind == Error::Kind::NotFound || error.kind == Error::Kind::Rejected;
}

QCoro::Task<Result<QString>> addTolerantly(Hands &hands, QString thread, NewMessage message)
{
    const auto add = [&hands, thread](const NewMessage &one) { return hands.send(change::AddMessage{thread, one}); };
    auto sending = add(message);
    Result<QByteArray> answer = co_await sending;
    if (answer)
        co_return QString();
    const Error error = answer.error();
    if (!refused(error))
        co_return fail(error);
    auto asking = hands.goneOf(Resource::Files, message.files());
    const Result<QStringList> gone = co_await asking;
    if (!gone)
        co_return fail(gone.error());
    if (!gone->isEmpty()) {
        message = message.without(*gone);
        sending = add(message);
        answer = co_await sending;
        if (answer)
            co_return ActText::tr("a message without what is gone: %1").arg(gone->join(u", "_s));
    }
    // Nothing of one message may keep the others from coming back.
    const NewMessage note{
        message.role, {{NewPart::Kind::Text, ActText::tr("[a message the server refused]"), {}}}, {}, {}};
    const NewMessage rest[] = {message.textOnly(), note};
    for (const NewMessage &one : rest) {
        if (answer || !refused(answer.error()))
            break;
        sending = add(one);
        answer = co_await sending;
        if (answer)
            co_return (&one == rest ? ActText::tr("a message as text only, the server refused the rest: %1")
                                    : ActText::tr("a message the server refused became a note: %1"))
                .arg(error.message);
    }
    co_return fail(refused(answer.error()) ? error : answer.error());
}

// A vector store or file it pointed to, or that one of its messages refers to, may be gone: then without that.
OutcomeTask createTolerantly(Hands &hands, StepContext c, NewThread thread)
{
    auto creating = createThread(hands, c, thread);
    Outcome outcome = co_await creating;
    if (outcome.kind != Outcome::Kind::Failed || !refused(*outcome.error))
        co_return outcome;
    QStringList used = thread.resources.fileIds;
    for (const NewMessage &message : thread.messages)
        used << message.files();
    used.removeDuplicates();
    auto askingStores = hands.goneOf(Resource::VectorStores, thread.resources.vectorStoreIds);
    const Result<QStringList> goneStores = co_await askingStores;
    auto askingFiles = hands.goneOf(Resource::Files, used);
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
    auto again = createThread(hands, c, thread);
    outcome = co_await again;
    outcome.note = ActText::tr("without what is gone: %1").arg(gone.join(u", "_s));
    co_return outcome;
}

QCoro::Task<Result<qint64>> countMessages(Hands &hands, QString thread)
{
    ListRef ref{Resource::Messages};
    ref.parent.thread = thread;
    qint64 count = 0;
    const auto add = [&count](const Page &page) {
        count += qint64(page.objects.messages.size());
        return !page.objects.messages.empty();
    };
    auto reading = hands.eachPage(ref, add);
    const Done done = co_await reading;
    if (!done)
        co_return fail(done.error());
    co_return count;
}

} // namespace bobbin
