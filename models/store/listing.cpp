// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/listing.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr QStringView runStatusWords[] = {u"unknown",   u"queued", u"in_progress", u"requires_action", u"cancelling",
                                          u"cancelled", u"failed", u"completed",   u"incomplete",      u"expired"};
constexpr Sort threadSorts[] = {
    {"thread", "coalesce(nullif(t.title,''),t.preview,t.id) COLLATE NOCASE"},
    {"id", "t.id"},
    {"assistant",
     "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),nullif(t.assistant,'')) COLLATE "
     "NOCASE"},
    {"turns", "t.turns"},
    {"messages", "t.messages"},
    {"runs", "t.runs"},
    {"lastActive", "t.last_active"},
    {"created", "t.created"},
    {"promptNow", "t.prompt_now"},
    {"growth", "CAST(t.prompt_now AS REAL)/nullif(t.prompt_first,0)"},
    {"cost", "CASE WHEN t.priced_runs>0 OR t.unknown_runs=0 THEN t.cost END"}, // as in the index
    {"unknownRuns", "t.unknown_runs"},
    {"active", "t.active_runs"},
    {"failed", "t.failed_runs"},
    {"state", "t.gone*4 + (t.problem IS NOT NULL)*2 + (t.active_runs>0)"},
};
constexpr Sort runSorts[] = {
    {"run", "t.id"},
    {"thread", "t.thread"},
    {"assistant",
     "coalesce((SELECT nullif(name,'') FROM assistant a WHERE a.id=t.assistant),nullif(t.assistant,'')) COLLATE "
     "NOCASE"},
    {"model", "(SELECT name FROM model m WHERE m.key=t.model)"},
    {"status", "t.status"},
    {"created", "t.created"},
    {"duration", "t.ended-t.created"},
    {"prompt", "t.prompt"},
    {"cached", "t.cached"},
    {"completion", "t.completion"},
    {"cost", "t.cost"},
    {"steps", "t.steps"},
    {"toolCalls", "t.calls"},
    {"error", "t.error"},
    {"remarks", "t.assumed + 2*(t.prompt>=1000000000000)"},
};
constexpr Sort assistantSorts[] = {
    {"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE"},
    {"id", "t.id"},
    {"model", "t.model"},
    {"tools", "nullif(t.tools,'')"},
    {"created", "t.created"},
    {"runs", "(SELECT count(*) FROM run r WHERE r.assistant=t.id)"},
    {"threads", "(SELECT count(DISTINCT thread) FROM run r WHERE r.assistant=t.id)"},
    {"lastRun", "(SELECT max(created) FROM run r WHERE r.assistant=t.id)"},
    {"unknownRuns", "(SELECT count(*)-count(cost) FROM run r WHERE r.assistant=t.id)"},
    {"cost", "(SELECT iif(count(cost), total(cost), NULL) FROM run r WHERE r.assistant=t.id)"},
};
constexpr Sort storeSorts[] = {
    {"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE"},
    {"id", "t.id"},
    {"status", "t.status"},
    {"bytes", "t.bytes"},
    {"perDay", "t.bytes"},
    {"files", "t.files"},
    {"failed", "t.failed"},
    {"created", "t.created"},
    {"lastActive", "t.last_active"},
    {"expires", "t.expires"},
    {"users", "(SELECT count(*) FROM reference f WHERE f.target=t.id)"},
};
constexpr Sort fileSorts[] = {
    {"name", "coalesce(nullif(t.name,''),t.id) COLLATE NOCASE"},
    {"id", "t.id"},
    {"purpose", "t.purpose"},
    {"status", "t.status"},
    {"bytes", "t.bytes"},
    {"created", "t.created"},
    {"stores", "(SELECT count(*) FROM store_file f WHERE f.file=t.id)"},
    {"messages", "(SELECT count(*) FROM reference f WHERE f.target=t.id)"},
};
constexpr Sort syncSorts[] = {
    {"started", "t.started"}, {"outcome", "t.outcome"},   {"threads", "t.threads"},          {"requests", "t.requests"},
    {"objects", "t.objects"}, {"failures", "t.failures"}, {"duration", "t.ended-t.started"},
};
constexpr Sort operationSorts[] = {
    {"title", "t.title COLLATE NOCASE"},
    {"state", "t.state"},
    {"created", "t.created"},
    {"ended", "t.ended"},
    {"kind", "t.kind"},
    {"duration", "t.ended-t.started"},
    {"targets", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key)"},
    {"done", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state={target.done})"},
    {"failed",
     "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state IN "
     "({target.failed},{target.stopped}))"},
    {"skipped", "(SELECT count(*) FROM journal.target g WHERE g.operation=t.key AND g.state={target.skipped})"},
};

} // namespace

QString statusWord(int status, const QString &word)
{
    if (!word.isEmpty())
        return word;
    return status >= 0 && status < int(std::size(runStatusWords)) ? runStatusWords[status].toString() : u"unknown"_s;
}

CostSum costSum(const Statement &q, int at)
{
    return {{q.integer(at)}, q.integer(at + 1), q.integer(at + 2), q.integer(at + 3)};
}
const Listing &listing(RowKind kind)
{
    static const Listing threads{
        "thread t",
        "t.id||' '||coalesce(t.title,'')||' '||coalesce(t.preview,'')||' '||"
        "coalesce(t.metadata,'')||' '||coalesce((SELECT name FROM assistant a WHERE a.id=t.assistant),'')",
        "1",
        "CAST(total(t.cost) AS INTEGER), sum(t.priced_runs), sum(t.unknown_runs), "
        "sum(t.assumed_runs), sum(t.gone)",
        threadSorts};
    static const Listing runs{
        "run t",
        "t.id||' '||coalesce(t.error,'')||' '||"
        "coalesce((SELECT name FROM model m WHERE m.key=t.model),'')||' '||"
        "coalesce((SELECT name FROM assistant a WHERE a.id=t.assistant),'')||' '||"
        "(SELECT h.id||' '||coalesce(h.title,'')||' '||coalesce(h.preview,'') FROM thread h "
        "WHERE h.key=t.thread)",
        "1", "CAST(total(t.cost) AS INTEGER), count(t.cost), count(*)-count(t.cost), sum(t.assumed)", runSorts};
    static const Listing assistants{"assistant t", "t.id||' '||coalesce(t.name,'')||' '||coalesce(t.model,'')",
                                    "t.gone=0", "0, 0, 0, 0", assistantSorts};
    static const Listing stores{"store t", "t.id||' '||coalesce(t.name,'')", "t.gone=0", "0, 0, 0, 0", storeSorts};
    static const Listing files{"file t", "t.id||' '||coalesce(t.name,'')", "t.gone=0", "0, 0, 0, 0", fileSorts};
    static const Listing syncs{"sync t", "t.outcome||' '||coalesce(t.problem,'')", "1", "0, 0, 0, 0", syncSorts};
    static const Listing operations{"journal.operation t", "t.title||' '||t.kind||' '||coalesce(t.problem,'')", "1",
                                    "0, 0, 0, 0", operationSorts};
    switch (kind) {
    case RowKind::Operations:
        return operations;
    case RowKind::Threads:
        return threads;
    case RowKind::Runs:
        return runs;
    case RowKind::Assistants:
        return assistants;
    case RowKind::Stores:
        return stores;
    case RowKind::Files:
        return files;
    case RowKind::Syncs:
        break;
    }
    return syncs;
}

QString jsonList(const QStringList &ids)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(ids)).toJson(QJsonDocument::Compact));
}

QString likePattern(QString text)
{
    text.replace(u"\\"_s, u"\\\\"_s).replace(u"%"_s, u"\\%"_s).replace(u"_"_s, u"\\_"_s);
    return u"%"_s + text + u"%"_s;
}

namespace {

struct State {
    QStringView word;
    QStringView condition;
};
constexpr State threadStates[] = {{u"active", u"t.active_runs>0"},
                                  {u"failed", u"t.failed_runs>0"},
                                  {u"gone", u"t.gone=1"},
                                  {u"there", u"t.gone=0"},
                                  {u"rotated", u"json_extract(t.metadata,'$.rotated_to') IS NOT NULL"},
                                  {u"unpriced", u"t.unknown_runs>0"},
                                  {u"problem", u"t.problem IS NOT NULL"}};

std::vector<std::pair<QString, QString>> statesOf(RowKind kind)
{
    std::vector<std::pair<QString, QString>> all;
    if (kind == RowKind::Threads)
        for (const State &state : threadStates)
            all.emplace_back(state.word.toString(), state.condition.toString());
    if (kind == RowKind::Operations) {
        for (const auto &[word, text] : kindWords())
            all.emplace_back(word, u"t.kind='"_s + word + u"'"_s);
        all.emplace_back(u"unfinished"_s, u"t.state NOT IN ('finished','cancelled')"_s);
        all.emplace_back(u"failed"_s,
                         u"EXISTS(SELECT 1 FROM journal.target g WHERE g.operation=t.key AND g.state IN "
                         "({target.failed},{target.stopped}))"_s);
    }
    if (kind == RowKind::Runs) {
        all.emplace_back(u"active"_s, u"t.active=1"_s);
        for (std::size_t i = 0; i < std::size(runStatusWords); ++i)
            all.emplace_back(runStatusWords[i].toString(), u"t.status=%1"_s.arg(i));
    }
    return all;
}

} // namespace

QStringList knownStates(RowKind kind)
{
    QStringList words;
    for (const auto &[word, condition] : statesOf(kind))
        words << word;
    return words;
}

QString stateCondition(RowKind kind, const QStringList &states)
{
    if (states.isEmpty())
        return {};
    QStringList any{u"0"_s}; // a state nobody knows: no rows
    for (const auto &[word, condition] : statesOf(kind))
        if (states.contains(word))
            any << condition;
    return u"("_s + any.join(u" OR "_s) + u")"_s;
}

} // namespace bobbin
