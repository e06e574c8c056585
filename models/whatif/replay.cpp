// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/whatif/replay.h"

#include "models/audit/caching.h"
#include "models/audit/cause.h"
#include "models/audit/failures.h"

#include <algorithm>
#include <cmath>

namespace bobbin {

namespace {

// Prices by a model's number, for quick looking up.
class Prices {
public:
    Prices(const Ledger &ledger, const Measures &measures) : m_rates(ledger.rates)
    {
        const auto named = [&](const QString &name) {
            return name.isEmpty() || !ledger.rates.prices() ? nullptr : ledger.rates.prices()->find(name);
        };
        m_other = named(measures.model);
        m_smaller = named(measures.routeTo);
    }
    [[nodiscard]] const Price *of(const RunFact &run)
    {
        const auto number = std::size_t(run.model);
        if (number >= m_models.size())
            m_models.resize(number + 1);
        Known &known = m_models[number];
        if (!known.looked) {
            known.looked = true;
            known.model = m_rates.model(run.model);
            if (known.model && known.model->prices.size() == 1 && !known.model->prices.front().until.isValid())
                known.only = &known.model->prices.front();
        }
        if (known.only || !known.model)
            return known.only;
        return priceAt(*known.model, run.created > 0 ? OptTime(run.created) : OptTime());
    }
    [[nodiscard]] const Price *other(const RunFact &run) const { return at(m_other, run); }
    [[nodiscard]] const Price *smaller(const RunFact &run) const { return at(m_smaller, run); }

private:
    struct Known {
        const ModelPrices *model = nullptr;
        const Price *only = nullptr;
        bool looked = false;
    };
    const RateBook &m_rates;
    std::vector<Known> m_models;
    const ModelPrices *m_other = nullptr, *m_smaller = nullptr;

    static const Price *at(const ModelPrices *model, const RunFact &run)
    {
        return model ? priceAt(*model, run.created > 0 ? OptTime(run.created) : OptTime()) : nullptr;
    }
};

// A run as it would have been, so far.
struct Would {
    Usage usage;
    qint64 context, calls;
};

// The cache takes the same share of what is read.
void setPrompt(Would &run, qint64 prompt)
{
    Usage &usage = run.usage;
    for (std::optional<qint64> *part : {&usage.cached, &usage.cacheWrite})
        if (*part && usage.prompt > 0)
            *part = std::llround(double(**part) * double(prompt) / double(usage.prompt));
    usage.prompt = prompt;
}

// Every call of the run carries the context.
void setContext(Would &run, qint64 context)
{
    setPrompt(run, std::max(context, run.usage.prompt - run.calls * (run.context - context)));
    run.context = context;
}

// Calls are taken to grow evenly from the context on.
void keepRounds(Would &run, qint64 rounds, qint64 all)
{
    const double growth =
        all > 0 ? 2.0 * double(run.usage.prompt - (all + 1) * run.context) / double(all * (all + 1)) : 0;
    const double prompt =
        double((rounds + 1) * run.context) + std::max(0.0, growth) * double(rounds * (rounds + 1)) / 2;
    setPrompt(run, std::min(run.usage.prompt, std::llround(prompt)));
    run.usage.completion = run.usage.completion * (rounds + 1) / (all + 1);
    run.calls = rounds + 1;
}

// How much less than in the record a call reads, since the thread was rotated: by which measure what was cut.
struct Rotating {
    qint64 capped = 0, ceiled = 0;
    qint32 fromTurn = 1; // of the thread as it would be
};

class Replaying {
public:
    Replaying(const Ledger &ledger, const Measures &measures, const SimpleRuns &simple)
        : m_ledger(ledger), m_measures(measures), m_simple(simple), m_prices(ledger, measures)
    {
        m_any = measures.any();
        m_contexts = measures.turnCap || measures.contextCeiling || measures.lastMessages;
        m_failures.resize(ledger.names.errors.size());
    }

    void thread(const ThreadFact &thread, const ReplayScope &scope, Replay &sum, std::vector<ReplayPoint> *points)
    {
        m_base = -1;
        m_rotating = {};
        m_turn = 0;
        m_turnContexts.clear();
        m_retried = 0;
        m_failedTurn = -1;
        m_beforeContext = -1;
        const qint64 rotations = sum.rotations;
        for (std::size_t i = 0; i < thread.runs.size(); ++i) {
            const RunFact &run = thread.runs[i];
            ReplayPoint point;
            const bool counts = run.created >= scope.from && (!scope.assistant || run.assistant == *scope.assistant);
            one(run, counts ? sum : m_ignored, points ? &point : nullptr);
            if (points)
                points->push_back(point);
        }
        sum.threadsRotated += sum.rotations > rotations ? 1 : 0;
    }

private:
    const Ledger &m_ledger;
    const Measures &m_measures;
    const SimpleRuns &m_simple;
    Prices m_prices;
    bool m_any = false, m_contexts = false;
    struct Failure {
        FailureClass is = FailureClass::None;
        RunStatus status = RunStatus::Unknown;
        bool known = false;
    };
    std::vector<Failure> m_failures; // by the error's number, for the status it came with first
    // Of the thread:
    qint64 m_base = -1; // what its first run read
    Rotating m_rotating;
    qint32 m_turn = 0; // that was looked at for a rotation
    std::vector<std::pair<qint32, qint64>> m_turnContexts; // turn, what its first run read
    qint64 m_retried = 0;
    qint32 m_failedTurn = -1;
    FailureClass m_failure = FailureClass::None; // of the run before, where it failed
    qint64 m_beforeContext = -1, m_beforeCut = 0, m_beforeAt = 0; // of the run before, as it would be
    Replay m_ignored; // of runs that do not count
    qint32 m_beforeModel = 0;

    FailureClass failureOf(const RunFact &run)
    {
        const auto classify = [&] { return failureClass(run.status, m_ledger.names.errors.name(run.error)); };
        Failure &known = m_failures[std::size_t(run.error)];
        if (!known.known)
            known = {classify(), run.status, true};
        return known.status == run.status ? known.is : classify();
    }

    // Would it have been tried at all?
    bool isDropped(const RunFact &run)
    {
        const bool failed = hasFailed(run.status);
        const bool again = failed && run.turn == m_failedTurn;
        bool dropped = false;
        if (again)
            dropped = m_failure != FailureClass::Transient || ++m_retried > *m_measures.retries;
        else
            m_retried = 0;
        m_failedTurn = failed ? run.turn : -1;
        if (!dropped) // one that was not tried says nothing of the next
            m_failure = failed ? failureOf(run) : FailureClass::None;
        return dropped;
    }

    // Writing the summary reads the thread as it is.
    Money summary(qint64 context, const Rates &rates) const
    {
        return m_measures.summaryByModel ? Money{context * rates.input + m_measures.summaryTokens * rates.output}
                                         : Money();
    }

    // Answers what the summary costs.
    Money rotate(qint64 Rotating::*by, const RunFact &run, qint64 context, Replay &sum, const Rates &rates,
                 ReplayPoint *point)
    {
        const qint64 fresh = m_base + m_measures.summaryTokens;
        if (context <= fresh)
            return {}; // nothing to be had from it
        m_rotating.*by += context - fresh;
        m_rotating.fromTurn = run.turn;
        ++sum.rotations;
        if (point)
            point->rotated = true;
        const Money written = summary(context, rates);
        sum.summaries += written;
        return written;
    }

    [[nodiscard]] qint64
    contextAt(qint32 turn) const // what the first run of that turn read, or of the next that is known
    {
        const auto from = std::ranges::lower_bound(m_turnContexts, turn, {}, [](const auto &one) { return one.first; });
        return from == m_turnContexts.end() ? -1 : from->second;
    }

    void one(const RunFact &run, Replay &sum, ReplayPoint *point)
    {
        const std::optional<Money> actual = run.money();
        // What it tells of its thread counts also where its cost is not known.
        if (run.context >= 0) {
            if (m_base < 0)
                m_base = run.context;
            if (m_turnContexts.empty() || m_turnContexts.back().first < run.turn)
                m_turnContexts.emplace_back(run.turn, run.context);
        }
        const bool dropped = m_measures.retries && isDropped(run);
        if (point) {
            point->run = run.key;
            point->turn = run.turn;
            point->actual = point->would = actual;
            if (run.context >= 0)
                point->context = point->wouldContext = run.context;
        }
        if (!actual) {
            ++sum.unknownRuns;
            return;
        }
        ++sum.runs;
        sum.actual += *actual;
        const Money wouldBefore = sum.would;
        costly(run, *actual, dropped, sum, point);
        const auto turn = std::min(std::size_t(std::max(0, run.turn)), Replay::mostTurns - 1);
        if (sum.turns.size() <= turn)
            sum.turns.resize(turn + 1);
        TurnSum &ofTurn = sum.turns[turn];
        ++ofTurn.runs;
        ofTurn.actual += *actual;
        ofTurn.would.pico += (sum.would - wouldBefore).pico;
    }

    void costly(const RunFact &run, Money actual, bool dropped, Replay &sum, ReplayPoint *point)
    {
        sum.tokens += std::max(0, run.context);
        sum.estimated += run.estimated ? 1 : 0;
        sum.untold += run.context < 0 ? 1 : 0;
        if (!m_any) {
            sum.would += actual;
            return;
        }
        if (dropped) {
            ++sum.dropped;
            sum.tokensCut += std::max(0, run.context);
            sum.saved[std::size_t(Measure::Retries)] += actual;
            if (point) {
                point->dropped = true;
                point->would = Money();
                point->wouldContext.reset();
            }
            return;
        }
        const Price *price = m_prices.of(run);
        if (!price || !run.hasUsage()) {
            sum.would += actual; // told by nobody in tokens: it stays
            return;
        }
        changed(run, actual, price->rates, price, sum, point);
    }

    void changed(const RunFact &run, Money actual, Rates rates, const Price *price, Replay &sum, ReplayPoint *point)
    {
        Would would{run.usage(), run.context, std::max<qint64>(0, run.rounds) + 1};
        Money before = cost(rates, would.usage);
        // What it was priced at counts, should the price have changed since.
        const double scale = before.pico > 0 ? double(actual.pico) / double(before.pico) : 1;
        const bool asPriced = before == actual;
        Money extra; // beside the run itself
        Money now = actual;
        bool cut = false; // before its last call
        const auto apply = [&](Measure measure) {
            const Money after = cost(rates, would.usage) + extra;
            Money saved = before - after;
            if (!asPriced)
                saved.pico = std::llround(double(saved.pico) * scale);
            sum.saved[std::size_t(measure)] += saved;
            now.pico -= saved.pico;
            before = after;
        };

        if (m_measures.toolSteps && run.rounds > *m_measures.toolSteps && run.context >= 0) {
            keepRounds(would, *m_measures.toolSteps, run.rounds);
            cut = true;
            apply(Measure::ToolSteps);
        }
        if (run.context >= 0) {
            if (m_contexts)
                context(run, would, rates, extra, sum, point, apply);
            if (m_measures.maxPromptTokens && would.usage.prompt > *m_measures.maxPromptTokens) {
                const qint64 most = *m_measures.maxPromptTokens;
                cut = cut || would.calls > 1; // the context is cut to fit; calls that do not are not made
                would.context = std::min(would.context, most);
                setPrompt(would, most);
                apply(Measure::MaxPromptTokens);
            }
            if (m_measures.perfectCaching) {
                cache(run, would);
                apply(Measure::Caching);
            }
            m_beforeContext = would.context;
            m_beforeCut = run.context - would.context;
            m_beforeAt = run.created;
            m_beforeModel = run.model;
            sum.tokensCut += run.context - would.context;
        }
        if (m_measures.has(Measure::Model)) {
            if (const Price *other = m_prices.other(run)) {
                price = other;
                rates = other->rates;
                apply(Measure::Model);
            } else {
                ++sum.unpriced;
            }
        }
        if (m_measures.has(Measure::Routing) && std::size_t(run.key) < m_simple.size() &&
            m_simple[std::size_t(run.key)]) {
            if (const Price *smaller = m_prices.smaller(run)) {
                price = smaller;
                rates = smaller->rates;
                apply(Measure::Routing);
            } else {
                ++sum.unpriced;
            }
        }
        if (m_measures.batch) {
            rates = batchRates(*price, rates);
            apply(Measure::Batch);
        }
        sum.would += now;
        sum.cutRuns += cut ? 1 : 0;
        if (point) {
            point->would = now;
            if (run.context >= 0)
                point->wouldContext = would.context;
        }
    }

    template <class Apply>
    void context(const RunFact &run, Would &would, const Rates &rates, Money &extra, Replay &sum, ReplayPoint *point,
                 const Apply &apply)
    {
        const auto least = std::min(would.context, m_base);
        const qint64 here = std::max(least, would.context - m_rotating.capped - m_rotating.ceiled);
        Money ofCap, ofCeiling; // summaries
        if (std::exchange(m_turn, run.turn) < run.turn) {
            if (m_measures.turnCap && run.turn - m_rotating.fromTurn >= *m_measures.turnCap)
                ofCap = rotate(&Rotating::capped, run, here, sum, rates, point);
            else if (m_measures.contextCeiling && here > *m_measures.contextCeiling)
                ofCeiling = rotate(&Rotating::ceiled, run, here, sum, rates, point);
        }
        const auto less = [&](qint64 tokens) {
            if (tokens > 0)
                setContext(would, std::max(least, would.context - tokens));
        };
        if (m_measures.turnCap) {
            less(m_rotating.capped);
            extra += ofCap;
            apply(Measure::TurnCap);
        }
        if (m_measures.contextCeiling) {
            less(m_rotating.ceiled);
            extra += ofCeiling;
            apply(Measure::ContextCeiling);
        }
        if (m_measures.lastMessages) {
            // A turn is a question and its answer; the question at hand is the newest of the messages.
            const auto turns = qint32(std::max<qint64>(1, (*m_measures.lastMessages + 1) / 2));
            if (run.turn > turns) {
                const qint64 from = contextAt(run.turn - turns + 1);
                const qint64 kept = from < 0 ? 0 : std::max<qint64>(0, run.context - from);
                if (const qint64 context = std::min(would.context, m_base + kept); context < would.context)
                    setContext(would, context);
            }
            apply(Measure::LastMessages);
        }
    }

    // What the run before read is the beginning of what this one reads, and each call's of the next one.
    void cache(const RunFact &run, Would &would) const
    {
        qint64 prefix = 0;
        if (m_beforeContext >= 0 && run.model == m_beforeModel && run.created - m_beforeAt <= cacheLifeMs)
            prefix = std::min(m_beforeContext, would.context);
        // What begins elsewhere than before has only the base in common with it.
        if (run.context - would.context != m_beforeCut)
            prefix = std::min(prefix, m_base);
        qint64 cached = prefix >= leastCachedPrompt ? prefix : 0;
        Usage &usage = would.usage;
        if (would.calls > 1 && would.context >= leastCachedPrompt)
            cached += usage.prompt - would.context - 2 * (usage.prompt - would.calls * would.context) / would.calls;
        usage.cached = std::clamp(std::max(usage.cached.value_or(0), cached), qint64(0), usage.prompt);
        if (usage.cacheWrite)
            usage.cacheWrite = std::min(*usage.cacheWrite, usage.prompt - *usage.cached);
    }
};

} // namespace

Replay replay(const Ledger &ledger, const Measures &measures, const ReplayScope &scope, const SimpleRuns &simple)
{
    Replay sum;
    Replaying replaying(ledger, measures, simple);
    for (const ThreadFact &thread : ledger.threads) {
        if (scope.thread != 0 && thread.key != scope.thread)
            continue;
        if (!thread.runs.empty() && thread.runs.back().created < scope.from)
            continue;
        replaying.thread(thread, scope, sum, nullptr);
    }
    return sum;
}

ThreadReplay replayThread(const Ledger &ledger, const ThreadFact &thread, const Measures &measures,
                          const SimpleRuns &simple, qint64 from)
{
    ThreadReplay replayed;
    ReplayScope scope;
    scope.from = from;
    Replaying(ledger, measures, simple).thread(thread, scope, replayed.sum, &replayed.points);
    Money actual, would;
    for (const ReplayPoint &point : replayed.points) {
        const bool paidBefore = would < actual;
        actual += point.actual.value_or(Money());
        would += point.would.value_or(Money());
        if (would >= actual)
            replayed.paidAtTurn.reset();
        else if (!paidBefore)
            replayed.paidAtTurn = point.turn;
    }
    return replayed;
}

} // namespace bobbin
