// SPDX-License-Identifier: GPL-3.0-or-later
// How a job stands beside the person: told, paused, asked, waited out, written down.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct ExecutorText {
    Q_DECLARE_TR_FUNCTIONS(Executor)
};

} // namespace

void Executor::tell(const JobPtr &job)
{
    OperationProgress &p = job->progress;
    const qint64 settledNow = p.settled() - job->settledBefore;
    p.restMs.reset();
    if (settledNow >= 3)
        p.restMs = (nowMs() - job->startedMs) * (p.total - p.settled()) / settledNow;
    p.waits = longestWait(*job);
    Q_EMIT progressed(p);
}

std::optional<OperationProgress::Waits> Executor::longestWait(const Job &job) const
{
    constexpr qint64 worthAWordMs = 3'000;
    const OperationProgress::Waits *longest = nullptr;
    for (const OperationProgress::Waits &one : job.underWay)
        if (!longest || one.sinceMs < longest->sinceMs)
            longest = &one;
    if (!longest || nowMs() - longest->sinceMs < worthAWordMs)
        return std::nullopt;
    OperationProgress::Waits waits = *longest;
    if (const auto held = m_hands.client.heldFor(); held.count() > 0)
        waits.next = ExecutorText::tr("the server asked for fewer requests; the next one goes out in %1")
                         .arg(format::duration(held.count()));
    return waits;
}

void Executor::settled(const JobPtr &job, TargetState state)
{
    switch (state) {
    case TargetState::Finished:
        ++job->progress.done;
        break;
    case TargetState::Failed:
    case TargetState::Stopped:
        ++job->progress.failed;
        break;
    case TargetState::Skipped:
        ++job->progress.skipped;
        break;
    case TargetState::Planned:
    case TargetState::Running:
        return;
    }
    tell(job);
}

QCoro::Task<Done> Executor::journal(JournalEntry entry)
{
    m_hands.moment("before journal");
    auto written = m_hands.store.journal().write(std::move(entry));
    Done done = co_await written;
    m_hands.moment("after journal");
    co_return done;
}

// Between steps: waits out a pause and whatever another lane asks for. False: leave.
QCoro::Task<bool> Executor::mayGoOn(JobPtr job, bool begun)
{
    int seen = job->control->changes();
    while (!m_hands.stop->requested() && (job->halted || job->control->paused()) && !job->control->cancelled()) {
        if (!job->halted && job->progress.state != OperationProgress::State::Paused) {
            job->progress.state = OperationProgress::State::Paused;
            tell(job);
        }
        auto waiting = m_hands.waitFor(job, seen, 60s);
        co_await waiting;
        seen = job->control->changes();
    }
    if (job->progress.state == OperationProgress::State::Paused && !job->control->paused()) {
        job->progress.state = OperationProgress::State::Running;
        tell(job);
    }
    co_return !m_hands.stop->requested() && (begun || !job->control->cancelled());
}

QCoro::Task<bool> Executor::ask(JobPtr job, Error error)
{
    const int before = job->control->resumed();
    int seen = job->control->changes();
    job->halted = true;
    job->progress.state = OperationProgress::State::Asking;
    job->progress.error = std::move(error);
    tell(job);
    while (job->control->resumed() == before && !job->control->cancelled() && !m_hands.stop->requested()) {
        auto waiting = m_hands.waitFor(job, seen, 60s);
        co_await waiting;
        seen = job->control->changes();
    }
    job->halted = false;
    job->progress.state = OperationProgress::State::Running;
    job->progress.error.reset();
    tell(job);
    job->control->tell(); // the lanes that waited with this one
    co_return !m_hands.stop->requested() && !job->control->cancelled();
}

// The network may come back by itself: asked again after a while, until the person has enough.
QCoro::Task<bool> Executor::waitOut(JobPtr job, qint64 target, Error error, int tries)
{
    const int seen = job->control->changes();
    job->progress.state = OperationProgress::State::Waiting;
    job->progress.error = std::move(error);
    tell(job);
    const auto wait = std::min(m_hands.times.firstRetry * (1 << std::min(tries, 10)), m_hands.times.longestRetry);
    job->underWay[target].next =
        ExecutorText::tr("tried again in %1 (try %2)").arg(format::duration(wait.count())).arg(tries + 2);
    auto waiting = m_hands.waitFor(job, seen, wait);
    co_await waiting;
    job->progress.state = OperationProgress::State::Running;
    job->progress.error.reset();
    tell(job);
    co_return !m_hands.stop->requested();
}

QCoro::Task<bool> Executor::noted(JobPtr job, JournalEntry entry)
{
    while (true) {
        auto writing = journal(entry);
        const Done done = co_await writing;
        if (done)
            co_return true;
        auto asking = ask(job, done.error());
        if (!co_await asking)
            co_return false;
    }
}

} // namespace bobbin
