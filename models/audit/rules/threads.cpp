// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that look at the runs of one thread.
#include "models/audit/failures.h"
#include "models/audit/rules/judging.h"
#include "models/domain/runstatus.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace rules;

namespace {

constexpr qint64 summaryTokens = 125; // 500 characters, carried over by a quick rotation
constexpr int turnsOfAPlateau = 6;
constexpr double plateauWidth = 0.02; // of the context
constexpr double grownBefore = 1.5; // times the first run's context
constexpr qint64 leastPlateau = 8'000; // tokens: below, a thread may just be short-spoken
constexpr qint64 leastLargeOutputs = 8'000; // tokens
constexpr qint64 waitsTooLong = 2 * minuteMs; // for tool outputs, or for its own cancelling
constexpr int leastRepeats = 2;
constexpr qsizetype leastEscalating = 3; // runs of a third
constexpr qint64 leastAlike = 3; // messages

struct Judged {
    const AuditInput &input;
    const ThreadFact &thread;
    const Limits &limits;
    std::vector<Finding> &found;

    [[nodiscard]] Finding begin(const char *rule, Severity severity, Remedy remedy = Remedy::None) const
    {
        Finding finding;
        finding.rule = rule;
        finding.severity = severity;
        finding.key = thread.key;
        finding.remedy = remedy;
        return finding;
    }
    [[nodiscard]] const Rates *rates(const RunFact &run) const
    {
        const Price *price = input.ledger.rates.at(run.model, run.created);
        return price ? &price->rates : nullptr;
    }
    void end(Finding finding, std::vector<Evidence> evidence, const Waste &waste) const
    {
        finding.spent = waste.spent();
        finding.monthly = waste.monthly();
        setEvidence(finding, std::move(evidence));
        found.push_back(std::move(finding));
    }
};

// The first turn after which a rotation, its summary written by the thread's own model, would have paid for itself.
std::optional<qint64> turnThatPays(const Judged &j, qint64 after)
{
    const std::vector<RunFact> &runs = j.thread.runs;
    qint64 later = std::ranges::count_if(runs, [](const RunFact &run) { return run.context >= 0; });
    for (const RunFact &run : runs) {
        if (run.context < 0)
            continue;
        --later;
        const Rates *rates = j.rates(run);
        if (!rates)
            continue;
        const qint64 saved = later * (run.context - after) * rates->input;
        if (saved > run.context * rates->input + summaryTokens * rates->output)
            return run.turn;
    }
    return std::nullopt;
}

void historyGrowth(const Judged &j)
{
    const std::vector<RunFact> &runs = j.thread.runs;
    if (j.thread.gone || j.thread.rotated)
        return; // it is over
    const auto known = [](const RunFact &run) { return run.context >= 0; };
    const auto newest = std::find_if(runs.rbegin(), runs.rend(), known);
    if (newest == runs.rend() || newest->context <= j.limits.contextCeiling)
        return;
    const RunFact &first = *std::ranges::find_if(runs, known);
    const RunFact &passed =
        *std::ranges::find_if(runs, [&](const RunFact &run) { return run.context > j.limits.contextCeiling; });
    Finding finding = j.begin("history-growth",
                              newest->context >= 2 * j.limits.contextCeiling ? Severity::Serious : Severity::Warning);
    const auto parts = partsByRun(runs, j.input.ledger.rates, j.limits.failedInARow);
    Waste waste(j.input.now);
    std::vector<Evidence> evidence;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (parts[i] && parts[i]->history.pico > 0)
            waste.add(runs[i].created, parts[i]->history);
        if (runs[i].context > j.limits.contextCeiling)
            evidence.push_back(ofRun(runs[i], runs[i].context));
        finding.estimated = finding.estimated || (runs[i].estimated && runs[i].context > j.limits.contextCeiling);
    }
    const qint64 after = first.context + summaryTokens;
    finding.facts = {{u"context"_s, newest->context},
                     {u"ceiling"_s, j.limits.contextCeiling},
                     {u"passedTurn"_s, passed.turn},
                     {u"turns"_s, newest->turn},
                     {u"after"_s, after}};
    if (first.context > 0)
        finding.facts.insert(u"ratio"_s, double(newest->context) / double(first.context));
    if (newest->turn > first.turn)
        finding.facts.insert(u"slope"_s, (newest->context - first.context) / (newest->turn - first.turn));
    if (const auto pays = turnThatPays(j, after))
        finding.facts.insert(u"paysTurn"_s, *pays);
    if (newest->context > after) {
        finding.remedy = Remedy::Rotate;
        if (const Rates *rates = j.rates(*newest))
            finding.facts.insert(u"savesPerTurn"_s, (newest->context - after) * rates->input);
    }
    j.end(std::move(finding), std::move(evidence), waste);
}

// The longest stretch of turns over which a context that had grown stands still. From, to: indexes of runs.
std::optional<std::pair<std::size_t, std::size_t>> plateau(const std::vector<RunFact> &runs)
{
    std::vector<std::size_t> known;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (runs[i].context >= 0 && !hasFailed(runs[i].status))
            known.push_back(i);
    std::optional<std::pair<std::size_t, std::size_t>> longest;
    for (std::size_t from = 0; from < known.size();) {
        const qint64 at = runs[known[from]].context;
        std::size_t to = from;
        while (to + 1 < known.size() && std::abs(double(runs[known[to + 1]].context - at)) <= plateauWidth * double(at))
            ++to;
        const RunFact &begin = runs[known[from]];
        const bool long_ = runs[known[to]].turn - begin.turn >= turnsOfAPlateau;
        if (long_ && at >= leastPlateau && double(at) >= grownBefore * double(runs[known.front()].context))
            longest = {known[from], known[to]};
        from = to + 1;
    }
    return longest;
}

void silentTruncation(const Judged &j)
{
    const std::vector<RunFact> &runs = j.thread.runs;
    std::vector<Evidence> evidence;
    qint64 window = 0;
    qint64 largest = 0;
    qint64 cutShort = 0; // by max_prompt_tokens
    bool estimated = false;
    for (const RunFact &run : runs) {
        if (run.status == RunStatus::Incomplete &&
            j.input.ledger.names.errors.name(run.error) == "max_prompt_tokens"_L1) {
            ++cutShort;
            evidence.push_back(ofRun(run, run.largest >= 0 ? std::optional<qint64>(run.largest) : std::nullopt));
            continue;
        }
        if (run.largest < 0 || (run.estimated && run.rounds < 0))
            continue; // nobody read its steps: it may be the sum of many calls
        const ModelPrices *model = j.input.ledger.rates.model(run.model);
        if (!model || !model->contextWindow || run.largest < *model->contextWindow * j.limits.windowPercent / 100)
            continue;
        window = *model->contextWindow;
        estimated = estimated || run.estimated;
        largest = std::max<qint64>(largest, run.largest);
        evidence.push_back(ofRun(run, run.largest));
    }
    const auto still = plateau(runs);
    if (evidence.empty() && !still)
        return;
    Finding finding = j.begin("silent-truncation", Severity::Warning);
    finding.estimated = estimated;
    const RunFact &last = still ? runs[still->second] : runs.back();
    if (const auto config = j.input.ledger.configs.find(last.config); config != j.input.ledger.configs.end()) {
        if (config->second.lastMessages)
            finding.facts.insert(u"lastMessages"_s, *config->second.lastMessages);
        if (config->second.maxPromptTokens)
            finding.facts.insert(u"maxPromptTokens"_s, *config->second.maxPromptTokens);
        if (window == 0 && !finding.facts.isEmpty())
            finding.severity = Severity::Note; // somebody asked for it
    }
    if (window > 0) {
        finding.facts.insert(u"window"_s, window);
        finding.facts.insert(u"largest"_s, largest);
    }
    if (cutShort > 0)
        finding.facts.insert(u"cutShort"_s, cutShort);
    if (still) {
        finding.facts.insert(u"stillFrom"_s, runs[still->first].turn);
        finding.facts.insert(u"stillTo"_s, last.turn);
        finding.facts.insert(u"stillAt"_s, last.context);
        finding.estimated = finding.estimated || last.estimated;
        if (evidence.empty())
            for (std::size_t i = still->first; i <= still->second; ++i)
                evidence.push_back(ofRun(runs[i], runs[i].context));
    }
    finding.facts.insert(u"runs"_s, qint64(evidence.size()));
    j.end(std::move(finding), std::move(evidence), Waste(j.input.now));
}

void retrySpirals(const Judged &j)
{
    const std::vector<RunFact> &runs = j.thread.runs;
    const std::vector<Spiral> spirals = spiralsIn(runs, j.limits.failedInARow);
    if (spirals.empty())
        return;
    qint64 classes[4] = {};
    qint64 blind = 0; // structural failures that were tried again all the same
    bool backsOff = true;
    qint64 unpriced = 0;
    Waste waste(j.input.now);
    std::vector<Evidence> evidence;
    for (const auto &[first, end] : spirals) {
        qint64 gap = -1;
        bool grows = false;
        for (std::size_t i = first; i < end; ++i) {
            const RunFact &run = runs[i];
            const FailureClass of = failureClass(run.status, j.input.ledger.names.errors.name(run.error));
            ++classes[int(of)];
            const bool again = i + 1 < end || (i + 1 < runs.size() && runs[i + 1].turn == run.turn);
            blind += of != FailureClass::Transient && again ? 1 : 0;
            if (run.money())
                waste.add(run.created, *run.money());
            else
                ++unpriced;
            evidence.push_back(ofRun(run, run.context >= 0 ? std::optional<qint64>(run.context) : std::nullopt));
            if (i == first)
                continue;
            const qint64 now = run.created - runs[i - 1].created;
            grows = grows || (gap > 0 && now * 2 >= gap * 3);
            gap = now;
        }
        if (end - first > 2)
            backsOff = backsOff && grows;
    }
    Finding finding = j.begin("retry-spiral", Severity::Serious);
    finding.facts = {{u"spirals"_s, qint64(spirals.size())},
                     {u"runs"_s, qint64(evidence.size())},
                     {u"turn"_s, runs[spirals.front().first].turn},
                     {u"transient"_s, classes[int(FailureClass::Transient)]},
                     {u"structural"_s, classes[int(FailureClass::Structural)]},
                     {u"fatal"_s, classes[int(FailureClass::Fatal)]},
                     {u"blind"_s, blind},
                     {u"backsOff"_s, backsOff}};
    if (unpriced > 0)
        finding.facts.insert(u"unpriced"_s, unpriced);
    j.end(std::move(finding), std::move(evidence), waste);
}

// Whether the last third of the runs takes far more rounds than the first.
bool roundsEscalate(const std::vector<RunFact> &runs)
{
    std::vector<qint64> rounds;
    for (const RunFact &run : runs)
        if (run.rounds >= 0)
            rounds.push_back(run.rounds);
    const auto third = qsizetype(rounds.size() / 3);
    if (third < leastEscalating)
        return false;
    const qint64 before = std::accumulate(rounds.begin(), rounds.begin() + third, qint64(0));
    const qint64 after = std::accumulate(rounds.end() - third, rounds.end(), qint64(0));
    return after >= 2 * std::max<qint64>(before, third);
}

void toolSteps(const Judged &j)
{
    const std::vector<RunFact> &runs = j.thread.runs;
    const auto over = [&](const RunFact &run) { return run.rounds > j.limits.toolSteps; };
    const auto repeats = [](const RunFact &run) { return run.repeats >= leastRepeats; };
    const auto large = [](const RunFact &run) {
        return run.outputs >= leastLargeOutputs && run.context >= 0 && run.outputs >= run.context;
    };
    if (std::ranges::none_of(runs, [&](const RunFact &run) { return over(run) || repeats(run) || large(run); }))
        return;
    const auto parts = partsByRun(runs, j.input.ledger.rates, j.limits.failedInARow);
    const auto judge = [&](const char *rule, Severity severity, const auto &concerns, const auto &amount,
                           const auto &share) {
        std::vector<Evidence> evidence;
        Waste waste(j.input.now);
        Finding finding = j.begin(rule, severity);
        qint64 most = 0;
        qint64 least = 0;
        qint64 all = 0;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const RunFact &run = runs[i];
            if (!concerns(run))
                continue;
            const qint64 count = amount(run);
            most = std::max(most, count);
            least = evidence.empty() ? count : std::min(least, count);
            all += count;
            Evidence one = ofRun(run, count);
            if (parts[i] && parts[i]->undivided.pico == 0) {
                one.money = share(run, parts[i]->toolRounds);
                waste.add(run.created, *one.money);
            }
            finding.estimated = finding.estimated || run.estimated;
            if (evidence.empty())
                finding.facts.insert(u"turn"_s, run.turn);
            evidence.push_back(std::move(one));
        }
        if (evidence.empty())
            return;
        finding.facts.insert(u"runs"_s, qint64(evidence.size()));
        finding.facts.insert(u"most"_s, most);
        finding.facts.insert(u"least"_s, least);
        finding.facts.insert(u"all"_s, all);
        finding.facts.insert(u"ofRuns"_s, qint64(runs.size()));
        finding.facts.insert(u"ceiling"_s, j.limits.toolSteps);
        finding.facts.insert(u"escalates"_s, roundsEscalate(runs));
        finding.estimated = finding.estimated || qstrcmp(rule, "step-explosion") != 0;
        j.end(std::move(finding), std::move(evidence), waste);
    };
    const auto rounds = [](const RunFact &run) { return qint64(run.rounds); };
    judge("step-explosion", Severity::Serious, over, rounds, [](const RunFact &, Money all) { return all; });
    judge(
        "repeated-calls", Severity::Warning, repeats, [](const RunFact &run) { return qint64(run.repeats); },
        [](const RunFact &run, Money all) {
            return Money{all.pico / std::max<qint64>(1, run.rounds) *
                         std::min<qint64>(run.repeats, std::max<qint64>(1, run.rounds))};
        });
    judge(
        "large-outputs", Severity::Warning, large, [](const RunFact &run) { return qint64(run.outputs); },
        [](const RunFact &, Money all) { return all; });
}

void stuckRuns(const Judged &j)
{
    std::vector<Evidence> evidence;
    qint64 longest = 0;
    QString status;
    for (const RunFact &run : j.thread.runs) {
        const qint64 age = j.input.now - run.created;
        const bool waits = run.status == RunStatus::RequiresAction || run.status == RunStatus::Cancelling;
        if (!isActive(run.status) || age < (waits ? waitsTooLong : j.limits.stuckMinutes * minuteMs))
            continue;
        evidence.push_back(ofRun(run, age / 1000));
        if (age > longest)
            status = statusName(run.status);
        longest = std::max(longest, age);
    }
    if (evidence.empty())
        return;
    Finding finding = j.begin("stuck-run", Severity::Serious, j.thread.gone ? Remedy::None : Remedy::Unlock);
    // Rounded, or the finding would be another one with every second.
    finding.facts = {{u"since"_s, j.input.now - longest}, {u"status"_s, status}, {u"runs"_s, qint64(evidence.size())}};
    for (Evidence &one : evidence)
        one.amount.reset();
    j.end(std::move(finding), std::move(evidence), Waste(j.input.now));
}

void beyondReason(const Judged &j)
{
    std::vector<Evidence> evidence;
    for (const RunFact &run : j.thread.runs)
        if (run.beyondReason)
            evidence.push_back(ofRun(run, {}));
    if (evidence.empty())
        return;
    Finding finding = j.begin("beyond-reason", Severity::Warning);
    finding.facts = {{u"runs"_s, qint64(evidence.size())}};
    j.end(std::move(finding), std::move(evidence), Waste(j.input.now));
}

void filesAgain(const Judged &j)
{
    if (j.thread.gone)
        return;
    std::vector<Evidence> evidence;
    qint64 times = 0;
    qint64 tokens = 0;
    for (const FileAgain &again : j.thread.filesAgain) {
        if (again.messages < j.limits.attachedAgain)
            continue;
        Evidence one;
        one.kind = SubjectKind::File;
        one.id = again.id;
        one.name = again.name;
        one.amount = again.messages;
        evidence.push_back(std::move(one));
        times += again.messages;
        tokens += again.bytes.value_or(0) / usualCharactersPerToken * (again.messages - 1);
    }
    if (evidence.empty())
        return;
    Finding finding = j.begin("repeated-file", Severity::Warning);
    finding.estimated = true;
    finding.facts = {{u"files"_s, qint64(evidence.size())}, {u"messages"_s, times}, {u"tokens"_s, tokens}};
    j.end(std::move(finding), std::move(evidence), Waste(j.input.now));
}

// The same long beginning stays in the history once a message, and every later run reads all of them.
void instructionsInMessages(const Judged &j)
{
    if (j.thread.gone || j.thread.alike < leastAlike)
        return;
    Finding finding = j.begin("instructions-in-messages", Severity::Note);
    finding.estimated = true;
    finding.facts = {{u"messages"_s, j.thread.alike},
                     {u"tokens"_s, j.thread.alikeCharacters / usualCharactersPerToken}};
    j.end(std::move(finding), {}, Waste(j.input.now));
}

} // namespace

void judgeThread(const AuditInput &input, const ThreadFact &thread, std::vector<Finding> &found)
{
    const QString assistant =
        input.limits.assistants.isEmpty() ? QString() : input.ledger.names.assistants.name(thread.assistant);
    const Judged judged{input, thread, input.limits.of(assistant), found};
    historyGrowth(judged);
    silentTruncation(judged);
    retrySpirals(judged);
    toolSteps(judged);
    stuckRuns(judged);
    beyondReason(judged);
    filesAgain(judged);
    instructionsInMessages(judged);
}

} // namespace bobbin
