// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/options.h"

#include "app/cli/texttable.h"
#include "models/core/errortext.h"
#include "models/discovery/idfinder.h"

#include <QCommandLineParser>
#include <QDateTime>
#include <QDir>
#include <QFile>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Command {
    const char *name;
    const char *text;
};
constexpr Command commands[] = {
    {"connections", "the saved connections"},
    {"sync", "bring the server's workspace into the store; ids or files with ids may follow"},
    {"summary", "the workspace on one page: counts, cost, the costliest threads, active runs"},
    {"assistants", "assistants with their threads, runs and cost"},
    {"threads", "threads with turns, prompt tokens, growth and cost"},
    {"runs", "runs with tokens, cost, duration and error"},
    {"steps", "the steps and tool calls of one run: steps RUN_ID"},
    {"stores", "vector stores with size, storage a day and users"},
    {"files", "files with their stores and references"},
    {"cost", "cost by model, assistant, thread or day (--by)"},
    {"rotate", "new threads take over, with a summary: rotate THREAD_ID..., or --above TOKENS"},
    {"cancel", "cancel runs and follow them to their end: cancel RUN_ID..., or --all that are active"},
    {"cleanup", "archive and delete stale threads (--idle-days, --never-used, ...)"},
    {"consolidate", "make one of vector stores that hold the same (--overlap, --into-new, --compare)"},
    {"undo", "take an operation back: undo [NUMBER], the last one without"},
    {"activity", "the operations, or the outcomes of one: activity [NUMBER]"},
    {"retry", "try the failed targets of an operation again: retry [NUMBER], the last one without"},
    {"finish", "go on with an operation that was cancelled or cut short: finish [NUMBER]"},
    {"archive", "archive export --to FILE THREAD_ID...; archive verify FILE; archive open FILE --store FILE"},
};

MetadataTest testOf(const QString &text)
{
    if (text.startsWith(u'!'))
        return {MetadataTest::How::Lacks, text.mid(1), {}};
    if (text.contains(u'='))
        return {MetadataTest::How::Equals, text.section(u'=', 0, 0), text.section(u'=', 1)};
    return {MetadataTest::How::Has, text, {}};
}

// archive export, verify, open; answers the problem, or nothing.
QString readArchiving(const QCommandLineParser &parser, Options *o)
{
    const QString what = o->arguments.value(0);
    const bool filtered = !o->filter.text.isEmpty() || !o->filter.assistantId.isEmpty() ||
        !o->filter.states.isEmpty() || o->filter.activeFrom || o->filter.activeUntil;
    if (what == "export"_L1) {
        if (!parser.isSet(u"to"_s))
            return u"archive export wants --to FILE"_s;
        const QFileInfo file(parser.value(u"to"_s));
        if (file.exists())
            return u"%1 is there already: an archive is written anew, never over another file"_s.arg(file.filePath());
        if (!file.absoluteDir().exists())
            return u"there is no folder %1"_s.arg(QDir::toNativeSeparators(file.absolutePath()));
        if (o->arguments.size() == 1 && !o->all && !filtered)
            return u"archive export wants thread ids, a filter such as --assistant, or --all"_s;
        o->toFile = file.absoluteFilePath();
        return {};
    }
    if (o->arguments.size() == 2 && (what == "verify"_L1 || (what == "open"_L1 && !o->storeFile.isEmpty())))
        return {};
    return u"archive wants: export --to FILE THREAD_ID..., verify FILE, or open FILE --store FILE"_s;
}

// What only operations know; answers the problem, or nothing.
QString readOperation(const QCommandLineParser &parser, Options *o)
{
    QString problem;
    const auto number = [&](const QString &name, qint64 least, qint64 most) -> std::optional<qint64> {
        if (!parser.isSet(name))
            return std::nullopt;
        bool ok = false;
        const qint64 value = parser.value(name).toLongLong(&ok);
        if (!ok || value < least || value > most)
            problem = u"--%1 wants a number from %2 to %3"_s.arg(name).arg(least).arg(most);
        return value;
    };
    o->dryRun = parser.isSet(u"dry-run"_s);
    o->yes = parser.isSet(u"yes"_s);
    o->all = parser.isSet(u"all"_s);
    o->compare = parser.isSet(u"compare"_s);
    CleanupRule &rule = o->rule;
    rule.idleDays.reset();
    if (const auto days = number(u"idle-days"_s, 1, 36'500))
        rule.idleDays = int(*days);
    rule.neverUsed = parser.isSet(u"never-used"_s);
    rule.assistantGone = parser.isSet(u"assistant-gone"_s);
    rule.rotatedAway = parser.isSet(u"rotated"_s);
    rule.storage = parser.isSet(u"storage"_s);
    rule.assistantId = o->filter.assistantId;
    rule.keepAssistants = parser.values(u"keep-assistant"_s);
    if (parser.isSet(u"cost-below"_s)) {
        bool ok = false;
        const double dollars = parser.value(u"cost-below"_s).toDouble(&ok);
        if (!ok || dollars <= 0 || dollars > 1e6)
            problem = u"--cost-below wants dollars, such as 0.05"_s;
        rule.costBelow = Money::fromDollars(dollars);
    }
    for (const QString &text : parser.values(u"metadata"_s))
        rule.metadata.push_back(testOf(text));
    for (const QString &text : parser.values(u"keep-metadata"_s))
        rule.keepMetadata.push_back(testOf(text));
    o->consolidate.overlapPercent = int(number(u"overlap"_s, 1, 100).value_or(80));
    o->consolidate.intoNew = parser.isSet(u"into-new"_s);
    o->rotate.lastMessages = int(number(u"last"_s, 0, 100'000).value_or(5));
    o->rotate.deleteOld = parser.isSet(u"delete-old"_s);
    if (parser.isSet(u"last-answer"_s))
        o->rotate.source = RotateOptions::Source::LastAnswer;
    o->above = number(u"above"_s, 0, 100'000'000);
    o->savedRule = parser.value(u"rule"_s);
    for (const QString &store : parser.values(u"survivor"_s))
        o->consolidate.preferred.insert(store);
    if (o->consolidate.intoNew && !o->consolidate.preferred.isEmpty())
        problem = u"--survivor and --into-new exclude each other"_s;
    if (problem.isEmpty() && o->command == "cleanup"_L1 && o->savedRule.isEmpty())
        if (const Done done = rule.check(); !done)
            problem = done.error().message;
    if (o->command == "rotate"_L1 && o->arguments.isEmpty() != o->above.has_value())
        problem = u"rotate wants thread ids, or --above TOKENS"_s;
    if (o->command == "cancel"_L1 && o->arguments.isEmpty() != o->all)
        problem = u"cancel wants run ids, or --all"_s;
    return problem.isEmpty() && o->command == "archive"_L1 ? readArchiving(parser, o) : problem;
}

} // namespace

QString help()
{
    QString text = uR"(bobbin-cli inspects OpenAI-style assistants from the command line.

usage: bobbin-cli COMMAND [options] [arguments]

commands
)"_s;
    for (const Command &command : commands)
        text +=
            u"  "_s + QString::fromLatin1(command.name).leftJustified(13) + QString::fromLatin1(command.text) + u"\n"_s;
    text += uR"(
where from
  --connection NAME  a saved connection; its key comes from the keychain
  --base-url URL     a server, such as http://127.0.0.1:8080/v1; the key comes from OPENAI_API_KEY
  --demo             the built-in demo workspace, in memory
  --store FILE       use this store file instead of the connection's own

what
  --sync             sync before showing (sync itself and --demo always do)
  --no-steps         sync without run steps: a request less for each new run, but no tool calls
  --text TEXT        rows that contain TEXT
  --assistant ID     rows of this assistant
  --thread ID        runs of this thread
  --state STATE      runs: a status or "active"; threads: active, failed, gone, unpriced, problem (may be repeated)
  --since DATE       threads last active, runs created, from this day on (YYYY-MM-DD)
  --until DATE       and before this day
  --sort COLUMN      a column key as --json names it; --ascending turns it round
  --limit N          at most N rows
  --by WHAT          cost: model (default), assistant, thread or day

operations
  --dry-run          show the plan, do nothing
  --yes              do it without asking
  --idle-days N      cleanup: no message and no run for N days; also --never-used, --assistant-gone, --rotated,
                     --storage (stores and files that nothing else uses go as well)
  --metadata K=V     cleanup: only threads with it (K: has it, !K: lacks it; may be repeated); also --assistant ID,
                     --cost-below DOLLARS
  --keep-metadata K=V  cleanup: threads with it are kept back (may be repeated); also --keep-assistant ID
  --rule NAME        cleanup: a rule that was saved in the window, instead of all these
  --last N           rotate: messages carried word for word (5); --last-answer, --delete-old
  --above TOKENS     rotate: every thread whose last run read more
  --overlap PERCENT  consolidate: of the smaller store's files (80); --into-new, --compare
  --survivor ID      consolidate: this store survives in its group (may be repeated)
  --to FILE          archive export: the file; threads by id, by the filters above, or --all

how
  --json, --csv      for programs: raw values, unknown is null or empty, money in US dollars
  --help, --version

environment
  OPENAI_API_KEY     the key for this one call; never stored

exit codes: 0 done, 1 failed, 2 wrong usage, 3 no connection or key refused, 4 done in part,
            5 nothing to do, 6 refused (not confirmed, or another operation is at work), 130 interrupted
)"_s;
    return text;
}

std::optional<int> parse(const QStringList &arguments, Options *options)
{
    QCommandLineParser parser;
    const auto option = [&](const QString &name, const QString &value = {}) {
        parser.addOption(QCommandLineOption(name, QString(), value));
    };
    for (const QString &name :
         {u"connection"_s, u"base-url"_s,       u"store"_s,         u"text"_s,     u"assistant"_s, u"thread"_s,
          u"state"_s,      u"since"_s,          u"until"_s,         u"sort"_s,     u"limit"_s,     u"by"_s,
          u"idle-days"_s,  u"metadata"_s,       u"keep-metadata"_s, u"last"_s,     u"above"_s,     u"overlap"_s,
          u"cost-below"_s, u"keep-assistant"_s, u"rule"_s,          u"survivor"_s, u"to"_s})
        option(name, u"value"_s);
    for (const QString &name : {u"demo"_s, u"sync"_s, u"ascending"_s, u"json"_s, u"csv"_s, u"version"_s, u"no-steps"_s,
                                u"dry-run"_s, u"yes"_s, u"all"_s, u"never-used"_s, u"assistant-gone"_s, u"rotated"_s,
                                u"storage"_s, u"last-answer"_s, u"delete-old"_s, u"into-new"_s, u"compare"_s})
        option(name);
    parser.addOption(QCommandLineOption({u"h"_s, u"help"_s}, QString()));
    const auto refuse = [](const QString &problem) {
        complain(problem + u" (bobbin-cli --help tells all)"_s);
        return std::optional<int>(Usage);
    };
    if (!parser.parse(arguments))
        return refuse(parser.errorText());
    if (parser.isSet(u"version"_s)) {
        print(u"bobbin-cli " BOBBIN_VERSION ""_s);
        return AllDone;
    }
    options->arguments = parser.positionalArguments();
    if (parser.isSet(u"help"_s) || (options->arguments.isEmpty() && arguments.size() < 2)) {
        std::fputs(help().toUtf8().constData(), stdout);
        return AllDone;
    }
    if (options->arguments.isEmpty())
        return refuse(u"name a command"_s);
    options->command = options->arguments.takeFirst();
    if (std::ranges::none_of(commands, [&](const Command &c) { return options->command == QLatin1String(c.name); }))
        return refuse(u"there is no command \"%1\""_s.arg(options->command));
    options->demo = parser.isSet(u"demo"_s);
    options->syncFirst = parser.isSet(u"sync"_s) || options->demo || options->command == "sync"_L1;
    options->steps = !parser.isSet(u"no-steps"_s);
    options->connection = parser.value(u"connection"_s);
    options->baseUrl = parser.value(u"base-url"_s);
    options->storeFile = parser.value(u"store"_s);
    if (int(options->demo) + int(!options->connection.isEmpty()) + int(!options->baseUrl.isEmpty()) > 1)
        return refuse(u"choose one of --demo, --connection and --base-url"_s);
    if (parser.isSet(u"json"_s) && parser.isSet(u"csv"_s))
        return refuse(u"choose one of --json and --csv"_s);
    options->form = parser.isSet(u"json"_s) ? Form::Json : parser.isSet(u"csv"_s) ? Form::Csv : Form::Text;
    options->filter.text = parser.value(u"text"_s);
    options->filter.assistantId = parser.value(u"assistant"_s);
    options->filter.threadId = parser.value(u"thread"_s);
    options->filter.states = parser.values(u"state"_s);
    for (const auto &[name, into] :
         {std::pair{u"since"_s, &options->filter.activeFrom}, std::pair{u"until"_s, &options->filter.activeUntil}}) {
        if (!parser.isSet(name))
            continue;
        const QDate date = QDate::fromString(parser.value(name), Qt::ISODate);
        if (!date.isValid())
            return refuse(u"--%1 wants a day as YYYY-MM-DD, not \"%2\""_s.arg(name, parser.value(name)));
        *into = date.startOfDay(Qt::UTC).toMSecsSinceEpoch();
    }
    options->sort = parser.value(u"sort"_s).toLatin1();
    options->ascending = parser.isSet(u"ascending"_s);
    if (parser.isSet(u"limit"_s)) {
        bool ok = false;
        options->limit = parser.value(u"limit"_s).toInt(&ok);
        if (!ok || options->limit < 1)
            return refuse(u"--limit wants a number of 1 or more"_s);
    }
    if (parser.isSet(u"by"_s))
        options->by = parser.value(u"by"_s);
    if (!QStringList{u"model"_s, u"assistant"_s, u"thread"_s, u"day"_s}.contains(options->by))
        return refuse(u"--by wants model, assistant, thread or day"_s);
    if (const QString problem = readOperation(parser, options); !problem.isEmpty())
        return refuse(problem);
    if (options->command == "steps"_L1 && options->arguments.size() != 1)
        return refuse(u"steps wants one run id"_s);
    if (options->command == "sync"_L1) {
        for (const QString &argument : std::as_const(options->arguments)) {
            FoundIds found = findIds(argument.toUtf8());
            if (found.of(IdKind::Thread).isEmpty() && QFile::exists(argument)) {
                const Result<FoundIds> inFile = findIdsInFile(argument);
                if (!inFile)
                    return refuse(errorText(inFile.error()).line());
                found = *inFile;
                complain(u"%1: %2 thread ids found"_s.arg(argument).arg(found.of(IdKind::Thread).size()));
            } else if (found.of(IdKind::Thread).isEmpty()) {
                found.byKind[IdKind::Thread] << argument; // other servers have ids of other shapes
            }
            options->ids << found.of(IdKind::Thread);
        }
        if (options->ids.isEmpty() && !options->arguments.isEmpty())
            return refuse(u"no thread id was found in what was given"_s);
    } else if (!QStringList{u"steps"_s, u"rotate"_s, u"cancel"_s, u"undo"_s, u"retry"_s, u"finish"_s, u"activity"_s,
                            u"archive"_s}
                    .contains(options->command) &&
               !options->arguments.isEmpty()) {
        return refuse(u"\"%1\" is one argument too many"_s.arg(options->arguments.first()));
    }
    return std::nullopt;
}

} // namespace bobbin::cli
