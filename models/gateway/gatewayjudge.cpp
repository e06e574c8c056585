// SPDX-License-Identifier: GPL-3.0-or-later
// The way of a request: to the thread that took over, looked at, and weighed against the policy.
#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/gateway/gateway.h"
#include "models/watch/policyreads.h"

#include <QCoreApplication>

namespace bobbin {

using namespace std::chrono_literals;

namespace {

struct GatewayText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

constexpr auto lookWithin = 10s;
constexpr qint64 usesHoldMs = 2'000; // what was spent

bool isOf(const GuardRow &row, GuardRule rule)
{
    return row.rule == QLatin1String(infoOf(rule).word);
}

} // namespace

// What is asked of a thread that was rotated goes to the one that took over, but for what is about the old one itself
// and its runs.
void Gateway::take(const CasePtr &one)
{
    const QString from = one->asked.thread;
    const QString to = from.isEmpty() ? QString() : m_listener->successor(from);
    if (to.isEmpty() || m_passing->inThread(one->request.target, from, to).isEmpty()) {
        look(one);
        return;
    }
    if (one->asked.run.isEmpty()) {
        goOn(one, to);
        look(one);
        return;
    }
    m_pending.then(m_lastWrite, [this, one, to](const Done &) { // its beginning may just have been heard
        m_pending.then(
            m_workspace.store().read([run = one->asked.run, to](Reader &reader) { return isRunOf(reader, run, to); }),
            [this, one, to](const Result<bool> &its) {
                if (its && *its)
                    goOn(one, to);
                look(one);
            });
    });
}

void Gateway::goOn(const CasePtr &one, const QString &thread)
{
    const QByteArray &target = one->verdict.target.isEmpty() ? one->request.target : one->verdict.target;
    one->verdict.target = m_passing->inThread(target, one->asked.thread, thread);
    one->asked.thread = thread;
    m_listener->becomes(one->request.number, one->asked);
}

void Gateway::look(const CasePtr &one)
{
    const Asked &asked = one->asked;
    const bool plain = asked.what == Asked::What::Other || asked.what == Asked::What::CreateThread ||
        (asked.what == Asked::What::AddMessage && asked.attached.isEmpty());
    if (plain || (m_stopped && m_stopped())) {
        one->pass();
        return;
    }
    const QString thread = asked.thread;
    if (thread.isEmpty() || m_passed.isKnown(thread, nowMs())) {
        count(one);
        return;
    }
    // Somebody else may have written there. A server that does not answer is not waited for: its answer to the
    // request itself will say so.
    auto waits = std::make_shared<bool>(true);
    QTimer::singleShot(lookWithin, this, [this, one, waits] {
        if (!std::exchange(*waits, false))
            return;
        cannotLook(one, fail(Error::Kind::Timeout, GatewayText::tr("It was not looked at in time.")).value());
    });
    m_pending.then(m_workspace.refresh(thread), [this, one, thread, waits](const Done &done) {
        if (done)
            m_passed.lookedAt(thread, nowMs());
        if (!std::exchange(*waits, false))
            return;
        if (done)
            count(one);
        else
            cannotLook(one, done.error());
    });
}

// It is judged by what is known. That may be too little, so that something passes; it is never too much but for one
// rule: a retry is none where somebody else has said something meanwhile.
void Gateway::cannotLook(const CasePtr &one, const Error &why)
{
    Q_EMIT unclear(one->asked.thread, why);
    one->isStale = true;
    count(one);
}

// What is spent by now, where a budget may refuse it: read once for all that wait, and never of another day.
void Gateway::count(const CasePtr &one)
{
    const qint64 now = nowMs();
    const bool isNew = now - m_usesReadAt < usesHoldMs && now / dayMs == m_usesReadAt / dayMs;
    if (!one->asked.spends() || m_budgets.empty() || isNew) {
        judge(one);
        return;
    }
    m_counting.push_back(one);
    if (m_counting.size() > 1)
        return;
    m_pending.then(m_auditor.withLedger([wanted = m_budgets](const Ledger &ledger, Reader &reader) {
        return readUses(ledger, reader, wanted);
    }),
                   [this, now](const Result<std::vector<BudgetUse>> &uses) {
                       m_uses = uses.value_or(std::vector<BudgetUse>());
                       m_usesReadAt = uses ? now : 0;
                       if (!uses)
                           Q_EMIT failed(uses.error());
                       for (const CasePtr &waiting : std::exchange(m_counting, {}))
                           judge(waiting);
                   });
}

void Gateway::judge(const CasePtr &one)
{
    // What was heard so far is in the store before it is asked.
    m_pending.then(m_lastWrite, [this, one](const Done &) {
        m_pending.then(
            m_workspace.store().read([asked = one->asked](Reader &reader) -> Result<std::pair<Asked, AskedAbout>> {
                Asked whose = asked;
                if (whose.what == Asked::What::CallModel) {
                    whose.thread = whose.conversation;
                    if (whose.thread.isEmpty() && !whose.follows.isEmpty()) {
                        const auto chain = threadOfResponse(reader, whose.follows);
                        if (!chain)
                            return fail(chain.error());
                        whose.thread = *chain;
                    }
                }
                auto about = readAbout(reader, whose);
                if (!about)
                    return fail(about.error());
                return std::pair(whose, *std::move(about));
            }),
            [this, one](const Result<std::pair<Asked, AskedAbout>> &about) {
                if (!about) {
                    Q_EMIT failed(about.error());
                    one->pass();
                    return;
                }
                one->asked = about->first;
                m_listener->becomes(one->request.number, one->asked);
                weigh(one, about->second);
            });
    });
}

void Gateway::weigh(const CasePtr &one, const AskedAbout &about)
{
    const Asked &asked = one->asked;
    const qint64 now = nowMs();
    std::vector<GuardRow> rows;
    const auto add = [&rows](std::vector<GuardRow> more) {
        for (GuardRow &row : more)
            rows.push_back(std::move(row));
    };
    if (asked.what == Asked::What::SubmitOutputs) {
        NextOutputs next{asked.thread,
                         asked.run,
                         about.assistant,
                         about.metadata,
                         std::max(about.rounds, m_passed.rounds(asked.run)),
                         m_passed.repeats(asked.run)};
        add(foreseen(next, *m_policy, now));
    }
    if (asked.spends()) {
        NextRun next = nextRunOf(about, asked);
        const PassedBy::Unread since = m_passed.unread(asked.thread);
        next.userMessages += since.userMessages;
        next.characters += since.characters;
        if (asked.what == Asked::What::CallModel) // without messages of its own, each is a turn
            next.userMessages = (next.fact ? qint64(next.fact->runs.size()) : 0) + 1;
        add(foreseen(about.ledger, next, *m_policy, now));
        add(foreseen(m_uses, next, now));
        if (asked.what != Asked::What::StartRun)
            std::erase_if(rows, [](const GuardRow &row) { return isAct(row, GuardAct::Rotate); });
        if (one->isStale)
            std::erase_if(rows, [](const GuardRow &row) { return isOf(row, GuardRule::Retries); });
    }
    if (!asked.attached.isEmpty() && !asked.thread.isEmpty()) {
        NextAttachments next{asked.thread, about.assistant, about.metadata, {}};
        for (const QString &file : asked.attached)
            next.files.emplace_back(file, about.attachedBefore.value(file) + 1);
        add(foreseen(next, *m_policy, now));
        std::erase_if(rows, [&](const GuardRow &row) {
            return isAct(row, GuardAct::Replace) && !about.inStore.contains(row.name);
        });
    }
    if (rows.empty())
        one->pass();
    else
        note(one, std::move(rows));
}

} // namespace bobbin
