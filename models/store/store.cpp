// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store.h"

#include "models/core/privatefiles.h"
#include "models/providers/registry.h"
#include "models/store/derive.h"
#include "models/store/schema.h"

#include <QDir>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QFuture<Result<std::shared_ptr<Store>>> Store::open(const QString &path, const Provider *provider,
                                                    std::shared_ptr<const PriceTable> prices)
{
    auto writeWorker = std::make_unique<Worker>(u"store-write"_s);
    auto *worker = writeWorker.get();
    // The store is built where it is going to write; the last owner may be any thread.
    auto built = std::shared_ptr<Store>(new Store);
    built->m_writeWorker = std::move(writeWorker);
    built->m_path = path;
    built->m_provider = provider;
    return worker->run([built, prices]() -> Result<std::shared_ptr<Store>> {
        const QString &file = built->m_path;
        if (const Done made = makePrivateFolder(QFileInfo(file).absolutePath()); !made)
            return fail(made.error());
        const QString archives = archiveFolder(file);
        if (QFileInfo::exists(archives)) {
            if (const Done made = makePrivateFolder(archives, true); !made)
                return fail(made.error());
            for (const QFileInfo &archive : QDir(archives).entryInfoList(QDir::Files))
                if (const Done made = makePrivateFile(archive.filePath()); !made)
                    return fail(made.error());
        }
        auto database = Database::open(file, Database::Mode::ReadWrite);
        if (!database)
            return fail(database.error());
        built->m_writeDatabase = std::move(*database);
        for (const auto &prepare : {tune, migrate})
            if (Done done = prepare(*built->m_writeDatabase); !done) {
                done.error().place = file;
                return fail(done.error());
            }
        if (Done done = built->settleProvider(); !done)
            return fail(done.error());
        built->m_writer = std::make_unique<Writer>(*built->m_writeDatabase);
        built->m_writer->setPrices(prices);
        Store *store = built.get();
        built->m_commits = std::make_unique<GroupCommit>(
            *built->m_writeWorker, *built->m_writeDatabase,
            [store] {
                if (const Changes changes = store->m_writer->takeChanges(); changes.kinds)
                    Q_EMIT store->changed(changes);
            },
            [store] { store->m_writer->forget(); });
        Done derived;
        Done settled = built->m_commits->transactNow([store, &derived] {
            derived = deriveAnew(*store->m_writeDatabase, *store->m_provider, *store->m_writer);
            store->m_writer->settleDirty();
        });
        for (Done *done : {&derived, &settled})
            if (!*done)
                return fail(done->error());
        if (Done done = built->openJournal(); !done)
            return fail(done.error());
        auto connection = openToRead(file);
        if (!connection)
            return fail(connection.error());
        ReadLane &quick = built->m_quick;
        quick.database = *std::move(connection);
        quick.reader = std::make_unique<Reader>(*quick.database, *built->m_provider);
        quick.reader->setPrices(prices);
        quick.worker = std::make_unique<Worker>(u"store-read"_s);
        built->m_scans = std::make_unique<ScanLanes>([file] { return openToRead(file); }, *built->m_provider);
        built->m_scans->setPrices(prices);
        return built;
    });
}

Store::~Store()
{
    // Threads first: their tasks use the databases.
    m_quick.worker.reset();
    m_scans.reset();
    m_writeWorker.reset();
    // Then the reader: the last to close a file tidies it up, and only its writer can.
    m_quick.reader.reset();
    m_quick.database.reset();
    m_journal.reset();
}

QString Store::journalFile(const QString &storeFile)
{
    return storeFile + u".operations"_s;
}

QString Store::archiveFolder(const QString &storeFile)
{
    return storeFile + u".archives"_s;
}

// Raw JSON can only be read by the provider that it came from.
Done Store::settleProvider()
{
    Statement told = m_writeDatabase->prepare(u"SELECT value FROM meta WHERE key='provider'"_s);
    const QString known = told.step() ? told.text(0) : QString();
    told.reset();
    if (!m_provider) {
        const Result<const Provider *> found = providerById(known.isEmpty() ? defaultProviderId() : known);
        if (!found)
            return fail(found.error());
        m_provider = *found;
    }
    if (known == m_provider->id())
        return {};
    if (!known.isEmpty())
        return fail(Error::Kind::Input,
                    u"What is stored here was read from another kind of server (%1, not %2): remove this file, or use "
                    "another one."_s.arg(known, m_provider->id()),
                    m_path);
    m_writeDatabase->prepare(u"INSERT INTO meta(key,value) VALUES('provider',?)"_s).bind(m_provider->id()).step();
    return m_writeDatabase->status();
}

Result<std::unique_ptr<Database>> Store::openToRead(const QString &file)
{
    auto database = Database::open(file, Database::Mode::ReadOnly);
    if (!database)
        return fail(database.error());
    if (Done done = (*database)->attach(journalFile(file), u"journal"_s); !done)
        return fail(done.error());
    return database;
}

Done Store::openJournal()
{
    auto journal = Journal::open(journalFile(m_path), [this] {
        Changes changes;
        changes.kinds = Changed::Operations;
        Q_EMIT changed(changes);
    });
    if (!journal)
        return fail(journal.error());
    m_journal = std::move(*journal);
    return {};
}

QFuture<Done> Store::put(std::shared_ptr<const Objects> objects, std::optional<ListPlace> place, GroupCommit::When when)
{
    return m_commits->enqueue(
        [this, objects = std::move(objects), place = std::move(place)] {
            m_writer->write(*objects);
            if (place)
                m_writer->setPlace(*place);
        },
        when);
}

QFuture<Done> Store::setPrices(std::shared_ptr<const PriceTable> prices)
{
    m_quick.worker->run([this, prices] { return m_quick.reader->setPrices(prices), true; });
    m_scans->setPrices(prices);
    return write([prices = std::move(prices)](Writer &writer) {
        writer.setPrices(prices);
        writer.reprice();
    });
}

} // namespace bobbin
