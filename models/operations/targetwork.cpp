// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/targetwork.h"

#include "models/core/clock.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QScopeGuard>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

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
    case OperationKind::Turn:
        return ExecutorText::tr("sent");
    case OperationKind::Archive:
        return ExecutorText::tr("archived and verified");
    case OperationKind::CancelRuns:
    case OperationKind::Consolidate:
        return ExecutorText::tr("done");
    }
    return {};
}

QString idIn(const QJsonObject &result)
{
    return result.value("id"_L1).toString();
}

QString uploadedIn(const QJsonObject &result)
{
    return result.value("file"_L1).toString();
}

} // namespace

TargetWork::TargetWork(Executor &executor, JobPtr job, DoneTarget target)
    : m_executor(executor), m_hands(executor.m_hands), m_job(std::move(job)), m_target(std::move(target)),
      m_steps(stepsOf(m_job->operation.kind, m_target.target))
{
    m_context.job = m_job;
    m_context.target = &m_target;
    m_context.made = m_target.made;
    m_context.marker = m_job->operation.id + u'.' + QString::number(m_target.place);
}

QCoro::Task<> TargetWork::carryOut()
{
    const auto gone = qScopeGuard([this] { m_job->underWay.remove(m_target.key); });
    if (m_job->resumed) {
        auto reading = readBegun();
        const Done read = co_await reading;
        if (!read) {
            auto leaving = leave({TargetState::Failed, errorText(read.error()).line(), {}});
            co_await leaving;
            co_return;
        }
    }
    for (int place = 0; place < int(m_steps.size()); ++place) {
        const DoneStep *known = begun(place);
        if (known && isDone(*known, handlerOf(m_steps[std::size_t(place)].act)))
            continue;
        begin(place);
        Next next = Next::SameStep;
        while (next == Next::SameStep) {
            auto attempting = attempt();
            next = co_await attempting;
        }
        if (next == Next::Leave)
            co_return;
    }
    auto ending = end();
    co_await ending;
}

QCoro::Task<Done> TargetWork::readBegun()
{
    auto reading = m_hands.store.read([key = m_target.key](Reader &reader) { return reader.begunSteps(key); });
    auto steps = co_await reading;
    if (!steps)
        co_return fail(steps.error());
    m_target.steps = *std::move(steps);
    m_changed = std::ranges::any_of(m_target.steps, [](const DoneStep &s) {
        return changesServer(s.step.act) && (s.state == StepState::Sent || s.state == StepState::Finished);
    });
    co_return Done();
}

const DoneStep *TargetWork::begun(int place) const
{
    const auto found = std::ranges::find(m_target.steps, place, &DoneStep::place);
    return found == m_target.steps.end() ? nullptr : &*found;
}

// What it came to is remembered for the steps that follow.
bool TargetWork::isDone(const DoneStep &known, const Handler &handler)
{
    const bool settled = known.state == StepState::Finished || known.state == StepState::Skipped;
    const bool again =
        handler.again == Handler::Again::Always || (handler.again == Handler::Again::UntilChanged && !m_changed);
    if (!settled || again)
        return false;
    if (const QString id = idIn(known.result); !id.isEmpty())
        m_context.made = id;
    if (const QString file = uploadedIn(known.result); !file.isEmpty())
        m_context.uploaded = file;
    if (handler.archives)
        m_context.archived = known.result;
    return true;
}

void TargetWork::begin(int place)
{
    const Step &step = m_steps[std::size_t(place)];
    const DoneStep *known = begun(place);
    m_context.step = step;
    m_context.place = place;
    m_context.again = known != nullptr || m_job->resumed;
    m_context.sentAt = known ? known->sentAt : OptTime();
    m_unsure = known && known->state == StepState::Sent && changesServer(step.act);
    m_sent = m_unsure;
    m_tries = 0;
    m_serverErrors = 0;
    const QString detail = actDetail(step);
    m_job->underWay[m_target.key] = {actText(step) + (detail.isEmpty() ? QString() : u", "_s + detail),
                                     ExecutorText::tr("waits for the server's answer"), nowMs()};
}

QCoro::Task<TargetWork::Next> TargetWork::attempt()
{
    auto going = m_executor.mayGoOn(m_job, m_changed);
    if (!co_await going) {
        auto stopping = stopHere();
        co_await stopping;
        co_return Next::Leave;
    }
    if (!m_sent) {
        auto noting = noteSent();
        if (!co_await noting)
            co_return Next::Leave;
    }
    const int resumedBefore = m_job->control->resumed();
    auto doing = perform();
    const Outcome outcome = co_await doing;
    if (m_hands.stop->requested())
        co_return Next::Leave; // as after a crash: what came of it is looked up at the next start
    switch (outcome.kind) {
    case Outcome::Kind::NotDone:
        m_unsure = false;
        co_return Next::SameStep;
    case Outcome::Kind::Finished:
        finish(outcome);
        co_return Next::NextStep;
    case Outcome::Kind::Skip: {
        auto sparing = spare(outcome);
        co_return co_await sparing;
    }
    case Outcome::Kind::Failed:
        break;
    }
    auto meeting = meet(*outcome.error, resumedBefore);
    co_return co_await meeting;
}

QCoro::Task<bool> TargetWork::noteSent()
{
    m_context.sentAt = nowMs();
    JournalEntry entry{m_target.key, std::exchange(m_unwritten, {}),
                       TargetRecord{TargetState::Running, {}, m_context.made}};
    entry.steps.push_back({m_context.place, m_context.step.act, StepState::Sent, m_context.sentAt, {}, {}, {}});
    auto writing = m_executor.noted(m_job, std::move(entry));
    m_sent = co_await writing;
    co_return m_sent;
}

// What would be there twice is looked up first; the rest may be repeated and ends the same.
OutcomeTask TargetWork::perform()
{
    const Handler &handler = handlerOf(m_context.step.act);
    if (!m_unsure)
        return handler.perform(m_hands, m_context);
    if (handler.once)
        return handler.happened(m_hands, m_context);
    return []() -> OutcomeTask { co_return notDone(); }();
}

void TargetWork::finish(const Outcome &outcome)
{
    const Handler &handler = handlerOf(m_context.step.act);
    if (const QString id = idIn(outcome.result); !id.isEmpty())
        m_context.made = id;
    if (const QString file = uploadedIn(outcome.result); !file.isEmpty())
        m_context.uploaded = file;
    if (!outcome.note.isEmpty())
        (handler.archives ? m_remarks : m_notes) << outcome.note;
    if (handler.archives) {
        m_context.archived = outcome.result;
        m_context.archiveSeen = true;
    }
    m_changed = m_changed || handler.changes;
    m_unwritten.push_back(
        {m_context.place, handler.act, StepState::Finished, {}, nowMs(), outcome.result, outcome.note});
}

QCoro::Task<TargetWork::Next> TargetWork::spare(Outcome outcome)
{
    m_unwritten.push_back({m_context.place, m_context.step.act, StepState::Skipped, {}, nowMs(), {}, outcome.note});
    m_notes << outcome.note;
    if (m_changed)
        co_return Next::NextStep; // what was begun goes on without it
    auto leaving = leave({TargetState::Skipped, outcome.note, {}});
    co_await leaving;
    co_return Next::Leave;
}

// A person is asked, or it is tried again, or it ends here.
QCoro::Task<TargetWork::Next> TargetWork::meet(Error error, int resumedBefore)
{
    const bool changes = changesServer(m_context.step.act);
    m_unsure = changes && (m_unsure || !surelyNotDone(error));
    m_context.again = true;
    if (needsPerson(error)) {
        if (m_job->control->resumed() != resumedBefore)
            co_return Next::SameStep; // it was sent with the old key
        auto asking = m_executor.ask(m_job, error);
        if (co_await asking)
            co_return Next::SameStep;
        if (m_hands.stop->requested())
            co_return Next::Leave;
    } else if (mayPass(error) && (willPass(error) || ++m_serverErrors < mostTries) && !m_job->control->cancelled()) {
        auto waiting = m_executor.waitOut(m_job, m_target.key, error, m_tries++);
        co_return co_await waiting ? Next::SameStep : Next::Leave;
    }
    const QString words = errorText(error).line();
    const StepState state = m_unsure ? StepState::Sent : StepState::Failed; // unknown stays to be looked up
    m_unwritten.push_back({m_context.place, m_context.step.act, state, {}, nowMs(), {}, words});
    auto leaving = leave({TargetState::Failed, words, m_context.made});
    co_await leaving;
    co_return Next::Leave;
}

// It can still be finished. What was sent is looked up then, or before it is taken back.
QCoro::Task<> TargetWork::stopHere()
{
    if (m_hands.stop->requested())
        co_return;
    const QString words = m_unsure ? ExecutorText::tr("stopped before the server answered") : QString();
    auto leaving = leave({TargetState::Planned, words, {}});
    co_await leaving;
}

QCoro::Task<> TargetWork::end()
{
    const OperationKind kind = m_job->operation.kind;
    if (m_notes.isEmpty() || kind == OperationKind::Rotate)
        m_notes.prepend(endText(kind, m_context.made));
    auto leaving = leave({TargetState::Finished, (m_notes + m_remarks).join(u"; "_s), m_context.made});
    co_await leaving;
    // What it made is shown like everything else. It is no part of the operation: the next sync would bring it too.
    if (!m_context.made.isEmpty() && m_target.target.resource == Resource::Threads && !m_hands.stop->requested()) {
        auto refreshing = m_hands.sync.refresh(m_context.made, m_hands.stop);
        std::ignore = co_await refreshing;
    }
}

QCoro::Task<> TargetWork::leave(TargetRecord outcome)
{
    JournalEntry entry{m_target.key, std::exchange(m_unwritten, {}), outcome};
    auto writing = m_executor.noted(m_job, std::move(entry));
    if (co_await writing)
        m_executor.settled(m_job, outcome.state);
}

QCoro::Task<Done> TargetWork::lookUp()
{
    auto reading = readBegun();
    const Done read = co_await reading;
    if (!read)
        co_return read;
    const auto sent = [](const DoneStep &s) { return s.state == StepState::Sent; };
    if (std::ranges::none_of(m_target.steps, sent) && m_target.state != TargetState::Running)
        co_return Done();
    const auto state = m_target.state == TargetState::Failed ? TargetState::Failed : TargetState::Stopped;
    JournalEntry entry{m_target.key, {}, TargetRecord{state, m_target.outcome, {}}};
    m_context.again = true;
    for (const DoneStep &known : m_target.steps) {
        if (!sent(known) || std::size_t(known.place) >= m_steps.size())
            continue;
        m_context.step = m_steps[std::size_t(known.place)];
        m_context.place = known.place;
        m_context.sentAt = known.sentAt;
        const Handler &handler = handlerOf(m_context.step.act);
        Outcome outcome = notDone();
        if (handler.happened) {
            auto looking = handler.happened(m_hands, m_context);
            outcome = co_await looking;
        }
        if (outcome.kind == Outcome::Kind::Failed)
            co_return fail(*outcome.error);
        const bool done = outcome.kind == Outcome::Kind::Finished;
        if (const QString id = idIn(outcome.result); !id.isEmpty())
            entry.outcome->made = id;
        entry.steps.push_back({known.place,
                               handler.act,
                               done ? StepState::Finished : StepState::Failed,
                               {},
                               nowMs(),
                               outcome.result,
                               outcome.note});
    }
    auto writing = m_executor.journal(std::move(entry));
    co_return co_await writing;
}

} // namespace bobbin
