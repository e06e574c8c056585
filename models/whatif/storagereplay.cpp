// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/storagereplay.h"

#include "models/core/days.h"

#include <algorithm>
#include <map>

namespace bobbin {

namespace {

constexpr qint64 centsToRate = 10'000; // micro-dollars

Money storageOver(const std::map<qint64, qint64> &changes, qint64 from, qint64 until, const PriceTable &prices)
{
    Money all;
    qint64 bytes = 0;
    auto next = changes.begin();
    for (qint64 day = changes.empty() ? until : std::max(from, changes.begin()->first); day < until; ++day) {
        for (; next != changes.end() && next->first <= day; ++next)
            bytes += next->second;
        all += prices.storagePerDay(bytes);
    }
    return all;
}

} // namespace

StoredStores storedIn(const ConsolidateFacts &facts)
{
    StoredStores stored;
    for (const StoreFacts &store : facts.stores) {
        StoredBytes &one = stored.emplace_back();
        one.from = store.createdAt.value_or(0);
        one.until = store.expiresAt.value_or(0);
        one.bytes = store.bytes.value_or(0);
        one.assistants = store.assistants;
    }
    for (const std::vector<std::size_t> &same : equalStores(facts)) {
        std::optional<std::size_t> oldest;
        bool there = false; // one of them is there still
        qint64 until = 0;
        for (const std::size_t one : same) {
            if (stored[one].from <= 0) // since when is not known: it counts for nothing
                continue;
            oldest = !oldest || stored[one].from < stored[*oldest].from ? one : *oldest;
            there = there || stored[one].until == 0;
            until = std::max(until, stored[one].until);
        }
        if (!oldest)
            continue;
        for (const std::size_t one : same)
            stored[one].again = one != *oldest;
        stored[*oldest].onceUntil = there ? 0 : until;
    }
    return stored;
}

StorageReplay replayStorage(const Ledger &ledger, const StoredStores &stores, const Measures &measures,
                            const ReplayScope &scope, const QString &assistant, qint64 now)
{
    StorageReplay result;
    const auto &prices = ledger.rates.prices();
    if (measures.oneStore && prices && scope.thread == 0) {
        std::map<qint64, qint64> all, once; // by day, bytes that come and go
        for (const StoredBytes &store : stores) {
            if (store.from <= 0 || store.bytes <= 0 || (!assistant.isEmpty() && !store.assistants.contains(assistant)))
                continue;
            result.stores += store.again ? 1 : 0;
            const auto hold = [&](std::map<qint64, qint64> &changes, qint64 until) {
                changes[store.from / dayMs] += store.bytes;
                if (until > 0 && until < now)
                    changes[until / dayMs] -= store.bytes;
            };
            hold(all, store.until);
            if (!store.again)
                hold(once, store.onceUntil.value_or(store.until));
        }
        const qint64 from = scope.from / dayMs;
        result.actual = storageOver(all, from, now / dayMs + 1, *prices);
        result.would = storageOver(once, from, now / dayMs + 1, *prices);
    }
    if (!measures.attachOnce)
        return result;
    for (const ThreadFact &thread : ledger.threads) {
        if ((scope.thread != 0 && thread.key != scope.thread) ||
            (scope.assistant && thread.assistant != *scope.assistant) || thread.lastActive.value_or(0) < scope.from)
            continue;
        for (const FileAgain &again : thread.filesAgain) {
            result.filesAgain += again.messages - 1;
            result.tokensAgain += again.bytes.value_or(0) / usualCharactersPerToken * (again.messages - 1);
        }
    }
    result.embedding = Money{*measures.attachOnce * centsToRate} * result.tokensAgain;
    return result;
}

void addStorage(Replay &replay, const StorageReplay &storage, const Measures &measures)
{
    if (measures.oneStore) {
        replay.actual += storage.actual;
        replay.would += storage.would;
        replay.saved[std::size_t(Measure::OneStore)] = storage.actual - storage.would;
    }
    if (measures.attachOnce) {
        replay.actual += storage.embedding;
        replay.saved[std::size_t(Measure::AttachOnce)] = storage.embedding;
    }
}

} // namespace bobbin
