// SPDX-License-Identifier: GPL-3.0-or-later
// What the audit found: one rule, one subject, with what it rests on, the money in it, and what helps.
#pragma once

#include "models/domain/rows.h"

#include <QJsonObject>

namespace bobbin {

// The numbers of these are in files.
enum class Severity : quint8 { Note = 0, Warning = 1, Serious = 2 };
enum class SubjectKind : quint8 {
    Workspace = 0,
    Thread = 1,
    Run = 2,
    Assistant = 3,
    Model = 4,
    Store = 5,
    File = 6,
    Day = 7,
    Message = 8,
};
enum class Remedy : quint8 { // what one can press; else there is advice only
    None = 0,
    Rotate = 1,
    Unlock = 2, // see why the run waits; answer or cancel it
    Consolidate = 3,
    Prices = 4,
    DeleteUnused = 5, // stores and files
};

struct Evidence {
    SubjectKind kind = SubjectKind::Run;
    RowKey key = 0;
    QString id, name, thread; // thread: id of the one it is in
    OptTime when;
    std::optional<qint64> amount; // of what the rule counts: tokens, tool steps, times
    std::optional<Money> money;
    bool operator==(const Evidence &) const = default;
};

struct Finding {
    QByteArray rule; // its id, see rules.h
    Severity severity = Severity::Warning;
    SubjectKind subject = SubjectKind::Thread;
    RowKey key = 0; // of the subject, where it has a row
    QString id, name; // of the subject
    std::optional<Money> spent; // so far, for nothing
    std::optional<Money> monthly; // if it goes on
    bool estimated = false; // what it rests on is
    Remedy remedy = Remedy::None;
    QJsonObject facts; // figures for its words, see findingtext.cpp
    std::vector<Evidence> evidence; // the costliest first, at most mostEvidence
    qint64 evidenceCount = 0; // all of it
    OptTime firstSeen;
    // What the person said about it.
    enum class State : quint8 { Open, Dismissed, Snoozed };
    State state = State::Open;
    OptTime until; // snoozed
    QString reason;

    static constexpr std::size_t mostEvidence = 50;
    // About the same: a thread's are told apart by its key, and named when somebody looks.
    [[nodiscard]] bool isThatOf(const Finding &other) const
    {
        return rule == other.rule && subject == other.subject &&
            (subject == SubjectKind::Thread ? key == other.key : id == other.id);
    }
    [[nodiscard]] bool saysTheSame(const Finding &other) const
    {
        return isThatOf(other) && severity == other.severity &&
            (subject == SubjectKind::Thread || name == other.name) && spent == other.spent &&
            monthly == other.monthly && estimated == other.estimated && remedy == other.remedy &&
            facts == other.facts && evidence == other.evidence && evidenceCount == other.evidenceCount;
    }
};

// What an audit changes of what is kept.
struct FindingChanges {
    std::vector<Finding> put, gone;
    std::vector<std::pair<RowKey, qint64>> judged; // threads, as they were seen: see ThreadFact::unjudged
    QString judgedBy; // the limits; empty: as before
    [[nodiscard]] bool isEmpty() const { return put.empty() && gone.empty() && judged.empty() && judgedBy.isEmpty(); }
};

} // namespace bobbin
