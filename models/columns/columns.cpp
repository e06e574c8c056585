// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/columns/columns.h"

#include "models/columns/causewords.h"
#include "models/core/format.h"
#include "models/domain/guardrow.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QTimeZone>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

#define TITLE(text) QT_TRANSLATE_NOOP("Columns", text)

QVariant orNull(const std::optional<qint64> &value)
{
    return value ? QVariant(*value) : QVariant();
}
QVariant orNull(const std::optional<Money> &value)
{
    return value ? QVariant(value->dollars()) : QVariant();
}
QVariant orNull(const CostSum &sum) // no run at all costs nothing
{
    return sum.pricedRuns > 0 || sum.unknownRuns == 0 ? QVariant(sum.known.dollars()) : QVariant();
}
QVariant isoTime(const OptTime &time)
{
    return time ? QVariant(format::isoTime(*time)) : QVariant();
}
std::optional<qint64> prompt(const RunRow &r)
{
    return r.usage ? std::optional(r.usage->prompt) : std::nullopt;
}
std::optional<qint64> completion(const RunRow &r)
{
    return r.usage ? std::optional(r.usage->completion) : std::nullopt;
}
std::optional<qint64> cached(const RunRow &r)
{
    return r.usage ? r.usage->cached : std::nullopt;
}

QString remarks(const RunRow &r)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("Columns", text); };
    QStringList all;
    if (r.cost && r.assumedPrice)
        all << tr(QT_TRANSLATE_NOOP("Columns", "at the price of the model it was made from"));
    if (r.usage && r.usage->beyondReason())
        all << tr(QT_TRANSLATE_NOOP("Columns", "usage beyond reason"));
    return all.join(u"; "_s);
}

QString threadState(const ThreadRow &r)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("Columns", text); };
    if (r.gone)
        return r.restoredAs.isEmpty() ? tr(QT_TRANSLATE_NOOP("Columns", "gone from server"))
                                      : tr(QT_TRANSLATE_NOOP("Columns", "gone, restored anew"));
    if (!r.problem.isEmpty())
        return tr(QT_TRANSLATE_NOOP("Columns", "sync failed"));
    if (r.activeRuns > 0)
        return tr(QT_TRANSLATE_NOOP("Columns", "run active"));
    if (!r.syncedAt)
        return tr(QT_TRANSLATE_NOOP("Columns", "not read yet"));
    if (!r.rotatedTo.isEmpty())
        return tr(QT_TRANSLATE_NOOP("Columns", "rotated"));
    if (!r.restoredFrom.isEmpty())
        return tr(QT_TRANSLATE_NOOP("Columns", "restored"));
    return {};
}

template <Money CostParts::*part> QString partShown(const ThreadRow &r, qint64)
{
    return r.cost.pricedRuns > 0 ? format::money(r.parts.*part) : format::unknown();
}
template <Money CostParts::*part> QVariant partValue(const ThreadRow &r)
{
    return r.cost.pricedRuns > 0 ? QVariant((r.parts.*part).dollars()) : QVariant();
}

template <Money Charge::*part> QString chargeShown(const RunRow &r, qint64)
{
    return r.charge ? format::money((*r.charge).*part) : format::unknown();
}
template <Money Charge::*part> QVariant chargeValue(const RunRow &r)
{
    return r.charge ? QVariant(((*r.charge).*part).dollars()) : QVariant();
}

constexpr Column<ThreadRow> threadColumns[] = {
    {{"thread", "coalesce(nullif(t.title,''),t.preview,t.id) COLLATE NOCASE", TITLE("Thread"),
      TITLE("The metadata's title, else the first user message"), false, 34, true},
     [](const ThreadRow &r, qint64) { return r.title.isEmpty() ? r.id : r.title; },
     [](const ThreadRow &r) -> QVariant { return r.title; }},
    {{"assistant",
      "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),nullif(t.assistant,'')) COLLATE "
      "NOCASE",
      TITLE("Assistant"), TITLE("assistant_id of the newest run"), false, 18, true},
     [](const ThreadRow &r, qint64) { return r.assistant; },
     [](const ThreadRow &r) -> QVariant { return r.assistant; }},
    {{"turns", "t.turns", TITLE("Turns"), TITLE("User messages"), true, 8, true},
     [](const ThreadRow &r, qint64) { return format::count(r.turns); },
     [](const ThreadRow &r) { return orNull(r.turns); }},
    {{"lastActive", "t.last_active", TITLE("Last active"), TITLE("created_at of the newest message or run"), false, 13,
      true},
     [](const ThreadRow &r, qint64 now) { return r.lastActiveAt ? format::age(r.lastActiveAt, now) : u"–"_s; },
     [](const ThreadRow &r) { return isoTime(r.lastActiveAt); }},
    {{"contextNow", "t.context_now", TITLE("Context now"),
      TITLE("Tokens that the first model call of the newest run read; ≈: estimated, its steps do not tell"), true, 12,
      true},
     [](const ThreadRow &r, qint64) {
         return (r.contextEstimated && r.contextNow ? u"≈ "_s : QString()) + format::tokens(r.contextNow);
     },
     [](const ThreadRow &r) { return orNull(r.contextNow); }},
    {{"growth", "CAST(t.context_now AS REAL)/nullif(t.context_first,0)", TITLE("× fresh"),
      TITLE("Context now, over that of the first run"), true, 9, true},
     [](const ThreadRow &r, qint64) { return format::factor(r.growth()); },
     [](const ThreadRow &r) { return r.growth() ? QVariant(*r.growth()) : QVariant(); }},
    {{"cost", "CASE WHEN t.priced_runs>0 OR t.unknown_runs=0 THEN t.cost END", TITLE("Cost"),
      TITLE("Priced runs; \"+2?\" means two runs without usage or price are left out"), true, 12, true, "Usd"},
     [](const ThreadRow &r, qint64) {
         return r.syncedAt || r.runs
             ? format::money(r.cost)
             : QCoreApplication::translate("Columns", QT_TRANSLATE_NOOP("Columns", "not read yet"));
     },
     [](const ThreadRow &r) { return r.syncedAt || r.runs ? orNull(r.cost) : QVariant(); }},
    {{"cause", "nullif(t.cause,0)", TITLE("Cause"), TITLE("What made most of its cost: at least a third"), false, 14,
      true},
     [](const ThreadRow &r, qint64) { return causeName(r.cause); },
     [](const ThreadRow &r) -> QVariant { return causeWord(r.cause); }},
    {{"retriesCost", "CASE WHEN t.priced_runs>0 THEN t.part_retries END", TITLE("Retries"),
      TITLE("Cost of failed runs in a row without a new user message"), true, 11, false, "Usd"},
     partShown<&CostParts::retries>,
     partValue<&CostParts::retries>},
    {{"toolRoundsCost", "CASE WHEN t.priced_runs>0 THEN t.part_rounds END", TITLE("Tool rounds"),
      TITLE("Cost of what runs read in their calls after the first"), true, 11, false, "Usd"},
     partShown<&CostParts::toolRounds>,
     partValue<&CostParts::toolRounds>},
    {{"historyCost", "CASE WHEN t.priced_runs>0 THEN t.part_history END", TITLE("History"),
      TITLE("Cost of what first calls read beyond that of the thread's first run"), true, 11, false, "Usd"},
     partShown<&CostParts::history>,
     partValue<&CostParts::history>},
    {{"baseCost", "CASE WHEN t.priced_runs>0 THEN t.part_base END", TITLE("Base"),
      TITLE("Cost of instructions, tools and the question itself"), true, 11, false, "Usd"},
     partShown<&CostParts::base>,
     partValue<&CostParts::base>},
    {{"outputCost", "CASE WHEN t.priced_runs>0 THEN t.part_output END", TITLE("Output"),
      TITLE("Cost of completion tokens"), true, 11, false, "Usd"},
     partShown<&CostParts::output>,
     partValue<&CostParts::output>},
    {{"undividedCost", "CASE WHEN t.priced_runs>0 THEN t.part_undivided END", TITLE("Undivided"),
      TITLE("Cost of runs of which nothing tells how their tokens fall to their calls"), true, 11, false, "Usd"},
     partShown<&CostParts::undivided>,
     partValue<&CostParts::undivided>},
    {{"unknownRuns", "t.unknown_runs", TITLE("Unpriced runs"),
      TITLE("Runs without usage or price, which the cost leaves out"), true, 12, false},
     [](const ThreadRow &r, qint64) { return format::count(r.cost.unknownRuns); },
     [](const ThreadRow &r) -> QVariant { return r.cost.unknownRuns; }},
    {{"state", "t.gone*4 + (t.problem IS NOT NULL)*2 + (t.active_runs>0)", TITLE("State"),
      TITLE("What stands out about the thread"), false, 16, true},
     [](const ThreadRow &r, qint64) { return threadState(r); },
     [](const ThreadRow &r) -> QVariant { return threadState(r); }},
    {{"runs", "t.runs", TITLE("Runs"), TITLE("thread.run objects"), true, 8, false},
     [](const ThreadRow &r, qint64) { return format::count(r.runs); },
     [](const ThreadRow &r) { return orNull(r.runs); }},
    {{"failed", "t.failed_runs", TITLE("Failed runs"), TITLE("Runs that ended failed, incomplete or expired"), true, 10,
      false},
     [](const ThreadRow &r, qint64) { return format::count(r.failedRuns); },
     [](const ThreadRow &r) -> QVariant { return r.failedRuns; }},
    {{"messages", "t.messages", TITLE("Messages"), TITLE("thread.message objects"), true, 10, false},
     [](const ThreadRow &r, qint64) { return format::count(r.messages); },
     [](const ThreadRow &r) { return orNull(r.messages); }},
    {{"created", "t.created", TITLE("Created"), TITLE("created_at"), false, 18, false},
     [](const ThreadRow &r, qint64) { return format::when(r.createdAt); },
     [](const ThreadRow &r) { return isoTime(r.createdAt); }},
    {{"id", "t.id", TITLE("Id"), TITLE("id"), false, 32, false},
     [](const ThreadRow &r, qint64) { return r.id; },
     [](const ThreadRow &r) -> QVariant { return r.id; }},
};

constexpr Column<RunRow> runColumns[] = {
    {{"created", "t.created", TITLE("Created"), TITLE("created_at"), false, 18, true},
     [](const RunRow &r, qint64) { return format::when(r.createdAt); },
     [](const RunRow &r) { return isoTime(r.createdAt); }},
    {{"status", "t.status", TITLE("Status"), TITLE("status"), false, 15, true},
     [](const RunRow &r, qint64) { return r.statusWord; },
     [](const RunRow &r) -> QVariant { return r.statusWord; }},
    {{"thread", "t.thread", TITLE("Thread"), TITLE("thread_id"), false, 28, true},
     [](const RunRow &r, qint64) { return r.threadTitle.isEmpty() ? r.threadId : r.threadTitle; },
     [](const RunRow &r) -> QVariant { return r.threadId; }},
    {{"assistant",
      "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),nullif(t.assistant,'')) COLLATE "
      "NOCASE",
      TITLE("Assistant"), TITLE("assistant_id"), false, 18, true},
     [](const RunRow &r, qint64) { return r.assistant; },
     [](const RunRow &r) -> QVariant { return r.assistant; }},
    {{"model", "(SELECT name FROM model m WHERE m.key=t.model)", TITLE("Model"),
      TITLE("model of the run, which is what is billed"), false, 16, true},
     [](const RunRow &r, qint64) { return r.model; },
     [](const RunRow &r) -> QVariant { return r.model; }},
    {{"prompt", "t.prompt", TITLE("Prompt"), TITLE("usage.prompt_tokens, cached ones included"), true, 10, true},
     [](const RunRow &r, qint64) { return format::tokens(prompt(r)); },
     [](const RunRow &r) { return orNull(prompt(r)); }},
    {{"cached", "t.cached", TITLE("Cached"), TITLE("usage.prompt_token_details.cached_tokens"), true, 10, true},
     [](const RunRow &r, qint64) { return format::tokens(cached(r)); },
     [](const RunRow &r) { return orNull(cached(r)); }},
    {{"completion", "t.completion", TITLE("Completion"), TITLE("usage.completion_tokens, reasoning included"), true, 11,
      true},
     [](const RunRow &r, qint64) { return format::tokens(completion(r)); },
     [](const RunRow &r) { return orNull(completion(r)); }},
    {{"cost", "t.cost", TITLE("Cost"), TITLE("From the price table at the run's date"), true, 11, true, "Usd"},
     [](const RunRow &r, qint64) { return (r.cost && r.assumedPrice ? u"≈ "_s : QString()) + format::money(r.cost); },
     [](const RunRow &r) { return orNull(r.cost); }},
    {{"freshCost", "t.prompt-coalesce(t.cached,0)-coalesce(t.cache_write,0)", TITLE("Uncached"),
      TITLE("Cost of prompt tokens that are neither read from the cache nor written to it; sorts by tokens"), true, 11,
      false, "Usd"},
     chargeShown<&Charge::fresh>,
     chargeValue<&Charge::fresh>},
    {{"cachedCost", "t.cached", TITLE("Cached cost"),
      TITLE("Cost of prompt tokens read from the cache; sorts by tokens"), true, 12, false, "Usd"},
     chargeShown<&Charge::cached>,
     chargeValue<&Charge::cached>},
    {{"cacheWriteCost", "t.cache_write", TITLE("Cache writes"),
      TITLE("Cost of prompt tokens written to the cache; sorts by tokens"), true, 13, false, "Usd"},
     chargeShown<&Charge::cacheWrite>,
     chargeValue<&Charge::cacheWrite>},
    {{"outputCost", "t.completion", TITLE("Output"),
      TITLE("Cost of completion tokens, reasoning included; sorts by tokens"), true, 11, false, "Usd"},
     chargeShown<&Charge::output>,
     chargeValue<&Charge::output>},
    {{"remarks", "t.assumed + 2*(t.prompt>=1000000000000)", TITLE("Remarks"),
      TITLE("What is not certain about the run's figures"), false, 30, false},
     [](const RunRow &r, qint64) { return remarks(r); },
     [](const RunRow &r) -> QVariant { return remarks(r); }},
    {{"context",
      "coalesce(nullif(CAST(t.told AS INTEGER),0), CASE WHEN coalesce(t.rounds,0)=0 THEN nullif(t.prompt,0) WHEN "
      "t.outputs>0 "
      "THEN max(0,t.prompt-t.outputs/t.rounds*(t.rounds*(t.rounds+1)/2))/(t.rounds+1) END)",
      TITLE("Context"), TITLE("Tokens that its first model call read; ≈: estimated"), true, 11, true},
     [](const RunRow &r, qint64) {
         return (r.context && r.context->estimated ? u"≈ "_s : QString()) +
             format::tokens(r.context ? std::optional(r.context->first) : std::nullopt);
     },
     [](const RunRow &r) { return orNull(r.context ? std::optional(r.context->first) : std::nullopt); }},
    {{"toolSteps", "t.rounds", TITLE("Tool steps"), TITLE("tool_calls steps, each followed by another model call"),
      true, 10, false},
     [](const RunRow &r, qint64) { return format::count(r.toolRounds); },
     [](const RunRow &r) { return orNull(r.toolRounds); }},
    {{"toolCalls", "t.calls", TITLE("Tool calls"), TITLE("Calls in the run's tool_calls steps"), true, 10, true},
     [](const RunRow &r, qint64) { return format::count(r.toolCalls); },
     [](const RunRow &r) { return orNull(r.toolCalls); }},
    {{"steps", "t.steps", TITLE("Steps"), TITLE("thread.run.step objects"), true, 8, false},
     [](const RunRow &r, qint64) { return format::count(r.steps); },
     [](const RunRow &r) { return orNull(r.steps); }},
    {{"duration", "t.ended-t.created", TITLE("Duration"),
      TITLE("From created_at to the end (started_at is overwritten after tool outputs)"), true, 11, true, "Ms"},
     [](const RunRow &r, qint64 now) {
         return format::duration(isActive(r.status) && r.createdAt ? std::optional(now - *r.createdAt)
                                                                   : r.durationMs());
     },
     [](const RunRow &r) { return orNull(r.durationMs()); }},
    {{"error", "t.error", TITLE("Error"), TITLE("last_error.code or incomplete_details.reason"), false, 18, true},
     [](const RunRow &r, qint64) { return r.errorCode; },
     [](const RunRow &r) -> QVariant { return r.errorCode; }},
    {{"run", "t.id", TITLE("Id"), TITLE("id"), false, 30, false},
     [](const RunRow &r, qint64) { return r.id; },
     [](const RunRow &r) -> QVariant { return r.id; }},
};

constexpr Column<AssistantRow> assistantColumns[] = {
    {{"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE", TITLE("Assistant"), TITLE("name"), false, 26, true},
     [](const AssistantRow &r, qint64) { return r.name.isEmpty() ? r.id : r.name; },
     [](const AssistantRow &r) -> QVariant { return r.name; }},
    {{"model", "t.model", TITLE("Model"), TITLE("model; a run may use another"), false, 18, true},
     [](const AssistantRow &r, qint64) { return r.model; },
     [](const AssistantRow &r) -> QVariant { return r.model; }},
    {{"tools", "nullif(t.tools,'')", TITLE("Tools"), TITLE("tools"), false, 32, true},
     [](const AssistantRow &r, qint64) { return r.tools; },
     [](const AssistantRow &r) -> QVariant { return r.tools; }},
    {{"threads", "(SELECT count(DISTINCT thread) FROM run r WHERE r.assistant=t.id)", TITLE("Threads"),
      TITLE("Known threads with a run of it"), true, 9, true},
     [](const AssistantRow &r, qint64) { return format::count(r.threads); },
     [](const AssistantRow &r) -> QVariant { return r.threads; }},
    {{"runs", "(SELECT count(*) FROM run r WHERE r.assistant=t.id)", TITLE("Runs"), TITLE("Known runs"), true, 9, true},
     [](const AssistantRow &r, qint64) { return format::count(r.runs); },
     [](const AssistantRow &r) -> QVariant { return r.runs; }},
    {{"cost", "(SELECT iif(count(cost), total(cost), NULL) FROM run r WHERE r.assistant=t.id)", TITLE("Cost"),
      TITLE("Priced runs; \"+2?\" means two runs are left out"), true, 12, true, "Usd"},
     [](const AssistantRow &r, qint64) { return format::money(r.cost); },
     [](const AssistantRow &r) { return orNull(r.cost); }},
    {{"unknownRuns", "(SELECT count(*)-count(cost) FROM run r WHERE r.assistant=t.id)", TITLE("Unpriced runs"),
      TITLE("Runs without usage or price, which the cost leaves out"), true, 12, false},
     [](const AssistantRow &r, qint64) { return format::count(r.cost.unknownRuns); },
     [](const AssistantRow &r) -> QVariant { return r.cost.unknownRuns; }},
    {{"lastRun", "(SELECT max(created) FROM run r WHERE r.assistant=t.id)", TITLE("Last run"),
      TITLE("created_at of its newest run"), false, 13, true},
     [](const AssistantRow &r, qint64 now) { return r.lastRunAt ? format::age(r.lastRunAt, now) : u"–"_s; },
     [](const AssistantRow &r) { return isoTime(r.lastRunAt); }},
    {{"created", "t.created", TITLE("Created"), TITLE("created_at"), false, 18, false},
     [](const AssistantRow &r, qint64) { return format::when(r.createdAt); },
     [](const AssistantRow &r) { return isoTime(r.createdAt); }},
    {{"id", "t.id", TITLE("Id"), TITLE("id"), false, 32, false},
     [](const AssistantRow &r, qint64) { return r.id; },
     [](const AssistantRow &r) -> QVariant { return r.id; }},
};

constexpr Column<StoreRow> storeColumns[] = {
    {{"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE", TITLE("Vector store"),
      TITLE("name; stores made for a thread have none"), false, 26, true},
     [](const StoreRow &r, qint64) { return r.name.isEmpty() ? r.id : r.name; },
     [](const StoreRow &r) -> QVariant { return r.name; }},
    {{"status", "t.status", TITLE("Status"), TITLE("status"), false, 12, true},
     [](const StoreRow &r, qint64) { return r.status; },
     [](const StoreRow &r) -> QVariant { return r.status; }},
    {{"bytes", "t.bytes", TITLE("Size"), TITLE("usage_bytes: chunks and embeddings, which is what is billed"), true, 11,
      true},
     [](const StoreRow &r, qint64) { return format::bytes(r.bytes); },
     [](const StoreRow &r) { return orNull(r.bytes); }},
    {{"perDay", "t.bytes", TITLE("A day"), TITLE("Storage at the list price, before the account's free gigabyte"), true,
      10, true, "Usd"},
     [](const StoreRow &r, qint64) { return format::money(r.perDay); },
     [](const StoreRow &r) { return orNull(r.perDay); }},
    {{"files", "t.files", TITLE("Files"), TITLE("file_counts.total"), true, 8, true},
     [](const StoreRow &r, qint64) { return format::count(r.files); },
     [](const StoreRow &r) { return orNull(r.files); }},
    {{"failed", "t.failed", TITLE("Failed"), TITLE("file_counts.failed"), true, 8, false},
     [](const StoreRow &r, qint64) { return format::count(r.failedFiles); },
     [](const StoreRow &r) { return orNull(r.failedFiles); }},
    {{"users", "(SELECT count(*) FROM reference f WHERE f.target=t.id)", TITLE("Used by"),
      TITLE("Assistants and known threads that point to it"), false, 24, true},
     [](const StoreRow &r, qint64) {
         if (r.users == 0)
             return QCoreApplication::translate("Columns", QT_TRANSLATE_NOOP("Columns", "nobody known"));
         return r.usedBy.isEmpty()
             ? QCoreApplication::translate("Columns", QT_TRANSLATE_N_NOOP("Columns", "%n thread(s)"), nullptr,
                                           int(r.users))
             : r.usedBy;
     },
     [](const StoreRow &r) -> QVariant { return r.users; }},
    {{"lastActive", "t.last_active", TITLE("Last active"), TITLE("last_active_at"), false, 13, true},
     [](const StoreRow &r, qint64 now) { return format::age(r.lastActiveAt, now); },
     [](const StoreRow &r) { return isoTime(r.lastActiveAt); }},
    {{"expires", "t.expires", TITLE("Expires"), TITLE("expires_at"), false, 18, false},
     [](const StoreRow &r, qint64) { return r.expiresAt ? format::when(r.expiresAt) : u"–"_s; },
     [](const StoreRow &r) { return isoTime(r.expiresAt); }},
    {{"created", "t.created", TITLE("Created"), TITLE("created_at"), false, 18, false},
     [](const StoreRow &r, qint64) { return format::when(r.createdAt); },
     [](const StoreRow &r) { return isoTime(r.createdAt); }},
    {{"id", "t.id", TITLE("Id"), TITLE("id"), false, 36, false},
     [](const StoreRow &r, qint64) { return r.id; },
     [](const StoreRow &r) -> QVariant { return r.id; }},
};

constexpr Column<FileRow> fileColumns[] = {
    {{"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE", TITLE("File"), TITLE("filename"), false, 30, true},
     [](const FileRow &r, qint64) { return r.name.isEmpty() ? r.id : r.name; },
     [](const FileRow &r) -> QVariant { return r.name; }},
    {{"purpose", "t.purpose", TITLE("Purpose"), TITLE("purpose"), false, 18, true},
     [](const FileRow &r, qint64) { return r.purpose; },
     [](const FileRow &r) -> QVariant { return r.purpose; }},
    {{"bytes", "t.bytes", TITLE("Size"), TITLE("bytes"), true, 11, true},
     [](const FileRow &r, qint64) { return format::bytes(r.bytes); },
     [](const FileRow &r) { return orNull(r.bytes); }},
    {{"stores", "(SELECT count(*) FROM store_file f WHERE f.file=t.id)", TITLE("Stores"),
      TITLE("Vector stores that hold it"), true, 9, true},
     [](const FileRow &r, qint64) { return format::count(r.stores); },
     [](const FileRow &r) -> QVariant { return r.stores; }},
    {{"messages", "(SELECT count(*) FROM reference f WHERE f.target=t.id)", TITLE("References"),
      TITLE("Assistants, threads and messages that name it"), true, 11, true},
     [](const FileRow &r, qint64) { return format::count(r.messages); },
     [](const FileRow &r) -> QVariant { return r.messages; }},
    {{"created", "t.created", TITLE("Created"), TITLE("created_at"), false, 18, true},
     [](const FileRow &r, qint64) { return format::when(r.createdAt); },
     [](const FileRow &r) { return isoTime(r.createdAt); }},
    {{"status", "t.status", TITLE("Status"), TITLE("status (deprecated by OpenAI)"), false, 12, false},
     [](const FileRow &r, qint64) { return r.status; },
     [](const FileRow &r) -> QVariant { return r.status; }},
    {{"id", "t.id", TITLE("Id"), TITLE("id"), false, 32, false},
     [](const FileRow &r, qint64) { return r.id; },
     [](const FileRow &r) -> QVariant { return r.id; }},
};

constexpr Column<SyncRow> syncColumns[] = {
    {{"started", "t.started", TITLE("Started"), TITLE("When the sync began"), false, 18, true},
     [](const SyncRow &r, qint64) { return format::when(r.startedAt); },
     [](const SyncRow &r) { return isoTime(r.startedAt); }},
    {{"outcome", "t.outcome", TITLE("Outcome"), TITLE("How it ended"), false, 12, true},
     [](const SyncRow &r, qint64) { return r.outcome; },
     [](const SyncRow &r) -> QVariant { return r.outcome; }},
    {{"threads", "t.threads", TITLE("Threads"), TITLE("Threads brought up to date"), true, 9, true},
     [](const SyncRow &r, qint64) { return format::count(r.threads); },
     [](const SyncRow &r) -> QVariant { return r.threads; }},
    {{"requests", "t.requests", TITLE("Requests"), TITLE("HTTP requests sent, repeats included"), true, 10, true},
     [](const SyncRow &r, qint64) { return format::count(r.requests); },
     [](const SyncRow &r) -> QVariant { return r.requests; }},
    {{"objects", "t.objects", TITLE("Objects"), TITLE("Objects read and stored"), true, 10, true},
     [](const SyncRow &r, qint64) { return format::count(r.objects); },
     [](const SyncRow &r) -> QVariant { return r.objects; }},
    {{"failures", "t.failures", TITLE("Failures"), TITLE("What could not be read; reasons below"), true, 9, true},
     [](const SyncRow &r, qint64) { return format::count(r.failures); },
     [](const SyncRow &r) -> QVariant { return r.failures; }},
    {{"duration", "t.ended-t.started", TITLE("Duration"), TITLE("From start to end"), true, 11, true},
     [](const SyncRow &r, qint64) {
         return r.endedAt && r.startedAt ? format::duration(*r.endedAt - *r.startedAt) : u"–"_s;
     },
     [](const SyncRow &r) { return r.endedAt && r.startedAt ? QVariant(*r.endedAt - *r.startedAt) : QVariant(); }},
    {{"problem", "nullif(t.problem,'') COLLATE NOCASE", TITLE("Problem"), TITLE("What stopped it"), false, 50, true},
     [](const SyncRow &r, qint64) { return r.problem; },
     [](const SyncRow &r) -> QVariant { return r.problem; }},
};

constexpr Column<OperationRow> operationColumns[] = {
    {{"created", "t.created", TITLE("Started"), TITLE("When the plan was written down"), false, 18, true},
     [](const OperationRow &r, qint64) { return format::when(r.createdAt); },
     [](const OperationRow &r) { return isoTime(r.createdAt); }},
    {{"title", "t.title COLLATE NOCASE", TITLE("Operation"), TITLE("What it was to do"), false, 40, true},
     [](const OperationRow &r, qint64) { return r.title; },
     [](const OperationRow &r) -> QVariant { return r.title; }},
    {{"state", "t.state", TITLE("State"), TITLE("planned, running, interrupted, finished, cancelled"), false, 14, true},
     [](const OperationRow &r, qint64) {
         return r.undoneBy != 0
             ? r.state + u", "_s + QCoreApplication::translate("Columns", QT_TRANSLATE_NOOP("Columns", "taken back"))
             : r.state;
     },
     [](const OperationRow &r) -> QVariant { return r.state; }},
    {{"targets", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key)", TITLE("Targets"),
      TITLE("Objects it was to act on, those kept back included"), true, 9, true},
     [](const OperationRow &r, qint64) { return format::count(r.targets); },
     [](const OperationRow &r) -> QVariant { return r.targets; }},
    {{"done", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state={target.done})",
      TITLE("Done"), TITLE("Targets brought to their end"), true, 8, true},
     [](const OperationRow &r, qint64) { return format::count(r.done); },
     [](const OperationRow &r) -> QVariant { return r.done; }},
    {{"failed",
      "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state IN "
      "({target.failed},{target.stopped}))",
      TITLE("Failed"), TITLE("Targets that failed or were stopped; reasons below"), true, 8, true},
     [](const OperationRow &r, qint64) { return format::count(r.failed); },
     [](const OperationRow &r) -> QVariant { return r.failed; }},
    {{"skipped", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state={target.skipped})",
      TITLE("Spared"), TITLE("Targets kept back, or that changed since they were planned"), true, 8, true},
     [](const OperationRow &r, qint64) { return format::count(r.skipped); },
     [](const OperationRow &r) -> QVariant { return r.skipped; }},
    {{"duration", "t.ended-t.started", TITLE("Duration"), TITLE("From its first step to its end"), true, 11, true},
     [](const OperationRow &r, qint64) {
         return r.endedAt && r.startedAt ? format::duration(*r.endedAt - *r.startedAt) : u"–"_s;
     },
     [](const OperationRow &r) { return r.endedAt && r.startedAt ? QVariant(*r.endedAt - *r.startedAt) : QVariant(); }},
    {{"kind", "t.kind", TITLE("Kind"), TITLE("rotate, cancel, cleanup, consolidate, answer, undo"), false, 12, false},
     [](const OperationRow &r, qint64) { return r.kind; },
     [](const OperationRow &r) -> QVariant { return r.kind; }},
};

QString amountOf(const GuardRow &r, qint64 amount)
{
    const RuleInfo *rule = ruleOfWord(r.rule);
    return rule ? amountText(rule->rule, amount) : QString::number(amount);
}
QVariant plainAmountOf(const GuardRow &r, qint64 amount)
{
    const RuleInfo *rule = ruleOfWord(r.rule);
    if (rule && rule->rule == GuardRule::Models)
        return {};
    return rule ? plainAmount(rule->rule, amount) : QVariant(amount);
}

constexpr Column<GuardRow> guardColumns[] = {
    {{"seen", "t.at", TITLE("Seen"), TITLE("When the guard saw it"), false, 18, true},
     [](const GuardRow &r, qint64) { return format::when(r.at); },
     [](const GuardRow &r) { return isoTime(r.at); }},
    {{"rule", "t.rule", TITLE("Rule"), TITLE("Of the policy"), false, 22, true},
     [](const GuardRow &r, qint64) {
         const RuleInfo *rule = ruleOfWord(r.rule);
         return rule ? guardRuleTitle(rule->rule) : r.rule;
     },
     [](const GuardRow &r) -> QVariant { return r.rule; }},
    {{"value", "t.value", TITLE("Found"), TITLE("The figure that led to it"), false, 15, true},
     [](const GuardRow &r, qint64) { return amountOf(r, r.value); },
     [](const GuardRow &r) { return plainAmountOf(r, r.value); }},
    {{"limit", "t.most", TITLE("Limit"), TITLE("What the policy allows"), false, 15, true},
     [](const GuardRow &r, qint64) { return amountOf(r, r.limit); },
     [](const GuardRow &r) { return plainAmountOf(r, r.limit); }},
    {{"act", "t.act", TITLE("Act"), TITLE("What the policy says is to happen"), false, 16, true},
     [](const GuardRow &r, qint64) {
         const auto act = actOfWord(r.act);
         return act ? guardActName(*act) : r.act;
     },
     [](const GuardRow &r) -> QVariant { return r.act; }},
    {{"state", "t.state", TITLE("State"), TITLE("told, asked, allowed, acting, acted, failed, late, declined"), false,
      17, true},
     [](const GuardRow &r, qint64) { return guardStateName(r.state); },
     [](const GuardRow &r) -> QVariant { return guardStateName(r.state); }},
    {{"thread", "t.thread", TITLE("Thread"), TITLE("thread_id"), false, 32, true},
     [](const GuardRow &r, qint64) { return r.thread; },
     [](const GuardRow &r) -> QVariant { return r.thread; }},
    {{"run", "t.run", TITLE("Run"), TITLE("run_id"), false, 32, false},
     [](const GuardRow &r, qint64) { return r.run; },
     [](const GuardRow &r) -> QVariant { return r.run; }},
    {{"name", "t.name COLLATE NOCASE", TITLE("Of"), TITLE("The model, the file, or whose budget it is"), false, 24,
      false},
     [](const GuardRow &r, qint64) { return format::visible(r.name); },
     [](const GuardRow &r) -> QVariant { return r.name; }},
    {{"from", "t.origin", TITLE("From"), TITLE("Where the policy says so"), false, 22, false},
     [](const GuardRow &r, qint64) { return format::visible(r.from); },
     [](const GuardRow &r) -> QVariant { return r.from; }},
    {{"operation", "t.operation", TITLE("Operation"), TITLE("What carried it out"), true, 10, false},
     [](const GuardRow &r, qint64) { return r.operation != 0 ? QString::number(r.operation) : u"–"_s; },
     [](const GuardRow &r) { return r.operation != 0 ? QVariant(r.operation) : QVariant(); }},
    {{"note", "nullif(t.note,'') COLLATE NOCASE", TITLE("Note"), TITLE("What came of it"), false, 50, true},
     [](const GuardRow &r, qint64) { return format::visible(r.note); },
     [](const GuardRow &r) -> QVariant { return r.note; }},
};

#undef TITLE

} // namespace

QString exportKey(const ColumnInfo &column)
{
    return QString::fromLatin1(column.key) + QString::fromLatin1(column.unit);
}

template <> std::span<const Column<ThreadRow>> columnsOf<ThreadRow>()
{
    return threadColumns;
}
template <> std::span<const Column<RunRow>> columnsOf<RunRow>()
{
    return runColumns;
}
template <> std::span<const Column<AssistantRow>> columnsOf<AssistantRow>()
{
    return assistantColumns;
}
template <> std::span<const Column<StoreRow>> columnsOf<StoreRow>()
{
    return storeColumns;
}
template <> std::span<const Column<FileRow>> columnsOf<FileRow>()
{
    return fileColumns;
}
template <> std::span<const Column<OperationRow>> columnsOf<OperationRow>()
{
    return operationColumns;
}
template <> std::span<const Column<GuardRow>> columnsOf<GuardRow>()
{
    return guardColumns;
}
template <> std::span<const Column<SyncRow>> columnsOf<SyncRow>()
{
    return syncColumns;
}

namespace {

template <class Row> const char *sortOf(QByteArrayView column)
{
    for (const Column<Row> &one : columnsOf<Row>())
        if (column == one.key)
            return one.sort;
    return nullptr;
}

} // namespace

const char *sortOf(RowKind kind, QByteArrayView column)
{
    switch (kind) {
    case RowKind::Threads:
        return sortOf<ThreadRow>(column);
    case RowKind::Runs:
        return sortOf<RunRow>(column);
    case RowKind::Assistants:
        return sortOf<AssistantRow>(column);
    case RowKind::Stores:
        return sortOf<StoreRow>(column);
    case RowKind::Files:
        return sortOf<FileRow>(column);
    case RowKind::Syncs:
        return sortOf<SyncRow>(column);
    case RowKind::Operations:
        return sortOf<OperationRow>(column);
    case RowKind::Guard:
        return sortOf<GuardRow>(column);
    }
    return nullptr;
}

} // namespace bobbin
