// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/watch.h"

#include "models/core/clock.h"
#include "models/guard/policyjson.h"
#include "models/guard/sight.h"
#include "models/watch/policyreads.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct WatchText {
    Q_DECLARE_TR_FUNCTIONS(Watch)
};

constexpr qint64 budgetsEveryMs = 2'000; // all runs of the month are added up
constexpr auto sinceKey = "watch_since"; // when, and under which policy

} // namespace

Watch::Watch(Workspace &workspace, Auditor &auditor, GuardPolicy policy, std::function<bool()> stopped, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_auditor(auditor),
      m_policy(std::make_shared<const GuardPolicy>(std::move(policy))), m_stopped(std::move(stopped)),
      m_pending(this, [this] { rest(); }), m_acts(workspace, [this] { return mayAct(); })
{
    connect(&workspace, &Workspace::followed, this, &Watch::round);
    connect(&m_acts, &GuardActs::noted, this, &Watch::noted);
    connect(&m_acts, &GuardActs::failed, this, &Watch::failed);
    connect(&m_acts, &GuardActs::rested, this, &Watch::rest);
    connect(&m_holdCheck, &QTimer::timeout, this, &Watch::checkHold);
}

Watch::~Watch()
{
    if (m_started && !m_stopping)
        m_workspace.setFollowing(false);
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
    m_pending.then(m_workspace.operations().interrupted(), [this, follow](const auto &cut) {
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
    m_pending.then(m_workspace.store().read([](Reader &reader) -> Result<Known> {
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
                           m_pending.then(m_workspace.store().journal().keepInMind(
                                              QLatin1String(sinceKey), QString::number(m_since) + u' ' + same),
                                          [this](const Done &kept) {
                                              if (!kept)
                                                  Q_EMIT failed(kept.error());
                                          });
                           for (const GuardRow &row : known->open)
                               if (row.operation == 0)
                                   m_acts.settle(row, GuardState::Late, WatchText::tr("The policy has changed since."));
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
    if (m_stopping && m_pending.isEmpty() && m_acts.isIdle() && !std::exchange(m_rested, true))
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
        m_acts.halt();
    Q_EMIT held(stopped);
}

void Watch::round(const FollowRound &round)
{
    if (m_stopping || !m_started)
        return;
    m_requests += round.requests;
    if (round.whole) {
        ++m_rounds;
        if (round.error && !std::exchange(m_isBlind, true))
            Q_EMIT blind(*round.error);
        else if (!round.error && std::exchange(m_isBlind, false))
            Q_EMIT sees();
    }
    for (const QString &thread : round.threads)
        if (std::ranges::find(round.problems, thread, &std::pair<QString, Error>::first) == round.problems.end())
            m_unclear.remove(thread);
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
    m_pending.then(m_workspace.store().read(
                       [policy = m_policy, threads, since = m_since, cancelling = m_cancelling](Reader &reader) {
                           return lookAt(reader, *policy, threads, since, nowMs(), cancelling);
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

// Written down first. While guarding is stopped, what would be done is not: it is seen again when it goes on.
void Watch::note(std::vector<GuardRow> rows, const QStringList &threads, Budgets budgets)
{
    if (!mayAct())
        std::erase_if(rows, [](const GuardRow &row) { return row.state == GuardState::Acting; });
    m_pending.then(m_workspace.store().journal().noteSeen(std::move(rows), actLimit(*m_policy, nowMs())),
                   [this, threads, budgets](const Result<std::vector<GuardRow>> &fresh) {
                       if (!fresh)
                           Q_EMIT failed(fresh.error());
                       else
                           for (const GuardRow &row : *fresh)
                               Q_EMIT noted(row);
                       m_acts.act(threads, [this, threads, budgets] {
                           if (budgets == Budgets::Read)
                               readBudgets(threads);
                           else
                               judged();
                       });
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
    m_pending.then(m_auditor.withLedger([wanted, threads](const Ledger &ledger, Reader &reader) {
        return lookAtBudgets(ledger, reader, wanted, threads, nowMs());
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
        asked.key, allowed && possible, QString::fromLatin1(actWord(act)),
        allowed && !possible ? WatchText::tr("There is nothing that can be done about it from outside.") : QString(),
        nowMs());
}

} // namespace bobbin
