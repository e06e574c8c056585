// SPDX-License-Identifier: GPL-3.0-or-later
// What an operation is going to do: targets, each with its reason and its steps. Made by pure planners, shown to the
// person, written to the journal, carried out by the executor, which takes nothing else: preview and deed are one.
#pragma once

#include "models/domain/change.h"
#include "models/plans/acts.h"

#include <QJsonArray>

namespace bobbin {

enum class OperationKind : quint8 { Rotate, CancelRuns, Cleanup, Consolidate, Answer, Turn, Archive, Undo };

constexpr qint64 deadAfterMs = 600'000; // a run that is still “cancelling”, or past its expiry, for so long never ends

struct Step {
    Act act = Act::CheckThread;
    QString object; // empty: what this target made
    QString parent; // the thread of a run
    QJsonObject body;
    bool operator==(const Step &) const = default;
};

struct PlanTarget {
    QString id;
    Resource resource = Resource::Threads;
    QString label; // what a person knows it by
    QString why; // why it is in the plan
    QString keptBack; // why it is not touched; empty: it is
    bool chosen = true; // the person may leave out what the planner put in
    OptTime lastActive;
    std::optional<qint64> messages, runs, bytes;
    std::optional<CostSum> cost; // to date
    std::optional<CostSum> savedPerDay; // storage
    std::optional<Money> savedPerTurn;
    QString goesWith; // what else goes: "store, 3 files"
    int phase = 0; // those of one phase are done side by side, and before the next one
    std::vector<Step> steps; // empty: the usual ones of the operation, see stepsOf()

    [[nodiscard]] bool included() const { return chosen && keptBack.isEmpty(); }
};

struct Plan {
    OperationKind kind = OperationKind::Rotate;
    QString title; // where it does not follow from what is chosen, see titleOf()
    QJsonObject options; // as chosen, for the journal
    QString archive; // the file it is archived into, absolute; empty: one of its own beside the store
    std::vector<PlanTarget> targets;
    QStringList warnings;
    QStringList cannotComeBack; // what an undo will not restore
    QStringList smallPrint; // what is looked at just before, and what risk remains
    qint64 undoes = 0; // the journal's key of the operation this one takes back

    // Of the targets that are included.
    [[nodiscard]] qint64 count() const;
    [[nodiscard]] CostSum savedPerDay() const;
    [[nodiscard]] std::optional<Money> savedPerTurn() const;
    [[nodiscard]] qint64 keptBackCount() const;
};

// Words of the journal file; an unknown one answers none.
QString kindWord(OperationKind kind);
std::vector<std::pair<QString, QString>> kindWords(); // of all, each with how a person calls it
std::optional<OperationKind> kindFromWord(const QString &word);

// What is done to a target, in order. A clean-up's threads all have the same steps and carry none of their own.
std::vector<Step> stepsOf(OperationKind kind, const PlanTarget &target);
Step takeMarkOff(Resource resource, const Metadata &metadata); // of what was made with this metadata
QJsonObject seenOf(const PlanTarget &thread); // what CheckThread compares with
QString titleOf(const Plan &plan); // of what is chosen now: "Delete 214 threads"

QJsonArray stepsToJson(const std::vector<Step> &steps);
Result<std::vector<Step>> stepsFromJson(const QJsonArray &json);

} // namespace bobbin
