// SPDX-License-Identifier: GPL-3.0-or-later
// Which vector stores hold the same: equal, contained, largely overlapping.
#pragma once

#include "models/plans/cleanupplan.h"

namespace bobbin {

struct StoreFileFacts {
    QString file;
    QByteArray extra; // JSON, the options of a NewStoreFile; empty: the usual ones
    std::optional<qint64> bytes;
    bool failed = false;
};

struct StoreFacts {
    QString id, name, status;
    OptTime createdAt, lastActiveAt, expiresAt;
    std::optional<qint64> bytes;
    std::optional<Money> perDay;
    Metadata metadata;
    std::vector<StoreFileFacts> files;
    bool filesKnown = false; // listed by the last sync
    QStringList assistants, threads; // that point to it
};

struct ConsolidateFacts {
    std::vector<StoreFacts> stores;
    QHash<QString, QString> sameContent; // file id -> the file that stands for all of the same content
    std::vector<OwnedObject> orphanFiles; // in no store, message, thread or assistant that is known
    bool allThreadsKnown = false; // the server lists threads
    qint64 knownThreads = 0;
    QHash<QString, QString> names; // of assistants and threads, by id
};

struct ConsolidateOptions {
    int overlapPercent = 80; // of the smaller store's files; 100: contained ones only
    bool intoNew = false; // a new store takes over, no old one survives
    QSet<QString> preferred; // survives, where it is in a group
    // Chosen from the start, besides groups of equal content.
    bool contained = false, overlapping = false, orphans = false;
    bool recentStores = false; // also those used a few days ago, where the server does not list threads
};

struct StoreGroup {
    enum class Relation { Equal, Contained, Overlapping };
    Relation relation = Relation::Equal;
    std::size_t survivor = 0; // index into the facts' stores
    std::vector<std::size_t> others;
};
// Stores that hold the same files, by their places in the facts; a set of them each.
std::vector<std::vector<std::size_t>> equalStores(const ConsolidateFacts &facts);
std::vector<StoreGroup> groupStores(const ConsolidateFacts &facts, const ConsolidateOptions &options);

} // namespace bobbin
