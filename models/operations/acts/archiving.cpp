// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/archiving.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

constexpr qint64 largestContent = 32LL << 20; // bytes of a file that goes into an archive

QCoro::Task<Result<ThreadContents>> contentsOf(Hands &hands, QString threadId)
{
    const auto query = [threadId](Reader &reader) { return reader.threadContents(threadId); };
    auto reading = hands.store.read(query);
    Result<ThreadContents> contents = co_await reading;
    if (contents && contents->notWhole.isEmpty())
        co_return contents;
    if (!contents && contents.error().kind != Error::Kind::NotFound)
        co_return contents;
    auto refreshing = hands.sync.refresh(threadId, hands.stop);
    const Done refreshed = co_await refreshing;
    if (!refreshed)
        co_return fail(refreshed.error());
    reading = hands.store.read(query);
    contents = co_await reading;
    if (contents && !contents->notWhole.isEmpty())
        co_return fail(Error::Kind::Input,
                       ActText::tr("It is not archived and not touched: %1").arg(contents->notWhole), threadId);
    co_return contents;
}

} // namespace

ArchiveOrigin origin(const Hands &hands)
{
    return {hands.provider().id(), hands.client.connection().baseUrl, nowMs()};
}

QCoro::Task<Result<QJsonObject>> appended(JobPtr job, ArchiveFile::Frame frame)
{
    // A file of the person's choice: another one's archive is never written over.
    if (!job->archive && job->archived == 0 && QDir::isAbsolutePath(job->operation.archive) &&
        QFileInfo(job->archivePath).size() > 0)
        co_return fail(Error::Kind::Storage, u"there is a file of this name already: move it away"_s, job->archivePath);
    if (!job->archive)
        job->archive = std::make_unique<ArchiveFile>(job->archivePath, job->archived);
    auto appending = job->archive->append(std::move(frame));
    const Result<FrameRef> written = co_await appending;
    if (!written)
        co_return fail(written.error());
    co_return toJson(*written);
}

QCoro::Task<Result<std::vector<FileContent>>> fileContents(Hands &hands, JobPtr job, StoreContents referred)
{
    std::vector<FileContent> all;
    for (const auto &[id, raw] : referred.files) {
        FileContent content;
        content.id = id;
        const Result<Objects> file = hands.provider().readItem(Resource::Files, {}, raw);
        const File about = file && !file->files.empty() ? file->files.front() : File();
        if (about.bytes.value_or(0) > largestContent) {
            content.problem = u"larger than %1"_s.arg(format::bytes(largestContent));
        } else if (job->unreadable.contains(about.purpose)) {
            content.problem = u"the server does not give out files of purpose %1"_s.arg(about.purpose);
        } else {
            const Request request = hands.provider().fileContent(id);
            auto asking = hands.sendRequest(request);
            const Result<QByteArray> bytes = co_await asking;
            if (bytes)
                content.bytes = *bytes;
            else if (bytes.error().kind == Error::Kind::Rejected || bytes.error().kind == Error::Kind::Forbidden ||
                     bytes.error().kind == Error::Kind::NotFound)
                content.problem = errorText(bytes.error()).line();
            else
                co_return fail(bytes.error());
            // Servers refuse by purpose: asked once an operation.
            if (!bytes && bytes.error().kind != Error::Kind::NotFound && !about.purpose.isEmpty())
                job->unreadable.insert(about.purpose);
        }
        all.push_back(std::move(content));
    }
    co_return all;
}

QCoro::Task<Done> archiveHolds(Hands &hands, StepContext c)
{
    if (c.archiveSeen)
        co_return Done();
    if (c.archived.isEmpty())
        co_return fail(Error::Kind::Input, ActText::tr("It is not in the archive, so it is not deleted."),
                       c.step.object);
    const auto query = [path = c.job->archivePath, frame = frameFromJson(c.archived)](Reader &) {
        return readFrame(path, frame);
    };
    auto reading = hands.store.read(query, Store::Lane::Scan);
    const Result<QByteArray> lines = co_await reading;
    if (!lines)
        co_return fail(lines.error());
    co_return Done();
}

OutcomeTask archiveThread(Hands &hands, StepContext c)
{
    if (c.step.body.value("refresh"_L1).toBool()) {
        auto refreshing = hands.sync.refresh(c.step.object, hands.stop);
        const Done refreshed = co_await refreshing;
        if (!refreshed && refreshed.error().kind != Error::Kind::NotFound) // that one may be whole in the store
            co_return failed(refreshed.error());
    }
    auto reading = contentsOf(hands, c.step.object);
    const Result<ThreadContents> contents = co_await reading;
    if (!contents)
        co_return failed(contents.error());
    StoreContents referred;
    if (!contents->fileIds.isEmpty() || !contents->storeIds.isEmpty()) {
        const auto query = [stores = contents->storeIds, files = contents->fileIds](Reader &reader) {
            return reader.storeContents(stores, files, {}, {});
        };
        auto asking = hands.store.read(query);
        const auto found = co_await asking;
        if (!found)
            co_return failed(found.error());
        referred = *found;
    }
    auto fetching = fileContents(hands, c.job, referred);
    const auto files = co_await fetching;
    if (!files)
        co_return failed(files.error());
    const ArchiveFile::Frame lines = [thread = *contents, referred, content = *files, from = origin(hands)] {
        return threadLines(thread, referred, content, from);
    };
    auto appending = appended(c.job, lines);
    const Result<QJsonObject> frame = co_await appending;
    if (!frame)
        co_return failed(frame.error());
    QJsonObject result = *frame;
    result.insert(u"messages"_s, contents->messages.size());
    result.insert(u"runs"_s, contents->runs.size());
    result.insert(u"digest"_s, threadDigest(hands.store.provider(), contents->raw, contents->messages));
    const QString note = contents->row.gone && c.job->operation.kind == OperationKind::Archive
        ? ActText::tr("as it was last read: the server no longer has it")
        : QString();
    co_return finished(result, note);
}

} // namespace bobbin
