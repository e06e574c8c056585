// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reconcile/reconcile.h"

#include "models/core/days.h"

#include <algorithm>
#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

Gaps &Gaps::operator+=(const Gaps &other)
{
    for (std::size_t i = 0; i < gapCount; ++i)
        of[i] += other.of[i];
    return *this;
}

Money Gaps::sum() const
{
    Money all;
    for (const Money &one : of)
        all += one;
    return all;
}

std::optional<Gap> Gaps::largest() const
{
    const auto most = std::ranges::max_element(of, {}, [](Money one) { return std::abs(one.pico); });
    return most->pico == 0 ? std::nullopt : std::optional(Gap(most - of.begin()));
}

Tokens &Tokens::operator+=(const Tokens &other)
{
    prompt += other.prompt;
    cached += other.cached;
    completion += other.completion;
    return *this;
}

void Compared::add(const Compared &other)
{
    if (other.billed)
        billed = billed.value_or(Money{}) + *other.billed;
    atOurPrices = atOurPrices || other.atOurPrices;
    here += other.here;
    withoutUsage += other.withoutUsage;
    if (other.counted) {
        Tokens all = counted.value_or(Tokens{});
        all += *other.counted;
        counted = all;
    }
    requests += other.requests;
    recorded += other.recorded;
    gaps += other.gaps;
    uncompared += other.uncompared;
}

namespace {

using Kind = ComparedRow::Kind;

QString modelName(const QString &name, const PriceTable *prices)
{
    const ModelPrices *known = prices ? prices->find(name) : nullptr;
    return known && !prices->assumes(name) ? known->id : name; // a tuned model is billed by its own name
}

// An active run has told nothing yet; one that failed before its first call has nothing to tell.
bool mayHaveUsed(const RunFact &run)
{
    return !isActive(run.status) && (run.status != RunStatus::Failed || run.rounds > 0);
}

struct Cell { // of a model and a day
    std::optional<Money> billed;
    bool counted = false;
    Tokens tokens; // counted
    qint64 requests = 0;
    Money atRates; // what these cost at the prices here
    bool priced = true; // all of these have a price here
    CostSum here;
    qint64 unpriced = 0, withoutUsage = 0; // runs
    Tokens recorded;
};

struct Work {
    const Ledger &ledger;
    const ReconcileQuery &query;
    const PriceTable *prices;
    std::map<std::pair<qint64, QString>, Cell> cells;
    std::map<QString, std::pair<Money, qint64>> priced; // of each model: known cost, runs that have one
    Reconciliation result;

    [[nodiscard]] bool asked(qint64 day) const { return day >= query.from && day < query.until; }
    [[nodiscard]] bool elsewhere(const QString &project) const
    {
        return !query.project.isEmpty() && !project.isEmpty() && project != query.project;
    }
    ComparedRow &row(Kind kind, qint64 day, const QString &name)
    {
        ComparedRow &one = result.rows.emplace_back();
        one.kind = kind;
        one.day = day;
        one.name = name;
        return one;
    }

    void readRuns()
    {
        std::map<qint32, QString> names; // what a number means is looked up once
        for (const ThreadFact &thread : ledger.threads)
            for (const RunFact &run : thread.runs) {
                if (run.created <= 0 || !asked(run.created / dayMs))
                    continue;
                auto [name, isNew] = names.try_emplace(run.model);
                if (isNew)
                    name->second = modelName(ledger.rates.name(run.model), prices);
                Cell &cell = cells[{run.created / dayMs, name->second}];
                cell.here.add(run.money(), run.assumed);
                if (run.money()) {
                    auto &[money, runs] = priced[name->second];
                    money += *run.money();
                    ++runs;
                }
                if (run.hasUsage())
                    cell.recorded += {run.prompt, std::clamp(run.cached, 0, run.prompt), run.completion};
                if (run.hasUsage())
                    cell.unpriced += run.money() ? 0 : 1;
                else if (mayHaveUsed(run))
                    ++cell.withoutUsage;
            }
    }

    void readUsage(const Billed &billed)
    {
        for (const CountedUsage &usage : billed.usage) {
            if (!asked(usage.day) || !billed.usageDays.contains(usage.day) || elsewhere(usage.project))
                continue;
            if (usage.model.isEmpty())
                togetherDays.insert(usage.day);
            Cell &cell = cells[{usage.day, modelName(usage.model, prices)}];
            cell.counted = true;
            cell.tokens += {usage.prompt, usage.cached, usage.completion};
            cell.requests += usage.requests;
            const Price *price = prices ? prices->priceAt(usage.model, usage.day * dayMs) : nullptr;
            if (!price) {
                cell.priced = false;
                continue;
            }
            const Rates rates = usage.tier == Tier::Batch ? batchRates(*price, price->rates)
                : usage.tier == Tier::Fast && price->fast ? *price->fast
                                                          : price->rates;
            cell.atRates += cost(rates, Usage{usage.prompt, usage.completion, usage.cached, {}, {}});
        }
    }

    // What is billed of no model is a row by itself.
    void readItems(const Billed &billed)
    {
        std::map<std::tuple<qint64, Kind, QString>, Money> others;
        for (const BilledItem &item : billed.items) {
            if (!asked(item.day) || !billed.itemDays.contains(item.day))
                continue;
            if (elsewhere(item.project)) {
                others[{item.day, Kind::Projects, item.project}] += item.amount;
                continue;
            }
            const ItemClass is = item.item.isEmpty() ? ItemClass{Kind::Whole, {}} : classOf(item.item, prices);
            if (is.kind == Kind::Model) {
                Cell &cell = cells[{item.day, is.model}];
                cell.billed = cell.billed.value_or(Money{}) + item.amount;
            } else {
                others[{item.day, is.kind, item.item}] += item.amount;
            }
        }
        for (const auto &[key, amount] : others) {
            const auto &[day, kind, name] = key;
            ComparedRow &one = row(kind, day, name);
            one.figures.billed = amount;
            if (kind == Kind::Whole) {
                wholeDays.insert(day);
                continue; // until the models of that day are known
            }
            one.figures.gaps[kind == Kind::Storage        ? Gap::Storage
                                 : kind == Kind::Tools    ? Gap::ToolFees
                                 : kind == Kind::Projects ? Gap::OtherProjects
                                                          : Gap::OtherWork] = amount;
        }
    }
    std::set<qint64> wholeDays; // that are billed in one sum
    std::set<qint64> togetherDays; // whose tokens are told of all models together

    // What was counted of a model, at the prices here: unknown where the usage may be elsewhere than under its name.
    [[nodiscard]] std::optional<Money> countedAtRates(const Cell &cell, qint64 day) const
    {
        const bool told = cell.counted || (!cell.billed && !togetherDays.contains(day));
        return told && cell.priced ? std::optional(cell.atRates) : std::nullopt;
    }

    [[nodiscard]] Money likelyCost(const QString &model, qint64 runs, Money most) const
    {
        const auto known = priced.find(model);
        if (known == priced.end() || known->second.second == 0)
            return most;
        return std::min(most, Money{known->second.first.pico / known->second.second} * runs);
    }

    // What an amount, theirs or what they counted at the prices here, has more than is recorded.
    void divide(Gaps &gaps, const QString &model, const Cell &cell, Money theirs, const std::optional<Money> &counted)
    {
        const Money here = cell.here.known;
        if (cell.here.pricedRuns + cell.here.unknownRuns == 0) { // no run
            gaps[Gap::OtherWork] = theirs;
            return;
        }
        if (cell.here.pricedRuns == 0 && cell.unpriced > 0) {
            gaps[Gap::Unpriced] = theirs;
            return;
        }
        const Money base = counted.value_or(theirs);
        gaps[Gap::Rates] = theirs - base;
        const Money more = base - here;
        if (more.pico <= 0) {
            gaps[counted ? Gap::NotCounted : Gap::Unexplained] = more;
            return;
        }
        if (cell.withoutUsage > 0)
            gaps[Gap::MissingUsage] = likelyCost(model, cell.withoutUsage, more);
        gaps[counted ? Gap::OtherWork : Gap::Unexplained] = more - gaps[Gap::MissingUsage];
    }

    struct Rest { // of a day that is billed in one sum
        Money itsModels; // what is known of them by themselves
        Compared others;
    };
    void compare(const Billed &billed)
    {
        std::map<qint64, Rest> rests;
        for (const auto &[key, cell] : cells) {
            const auto &[day, model] = key;
            const bool items = billed.itemDays.contains(day);
            const bool usageKnown = billed.usageDays.contains(day);
            const bool whole = wholeDays.contains(day) && !cell.billed;
            if (!items && !usageKnown)
                continue;
            Compared figures;
            figures.here = cell.here;
            figures.withoutUsage = cell.withoutUsage;
            figures.recorded = cell.recorded;
            figures.requests = cell.requests;
            const std::optional<Money> counted = usageKnown ? countedAtRates(cell, day) : std::nullopt;
            if (usageKnown && (cell.counted || counted))
                figures.counted = cell.tokens;
            if (whole && !counted) {
                rests[day].others.add(figures);
                continue;
            }
            if (items && !whole)
                figures.billed = cell.billed.value_or(Money{}); // not billed that day
            else
                figures.billed = counted;
            figures.atOurPrices = !items || whole;
            if (whole)
                rests[day].itsModels += *counted;
            if (figures.billed)
                divide(figures.gaps, model, cell, *figures.billed, counted);
            else
                figures.uncompared = 1;
            row(Kind::Model, day, model).figures = figures;
        }
        for (ComparedRow &one : result.rows)
            if (one.kind == Kind::Whole) {
                const Rest &rest = rests[one.day];
                const Money left = *one.figures.billed - rest.itsModels;
                one.figures = rest.others;
                one.figures.billed = left;
                one.figures.gaps[Gap::Unexplained] = left - rest.others.here.known;
            }
    }
};

} // namespace

ItemClass classOf(const QString &item, const PriceTable *prices)
{
    const qsizetype comma = item.lastIndexOf(u',');
    const QString head = comma < 0 ? item.trimmed() : item.left(comma).trimmed();
    if (prices && prices->find(head))
        return {Kind::Model, modelName(head, prices)};
    const auto says = [&](QLatin1StringView words) { return item.contains(words, Qt::CaseInsensitive); };
    if (says("storage"_L1) || says("vector store"_L1))
        return {Kind::Storage, {}};
    if (says("code interpreter"_L1) || says("container"_L1) || says("file search"_L1) || says("web search"_L1) ||
        says("tool call"_L1))
        return {Kind::Tools, {}};
    const QString tail = comma < 0 ? QString() : item.mid(comma + 1);
    if (tail.contains("input"_L1, Qt::CaseInsensitive) || tail.contains("output"_L1, Qt::CaseInsensitive))
        return {Kind::Model, head};
    return {};
}

Reconciliation reconcile(const Ledger &ledger, const Billed &billed, const ReconcileQuery &query)
{
    Work work{ledger, query, ledger.rates.prices().get(), {}, {}, {}, {}, {}};
    work.readRuns();
    work.readUsage(billed);
    work.readItems(billed);
    work.compare(billed);
    Reconciliation result = std::move(work.result);
    std::set<QString> projects;
    for (const CountedUsage &usage : billed.usage)
        projects.insert(usage.project);
    for (const BilledItem &item : billed.items)
        projects.insert(item.project);
    projects.erase(QString());
    result.projects = QStringList(projects.begin(), projects.end());
    std::set<qint64> without;
    for (const auto &[key, cell] : work.cells)
        if (!billed.itemDays.contains(key.first) && !billed.usageDays.contains(key.first))
            without.insert(key.first);
    result.daysWithout = qint64(without.size());
    for (qint64 day = query.from; day < query.until; ++day)
        result.days += billed.itemDays.contains(day) || billed.usageDays.contains(day) ? 1 : 0;
    const auto money = [](const ComparedRow &row) {
        return std::max(row.figures.billed.value_or(Money{}), row.figures.here.known);
    };
    std::ranges::stable_sort(result.rows, [&](const ComparedRow &a, const ComparedRow &b) {
        return a.day != b.day ? a.day < b.day : money(a) > money(b);
    });
    for (const ComparedRow &row : result.rows)
        result.sum.add(row.figures);
    return result;
}

std::vector<ComparedRow> Reconciliation::byDay() const
{
    std::vector<ComparedRow> all;
    for (const ComparedRow &row : rows) {
        if (all.empty() || all.back().day != row.day) {
            all.emplace_back().day = row.day;
            all.back().kind = ComparedRow::Kind::Whole;
        }
        all.back().figures.add(row.figures);
    }
    return all;
}

std::vector<ComparedRow> Reconciliation::byName() const
{
    std::vector<ComparedRow> all;
    std::map<std::pair<ComparedRow::Kind, QString>, std::size_t> places;
    for (const ComparedRow &row : rows) {
        const auto [place, isNew] = places.try_emplace({row.kind, row.name}, all.size());
        if (isNew) {
            all.push_back(row);
            all.back().day = 0;
        } else {
            all[place->second].figures.add(row.figures);
        }
    }
    std::ranges::stable_sort(all, std::ranges::greater(), [](const ComparedRow &row) {
        return std::max(row.figures.billed.value_or(Money{}), row.figures.here.known);
    });
    return all;
}

} // namespace bobbin
