// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/bill.h"

#include <QDateTime>

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint32 turnsOfNow = 5; // the newest ones, for what a turn costs

qint64 startOf(const QDate &day)
{
    return day.startOfDay(Qt::UTC).toMSecsSinceEpoch();
}

void addTo(CostParts &sum, const std::optional<CostParts> &parts)
{
    if (!parts) {
        ++sum.unknownRuns;
        return;
    }
    for (const auto part : CostParts::all())
        sum.*part += *parts.*part;
    sum.estimated = sum.estimated || parts->estimated;
}

std::optional<Money> perTurnNow(const std::vector<RunFact> &runs)
{
    if (runs.empty())
        return std::nullopt;
    const qint32 last = runs.back().turn;
    const qint32 from = std::max(1, last - turnsOfNow + 1);
    Money sum;
    qint64 turns = 0; // with a known cost
    qint32 counted = 0;
    for (auto run = runs.rbegin(); run != runs.rend() && run->turn >= from; ++run)
        if (const auto cost = run->money()) {
            sum += *cost;
            turns += std::exchange(counted, run->turn) != run->turn ? 1 : 0;
        }
    return turns > 0 ? std::optional(Money{sum.pico / turns}) : std::nullopt;
}

} // namespace

Bill billOf(const Ledger &ledger, const LimitSet &limits, qint64 now)
{
    Bill bill;
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(now, Qt::UTC);
    const QDate first(at.date().year(), at.date().month(), 1);
    const QDate firstBefore = first.addMonths(-1);
    const qint64 month = startOf(first);
    const qint64 before = startOf(firstBefore);
    const qint64 beforeByNow = std::min(month, before + (now - month));
    bill.month = first.toString(u"yyyy-MM"_s);
    bill.lastMonth = firstBefore.toString(u"yyyy-MM"_s);
    struct Sum {
        const ThreadFact *thread;
        Money month, ever;
    };
    std::vector<Sum> sums;
    sums.reserve(ledger.threads.size());
    for (const ThreadFact &thread : ledger.threads) {
        Sum sum{&thread, {}, {}};
        const bool recent = !thread.runs.empty() && thread.runs.back().created >= before;
        std::vector<std::optional<CostParts>> parts;
        if (recent)
            parts = partsByRun(thread.runs, ledger.rates, int(limits.usual.failedInARow));
        for (std::size_t i = 0; i < thread.runs.size(); ++i) {
            const RunFact &run = thread.runs[i];
            bill.activeRuns += isActive(run.status) ? 1 : 0;
            const auto cost = run.money();
            sum.ever += cost.value_or(Money());
            if (run.created >= month) {
                bill.cost.add(cost, run.assumed);
                addTo(bill.parts, parts[i]);
                sum.month += cost.value_or(Money());
            } else if (run.created >= before) {
                bill.before.add(cost, run.assumed);
                addTo(bill.partsBefore, parts[i]);
                if (run.created < beforeByNow)
                    bill.beforeByNow.add(cost, run.assumed);
            }
        }
        bill.ever += sum.ever;
        sums.push_back(sum);
    }
    const auto costliest = [&](Money Sum::*by) {
        std::vector<CostlyThread> top;
        const std::size_t n = std::min(costliestThreads, sums.size());
        std::ranges::partial_sort(sums, sums.begin() + qsizetype(n), [by](const Sum &a, const Sum &b) {
            return std::pair(b.*by, a.thread->key) < std::pair(a.*by, b.thread->key);
        });
        for (std::size_t i = 0; i < n && (sums[i].*by).pico > 0; ++i) {
            const ThreadFact &thread = *sums[i].thread;
            const QString assistant =
                limits.assistants.isEmpty() ? QString() : ledger.names.assistants.name(thread.assistant);
            const Limits &own = limits.of(assistant);
            CostlyThread &one = top.emplace_back();
            one.key = thread.key;
            one.cost = sums[i].*by;
            one.cause = thread.cause;
            one.runs = causeRuns(thread.runs, ledger.rates, thread.cause, int(own.failedInARow), own.toolSteps);
            if (!thread.gone)
                one.perTurn = perTurnNow(thread.runs);
        }
        return top;
    };
    bill.threads = costliest(&Sum::month);
    bill.costliestEver = costliest(&Sum::ever);
    return bill;
}

} // namespace bobbin
