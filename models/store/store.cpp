// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store.h"

#include "models/store/schema.h"

#include <QDir>
#include <QFileInfo>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

QFuture<Result<std::shared_ptr<Store>>> Store::open(const QString &path, std::shared_ptr<const PriceTable> prices)
{
    auto writeWorker = std::make_unique<Worker>(u"store-write"_s);
    auto *worker = writeWorker.get();
    // The store is built where it is going to write; the last owner may be any thread.
    auto built = std::shared_ptr<Store>(new Store);
    built->m_writeWorker = std::move(writeWorker);
    built->m_path = path;
    return worker->run([built, prices]() -> Result<std::shared_ptr<Store>> {
        const QString &file = built->m_path;
        if (!QDir().mkpath(QFileInfo(file).absolutePath()))
            return fail(Error::Kind::Storage, u"the folder cannot be created"_s, QFileInfo(file).absolutePath());
        auto database = Database::open(file, Database::Mode::ReadWrite);
        if (!database)
            return fail(database.error());
        built->m_writeDatabase = std::move(*database);
        for (const auto &prepare : {tune, migrate})
            if (Done done = prepare(*built->m_writeDatabase); !done) {
                done.error().place = file;
                return fail(done.error());
            }
        built->m_writer = std::make_unique<Writer>(*built->m_writeDatabase);
        built->m_writer->setPrices(prices);
        if (Done done = built->transact([](Writer &writer) { writer.settleDirty(); }, {}); !done)
            return fail(done.error());
        for (ReadLane *lane : {&built->m_quick, &built->m_scan}) {
            auto connection = Database::open(file, Database::Mode::ReadOnly);
            if (!connection)
                return fail(connection.error());
            lane->database = std::move(*connection);
            lane->reader = std::make_unique<Reader>(*lane->database);
            lane->worker = std::make_unique<Worker>(lane == &built->m_quick ? u"store-read"_s : u"store-scan"_s);
        }
        built->m_scanDatabase = built->m_scan.database.get();
        return built;
    });
}

Store::~Store()
{
    // Threads first: their tasks use the databases.
    m_quick.worker.reset();
    m_scan.worker.reset();
    m_writeWorker.reset();
}

Done Store::transact(const std::function<void(Writer &)> &change, Changes changes)
{
    Transaction transaction(*m_writeDatabase);
    change(*m_writer);
    Done done = transaction.commit();
    if (!done) {
        m_writer->forget();
        return done;
    }
    if (changes)
        Q_EMIT changed(changes);
    return done;
}

QFuture<Done> Store::put(std::shared_ptr<const Objects> objects)
{
    Changes changes;
    changes.setFlag(Changed::Assistants, !objects->assistants.empty());
    changes.setFlag(Changed::Threads, !objects->threads.empty());
    changes.setFlag(Changed::Messages, !objects->messages.empty());
    changes.setFlag(Changed::Runs, !objects->runs.empty() || !objects->steps.empty());
    changes.setFlag(Changed::Files, !objects->files.empty());
    changes.setFlag(Changed::Stores, !objects->stores.empty() || !objects->storeFiles.empty());
    return write([objects = std::move(objects)](Writer &writer) { writer.write(*objects); }, changes);
}

QFuture<Done> Store::setPrices(std::shared_ptr<const PriceTable> prices)
{
    return write(
        [prices = std::move(prices)](Writer &writer) {
            writer.setPrices(prices);
            writer.reprice();
        },
        Changed::Threads | Changed::Runs | Changed::Assistants);
}

} // namespace bobbin
