// SPDX-License-Identifier: GPL-3.0-or-later
// The journal of operations: every step is written here before it is sent and after it is answered, and is on the disk
// when the future answers. Reading is the store's readers' part (Reader::operation and the like).
#pragma once

#include "models/audit/finding.h"
#include "models/domain/guardrow.h"
#include "models/plans/doneoperation.h"
#include "models/store/groupcommit.h"

namespace bobbin {

struct StepRecord {
    int place = 0;
    Act act = Act::CheckThread;
    StepState state = StepState::Planned;
    OptTime sentAt, answeredAt; // those not given stay as they are
    QJsonObject result;
    QString note;
};

struct TargetRecord {
    TargetState state = TargetState::Planned;
    QString outcome;
    QString made; // empty: as it is
};

// What one moment of an operation has to say about one target: all of it or nothing is written.
struct JournalEntry {
    qint64 target = 0;
    std::vector<StepRecord> steps;
    std::optional<TargetRecord> outcome;
};

class Journal {
public:
    static Result<std::unique_ptr<Journal>> open(const QString &path, std::function<void()> changed);
    ~Journal();
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;

    // Writes the plan down, what is kept back as skipped with its reason; answers the operation's key. A conflict where
    // it touches what an operation that has not ended touches, or takes back what was taken back.
    QFuture<Result<qint64>> add(std::shared_ptr<const Plan> plan, qint64 nowMs);
    QFuture<Done> write(JournalEntry entry);
    QFuture<Done> setState(qint64 operation, OperationState state, qint64 nowMs, const QString &problem = {});
    QFuture<Done> setArchive(qint64 operation, const QString &file);
    // An operation is taken up again, what was stopped is to be done; `failedOnes`: what failed as well. Refused where
    // add() would be, where some of it was taken back, and what failed while other targets were not begun.
    QFuture<Done> takeUp(qint64 operation, bool failedOnes);
    QFuture<Done> markInterrupted(); // those that run: nobody runs them any more

    QFuture<Done> pin(const QStringList &objects, bool pinned, qint64 nowMs);
    QFuture<Done> saveRule(const QString &name, const QJsonObject &content); // empty content: forget it
    // What a person says about findings: they are silent, for ever or until then, unless they get worse.
    QFuture<Done> silence(std::vector<Finding> findings, OptTime until, const QString &reason, qint64 nowMs);
    QFuture<Done> speakAgain(std::vector<Finding> findings);
    QFuture<Done> rememberHash(const QString &file, const QString &hash);

    struct ActLimit { // more are asked about, with this note
        qint64 since = 0; // ms
        qint64 most = 0;
        QString note;
    };
    // What the guard sees. Answers what is new, with its key: what has a mark that was written down is left out.
    QFuture<Result<std::vector<GuardRow>>> noteSeen(std::vector<GuardRow> seen, const ActLimit &limit);
    // Once: what has come to its end stays as it is, whoever else saw to it.
    QFuture<Done> settleSeen(qint64 key, GuardState state, qint64 operation, const QString &note, qint64 nowMs);
    // Of what was asked: allowed, `act` is to be done. False: it is asked no longer.
    QFuture<Result<bool>> answerSeen(qint64 key, bool allowed, const QString &act, const QString &note, qint64 nowMs);
    QFuture<Done> keepInMind(const QString &key, const QString &value); // of the guard

private:
    std::unique_ptr<Database> m_database;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<GroupCommit> m_commits;

    Journal() = default;
    QFuture<Done> commit(GroupCommit::Change change);
    Done checkFree(const QStringList &objects, qint64 operation);
    Done checkConflicts(const Plan &plan);
    Done checkTakenUp(qint64 operation, bool failedOnes);
};

QString stateWord(OperationState state);
OperationState operationState(const QString &word);
QString guardStateWord(GuardState state);
GuardState guardStateOf(const QString &word);

} // namespace bobbin
