// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journal.h"

#include "models/core/jsontext.h"
#include "models/store/schema.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QUuid>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct JournalText {
    Q_DECLARE_TR_FUNCTIONS(Journal)
};

struct StateWord {
    OperationState state;
    QLatin1String word;
};
constexpr StateWord stateWords[] = {{OperationState::Planned, QLatin1String("planned")},
                                    {OperationState::Running, QLatin1String("running")},
                                    {OperationState::Interrupted, QLatin1String("interrupted")},
                                    {OperationState::Finished, QLatin1String("finished")},
                                    {OperationState::Cancelled, QLatin1String("cancelled")}};

constexpr std::pair<GuardState, QLatin1String> guardStates[] = {
    {GuardState::Told, QLatin1String("told")},       {GuardState::Asked, QLatin1String("asked")},
    {GuardState::Allowed, QLatin1String("allowed")}, {GuardState::Acting, QLatin1String("acting")},
    {GuardState::Acted, QLatin1String("acted")},     {GuardState::Failed, QLatin1String("failed")},
    {GuardState::Late, QLatin1String("late")},       {GuardState::Declined, QLatin1String("declined")}};

QString jsonText(const QJsonArray &array)
{
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

} // namespace

QString stateWord(OperationState state)
{
    return std::ranges::find(stateWords, state, &StateWord::state)->word;
}

OperationState operationState(const QString &word)
{
    for (const StateWord &one : stateWords)
        if (word == one.word)
            return one.state;
    return OperationState::Cancelled;
}

QString guardStateWord(GuardState state)
{
    return std::ranges::find(guardStates, state, &std::pair<GuardState, QLatin1String>::first)->second;
}

GuardState guardStateOf(const QString &word)
{
    for (const auto &[state, own] : guardStates)
        if (word == own)
            return state;
    return GuardState::Told;
}

Result<std::unique_ptr<Journal>> Journal::open(const QString &path, std::function<void()> changed)
{
    auto database = Database::open(path, Database::Mode::ReadWrite);
    if (!database)
        return fail(database.error());
    for (const auto &prepare : {tuneJournal, migrateJournal})
        if (Done done = prepare(**database); !done) {
            done.error().place = path;
            return fail(done.error());
        }
    std::unique_ptr<Journal> journal(new Journal);
    journal->m_database = std::move(*database);
    journal->m_worker = std::make_unique<Worker>(u"journal"_s);
    journal->m_commits = std::make_unique<GroupCommit>(
        *journal->m_worker, *journal->m_database, [changed = std::move(changed)] { changed(); }, [] {});
    return journal;
}

Journal::~Journal()
{
    m_worker.reset(); // first: its tasks use the others
}

QFuture<Done> Journal::commit(GroupCommit::Change change)
{
    return m_commits->enqueue(std::move(change));
}

// What two operations would touch, the second does not get.
Done Journal::checkFree(const QStringList &objects, qint64 operation)
{
    Statement busy = m_database->prepare(
        u"WITH mine AS MATERIALIZED (SELECT value FROM json_each(?)) SELECT o.title FROM operation o JOIN target t ON "
        "t.operation=o.key WHERE o.key<>? AND o.state IN ('planned','running','interrupted') AND t.state IN (%1,%2) "
        "AND "
        "(t.object IN (SELECT value FROM mine) OR EXISTS (SELECT 1 FROM json_each(t.steps) s WHERE "
        "json_extract(s.value,'$.object') IN (SELECT value FROM mine))) LIMIT 1"_s.arg(int(TargetState::Planned))
            .arg(int(TargetState::Running)));
    busy.bind(jsonText(QJsonArray::fromStringList(objects)), operation);
    if (busy.step())
        return fail(Error::Kind::Conflict,
                    JournalText::tr("Some of it is part of “%1”, which has not ended; wait for it, or finish it in "
                                    "Activity.")
                        .arg(busy.text(0)));
    return m_database->status();
}

Done Journal::checkConflicts(const Plan &plan)
{
    Database &db = *m_database;
    db.clearError();
    QSet<QString> objects;
    QStringList targets;
    for (const PlanTarget &target : plan.targets)
        if (target.included()) {
            targets << target.id;
            objects.insert(target.id);
            for (const Step &step : stepsOf(plan.kind, target))
                if (!step.object.isEmpty())
                    objects.insert(step.object);
        }
    if (plan.undoes != 0) {
        Statement undone =
            db.prepare(u"SELECT 1 FROM target t JOIN operation o ON o.key=t.operation WHERE o.undoes=? AND t.state<>%1 "
                       "AND t.object IN (SELECT value FROM json_each(?))"_s.arg(int(TargetState::Skipped)));
        if (undone.bind(plan.undoes, jsonText(QJsonArray::fromStringList(targets))).step())
            return fail(Error::Kind::Conflict, JournalText::tr("This was taken back already."));
    }
    return checkFree(QStringList(objects.values()), 0);
}

Done Journal::checkTakenUp(qint64 operation, bool failedOnes)
{
    Database &db = *m_database;
    db.clearError();
    Statement undone = db.prepare(u"SELECT key FROM operation WHERE undoes=?"_s);
    if (undone.bind(operation).step())
        return fail(
            Error::Kind::Conflict,
            JournalText::tr("Operation %1 took it back, or some of it. What is still to be done needs a new plan.")
                .arg(undone.integer(0)));
    Statement turn = db.prepare(u"SELECT 1 FROM operation WHERE key=? AND kind=?"_s);
    if (failedOnes && turn.bind(operation, kindWord(OperationKind::Turn)).step())
        return fail(Error::Kind::Input,
                    JournalText::tr("A turn is not sent again from here: look at its thread, and write there."));
    const QString open = u"%1,%2"_s.arg(int(TargetState::Planned)).arg(int(TargetState::Running));
    if (failedOnes) {
        // Those that a cancel left out are not what the person asks for here.
        Statement left = db.prepare(u"SELECT 1 FROM target WHERE operation=? AND state IN (%1)"_s.arg(open));
        if (left.bind(operation).step())
            return fail(Error::Kind::Input,
                        JournalText::tr("It was cut short and has targets that were not begun. Finish it first; what "
                                        "failed can be tried again then."));
    }
    const QString states = u"%1,%2"_s.arg(open).arg(int(TargetState::Stopped)) +
        (failedOnes ? u",%1"_s.arg(int(TargetState::Failed)) : QString());
    Statement mine = db.prepare(
        u"SELECT object, coalesce(steps,'[]') FROM target WHERE operation=? AND state IN (%1)"_s.arg(states));
    mine.bind(operation);
    QSet<QString> objects;
    while (mine.step()) {
        objects.insert(mine.text(0));
        for (const QJsonValue step : QJsonDocument::fromJson(mine.text(1).toUtf8()).array())
            if (const QString object = step["object"_L1].toString(); !object.isEmpty())
                objects.insert(object);
    }
    return checkFree(QStringList(objects.values()), operation);
}

QFuture<Done> Journal::takeUp(qint64 operation, bool failedOnes)
{
    return m_worker->run([this, operation, failedOnes]() -> Done {
        if (const Done free = checkTakenUp(operation, failedOnes); !free)
            return free;
        return m_commits->transactNow([&] {
            m_database->prepare(u"UPDATE target SET state=?, outcome=NULL WHERE operation=? AND state IN (?,?)"_s)
                .bind(int(TargetState::Planned), operation, int(TargetState::Stopped),
                      int(failedOnes ? TargetState::Failed : TargetState::Stopped))
                .step();
        });
    });
}

QFuture<Result<qint64>> Journal::add(std::shared_ptr<const Plan> plan, qint64 nowMs)
{
    return m_worker->run([this, plan = std::move(plan), nowMs]() -> Result<qint64> {
        // Both on this thread: nothing can begin between the question and the answer.
        if (const Done free = checkConflicts(*plan); !free)
            return fail(free.error());
        qint64 operation = 0;
        Database &db = *m_database;
        const Done done = m_commits->transactNow([&] {
            Statement add = db.prepare(
                u"INSERT INTO operation(id,kind,state,title,options,warnings,cannot_come_back,created,undoes,"
                "archive) VALUES(?,?,'planned',?,?,?,?,?,?,nullif(?,''))"_s);
            const QString id = u"op_"_s + QUuid::createUuid().toString(QUuid::Id128);
            const OptTime undoes = plan->undoes != 0 ? OptTime(plan->undoes) : OptTime();
            add.bind(id, kindWord(plan->kind), titleOf(*plan), compactText(plan->options),
                     jsonText(QJsonArray::fromStringList(plan->warnings)),
                     jsonText(QJsonArray::fromStringList(plan->cannotComeBack)), nowMs, undoes, plan->archive)
                .step();
            operation = db.lastInsertRowId();
            Statement target = db.prepare(
                u"INSERT INTO target(operation,place,object,resource,label,why,phase,state,outcome,last_active,"
                "messages,runs,bytes,cost,steps) VALUES(?,?,?,?,?,?,?,?,nullif(?,''),?,?,?,?,?,nullif(?,''))"_s);
            int place = 0;
            for (const PlanTarget &t : plan->targets) {
                if (!t.chosen)
                    continue;
                const auto cost = t.cost && t.cost->pricedRuns > 0 ? std::optional(t.cost->known.pico) : std::nullopt;
                const auto state = t.keptBack.isEmpty() ? TargetState::Planned : TargetState::Skipped;
                target
                    .bind(operation, place++, t.id, int(t.resource), t.label, t.why, t.phase, int(state), t.keptBack,
                          t.lastActive, t.messages, t.runs, t.bytes, cost,
                          t.steps.empty() ? QString() : jsonText(stepsToJson(t.steps)))
                    .step();
            }
            if (plan->undoes != 0)
                db.prepare(u"UPDATE operation SET undone_by=? WHERE key=?"_s).bind(operation, plan->undoes).step();
        });
        if (!done)
            return fail(done.error());
        return operation;
    });
}

QFuture<Done> Journal::write(JournalEntry entry)
{
    return commit([this, entry = std::move(entry)] {
        Statement put = m_database->prepare(
            u"INSERT INTO step(target,place,act,state,sent,answered,result,note) VALUES(?,?,?,?,?,?,nullif(?,''),"
            "nullif(?,'')) ON CONFLICT DO UPDATE SET act=excluded.act, state=excluded.state, "
            "sent=coalesce(excluded.sent,sent), answered=excluded.answered, "
            "result=coalesce(excluded.result,result), note=excluded.note"_s);
        for (const StepRecord &step : entry.steps)
            put.bind(entry.target, step.place, actWord(step.act), int(step.state), step.sentAt, step.answeredAt,
                     step.result.isEmpty() ? QString() : compactText(step.result), step.note)
                .step();
        if (entry.outcome)
            m_database
                ->prepare(u"UPDATE target SET state=?, outcome=nullif(?,''), made=coalesce(nullif(?,''),made) WHERE "
                          "key=?"_s)
                .bind(int(entry.outcome->state), entry.outcome->outcome, entry.outcome->made, entry.target)
                .step();
    });
}

QFuture<Done> Journal::setState(qint64 operation, OperationState state, qint64 nowMs, const QString &problem)
{
    const bool ends = state == OperationState::Finished || state == OperationState::Cancelled;
    return commit([this, operation, state, nowMs, problem, ends] {
        m_database
            ->prepare(u"UPDATE operation SET state=?2, problem=nullif(?3,''), started=coalesce(started,?4), "
                      "ended=CASE WHEN ?5 THEN ?4 END WHERE key=?1"_s)
            .bind(operation, stateWord(state), problem, nowMs, int(ends))
            .step();
    });
}

QFuture<Done> Journal::setArchive(qint64 operation, const QString &file)
{
    return commit([this, operation, file] {
        m_database->prepare(u"UPDATE operation SET archive=? WHERE key=?"_s).bind(file, operation).step();
    });
}

QFuture<Done> Journal::markInterrupted()
{
    return commit([this] {
        m_database->prepare(u"UPDATE operation SET state='interrupted' WHERE state IN ('planned','running')"_s)
            .bind()
            .step();
    });
}

QFuture<Done> Journal::pin(const QStringList &objects, bool pinned, qint64 nowMs)
{
    return commit([this, objects, pinned, nowMs] {
        for (const QString &object : objects)
            if (pinned)
                m_database->prepare(u"INSERT OR IGNORE INTO pin(object,since) VALUES(?,?)"_s)
                    .bind(object, nowMs)
                    .step();
            else
                m_database->prepare(u"DELETE FROM pin WHERE object=?"_s).bind(object).step();
    });
}

QFuture<Done> Journal::silence(std::vector<Finding> findings, OptTime until, const QString &reason, qint64 nowMs)
{
    return commit([this, findings = std::move(findings), until, reason, nowMs] {
        Statement put = m_database->prepare(u"INSERT OR REPLACE INTO verdict(rule,subject,id,given,until,reason,"
                                            "severity,spent,monthly,count) VALUES(?,?,?,?,?,?,?,?,?,?)"_s);
        for (const Finding &f : findings)
            put.bind(QString::fromLatin1(f.rule), int(f.subject), f.id, nowMs, until, reason, int(f.severity),
                     f.spent ? std::optional(f.spent->pico) : std::nullopt,
                     f.monthly ? std::optional(f.monthly->pico) : std::nullopt, f.evidenceCount)
                .step();
    });
}

QFuture<Done> Journal::speakAgain(std::vector<Finding> findings)
{
    return commit([this, findings = std::move(findings)] {
        Statement drop = m_database->prepare(u"DELETE FROM verdict WHERE rule=? AND subject=? AND id=?"_s);
        for (const Finding &f : findings)
            drop.bind(QString::fromLatin1(f.rule), int(f.subject), f.id).step();
    });
}

QFuture<Done> Journal::saveRule(const QString &name, const QJsonObject &content)
{
    return commit([this, name, content] {
        if (content.isEmpty())
            m_database->prepare(u"DELETE FROM rule WHERE name=?"_s).bind(name).step();
        else
            m_database->prepare(u"INSERT OR REPLACE INTO rule(name,content) VALUES(?,?)"_s)
                .bind(name, compactText(content))
                .step();
    });
}

QFuture<Done> Journal::rememberHash(const QString &file, const QString &hash)
{
    return commit([this, file, hash] {
        m_database->prepare(u"INSERT OR REPLACE INTO content_hash(file,hash) VALUES(?,?)"_s).bind(file, hash).step();
    });
}

QFuture<Result<std::vector<GuardRow>>> Journal::noteSeen(std::vector<GuardRow> seen, const ActLimit &limit)
{
    return m_worker->run([this, seen = std::move(seen), limit]() -> Result<std::vector<GuardRow>> {
        m_database->clearError();
        std::vector<GuardRow> fresh;
        Statement known = m_database->prepare(u"SELECT 1 FROM guard WHERE mark=?"_s);
        for (const GuardRow &row : seen) {
            const bool twice = std::ranges::find(fresh, row.mark, &GuardRow::mark) != fresh.end();
            if (!twice && !known.bind(row.mark).step())
                fresh.push_back(row);
            known.reset();
        }
        if (const Done status = m_database->status(); !status || fresh.empty())
            return status ? Result<std::vector<GuardRow>>(fresh) : fail(status.error());
        const Done done = m_commits->transactNow([&] {
            Statement lately = m_database->prepare(
                u"SELECT count(*) FROM guard WHERE state IN ('acting','acted','failed') AND at>=?"_s);
            qint64 acts = lately.bind(limit.since).step() ? lately.integer(0) : 0;
            lately.reset();
            Statement put = m_database->prepare(
                u"INSERT INTO guard(mark,at,rule,act,thread,run,name,value,most,origin,state,operation,note) "
                "VALUES(?,?,?,?,?,?,?,?,?,?,?,nullif(?,0),nullif(?,'')) RETURNING key"_s);
            for (GuardRow &row : fresh) {
                if (row.state == GuardState::Acting && acts++ >= limit.most) {
                    row.state = GuardState::Asked;
                    row.note = limit.note;
                }
                put.bind(row.mark, row.at, row.rule, row.act, row.thread, row.run, row.name, row.value, row.limit,
                         row.from, guardStateWord(row.state), row.operation, row.note);
                if (put.step())
                    row.key = put.integer(0);
                put.reset();
            }
        });
        if (!done)
            return fail(done.error());
        return fresh;
    });
}

QFuture<Done> Journal::settleSeen(qint64 key, GuardState state, qint64 operation, const QString &note, qint64 nowMs)
{
    return commit([this, key, state, operation, note, nowMs] {
        m_database
            ->prepare(u"UPDATE guard SET state=?2, operation=nullif(?3,0), "
                      "note=coalesce(nullif(?4,''),note), settled=?5 "
                      "WHERE key=?1 AND state NOT IN(?6,?7,?8,?9)"_s)
            .bind(key, guardStateWord(state), operation, note, nowMs, guardStateWord(GuardState::Acted),
                  guardStateWord(GuardState::Failed), guardStateWord(GuardState::Late),
                  guardStateWord(GuardState::Declined))
            .step();
    });
}

QFuture<Result<bool>> Journal::answerSeen(qint64 key, bool allowed, const QString &act, const QString &note,
                                          qint64 nowMs)
{
    return m_worker->run([=, this]() -> Result<bool> {
        bool asked = false;
        const Done done = m_commits->transactNow([&] {
            Statement put = m_database->prepare(u"UPDATE guard SET state=?2, act=coalesce(nullif(?3,''),act), "
                                                "note=coalesce(nullif(?4,''),note), settled=?5 WHERE key=?1 AND "
                                                "state='asked' RETURNING key"_s);
            put.bind(key, guardStateWord(allowed ? GuardState::Allowed : GuardState::Declined),
                     allowed ? act : QString(), note, nowMs);
            asked = put.step();
            put.reset();
        });
        if (!done)
            return fail(done.error());
        return asked;
    });
}

QFuture<Done> Journal::keepInMind(const QString &key, const QString &value)
{
    return commit([this, key, value] {
        m_database->prepare(u"INSERT OR REPLACE INTO guard_memory(key,value) VALUES(?,?)"_s).bind(key, value).step();
    });
}

} // namespace bobbin
