// SPDX-License-Identifier: GPL-3.0-or-later
// Plans and operations of the open connection, as the programs see them. May be asked from any thread, answers by
// future; works on the network thread, and plans on the store's.
#pragma once

#include "models/operations/executor.h"
#include "models/operations/undodraft.h"
#include "models/plans/archiveplan.h"
#include "models/plans/cancelplan.h"
#include "models/plans/rotateplan.h"

#include <QCoroFuture>
#include <QLockFile>
#include <QMap>

namespace bobbin {

Result<DoneOperation> withTargets(Reader &reader, qint64 operation); // all of them, without their steps

class Operations : public QObject {
    Q_OBJECT
public:
    Operations(ApiClient &client, Store &store, SyncService &sync, std::shared_ptr<const PriceTable> prices);
    ~Operations() override;

    // Rotation looks at the threads first, so that nothing is forgotten that came a moment ago.
    QFuture<Result<std::vector<RotateDraft>>> draftRotations(const QStringList &threads, const RotateOptions &options);
    // The same from what is known, at once: for options that are turned while a person looks.
    QFuture<Result<RotateDraft>> redraft(const QString &thread, const RotateOptions &options);
    QFuture<Result<QStringList>> threadsAbove(qint64 promptTokens); // ids, the largest first
    QFuture<Result<std::optional<Money>>> priceOfSummary(const QString &thread, const QString &model);
    QFuture<Result<Completion>> writeSummary(const QString &thread, const QString &model);
    QFuture<Result<CleanupPlan>> planCleanup(const CleanupRule &rule);
    QFuture<Result<std::vector<std::pair<QString, CleanupRule>>>> rules(); // saved ones, by name
    QFuture<Done> saveRule(const QString &name, const CleanupRule &rule);
    QFuture<Done> removeRule(const QString &name);
    // `compare`: reads the contents of files of the same name and size first, through the stores that hold them.
    QFuture<Result<ConsolidatePlan>> planConsolidation(const ConsolidateOptions &options, bool compare = false);
    QFuture<Result<Plan>> planArchive(const QStringList &threads, const QString &file); // of the person's choice
    QFuture<Result<Plan>> planCancelRuns(const QStringList &runs); // empty: all that are active
    QFuture<Result<Plan>> planCancelThreads(const QStringList &threads); // their active runs
    QFuture<Result<Plan>> planCancelRun(const QString &thread, const QString &run); // of servers that use ids again
    QFuture<Result<std::vector<StuckRun>>> explain(const QString &thread); // its active runs
    // Of the files that the server has, those of this name, size and content, as far as contents can be compared there.
    QFuture<Result<std::vector<Reader::KnownFile>>> sameAs(const QString &localFile);
    QFuture<Result<Plan>> planAnswer(const QString &run, const std::vector<ToolOutput> &outputs);
    // Also of one that was cut short: finds out first what became of it.
    QFuture<Result<Plan>> planUndo(qint64 operation);

    // Answers the operation's key as soon as it is in the journal; ended() follows.
    QFuture<Result<qint64>> start(std::shared_ptr<const Plan> plan);
    QFuture<Done> finish(qint64 operation); // one that was interrupted
    QFuture<Done> retryFailed(qint64 operation);
    // At the start: what a crash cut short. Empty where another Bobbin is at work on this connection.
    QFuture<Result<std::vector<std::pair<qint64, QString>>>> interrupted();

    void pause(qint64 operation);
    void resume(qint64 operation); // also after what it asked for is there
    void resumeAll(); // a new key has come
    void cancel(qint64 operation);
    [[nodiscard]] bool running(qint64 operation) const;
    [[nodiscard]] bool anyRunning() const;

    // Why this server cannot do it, in a sentence; empty: it can.
    [[nodiscard]] QString whyNot(Feature feature) const { return m_store.provider().whyNot(feature); }

    void setPrices(std::shared_ptr<const PriceTable> prices);
    void stop(); // on the network thread: everything ends where it is
    [[nodiscard]] int tasks() const { return m_tasks; }
    [[nodiscard]] Executor &executor() { return m_executor; }

Q_SIGNALS:
    void progressed(const bobbin::OperationProgress &progress);
    void ended(qint64 operation, const bobbin::Done &done);

private:
    ApiClient &m_client;
    Store &m_store;
    SyncService &m_sync;
    Executor m_executor;
    Cancel m_stop = makeCancel();
    int m_tasks = 0;
    mutable QMutex m_mutex; // of what follows
    QMap<qint64, std::shared_ptr<Control>> m_running;
    std::shared_ptr<const PriceTable> m_prices;
    // The journal's, while one is at work on it: two programs must not carry out the same operation. The last one to
    // let go of it unlocks it. On the network thread.
    using Hold = std::shared_ptr<QLockFile>;
    std::weak_ptr<QLockFile> m_hold;

    [[nodiscard]] std::shared_ptr<const PriceTable> prices() const;
    [[nodiscard]] std::shared_ptr<Control> control(qint64 operation) const;
    QCoro::Task<Result<Capabilities>> capabilities();
    QCoro::Task<Result<std::vector<RotateDraft>>> draft(QStringList threads, RotateOptions options);
    QCoro::Task<Done> askForSuccessor(QString thread);
    QSet<QString> m_noSuccessors; // the server does not know them; on the network thread
    QCoro::Task<Result<RotateDraft>> draftOne(QString thread, RotateOptions options);
    QCoro::Task<> refreshAll(QStringList threads);
    QCoro::Task<> refreshLane(std::shared_ptr<QStringList> waiting);
    QCoro::Task<Result<Completion>> complete(QString thread, QString model);
    QCoro::Task<Result<ConsolidatePlan>> consolidate(ConsolidateOptions options, bool compare);
    QCoro::Task<Done> compareContents();
    QCoro::Task<Result<QByteArray>> contentOf(QString store, QString file); // as it was parsed, where that can be read
    QCoro::Task<Result<std::vector<Reader::KnownFile>>> findSame(QString localFile);
    QCoro::Task<Result<Plan>> cancelling(QStringList runs, QStringList threads);
    QCoro::Task<Result<std::vector<StuckRun>>> explainThread(QString thread);
    QCoro::Task<Result<Plan>> undo(qint64 operation);
    QCoro::Task<Result<Plan>> planTakingBack(qint64 operation);
    QCoro::Task<Result<UndoFacts>> madeThreads(DoneOperation operation);
    QCoro::Task<Result<qint64>> begin(std::shared_ptr<const Plan> plan);
    QCoro::Task<Done> again(qint64 operation, bool failedOnes);
    QCoro::Task<Result<std::vector<std::pair<qint64, QString>>>> findInterrupted();
    QCoro::Task<> drive(qint64 operation, std::shared_ptr<Control> control, Hold hold);
    Result<Hold> hold();
    std::shared_ptr<Control> takeUp(qint64 operation); // null: it runs already
    void letGo(qint64 operation);

    template <class T, class F> QFuture<T> answer(F task); // task: () -> QCoro::Task<T>
    template <class T, class F> QCoro::Task<> fulfil(std::shared_ptr<QPromise<T>> promise, F task);
    // A long read; again where the next keystroke of a filter interrupted it.
    template <class T, class F> QCoro::Task<Result<T>> scan(F query)
    {
        constexpr int mostTries = 20;
        for (int i = 0;; ++i) {
            auto reading = m_store.read(query, Store::Lane::Scan);
            Result<T> result = co_await reading;
            if (result || result.error().kind != Error::Kind::Cancelled || i == mostTries || m_stop->requested())
                co_return result;
        }
    }
};

} // namespace bobbin
