// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/watch.h"

#include "models/core/clock.h"
#include "models/core/errortext.h"
#include "models/guard/policyjson.h"
#include "models/guard/sight.h"
#include "models/session/budgetcheck.h"
#include "models/store/whendone.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct WatchText {
    Q_DECLARE_TR_FUNCTIONS(Watch)
};

constexpr qint64 hourMs = 3'600'000;
constexpr qint64 budgetsEveryMs = 2'000; // all runs of the month are added up
constexpr qint64 againAfterMs = 60'000; // what could not be done
constexpr auto sinceKey = "watch_since"; // when, and under which policy

QString word(GuardAct act)
{
    return QString::fromLatin1(actWord(act));
}

Budget budgetOf(const PolicyBudget &from)
{
    Budget budget;
    const bool byDay = from.rule == GuardRule::MoneyADay || from.rule == GuardRule::TokensADay;
    budget.per = byDay ? Budget::Per::Day : Budget::Per::Month;
    budget.id = from.id;
    budget.value = from.value;
    if (from.now.limitFrom.from == RuleOrigin::From::Assistant)
        budget.scope = Budget::Scope::Assistant;
    else if (from.now.limitFrom.from == RuleOrigin::From::MetadataValue)
        budget.scope = Budget::Scope::MetadataValue;
    return budget;
}

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

bool isAway(const Error &error) // and says nothing of what was to be done
{
    using enum Error::Kind;
    switch (error.kind) {
    case Network:
    case Timeout:
    case Tls:
    case RateLimited:
    case Server:
    case Storage:
    case Cancelled:
    case Conflict: // somebody else is at it
        return true;
    default:
        return needsPerson(error);
    }
}

} // namespace

struct Watch::Sighted {
    std::vector<GuardRow> rows;
    QHash<QString, qint64> cancelling;
};

struct Watch::Open {
    std::vector<GuardRow> rows; // with the operation that was begun for them, where there is one
    QSet<QString> running; // of their threads, those with an active run
};

Watch::Watch(Workspace &workspace, Auditor &auditor, GuardPolicy policy, std::function<bool()> stopped, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_auditor(auditor),
      m_policy(std::make_shared<const GuardPolicy>(std::move(policy))), m_stopped(std::move(stopped))
{
    connect(&workspace, &Workspace::followed, this, &Watch::round);
    connect(&workspace.operations(), &Operations::ended, this, &Watch::ended);
    connect(&m_holdCheck, &QTimer::timeout, this, &Watch::checkHold);
}

Watch::~Watch()
{
    if (m_started && !m_stopping)
        m_workspace.setFollowing(false);
}

template <class T, class F> void Watch::then(const QFuture<T> &future, F answer)
{
    ++m_pending;
    whenDone(future, this, [this, answer = std::move(answer)](const T &result) mutable {
        answer(result);
        --m_pending;
        rest();
    });
}

void Watch::notBegin(const Error &error)
{
    m_lock.reset();
    m_started = false;
    QMetaObject::invokeMethod(
        this, [this, error] { Q_EMIT notBegun(error); }, Qt::QueuedConnection);
}

void Watch::start(const WatchOptions &options)
{
    const QString lock = m_workspace.store().path() + u".watch"_s;
    m_lock = std::make_unique<QLockFile>(lock);
    m_lock->setStaleLockTime(0); // one whose owner is gone is taken over, however old
    if (!m_lock->tryLock(0)) {
        const bool other = m_lock->error() == QLockFile::LockFailedError;
        notBegin(
            other
                ? fail(Error::Kind::Conflict, WatchText::tr("Another Bobbin watches this connection already.")).value()
                : fail(Error::Kind::Storage, WatchText::tr("The lock of the watch cannot be made."), lock).value());
        return;
    }
    m_started = true;
    FollowOptions follow;
    follow.closely = true;
    follow.shortest = options.shortest;
    follow.longest = options.longest;
    // What a crash cut short is told from what runs.
    then(m_workspace.operations().interrupted(), [this, follow](const auto &cut) {
        if (!cut)
            notBegin(cut.error());
        else if (!m_stopping)
            begin(follow);
    });
}

// Runs are watched from the first start under a policy on: what happened between two starts is not forgotten, and a
// changed policy does not judge what was before it, nor does anybody carry out what the old one wanted.
void Watch::begin(const FollowOptions &follow)
{
    struct Known {
        QString since;
        std::vector<GuardRow> open;
    };
    then(m_workspace.store().read([](Reader &reader) -> Result<Known> {
        const auto since = reader.guardMemory(QLatin1String(sinceKey));
        Reader::GuardQuery query;
        query.states = {GuardState::Acting};
        auto open = reader.guardRows(query);
        if (!since || !open)
            return fail(!since ? since.error() : open.error());
        return Known{*since, *std::move(open)};
    }),
         [this, follow](const Result<Known> &known) {
             if (!known) {
                 notBegin(known.error());
                 return;
             }
             if (m_stopping)
                 return;
             const QString same = policyFingerprint(*m_policy);
             const QStringList words = known->since.split(u' ');
             m_since = words.value(0).toLongLong();
             if (m_since == 0 || words.value(1) != same) {
                 m_since = nowMs() / 1000 * 1000; // servers tell times in seconds
                 then(m_workspace.store().journal().keepInMind(QLatin1String(sinceKey),
                                                               QString::number(m_since) + u' ' + same),
                      [this](const Done &kept) {
                          if (!kept)
                              Q_EMIT failed(kept.error());
                      });
                 for (const GuardRow &row : known->open)
                     if (row.operation == 0)
                         settle(row, GuardState::Late, WatchText::tr("The policy has changed since."));
             }
             m_workspace.setFollowing(false);
             m_workspace.setFollowing(true, follow);
             m_holdCheck.start(500ms);
             Q_EMIT watching();
         });
}

void Watch::stop()
{
    m_stopping = true;
    m_holdCheck.stop();
    if (m_started)
        m_workspace.setFollowing(false);
    rest();
}

void Watch::rest()
{
    if (m_stopping && m_pending == 0 && m_acting.empty() && !std::exchange(m_rested, true))
        QMetaObject::invokeMethod(this, &Watch::idle, Qt::QueuedConnection);
}

bool Watch::mayAct()
{
    return !m_stopping && !(m_stopped && m_stopped());
}

// What is under way is stopped as well, between its steps; it is seen to again when guarding goes on.
void Watch::checkHold()
{
    const bool stopped = m_stopped && m_stopped();
    if (std::exchange(m_isHeld, stopped) == stopped)
        return;
    if (stopped)
        for (auto it = m_acting.cbegin(); it != m_acting.cend(); ++it)
            m_workspace.operations().cancel(it.key());
    Q_EMIT held(stopped);
}

void Watch::round(const FollowRound &round)
{
    if (m_stopping || !m_started)
        return;
    ++m_rounds;
    m_requests += round.requests;
    if (round.error && !std::exchange(m_isBlind, true))
        Q_EMIT blind(*round.error);
    else if (!round.error && std::exchange(m_isBlind, false))
        Q_EMIT sees();
    for (const auto &[thread, error] : round.problems)
        if (!m_unclear.contains(thread)) {
            m_unclear.insert(thread);
            Q_EMIT unclear(thread, error);
        }
    for (const QString &thread : round.threads)
        if (!m_fresh.contains(thread))
            m_fresh << thread;
    judge();
}

// One at a time: what comes meanwhile is judged together afterwards.
void Watch::judge()
{
    if (m_judging || m_stopping || m_fresh.isEmpty())
        return;
    m_judging = true;
    const QStringList threads = std::exchange(m_fresh, {});
    then(m_workspace.store().read(
             [policy = m_policy, threads, since = m_since, cancelling = m_cancelling](Reader &reader) {
                 return look(reader, *policy, threads, since, nowMs(), cancelling);
             }),
         [this, threads](const Result<Sighted> &sighted) {
             if (!sighted) {
                 Q_EMIT failed(sighted.error());
                 judged();
                 return;
             }
             m_cancelling = sighted->cancelling;
             note(sighted->rows, threads, Budgets::Read);
         });
}

void Watch::judged()
{
    m_judging = false;
    judge();
}

Result<Watch::Sighted> Watch::look(Reader &reader, const GuardPolicy &policy, const QStringList &threads, qint64 since,
                                   qint64 now, const QHash<QString, qint64> &cancelling)
{
    Sighted sighted;
    std::vector<RowKey> keys;
    QHash<RowKey, QString> ids;
    for (const QString &id : threads) {
        const auto key = reader.keyOf(RowKind::Threads, id);
        if (!key)
            return fail(key.error());
        if (*key) {
            keys.push_back(**key);
            ids.insert(**key, id);
        }
    }
    Ledger ledger;
    if (const Done read = reader.readLedger(ledger, keys); !read)
        return fail(read.error());
    for (const ThreadFact &fact : ledger.threads) {
        SeenThread seen;
        seen.id = ids.value(fact.key);
        seen.fact = &fact;
        if (!policy.metadata.empty()) {
            auto metadata = reader.metadata(fact.key);
            if (!metadata)
                return fail(metadata.error());
            seen.metadata = *std::move(metadata);
        }
        std::vector<RowKey> runs;
        for (const RunFact &run : fact.runs)
            if (isActive(run.status) || run.created >= since)
                runs.push_back(run.key);
        const auto rows = reader.rows<RunRow>(runs);
        if (!rows)
            return fail(rows.error());
        for (const RunRow &run : *rows) {
            seen.runs.insert(run.key, run.id);
            if (run.status == RunStatus::RequiresAction) {
                const auto steps = reader.steps(run.key);
                if (!steps)
                    return fail(steps.error());
                if (const auto waits = explainRun(run, {}, *steps, now).waitsMs)
                    seen.waits.insert(run.key, *waits);
            } else if (run.status == RunStatus::Cancelling) {
                // The server does not say since when.
                const qint64 from = cancelling.value(run.id, now);
                sighted.cancelling.insert(run.id, from);
                seen.waits.insert(run.key, now - from);
            }
        }
        for (GuardRow &row : seenIn(ledger, seen, policy, since, now))
            sighted.rows.push_back(std::move(row));
    }
    return sighted;
}

// Written down first. While guarding is stopped, what would be done is not: it is seen again when it goes on.
void Watch::note(std::vector<GuardRow> rows, const QStringList &threads, Budgets budgets)
{
    if (!mayAct())
        std::erase_if(rows, [](const GuardRow &row) { return row.state == GuardState::Acting; });
    const int most = int(m_policy->actsAnHour);
    const Journal::ActLimit limit{
        nowMs() - hourMs, most,
        WatchText::tr("%n act(s) in the last hour: beyond that the policy asks.", nullptr, most)};
    then(m_workspace.store().journal().noteSeen(std::move(rows), limit),
         [this, threads, budgets](const Result<std::vector<GuardRow>> &fresh) {
             if (!fresh)
                 Q_EMIT failed(fresh.error());
             else
                 for (const GuardRow &row : *fresh)
                     Q_EMIT noted(row);
             act(threads, budgets);
         });
}

Result<Watch::Open> Watch::readOpen(Reader &reader, const QStringList &threads)
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

bool Watch::isOwn(const GuardRow &row) const
{
    return m_planning.contains(row.key) ||
        std::any_of(m_acting.cbegin(), m_acting.cend(), [&](const GuardRow &one) { return one.key == row.key; }) ||
        nowMs() < m_notBefore.value(row.key, 0);
}

// What is to be done, of threads that were looked at a moment ago; also what an earlier start left.
void Watch::act(const QStringList &threads, Budgets budgets)
{
    then(m_workspace.store().read([threads](Reader &reader) { return readOpen(reader, threads); }),
         [this, threads, budgets](const Result<Open> &open) {
             if (!open)
                 Q_EMIT failed(open.error());
             for (const GuardRow &row : open ? open->rows : std::vector<GuardRow>()) {
                 if (!mayAct() || isOwn(row))
                     continue;
                 if (row.operation != 0)
                     resume(row);
                 else if (row.act != word(GuardAct::Rotate) || !open->running.contains(row.thread)) // else it answers
                     perform(row);
             }
             if (budgets == Budgets::Read)
                 readBudgets(threads);
             else
                 judged();
         });
}

void Watch::resume(const GuardRow &row)
{
    begun(row, row.operation);
    then(m_workspace.store().read([operation = row.operation](Reader &reader) { return whatCame(reader, operation); }),
         [this, row](const Result<Came> &came) {
             if (!came || came->state == OperationState::Finished || came->state == OperationState::Cancelled) {
                 ended(row.operation, came ? Done() : fail(came.error()));
                 return;
             }
             if (m_workspace.operations().running(row.operation))
                 return; // its end is told
             then(m_workspace.operations().finish(row.operation), [this, row](const Done &going) {
                 if (going || !m_acting.contains(row.operation))
                     return;
                 m_acting.remove(row.operation);
                 if (isAway(going.error()))
                     m_notBefore.insert(row.key, nowMs() + 1'000); // another Bobbin is at work, for one
                 else
                     settle(row, GuardState::Failed, errorText(going.error()).line());
             });
         });
}

void Watch::perform(const GuardRow &row)
{
    m_planning.insert(row.key);
    Operations &operations = m_workspace.operations();
    if (row.act == word(GuardAct::CancelRun)) {
        then(operations.planCancelRuns({row.run}), [this, row](const Result<Plan> &plan) { carryOut(row, plan); });
        return;
    }
    then(operations.draftRotations({row.thread}, {}), [this, row](const Result<std::vector<RotateDraft>> &drafts) {
        carryOut(row, drafts ? Result<Plan>(planRotation(*drafts, {})) : fail(drafts.error()));
    });
}

void Watch::carryOut(const GuardRow &row, const Result<Plan> &plan)
{
    if (!plan) {
        m_planning.remove(row.key);
        if (!isAway(plan.error())) // else again at the next look
            settle(row, GuardState::Failed, errorText(plan.error()).line());
        return;
    }
    if (plan->count() == 0) {
        m_planning.remove(row.key);
        QString why;
        for (const PlanTarget &target : plan->targets)
            why = target.keptBack.isEmpty() ? target.why : target.keptBack;
        if (row.act == word(GuardAct::Rotate))
            tryAgain(row, why); // there is nothing to be had from it, yet
        else
            settle(row, GuardState::Late, why);
        return;
    }
    if (!mayAct()) {
        m_planning.remove(row.key);
        return;
    }
    Plan own = *plan;
    own.options[u"guard"_s] = row.key;
    then(m_workspace.operations().start(std::make_shared<const Plan>(std::move(own))),
         [this, row](const Result<qint64> &operation) {
             m_planning.remove(row.key);
             if (operation)
                 begun(row, *operation);
             else if (!isAway(operation.error()))
                 settle(row, GuardState::Failed, errorText(operation.error()).line());
         });
}

void Watch::begun(GuardRow row, qint64 operation)
{
    const bool known = row.operation == operation && row.state == GuardState::Acting;
    row.operation = operation;
    row.state = GuardState::Acting;
    m_acting.insert(operation, row);
    if (!known)
        Q_EMIT noted(row);
    then(m_workspace.store().journal().settleSeen(row.key, GuardState::Acting, operation, {}, nowMs()),
         [this, operation, known](const Done &kept) {
             if (!kept)
                 Q_EMIT failed(kept.error());
             // Its end may have been told before it was known here.
             if (!known && m_acting.contains(operation) && !m_workspace.operations().running(operation))
                 ended(operation, {});
         });
}

void Watch::ended(qint64 operation, const Done &done)
{
    if (!m_acting.contains(operation))
        return;
    const GuardRow row = m_acting.take(operation);
    if (!done && done.error().kind == Error::Kind::Cancelled) { // the program ends: the next start goes on
        rest();
        return;
    }
    then(m_workspace.store().read([operation](Reader &reader) { return whatCame(reader, operation); }),
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
void Watch::tryAgain(GuardRow row, const QString &why)
{
    m_notBefore.insert(row.key, nowMs() + againAfterMs);
    row.operation = 0;
    if (row.note == why)
        return; // said already
    settle(row, GuardState::Acting, why);
}

void Watch::settle(GuardRow row, GuardState state, const QString &note)
{
    row.state = state;
    row.note = note;
    then(m_workspace.store().journal().settleSeen(row.key, state, row.operation, note, nowMs()),
         [this, row](const Done &kept) {
             if (!kept)
                 Q_EMIT failed(kept.error());
             Q_EMIT noted(row);
         });
}

void Watch::readBudgets(const QStringList &threads)
{
    const std::vector<PolicyBudget> wanted = allBudgets(*m_policy);
    if (wanted.empty() || !m_auditor.hasLedger() || m_stopping ||
        (m_budgetsRead.isValid() && m_budgetsRead.elapsed() < budgetsEveryMs)) {
        judged();
        return;
    }
    std::vector<Budget> budgets;
    budgets.reserve(wanted.size());
    for (const PolicyBudget &one : wanted)
        budgets.push_back(budgetOf(one));
    then(m_auditor.withLedger(
             [wanted, budgets, threads](const Ledger &ledger, Reader &reader) -> Result<std::vector<GuardRow>> {
                 const auto states = bobbin::readBudgets(ledger, reader, budgets);
                 const auto active = reader.activeRuns();
                 if (!states || !active)
                     return fail(!states ? states.error() : active.error());
                 std::vector<BudgetUse> uses;
                 uses.reserve(wanted.size());
                 for (std::size_t i = 0; i < wanted.size(); ++i)
                     uses.push_back({wanted[i].now, wanted[i].rule,
                                     isMoney(wanted[i].rule) ? (*states)[i].spent.known.pico : (*states)[i].tokens});
                 std::vector<ActiveRun> runs;
                 for (const auto &[thread, id] : *active) {
                     if (!threads.contains(thread)) // only what was looked at
                         continue;
                     const auto run = reader.keyOf(RowKind::Runs, id, thread);
                     const auto key = reader.keyOf(RowKind::Threads, thread);
                     if (!run || !key || !*run || !*key)
                         continue;
                     const auto row = reader.rows<RunRow>({**run});
                     const auto metadata = reader.metadata(**key);
                     if (row && !row->empty() && metadata)
                         runs.push_back({thread, id, row->front().assistant, *metadata});
                 }
                 return seenOf(uses, runs, nowMs());
             }),
         [this, threads](const Result<std::vector<GuardRow>> &rows) {
             m_budgetsRead.start();
             if (!rows)
                 Q_EMIT failed(rows.error());
             if (!rows || rows->empty())
                 judged();
             else
                 note(*rows, threads, Budgets::Leave);
         });
}

QFuture<Result<bool>> Watch::answer(Store &store, const GuardRow &asked, bool allowed)
{
    const RuleInfo *rule = ruleOfWord(asked.rule);
    const auto said = actOfWord(asked.act);
    const GuardAct act = said && isActing(*said) ? *said : rule ? actIfAllowed(rule->rule) : GuardAct::Notify;
    const bool possible = isActing(act) && !asked.thread.isEmpty();
    return store.journal().answerSeen(
        asked.key, allowed && possible, word(act),
        allowed && !possible ? WatchText::tr("There is nothing that can be done about it from outside.") : QString(),
        nowMs());
}

} // namespace bobbin
