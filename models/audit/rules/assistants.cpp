// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that look at all runs of an assistant.
#include "models/audit/caching.h"
#include "models/audit/rules/judging.h"

#include <algorithm>
#include <map>

namespace bobbin::rules {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 leastRuns = 5; // fewer say nothing about an assistant
constexpr qint64 leastCacheable = 100'000; // tokens of an assistant, for the rule to speak
constexpr qint64 simpleContext = 4'000, simpleOutput = 400; // tokens of a simple turn at most
constexpr qint64 leastSimple = 20; // runs
constexpr qint64 dearFactor = 4; // times the price of the smaller model

struct Sums {
    qint64 withoutUsage = 0, ended = 0;
    qint64 limited = 0, unlimited = 0; // runs with and without max_prompt_tokens, where the server tells
    qint32 largest = 0;
    qint64 allowed = 0, cached = 0; // tokens
    qint64 lessCached = 0; // runs
    qint64 afterGap = 0, changedInstructions = 0, changedTools = 0; // runs whose prefix could not be cached
    Waste uncached, dear;
    qint64 simple = 0;
    const ModelPrices *smaller = nullptr; // a model for the simple turns
    std::map<quint64, qint64> instructions; // runs by what they were told
    std::vector<Evidence> missing, cacheable, simpleRuns, told;

    explicit Sums(qint64 now) : uncached(now), dear(now) { }
};

void keepFew(std::vector<Evidence> &list, const RunFact &run, std::optional<qint64> amount,
             std::optional<Money> money = {})
{
    if (list.size() >= Finding::mostEvidence)
        return;
    list.push_back(ofRun(run, amount));
    if (money)
        list.back().money = money;
}

// The smaller one of the same family, where there is one in force and far cheaper.
struct Smaller {
    const ModelPrices *model = nullptr;
    const Rates *rates = nullptr;
};
class SmallerModels {
public:
    explicit SmallerModels(const AuditInput &input) : m_input(input) { }
    const Smaller &of(qint32 model)
    {
        if (model != m_last) {
            const auto [place, isNew] = m_known.try_emplace(model);
            if (isNew)
                place->second = find(model);
            m_ofLast = &place->second;
            m_last = model;
        }
        return *m_ofLast;
    }

private:
    const AuditInput &m_input;
    std::map<qint32, Smaller> m_known;
    qint32 m_last = -1; // none has this number; runs of one model mostly follow each other
    const Smaller *m_ofLast = nullptr;

    [[nodiscard]] Smaller find(qint32 model) const
    {
        const ModelPrices *dear = m_input.ledger.rates.model(model);
        if (!dear || !m_input.ledger.rates.prices() || dear->id.contains("mini"_L1) || dear->id.contains("nano"_L1))
            return {};
        const ModelPrices *small = m_input.ledger.rates.prices()->find(dear->id + u"-mini"_s);
        const Price *now = small ? priceAt(*small, m_input.now) : nullptr;
        const Price *then = priceAt(*dear, m_input.now);
        if (!now || !then || then->rates.input < dearFactor * now->rates.input)
            return {};
        return {small, &now->rates};
    }
};

class Assistants final : public RunsRule {
public:
    explicit Assistants(const AuditInput &input)
        : m_input(input), m_all(input.ledger.names.assistants.size()), m_smaller(input)
    {
    }

    void look(const ThreadFact &thread) override
    {
        const RunFact *before = nullptr;
        const RunConfig *was = nullptr;
        for (const RunFact &run : thread.runs) {
            const RunConfig *config = before && run.config == before->config ? was : configOf(run);
            std::optional<Sums> &sums = m_all[std::size_t(run.assistant)];
            if (!sums)
                sums.emplace(m_input.now);
            add(run, before, config, was, *sums);
            before = &run;
            was = config;
        }
    }
    void judge(const WorkspaceFacts &facts, std::vector<Finding> &found) override;

private:
    const AuditInput &m_input;
    std::vector<std::optional<Sums>> m_all; // by the assistant's number
    SmallerModels m_smaller;

    [[nodiscard]] const RunConfig *configOf(const RunFact &run) const // null: none is known
    {
        const auto known = m_input.ledger.configs.find(run.config);
        return known == m_input.ledger.configs.end() ? nullptr : &known->second;
    }
    void add(const RunFact &run, const RunFact *before, const RunConfig *config, const RunConfig *was, Sums &sums);
};

void Assistants::add(const RunFact &run, const RunFact *before, const RunConfig *config, const RunConfig *was,
                     Sums &sums)
{
    if (isActive(run.status))
        return;
    ++sums.ended;
    if (!run.hasUsage() && !run.beyondReason) {
        ++sums.withoutUsage;
        keepFew(sums.missing, run, {});
    }
    sums.largest = std::max(sums.largest, run.context);
    if (config) {
        ++(config->maxPromptTokens ? sums.limited : sums.unlimited);
        if (config->instructions != 0) {
            ++sums.instructions[config->instructions];
            keepFew(sums.told, run, config->instructionBytes / usualCharactersPerToken);
        }
    }
    if (!run.hasUsage())
        return;
    if (before && run.cached >= 0 && before->context >= leastCachedPrompt && run.model == before->model) {
        const qint64 gap = run.created - before->created;
        if (config && was && config->instructions != was->instructions)
            ++sums.changedInstructions;
        else if (config && was && config->tools != was->tools)
            ++sums.changedTools;
        else if (gap > cacheLifeMs)
            ++sums.afterGap;
        else {
            // What the run before read is the beginning of what this one reads.
            const qint64 prefix = std::min(before->context, run.prompt);
            sums.allowed += prefix;
            sums.cached += std::min<qint64>(prefix, run.cached);
            const Price *price = run.cached < prefix ? m_input.ledger.rates.at(run.model, run.created) : nullptr;
            if (price && price->rates.cached) {
                const Money lost{(prefix - run.cached) * (price->rates.input - *price->rates.cached)};
                sums.uncached.add(run.created, lost);
                ++sums.lessCached;
                keepFew(sums.cacheable, run, prefix - run.cached, lost);
            }
        }
    }
    const bool simple = run.rounds == 0 && run.context >= 0 && run.context <= simpleContext &&
        run.completion <= simpleOutput && run.status == RunStatus::Completed;
    if (!simple || !run.money())
        return;
    if (const Smaller &small = m_smaller.of(run.model); small.model) {
        const Money saved{run.cost - cost(*small.rates, run.usage()).pico};
        ++sums.simple;
        sums.dear.add(run.created, saved);
        sums.smaller = small.model;
        keepFew(sums.simpleRuns, run, run.context, saved);
    }
}

void Assistants::judge(const WorkspaceFacts &facts, std::vector<Finding> &found)
{
    for (std::size_t number = 0; number < m_all.size(); ++number) {
        if (!m_all[number])
            continue;
        Sums &sums = *m_all[number];
        const QString id = m_input.ledger.names.assistants.name(qint32(number));
        const auto known = std::ranges::find(facts.assistants, id, &AssistantFact::id);
        const AssistantFact *assistant = known == facts.assistants.end() ? nullptr : &*known;
        const auto add = [&](const char *rule, Severity severity, QJsonObject figures, std::vector<Evidence> evidence,
                             qint64 count, const Waste &waste, Remedy remedy = Remedy::None) {
            Finding finding;
            finding.rule = rule;
            finding.severity = severity;
            finding.subject = SubjectKind::Assistant;
            finding.id = id;
            finding.name = assistant && !assistant->name.isEmpty() ? assistant->name : id;
            finding.remedy = remedy;
            finding.facts = std::move(figures);
            finding.spent = waste.spent();
            finding.monthly = waste.monthly();
            finding.estimated = waste.spent().has_value();
            setEvidence(finding, std::move(evidence));
            finding.evidenceCount = count;
            found.push_back(std::move(finding));
        };
        const Waste none(m_input.now);
        if (sums.withoutUsage > 0)
            add("missing-usage", sums.withoutUsage * 10 >= sums.ended ? Severity::Warning : Severity::Note,
                {{u"runs"_s, sums.withoutUsage}, {u"ofRuns"_s, sums.ended}}, std::move(sums.missing), sums.withoutUsage,
                none);
        if (assistant && assistant->gone)
            continue; // nothing more will run there
        const Limits &limits = m_input.limits.of(id);
        if (sums.ended < leastRuns)
            continue;
        if (facts.tellsLimits && sums.unlimited > 0 && sums.limited == 0 && sums.largest > limits.contextCeiling)
            add("no-prompt-limit", Severity::Note,
                {{u"runs"_s, sums.unlimited}, {u"largest"_s, sums.largest}, {u"ceiling"_s, limits.contextCeiling}}, {},
                0, none);
        const bool changes = (sums.changedInstructions + sums.changedTools) * 2 > sums.ended;
        if (changes || (sums.allowed >= leastCacheable && sums.cached * 2 < sums.allowed))
            add("poor-caching", Severity::Warning,
                {{u"allowed"_s, sums.allowed},
                 {u"cached"_s, sums.cached},
                 {u"afterGap"_s, sums.afterGap},
                 {u"changedInstructions"_s, sums.changedInstructions},
                 {u"changedTools"_s, sums.changedTools}},
                std::move(sums.cacheable), sums.lessCached, sums.uncached);
        if (sums.simple >= leastSimple && sums.simple * 2 >= sums.ended)
            add("dear-model", Severity::Note,
                {{u"runs"_s, sums.simple}, {u"ofRuns"_s, sums.ended}, {u"smaller"_s, sums.smaller->id}},
                std::move(sums.simpleRuns), sums.simple, sums.dear);
        if (assistant && !sums.instructions.empty()) {
            const auto most = std::ranges::max_element(sums.instructions, {}, [](const auto &of) { return of.second; });
            if (most->first != assistant->instructions && most->second >= leastRuns && most->second * 2 >= sums.ended)
                add("instructions-per-run", Severity::Note, {{u"runs"_s, most->second}, {u"ofRuns"_s, sums.ended}},
                    std::move(sums.told), most->second, none);
        }
    }
}

} // namespace

std::unique_ptr<RunsRule> ofAssistants(const AuditInput &input)
{
    return std::make_unique<Assistants>(input);
}

} // namespace bobbin::rules
