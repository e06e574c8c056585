// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/guardacts.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/guard/sight.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct WatchText {
    Q_DECLARE_TR_FUNCTIONS(Watch)
};

constexpr qint64 hourMs = 3'600'000;
constexpr qint64 againAfterMs = 60'000; // what could not be done
constexpr qint64 soonMs = 1'000; // what another program is in the way of

// What an operation came to, for the row that it was begun for.
struct Came {
    OperationState state = OperationState::Finished;
    bool failed = false, skipped = false; // any of its targets
    QString words;
};

Result<Came> whatCame(Reader &reader, qint64 operation)
{
    const auto done = withTargets(reader, operation);
    if (!done)
        return fail(done.error());
    Came came{done->state, false, false, done->result};
    for (const DoneTarget &target : done->targets) {
        came.skipped = came.skipped || target.state == TargetState::Skipped;
        came.failed = came.failed || (target.state != TargetState::Finished && target.state != TargetState::Skipped);
        if (!target.outcome.isEmpty())
            came.words = target.outcome;
    }
    return came;
}

// By operations; what is refused is done by whoever stands in the line.
bool isDone(const GuardRow &row)
{
    const auto act = actOfWord(row.act);
    return act && isActing(*act);
}

// It says nothing of what was to be done.
bool isAway(const Error &error)
{
    using enum Error::Kind;
    switch (error.kind) {
    case Network:
    case Timeout:
    case RateLimited:
    case Server:
    case Cancelled:
    case Conflict: // somebody else is at it
        return true;
    default:
        return needsPerson(error);
    }
}

} // namespace

Journal::ActLimit actLimit(const GuardPolicy &policy, qint64 now)
{
    const int most = int(policy.actsAnHour);
    return {now - hourMs, most,
            WatchText::tr("%n act(s) in the last hour: beyond that the policy asks.", nullptr, most)};
}

GuardActs::GuardActs(Workspace &workspace, std::function<bool()> mayAct, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_mayAct(std::move(mayAct)), m_pending(this, [this] { Q_EMIT rested(); })
{
    connect(&workspace.operations(), &Operations::ended, this, &GuardActs::ended);
}

struct GuardActs::Open {
    std::vector<GuardRow> rows; // with the operation that was begun for them, where there is one
    QSet<QString> running; // of their threads, those with an active run
};

Result<GuardActs::Open> GuardActs::readOpen(Reader &reader, const QStringList &threads)
{
    Reader::GuardQuery query;
    query.states = {GuardState::Acting, GuardState::Allowed};
    auto rows = reader.guardRows(query);
    if (!rows)
        return fail(rows.error());
    Open open;
    for (GuardRow &row : *rows) {
        if (row.operation == 0) { // a crash came between the one journal entry and the other, perhaps
            const auto begun = reader.operationOfGuard(row.key);
            if (!begun)
                return fail(begun.error());
            row.operation = *begun;
        }
        if (row.operation == 0 && !threads.contains(row.thread))
            continue;
        const auto running = reader.hasActiveRun(row.thread);
        if (!running)
            return fail(running.error());
        if (*running)
            open.running.insert(row.thread);
        open.rows.push_back(row);
    }
    return open;
}

void GuardActs::halt()
{
    for (auto it = m_acting.cbegin(); it != m_acting.cend(); ++it)
        m_workspace.operations().cancel(it.key());
}

bool GuardActs::isUnderWay(const GuardRow &row) const
{
    return m_planning.contains(row.key) ||
        std::any_of(m_acting.cbegin(), m_acting.cend(), [&](const GuardRow &one) { return one.key == row.key; });
}

bool GuardActs::isOwn(const GuardRow &row) const
{
    return isUnderWay(row) || nowMs() < m_notBefore.value(row.key, 0);
}

// What is to be done, of threads that were looked at a moment ago; also what an earlier start left.
void GuardActs::act(const QStringList &threads, std::function<void()> begun)
{
    m_pending.then(m_workspace.store().read([threads](Reader &reader) { return readOpen(reader, threads); }),
                   [this, begun = std::move(begun)](const Result<Open> &open) {
                       if (!open)
                           Q_EMIT failed(open.error());
                       for (const GuardRow &row : open ? open->rows : std::vector<GuardRow>()) {
                           if (!m_mayAct() || isOwn(row) || !isDone(row))
                               continue;
                           if (row.operation != 0)
                               resume(row);
                           else if (!isAct(row, GuardAct::Rotate) ||
                                    !open->running.contains(row.thread)) // else it answers
                               perform(row);
                       }
                       begun();
                   });
}

void GuardActs::resume(const GuardRow &row)
{
    begun(row, row.operation);
    m_pending.then(
        m_workspace.store().read([operation = row.operation](Reader &reader) { return whatCame(reader, operation); }),
        [this, row](const Result<Came> &came) {
            if (!came || came->state == OperationState::Finished || came->state == OperationState::Cancelled) {
                ended(row.operation, came ? Done() : fail(came.error()));
                return;
            }
            if (m_workspace.operations().running(row.operation))
                return; // its end is told
            m_pending.then(m_workspace.operations().finish(row.operation), [this, row](const Done &going) {
                if (going || !m_acting.contains(row.operation))
                    return;
                m_acting.remove(row.operation);
                if (isAway(going.error())) { // another Bobbin is at work, for one
                    m_notBefore.insert(row.key, nowMs() + soonMs);
                    Q_EMIT attempted(row.key);
                } else
                    settle(row, GuardState::Failed, errorText(going.error()).line());
            });
        });
}

void GuardActs::perform(const GuardRow &row)
{
    if (isUnderWay(row))
        return; // its end is told
    if (!isDone(row) || isOwn(row)) {
        Q_EMIT attempted(row.key);
        return;
    }
    if (row.operation != 0) { // begun by somebody, perhaps before a crash
        resume(row);
        return;
    }
    m_planning.insert(row.key);
    Operations &operations = m_workspace.operations();
    if (isAct(row, GuardAct::CancelRun)) {
        m_pending.then(operations.planCancelRun(row.thread, row.run),
                       [this, row](const Result<Plan> &plan) { carryOut(row, plan); });
        return;
    }
    m_pending.then(operations.draftRotations({row.thread}, {}),
                   [this, row](const Result<std::vector<RotateDraft>> &drafts) {
                       carryOut(row, drafts ? Result<Plan>(planRotation(*drafts, {})) : fail(drafts.error()));
                   });
}

void GuardActs::carryOut(const GuardRow &row, const Result<Plan> &plan)
{
    if (!plan) {
        m_planning.remove(row.key);
        if (isAway(plan.error())) // again at the next look
            Q_EMIT attempted(row.key);
        else
            settle(row, GuardState::Failed, errorText(plan.error()).line());
        return;
    }
    if (plan->count() == 0) {
        m_planning.remove(row.key);
        QString why;
        for (const PlanTarget &target : plan->targets)
            why = target.keptBack.isEmpty() ? target.why : target.keptBack;
        if (isAct(row, GuardAct::Rotate))
            tryAgain(row, why); // there is nothing to be had from it, yet
        else
            settle(row, GuardState::Late,
                   why.isEmpty() ? WatchText::tr("The run had ended when it was to be cancelled.") : why);
        return;
    }
    if (!m_mayAct()) {
        m_planning.remove(row.key);
        Q_EMIT attempted(row.key);
        return;
    }
    Plan own = *plan;
    own.options[u"guard"_s] = row.key;
    m_pending.then(m_workspace.operations().start(std::make_shared<const Plan>(std::move(own))),
                   [this, row](const Result<qint64> &operation) {
                       m_planning.remove(row.key);
                       if (operation)
                           begun(row, *operation);
                       else if (isAway(operation.error()))
                           Q_EMIT attempted(row.key);
                       else
                           settle(row, GuardState::Failed, errorText(operation.error()).line());
                   });
}

void GuardActs::begun(GuardRow row, qint64 operation)
{
    const bool known = row.operation == operation && row.state == GuardState::Acting;
    row.operation = operation;
    row.state = GuardState::Acting;
    m_acting.insert(operation, row);
    if (!known)
        Q_EMIT noted(row);
    m_pending.then(m_workspace.store().journal().settleSeen(row.key, GuardState::Acting, operation, {}, nowMs()),
                   [this, operation, known](const Done &kept) {
                       if (!kept)
                           Q_EMIT failed(kept.error());
                       // Its end may have been told before it was known here.
                       if (!known && m_acting.contains(operation) && !m_workspace.operations().running(operation))
                           ended(operation, {});
                   });
}

void GuardActs::ended(qint64 operation, const Done &done)
{
    if (!m_acting.contains(operation))
        return;
    const GuardRow row = m_acting.take(operation);
    if (!done && done.error().kind == Error::Kind::Cancelled) { // the program ends: the next start goes on
        Q_EMIT attempted(row.key);
        Q_EMIT rested();
        return;
    }
    m_pending.then(m_workspace.store().read([operation](Reader &reader) { return whatCame(reader, operation); }),
                   [this, row, done](const Result<Came> &came) {
                       if (!done || !came)
                           settle(row, GuardState::Failed, errorText(!done ? done.error() : came.error()).line());
                       else if (came->state == OperationState::Cancelled || (came->skipped && !came->failed))
                           tryAgain(row, came->words); // stopped, or something came in between
                       else
                           settle(row, came->failed ? GuardState::Failed : GuardState::Acted, came->words);
                   });
}

// Not now; it stays to be done.
void GuardActs::tryAgain(GuardRow row, const QString &why)
{
    m_notBefore.insert(row.key, nowMs() + againAfterMs);
    row.operation = 0;
    if (row.note == why) { // said already
        Q_EMIT attempted(row.key);
        return;
    }
    settle(row, GuardState::Acting, why);
}

void GuardActs::settle(GuardRow row, GuardState state, const QString &note)
{
    row.state = state;
    row.note = note;
    m_pending.then(m_workspace.store().journal().settleSeen(row.key, state, row.operation, note, nowMs()),
                   [this, row](const Done &kept) {
                       if (!kept)
                           Q_EMIT failed(kept.error());
                       Q_EMIT noted(row);
                       Q_EMIT attempted(row.key);
                   });
}

} // namespace bobbin
