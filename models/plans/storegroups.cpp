// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/storegroups.h"

#include <algorithm>
#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// A file that sits in this many different sets says little about which of them belong together, and pairs of all of
// them would be tens of millions.
constexpr std::size_t mostSetsPerFile = 400;

using FileSet = std::vector<int>; // sorted

// The stores of one set of files stand as one: few sets remain where duplicates are many.
struct Sets {
    std::vector<FileSet> files;
    std::vector<std::vector<std::size_t>> stores;
};

Sets distinctSets(const ConsolidateFacts &facts)
{
    QHash<QString, int> numbers;
    std::map<FileSet, std::vector<std::size_t>> bySet;
    for (std::size_t i = 0; i < facts.stores.size(); ++i) {
        const StoreFacts &store = facts.stores[i];
        if (!store.filesKnown)
            continue;
        FileSet set;
        set.reserve(store.files.size());
        for (const StoreFileFacts &file : store.files) {
            if (file.failed)
                continue;
            const QString &same =
                facts.sameContent.contains(file.file) ? *facts.sameContent.constFind(file.file) : file.file;
            const auto known = numbers.constFind(same);
            set.push_back(known != numbers.cend() ? *known : *numbers.insert(same, int(numbers.size())));
        }
        std::ranges::sort(set);
        // Not std::ranges::unique: clang 14 cannot read GCC 12's.
        set.erase(std::unique(set.begin(), set.end()), set.end());
        if (!set.empty())
            bySet[std::move(set)].push_back(i);
    }
    Sets sets;
    for (auto &[files, stores] : bySet) {
        sets.files.push_back(files);
        sets.stores.push_back(std::move(stores));
    }
    return sets;
}

// Better to keep: can still be used, more pointers to it, does not expire, older.
bool better(const StoreFacts &a, const StoreFacts &b)
{
    const auto rank = [](const StoreFacts &s) {
        return std::tuple(s.status != "expired"_L1, s.assistants.size() + s.threads.size(), !s.expiresAt.has_value(),
                          -s.createdAt.value_or(0));
    };
    return rank(a) > rank(b);
}

} // namespace

std::vector<std::vector<std::size_t>> equalStores(const ConsolidateFacts &facts)
{
    return distinctSets(facts).stores;
}

std::vector<StoreGroup> groupStores(const ConsolidateFacts &facts, const ConsolidateOptions &options)
{
    Sets sets = distinctSets(facts);
    std::vector<std::size_t> order(sets.files.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return sets.files[i].size(); });
    std::vector<std::vector<std::size_t>> setsOf; // file -> sets that hold it
    for (std::size_t i = 0; i < sets.files.size(); ++i)
        for (const int file : sets.files[i]) {
            if (std::size_t(file) >= setsOf.size())
                setsOf.resize(std::size_t(file) + 1);
            setsOf[std::size_t(file)].push_back(i);
        }
    std::vector<char> taken(sets.files.size(), 0);
    std::vector<int> shared(sets.files.size(), 0);
    std::vector<StoreGroup> groups;
    for (const std::size_t largest : order) {
        if (taken[largest])
            continue;
        taken[largest] = 1;
        std::vector<std::size_t> touched;
        for (const int file : sets.files[largest]) {
            const auto &holders = setsOf[std::size_t(file)];
            if (holders.size() > mostSetsPerFile)
                continue;
            for (const std::size_t other : holders)
                if (!taken[other] && shared[other]++ == 0)
                    touched.push_back(other);
        }
        StoreGroup group;
        std::vector<std::size_t> members = sets.stores[largest];
        for (const std::size_t other : touched) {
            FileSet common;
            std::ranges::set_intersection(sets.files[largest], sets.files[other], std::back_inserter(common));
            shared[other] = 0;
            const bool contained = common.size() == sets.files[other].size();
            if (!contained && common.size() * 100 < sets.files[other].size() * std::size_t(options.overlapPercent))
                continue;
            taken[other] = 1;
            members.insert(members.end(), sets.stores[other].begin(), sets.stores[other].end());
            if (!contained)
                group.relation = StoreGroup::Relation::Overlapping;
            else if (group.relation == StoreGroup::Relation::Equal)
                group.relation = StoreGroup::Relation::Contained;
        }
        if (members.size() < 2)
            continue;
        // Of the stores with the most files the best one; the person's choice before all.
        std::size_t best = sets.stores[largest].front();
        for (const std::size_t store : sets.stores[largest])
            if (better(facts.stores[store], facts.stores[best]))
                best = store;
        for (const std::size_t store : members)
            if (options.preferred.contains(facts.stores[store].id))
                best = store;
        if (facts.stores[best].status == "expired"_L1 && !options.intoNew)
            continue; // cannot be searched any more, and nothing can be added to it
        group.survivor = best;
        for (const std::size_t store : members)
            if (store != best)
                group.others.push_back(store);
        groups.push_back(std::move(group));
    }
    return groups;
}

} // namespace bobbin
