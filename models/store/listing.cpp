// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/listing.h"

#include "models/domain/runstatus.h"
#include "models/store/journal.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto noCost = "0, 0, 0, 0"; // of rows that cost nothing by themselves
} // namespace

QString statusWord(int status, const QString &word)
{
    if (!word.isEmpty())
        return word;
    return statusName(RunStatus(status));
}

CostSum costSum(const Statement &q, int at)
{
    return {{q.integer(at)}, q.integer(at + 1), q.integer(at + 2), q.integer(at + 3)};
}
const Listing &listing(RowKind kind)
{
    constexpr auto threadText = "t.id {like} OR t.title {like} OR t.preview {like} OR t.metadata {like} OR "
                                "t.assistant IN (SELECT id FROM assistant WHERE name {like})";
    static const Listing threads{"thread t",
                                 threadText,
                                 threadText,
                                 "1",
                                 "CAST(total(t.cost) AS INTEGER), sum(t.priced_runs), sum(t.unknown_runs), "
                                 "sum(t.assumed_runs), sum(t.gone)",
                                 "t.cost, t.priced_runs, t.unknown_runs, t.assumed_runs, t.gone"};
    static const Listing runs{
        "run t",
        "t.model IN (SELECT key FROM model WHERE name {like}) OR t.assistant IN (SELECT id FROM assistant WHERE name "
        "{like}) OR t.error {like} OR t.id {like} OR t.thread IN (SELECT key FROM thread WHERE id {like} OR title "
        "{like} OR preview {like})",
        "t.model IN (SELECT key FROM model WHERE name {like}) OR t.assistant IN (SELECT id FROM assistant WHERE name "
        "{like}) OR t.error {like} OR t.id {like} OR EXISTS(SELECT 1 FROM thread h WHERE h.key=t.thread AND (h.id "
        "{like} OR h.title {like} OR h.preview {like}))",
        "1",
        "CAST(total(t.cost) AS INTEGER), count(t.cost), count(*)-count(t.cost), sum(t.assumed)",
        "t.cost, t.cost IS NOT NULL, t.cost IS NULL, t.assumed"};
    const auto plain = [](const char *from, const char *text, const char *always) {
        return Listing{from, text, text, always, noCost, noCost};
    };
    static const Listing assistants =
        plain("assistant t", "t.id {like} OR t.name {like} OR t.model {like}", "t.gone=0");
    static const Listing stores = plain("store t", "t.id {like} OR t.name {like}", "t.gone=0");
    static const Listing files = plain("file t", "t.id {like} OR t.name {like}", "t.gone=0");
    static const Listing syncs = plain("sync t", "t.outcome {like} OR t.problem {like}", "1");
    static const Listing operations =
        plain("journal.operation t", "t.title {like} OR t.kind {like} OR t.problem {like}", "1");
    static const Listing guard = plain(
        "journal.guard t",
        "t.rule {like} OR t.act {like} OR t.thread {like} OR t.run {like} OR t.name {like} OR t.note {like}", "1");
    switch (kind) {
    case RowKind::Operations:
        return operations;
    case RowKind::Guard:
        return guard;
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

QString textCondition(const Listing &list, bool ofFew)
{
    return u'(' +
        QString::fromLatin1(ofFew ? list.textOfFew : list.text).replace(u"{like}"_s, u"LIKE ?1 ESCAPE '\\'"_s) + u')';
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
    if (kind == RowKind::Guard)
        for (const GuardState state : {GuardState::Told, GuardState::Asked, GuardState::Allowed, GuardState::Acting,
                                       GuardState::Acted, GuardState::Failed, GuardState::Late, GuardState::Declined})
            all.emplace_back(guardStateWord(state), u"t.state='"_s + guardStateWord(state) + u"'"_s);
    if (kind == RowKind::Runs) {
        all.emplace_back(u"active"_s, u"t.active=1"_s);
        for (int i = 0; i < runStatusCount; ++i)
            all.emplace_back(statusName(RunStatus(i)), u"t.status=%1"_s.arg(i));
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

QString causeCondition(RowKind kind, const std::vector<Cause> &causes)
{
    QStringList numbers;
    for (const Cause cause : causes)
        numbers << QString::number(int(cause));
    const QString among = u"cause IN ("_s + numbers.join(u',') + u")"_s;
    return kind == RowKind::Runs ? u"t.thread IN (SELECT key FROM thread WHERE "_s + among + u")"_s : u"t."_s + among;
}

QString metadataCondition(RowKind kind, bool withValue)
{
    const QString thread =
        kind == RowKind::Runs ? u"(SELECT metadata FROM thread h WHERE h.key=t.thread)"_s : u"t.metadata"_s;
    const QString pairs = u"EXISTS(SELECT 1 FROM json_each("_s + thread + u") e WHERE e.key=?7"_s;
    return withValue ? pairs + u" AND coalesce(CAST(e.value AS TEXT),'')=?8)"_s : u"NOT "_s + pairs + u")"_s;
}

} // namespace bobbin
