// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between the neutral core and one provider's dialect: what the server can do (capabilities), how a request
// is written, how an answer is read. Pure: no network, no state. The rest of the core asks capabilities, never names.
#pragma once

#include "models/domain/change.h"

#include <QUrlQuery>

namespace bobbin {

// How to reach one server. The key is not in here: it lives in the keychain and in the request header only.
struct Connection {
    QString id; // stable, names the store file and the keychain entry
    QString name;
    QString baseUrl;
    QString provider; // a Provider::id()
    QString organization, project;
    std::vector<std::pair<QString, QString>> headers, query; // extra, sent with every request
    bool operator==(const Connection &) const = default;
};

struct Capabilities {
    enum class Listing { Always, Probe, Never };
    Listing threads = Listing::Probe; // can threads be listed?
    bool steps = true;
    bool files = true;
    bool vectorStores = true;
    int messagesAtCreation = 32; // of a thread
    qsizetype messageCharacters = 256'000;
    int metadataPairs = 16;
    int filesPerBatch = 500;
};

struct Request {
    QByteArray method = "GET";
    QString path; // below the base URL
    QUrlQuery query;
    QByteArray body; // JSON; empty: none
    bool prompt = false; // now or not at all: what was looked at just before may not grow old in a queue
};

struct Cursor {
    QString after; // empty: the first page
    int limit = 100;
    bool ascending = false;
};

// Whose list: the thread of its messages, the run of its steps, the store of its files.
struct Parent {
    QString thread, run, store;
};

class Provider {
public:
    virtual ~Provider() = default;
    [[nodiscard]] virtual QString id() const = 0;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    [[nodiscard]] virtual std::vector<std::pair<QByteArray, QByteArray>>
    headers(const Connection &connection) const = 0;
    [[nodiscard]] virtual QByteArray authorization(const QByteArray &key) const = 0; // value of the header below
    [[nodiscard]] virtual QByteArray authorizationHeader() const { return "Authorization"; }
    [[nodiscard]] virtual Request list(Resource resource, const Parent &parent, const Cursor &cursor) const = 0;
    [[nodiscard]] virtual Request get(Resource resource, const QString &id, const Parent &parent) const = 0;
    // NotSupported with a sentence where this server has nothing of the kind.
    [[nodiscard]] virtual Result<Request> change(const Change &change) const = 0;
    [[nodiscard]] virtual Request fileContent(const QString &fileId) const = 0; // its bytes
    [[nodiscard]] virtual Request fileText(const QString &storeId, const QString &fileId) const = 0; // as it was parsed
    [[nodiscard]] virtual Result<Page> readPage(Resource resource, const Parent &parent,
                                                const QByteArray &bytes) const = 0;
    // The cursor of the next page, where the bytes say it plainly; a hint (see wire::peekCursor).
    [[nodiscard]] virtual std::optional<QString> peekCursor(const QByteArray &) const { return std::nullopt; }
    [[nodiscard]] virtual Result<Objects> readItem(Resource resource, const Parent &parent,
                                                   const QByteArray &bytes) const = 0;
    // What is inside an object, from its raw JSON.
    [[nodiscard]] virtual Result<MessageContent> readMessage(const QByteArray &raw) const = 0;
    [[nodiscard]] virtual Result<StepContent> readStep(const QByteArray &raw) const = 0;
    [[nodiscard]] virtual Result<std::vector<ToolCall>> readRequiredAction(const QByteArray &runRaw) const = 0;
    [[nodiscard]] virtual Result<Belongings>
    readBelongings(const QByteArray &raw) const = 0; // thread, assistant, store
    [[nodiscard]] virtual Result<ObjectFacts> readFacts(const QByteArray &raw) const = 0;
    [[nodiscard]] virtual Result<MessageAgain> again(const QByteArray &messageRaw) const = 0;
    // A file of a vector store, as it was read, as it is attached again.
    [[nodiscard]] virtual Result<NewStoreFile> againInStore(const QByteArray &storeFileRaw) const = 0;
    // What it says, the same for the same: without what the server or an operation's marks change by themselves.
    [[nodiscard]] virtual QByteArray comparable(Resource resource, const QByteArray &raw) const;
    // Of answers that are no objects.
    [[nodiscard]] virtual Result<Completion> readCompletion(const QByteArray &bytes) const = 0;
    [[nodiscard]] virtual Result<QString> readFileText(const QByteArray &bytes) const = 0;
    // Sharpens what the status alone says, from the provider's own codes and texts.
    [[nodiscard]] virtual Error refine(Error error, const Connection &connection, const Request &request) const = 0;
};

// Whether a thread still says the same, in whatever order.
QString threadDigest(const Provider &provider, const QByteArray &thread, const QByteArrayList &messages);

} // namespace bobbin
