// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of each row type as SQL, and how they are read.
#pragma once

#include "models/store/journal.h"
#include "models/store/listing.h"
#include "models/store/runfacts.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

template <class Row> struct RowSql;

template <> struct RowSql<ThreadRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, coalesce(nullif(t.title,''),t.preview,''), "
               "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),t.assistant,''), "
               "t.created, t.last_active, t.synced, t.messages, t.runs, t.turns, t.context_now, t.context_first, "
               "t.active_runs, t.failed_runs, t.cost, t.priced_runs, t.unknown_runs, t.assumed_runs, "
               "t.gone, t.problem, coalesce(json_extract(t.metadata,'$.rotated_to'),''), "
               "coalesce(json_extract(t.metadata,'$.rotated_from'),''), "
               // Only what an undo made again has a thread of its own beside it.
               "coalesce((SELECT g.made FROM journal.target g JOIN journal.operation o ON o.key=g.operation "
               "WHERE t.gone=1 AND g.object=t.id AND g.made<>'' AND g.made<>t.id AND o.kind='undo' "
               "ORDER BY g.key DESC LIMIT 1),''), "
               "coalesce((SELECT g.object FROM journal.target g JOIN journal.operation o ON o.key=g.operation "
               "WHERE g.made=t.id AND g.object<>t.id AND o.kind='undo' LIMIT 1),''), t.context_estimated, t.cause, "
               "t.part_retries, t.part_rounds, t.part_history, t.part_base, t.part_output, t.part_undivided "
               "FROM thread t"_s;
    }
    static ThreadRow read(const Statement &q)
    {
        ThreadRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.title = q.text(2);
        r.assistant = q.text(3);
        r.createdAt = q.optional(4);
        r.lastActiveAt = q.optional(5);
        r.syncedAt = q.optional(6);
        r.messages = q.optional(7);
        r.runs = q.optional(8);
        r.turns = q.optional(9);
        r.contextNow = q.optional(10);
        r.contextFirst = q.optional(11);
        r.activeRuns = q.integer(12);
        r.failedRuns = q.integer(13);
        r.cost = costSum(q, 14);
        r.gone = q.integer(18) != 0;
        r.problem = q.text(19);
        r.rotatedTo = q.text(20);
        r.rotatedFrom = q.text(21);
        r.restoredAs = q.text(22);
        r.restoredFrom = q.text(23);
        r.contextEstimated = q.integer(24) != 0;
        r.cause = Cause(q.integer(25));
        int at = 26;
        for (const auto part : CostParts::all())
            r.parts.*part = {q.integer(at++)};
        r.parts.unknownRuns = r.cost.unknownRuns;
        r.parts.estimated = r.contextEstimated;
        return r;
    }
};

template <> struct RowSql<RunRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, h.id, coalesce(nullif(h.title,''),h.preview,''), "
               "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),t.assistant,''), "
               "coalesce((SELECT name FROM model m WHERE m.key=t.model),''), t.status, t.word, t.error, t.created, "
               "t.ended, t.expires, t.prompt, t.completion, t.cached, t.cache_write, t.reasoning, t.cost, t.steps, "
               "t.calls, t.assumed, t.told, t.rounds, t.outputs FROM run t JOIN thread h ON h.key=t.thread"_s;
    }
    static RunRow read(const Statement &q)
    {
        RunRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.threadId = q.text(2);
        r.threadTitle = q.text(3);
        r.assistant = q.text(4);
        r.model = q.text(5);
        r.status = RunStatus(q.integer(6));
        r.statusWord = statusWord(int(q.integer(6)), q.text(7));
        r.errorCode = q.text(8);
        r.createdAt = q.optional(9);
        r.endedAt = q.optional(10);
        r.expiresAt = q.optional(11);
        if (!q.isNull(12))
            r.usage = Usage{q.integer(12), q.integer(13), q.optional(14), q.optional(15), q.optional(16)};
        if (const auto cost = q.optional(17))
            r.cost = Money{*cost};
        r.steps = q.optional(18);
        r.toolCalls = q.optional(19);
        r.assumedPrice = q.integer(20) != 0;
        const RunCalls calls = readCalls(q, 21);
        r.toolRounds = calls.toolRounds;
        r.context = contextOf(r.usage, calls);
        return r;
    }
};

template <> struct RowSql<AssistantRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.model, t.tools, t.created, "
               "(SELECT max(created) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(DISTINCT thread) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*) FROM reference f WHERE f.owner=t.id AND f.kind={resource.assistant} AND f.target IN "
               "(SELECT id FROM "
               "store)), "
               "(SELECT CAST(total(cost) AS INTEGER) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(cost) FROM run r WHERE r.assistant=t.id), "
               "(SELECT count(*)-count(cost) FROM run r WHERE r.assistant=t.id), "
               "(SELECT coalesce(sum(assumed),0) FROM run r WHERE r.assistant=t.id) FROM assistant t"_s;
    }
    static AssistantRow read(const Statement &q)
    {
        AssistantRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.model = q.text(3);
        r.tools = q.text(4);
        r.createdAt = q.optional(5);
        r.lastRunAt = q.optional(6);
        r.threads = q.integer(7);
        r.runs = q.integer(8);
        r.stores = q.integer(9);
        r.cost = costSum(q, 10);
        return r;
    }
};

template <> struct RowSql<StoreRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.status, t.created, t.last_active, t.expires, t.bytes, t.files, "
               u"t.failed, "
               "(SELECT count(*) FROM reference f WHERE f.target=t.id), "
               "coalesce((SELECT group_concat(coalesce(nullif(a.name,''),a.id), ', ') FROM reference f "
               "JOIN assistant a ON a.id=f.owner WHERE f.target=t.id),'') FROM store t"_s;
    }
    static StoreRow read(const Statement &q)
    {
        StoreRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.status = q.text(3);
        r.createdAt = q.optional(4);
        r.lastActiveAt = q.optional(5);
        r.expiresAt = q.optional(6);
        r.bytes = q.optional(7);
        r.files = q.optional(8);
        r.failedFiles = q.optional(9);
        r.users = q.integer(10);
        r.usedBy = q.text(11);
        return r;
    }
};

template <> struct RowSql<FileRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.id, t.name, t.purpose, t.status, t.created, t.bytes, "
               "(SELECT count(*) FROM store_file f WHERE f.file=t.id), "
               "(SELECT count(*) FROM reference f WHERE f.target=t.id) FROM file t"_s;
    }
    static FileRow read(const Statement &q)
    {
        FileRow r;
        r.key = q.integer(0);
        r.id = q.text(1);
        r.name = q.text(2);
        r.purpose = q.text(3);
        r.status = q.text(4);
        r.createdAt = q.optional(5);
        r.bytes = q.optional(6);
        r.stores = q.integer(7);
        r.messages = q.integer(8);
        return r;
    }
};

template <> struct RowSql<OperationRow> {
    static QString columns()
    {
        const auto count = [](TargetState state) {
            return u"(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state=%1), "_s.arg(
                int(state));
        };
        return u"SELECT t.key, t.kind, t.title, t.state, coalesce(t.problem,''), t.created, t.started, t.ended, "
               "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key), "_s +
            count(TargetState::Finished) + count(TargetState::Failed) + count(TargetState::Stopped) +
            count(TargetState::Skipped) + u"coalesce(t.undoes,0), coalesce(t.undone_by,0) FROM journal.operation t"_s;
    }
    static OperationRow read(const Statement &q)
    {
        OperationRow r;
        r.key = q.integer(0);
        r.kind = q.text(1);
        r.title = q.text(2);
        r.state = q.text(3);
        r.problem = q.text(4);
        r.createdAt = q.optional(5);
        r.startedAt = q.optional(6);
        r.endedAt = q.optional(7);
        r.targets = q.integer(8);
        r.done = q.integer(9);
        r.failed = q.integer(10) + q.integer(11);
        r.skipped = q.integer(12);
        r.undoes = q.integer(13);
        r.undoneBy = q.integer(14);
        return r;
    }
};

template <> struct RowSql<GuardRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.mark, t.at, t.rule, t.act, t.thread, t.run, t.name, t.value, t.most, t.origin, "
               u"t.state, "
               "coalesce(t.operation,0), coalesce(t.note,'') FROM journal.guard t"_s;
    }
    static GuardRow read(const Statement &q)
    {
        GuardRow r;
        r.key = q.integer(0);
        r.mark = q.text(1);
        r.at = q.integer(2);
        r.rule = q.text(3);
        r.act = q.text(4);
        r.thread = q.text(5);
        r.run = q.text(6);
        r.name = q.text(7);
        r.value = q.integer(8);
        r.limit = q.integer(9);
        r.from = q.text(10);
        r.state = guardStateOf(q.text(11));
        r.operation = q.integer(12);
        r.note = q.text(13);
        return r;
    }
};

template <> struct RowSql<SyncRow> {
    static QString columns()
    {
        return u"SELECT t.key, t.started, t.ended, t.outcome, t.threads, t.requests, t.objects, t.failures, "
               "coalesce(t.problem,'') FROM sync t"_s;
    }
    static SyncRow read(const Statement &q)
    {
        SyncRow r;
        r.key = q.integer(0);
        r.startedAt = q.optional(1);
        r.endedAt = q.optional(2);
        r.outcome = q.text(3);
        r.threads = q.integer(4);
        r.requests = q.integer(5);
        r.objects = q.integer(6);
        r.failures = q.integer(7);
        r.problem = q.text(8);
        return r;
    }
};
} // namespace bobbin
