// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/guard/policyjson.h"
#include "models/guard/policytext.h"
#include "models/store/whendone.h"
#include "models/watch/policyreads.h"

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 usualDays = 30;
constexpr std::size_t actsPrinted = 100;

QString word(const char *text)
{
    return QString::fromLatin1(text);
}

QVariant plainLimit(GuardRule rule, const RuleLimit &limit)
{
    if (limit.none)
        return {};
    return rule == GuardRule::Models ? QVariant(limit.models.join(u' ')) : plainAmount(rule, limit.number);
}

} // namespace

std::optional<GuardPolicy> Cli::readPolicyFile(const QString &file)
{
    const Result<PolicyRead> read = readPolicy(file);
    if (!read) {
        refuse(read.error(), Failed);
        return std::nullopt;
    }
    for (const Error &problem : read->problems)
        complain(errorText(problem).line());
    if (read->problems.empty())
        return read->policy;
    end(Failed);
    return std::nullopt;
}

// What is wrong with a file; else its rules, and with a workspace what they would have done there.
void Cli::policy()
{
    const auto read = readPolicyFile(m_options.arguments.at(1));
    if (!read)
        return;
    if (!m_options.namesWorkspace()) {
        showPolicy(*read, nullptr);
        return;
    }
    m_policy = read;
    Connection connection;
    if (choose(&connection))
        openStore(connection);
}

void Cli::tryPolicyHere()
{
    audited([this] {
        const qint64 from = m_options.filter.activeFrom.value_or(startOfLastDays(usualDays, nowMs()));
        whenDone(m_session.auditor()->withLedger([policy = *m_policy, from](const Ledger &ledger, Reader &reader) {
            return tryHere(policy, ledger, reader, from);
        }),
                 this, [this](const Result<TriedPolicy> &tried) {
                     if (tried)
                         showPolicy(*m_policy, &*tried);
                     else
                         refuse(tried.error(), Failed);
                 });
    });
}

void Cli::showPolicy(const GuardPolicy &policy, const TriedPolicy *tried)
{
    const PolicyTrial *trial = tried ? &tried->trial : nullptr;
    std::vector<Output::Head> heads{{u"rule"_s, u"Rule"_s, false},
                                    {u"limit"_s, u"Limit"_s, false},
                                    {u"limitFrom"_s, u"From"_s, false},
                                    {u"act"_s, u"Act"_s, false},
                                    {u"actFrom"_s, u"From"_s, false}};
    if (trial)
        heads.insert(heads.end(), {{u"times"_s, u"Times"_s, true}, {u"sparedUsd"_s, u"Spared"_s, true}});
    Output output(m_options.form, heads);
    const PolicyNow now = policyFor(policy, m_options.filter.assistantId, {});
    for (const RuleInfo &info : guardRules()) {
        const RuleNow &rule = now[std::size_t(info.rule)];
        std::vector<Cell> cells{{guardRuleTitle(info.rule), word(info.word)},
                                {limitText(info.rule, rule.limit), plainLimit(info.rule, rule.limit)},
                                {originText(rule.limitFrom), originText(rule.limitFrom)},
                                {guardActName(rule.act), word(actWord(rule.act))},
                                {originText(rule.actFrom), originText(rule.actFrom)}};
        if (trial) {
            const bool told = toldByRecord(info.rule);
            const Money spared = trial->spared[std::size_t(info.rule)];
            cells.push_back(number(told ? std::optional(trial->times[std::size_t(info.rule)]) : std::nullopt));
            cells.push_back({told ? format::money(spared) : u"–"_s, told ? QVariant(spared.dollars()) : QVariant()});
        }
        output.add(std::move(cells));
    }
    if (m_options.form != Form::Json) {
        output.finish();
        if (trial)
            complain(u"%1 runs of %2; %3 of them spared (%4 runs have no known cost)"_s.arg(
                format::count(trial->runs), format::money(trial->actual), format::money(trial->allSpared()),
                format::count(trial->unknownRuns)));
        end(AllDone);
        return;
    }
    QJsonObject json{{u"rules"_s, output.toJson()}, {u"actsAnHour"_s, policy.actsAnHour}};
    if (trial) {
        QJsonArray acts;
        for (std::size_t i = 0; i < std::min(actsPrinted, trial->acts.size()); ++i) {
            const WouldAct &act = trial->acts[i];
            acts << QJsonObject{{u"rule"_s, word(infoOf(act.rule).word)},
                                {u"act"_s, word(actWord(act.act))},
                                {u"when"_s, format::isoTime(act.when)},
                                {u"value"_s, QJsonValue::fromVariant(plainAmount(act.rule, act.value))},
                                {u"limit"_s, QJsonValue::fromVariant(plainAmount(act.rule, act.limit))},
                                {u"thread"_s, tried->threads.value(act.thread)},
                                {u"run"_s, tried->runs.value(act.run)},
                                {u"name"_s, act.name},
                                {u"falseAlarm"_s, tried->falseAlarms.contains(markOf(act, *tried))}};
        }
        json[u"trial"_s] = QJsonObject{{u"runs"_s, trial->runs},
                                       {u"unknownRuns"_s, trial->unknownRuns},
                                       {u"actualUsd"_s, trial->actual.dollars()},
                                       {u"sparedUsd"_s, trial->allSpared().dollars()},
                                       {u"newestActs"_s, acts}};
    }
    printJson(json);
    end(AllDone);
}

} // namespace bobbin::cli
