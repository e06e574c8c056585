// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/turns/outlook.h"

#include "models/core/format.h"
#include "models/watch/askedabout.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct OutlookText {
    Q_DECLARE_TR_FUNCTIONS(Turn)
};

Asked runOf(const TurnAsked &asked)
{
    Asked run;
    run.what = Asked::What::StartRun;
    run.thread = asked.thread;
    run.assistant = asked.assistant;
    run.model = asked.model;
    run.characters = asked.text.size();
    run.userMessages = asked.text.isEmpty() ? 0 : 1;
    return run;
}

Done readThread(Reader &reader, const QString &id, TurnOutlook &outlook)
{
    const auto key = reader.keyOf(RowKind::Threads, id);
    if (!key)
        return fail(key.error());
    if (!*key)
        return {};
    const auto rows = reader.rows<ThreadRow>({**key});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return {};
    const ThreadRow &row = rows->front();
    if (!row.title.isEmpty())
        outlook.label = row.title;
    outlook.messages = row.messages.value_or(0);
    if (!row.rotatedTo.isEmpty()) {
        const auto there = reader.keyOf(RowKind::Threads, row.rotatedTo);
        if (!there)
            return fail(there.error());
        if (*there)
            outlook.successor = row.rotatedTo;
    }
    return {};
}

Done readActive(Reader &reader, const ThreadFact &fact, TurnOutlook &outlook)
{
    for (const RunFact &run : fact.runs) {
        if (!isActive(run.status))
            continue;
        const auto rows = reader.rows<RunRow>({run.key});
        if (!rows)
            return fail(rows.error());
        if (!rows->empty()) {
            outlook.activeRun = rows->front().id;
            outlook.activeStatus = rows->front().statusWord;
        }
    }
    return {};
}

} // namespace

TurnVerdict TurnOutlook::verdict() const
{
    auto verdict = TurnVerdict::Free;
    for (const GuardRow &row : rows) {
        const auto act = actOfWord(row.act);
        const auto its = row.state == GuardState::Asked ? TurnVerdict::Asks
            : act == GuardAct::Rotate                   ? TurnVerdict::Rotates
            : act == GuardAct::Refuse                   ? TurnVerdict::Refuses
                                                        : TurnVerdict::Tells;
        verdict = std::max(verdict, its);
    }
    return verdict;
}

Result<TurnOutlook> readOutlook(Reader &reader, const TurnAsked &asked, const GuardPolicy &policy,
                                const std::vector<BudgetUse> &uses, qint64 now)
{
    const Asked run = runOf(asked);
    const auto about = readAbout(reader, run);
    if (!about)
        return fail(about.error());
    TurnOutlook outlook;
    outlook.thread = asked.thread;
    outlook.label = asked.thread;
    outlook.assistant = about->assistant;
    if (const Done read = readThread(reader, asked.thread, outlook); !read)
        return fail(read.error());
    const auto named = reader.named(RowKind::Assistants, {about->assistant});
    if (!named)
        return fail(named.error());
    outlook.assistantName = named->empty() || named->front().name.isEmpty() ? about->assistant : named->front().name;
    if (outlook.label.isEmpty())
        outlook.label = outlook.assistantName;
    NextRun next = nextRunOf(*about, run);
    if (next.model.isEmpty() && next.fact && !next.fact->runs.empty() &&
        about->ledger.names.assistants.name(next.fact->assistant) == about->assistant)
        next.model = about->ledger.rates.name(next.fact->runs.back().model); // as far as it is known: of the last time
    outlook.model = next.model;
    outlook.turn = std::max<qint64>(1, next.userMessages);
    outlook.context = expectedContext(about->ledger, next);
    outlook.cost = expectedCost(about->ledger, next, now);
    outlook.costIsLeast = !next.fact || !usualCompletion(*next.fact);
    if (next.fact) {
        outlook.usual = usualCost(*next.fact);
        if (!next.fact->runs.empty()) {
            const RunFact &last = next.fact->runs.back();
            outlook.lastFailure = failureClass(last.status, about->ledger.names.errors.name(last.error));
        }
        if (const Done read = readActive(reader, *next.fact, outlook); !read)
            return fail(read.error());
    }
    outlook.rows = foreseen(about->ledger, next, policy, now, Foresee::All);
    for (GuardRow &row : foreseen(uses, next, now, Foresee::All))
        outlook.rows.push_back(std::move(row));
    if (asked.decided)
        std::erase_if(outlook.rows, [](const GuardRow &row) {
            const RuleInfo *rule = ruleOfWord(row.rule);
            return rule && rule->rule == GuardRule::Retries;
        });
    return outlook;
}

QString outlookText(const TurnOutlook &outlook)
{
    QStringList parts;
    if (!outlook.thread.isEmpty())
        parts << OutlookText::tr("turn %1").arg(format::count(outlook.turn));
    parts << (outlook.context ? OutlookText::tr("reads about %1 tokens").arg(format::count(*outlook.context))
                              : OutlookText::tr("what it reads is not known before its first run"));
    if (outlook.cost)
        parts << (outlook.costIsLeast ? OutlookText::tr("at least about %1 for its first call")
                                      : OutlookText::tr("about %1 for its first call"))
                     .arg(format::money(outlook.cost));
    else if (outlook.context)
        parts << OutlookText::tr("no price is known for %1")
                     .arg(outlook.model.isEmpty() ? OutlookText::tr("its model") : format::visible(outlook.model));
    if (outlook.usual)
        parts << OutlookText::tr("runs here cost %1 lately").arg(format::money(outlook.usual));
    QString text = parts.join(u" · "_s);
    text[0] = text[0].toUpper();
    return text;
}

} // namespace bobbin
