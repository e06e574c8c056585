// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that changes the store, inside the caller's transaction. Used on the store's writing thread only.
#pragma once

#include "models/audit/finding.h"
#include "models/domain/billed.h"
#include "models/pricing/pricetable.h"
#include "models/store/changes.h"
#include "models/store/places.h"
#include "models/store/rawcodec.h"
#include "models/store/runfacts.h"

#include <QSet>

#include <map>

namespace bobbin {

// What a sync of a thread came to.
struct ThreadOutcome {
    OptTime syncedAt; // none: it did not come to its end
    QString problem;
    std::optional<bool> partial; // some items could not be read; none: as it was
    bool gone = false; // the server no longer has it
};

inline QString judgedByKey() // in meta: the limits that findings were judged by
{
    return QStringLiteral("judged_by");
}

class Writer {
public:
    explicit Writer(Database &database);

    void setPrices(std::shared_ptr<const PriceTable> prices);
    void setFailedInARow(int runs); // that make a spiral: where that changes, threads with failed runs are settled anew
    void write(const Objects &objects);
    void setPlace(const ListPlace &place);
    void settleThread(const QString &threadId); // totals from its rows
    void threadSynced(const QString &threadId, const ThreadOutcome &outcome); // and settles it
    void settleDirty(); // after a crash, or new prices
    int addThreads(const QStringList &ids); // known by id only; returns how many are new
    void markGone(Resource resource, const QStringList &stillThere);
    void setGone(Resource resource, const QString &id); // it was deleted on the server
    // All of the run, in their order; asked for by run, or told with the thread.
    enum class StepsFrom : quint8 { Run, Thread };
    void putSteps(const QString &threadId, const QString &runId, const std::vector<RunStep> &steps,
                  StepsFrom from = StepsFrom::Run);
    void storeFilesDone(const QString &storeId, const QString &stamp, const QStringList &stillThere);
    void reprice();
    // What is derived from raw JSON, of rows that were written before it was, or otherwise.
    void deriveRun(qint64 run, const RunConfig &config);
    void deriveSteps(qint64 run, const std::vector<RunStep> &steps);
    void deriveMessage(qint64 message, const Message &from);
    void deriveAssistant(qint64 assistant, const Assistant &from);
    void keepFindings(const FindingChanges &changes, qint64 now);
    void keepBilled(const Billed &billed); // in place of what was kept of its days
    void setMeta(const QString &key, const QString &value);

    qint64 syncStarted(qint64 now); // of an empty store: without the indexes of runs until syncEnded()
    void syncEnded(const SyncRow &row);
    void syncFailed(qint64 sync, const QString &target, const QString &reason);

    void forget(); // after a rollback: keys of rows that were never committed
    Changes takeChanges(); // what was written since it was asked last

private:
    Database &m_database;
    RawCodec m_raw;
    std::shared_ptr<const PriceTable> m_prices;
    QHash<QString, qint64> m_models;
    RateBook m_rates;
    RunFacts m_facts;
    std::vector<RunFact> m_runs; // of the thread that is being settled
    std::optional<int> m_failedInARow; // not read yet
    [[nodiscard]] int failedInARow();
    QHash<QString, qint64> m_threadKeys;
    Changes m_changes;

    Statement m_rawPut, m_rawOf, m_packPut, m_assistantPut, m_threadPut, m_threadKey, m_threadAdd, m_threadDirty,
        m_messageAdd, m_messagePut, m_runAdd, m_runPut, m_runStub, m_runKey, m_stepsPut, m_runSteps, m_runAbout,
        m_runTold, m_runSummed, m_runUsage, m_filePut, m_storePut, m_storeKey, m_storeFilePut, m_referenceClear,
        m_referencePut, m_previewPut, m_placePut, m_usagePut, m_usageDrop, m_configPut, m_runConfig, m_runCalls,
        m_settle, m_filesAgain;
    using ConfigKey = std::tuple<quint64, qint64, quint64, std::optional<qint64>, std::optional<qint64>>;
    std::optional<std::map<ConfigKey, qint64>> m_configs; // not read yet
    std::map<ConfigKey, qint64> &configs();

    // New rows of one kind with keys in sequence, whose raw JSON is not written yet.
    struct Pack {
        qint64 first = 0, bytes = 0;
        QString group;
        QByteArrayList raws;
    };
    Pack m_messagePack, m_runPack;

    void putRaw(Resource kind, qint64 key, const QString &group, const QByteArray &raw);
    [[nodiscard]] QByteArray completed(qint64 thread, const QByteArray &sparse);
    void priceSummed(qint64 run, const QString &model, OptTime created);
    QSet<qint64> m_previewed; // threads, in this page
    void addRaw(Pack &pack, Resource kind, qint64 key, bool isNew, const QString &group, const QByteArray &raw);
    void putPack(Pack &pack, Resource kind);
    void putReferences(const QString &owner, Resource ownerKind, const QStringList &targets);
    // New rows are the usual case, and a plain INSERT takes half the time of an upsert that returns its key.
    struct Put {
        qint64 key;
        bool isNew;
    };
    template <class... Values> std::optional<Put> addOrPut(Statement &add, Statement &put, const Values &...values)
    {
        add.bind(values...).step();
        if (m_database.changes() > 0)
            return Put{m_database.lastInsertRowId(), true};
        if (!put.bind(values...).step())
            return std::nullopt;
        const qint64 key = put.integer(0);
        put.reset();
        return Put{key, false};
    }
    void repriceThreads();
    void noteThread(const QString &id);
    void noteStore(const QString &id);
    qint64 threadKey(const QString &id);
    std::optional<qint64> modelKey(const QString &name);
    std::optional<qint64> configKey(const RunConfig &config);
    void settleRuns(qint64 thread);
    [[nodiscard]] std::optional<qint64> costOf(const QString &model, OptTime created,
                                               const std::optional<Usage> &usage) const;
    void put(const Assistant &assistant);
    void put(const Thread &thread);
    void putUsage(qint64 thread, const Thread &told);
    void put(const Message &message);
    void put(const Run &run);
    void put(const File &file);
    void put(const VectorStore &store);
    void put(const StoreFile &file);
};

} // namespace bobbin
