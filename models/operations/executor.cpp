// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/operations/targetwork.h"

#include <QCoroFuture>
#include <QDateTime>
#include <QDir>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Executor::Executor(ApiClient &client, Store &store, SyncService &sync, QObject *parent)
    : QObject(parent), m_hands(client, store, sync)
{
}

void Executor::stop()
{
    m_hands.stop->request();
}

QCoro::Task<> Executor::lane(JobPtr job, int phase)
{
    while (!job->queue.empty() && job->queue.front().target.phase == phase && !job->control->cancelled() &&
           !m_hands.stop->requested()) {
        DoneTarget target = std::move(job->queue.front());
        job->queue.pop_front();
        TargetWork work(*this, job, std::move(target));
        auto carrying = work.carryOut();
        co_await carrying;
    }
}

QCoro::Task<Result<JobPtr>> Executor::load(qint64 key)
{
    JobPtr job = std::make_shared<Job>();
    job->control = std::make_shared<Control>();
    // The job owns it, and is asked by those who hold the job.
    job->note = [this, weak = std::weak_ptr(job)](JournalEntry entry) { return noted(weak.lock(), std::move(entry)); };
    struct Loaded {
        DoneOperation operation;
        std::vector<DoneTarget> open;
        OperationRow row;
        qint64 archived = 0;
    };
    const auto query = [key](Reader &reader) -> Result<Loaded> {
        Loaded all;
        auto operation = reader.operation(key);
        if (!operation)
            return fail(operation.error());
        all.operation = *std::move(operation);
        auto open = reader.targets(key, {TargetState::Planned, TargetState::Running}, 0, 0);
        if (!open)
            return fail(open.error());
        all.open = *std::move(open);
        const auto rows = reader.rows<OperationRow>({key});
        if (!rows)
            return fail(rows.error());
        all.row = rows->front();
        const auto archived = reader.archivedBytes(key);
        if (!archived)
            return fail(archived.error());
        all.archived = *archived;
        return all;
    };
    auto reading = m_hands.store.read(query);
    auto loaded = co_await reading;
    if (!loaded)
        co_return fail(loaded.error());
    job->resumed = loaded->operation.state != OperationState::Planned;
    job->operation = std::move(loaded->operation);
    std::ranges::stable_sort(loaded->open, {}, [](const DoneTarget &t) { return t.target.phase; });
    job->queue.assign(std::make_move_iterator(loaded->open.begin()), std::make_move_iterator(loaded->open.end()));
    job->archived = loaded->archived;
    OperationProgress &p = job->progress;
    p.operation = job->operation.key;
    p.total = loaded->row.targets;
    p.done = loaded->row.done;
    p.failed = loaded->row.failed;
    p.skipped = loaded->row.skipped;
    job->settledBefore = p.settled();
    job->startedMs = nowMs();
    if (job->operation.archive.isEmpty()) {
        const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-hhmmss"_s);
        job->operation.archive =
            stamp + u'-' + kindWord(job->operation.kind) + u'-' + job->operation.id.mid(3, 8) + u".jsonl.zst"_s;
        auto writing = m_hands.store.journal().setArchive(job->operation.key, job->operation.archive);
        const Done done = co_await writing;
        if (!done)
            co_return fail(done.error());
    }
    job->archivePath = QDir(Store::archiveFolder(m_hands.store.path())).filePath(job->operation.archive);
    co_return job;
}

QCoro::Task<Done> Executor::run(qint64 operation, std::shared_ptr<Control> control)
{
    auto loading = load(operation);
    const Result<JobPtr> loaded = co_await loading;
    if (!loaded)
        co_return fail(loaded.error());
    const JobPtr &job = *loaded;
    job->control = std::move(control);
    auto starting = m_hands.store.journal().setState(operation, OperationState::Running, nowMs());
    Done done = co_await starting;
    if (!done)
        co_return done;
    tell(job);
    QTimer beat; // tells of waits, where nothing else happens
    connect(&beat, &QTimer::timeout, this, [this, job] {
        if (longestWait(*job))
            tell(job);
    });
    beat.start(1'000);
    while (!job->queue.empty() && !job->control->cancelled() && !m_hands.stop->requested()) {
        const int phase = job->queue.front().target.phase;
        std::vector<QCoro::Task<>> lanes;
        lanes.reserve(std::size_t(m_lanes));
        for (int i = 0; i < m_lanes; ++i)
            lanes.push_back(lane(job, phase));
        for (QCoro::Task<> &one : lanes)
            co_await one;
    }
    beat.stop();
    job->archive.reset();
    if (m_hands.stop->requested())
        co_return fail(Error::Kind::Cancelled, {});
    const auto state = job->control->cancelled() ? OperationState::Cancelled : OperationState::Finished;
    auto ending = m_hands.store.journal().setState(operation, state, nowMs());
    done = co_await ending;
    job->progress.state = OperationProgress::State::Ended;
    tell(job);
    co_return done;
}

QCoro::Task<Done> Executor::lookUp(qint64 operation)
{
    auto loading = load(operation);
    const Result<JobPtr> job = co_await loading;
    if (!job)
        co_return fail(job.error());
    const auto query = [operation](Reader &reader) {
        // Also what is to be tried again: it may have been sent before.
        return reader.targets(
            operation, {TargetState::Planned, TargetState::Running, TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = m_hands.store.read(query);
    auto targets = co_await reading;
    if (!targets)
        co_return fail(targets.error());
    for (DoneTarget &target : *targets) {
        TargetWork work(*this, *job, std::move(target));
        auto looking = work.lookUp();
        const Done done = co_await looking;
        if (!done)
            co_return done;
    }
    if ((*job)->operation.state == OperationState::Finished)
        co_return Done();
    auto ending = m_hands.store.journal().setState(operation, OperationState::Cancelled, nowMs());
    co_return co_await ending;
}

} // namespace bobbin
