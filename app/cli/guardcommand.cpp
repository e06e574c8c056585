// SPDX-License-Identifier: GPL-3.0-or-later
// The guard at the terminal: begin to watch, see what it saw and did, answer what it asks, stop it.
#include "app/cli/cli.h"

#include "app/cli/gatewaycommand.h"
#include "app/cli/watchcommand.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/format.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"
#include "models/settings/guardfiles.h"
#include "models/store/whendone.h"
#include "models/telemetry/guardjson.h"
#include "models/watch/guardsummary.h"

#include <QDir>
#include <QFile>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 summedDays = 30;

} // namespace

// Without a policy of its own a connection is held to the usual one, which only tells.
std::optional<GuardPolicy> Cli::policyHere()
{
    const QString own = policyFile(m_session.connection().id);
    if (!m_options.policyFile.isEmpty() || QFile::exists(own))
        return readPolicyFile(!m_options.policyFile.isEmpty() ? m_options.policyFile : own);
    complain(u"there is no policy for this connection: the usual limits hold, and are only told of. --policy FILE, or "
             "%1, says otherwise"_s.arg(QDir::toNativeSeparators(own)));
    return GuardPolicy();
}

void Cli::watch()
{
    if (const auto policy = policyHere())
        audited([this, policy] {
            m_guarding = std::make_unique<WatchCommand>(m_options, m_session, *policy, [this](int code) { end(code); });
            m_guarding->start();
        });
}

void Cli::chat()
{
    const auto policy = policyHere();
    if (!policy)
        return;
    const auto begin = [this, policy] {
        m_chat = std::make_unique<ChatCommand>(m_options, m_session, *policy, [this](int code) { end(code); });
        m_chat->start();
    };
    if (allBudgets(*policy).empty())
        begin();
    else
        audited(begin); // what was spent is added up
}

// Callers may have the key where this computer has none: then it judges by what passes, and cannot look itself.
void Cli::openGateway()
{
    key(m_session.connection(), false, [this](const Result<QByteArray> &key) {
        if (!key && m_options.ownKey) {
            refuse(key.error(), NotConnected);
            return;
        }
        if (key) {
            m_session.workspace()->setKey(*key);
        } else {
            complain(u"there is no key of its own: it judges by what passes, and can neither look nor cancel: "_s +
                     errorText(key.error()).line());
            m_session.workspace()->goWithoutKey();
        }
        const auto policy = policyHere();
        if (!policy)
            return;
        audited([this, policy, key] {
            m_guarding = std::make_unique<GatewayCommand>(
                m_options, m_session, *policy, key.value_or(QByteArray()),
                [this](KeyAnswer answer) { this->key(m_session.connection(), true, std::move(answer)); },
                [this](int code) { end(code); });
            m_guarding->start();
        });
    });
}

void Cli::stopGuarding()
{
    const bool stop = m_options.arguments.first() == "stop"_L1;
    const Done done = stop ? stopGuard(m_options.arguments.mid(1).join(u' ')) : letGuardGo();
    if (!done) {
        refuse(done.error(), Failed);
        return;
    }
    complain(
        stop
            ? u"all guarding is stopped: what is seen is told, nothing is done; \"bobbin-cli guard go\" lets it go on"_s
            : u"guarding goes on"_s);
    end(AllDone);
}

void Cli::guard()
{
    if (m_options.arguments.value(0) == "summary"_L1) {
        audited([this] { sumUpGuard(); });
        return;
    }
    if (!m_options.arguments.isEmpty()) {
        answerGuard();
        return;
    }
    Reader::GuardQuery query;
    query.limit = m_options.limit;
    query.since = m_options.filter.activeFrom.value_or(0);
    whenDone(m_store->read([query](Reader &reader) { return reader.guardRows(query); }), this,
             [this](const Result<std::vector<GuardRow>> &rows) {
                 if (rows)
                     showGuard(*rows);
                 else
                     refuse(rows.error(), Failed);
             });
}

void Cli::showGuard(const std::vector<GuardRow> &rows)
{
    if (m_options.form == Form::Json) {
        QJsonArray all;
        for (const GuardRow &row : rows)
            all << guardJson(row);
        QJsonObject json{{u"seen"_s, all}, {u"stopped"_s, guardStop().has_value()}};
        printJson(json);
        end(AllDone);
        return;
    }
    Output output(m_options.form,
                  {{u"number"_s, u"Number"_s, true},
                   {u"seen"_s, u"Seen"_s, false},
                   {u"rule"_s, u"Rule"_s, false},
                   {u"value"_s, u"Value"_s, false},
                   {u"limit"_s, u"Limit"_s, false},
                   {u"act"_s, u"Act"_s, false},
                   {u"state"_s, u"State"_s, false},
                   {u"thread"_s, u"Thread"_s, false},
                   {u"run"_s, u"Run"_s, false},
                   {u"operation"_s, u"Operation"_s, true},
                   {u"note"_s, u"Note"_s, false}});
    for (const GuardRow &row : rows) {
        const RuleInfo *rule = ruleOfWord(row.rule);
        const auto amount = [&](qint64 value) {
            return Cell{rule ? amountText(rule->rule, value) : QString::number(value),
                        rule ? plainAmount(rule->rule, value) : QVariant(value)};
        };
        output.add({number(row.key),
                    {format::when(row.at), format::isoTime(row.at)},
                    {rule ? guardRuleTitle(rule->rule) : row.rule, row.rule},
                    amount(row.value),
                    amount(row.limit),
                    {row.act, row.act},
                    {guardStateWord(row.state), guardStateWord(row.state)},
                    {row.thread, row.thread},
                    {row.run, row.run},
                    number(row.operation != 0 ? std::optional(row.operation) : std::nullopt),
                    {row.note, row.note}});
    }
    output.finish();
    if (const auto stop = guardStop())
        complain(u"all guarding is stopped since %1 %2"_s.arg(stop->since, stop->reason).trimmed());
    end(AllDone);
}

void Cli::sumUpGuard()
{
    const qint64 since = m_options.filter.activeFrom.value_or(startOfLastDays(summedDays, nowMs()));
    whenDone(m_session.auditor()->withLedger(
                 [since](const Ledger &ledger, Reader &reader) { return readSummary(ledger, reader, since); }),
             this, [this](const Result<GuardSummary> &summary) {
                 if (!summary) {
                     refuse(summary.error(), Failed);
                     return;
                 }
                 if (m_options.form == Form::Json)
                     printJson(summaryJson(*summary));
                 else
                     print(summaryText(*summary));
                 end(AllDone);
             });
}

void Cli::answerGuard()
{
    const bool allowed = m_options.arguments.first() == "allow"_L1;
    const qint64 key = m_options.arguments.at(1).toLongLong();
    whenDone(m_store->read([key](Reader &reader) { return reader.guardRow(key); }), this,
             [this, allowed, key](const Result<std::optional<GuardRow>> &row) {
                 if (!row) {
                     refuse(row.error(), Failed);
                     return;
                 }
                 if (!*row) {
                     complain(u"the guard has seen nothing with the number %1"_s.arg(key));
                     end(Usage);
                     return;
                 }
                 whenDone(Watch::answer(*m_store, **row, allowed), this, [this, allowed](const Result<bool> &answered) {
                     if (!answered) {
                         refuse(answered.error(), Failed);
                         return;
                     }
                     if (!*answered)
                         complain(u"it does not ask that, or no longer"_s);
                     else if (allowed)
                         complain(u"the watch that runs does it; where none does, the next one"_s);
                     end(*answered ? AllDone : NothingToDo);
                 });
             });
}

} // namespace bobbin::cli
