// SPDX-License-Identifier: GPL-3.0-or-later
// Brings a server's workspace into the store: everything once, then what is new. Each page is committed before the
// next is asked for, lists are read oldest first, so a sync that is cut short goes on where it stopped.
#pragma once

#include "models/api/apiclient.h"
#include "models/core/errortext.h"
#include "models/store/store.h"

#include <deque>

namespace bobbin {

struct SyncProgress {
    enum class Stage { Workspace, Listing, Threads, Finished };
    Stage stage = Stage::Workspace;
    qint64 done = 0, total = 0; // threads
    qint64 requests = 0, objects = 0, failures = 0;
    std::optional<qint64> requestsLeft; // of the server's limit, as it last said
};

struct SyncOptions {
    int atOnce = 0; // requests; 0: as many as the server bears
    QStringList onlyThreads; // empty: the whole workspace
    bool steps = true;
    qint64 mostPerList = 1'000'000; // a list that goes on beyond is stopped: some servers invent pages for ever
};

// A thread as the server has it at this moment: itself, all its messages, its runs from the first that was active on.
struct ThreadLook {
    Objects objects;
    bool gone = false;
};

// A run as the server has it at this moment; the store has it too, and what it did so far.
struct RunLook {
    bool active = false;
    bool isKnown = true; // there; where it is not active, its thread was read whole
    std::size_t digest = 0; // another one: something moved
    Done steps; // whether all of them could be read
    std::chrono::milliseconds pollAfter{0}; // as the server wishes
};

struct FollowOptions {
    // Steps of active runs too; new runs of every known thread, the more often the more lately something came to it;
    // new threads, where the server lists them.
    bool closely = false;
    std::chrono::milliseconds shortest{2'000}, longest{30'000}; // between rounds: while something moves, and else
};

struct FollowRound {
    QStringList threads; // that were looked at: the store has them as they were a moment ago
    qint64 active = 0; // runs, by now
    qint64 requests = 0;
    std::optional<Error> error; // what kept it from seeing the rest: the network, a key, the store
    std::vector<std::pair<QString, Error>> problems; // threads that could not be read, or not whole
    std::chrono::milliseconds next{0}; // until the next round
    bool whole = true; // false: of active runs only, which are told of first; the rest of the round follows
};

class SyncService : public QObject {
    Q_OBJECT
public:
    SyncService(ApiClient &client, Store &store, QObject *parent = nullptr);

    QCoro::Task<Result<SyncRow>> sync(SyncOptions options, Cancel cancel);
    // One thread, whole, outside of any sync: what an operation is about to rely on.
    QCoro::Task<Done> refresh(QString threadId, Cancel cancel);
    // Reads and writes nothing down: what is compared just before something is deleted.
    QCoro::Task<Result<ThreadLook>> look(QString threadId, Cancel cancel);
    // Who points to stores and files, all asked anew and written down: assistants, threads (those that a list tells,
    // and those that are known besides); `files`: stores and new messages too. Fails where any of it cannot be read
    // whole.
    QCoro::Task<Done> lookAround(bool files, Cancel cancel);
    QCoro::Task<Result<RunLook>> lookAtRun(QString thread, QString run, bool steps, Cancel cancel);
    QCoro::Task<Done> refreshStore(QString storeId, Cancel cancel); // a vector store and its list of files
    QCoro::Task<Result<bool>> listsThreads(Cancel cancel); // asks once, then remembers for a week
    // Active runs until they end, and new ones of threads that were active lately.
    QCoro::Task<> follow(FollowOptions options, Cancel cancel);

Q_SIGNALS:
    void progressed(const bobbin::SyncProgress &progress);
    void failed(const QString &target, const bobbin::Error &error);
    void followed(const bobbin::FollowRound &round);

private:
    ApiClient &m_client;
    Store &m_store;
    SyncProgress m_progress;
    std::optional<Error> m_fatal; // stops the line: bad key, quota, full disk
    qint64 m_sync = 0;
    bool m_steps = true;
    qint64 m_mostPerList = SyncOptions().mostPerList;
    int m_silences = 0; // requests in a row that nobody answered
    qint64 m_requestsBefore = 0;
    std::deque<QString> m_queue;
    QSet<QString> m_partial; // threads of which some item could not be read

    // Writes are kept in order, so a page need not wait for the one before to be committed: the store commits together
    // what waits, which takes a fraction of the time. m_unwritten bounds the memory of it.
    struct Write {
        QFuture<Done> done;
        qint64 bytes;
    };
    using Writes = std::deque<Write>;
    static constexpr std::size_t mostWaiting = 128; // of one list
    qint64 m_unwritten = 0; // bytes

    struct Listing {
        ListRef ref;
        ListToken from = {};
        QStringList pageIds = {}; // of the page that came last
        QSet<ListToken> places = {};
        bool ended = false;
        bool settled = true; // so far: all that was read is final
        qint64 items = 0;
        std::optional<qint64> said = {}; // how many its object says there are
        bool whole = true; // so far: every item could be read, and the server did not repeat itself
        struct Ahead {
            ListToken from;
            QCoro::Task<Result<QByteArray>> bytes;
        };
        std::optional<Ahead> ahead = {}; // the next page, asked for while this one was decoded
    };
    QCoro::Task<Result<Page>> nextPage(Listing *list, Cancel cancel);
    QCoro::Task<Result<std::vector<RunStep>>> stepsOf(ListRef list, Cancel cancel);
    struct Crawled {
        QStringList ids;
        bool whole = true;
    };
    QCoro::Task<Done> crawl(ListRef ref, ListToken from, Cancel cancel, Crawled *crawled = nullptr,
                            std::optional<qint64> said = {});
    void noteSilence(const Done &done); // a server that answers nobody is not asked by the others too
    QCoro::Task<Result<Objects>> readList(ListRef ref, ListToken from, Cancel cancel);
    QCoro::Task<Result<bool>> listAssistants(Cancel cancel); // whether the list was whole
    QCoro::Task<Done> threadsAround(bool files, Cancel cancel);
    QCoro::Task<Done> threadAround(QString threadId, bool object, bool messages, Cancel cancel);
    struct Around; // threads to be asked, and what came of it
    QCoro::Task<> laneAround(std::shared_ptr<Around> around, Cancel cancel);
    QFuture<Done> put(Objects objects, std::optional<ListPlace> place = {},
                      GroupCommit::When when = GroupCommit::When::Now);
    bool m_flushDue = false;
    QCoro::Task<Done> landed(Writes &writes, std::size_t mayRemain);
    QCoro::Task<Done> workspace(Cancel cancel);
    QCoro::Task<Done> storeFiles(bool all, Cancel cancel); // all: a list that fails ends it
    std::deque<QCoro::Task<>> m_lanes; // stay where they are when more come
    int m_running = 0;
    void startLanes(const Cancel &cancel);
    QCoro::Task<> lane(Cancel cancel);
    QCoro::Task<Done> syncThread(QString threadId, bool steps, Cancel cancel);
    QCoro::Task<Done> filesOf(VectorStore store, Cancel cancel);
    QCoro::Task<Done> threadObject(QString threadId, Cancel cancel);
    QCoro::Task<Done> crawlFrom(ListRef ref, ListToken from, Cancel cancel);
    struct FollowState { // of one follow()
        FollowRound round;
        bool moved = false;
        QHash<std::pair<QString, QString>, std::size_t> seen; // thread, run: what it looked like
        QHash<QString, qint64> looked; // thread: when, ms
        QHash<std::pair<QString, QString>, qint64> lost; // thread, run that the server does not know: when, ms
        qint64 listEveryMs = 0, listDue = 0; // the list of threads
        qint64 turnDue = 0; // of those that nothing came to for long
    };
    QCoro::Task<Done> followRun(QString thread, QString run, bool steps, Cancel cancel,
                                std::shared_ptr<FollowState> state);
    QCoro::Task<> followSome(std::vector<std::pair<QString, QString>> some, bool steps, Cancel cancel,
                             std::shared_ptr<FollowState> state);
    QCoro::Task<Done> lookForNews(QString thread, Cancel cancel);
    QCoro::Task<> followThreads(FollowOptions options, Cancel cancel, std::shared_ptr<FollowState> state);
    QCoro::Task<> followList(Cancel cancel, std::shared_ptr<FollowState> state);
    QCoro::Task<Done> threadLists(QString threadId, Cancel cancel);
    QCoro::Task<Done> runLists(QString threadId, Cancel cancel);
    QCoro::Task<Done> markAbsent(Resource resource, QStringList there);
    [[nodiscard]] std::optional<ListRef> listOf(Resource resource) const; // of the workspace
    QCoro::Task<> report(QString target, Error error);
    QCoro::Task<> reportList(ListRef ref, Error error);
    void tell();
};

} // namespace bobbin
