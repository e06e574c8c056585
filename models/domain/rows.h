// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of the browse tables: what the local store knows about each object, totals included.
#pragma once

#include "models/domain/context.h"
#include "models/domain/costparts.h"

namespace bobbin {

using RowKey = qint64; // the store's own key of a row, stable for its life

enum class RowKind { Threads, Runs, Assistants, Stores, Files, Syncs, Operations, Guard };

struct ThreadRow {
    RowKey key = 0;
    QString id, title, assistant; // title: given, else the first user message
    OptTime createdAt, lastActiveAt, syncedAt;
    std::optional<qint64> messages, runs, turns; // none before the first sync
    std::optional<qint64> contextNow, contextFirst; // tokens that the first call of a run reads
    bool contextEstimated = false;
    Cause cause = Cause::None;
    CostParts parts; // add up to cost.known
    qint64 activeRuns = 0, failedRuns = 0;
    CostSum cost;
    bool gone = false; // the server no longer has it
    QString rotatedTo, rotatedFrom; // thread ids, by the marks in its metadata
    QString restoredAs, restoredFrom; // thread ids, by the journal of this machine
    QString problem; // why the last sync of it failed

    [[nodiscard]] std::optional<double> growth() const
    {
        if (!contextNow || !contextFirst || *contextFirst <= 0)
            return std::nullopt;
        return double(*contextNow) / double(*contextFirst);
    }
};

struct RunRow {
    RowKey key = 0;
    QString id, threadId, threadTitle, assistant, model, statusWord, errorCode;
    RunStatus status = RunStatus::Unknown;
    OptTime createdAt, endedAt, expiresAt;
    std::optional<Usage> usage;
    std::optional<qint64> steps, toolCalls, toolRounds;
    std::optional<Context> context;
    std::optional<Money> cost;
    std::optional<Charge> charge; // adds up to its cost
    QString price; // that it was priced at, in words; empty: none
    bool assumedPrice = false; // see CostSum

    // started_at is overwritten after tool outputs, so a run lasts from its creation.
    [[nodiscard]] std::optional<qint64> durationMs() const
    {
        return createdAt && endedAt ? std::optional(*endedAt - *createdAt) : std::nullopt;
    }
};

struct AssistantRow {
    RowKey key = 0;
    QString id, name, model, tools;
    OptTime createdAt, lastRunAt;
    qint64 threads = 0, runs = 0, stores = 0;
    CostSum cost;
};

struct StoreRow {
    RowKey key = 0;
    QString id, name, status, usedBy;
    OptTime createdAt, lastActiveAt, expiresAt;
    std::optional<qint64> bytes, files, failedFiles;
    qint64 users = 0; // assistants and known threads that point to it
    std::optional<Money> perDay; // at the storage rate, before the free gigabyte
};

struct FileRow {
    RowKey key = 0;
    QString id, name, purpose, status;
    OptTime createdAt;
    std::optional<qint64> bytes;
    qint64 stores = 0, messages = 0;
};

struct SyncRow {
    RowKey key = 0;
    OptTime startedAt, endedAt;
    QString outcome; // running, done, cancelled, failed
    qint64 threads = 0, requests = 0, objects = 0, failures = 0;
    QString problem;
    bool operator==(const SyncRow &) const = default;
};

// An operation as the journal has it.
struct OperationRow {
    RowKey key = 0;
    QString kind, title, state, problem; // state: planned, running, interrupted, finished, cancelled
    OptTime createdAt, startedAt, endedAt;
    qint64 targets = 0, done = 0, failed = 0, skipped = 0;
    RowKey undoes = 0, undoneBy = 0;
};

struct FailureRow {
    QString target, reason;
};

// A message whose text holds what was searched for, or a thread that does itself.
struct MessageHit {
    enum class Where { Text, Id, Title, MetadataPair };
    RowKey message = 0, thread = 0; // message 0: the thread itself
    QString threadId, threadTitle, messageId, role, snippet;
    OptTime createdAt;
    Where where = Where::Text;
};

// One run of a thread in order, with its turn: what the chart draws.
struct TurnPoint {
    RowKey key = 0;
    QString runId;
    qint64 turn = 0; // 1-based: user messages up to this run
    RunStatus status = RunStatus::Unknown;
    QString statusWord, model;
    OptTime createdAt, endedAt;
    std::optional<Usage> usage;
    std::optional<Money> cost;
    std::optional<qint64> toolCalls;
    RunCalls calls;
    std::optional<Context> context;
};

struct RowFilter {
    QString text; // in ids, titles, names, models
    QString assistantId;
    QString threadId;
    QStringList states; // run status words; for threads: active, failed, gone, unknown
    std::vector<Cause> causes; // of threads
    OptTime activeFrom, activeUntil;
    bool noAssistant = false;
    std::optional<QString> model; // of runs; empty: those without one
    struct Metadata {
        QString key;
        std::optional<QString> value; // none: the key is not there
        bool operator==(const Metadata &) const = default;
    };
    std::optional<Metadata> metadata; // of threads, and of the threads of runs
    bool operator==(const RowFilter &) const = default;
};

struct RowQuery {
    RowFilter filter;
    QByteArray sort; // a column key; unknown ones sort by key
    bool descending = true;
    bool operator==(const RowQuery &) const = default;
};

struct DayCost {
    QString day; // YYYY-MM-DD, UTC
    QString assistant;
    CostSum cost;
};

struct NamedCost {
    QString id, name;
    qint64 runs = 0;
    CostSum cost;
};

struct Overview {
    qint64 assistants = 0, threads = 0, runs = 0, steps = 0, messages = 0, stores = 0, files = 0, activeRuns = 0;
    qint64 threadsGone = 0; // known, no longer on the server, and not in `threads`; their runs count in all costs
    qint64 threadsUnread = 0; // of `threads`: known by id only
    std::optional<qint64> storeBytes;
    OptTime lastSync;
    CostSum total, month;
    std::vector<DayCost> days; // newest 62 days
    std::vector<NamedCost> threadsByCost; // the ten costliest
    std::vector<NamedCost> models;
    std::vector<NamedCost> assistantsByCost;
};

} // namespace bobbin
