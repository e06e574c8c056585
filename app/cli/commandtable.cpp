// SPDX-License-Identifier: GPL-3.0-or-later
// The commands: what each takes, and what only all of its options together tell.
#include "app/cli/commandtable.h"

#include "models/audit/audit.h"
#include "models/settings/toolcommands.h"

#include <QDateTime>
#include <QDir>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

QString checkSync(Options &o)
{
    o.syncFirst = true;
    return {};
}

QString checkCleanup(Options &o)
{
    const CleanupRule untouched = [] {
        CleanupRule rule;
        rule.idleDays.reset();
        return rule;
    }();
    if (!o.savedRule.isEmpty())
        return o.rule == untouched ? QString() : u"--rule stands alone: the saved rule says it all"_s;
    const Done done = o.rule.check();
    return done ? QString() : done.error().message;
}

QString checkConsolidate(Options &o)
{
    return o.consolidate.intoNew && !o.consolidate.preferred.isEmpty()
        ? u"--survivor and --into-new exclude each other"_s
        : QString();
}

QString checkRules(Options &o)
{
    QStringList known;
    for (const Rule &rule : auditRules())
        known << QString::fromLatin1(rule.id);
    for (const QString &rule : std::as_const(o.rules))
        if (!known.contains(rule))
            return u"audit knows these rules: "_s + known.join(u", "_s);
    return {};
}

// --to names one that is not there yet.
QString newFile(Options &o)
{
    const QFileInfo file(o.toFile);
    if (file.exists())
        return u"%1 is there already: what is written never goes over another file"_s.arg(file.filePath());
    if (!file.absoluteDir().exists())
        return u"there is no folder %1"_s.arg(QDir::toNativeSeparators(file.absolutePath()));
    o.toFile = file.absoluteFilePath();
    return {};
}

QString checkReport(Options &o)
{
    if (!o.arguments.isEmpty())
        return u"report wants nothing but options"_s;
    if (o.toFile.isEmpty())
        return {};
    if (o.json || o.csv) // the ending says it
        return u"--to tells the form by its ending: .html, .json or .csv"_s;
    return newFile(o);
}

QString checkReconcile(Options &o)
{
    if (o.by != "model"_L1 && o.by != "day"_L1)
        return u"reconcile takes --by model or --by day"_s;
    const qint64 until = o.filter.activeUntil.value_or(QDateTime::currentMSecsSinceEpoch());
    if (o.filter.activeFrom && *o.filter.activeFrom >= until)
        return u"--since must be before --until, and before today where that is not given"_s;
    return {};
}

QString checkPolicy(Options &o)
{
    if (o.arguments.size() != 2 || o.arguments.first() != "check"_L1)
        return u"policy wants: check FILE"_s;
    const bool here = o.namesWorkspace();
    if (here && !o.filter.assistantId.isEmpty())
        return u"--assistant tells the rules of one assistant, without a workspace: there, all are tried"_s;
    if (!here && (o.filter.activeFrom || o.syncFirst))
        return u"--since and --sync are for trying a policy: --connection, --base-url, --store or --demo says where"_s;
    return {};
}

QString checkNothing(Options &o)
{
    return o.arguments.isEmpty() ? QString() : u"%1 wants nothing but options"_s.arg(o.command);
}

QString checkGuard(Options &o)
{
    const QString what = o.arguments.value(0);
    if (what == "stop"_L1 || what == "go"_L1)
        return o.namesWorkspace() ? u"guard %1 is for all connections at once"_s.arg(what) : QString();
    if (what == "summary"_L1 && o.arguments.size() == 1)
        return {};
    bool isNumber = false;
    o.arguments.value(1).toLongLong(&isNumber);
    if (o.arguments.isEmpty() || ((what == "allow"_L1 || what == "decline"_L1) && o.arguments.size() == 2 && isNumber))
        return {};
    return u"guard wants nothing, or: allow NUMBER, decline NUMBER, summary, stop [REASON], go"_s;
}

QString checkChat(Options &o)
{
    if (o.arguments.size() > 1)
        return u"chat wants one thread id, or --assistant ID for a new thread"_s;
    if (o.arguments.isEmpty() && (o.filter.assistantId.isEmpty() || o.again))
        return o.again ? u"--again wants the thread whose last run failed"_s
                       : u"chat wants a thread id, or --assistant ID for a new thread"_s;
    if (o.again &&
        (!o.message.isEmpty() || !o.attach.isEmpty() || !o.model.isEmpty() || !o.filter.assistantId.isEmpty()))
        return u"--again runs what was asked before: it takes no message, file, model or assistant"_s;
    for (const QString &tool : std::as_const(o.tools))
        if (const auto command = toolCommandOf(tool, std::chrono::seconds(o.toolSeconds)); !command)
            return command.error().message;
    return {};
}

QString checkArchive(Options &o)
{
    const QString what = o.arguments.value(0);
    const bool filtered = !o.filter.text.isEmpty() || !o.filter.assistantId.isEmpty() || !o.filter.states.isEmpty() ||
        !o.filter.causes.empty() || o.filter.activeFrom || o.filter.activeUntil;
    if (what == "export"_L1) {
        if (o.toFile.isEmpty())
            return u"archive export wants --to FILE"_s;
        if (const QString problem = newFile(o); !problem.isEmpty())
            return problem;
        const bool ids = o.arguments.size() > 1;
        if (int(ids) + int(o.all) + int(filtered) != 1)
            return u"archive export wants thread ids, or a filter such as --assistant, or --all: one of them"_s;
        return {};
    }
    if (!o.toFile.isEmpty() || o.all || filtered || o.yes || o.dryRun || o.demo || !o.connection.isEmpty() ||
        !o.baseUrl.isEmpty() || (what == "verify"_L1 && !o.storeFile.isEmpty()))
        return u"archive verify takes a file, archive open a file and --store, and nothing else but --json or --csv"_s;
    if (o.arguments.size() == 2 && (what == "verify"_L1 || (what == "open"_L1 && !o.storeFile.isEmpty())))
        return {};
    return u"archive wants: export --to FILE THREAD_ID..., verify FILE, or open FILE --store FILE"_s;
}

QString checkConnections(Options &o)
{
    const QString what = o.arguments.value(0);
    const bool known = QStringList{u"add"_s, u"edit"_s, u"remove"_s, u"test"_s}.contains(what);
    if (!o.arguments.isEmpty() && (!known || o.arguments.size() != 2))
        return u"connections wants nothing, or: add NAME, edit NAME, remove NAME, test NAME"_s;
    const bool changes = what == "add"_L1 || what == "edit"_L1;
    if (!changes && (!o.connectionEdits.empty() || !o.baseUrl.isEmpty() || o.noKey || o.newKey || o.adminKey))
        return u"only add and edit take what a connection is made of"_s;
    return what == "add"_L1 && o.baseUrl.isEmpty() ? u"connections add wants --base-url URL"_s : QString();
}

QString oneOf(const Options &o, bool option, const QString &what)
{
    return o.arguments.isEmpty() != option ? what : QString();
}

QString atMostOne(Options &o)
{
    bool ok = true;
    if (!o.arguments.isEmpty())
        o.arguments.first().toLongLong(&ok);
    return o.arguments.size() > 1 || !ok ? u"%1 takes the number of one operation; activity lists them"_s.arg(o.command)
                                         : QString();
}

} // namespace

const std::vector<CommandSpec> &commandSpecs()
{
    static const QByteArrayList from{"connection", "base-url", "provider", "ca-file", "demo", "store"};
    static const QByteArrayList read = from + QByteArrayList{"sync", "no-steps", "at-once", "list-limit", "timeout"};
    static const QByteArrayList how{"json", "csv"};
    static const QByteArrayList table{"sort", "ascending", "limit"};
    static const QByteArrayList act{"dry-run", "yes", "timeout"};
    static const std::vector<CommandSpec> all{
        {"connections",
         "the saved connections; add and edit ask for the key on the terminal, unseen, or read it from standard input",
         "add|edit|remove|test NAME",
         QByteArrayList{"base-url", "provider", "key-form", "key-command", "sign-in", "tenant", "client-id", "no-key",
                        "new-key", "admin-key", "organization", "project", "header", "query", "ca-file", "proxy",
                        "client-certificate", "client-key", "request-timeout"} +
             how,
         checkConnections},
        {"sync", "bring the server's workspace into the store; ids, or files with ids in them, may follow",
         "ID_OR_FILE", from + QByteArrayList{"no-steps", "at-once", "list-limit", "timeout"} + how, checkSync},
        {"summary", "the workspace on one page: counts, cost, the costliest threads, active runs", nullptr, read + how,
         nullptr},
        {"assistants", "assistants with their threads, runs and cost", nullptr,
         read + QByteArrayList{"text"} + table + how, nullptr},
        {"threads", "threads with turns, prompt tokens, growth and cost", nullptr,
         read + QByteArrayList{"text", "assistant", "state", "cause", "since", "until"} + table + how, nullptr},
        {"runs", "runs with tokens, cost, duration and error", nullptr,
         read + QByteArrayList{"text", "assistant", "thread", "state", "since", "until"} + table + how, nullptr},
        {"steps", "the steps and tool calls of one run", "RUN_ID", read + how,
         [](Options &o) { return o.arguments.size() == 1 ? QString() : u"steps wants one run id"_s; }},
        {"stores", "vector stores with size, storage a day and users", nullptr,
         read + QByteArrayList{"text"} + table + how, nullptr},
        {"files", "files with their stores and references", nullptr, read + QByteArrayList{"text"} + table + how,
         nullptr},
        {"cost", "cost by model, assistant, thread or day", nullptr, read + QByteArrayList{"by", "limit"} + how,
         nullptr},
        {"audit", "what stands out, why it costs and what helps: findings, the costliest first", nullptr,
         read + QByteArrayList{"only", "fail-on", "all", "limit"} + how, checkRules},
        {"report",
         "what it costs and why, on one page: HTML, or with --json or --csv (cost by week and assistant); to standard "
         "output without --to",
         nullptr, read + QByteArrayList{"to", "texts"} + how, checkReport},
        {"reconcile",
         "what the provider counted and billed (asked with an admin key, or from CSV exports of its dashboard) beside "
         "what is recorded here, and what makes the difference; 30 days without --since",
         "CSV_FILE", read + QByteArrayList{"since", "until", "of-project", "by"} + how, checkReconcile},
        {"budget",
         "how far budgets are in the running day and month, those of the Costs page and of the policy; the exit "
         "code is 0 within all of them, 11 from 80 % of one on, 12 where one is used up",
         nullptr, read + QByteArrayList{"policy"} + how, checkNothing},
        {"policy",
         "policy check FILE: what is wrong with it, and its rules; with a workspace, how often they would have acted "
         "there and what that would have spared, in 30 days without --since",
         "check FILE", read + QByteArrayList{"assistant", "since"} + how, checkPolicy},
        {"watch",
         "follow the workspace's runs and act as the policy says, until a signal ends it; each event is a line of "
         "JSON. A policy that acts shows first what it would have done lately, and wants --yes once",
         nullptr,
         from + QByteArrayList{"policy", "interval", "yes", "metrics-port", "webhook", "otlp", "otlp-texts", "timeout"},
         checkNothing},
        {"gateway",
         "stand in the line: listen on this computer, forward to the workspace's server, and refuse what the policy "
         "does not allow before it costs anything; a program's base URL is the address in its first event. Watches "
         "besides. Ends and tells as watch does",
         nullptr,
         from +
             QByteArrayList{"policy", "port", "own-key", "interval", "yes", "metrics-port", "webhook", "otlp",
                            "otlp-texts", "timeout"},
         checkNothing},
        {"guard",
         "what the guard saw and did, the newest first; allow or decline what it asks; a summary, of 30 days without "
         "--since; stop all guarding, in every program, and let it go on",
         "allow|decline NUMBER, summary, stop [REASON], go", from + QByteArrayList{"limit", "since"} + how, checkGuard},
        {"chat",
         "take a turn under the policy: says what it will read and cost, sends, follows the run, answers its tools. A "
         "policy may refuse it, or rotate the thread first; Ctrl+C cancels the run",
         "THREAD_ID",
         from +
             QByteArrayList{"assistant", "message", "model", "attach", "tool", "tool-timeout", "again", "policy",
                            "dry-run", "yes", "sync", "json"},
         checkChat},
        {"rotate", "new threads take over, with a summary", "THREAD_ID",
         read + QByteArrayList{"above", "last", "last-answer", "delete-old"} + act.mid(0, 2) + how,
         [](Options &o) { return oneOf(o, o.above.has_value(), u"rotate wants thread ids, or --above TOKENS"_s); }},
        {"cancel", "cancel runs and follow them to their end", "RUN_ID",
         read + QByteArrayList{"all"} + act.mid(0, 2) + how,
         [](Options &o) { return oneOf(o, o.all, u"cancel wants run ids, or --all that are active"_s); }},
        {"cleanup", "archive and delete stale threads", nullptr,
         read +
             QByteArrayList{"idle-days", "never-used", "assistant-gone", "rotated", "assistant", "metadata",
                            "cost-below", "keep-assistant", "keep-metadata", "rotated-grace", "storage",
                            "recent-stores", "rule"} +
             act.mid(0, 2) + how,
         checkCleanup},
        {"consolidate", "make one of vector stores that hold the same", nullptr,
         read +
             QByteArrayList{"contained", "overlapping", "overlap", "orphans", "into-new", "survivor", "compare",
                            "recent-stores"} +
             act.mid(0, 2) + how,
         checkConsolidate},
        {"undo", "take an operation back, the last one without a number", "NUMBER", from + act + how, atMostOne},
        {"activity", "the operations, or the outcomes of one", "NUMBER", from + QByteArrayList{"limit"} + how,
         atMostOne},
        {"retry", "try the failed targets of an operation again, the last one without a number", "NUMBER",
         from + act + how, atMostOne},
        {"finish", "go on with an operation that was cancelled or cut short", "NUMBER", from + act + how, atMostOne},
        {"archive", "archive export --to FILE THREAD_ID..., archive verify FILE, archive open FILE --store FILE",
         "export|verify|open ...",
         from + QByteArrayList{"to", "all", "text", "assistant", "state", "cause", "since", "until"} + act + how,
         checkArchive},
    };
    return all;
}

QString environmentText()
{
    return u"OPENAI_API_KEY    the key for this one call; never stored\n"
           "  OPENAI_ADMIN_KEY  the admin key for this one reconcile; never stored"_s;
}

QString exitCodeText()
{
    return u"0 done, 1 failed, 2 wrong usage, 3 no connection or key refused, 4 done in part, 5 nothing to do, "
           "6 refused (not confirmed, by the policy, or another operation is at work), 7 nothing moved for --timeout "
           "seconds (finish "
           "goes on), 10, 11 or 12 an audit found a note, a warning, something serious (see --fail-on), 130 interrupted"_s;
}

QString outputText()
{
    return u"--json and --csv hold raw values: unknown is null or empty, money is US dollars (…Usd), times are ISO "
           u"8601 in "
           "UTC, durations milliseconds (…Ms). A sum of costs comes with unknownRuns, the number of runs it leaves "
           "out. "
           "Tables are a list of objects, one a row. A plan (--dry-run) is one object: title, kind, warnings, "
           "cannotComeBack, smallPrint, targets. An outcome is one object: operation, title, state, result, warnings, "
           "cannotComeBack, targets. CSV has the rows only, what belongs to all of them goes to standard error. In "
           "texts, "
           "control characters of a server are shown as symbols."_s;
}

} // namespace bobbin::cli
