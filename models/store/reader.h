// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that is read from the store. One Reader and its connection belong to one reading thread.
#pragma once

#include "models/audit/audit.h"
#include "models/audit/cause.h"
#include "models/domain/guardrow.h"
#include "models/plans/consolidateplan.h"
#include "models/plans/doneoperation.h"
#include "models/store/rawcodec.h"
#include "models/store/writer.h"

namespace bobbin {

QStringList knownStates(RowKind kind); // what RowFilter::states may hold

struct KeyList {
    std::vector<RowKey> keys;
    CostSum cost; // of the rows in it, for threads, runs and assistants
    qint64 gone = 0; // threads among them that the server no longer has
};

struct MessageRaw {
    QString id;
    QByteArray raw;
};

// A stretch of a search through the texts of all messages, newest first; the next one goes on before `next`.
struct MessageSlice {
    std::vector<MessageHit> hits;
    RowKey next = 0; // 0: that was the last one
    qint64 looked = 0;
};

// What an object belongs to, or what belongs to it.
struct Related {
    RowKind kind = RowKind::Threads;
    QString id, name;
    bool known = true; // false: pointed to, and not in the store
    bool gone = false;
};
struct RelatedList {
    std::vector<Related> some;
    qint64 all = 0;
};

// Everything of a thread, as the server sent it: what an archive holds and a rotation starts from.
struct ThreadContents {
    ThreadRow row;
    QByteArray raw;
    QByteArrayList messages, runs; // oldest first
    QStringList messageIds, runIds; // theirs: not every server writes them into the object
    std::vector<std::pair<QString, QByteArray>> steps; // run, raw
    QString activeRun, activeStatus, lastModel;
    OptTime activeSince, activeExpires; // of that run
    QStringList fileIds, storeIds; // that it refers to
    QString notWhole; // why it is not everything; empty: it is
};

// Vector stores and files with all that points to them.
struct StoreContents {
    struct OneStore {
        QString id;
        QByteArray raw;
        std::vector<StoreFile> files;
    };
    std::vector<OneStore> stores;
    std::vector<std::pair<QString, QByteArray>> files, assistants, threads; // id, raw
};

class Reader {
public:
    Reader(Database &database, const Provider &provider);
    [[nodiscard]] const Provider &provider() const { return m_provider; } // of all that is in it
    void setPrices(std::shared_ptr<const PriceTable> prices) { m_prices = std::move(prices); }

    // The keys of the rows that pass the filter, in order; limit 0 is all.
    Result<KeyList> keys(RowKind kind, const RowQuery &query, int limit = 0);
    template <class Row> Result<std::vector<Row>> rows(const std::vector<RowKey> &keys); // in the order asked for

    Result<std::vector<TurnPoint>> turns(RowKey thread);
    Result<CauseRuns> causeRuns(RowKey thread, Cause cause, int failedInARow, qint64 toolCeiling);
    // Reads these threads into it, or all.
    Done readLedger(Ledger &ledger, const std::optional<std::vector<RowKey>> &threads = {});
    Result<WorkspaceFacts> workspaceFacts();
    Result<QStringList> metadataKeys(); // of threads, the most frequent first
    Result<ThreadTags> threadTags(const QString &key);
    Result<Metadata> metadata(RowKey thread);
    // Findings that are kept, the costliest first; with what was said about them.
    Result<std::vector<Finding>> findings(const std::optional<RowKey> &thread = {});
    Result<qint64> openFindings(); // how many
    Result<Billed> billed(qint64 from, qint64 until); // days; until: the first that is not wanted
    Result<QString> threadId(RowKey key); // empty: there is none
    Done nameEvidence(std::vector<Finding> &findings); // runs: their ids, by their keys
    Result<std::vector<RowKey>> unjudgedThreads();
    Result<bool> isJudged(RowKey thread); // its findings are of what it is now
    Result<std::vector<MessageRaw>> messages(RowKey thread, int limit, int offset); // oldest first
    Result<std::optional<qint64>> messageIndex(RowKey thread, const QString &messageId); // its place, from 0
    Result<std::vector<RunRow>> runsOfThread(RowKey thread, int limit, int offset);
    Result<std::vector<MessageContent>> conversation(RowKey thread, int limit, int offset); // those that can be read
    Result<std::vector<StepContent>> steps(RowKey run); // those that can be read
    Result<std::vector<ToolCall>> requiredAction(RowKey run); // that it waits for; none where it cannot be read
    Result<MessageSlice> searchMessages(const QString &text, RowKey before, int slice); // before 0: from the newest
    Result<qint64> messageCount();
    Result<std::vector<MessageHit>> searchThreads(const QString &text, int most); // by id, title and metadata
    Result<QByteArray> raw(Resource kind, RowKey key);
    // Ids of runs are unique in their thread only; without one the newest answers.
    Result<std::optional<RowKey>> keyOf(RowKind kind, const QString &id, const QString &thread = {});
    Result<Overview> overview(qint64 nowMs);
    Result<std::vector<NamedCost>> costBy(const QString &what); // model, assistant, day
    Result<std::vector<FailureRow>> failures(qint64 sync);
    Result<std::vector<NamedCost>> assistantNames();
    Result<bool> knowsAssistant(const QString &id); // as an object, or as that of a run

    // Pairs that have no relation answer nothing.
    Result<RelatedList> related(RowKind of, const QString &id, RowKind to, int most);
    Result<std::vector<Related>> named(RowKind kind, const QStringList &ids); // assistants, stores, files
    [[nodiscard]] const PriceTable *prices() const { return m_prices.get(); }

    Result<ThreadPlaces> places(const QString &threadId);
    // Known threads, those longest without a sync first; without those synced since `resumeFrom`.
    Result<QStringList> threadIds(OptTime resumeFrom);
    Result<OptTime> resumeFrom(); // start of the last sync where it did not come to its end
    Result<QHash<QString, QString>> storeStamps();
    Result<std::vector<std::pair<QString, QString>>> activeRuns(); // thread id, run id
    Result<bool> hasActiveRun(const QString &threadId);
    // Threads and when they were active last, or else made: the latest first, or those whose last sync is longest ago.
    Result<std::vector<std::pair<QString, OptTime>>> latelyActive(int most);
    Result<std::vector<std::pair<QString, OptTime>>> longestUnseen(int most);
    Result<QStringList> unknownThreads(const QStringList &ids); // those of ids that are not in the store

    // What plans are made from.
    Result<CleanupFacts> cleanupFacts();
    Result<ConsolidateFacts> consolidateFacts();
    Result<ThreadContents> threadContents(const QString &threadId); // NotFound where it is not in the store
    Result<StoreContents> storeContents(const QStringList &stores, const QStringList &files,
                                        const QStringList &assistants, const QStringList &threads);

    Result<QStringList> threadsAbove(qint64 promptTokens); // ids by their last prompt, the largest first
    // Files of the same name and size under several ids whose content was never compared: store, file.
    Result<std::vector<std::pair<QString, QString>>> filesToCompare();
    struct KnownFile {
        QString id;
        std::vector<std::pair<QString, qint64>> stores; // that hold it, each with how many files it has
    };
    Result<std::vector<KnownFile>> filesLike(const QString &name, qint64 bytes); // by name and size
    // Who points to any of them and is still there: assistants and threads (also by a message), and stores that hold
    // a file.
    Result<std::vector<std::pair<Resource, QString>>> usersOf(const QStringList &ids);
    Result<QStringList> stillThere(const QStringList &ids); // those of threads, stores and assistants that are not gone

    // The journal.
    Result<DoneOperation> operation(RowKey key); // without targets
    Result<QString> result(RowKey operation); // what it did, in a line
    Result<std::vector<DoneTarget>> targets(RowKey operation, const std::vector<TargetState> &states, int limit,
                                            int offset); // in their order, without their begun steps; limit 0: all
    Result<std::vector<DoneStep>> begunSteps(RowKey target);
    Result<qint64> archivedBytes(RowKey operation); // of its archive, up to the last frame that is journaled
    Result<QSet<QString>> takenBack(RowKey operation); // targets of operations that undo it, but for those they spared
    Result<std::vector<std::pair<RowKey, QString>>> operationsIn(OperationState state); // key, title
    // Those of the objects that are among its targets -> what was made of each, empty: nothing yet.
    Result<QHash<QString, QString>> madeBy(RowKey operation, const QStringList &objects);
    struct GuardQuery {
        std::vector<GuardState> states; // empty: all
        qint64 since = 0; // ms
        int limit = 0; // 0: all
    };
    Result<std::vector<GuardRow>> guardRows(const GuardQuery &query); // newest first
    Result<std::optional<GuardRow>> guardRow(qint64 key);
    Result<std::vector<GuardRow>> guardRowsMarked(const QStringList &marks); // in their order, those that there are
    Result<qint64> operationOfGuard(qint64 guardRow); // that was begun for it and has not ended; 0: none
    Result<QString> guardMemory(const QString &key); // empty: nothing
    Result<QStringList> guardMemories(const QString &prefix); // what follows it in keys that hold something
    Result<QSet<QString>> pinned();
    Result<bool> isPinned(const QString &object);
    Result<std::vector<std::pair<QString, QJsonObject>>> rules();
    Result<QString> meta(const QString &key);
    Result<qint64> count(RowKind kind);

private:
    Database &m_database;
    const Provider &m_provider;
    RawCodec m_raw;
    std::shared_ptr<const PriceTable> m_prices;
    struct Pack { // the one that was unpacked last
        Resource kind = Resource::Messages;
        qint64 first = 0;
        QByteArrayList raws;
    };
    Pack m_pack;
    std::optional<Statement> m_rawOne, m_rawPack;

    Statement prepare(const QString &sql);
    template <class T> Result<T> unlessFailed(T value) const
    {
        if (Done status = m_database.status(); !status)
            return fail(status.error());
        return value;
    }
};

} // namespace bobbin
