// SPDX-License-Identifier: GPL-3.0-or-later
// The local store of one connection: one SQLite file, written on one thread and read on two others (short reads never
// wait behind long scans), and beside it the journal, which the readers see as well. All functions may be called from
// any thread and answer by future.
#pragma once

#include "models/store/groupcommit.h"
#include "models/store/journal.h"
#include "models/store/reader.h"
#include "models/store/writer.h"

#include <QObject>

namespace bobbin {

enum class Changed {
    Threads = 1,
    Runs = 2,
    Assistants = 4,
    Stores = 8,
    Files = 16,
    Messages = 32,
    Syncs = 64,
    Operations = 128
};
Q_DECLARE_FLAGS(Changes, Changed)

class Store : public QObject {
    Q_OBJECT
public:
    enum class Lane { Quick, Scan };

    // Opens or creates the file (":memory:" is not possible: three connections share it). What is in it is of one
    // provider; null: of the one that the file says.
    static QFuture<Result<std::shared_ptr<Store>>> open(const QString &path, const Provider *provider,
                                                        std::shared_ptr<const PriceTable> prices);
    ~Store() override;

    [[nodiscard]] const QString &path() const { return m_path; }
    [[nodiscard]] const Provider &provider() const { return *m_provider; }

    template <class F> auto read(F query, Lane lane = Lane::Quick)
    {
        ReadLane &from = lane == Lane::Quick ? m_quick : m_scan;
        return from.worker->run([&from, query = std::move(query)]() mutable { return query(*from.reader); });
    }
    // A scan that replaces the one under way, such as the next keystroke of a filter.
    void interruptScan() { m_scanDatabase->interrupt(); }

    // Writes are done in the order they are given, those that wait together in one transaction; changed() follows.
    template <class F> QFuture<Done> write(F change, Changes changes)
    {
        return m_commits->enqueue([this, change = std::move(change)]() mutable { change(*m_writer); }, changes);
    }
    [[nodiscard]] Journal &journal() const { return *m_journal; }
    [[nodiscard]] static QString journalFile(const QString &storeFile);
    [[nodiscard]] static QString archiveFolder(const QString &storeFile);
    // A page and the place behind it, in one transaction.
    QFuture<Done> put(std::shared_ptr<const Objects> objects, std::optional<ListPlace> place = {});
    QFuture<Done> setPrices(std::shared_ptr<const PriceTable> prices); // and prices all runs anew

Q_SIGNALS:
    void changed(bobbin::Changes changes); // emitted on a thread of the store's: connect with a context object

private:
    struct ReadLane {
        std::unique_ptr<Database> database;
        std::unique_ptr<Reader> reader;
        std::unique_ptr<Worker> worker;
    };
    QString m_path;
    const Provider *m_provider = nullptr;
    std::unique_ptr<Database> m_writeDatabase;
    std::unique_ptr<Writer> m_writer;
    ReadLane m_quick, m_scan;
    Database *m_scanDatabase = nullptr;
    std::unique_ptr<Worker> m_writeWorker;
    std::unique_ptr<GroupCommit> m_commits;
    std::unique_ptr<Journal> m_journal;

    Store() = default;
    Done openJournal();
    Done settleProvider();
};

Q_DECLARE_OPERATORS_FOR_FLAGS(Changes)

} // namespace bobbin
