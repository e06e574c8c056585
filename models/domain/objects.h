// SPDX-License-Identifier: GPL-3.0-or-later
// The neutral model: plain values that every provider's dialect decodes to and everything else works with.
// Times are Unix milliseconds; an empty optional means "the server did not say", never 0. `raw` is the
// server's own JSON for the object, byte for byte. Enums are open: the wire word is kept beside the value.
#pragma once

#include "models/core/error.h"
#include "models/core/money.h"
#include "models/core/tokens.h"

#include <QByteArray>
#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

namespace bobbin {

using OptTime = std::optional<qint64>;

// The numbers are in files: none is ever given another meaning.
enum class Resource {
    Assistants = 0,
    Threads = 1,
    Messages = 2,
    Runs = 3,
    Steps = 4,
    Files = 5,
    VectorStores = 6,
    StoreFiles = 7
};

struct Usage {
    qint64 prompt = 0; // contains cached
    qint64 completion = 0; // contains reasoning
    std::optional<qint64> cached;
    std::optional<qint64> cacheWrite;
    std::optional<qint64> reasoning;
    [[nodiscard]] bool beyondReason() const { return prompt >= mostTokens || completion >= mostTokens; }
    bool operator==(const Usage &) const = default;
    Usage &operator+=(const Usage &other) // what only one of them tells is what is known
    {
        const auto add = [](std::optional<qint64> &to, const std::optional<qint64> &more) {
            if (more)
                to = to.value_or(0) + *more;
        };
        prompt += other.prompt;
        completion += other.completion;
        add(cached, other.cached);
        add(cacheWrite, other.cacheWrite);
        add(reasoning, other.reasoning);
        return *this;
    }
};

struct Assistant {
    QString id;
    OptTime createdAt;
    QString name;
    QString model;
    QString instructions;
    QStringList tools; // types; functions as "function:name"
    QStringList vectorStoreIds;
    QStringList fileIds;
    QByteArray raw;
};

struct Thread {
    QString id;
    OptTime createdAt;
    QString title; // from metadata "title" or "name", else empty
    QByteArray metadata; // JSON object, empty: none
    QStringList vectorStoreIds;
    QStringList fileIds;
    std::optional<Usage> usage; // of all of it, where the server tells it of threads; else runs have it
    QString model; // that took it
    bool sparse = false; // the answer leaves out what the thread's own has: that stays as it was
    bool resourcesTold = true; // false: the answer says nothing of stores and files, not even that there are none
    QByteArray raw;
};

struct Message {
    QString id;
    QString threadId;
    OptTime createdAt;
    QString role;
    QString status;
    QString runId;
    QString assistantId;
    QString text; // the beginning of all text parts; the parts themselves are read from raw by wire/content
    qint64 characters = 0; // of all of them
    QStringList fileIds; // attachments, pictures, files written by tools
    QByteArray raw;
};

enum class RunStatus : quint8 { // the numbers are in files
    Unknown = 0,
    Queued = 1,
    InProgress = 2,
    RequiresAction = 3,
    Cancelling = 4,
    Cancelled = 5,
    Failed = 6,
    Completed = 7,
    Incomplete = 8,
    Expired = 9,
};
// Active runs lock their thread.
constexpr bool isActive(RunStatus s)
{
    return s == RunStatus::Queued || s == RunStatus::InProgress || s == RunStatus::RequiresAction ||
        s == RunStatus::Cancelling;
}

// What a run was told beside its messages. Hashes stand for texts (textHash): 0 is none.
struct RunConfig {
    quint64 instructions = 0, tools = 0;
    qint64 instructionBytes = 0;
    std::optional<qint64> maxPromptTokens;
    std::optional<qint64> lastMessages; // what a truncation leaves of them
    bool operator==(const RunConfig &) const = default;
};

struct Run {
    QString id;
    QString threadId;
    QString assistantId;
    OptTime createdAt, startedAt, completedAt, failedAt, cancelledAt, expiresAt;
    RunStatus status = RunStatus::Unknown;
    QString statusWord;
    QString model;
    QString errorCode; // last_error.code or incomplete_details.reason
    QString errorMessage;
    std::optional<Usage> usage;
    RunConfig config;
    QByteArray raw;

    [[nodiscard]] OptTime endedAt() const
    {
        const OptTime ended = completedAt ? completedAt : failedAt ? failedAt : cancelledAt;
        return !ended && status == RunStatus::Expired ? expiresAt : ended; // there is no expired_at
    }
};

struct ToolCall;

struct RunStep {
    QString id;
    QString runId;
    QString threadId;
    OptTime createdAt, endedAt;
    QString type; // message_creation, tool_calls, or what a graph calls it
    QString status;
    QString errorCode;
    int toolCalls = 0;
    std::vector<quint64> callHashes; // of each one's name and arguments, where it has any
    qint64 outputCharacters = 0; // of all their outputs
    std::optional<Usage> usage;
    QString model; // where steps tell it
    QByteArray raw;

    void add(const ToolCall &call); // counts it in
};

struct File {
    QString id;
    OptTime createdAt;
    QString name;
    QString purpose;
    QString status;
    std::optional<qint64> bytes;
    QByteArray raw;
};

struct VectorStore {
    QString id;
    OptTime createdAt, lastActiveAt, expiresAt;
    QString name;
    QString status;
    std::optional<qint64> usageBytes;
    std::optional<qint64> fileCount, failedFiles, pendingFiles;
    QByteArray raw;
};

struct StoreFile {
    QString id; // the file's id
    QString storeId;
    OptTime createdAt;
    QString status;
    std::optional<qint64> usageBytes;
    QString errorCode;
    QByteArray extra; // JSON: attributes and chunking_strategy where they are not the usual ones, else empty
    QByteArray raw;
};

// How ids of a kind look in any text.
struct IdShape {
    Resource resource;
    QStringView pattern; // a regular expression, without groups that capture
};

// What one answer holds. A dialect may fill several vectors at once (a thread state with its messages and runs).
struct Objects {
    std::vector<Assistant> assistants;
    std::vector<Thread> threads;
    std::vector<Message> messages;
    std::vector<Run> runs;
    std::vector<RunStep> steps;
    std::vector<File> files;
    std::vector<VectorStore> stores;
    std::vector<StoreFile> storeFiles;

    [[nodiscard]] std::size_t size() const
    {
        return assistants.size() + threads.size() + messages.size() + runs.size() + steps.size() + files.size() +
            stores.size() + storeFiles.size();
    }
};

// Whose list: the thread of its messages, the run of its steps, the store of its files.
struct Parent {
    QString thread, run, store;
    bool operator==(const Parent &) const = default;
};

// A list that a server has. Where it cannot be read, the rest is read all the same, unless it is required.
struct ListRef {
    Resource resource = Resource::Assistants;
    Parent parent = {};
    bool required = false;
    bool newestFirst = false; // where the server can
    bool operator==(const ListRef &) const = default;
};

// A place in a list, in the words of the provider that gave it. Empty: its beginning.
using ListToken = QByteArray;

// One page of a list.
struct Page {
    Objects objects;
    std::optional<ListToken> next; // of the page behind it, where there may be one
    bool more = false; // the server says that there is one
    // Where a later sync goes on: what lies before it is final. Empty: nothing of this page moves that place.
    ListToken resume;
    bool settled = true; // all of it is final; else no later page moves that place either
    qint64 bytes = 0; // of the answer
    std::vector<Error> problems; // items of the page that could not be read; the others are in objects
};

} // namespace bobbin
