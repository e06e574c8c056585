// SPDX-License-Identifier: GPL-3.0-or-later
// The local store of one connection: one SQLite file, written on one thread and read on others (short reads never wait
// behind long scans, nor scans behind each other), and beside it the journal, which the readers see as well. All
// functions may be called from any thread and answer by future.
#pragma once

#include "models/store/changes.h"
#include "models/store/groupcommit.h"
#include "models/store/journal.h"
#include "models/store/reader.h"
#include "models/store/scanlanes.h"
#include "models/store/writer.h"

#include <QObject>

namespace bobbin {

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
        if (lane == Lane::Scan)
            return m_scans->run(std::move(query));
        return m_quick.worker->run([this, query = std::move(query)]() mutable { return query(*m_quick.reader); });
    }
    // A long read that its owner may give up, such as at the next keystroke of a filter.
    template <class F> auto scan(F query, std::shared_ptr<ScanStop> stop)
    {
        return m_scans->run(std::move(query), std::move(stop));
    }

    // Writes are done in the order they are given, those that wait together in one transaction; changed() follows.
    template <class F> QFuture<Done> write(F change)
    {
        return m_commits->enqueue([this, change = std::move(change)]() mutable { change(*m_writer); });
    }
    [[nodiscard]] Journal &journal() const { return *m_journal; }
    [[nodiscard]] static QString journalFile(const QString &storeFile);
    [[nodiscard]] static QString archiveFolder(const QString &storeFile);
    // A page and the place behind it, in one transaction.
    QFuture<Done> put(std::shared_ptr<const Objects> objects, std::optional<ListPlace> place = {},
                      GroupCommit::When when = GroupCommit::When::Now);
    void flush() { m_commits->flush(); } // what was put for later
    QFuture<Done> setPrices(std::shared_ptr<const PriceTable> prices); // and prices all runs anew

Q_SIGNALS:
    // After a commit, with the rows it was about. On a thread of the store's: connect with a context object.
    void changed(const bobbin::Changes &changes);

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
    ReadLane m_quick;
    std::unique_ptr<ScanLanes> m_scans;
    std::unique_ptr<Worker> m_writeWorker;
    std::unique_ptr<GroupCommit> m_commits;
    std::unique_ptr<Journal> m_journal;

    Store() = default;
    Done openJournal();
    Done settleProvider();
    static Result<std::unique_ptr<Database>> openToRead(const QString &file);
};

} // namespace bobbin
