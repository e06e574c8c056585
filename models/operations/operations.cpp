// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/operations.h"

#include "models/core/clock.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QElapsedTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct OperationsText {
    Q_DECLARE_TR_FUNCTIONS(Operations)
};

constexpr qint64 shownMs = 100; // between two figures

} // namespace

Operations::Operations(ApiClient &client, Store &store, SyncService &sync, std::shared_ptr<const PriceTable> prices)
    : m_client(client), m_store(store), m_sync(sync), m_executor(client, store, sync, this), m_prices(std::move(prices))
{
    // Every target tells; people read ten figures a second at most. What asks for attention and the end always pass.
    connect(&m_executor, &Executor::progressed, this,
            [this, last = QElapsedTimer()](const OperationProgress &progress) mutable {
                if (progress.state == OperationProgress::State::Running && last.isValid() && last.elapsed() < shownMs)
                    return;
                last.start();
                Q_EMIT progressed(progress);
            });
}

Operations::~Operations() = default;

template <class T, class F> QCoro::Task<> Operations::fulfil(std::shared_ptr<QPromise<T>> promise, F task)
{
    ++m_tasks;
    auto doing = task();
    T result = co_await doing;
    --m_tasks;
    promise->addResult(std::move(result));
    promise->finish();
}

template <class T, class F> QFuture<T> Operations::answer(F task)
{
    auto promise = std::make_shared<QPromise<T>>();
    promise->start();
    QFuture<T> future = promise->future();
    QMetaObject::invokeMethod(this, [this, promise, task = std::move(task)] { fulfil<T>(promise, task); });
    return future;
}

std::shared_ptr<const PriceTable> Operations::prices() const
{
    const QMutexLocker lock(&m_mutex);
    return m_prices;
}

void Operations::setPrices(std::shared_ptr<const PriceTable> prices)
{
    const QMutexLocker lock(&m_mutex);
    m_prices = std::move(prices);
}

std::shared_ptr<Control> Operations::control(qint64 operation) const
{
    const QMutexLocker lock(&m_mutex);
    return m_running.value(operation);
}

bool Operations::running(qint64 operation) const
{
    return control(operation) != nullptr;
}

bool Operations::anyRunning() const
{
    const QMutexLocker lock(&m_mutex);
    return !m_running.isEmpty();
}

void Operations::pause(qint64 operation)
{
    if (const auto running = control(operation))
        running->pause();
}

void Operations::resume(qint64 operation)
{
    if (const auto running = control(operation))
        running->resume();
}

void Operations::resumeAll()
{
    QList<std::shared_ptr<Control>> all;
    {
        const QMutexLocker lock(&m_mutex);
        all = m_running.values();
    }
    for (const auto &running : std::as_const(all))
        if (!running->paused())
            running->resume();
}

void Operations::cancel(qint64 operation)
{
    if (const auto running = control(operation))
        running->cancel();
}

void Operations::stop()
{
    m_stop->request();
    m_executor.stop();
}

QFuture<Result<std::vector<RotateDraft>>> Operations::draftRotations(const QStringList &threads,
                                                                     const RotateOptions &options)
{
    return answer<Result<std::vector<RotateDraft>>>([this, threads, options] { return draft(threads, options); });
}

QFuture<Result<RotateDraft>> Operations::redraft(const QString &thread, const RotateOptions &options)
{
    return answer<Result<RotateDraft>>([this, thread, options] { return draftOne(thread, options); });
}

QFuture<Result<QStringList>> Operations::threadsAbove(qint64 promptTokens)
{
    return m_store.read([promptTokens](Reader &reader) { return reader.threadsAbove(promptTokens); },
                        Store::Lane::Scan);
}

QFuture<Result<CleanupPlan>> Operations::planCleanup(const CleanupRule &rule)
{
    return answer<Result<CleanupPlan>>([this, rule] {
        return scan<CleanupPlan>([rule](Reader &reader) -> Result<CleanupPlan> {
            if (const Done able = reader.provider().able(Feature::DeleteThreads); !able)
                return fail(able.error());
            if (const Done done = rule.check(); !done)
                return fail(done.error());
            const auto facts = reader.cleanupFacts();
            if (!facts)
                return fail(facts.error());
            return bobbin::planCleanup(*facts, rule, nowMs());
        });
    });
}

QFuture<Result<std::vector<std::pair<QString, CleanupRule>>>> Operations::rules()
{
    return m_store.read([](Reader &reader) -> Result<std::vector<std::pair<QString, CleanupRule>>> {
        const auto saved = reader.rules();
        if (!saved)
            return fail(saved.error());
        std::vector<std::pair<QString, CleanupRule>> all;
        for (const auto &[name, json] : *saved)
            if (const auto rule = cleanupRuleFromJson(json))
                all.emplace_back(name, *rule);
        return all;
    });
}

QFuture<Done> Operations::saveRule(const QString &name, const CleanupRule &rule)
{
    return m_store.journal().saveRule(name, toJson(rule));
}

QFuture<Done> Operations::removeRule(const QString &name)
{
    return m_store.journal().saveRule(name, {});
}

QFuture<Result<ConsolidatePlan>> Operations::planConsolidation(const ConsolidateOptions &options, bool compare)
{
    return answer<Result<ConsolidatePlan>>([this, options, compare] { return consolidate(options, compare); });
}

QFuture<Result<Plan>> Operations::planArchive(const QStringList &threads, const QString &file)
{
    return m_store.read([threads, file](Reader &reader) -> Result<Plan> {
        std::vector<RowKey> keys;
        for (const QString &id : threads) {
            const auto key = reader.keyOf(RowKind::Threads, id);
            if (!key)
                return fail(key.error());
            if (*key)
                keys.push_back(**key);
        }
        const auto known = reader.rows<ThreadRow>(keys);
        if (!known)
            return fail(known.error());
        return bobbin::planArchive(threads, *known, file);
    });
}

QFuture<Result<Plan>> Operations::planCancelRuns(const QStringList &runs)
{
    return answer<Result<Plan>>([this, runs] { return cancelling(runs, {}); });
}

QFuture<Result<Plan>> Operations::planCancelThreads(const QStringList &threads)
{
    return answer<Result<Plan>>([this, threads] { return cancelling({}, threads); });
}

QFuture<Result<Plan>> Operations::planCancelRun(const QString &thread, const QString &run)
{
    return planCancelThreads({thread}).then([run](Result<Plan> plan) {
        if (plan)
            std::erase_if(plan->targets, [&](const PlanTarget &target) { return target.id != run; });
        return plan;
    });
}

QFuture<Result<std::vector<StuckRun>>> Operations::explain(const QString &thread)
{
    return answer<Result<std::vector<StuckRun>>>([this, thread] { return explainThread(thread); });
}

QFuture<Result<std::vector<Reader::KnownFile>>> Operations::sameAs(const QString &localFile)
{
    return answer<Result<std::vector<Reader::KnownFile>>>([this, localFile] { return findSame(localFile); });
}

QFuture<Result<Plan>> Operations::planAnswer(const QString &run, const std::vector<ToolOutput> &outputs)
{
    return m_store.read([run, outputs](Reader &reader) -> Result<Plan> {
        if (const Done able = reader.provider().able(Feature::AnswerTools); !able)
            return fail(able.error());
        const auto key = reader.keyOf(RowKind::Runs, run);
        if (!key)
            return fail(key.error());
        if (!*key)
            return fail(Error::Kind::NotFound, OperationsText::tr("this run is not in the store"), run);
        const auto rows = reader.rows<RunRow>({**key});
        if (!rows)
            return fail(rows.error());
        return bobbin::planAnswer(rows->front(), outputs);
    });
}

QFuture<Result<Plan>> Operations::planUndo(qint64 operation)
{
    return answer<Result<Plan>>([this, operation] { return undo(operation); });
}

QFuture<Result<Completion>> Operations::writeSummary(const QString &thread, const QString &model)
{
    return answer<Result<Completion>>([this, thread, model] { return complete(thread, model); });
}

QFuture<Result<qint64>> Operations::start(std::shared_ptr<const Plan> plan)
{
    return answer<Result<qint64>>([this, plan] { return begin(plan); });
}

QFuture<Done> Operations::finish(qint64 operation)
{
    return answer<Done>([this, operation] { return again(operation, false); });
}

QFuture<Done> Operations::retryFailed(qint64 operation)
{
    return answer<Done>([this, operation] { return again(operation, true); });
}

QFuture<Result<std::vector<std::pair<qint64, QString>>>> Operations::interrupted()
{
    return answer<Result<std::vector<std::pair<qint64, QString>>>>([this] { return findInterrupted(); });
}

} // namespace bobbin
