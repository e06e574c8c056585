// SPDX-License-Identifier: GPL-3.0-or-later
// What acts work with: the server, the store and the sync, each asked in the one way operations ask them. Lives on the
// network thread.
#pragma once

#include "models/operations/job.h"
#include "models/sync/syncservice.h"

namespace bobbin {

struct ExecutorTimes {
    std::chrono::milliseconds firstPoll{500}, longestPoll{5'000};
    // With a run that does not leave "cancelling", a store whose indexing does not move.
    std::chrono::milliseconds patience{180'000};
    std::chrono::milliseconds firstRetry{1'000}, longestRetry{30'000};
};

class Hands {
public:
    Hands(ApiClient &apiClient, Store &ownStore, SyncService &syncService)
        : client(apiClient), store(ownStore), sync(syncService)
    {
    }

    ApiClient &client;
    Store &store;
    SyncService &sync;
    Cancel stop = makeCancel();
    ExecutorTimes times;
    // For tests that end the program at every one of these moments.
    std::function<void(const char *moment)> onMoment;
    void moment(const char *name) const
    {
        if (onMoment)
            onMoment(name);
    }

    [[nodiscard]] const Provider &provider() const { return client.provider(); }

    QCoro::Task<Result<QByteArray>> send(Change change);
    QCoro::Task<Result<QByteArray>> sendNow(Change change); // RateLimited where it would have to wait
    QCoro::Task<Result<QByteArray>> sendRequest(Request request);
    // An edit; the answer is the object as it is now, which goes into the store.
    QCoro::Task<Done> edit(Resource resource, Change change);
    // Page by page, while `use` says so and there are more.
    QCoro::Task<Done> eachPage(ListRef ref, std::function<bool(const Page &)> use);
    QCoro::Task<Result<Objects>> get(Resource resource, QString id, QString thread = {});
    // As the server has them at this moment, with the secrets that the store does not keep: to be sent on at once.
    QCoro::Task<Result<Belongings>> belongings(Resource resource, QString id);
    QCoro::Task<Result<QStringList>> goneOf(Resource resource, QStringList ids); // those the server does not have
    QCoro::Task<Done> put(Objects objects);
    QCoro::Task<Done> setGone(Resource resource, QString id);
    // A look around that begins now or later; those who ask while one is under way share the next.
    QCoro::Task<Done> lookAround(bool files);
    // Not at all where something changed since `seen`.
    QCoro::Task<> waitFor(JobPtr job, int seen, std::chrono::milliseconds time);

private:
    struct Around {
        QPromise<Done> promise;
        QFuture<Done> done;
        bool files = false;
    };
    std::shared_ptr<Around> m_around; // the look that is to begin
    bool m_lookingAround = false;
    QCoro::Task<> lookAroundNext();
};

} // namespace bobbin
