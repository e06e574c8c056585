// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/findingtext.h"

#include "models/core/format.h"

#include <QCoreApplication>
#include <QDateTime>

#include <climits>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct FindingWords {
    Q_DECLARE_TR_FUNCTIONS(FindingWords)
};

// The figures of a finding, written.
struct Figures {
    const QJsonObject &facts;
    [[nodiscard]] bool has(const QString &key) const { return facts.contains(key); }
    [[nodiscard]] qint64 number(const QString &key) const { return facts[key].toInteger(); }
    [[nodiscard]] int small(const QString &key) const { return int(std::min<qint64>(number(key), INT_MAX)); } // for %n
    [[nodiscard]] QString count(const QString &key) const { return format::count(number(key)); }
    [[nodiscard]] QString money(const QString &key) const { return format::money(Money{number(key)}); }
    [[nodiscard]] QString text(const QString &key) const { return facts[key].toString(); }
    [[nodiscard]] QString date(const QString &key) const
    {
        return QDateTime::fromMSecsSinceEpoch(number(key)).date().toString(Qt::ISODate);
    }
};

QString joined(const QStringList &sentences)
{
    return sentences.join(u' ');
}

FindingText historyGrowth(const Figures &f)
{
    QStringList said{FindingWords::tr("Each run now begins by reading %1 tokens; the ceiling of %2 was passed at turn "
                                      "%3.")
                         .arg(f.count(u"context"_s), f.count(u"ceiling"_s), f.count(u"passedTurn"_s))};
    if (f.has(u"ratio"_s) && f.has(u"slope"_s))
        said << FindingWords::tr("That is %1 the first run's, and %2 more with every turn.")
                    .arg(format::factor(f.facts[u"ratio"_s].toDouble()), f.count(u"slope"_s));
    QStringList helps;
    if (f.has(u"savesPerTurn"_s))
        helps << FindingWords::tr("Rotating it to a short summary saves %1 a turn.").arg(f.money(u"savesPerTurn"_s));
    if (f.has(u"paysTurn"_s))
        helps << FindingWords::tr("It would have paid from turn %1 on.").arg(f.count(u"paysTurn"_s));
    helps << FindingWords::tr("A turn cap keeps it from coming back.");
    return {{}, joined(said), joined(helps), {}};
}

FindingText silentTruncation(const Figures &f)
{
    QStringList said;
    if (f.has(u"window"_s))
        said << FindingWords::tr(
                    "%n run(s) read nearly all that the model can hold (%1 of %2 tokens): older messages drop "
                    "out without an error.",
                    nullptr, f.small(u"runs"_s))
                    .arg(f.count(u"largest"_s), f.count(u"window"_s));
    if (f.has(u"stillFrom"_s))
        said << FindingWords::tr(
                    "From turn %1 to %2 the context stands at about %3 tokens while messages go on: what is "
                    "older is left out.")
                    .arg(f.count(u"stillFrom"_s), f.count(u"stillTo"_s), f.count(u"stillAt"_s));
    if (f.has(u"cutShort"_s))
        said << FindingWords::tr("%n run(s) ended at max_prompt_tokens.", nullptr, f.small(u"cutShort"_s));
    QString helps =
        FindingWords::tr("Rotate with a summary before the window is full, so that you decide what is kept.");
    if (f.has(u"lastMessages"_s))
        helps = FindingWords::tr("truncation_strategy keeps the last %1 messages, as asked; what the answers need from "
                                 "before has to be in the instructions or in a file.")
                    .arg(f.count(u"lastMessages"_s));
    else if (f.has(u"maxPromptTokens"_s))
        helps =
            FindingWords::tr("max_prompt_tokens is %1, as asked; what the answers need from before has to be in the "
                             "instructions or in a file.")
                .arg(f.count(u"maxPromptTokens"_s));
    return {{}, joined(said), helps, {}};
}

FindingText retrySpiral(const Figures &f)
{
    QStringList said{FindingWords::tr("%1 runs failed in a row without a new message, first at turn %2.")
                         .arg(f.count(u"runs"_s), f.count(u"turn"_s))};
    if (f.number(u"transient"_s) > 0)
        said << FindingWords::tr("%1 failed for reasons that pass.").arg(f.count(u"transient"_s));
    if (f.number(u"structural"_s) + f.number(u"fatal"_s) > 0)
        said << FindingWords::tr("%1 failed for reasons that stay (%2 of them were tried again all the same).")
                    .arg(format::count(f.number(u"structural"_s) + f.number(u"fatal"_s)), f.count(u"blind"_s));
    if (f.has(u"unpriced"_s))
        said << FindingWords::tr("%1 of them have no known cost.").arg(f.count(u"unpriced"_s));
    QStringList helps;
    if (!f.facts[u"backsOff"_s].toBool())
        helps << FindingWords::tr("They were tried again without growing pauses: wait 2, 4, 8 seconds, and stop after "
                                  "three.");
    if (f.number(u"blind"_s) > 0)
        helps << FindingWords::tr("Retry only after rate_limit_exceeded and server_error; for others look at the tool "
                                  "calls first.");
    if (helps.isEmpty())
        helps << FindingWords::tr("Stop after three tries, and say so to the user.");
    return {{}, joined(said), joined(helps), {}};
}

FindingText stepExplosion(const Figures &f)
{
    QStringList said{
        FindingWords::tr("%n of %1 runs took more than %2 tool steps, the longest %3, first at turn %4: each step "
                         "reads all before it again.",
                         nullptr, f.small(u"runs"_s))
            .arg(f.count(u"ofRuns"_s), f.count(u"ceiling"_s), f.count(u"most"_s), f.count(u"turn"_s))};
    if (f.facts[u"escalates"_s].toBool())
        said << FindingWords::tr("The later runs take twice as many as the first ones.");
    return {{},
            joined(said),
            FindingWords::tr("Stop a run at a step ceiling, give tools shorter outputs, or let one call answer more."),
            {}};
}

FindingText textOf(const Finding &finding)
{
    const Figures f{finding.facts};
    const QByteArray &rule = finding.rule;
    if (rule == "history-growth")
        return historyGrowth(f);
    if (rule == "silent-truncation")
        return silentTruncation(f);
    if (rule == "retry-spiral")
        return retrySpiral(f);
    if (rule == "step-explosion")
        return stepExplosion(f);
    if (rule == "repeated-calls")
        return {{},
                FindingWords::tr(
                    "%n run(s) made calls again that were made before with the same arguments, %1 times in all.",
                    nullptr, f.small(u"runs"_s))
                    .arg(f.count(u"all"_s)),
                FindingWords::tr("Answer a repeated call from a cache, and tell the model that it has asked before."),
                {}};
    if (rule == "large-outputs")
        return {{},
                FindingWords::tr("In %n run(s) tools gave back more than the whole conversation holds, up to about %1 "
                                 "tokens: every later call of the run reads them again.",
                                 nullptr, f.small(u"runs"_s))
                    .arg(f.count(u"most"_s)),
                FindingWords::tr("Let tools give back what is asked for, not whole documents."),
                {}};
    if (rule == "stuck-run")
        return {{},
                FindingWords::tr("A run is in %1 since %2 and locks the thread.")
                    .arg(f.text(u"status"_s), format::when(f.number(u"since"_s))),
                f.text(u"status"_s) == "requires_action"_L1
                    ? FindingWords::tr("Its app did not answer the tool calls: see which, answer or cancel.")
                    : FindingWords::tr("Cancel it; a new run can start when the lock is gone."),
                {}};
    if (rule == "beyond-reason")
        return {{},
                FindingWords::tr("%n run(s) with more tokens than can be true: no cost of them can be relied on.",
                                 nullptr, f.small(u"runs"_s)),
                FindingWords::tr("Ask who runs the server."),
                {}};
    if (rule == "repeated-file")
        return {
            {},
            FindingWords::tr("%n file(s) attached again and again, to %1 messages: about %2 tokens embedded more than "
                             "once.",
                             nullptr, f.small(u"files"_s))
                .arg(f.count(u"messages"_s), f.count(u"tokens"_s)),
            FindingWords::tr("Attach a file once, to the thread or to the assistant's vector store."),
            {}};
    if (rule == "instructions-in-messages")
        return {{},
                FindingWords::tr("%1 messages begin with the same words (about %2 tokens each), and all stay in the "
                                 "history.")
                    .arg(f.count(u"messages"_s), f.count(u"tokens"_s)),
                FindingWords::tr("Put what is always the same into the assistant's instructions: they are read once a "
                                 "call."),
                {}};
    if (rule == "instructions-per-run")
        return {{},
                FindingWords::tr("%1 of %2 runs were given the same instructions, which are not the assistant's.")
                    .arg(f.count(u"runs"_s), f.count(u"ofRuns"_s)),
                FindingWords::tr("Put them on the assistant: one place to change, and a prefix that is cached."),
                {}};
    if (rule == "poor-caching") {
        QStringList why;
        if (f.number(u"changedInstructions"_s) > 0)
            why << FindingWords::tr("%1 runs had other instructions than the one before")
                       .arg(f.count(u"changedInstructions"_s));
        if (f.number(u"changedTools"_s) > 0)
            why << FindingWords::tr("%1 had other tools").arg(f.count(u"changedTools"_s));
        if (f.number(u"afterGap"_s) > 0)
            why << FindingWords::tr("%1 came too late for the cache").arg(f.count(u"afterGap"_s));
        QStringList said;
        if (f.number(u"allowed"_s) > 0)
            said << FindingWords::tr("%1 of %2 tokens that could have been cached were.")
                        .arg(f.count(u"cached"_s), f.count(u"allowed"_s));
        if (!why.isEmpty())
            said << FindingWords::tr("No cache could help: %1.").arg(why.join(u", "_s));
        return {{},
                joined(said),
                FindingWords::tr("Keep what comes first the same: no dates or names in instructions, tools in a fixed "
                                 "order, no truncation in between."),
                {}};
    }
    if (rule == "no-prompt-limit")
        return {{},
                FindingWords::tr("None of %1 runs had max_prompt_tokens; the largest began with %2 tokens.")
                    .arg(f.count(u"runs"_s), f.count(u"largest"_s)),
                FindingWords::tr("Create runs with max_prompt_tokens of %1: the one limit the server itself keeps.")
                    .arg(f.count(u"ceiling"_s)),
                {}};
    if (rule == "dear-model")
        return {{},
                FindingWords::tr("%1 of %2 runs were short questions without tools; %3 would have done them for far "
                                 "less.")
                    .arg(f.count(u"runs"_s), f.count(u"ofRuns"_s), f.text(u"smaller"_s)),
                FindingWords::tr("Send simple turns to %1, after trying its answers.").arg(f.text(u"smaller"_s)),
                {}};
    if (rule == "missing-usage")
        return {{},
                FindingWords::tr("%n of %1 runs ended without usage: what that cost is unknown and in no sum.", nullptr,
                                 f.small(u"runs"_s))
                    .arg(f.count(u"ofRuns"_s)),
                FindingWords::tr("Ask who runs the server; streamed runs of some servers tell no usage."),
                {}};
    if (rule == "unknown-price")
        return {{},
                f.facts[u"known"_s].toBool()
                    ? FindingWords::tr("%n run(s) of a time for which no price is known: in no sum.", nullptr,
                                       f.small(u"runs"_s))
                    : FindingWords::tr("%n run(s) without a known price: in no sum.", nullptr, f.small(u"runs"_s)),
                FindingWords::tr("Enter what you pay."),
                {}};
    if (rule == "model-switched-off") {
        const QString used = f.text(u"assistants"_s).isEmpty()
            ? FindingWords::tr("%1 runs of the last 28 days used it.").arg(f.count(u"recentRuns"_s))
            : FindingWords::tr("%1 use it, with %2 runs in the last 28 days.")
                  .arg(f.text(u"assistants"_s), f.count(u"recentRuns"_s));
        return {{},
                joined({f.facts[u"past"_s].toBool()
                            ? FindingWords::tr("OpenAI switched it off on %1.").arg(f.text(u"shutdown"_s))
                            : FindingWords::tr("OpenAI switches it off on %1.").arg(f.text(u"shutdown"_s)),
                        used}),
                FindingWords::tr("Choose its successor before that day, and compare what it costs."),
                {}};
    }
    if (rule == "unusual-day")
        return {{},
                FindingWords::tr("The day cost %1; that weekday usually costs %2.")
                    .arg(f.money(u"cost"_s), f.money(u"usual"_s)),
                FindingWords::tr("Look at its costliest runs."),
                {}};
    if (rule == "stored-tokens")
        return {{},
                FindingWords::tr("%n thread(s) idle for %1 days keep about %2 of the %3 stored tokens, at your price "
                                 "for them.",
                                 nullptr, f.small(u"threads"_s))
                    .arg(f.count(u"days"_s), f.count(u"idleTokens"_s), f.count(u"tokens"_s)),
                FindingWords::tr("Clean them up; each is archived first."),
                {}};
    if (rule == "duplicate-stores")
        return {
            {},
            f.facts[u"contained"_s].toBool()
                ? FindingWords::tr("%1 vector stores hold the same files, or some of them.").arg(f.count(u"stores"_s))
                : FindingWords::tr("%1 vector stores hold the same files.").arg(f.count(u"stores"_s)),
            FindingWords::tr("Let one of them stand for all."),
            {}};
    if (rule == "unused-store")
        return {
            {},
            f.facts[u"allThreadsKnown"_s].toBool()
                ? FindingWords::tr("No assistant and no thread uses it.")
                : FindingWords::tr("No assistant and no known thread uses it; this server does not list its threads."),
            FindingWords::tr("Delete it; it is archived first."),
            {}};
    if (rule == "expired-store")
        return {{},
                FindingWords::tr("It has expired: searches in it find nothing any more."),
                FindingWords::tr("Delete it, or build it anew where it is still needed."),
                {}};
    if (rule == "unused-files")
        return {{},
                FindingWords::tr("%n file(s), %1, in no vector store, message, thread or assistant that is known.",
                                 nullptr, f.small(u"files"_s))
                    .arg(format::bytes(f.number(u"bytes"_s))),
                FindingWords::tr("Delete them with the next consolidation."),
                {}};
    return {};
}

struct RuleTitle {
    const char *rule, *title;
};
constexpr RuleTitle ruleTitles[] = {
    {"history-growth", QT_TRANSLATE_NOOP("FindingWords", "History growth")},
    {"silent-truncation", QT_TRANSLATE_NOOP("FindingWords", "Silent truncation")},
    {"retry-spiral", QT_TRANSLATE_NOOP("FindingWords", "Retry spiral")},
    {"step-explosion", QT_TRANSLATE_NOOP("FindingWords", "Step explosion")},
    {"repeated-calls", QT_TRANSLATE_NOOP("FindingWords", "Repeated calls")},
    {"large-outputs", QT_TRANSLATE_NOOP("FindingWords", "Large tool outputs")},
    {"stuck-run", QT_TRANSLATE_NOOP("FindingWords", "Stuck run")},
    {"beyond-reason", QT_TRANSLATE_NOOP("FindingWords", "Usage beyond reason")},
    {"repeated-file", QT_TRANSLATE_NOOP("FindingWords", "File attached again")},
    {"instructions-in-messages", QT_TRANSLATE_NOOP("FindingWords", "Instructions in messages")},
    {"instructions-per-run", QT_TRANSLATE_NOOP("FindingWords", "Instructions per run")},
    {"poor-caching", QT_TRANSLATE_NOOP("FindingWords", "Poor caching")},
    {"no-prompt-limit", QT_TRANSLATE_NOOP("FindingWords", "No token limit")},
    {"dear-model", QT_TRANSLATE_NOOP("FindingWords", "Dear model for simple turns")},
    {"missing-usage", QT_TRANSLATE_NOOP("FindingWords", "Missing usage")},
    {"unknown-price", QT_TRANSLATE_NOOP("FindingWords", "Unknown price")},
    {"model-switched-off", QT_TRANSLATE_NOOP("FindingWords", "Model switched off")},
    {"unusual-day", QT_TRANSLATE_NOOP("FindingWords", "Unusual day")},
    {"stored-tokens", QT_TRANSLATE_NOOP("FindingWords", "Stored tokens")},
    {"duplicate-stores", QT_TRANSLATE_NOOP("FindingWords", "Duplicate vector stores")},
    {"unused-store", QT_TRANSLATE_NOOP("FindingWords", "Unused vector store")},
    {"expired-store", QT_TRANSLATE_NOOP("FindingWords", "Expired vector store")},
    {"unused-files", QT_TRANSLATE_NOOP("FindingWords", "Unused files")},
};

} // namespace

QString remedyText(Remedy remedy)
{
    switch (remedy) {
    case Remedy::None:
        break;
    case Remedy::Rotate:
        return FindingWords::tr("Rotate");
    case Remedy::Unlock:
        return FindingWords::tr("Why is it locked?");
    case Remedy::Consolidate:
        return FindingWords::tr("Consolidate…");
    case Remedy::Prices:
        return FindingWords::tr("Prices…");
    case Remedy::DeleteUnused:
        return FindingWords::tr("Delete…");
    }
    return {};
}

QString ruleTitle(QByteArrayView rule)
{
    for (const RuleTitle &known : ruleTitles)
        if (rule == known.rule)
            return FindingWords::tr(known.title);
    return QString::fromLatin1(rule);
}

FindingText findingText(const Finding &finding)
{
    FindingText text = textOf(finding);
    text.title = ruleTitle(finding.rule);
    text.remedy = remedyText(finding.remedy);
    return text;
}

QString severityName(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return FindingWords::tr("note");
    case Severity::Warning:
        return FindingWords::tr("warning");
    case Severity::Serious:
        return FindingWords::tr("serious");
    }
    return {};
}

QString amountText(const Finding &finding, const Evidence &evidence)
{
    if (!evidence.amount)
        return {};
    const QString count = format::count(*evidence.amount);
    switch (evidence.kind) {
    case SubjectKind::Store:
        return format::bytes(evidence.amount);
    case SubjectKind::File:
        return finding.rule == "repeated-file" ? FindingWords::tr("attached %1 times").arg(count)
                                               : format::bytes(evidence.amount);
    default:
        break;
    }
    if (finding.rule == "step-explosion")
        return FindingWords::tr("%1 tool steps").arg(count);
    if (finding.rule == "repeated-calls")
        return FindingWords::tr("%1 calls again").arg(count);
    if (finding.rule == "large-outputs")
        return FindingWords::tr("%1 tokens of outputs").arg(count);
    if (finding.rule == "poor-caching")
        return FindingWords::tr("%1 tokens not cached").arg(count);
    return FindingWords::tr("%1 tokens").arg(count);
}

} // namespace bobbin
