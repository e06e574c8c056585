// SPDX-License-Identifier: GPL-3.0-or-later
// Which threads are stale, and why. A thread is in the plan when one of the grounds holds and all of the limits do;
// what is to be kept back stays, with the reason.
#pragma once

#include "models/domain/rows.h"
#include "models/plans/plan.h"

#include <QHash>
#include <QSet>

namespace bobbin {

struct MetadataTest {
    enum class How { Equals, Has, Lacks };
    How how = How::Equals;
    QString key, value;
    bool operator==(const MetadataTest &) const = default;
};

struct CleanupRule {
    // Grounds: any one is enough.
    std::optional<int> idleDays = 30; // since the newest message or run; since creation where there is neither
    bool neverUsed = false; // no message and no run, and older than a day
    bool assistantGone = false;
    bool rotatedAway = false;
    // Limits: all must hold. Without any ground, they are the ground.
    QString assistantId;
    std::vector<MetadataTest> metadata;
    std::optional<Money> costBelow;
    // Kept back, besides active runs and what is pinned.
    std::vector<MetadataTest> keepMetadata;
    QStringList keepAssistants; // a policy that protects an assistant's threads
    int rotatedGraceDays = 7; // a thread that was rotated is kept back for so long; 0: not at all
    bool storage = false; // stores and files that nothing else uses go as well
    bool recentStores = false; // also those used a few days ago, where the server does not list threads

    bool operator==(const CleanupRule &) const = default;
    [[nodiscard]] Done check() const; // does it say anything?
};
QJsonObject toJson(const CleanupRule &rule);
Result<CleanupRule> cleanupRuleFromJson(const QJsonObject &json);

struct ThreadFacts {
    RowKey key = 0;
    QString id, title, assistantId;
    QByteArray metadata; // JSON object, empty: none
    OptTime createdAt, lastActiveAt, syncedAt;
    std::optional<qint64> messages, runs; // none: never read
    qint64 activeRuns = 0, characters = 0;
    CostSum cost;
    QString problem; // the last sync failed
    bool partial = false;
};

struct OwnedObject {
    QString id, name;
    std::optional<qint64> bytes;
    std::optional<Money> perDay;
    OptTime lastActiveAt; // stores
    QStringList owners; // all that point to it: threads, assistants, messages' threads, stores
};

struct CleanupFacts {
    std::vector<ThreadFacts> threads;
    QSet<QString> assistants; // those that are still there
    std::vector<OwnedObject> stores, files; // those some thread points to
    QSet<QString> pinned;
    OptTime assistantsListedAt; // when the list of them was last read whole; none: never
    struct Rotated {
        QString to;
        OptTime at;
    };
    QHash<QString, Rotated> rotated; // as the journal knows it
    bool allThreadsKnown = true; // the server lists them
};

struct CleanupPlan {
    Plan plan;
    qint64 archiveBytes = 0; // estimated, before compression
    std::vector<OwnedObject> storesAlong, filesAlong; // nothing else uses them; they go if the rule says so
    CostSum storagePerDay; // of storesAlong, priced and unpriced ones
};

// Why a thread that was in the plan is not touched after all; empty: it is. Metadata as it was known, and as it is.
QString keptNow(const CleanupRule &rule, const QJsonObject &before, const QJsonObject &now);
constexpr int recentStoreDays = 7;
QString unseenThreads(qint64 known); // the warning where a server does not list threads
QString lookedAround(); // small print of whatever deletes stores or files
QString restoredAnew(); // what a thread that is made again does not have

CleanupPlan planCleanup(const CleanupFacts &facts, const CleanupRule &rule, qint64 nowMs);

} // namespace bobbin
