// SPDX-License-Identifier: GPL-3.0-or-later
// All runs of a workspace in memory, by thread: what audit, cost desk and what-if compute from.
#pragma once

#include "models/audit/facts.h"

#include <string>

namespace bobbin {

// Texts as small numbers; 0 is the empty one.
class NameList {
public:
    qint32 number(std::string_view name); // a new one where it has none
    [[nodiscard]] std::optional<qint32> find(std::string_view name) const;
    [[nodiscard]] QString name(qint32 number) const { return QString::fromStdString(m_names.at(std::size_t(number))); }
    [[nodiscard]] std::size_t size() const { return m_names.size(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::vector<std::string> m_names{std::string()};
    std::unordered_map<std::string, qint32, Hash, std::equal_to<>> m_numbers{{std::string(), 0}};
};

struct FactNames {
    NameList assistants, errors;
};

struct ThreadTags { // what the threads' metadata says under one key
    NameList values;
    std::unordered_map<RowKey, qint32> ofThread; // those that have it
};

struct FileAgain { // attached to several messages of the person
    QString id, name;
    qint64 messages = 0;
    std::optional<qint64> bytes;
};

struct ThreadFact {
    RowKey key = 0;
    qint32 assistant = 0; // of its newest run
    qint64 unjudged = 0; // times it was settled since it was judged last
    Cause cause = Cause::None;
    OptTime lastActive; // newest message or run
    bool gone = false; // the server no longer has it
    bool rotated = false; // another took over
    std::vector<RunFact> runs; // oldest first
    std::vector<FileAgain> filesAgain;
    qint64 alike = 0, alikeCharacters = 0; // long messages that begin with the same words; the length of one
};

struct Ledger {
    FactNames names;
    RateBook rates;
    std::unordered_map<qint32, RunConfig> configs;
    std::vector<ThreadFact> threads;
    std::unordered_map<RowKey, std::size_t> places; // of threads by key

    void put(ThreadFact thread);
    [[nodiscard]] ThreadFact *thread(RowKey key); // null: not in it
    [[nodiscard]] std::size_t runs() const;
};

} // namespace bobbin
