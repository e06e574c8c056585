// SPDX-License-Identifier: GPL-3.0-or-later
// The seam between the neutral core and one provider's dialect: what the server can do (capabilities), how a request
// is written, how an answer is read. Pure: no network, no state. The rest of the core asks capabilities, never names.
#pragma once

#include "models/domain/billed.h"
#include "models/domain/change.h"

#include <QDate>
#include <QStringList>
#include <QUrl>
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

    enum class KeySource : quint8 { Pasted, Command, SignIn };
    KeySource keySource = KeySource::Pasted;
    QString keyForm; // of a pasted key: one of Provider::keyForms(); empty: the first
    QStringList command; // a program and its arguments, which prints the key
    QString tenant, clientId; // of a sign-in in the browser; tenant: an id, a domain, or an https address

    QString caFile, certificateFile, certificateKeyFile; // PEM: whom to trust besides, who we are
    QString proxy; // "none", or an address; empty: as the system says
    int timeoutSeconds = 0; // of one request; 0: the usual
    bool operator==(const Connection &) const = default;
};

// How a key is sent.
struct KeyForm {
    QString id, name;
    QByteArray header, before; // before: in front of the key
};

// A date after which nothing answers there.
struct Retirement {
    QDate date;
    QString words; // what to do about it, in a sentence
};

struct Capabilities {
    enum class Listing { Always, Probe, Never };
    Listing threads = Listing::Probe; // can threads be listed?
    bool steps = true;
    int messagesAtCreation = 32; // of a thread
    qsizetype messageCharacters = 256'000;
    int metadataPairs = 16;
    int filesPerBatch = 500;
    bool tellsRunLimits = true; // a run says its max_prompt_tokens
    bool tellsCancelled = true; // a run that was cancelled does not end as if it had failed
};

struct Request {
    QByteArray method = "GET";
    QString path; // below the base URL
    QUrlQuery query;
    QByteArray body; // JSON; empty: none
    struct Upload {
        QString path, name; // of a file on this computer
        std::vector<std::pair<QByteArray, QByteArray>> fields; // that go with it
    };
    std::optional<Upload> upload = {}; // instead of a body: multipart/form-data
    bool repeatable = false; // besides GET: it changes nothing, after a failure it may be sent again
    bool prompt = false; // now or not at all: what was looked at just before may not grow old in a queue
    [[nodiscard]] bool mayRepeat() const { return method == "GET" || repeatable; }
};

// What a person may want to do. A provider that cannot says why, see whyNot().
enum class Feature : quint8 {
    CreateThreads, // and write into them: what rotating and restoring need
    DeleteThreads,
    CancelRuns,
    AnswerTools, // submit what a waiting run asked for
    TakeTurns, // write a message and have an assistant answer it
    UploadFiles,
    Consolidate, // vector stores
    DeleteFiles,
    WriteSummary, // by a model
    ReadFileText, // of a file in a vector store, as it was parsed
    ReadBilled, // what the provider itself counted and billed
};

// A page of what the provider counted or billed, of whole days (UTC).
struct BilledRef {
    BilledList list = BilledList::Items;
    qint64 from = 0, until = 0; // days; until: the first that is not wanted
};
struct BilledPage {
    Billed billed; // without its days
    QString next; // place of the next page; empty: this was the last one
    std::vector<Error> problems; // rows that could not be read
};

// Where a token may be had by signing in.
struct SignInPlace {
    QString authority; // an https address; the tenant follows
    QString scope;
};

class Provider {
public:
    virtual ~Provider() = default;
    [[nodiscard]] virtual QString id() const = 0;
    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual Capabilities capabilities() const = 0;
    // Why it cannot be done there, in a sentence for a person; empty: it can.
    [[nodiscard]] virtual QString whyNot(Feature) const { return {}; }
    [[nodiscard]] Done able(Feature feature) const; // NotSupported with that sentence
    // Why another thread cannot take over from this one, to follow "kept:"; empty: it can.
    [[nodiscard]] virtual QString whyNotCarried(const QByteArray & /*threadRaw*/) const { return {}; }
    [[nodiscard]] virtual std::vector<IdShape> idShapes() const = 0;
    [[nodiscard]] virtual std::vector<std::pair<QByteArray, QByteArray>>
    headers(const Connection &connection) const = 0;
    [[nodiscard]] virtual std::vector<KeyForm> keyForms() const; // the usual one first: a bearer token
    [[nodiscard]] std::pair<QByteArray, QByteArray> authorization(const Connection &connection,
                                                                  const QByteArray &key) const; // a header
    [[nodiscard]] virtual std::optional<SignInPlace> signInPlace() const { return std::nullopt; }
    // Sent with every request, where neither the connection nor the request says otherwise.
    [[nodiscard]] virtual std::vector<std::pair<QString, QString>> usualQuery() const { return {}; }
    [[nodiscard]] virtual std::optional<Retirement> retirement() const { return std::nullopt; }
    // How likely a base URL is one of its own, 0 to 100; and what one looks like.
    [[nodiscard]] virtual int likelihood(const QUrl &baseUrl) const = 0;
    [[nodiscard]] virtual QString exampleUrl() const = 0;
    // What answers on every server of this kind, and whether this answer is one.
    [[nodiscard]] virtual Request probe() const = 0;
    [[nodiscard]] virtual Done readProbe(const QByteArray &bytes) const = 0;
    // The lists of a workspace, of a thread, and of a run, in the order in which they are read.
    [[nodiscard]] virtual std::vector<ListRef> workspaceLists() const = 0;
    [[nodiscard]] virtual std::vector<ListRef> threadLists(const QString &thread) const = 0;
    [[nodiscard]] virtual std::vector<ListRef> runLists(const QString &thread, const QString &run) const = 0;
    [[nodiscard]] virtual Request list(const ListRef &ref, const ListToken &from) const = 0;
    [[nodiscard]] virtual Request get(Resource resource, const QString &id, const Parent &parent) const = 0;
    // NotSupported with a sentence where this server has nothing of the kind.
    [[nodiscard]] virtual Result<Request> change(const Change &change) const = 0;
    [[nodiscard]] virtual Request fileContent(const QString &fileId) const = 0; // its bytes
    [[nodiscard]] virtual Request fileText(const QString &storeId, const QString &fileId) const = 0; // as it was parsed
    [[nodiscard]] virtual Result<Page> readPage(const ListRef &ref, const ListToken &from,
                                                const QByteArray &bytes) const = 0;
    // The place of the next page, where the bytes say it plainly: time to ask for it while this one is decoded. A hint.
    [[nodiscard]] virtual std::optional<ListToken> peekNext(const QByteArray &) const { return std::nullopt; }
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
    // Of Feature::ReadBilled, and only where that can be done: asked with an administrator's key.
    [[nodiscard]] virtual Request billed(const BilledRef &, const QString & /*from*/) const { return {}; }
    [[nodiscard]] virtual Result<BilledPage> readBilled(const BilledRef &, const QByteArray &) const
    {
        return BilledPage{};
    }
    // Sharpens what the status alone says, from the provider's own codes and texts.
    [[nodiscard]] virtual Error refine(Error error, const Connection &connection, const Request &request) const = 0;
};

// Whether a thread still says the same, in whatever order.
QString threadDigest(const Provider &provider, const QByteArray &thread, const QByteArrayList &messages);

} // namespace bobbin
