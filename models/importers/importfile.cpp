// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importers/importfile.h"

#include "models/importers/archiveimporter.h"

#include <QFile>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 headSize = 4'096; // bytes

Done write(Store &store, const Imported &part)
{
    std::vector<std::pair<QString, QString>> bare; // thread, run: without steps, for good
    QSet<std::pair<QString, QString>> withSteps;
    for (const RunStep &step : part.objects->steps)
        withSteps.insert({step.threadId, step.runId});
    for (const Run &run : part.objects->runs)
        if (store.provider().capabilities().steps && !withSteps.contains({run.threadId, run.id}))
            bare.emplace_back(run.threadId, run.id);
    auto written = store.write([part, bare](Writer &writer) {
        writer.write(*part.objects);
        for (const auto &[thread, run] : bare)
            writer.putSteps(thread, run, {});
        for (const QString &thread : part.whole)
            writer.threadSynced(thread, {part.asOf, {}, false, false});
    });
    return written.result();
}

} // namespace

std::vector<const Importer *> allImporters()
{
    static const ArchiveImporter archives;
    return {&archives};
}

Result<const Importer *> importerFor(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Storage, file.errorString(), path);
    const QByteArray head = file.peek(headSize);
    QStringList names;
    for (const Importer *importer : allImporters()) {
        if (importer->recognises(head))
            return importer;
        names << importer->name();
    }
    return fail(Error::Kind::Archive, u"this is none of the files that Bobbin reads: %1"_s.arg(names.join(u", "_s)),
                path);
}

Result<ContentCount> importFile(const QString &path, Store &store)
{
    const auto importer = importerFor(path);
    if (!importer)
        return fail(importer.error());
    return (*importer)->read(path, store.provider(), [&store](const Imported &part) { return write(store, part); });
}

Result<ImportedStore> importIntoStore(const QString &path, const QString &storeFile,
                                      std::shared_ptr<const PriceTable> prices)
{
    const auto importer = importerFor(path);
    if (!importer)
        return fail(importer.error());
    const auto provider = (*importer)->provider(path);
    if (!provider)
        return fail(provider.error());
    const auto store = Store::open(storeFile, *provider, std::move(prices)).result();
    if (!store)
        return fail(store.error());
    const auto count = importFile(path, **store);
    if (!count)
        return fail(count.error());
    return ImportedStore{*store, *count};
}

} // namespace bobbin
