// SPDX-License-Identifier: GPL-3.0-or-later
// What the journal tells: operations, their targets and steps, pins and rules.
#include "models/plans/result.h"
#include "models/store/journal.h"
#include "models/store/rowsql.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace bobbin {

namespace {

QJsonObject object(const QString &text)
{
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QStringList strings(const QString &text)
{
    QStringList all;
    for (const QJsonValue value : QJsonDocument::fromJson(text.toUtf8()).array())
        all << value.toString();
    return all;
}

} // namespace

Result<DoneOperation> Reader::operation(RowKey key)
{
    Statement query = prepare(
        u"SELECT key, id, kind, state, title, coalesce(archive,''), coalesce(undoes,0), "
        "coalesce(undone_by,0), options, warnings, coalesce(cannot_come_back,'[]') FROM journal.operation WHERE key=?"_s);
    if (!query.bind(key).step())
        return m_database.status() ? fail(Error::Kind::NotFound, u"the journal has no operation %1"_s.arg(key))
                                   : fail(m_database.status().error());
    DoneOperation o;
    o.key = query.integer(0);
    o.id = query.text(1);
    const auto kind = kindFromWord(query.text(2));
    if (!kind)
        return fail(Error::Kind::Storage,
                    u"the journal has an operation of an unknown kind, \"%1\": it was written by a newer Bobbin"_s.arg(
                        query.text(2)));
    o.kind = *kind;
    o.state = operationState(query.text(3));
    o.title = query.text(4);
    o.archive = query.text(5);
    o.undoes = query.integer(6);
    o.undoneBy = query.integer(7);
    o.options = object(query.text(8));
    o.warnings = strings(query.text(9));
    o.cannotComeBack = strings(query.text(10));
    return unlessFailed(std::move(o));
}

Result<std::vector<DoneTarget>> Reader::targets(RowKey operation, const std::vector<TargetState> &states, int limit,
                                                int offset)
{
    QStringList wanted;
    for (const TargetState state : states)
        wanted << QString::number(int(state));
    Statement query = prepare(u"SELECT key, place, object, resource, label, why, phase, state, coalesce(outcome,''), "
                              "coalesce(made,''), last_active, messages, runs, bytes, cost, coalesce(steps,'') FROM "
                              "journal.target WHERE operation=?"_s +
                              (wanted.isEmpty() ? QString() : u" AND state IN ("_s + wanted.join(u',') + u")"_s) +
                              u" ORDER BY place LIMIT ? OFFSET ?"_s);
    query.bind(operation, limit > 0 ? limit : -1, offset);
    std::vector<DoneTarget> all;
    while (query.step()) {
        DoneTarget d;
        d.key = query.integer(0);
        d.place = int(query.integer(1));
        PlanTarget &t = d.target;
        t.id = query.text(2);
        t.resource = Resource(query.integer(3));
        t.label = query.text(4);
        t.why = query.text(5);
        t.phase = int(query.integer(6));
        d.state = TargetState(query.integer(7));
        d.outcome = query.text(8);
        d.made = query.text(9);
        t.lastActive = query.optional(10);
        t.messages = query.optional(11);
        t.runs = query.optional(12);
        t.bytes = query.optional(13);
        if (const auto cost = query.optional(14))
            t.cost = CostSum{Money{*cost}, 1, 0};
        if (const QString steps = query.text(15); !steps.isEmpty()) {
            auto read = stepsFromJson(QJsonDocument::fromJson(steps.toUtf8()).array());
            if (!read)
                return fail(read.error());
            t.steps = *std::move(read);
        }
        all.push_back(std::move(d));
    }
    return unlessFailed(std::move(all));
}

Result<std::vector<DoneStep>> Reader::begunSteps(RowKey target)
{
    Statement query = prepare(u"SELECT place, act, state, sent, answered, coalesce(result,''), coalesce(note,'') FROM "
                              "journal.step WHERE target=? ORDER BY place"_s);
    query.bind(target);
    return query.collect<DoneStep>([](const Statement &q) {
        DoneStep step;
        step.place = int(q.integer(0));
        step.step.act = actFromWord(q.text(1)).value_or(Act::CheckThread);
        step.state = StepState(q.integer(2));
        step.sentAt = q.optional(3);
        step.answeredAt = q.optional(4);
        step.result = object(q.text(5));
        step.note = q.text(6);
        return step;
    });
}

Result<qint64> Reader::archivedBytes(RowKey operation)
{
    Statement query = prepare(
        u"SELECT max(json_extract(s.result,'$.offset')+json_extract(s.result,'$.length')) FROM journal.target t JOIN "
        "journal.step s ON s.target=t.key WHERE t.operation=? AND s.act IN ('archive_thread','archive_stores') AND "
        "s.result IS NOT NULL"_s);
    const qint64 bytes = query.bind(operation).step() ? query.integer(0) : 0;
    return unlessFailed(bytes);
}

Result<QString> Reader::result(RowKey operation)
{
    const auto row = rows<OperationRow>({operation});
    if (!row)
        return fail(row.error());
    Statement query = prepare(u"SELECT s.act, count(*) FROM journal.target t JOIN journal.step s ON s.target=t.key "
                              "WHERE t.operation=? AND s.state=%1 GROUP BY s.act"_s.arg(int(StepState::Finished)));
    query.bind(operation);
    Deeds deeds;
    while (query.step())
        if (const auto act = actFromWord(query.text(0)))
            deeds.insert(*act, query.integer(1));
    return unlessFailed(resultText(row->front(), deeds));
}

Result<QSet<QString>> Reader::takenBack(RowKey operation)
{
    Statement query =
        prepare(u"SELECT t.object FROM journal.target t JOIN journal.operation o ON o.key=t.operation WHERE "
                "o.undoes=? AND t.state<>%1"_s.arg(int(TargetState::Skipped)));
    query.bind(operation);
    QSet<QString> all;
    while (query.step())
        all.insert(query.text(0));
    return unlessFailed(std::move(all));
}

Result<std::vector<std::pair<RowKey, QString>>> Reader::operationsIn(OperationState state)
{
    Statement query = prepare(u"SELECT key, title FROM journal.operation WHERE state=? ORDER BY key"_s);
    query.bind(stateWord(state));
    return query.collect<std::pair<RowKey, QString>>(
        [](const Statement &q) { return std::pair(q.integer(0), q.text(1)); });
}

Result<QHash<QString, QString>> Reader::madeBy(RowKey operation, const QStringList &objects)
{
    Statement query = prepare(u"SELECT object, coalesce(made,'') FROM journal.target WHERE operation=? AND object IN "
                              "(SELECT value FROM json_each(?))"_s);
    query.bind(operation, jsonList(objects));
    QHash<QString, QString> all;
    while (query.step())
        all.insert(query.text(0), query.text(1));
    return unlessFailed(std::move(all));
}

Result<QSet<QString>> Reader::pinned()
{
    Statement query = prepare(u"SELECT object FROM journal.pin"_s);
    QSet<QString> all;
    while (query.step())
        all.insert(query.text(0));
    return unlessFailed(std::move(all));
}

Result<bool> Reader::isPinned(const QString &object)
{
    Statement query = prepare(u"SELECT 1 FROM journal.pin WHERE object=?"_s);
    return unlessFailed(query.bind(object).step());
}

Result<std::vector<std::pair<QString, QJsonObject>>> Reader::rules()
{
    Statement query = prepare(u"SELECT name, content FROM journal.rule ORDER BY name"_s);
    return query.collect<std::pair<QString, QJsonObject>>(
        [](const Statement &q) { return std::pair(q.text(0), object(q.text(1))); });
}

Result<std::vector<GuardRow>> Reader::guardRows(const GuardQuery &query)
{
    QStringList states;
    for (const GuardState state : query.states)
        states << guardStateWord(state);
    Statement rows = prepare(RowSql<GuardRow>::columns() +
                             u" WHERE at>=?1 AND (?2 OR state IN (SELECT value FROM json_each(?3))) ORDER BY at DESC, "
                             "key DESC LIMIT ?4"_s);
    rows.bind(query.since, int(states.isEmpty()), jsonList(states), query.limit > 0 ? query.limit : -1);
    return rows.collect<GuardRow>(RowSql<GuardRow>::read);
}

Result<std::optional<GuardRow>> Reader::guardRow(qint64 key)
{
    Statement row = prepare(RowSql<GuardRow>::columns() + u" WHERE key=?"_s);
    row.bind(key);
    std::optional<GuardRow> found;
    if (row.step())
        found = RowSql<GuardRow>::read(row);
    return unlessFailed(std::move(found));
}

Result<std::vector<GuardRow>> Reader::guardRowsMarked(const QStringList &marks)
{
    std::vector<GuardRow> found;
    Statement row = prepare(RowSql<GuardRow>::columns() + u" WHERE mark=?"_s);
    for (const QString &mark : marks) {
        if (row.bind(mark).step())
            found.push_back(RowSql<GuardRow>::read(row));
        row.reset();
    }
    return unlessFailed(std::move(found));
}

Result<qint64> Reader::operationOfGuard(qint64 guardRow)
{
    Statement operation =
        prepare(u"SELECT max(key) FROM journal.operation WHERE state IN ('planned','running','interrupted') AND "
                "json_extract(options,'$.guard')=?"_s);
    operation.bind(guardRow);
    return unlessFailed(operation.step() ? operation.integer(0) : 0);
}

Result<QString> Reader::guardMemory(const QString &key)
{
    Statement value = prepare(u"SELECT value FROM journal.guard_memory WHERE key=?"_s);
    value.bind(key);
    return unlessFailed(value.step() ? value.text(0) : QString());
}

Result<QStringList> Reader::guardMemories(const QString &prefix)
{
    Statement keys = prepare(u"SELECT substr(key,?2) FROM journal.guard_memory WHERE substr(key,1,?2-1)=?1 AND "
                             "value<>'' ORDER BY key"_s);
    keys.bind(prefix, prefix.size() + 1);
    QStringList found;
    while (keys.step())
        found << keys.text(0);
    return unlessFailed(std::move(found));
}

} // namespace bobbin
