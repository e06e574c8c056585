// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/archiving.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

OutcomeTask perform(Hands &hands, StepContext c)
{
    const QStringList stores = strings(c.step.body.value("stores"_L1));
    const QStringList files = strings(c.step.body.value("files"_L1));
    const QStringList assistants = strings(c.step.body.value("assistants"_L1));
    const QStringList threads = strings(c.step.body.value("threads"_L1));
    // As they are now: an undo puts this back.
    for (const QString &id : stores) {
        auto refreshing = hands.sync.refreshStore(id, hands.stop);
        const Done done = co_await refreshing;
        if (!done && done.error().kind != Error::Kind::NotFound)
            co_return failed(done.error());
    }
    for (const auto &[resource, ids] :
         {std::pair(Resource::Assistants, assistants), std::pair(Resource::Threads, threads)})
        for (const QString &id : ids) {
            auto asking = hands.get(resource, id);
            const Result<Objects> now = co_await asking;
            if (!now && now.error().kind != Error::Kind::NotFound)
                co_return failed(now.error());
            if (!now)
                continue;
            auto storing = hands.put(*now);
            const Done stored = co_await storing;
            if (!stored)
                co_return failed(stored.error());
        }
    const auto query = [stores, files, assistants, threads](Reader &reader) {
        return reader.storeContents(stores, files, assistants, threads);
    };
    auto reading = hands.store.read(query);
    const Result<StoreContents> contents = co_await reading;
    if (!contents)
        co_return failed(contents.error());
    StoreContents onlyFiles;
    onlyFiles.files = contents->files;
    auto fetching = fileContents(hands, c.job, onlyFiles);
    const auto content = co_await fetching;
    if (!content)
        co_return failed(content.error());
    const ArchiveFile::Frame lines = [stores = *contents, files = *content, from = origin(hands)] {
        return storeLines(stores, files, from);
    };
    auto appending = appended(c.job, lines);
    const Result<QJsonObject> frame = co_await appending;
    if (!frame)
        co_return failed(frame.error());
    QJsonObject result = *frame;
    QJsonObject held;
    for (const StoreContents::OneStore &store : contents->stores) {
        QJsonArray ids;
        for (const StoreFile &file : store.files)
            ids << file.id;
        held.insert(store.id, ids);
    }
    result.insert(u"store_files"_s, held);
    QStringList notes;
    for (const FileContent &file : *content)
        if (!file.problem.isEmpty())
            notes << ActText::tr("its content is not in the archive: %1").arg(file.problem);
    co_return finished(result, notes.join(u"; "_s));
}

} // namespace

const Handler acts::ArchiveStores{
    .act = Act::ArchiveStores,
    .text = QT_TRANSLATE_NOOP("Acts", "archive and verify"),
    .perform = perform,
    .archives = true,
};

} // namespace bobbin
