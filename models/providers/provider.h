// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between the neutral core and one provider's dialect: what the server can do (capabilities), how a request
// is written, how an answer is read. Pure: no network, no state. The rest of the core asks capabilities, never names.
#pragma once

#include "models/domain/objects.h"

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
    bool filesPaged = true;
    bool cancelRun = true;
    bool cachedTokens = true; // usage names them; else cost is an upper bound
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

// A change to the server's objects. Bodies are JSON in the neutral model's terms, which are those of Assistants v2.
struct Change {
    enum class Kind {
        CreateThread,
        AddMessage,
        EditThread,
        DeleteThread,
        CancelRun,
        SubmitToolOutputs,
        EditAssistant,
        CreateStore,
        EditStore,
        AddStoreFiles, // a batch
        AddStoreFile,
        RemoveStoreFile, // id: the file, parent: the store; the file itself stays
        DeleteStore,
        DeleteFile,
        Complete, // a chat completion: changes nothing, but costs
    };
    Kind kind = Kind::CreateThread;
    QString id;
    QString parent; // the run's thread, the file's store
    QByteArray body;
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
    [[nodiscard]] virtual QString word(Resource resource) const = 0; // the provider's own word for it
    [[nodiscard]] virtual std::vector<std::pair<QByteArray, QByteArray>>
    headers(const Connection &connection) const = 0;
    [[nodiscard]] virtual QByteArray authorization(const QByteArray &key) const = 0; // value of the header below
    [[nodiscard]] virtual QByteArray authorizationHeader() const { return "Authorization"; }
    [[nodiscard]] virtual Request list(Resource resource, const Parent &parent, const Cursor &cursor) const = 0;
    [[nodiscard]] virtual Request get(Resource resource, const QString &id, const Parent &parent) const = 0;
    [[nodiscard]] virtual Request change(const Change &change) const = 0;
    [[nodiscard]] virtual Request fileContent(const QString &fileId) const = 0; // its bytes
    [[nodiscard]] virtual Request fileText(const QString &storeId, const QString &fileId) const = 0; // as it was parsed
    [[nodiscard]] virtual Result<Page> readPage(Resource resource, const Parent &parent,
                                                const QByteArray &bytes) const = 0;
    // The cursor of the next page, where the bytes say it plainly; a hint (see wire::peekCursor).
    [[nodiscard]] virtual std::optional<QString> peekCursor(const QByteArray &) const { return std::nullopt; }
    [[nodiscard]] virtual Result<Objects> readItem(Resource resource, const Parent &parent,
                                                   const QByteArray &bytes) const = 0;
    // Sharpens what the status alone says, from the provider's own codes and texts.
    [[nodiscard]] virtual Error refine(Error error, const Connection &connection, const Request &request) const = 0;
};

const Provider &providerById(const QString &id); // the Assistants v2 dialect where the id is unknown
std::vector<const Provider *> allProviders();

} // namespace bobbin
