// SPDX-License-Identifier: GPL-3.0-or-later
// What each option is called, says and does.
#include "app/cli/commandtable.h"

#include "models/audit/findingjson.h"
#include "models/columns/causewords.h"

#include <QDateTime>
#include <QProcess>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

MetadataTest testOf(const QString &text)
{
    if (text.startsWith(u'!'))
        return {MetadataTest::How::Lacks, text.mid(1), {}};
    if (text.contains(u'='))
        return {MetadataTest::How::Equals, text.section(u'=', 0, 0), text.section(u'=', 1)};
    return {MetadataTest::How::Has, text, {}};
}

template <class T> QString number(const QStringList &values, qint64 least, qint64 most, T &into)
{
    bool ok = false;
    const qint64 value = values.last().toLongLong(&ok);
    if (!ok || value < least || value > most)
        return u"wants a number from %1 to %2"_s.arg(least).arg(most);
    into = T(int(value));
    return {};
}

QString day(const QStringList &values, OptTime &into)
{
    const QDate date = QDate::fromString(values.last(), Qt::ISODate);
    if (!date.isValid())
        return u"wants a day as YYYY-MM-DD, not \"%1\""_s.arg(values.last());
    into = date.startOfDay(Qt::UTC).toMSecsSinceEpoch();
    return {};
}

// A flag or a text of the options, set and done.
template <bool Options::*Flag> QString on(Options &o, const QStringList &)
{
    o.*Flag = true;
    return {};
}
template <QString Options::*Text> QString take(Options &o, const QStringList &values)
{
    o.*Text = values.last();
    return values.last().isEmpty() ? u"wants a value"_s : QString();
}
template <QString Connection::*Text> QString connectionText(Options &o, const QStringList &values)
{
    o.connectionEdits.push_back([text = values.last()](Connection &c) { c.*Text = text; });
    return {};
}
using Pairs = std::vector<std::pair<QString, QString>>;
template <Pairs Connection::*All, char16_t Between> QString connectionPairs(Options &o, const QStringList &values)
{
    Pairs pairs;
    for (const QString &value : values) {
        if (value.section(Between, 0, 0).trimmed().isEmpty() || !value.contains(Between))
            return u"wants NAME%1VALUE"_s.arg(QChar(Between));
        pairs.emplace_back(value.section(Between, 0, 0).trimmed(), value.section(Between, 1).trimmed());
    }
    o.connectionEdits.push_back([pairs](Connection &c) { c.*All = pairs; });
    return {};
}
QString keySource(Options &o, Connection::KeySource source)
{
    o.connectionEdits.push_back([source](Connection &c) { c.keySource = source; });
    return {};
}
QString keyCommand(Options &o, const QStringList &values)
{
    const QStringList command = QProcess::splitCommand(values.last());
    o.connectionEdits.push_back([command](Connection &c) { c.command = command; });
    return command.isEmpty() ? u"wants a command"_s : keySource(o, Connection::KeySource::Command);
}
QString requestTimeout(Options &o, const QStringList &values)
{
    int seconds = 0;
    const QString problem = number(values, 0, 3'600, seconds);
    o.connectionEdits.push_back([seconds](Connection &c) { c.timeoutSeconds = seconds; });
    return problem;
}
template <bool CleanupRule::*Flag> QString ruleOn(Options &o, const QStringList &)
{
    o.rule.*Flag = true;
    return {};
}
template <bool ConsolidateOptions::*Flag> QString storesOn(Options &o, const QStringList &)
{
    o.consolidate.*Flag = true;
    return {};
}

constexpr OptionSpec specs[] = {
    // where from
    {"connection", "NAME", "a saved connection; its key comes from the keychain", false, take<&Options::connection>},
    {"base-url", "URL", "a server, such as http://127.0.0.1:8080/v1; the key comes from OPENAI_API_KEY", false,
     take<&Options::baseUrl>},
    {"demo", nullptr, "the built-in demo workspace, in memory", false, on<&Options::demo>},
    {"store", "FILE", "this store file instead of the connection's own", false, take<&Options::storeFile>},
    {"sync", nullptr, "sync first (--demo always does)", false, on<&Options::syncFirst>},
    {"no-steps", nullptr, "without run steps: a request less for each new run, but no tool calls", false,
     [](Options &o, const QStringList &) { return o.steps = false, QString(); }},
    {"at-once", "N", "at most N requests at once; without it, as many as the server bears", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 1000, o.atOnce); }},
    {"list-limit", "N", "stop a list that goes on after N items (1,000,000)", false,
     [](Options &o, const QStringList &v) { return number(v, 100, 1'000'000'000, o.listLimit); }},
    // what
    {"text", "TEXT", "rows that contain TEXT", false,
     [](Options &o, const QStringList &v) { return o.filter.text = v.last(), QString(); }},
    {"assistant", "ID", "of this assistant", false,
     [](Options &o, const QStringList &v) { return o.filter.assistantId = o.rule.assistantId = v.last(), QString(); }},
    {"thread", "ID", "of this thread", false,
     [](Options &o, const QStringList &v) { return o.filter.threadId = v.last(), QString(); }},
    {"state", "STATE",
     "runs: a status or \"active\"; threads: active, failed, gone, unpriced, problem; of several any one", true,
     [](Options &o, const QStringList &v) { return o.filter.states = v, QString(); }},
    {"cause", "CAUSE", "threads: history, tool-steps, retries, files, volume or none; of several any one", true,
     [](Options &o, const QStringList &v) {
         for (const QString &word : v) {
             const std::optional<Cause> cause = causeOfWord(word);
             if (!cause)
                 return QStringLiteral("no cause is called “%1”: %2")
                     .arg(word, causeWords().join(QStringLiteral(", ")));
             o.filter.causes.push_back(*cause);
         }
         return QString();
     }},
    {"only", "RULE", "findings of this rule", true,
     [](Options &o, const QStringList &v) { return o.rules = v, QString(); }},
    {"fail-on", "SEVERITY", "end with a code of its own from this severity on: note, warning (the usual), serious",
     false,
     [](Options &o, const QStringList &v) {
         const std::optional<Severity> severity = severityOfWord(v.last().toLatin1());
         o.failOn = severity.value_or(o.failOn);
         return severity ? QString() : QStringLiteral("wants note, warning or serious");
     }},
    {"since", "DATE", "threads last active, runs created, from this day on (YYYY-MM-DD, UTC)", false,
     [](Options &o, const QStringList &v) { return day(v, o.filter.activeFrom); }},
    {"until", "DATE", "and before this day", false,
     [](Options &o, const QStringList &v) { return day(v, o.filter.activeUntil); }},
    {"sort", "COLUMN", "a column as --json names it, the largest or newest first", false,
     [](Options &o, const QStringList &v) { return o.sort = v.last().toLatin1(), QString(); }},
    {"ascending", nullptr, "the smallest or oldest first", false, on<&Options::ascending>},
    {"limit", "N", "at most N rows", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 1'000'000'000, o.limit); }},
    {"by", "WHAT", "model (the usual), assistant, thread or day; reconcile: model or day", false,
     [](Options &o, const QStringList &v) {
         o.by = v.last();
         return QStringList{u"model"_s, u"assistant"_s, u"thread"_s, u"day"_s}.contains(o.by)
             ? QString()
             : u"wants model, assistant, thread or day"_s;
     }},
    // operations
    {"dry-run", nullptr, "show the plan, do nothing", false, on<&Options::dryRun>},
    {"yes", nullptr, "do it without asking; watch and gateway: let the policy act from now on", false,
     on<&Options::yes>},
    {"timeout", "SECONDS", "end when nothing has moved for so long (600); what was begun can be finished later", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 86'400, o.timeoutSeconds); }},
    {"all", nullptr, "all of them; findings: dismissed ones as well", false, on<&Options::all>},
    {"idle-days", "N", "no message and no run for N days", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 36'500, o.rule.idleDays); }},
    {"never-used", nullptr, "no message and no run, and older than a day", false, ruleOn<&CleanupRule::neverUsed>},
    {"assistant-gone", nullptr, "their assistant was deleted", false, ruleOn<&CleanupRule::assistantGone>},
    {"rotated", nullptr, "another thread took over", false, ruleOn<&CleanupRule::rotatedAway>},
    {"rotated-grace", "DAYS", "keep back what was rotated within so many days (7; 0: nothing)", false,
     [](Options &o, const QStringList &v) { return number(v, 0, 36'500, o.rule.rotatedGraceDays); }},
    {"storage", nullptr, "stores and files that nothing else uses go as well", false, ruleOn<&CleanupRule::storage>},
    {"recent-stores", nullptr, "where the server does not list threads: also stores that were used within 7 days",
     false,
     [](Options &o, const QStringList &) {
         return o.rule.recentStores = o.consolidate.recentStores = true, QString();
     }},
    {"metadata", "K=V", "only threads with it (K: has it, !K: lacks it); all of them must hold", true,
     [](Options &o, const QStringList &v) {
         for (const QString &text : v)
             o.rule.metadata.push_back(testOf(text));
         return QString();
     }},
    {"cost-below", "DOLLARS", "only threads that cost less so far", false,
     [](Options &o, const QStringList &v) {
         bool ok = false;
         const double dollars = v.last().toDouble(&ok);
         o.rule.costBelow = Money::fromDollars(dollars);
         return ok && dollars > 0 && dollars <= 1e6 ? QString() : u"wants dollars, such as 0.05"_s;
     }},
    {"keep-metadata", "K=V", "threads with it are kept back", true,
     [](Options &o, const QStringList &v) {
         for (const QString &text : v)
             o.rule.keepMetadata.push_back(testOf(text));
         return QString();
     }},
    {"keep-assistant", "ID", "threads of this assistant are kept back", true,
     [](Options &o, const QStringList &v) { return o.rule.keepAssistants = v, QString(); }},
    {"rule", "NAME", "a rule that was saved in the window, instead of all these", false, take<&Options::savedRule>},
    {"last", "N", "messages carried word for word (5)", false,
     [](Options &o, const QStringList &v) { return number(v, 0, 100'000, o.rotate.lastMessages); }},
    {"last-answer", nullptr, "the last answer is the summary, nothing else is carried", false,
     [](Options &o, const QStringList &) { return o.rotate.source = RotateOptions::Source::LastAnswer, QString(); }},
    {"delete-old", nullptr, "the old threads are deleted when the new ones are there", false,
     [](Options &o, const QStringList &) { return o.rotate.deleteOld = true, QString(); }},
    {"above", "TOKENS", "every thread whose last run read more", false,
     [](Options &o, const QStringList &v) { return number(v, 0, 1'000'000'000, o.above); }},
    {"overlap", "PERCENT", "of the smaller store's files (80)", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 100, o.consolidate.overlapPercent); }},
    {"into-new", nullptr, "a new store takes over, no old one survives", false, storesOn<&ConsolidateOptions::intoNew>},
    {"compare", nullptr, "read the contents of files of the same name and size first", false, on<&Options::compare>},
    {"contained", nullptr, "also groups of which one store holds all of the others: somebody will see more files",
     false, storesOn<&ConsolidateOptions::contained>},
    {"overlapping", nullptr, "also groups that share most of their files: somebody will see more files", false,
     storesOn<&ConsolidateOptions::overlapping>},
    {"orphans", nullptr, "also stores and files that nothing is known to use", false,
     storesOn<&ConsolidateOptions::orphans>},
    {"survivor", "ID", "this store survives in its group", true,
     [](Options &o, const QStringList &v) {
         o.consolidate.preferred = QSet<QString>(v.begin(), v.end());
         return QString();
     }},
    {"to", "FILE", "the file to write, which must not be there yet", false, take<&Options::toFile>},
    {"texts", nullptr, "threads without a title are named by their first message, else by their id", false,
     on<&Options::texts>},
    {"of-project", "ID", "of what was billed, this project's is compared and the others' named; without it, all", false,
     take<&Options::ofProject>},
    {"policy", "FILE", "the policy, instead of the connection's own", false, take<&Options::policyFile>},
    {"interval", "SECONDS", "look no more often than this (1); the longest pause is 20 s, or this", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 3'600, o.intervalSeconds); }},
    {"port", "PORT", "listen there (any that is free)", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 65'535, o.port); }},
    {"own-key", nullptr, "send the connection's key: callers send the token that is printed at the start instead",
     false, on<&Options::ownKey>},
    {"metrics-port", "PORT", "figures for Prometheus there, at /metrics, on this computer (0: any that is free)", false,
     [](Options &o, const QStringList &v) { return number(v, 0, 65'535, o.metricsPort); }},
    {"webhook", "URL", "send each event there, signed with the secret in BOBBIN_WEBHOOK_SECRET (Standard Webhooks)",
     false, take<&Options::webhook>},
    {"otlp", "URL",
     "send runs that end as traces to this OpenTelemetry collector (OTLP over HTTP); headers are in "
     "OTEL_EXPORTER_OTLP_HEADERS",
     false, take<&Options::traces>},
    {"otlp-texts", nullptr, "with the arguments and outputs of tool calls", false, on<&Options::traceTexts>},
    // chat
    {"message", "TEXT", "the message; without it, standard input has it, or a line at a time on a terminal", false,
     take<&Options::message>},
    {"model", "NAME", "instead of the assistant's own", false, take<&Options::model>},
    {"attach", "FILE", "attach it to the first message, to be searched in; what the server has is not uploaded again",
     false, take<&Options::attach>},
    {"tool", "FUNCTION=COMMAND",
     "a command that answers calls of this function (*: of any): arguments on standard input as JSON, what it prints "
     "is the output; started without a shell",
     true, [](Options &o, const QStringList &v) { return o.tools = v, QString(); }},
    {"tool-timeout", "SECONDS", "of a tool's command (60)", false,
     [](Options &o, const QStringList &v) { return number(v, 1, 3'600, o.toolSeconds); }},
    {"again", nullptr, "run again what failed last, as far as that is safe", false, on<&Options::again>},
    // connections
    {"provider", "ID", "whose protocol; without it the base URL tells: assistants-v2, foundry-agents, langgraph", false,
     connectionText<&Connection::provider>},
    {"key-form", "FORM", "how the key is sent, where there is a choice: bearer, api-key, x-api-key", false,
     connectionText<&Connection::keyForm>},
    {"key-command", "COMMAND", "a command that prints a token, instead of a key; started without a shell", false,
     keyCommand},
    {"sign-in", nullptr, "a token by signing in, in the browser; the window does the first sign-in", false,
     [](Options &o, const QStringList &) { return keySource(o, Connection::KeySource::SignIn); }},
    {"tenant", "ID", "of the sign-in: a tenant id or domain", false, connectionText<&Connection::tenant>},
    {"client-id", "ID", "of the sign-in: an app registration", false, connectionText<&Connection::clientId>},
    {"organization", "ID", "sent as OpenAI-Organization", false, connectionText<&Connection::organization>},
    {"project", "ID", "sent as OpenAI-Project", false, connectionText<&Connection::project>},
    {"header", "NAME:VALUE", "sent with every request", true, connectionPairs<&Connection::headers, u':'>},
    {"query", "NAME=VALUE", "sent with every request", true, connectionPairs<&Connection::query, u'='>},
    {"ca-file", "PEM", "certificates to trust besides the system's", false, connectionText<&Connection::caFile>},
    {"client-certificate", "PEM", "who this client is", false, connectionText<&Connection::certificateFile>},
    {"client-key", "PEM", "the private key of the client certificate", false,
     connectionText<&Connection::certificateKeyFile>},
    {"proxy", "URL", "http://host:port, socks5://host:port, none, or empty: as the system says", false,
     connectionText<&Connection::proxy>},
    {"request-timeout", "SECONDS", "of one request without a byte (30)", false, requestTimeout},
    {"no-key", nullptr, "ask for no key", false, on<&Options::noKey>},
    {"new-key", nullptr, "with edit: ask for another key, in place of what it came from", false,
     [](Options &o, const QStringList &) { return o.newKey = true, keySource(o, Connection::KeySource::Pasted); }},
    {"admin-key", nullptr, "with edit or add: ask for an admin key as well, which may read what was billed", false,
     on<&Options::adminKey>},
    // how
    {"json", nullptr, "for programs: JSON", false, on<&Options::json>},
    {"csv", nullptr, "for programs: CSV", false, on<&Options::csv>},
};

} // namespace

std::span<const OptionSpec> optionSpecs()
{
    return specs;
}

const OptionSpec &optionSpec(const QByteArray &name)
{
    const auto *found = std::ranges::find_if(specs, [&](const OptionSpec &spec) { return name == spec.name; });
    Q_ASSERT(found != std::end(specs));
    return *found;
}

} // namespace bobbin::cli
