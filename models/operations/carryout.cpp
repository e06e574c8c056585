// SPDX-License-Identifier: GPL-3.0-or-later
// How one target is brought to its end: step by step, written down before and after, waiting for what has to be waited
// for, asking where only a person can help.
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QScopeGuard>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct ExecutorText {
    Q_DECLARE_TR_FUNCTIONS(Executor)
};

constexpr int mostTries = 5; // of a step that the server answers with errors

// Asked again for as long as it takes.
bool willPass(const Error &error)
{
    return error.kind == Error::Kind::Network || error.kind == Error::Kind::Timeout ||
        error.kind == Error::Kind::RateLimited;
}

bool mayPass(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Conflict:
        return error.httpStatus == 409; // by the server; ours are final
    case Error::Kind::Server:
    case Error::Kind::Decode:
    case Error::Kind::NotThisProtocol:
        return true;
    default:
        return willPass(error);
    }
}

// The server answered and refused: surely nothing was done. After all others the step has to be looked up.
bool surelyNotDone(const Error &error)
{
    return error.httpStatus >= 400 && error.httpStatus < 500 && error.httpStatus != 408;
}

QString endText(OperationKind kind, const QString &made)
{
    switch (kind) {
    case OperationKind::Rotate:
        return ExecutorText::tr("%1 took over").arg(made);
    case OperationKind::Cleanup:
        return ExecutorText::tr("archived and deleted");
    case OperationKind::Undo:
        return made.isEmpty() ? ExecutorText::tr("taken back") : ExecutorText::tr("created again as %1").arg(made);
    case OperationKind::Answer:
        return ExecutorText::tr("answered");
    case OperationKind::Archive:
        return ExecutorText::tr("archived and verified");
    case OperationKind::CancelRuns:
    case OperationKind::Consolidate:
        return ExecutorText::tr("done");
    }
    return {};
}

} // namespace

QCoro::Task<> Executor::waitFor(JobPtr run, int seen, std::chrono::milliseconds time)
{
    QTimer timer;
    timer.setSingleShot(true);
    const auto wake = [&timer] { timer.start(0); };
    QObject::connect(run->control.get(), &Control::changed, &timer, wake);
    QObject::connect(m_stop.get(), &Cancellation::cancelled, &timer, wake);
    timer.start(m_stop->requested() || run->control->changes() != seen ? 0ms : time);
    co_await timer;
}

// Between steps: waits out a pause and whatever another lane asks for. False: leave.
QCoro::Task<bool> Executor::mayGoOn(JobPtr run, bool begun)
{
    int seen = run->control->changes();
    while (!m_stop->requested() && (run->halted || run->control->paused()) && !run->control->cancelled()) {
        if (!run->halted && run->progress.state != OperationProgress::State::Paused) {
            run->progress.state = OperationProgress::State::Paused;
            tell(run);
        }
        auto waiting = waitFor(run, seen, 60s);
        co_await waiting;
        seen = run->control->changes();
    }
    if (run->progress.state == OperationProgress::State::Paused && !run->control->paused()) {
        run->progress.state = OperationProgress::State::Running;
        tell(run);
    }
    co_return !m_stop->requested() && (begun || !run->control->cancelled());
}

QCoro::Task<bool> Executor::ask(JobPtr run, Error error)
{
    const int before = run->control->resumed();
    int seen = run->control->changes();
    run->halted = true;
    run->progress.state = OperationProgress::State::Asking;
    run->progress.error = std::move(error);
    tell(run);
    while (run->control->resumed() == before && !run->control->cancelled() && !m_stop->requested()) {
        auto waiting = waitFor(run, seen, 60s);
        co_await waiting;
        seen = run->control->changes();
    }
    run->halted = false;
    run->progress.state = OperationProgress::State::Running;
    run->progress.error.reset();
    tell(run);
    run->control->tell(); // the lanes that waited with this one
    co_return !m_stop->requested() && !run->control->cancelled();
}

// The network may come back by itself: asked again after a while, until the person has enough.
QCoro::Task<bool> Executor::waitOut(JobPtr run, qint64 target, Error error, int tries)
{
    const int seen = run->control->changes();
    run->progress.state = OperationProgress::State::Waiting;
    run->progress.error = std::move(error);
    tell(run);
    const auto wait = std::min(m_times.firstRetry * (1 << std::min(tries, 10)), m_times.longestRetry);
    run->underWay[target].next =
        ExecutorText::tr("tried again in %1 (try %2)").arg(format::duration(wait.count())).arg(tries + 2);
    auto waiting = waitFor(run, seen, wait);
    co_await waiting;
    run->progress.state = OperationProgress::State::Running;
    run->progress.error.reset();
    tell(run);
    co_return !m_stop->requested();
}

void Executor::says(const Context &c, const QString &next)
{
    c.run->underWay[c.target->key].next = next;
}

// Written down whatever it takes: without it nothing may be sent. False: leave.
QCoro::Task<bool> Executor::noted(JobPtr run, JournalEntry entry)
{
    while (true) {
        auto writing = journal(entry);
        const Done done = co_await writing;
        if (done)
            co_return true;
        auto asking = ask(run, done.error());
        if (!co_await asking)
            co_return false;
    }
}

QCoro::Task<> Executor::leave(JobPtr run, DoneTarget target, std::vector<StepRecord> steps, TargetRecord outcome)
{
    JournalEntry entry{target.key, std::move(steps), outcome};
    auto writing = noted(run, std::move(entry));
    if (co_await writing)
        settled(run, outcome.state);
}

QCoro::Task<> Executor::carryOut(JobPtr run, DoneTarget target)
{
    const OperationKind kind = run->operation.kind;
    const std::vector<Step> steps = stepsOf(kind, target.target);
    if (run->resumed) {
        auto reading = m_store.read([key = target.key](Reader &reader) { return reader.begunSteps(key); });
        auto begun = co_await reading;
        if (!begun) {
            TargetRecord record{TargetState::Failed, errorText(begun.error()).line(), {}};
            auto leaving = leave(run, target, {}, record);
            co_await leaving;
            co_return;
        }
        target.steps = *std::move(begun);
    }
    const auto knownAt = [&](int place) -> const DoneStep * {
        const auto found = std::ranges::find(target.steps, place, &DoneStep::place);
        return found == target.steps.end() ? nullptr : &*found;
    };
    bool changed = std::ranges::any_of(target.steps, [](const DoneStep &s) {
        return changesServer(s.step.act) && (s.state == StepState::Sent || s.state == StepState::Finished);
    });
    const auto gone = qScopeGuard([run, key = target.key] { run->underWay.remove(key); });
    std::vector<StepRecord> unwritten; // answers, written together with what is sent next
    QStringList notes; // what became of it
    QStringList remarks; // of its archive
    Context c;
    c.run = run;
    c.target = &target;
    c.made = target.made;
    c.marker = run->operation.id + u'.' + QString::number(target.place);
    for (int place = 0; place < int(steps.size()); ++place) {
        const Step &step = steps[std::size_t(place)];
        const DoneStep *known = knownAt(place);
        const bool check = step.act == Act::CheckThread || step.act == Act::CheckStores;
        const bool archives = step.act == Act::ArchiveThread || step.act == Act::ArchiveStores;
        if (known && (known->state == StepState::Finished || known->state == StepState::Skipped) &&
            (changed || !check) && step.act != Act::VerifyPointers) {
            if (const QString id = known->result.value("id"_L1).toString(); !id.isEmpty())
                c.made = id;
            if (archives)
                c.archived = known->result;
            continue;
        }
        c.step = step;
        c.place = place;
        const QString detail = actDetail(step);
        run->underWay[target.key] = {actText(step) + (detail.isEmpty() ? QString() : u", "_s + detail),
                                     ExecutorText::tr("waits for the server's answer"), nowMs()};
        c.again = known != nullptr || run->resumed;
        c.sentAt = known ? known->sentAt : OptTime();
        bool unsure = known && known->state == StepState::Sent && changesServer(step.act);
        bool sent = unsure;
        int tries = 0;
        int serverErrors = 0;
        while (true) {
            auto going = mayGoOn(run, changed);
            if (!co_await going) {
                if (m_stop->requested())
                    co_return;
                // It can still be finished. What was sent is looked up then, or before it is taken back.
                const TargetRecord record{TargetState::Planned,
                                          unsure ? ExecutorText::tr("stopped before the server answered") : QString(),
                                          {}};
                auto leaving = leave(run, target, unwritten, record);
                co_await leaving;
                co_return;
            }
            if (!sent) {
                c.sentAt = nowMs();
                JournalEntry entry{target.key, std::move(unwritten), TargetRecord{TargetState::Running, {}, c.made}};
                entry.steps.push_back({place, step.act, StepState::Sent, c.sentAt, {}, {}, {}});
                unwritten.clear();
                auto writing = noted(run, std::move(entry));
                if (!co_await writing)
                    co_return;
                sent = true;
            }
            const int resumedBefore = run->control->resumed();
            auto doing = unsure ? recover(c) : perform(c);
            Outcome outcome = co_await doing;
            if (m_stop->requested())
                co_return; // as after a crash: what came of it is looked up at the next start
            if (outcome.kind == Outcome::Kind::NotDone) {
                unsure = false;
                continue;
            }
            if (outcome.kind == Outcome::Kind::Finished) {
                if (const QString id = outcome.result.value("id"_L1).toString(); !id.isEmpty())
                    c.made = id;
                if (!outcome.note.isEmpty())
                    (archives ? remarks : notes) << outcome.note;
                if (archives) {
                    c.archived = outcome.result;
                    c.archiveSeen = true;
                }
                changed = changed || changesServer(step.act);
                unwritten.push_back({place, step.act, StepState::Finished, {}, nowMs(), outcome.result, outcome.note});
                break;
            }
            if (outcome.kind == Outcome::Kind::Skip) {
                unwritten.push_back({place, step.act, StepState::Skipped, {}, nowMs(), {}, outcome.note});
                notes << outcome.note;
                if (changed)
                    break; // what was begun goes on without it
                auto leaving = leave(run, target, unwritten, {TargetState::Skipped, outcome.note, {}});
                co_await leaving;
                co_return;
            }
            const Error error = *outcome.error;
            unsure = changesServer(step.act) && (unsure || !surelyNotDone(error));
            c.again = true;
            if (needsPerson(error)) {
                if (run->control->resumed() != resumedBefore)
                    continue; // it was sent with the old key
                auto asking = ask(run, error);
                if (co_await asking)
                    continue;
                if (m_stop->requested())
                    co_return;
            } else if (mayPass(error) && (willPass(error) || ++serverErrors < mostTries) &&
                       !run->control->cancelled()) {
                auto waiting = waitOut(run, target.key, error, tries++);
                if (co_await waiting)
                    continue;
                co_return;
            }
            const QString words = errorText(error).line();
            const StepState state = unsure ? StepState::Sent : StepState::Failed; // unknown stays to be looked up
            unwritten.push_back({place, step.act, state, {}, nowMs(), {}, words});
            auto leaving = leave(run, target, unwritten, {TargetState::Failed, words, c.made});
            co_await leaving;
            co_return;
        }
    }
    if (notes.isEmpty() || kind == OperationKind::Rotate)
        notes.prepend(endText(kind, c.made));
    auto leaving = leave(run, target, unwritten, {TargetState::Finished, (notes + remarks).join(u"; "_s), c.made});
    co_await leaving;
    // What it made is shown like everything else. It is no part of the operation: the next sync would bring it too.
    if (!c.made.isEmpty() && target.target.resource == Resource::Threads && !m_stop->requested()) {
        auto refreshing = m_sync.refresh(c.made, m_stop);
        std::ignore = co_await refreshing;
    }
}

} // namespace bobbin
