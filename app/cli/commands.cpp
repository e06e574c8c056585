// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include "app/cli/outcomes.h"

#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QCoreApplication>
#include <QDir>
#include <QTimer>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

bool isOperation(const Options &options)
{
    static const QStringList all{u"rotate"_s, u"cancel"_s, u"cleanup"_s, u"consolidate"_s,
                                 u"undo"_s,   u"retry"_s,  u"finish"_s};
    return all.contains(options.command) ||
        (options.command == "archive"_L1 && options.arguments.value(0) == "export"_L1);
}

OperationCommand::OperationCommand(const Options &options, std::shared_ptr<Store> store, Workspace &workspace,
                                   Patience &patience, End end)
    : m_options(options), m_store(std::move(store)), m_operations(workspace.operations()), m_patience(patience),
      m_end(std::move(end))
{
    connect(&m_patience, &Patience::timedOut, this, &OperationCommand::giveUp);
}

// Cancelled between steps where that is possible; what hangs in the middle of one is left as after a crash.
void OperationCommand::giveUp()
{
    constexpr int graceMs = 5'000;
    if (m_operation == 0) {
        complain(u"nothing moved for %1 seconds: nothing was begun"_s.arg(m_options.timeoutSeconds));
        m_end(TimedOut);
        return;
    }
    complain(
        u"nothing moved for %1 seconds: left as it is; \"bobbin-cli finish %2\" goes on"_s.arg(m_options.timeoutSeconds)
            .arg(m_operation));
    m_gaveUp = true;
    m_operations.cancel(m_operation);
    QTimer::singleShot(graceMs, this, [this] { m_end(TimedOut); });
}

void OperationCommand::refuse(const Error &error)
{
    complain(errorText(error).line());
    const bool refused = error.kind == Error::Kind::Input || error.kind == Error::Kind::Conflict ||
        error.kind == Error::Kind::NotSupported;
    m_end(refused ? Refused : Failed);
}

void OperationCommand::start()
{
    const QString &command = m_options.command;
    m_patience.begin(u"planning"_s);
    const auto plan = [this](const Result<Plan> &made) { withPlan(made); };
    if (command == "cleanup"_L1)
        cleanup();
    else if (command == "consolidate"_L1)
        whenDone(m_operations.planConsolidation(m_options.consolidate, m_options.compare), this,
                 [this](const Result<ConsolidatePlan> &made) {
                     for (const QString &store : m_options.consolidate.preferred)
                         if (made && !made->groups.contains(store)) {
                             complain(u"--survivor %1: it would not survive; it is in no group, or another one of the "
                                      "same group was named as well"_s.arg(store));
                             m_end(Usage);
                             return;
                         }
                     withPlan(made ? Result<Plan>(made->plan) : fail(made.error()));
                 });
    else if (command == "cancel"_L1)
        whenDone(m_operations.planCancelRuns(m_options.all ? QStringList() : m_options.arguments), this, plan);
    else if (command == "undo"_L1)
        withOperation([this, plan](qint64 key) { whenDone(m_operations.planUndo(key), this, plan); });
    else if (command == "archive"_L1)
        exportArchive();
    else if (command == "rotate"_L1)
        rotate();
    else
        again();
}

void OperationCommand::cleanup()
{
    const auto plan = [this](const CleanupRule &rule) {
        whenDone(m_operations.planCleanup(rule), this, [this](const Result<CleanupPlan> &made) {
            withPlan(made ? Result<Plan>(made->plan) : fail(made.error()));
        });
    };
    if (m_options.savedRule.isEmpty()) {
        plan(m_options.rule);
        return;
    }
    whenDone(m_operations.rules(), this,
             [this, plan](const Result<std::vector<std::pair<QString, CleanupRule>>> &saved) {
                 if (!saved) {
                     refuse(saved.error());
                     return;
                 }
                 QStringList names;
                 for (const auto &[name, rule] : *saved) {
                     if (name == m_options.savedRule) {
                         plan(rule);
                         return;
                     }
                     names << u"\""_s + name + u"\""_s;
                 }
                 complain(u"there is no rule \"%1\"; saved: %2"_s.arg(
                     m_options.savedRule, names.isEmpty() ? u"none"_s : names.join(u", "_s)));
                 m_end(Usage);
             });
}

void OperationCommand::rotate()
{
    const auto draft = [this](const QStringList &threads) {
        whenDone(m_operations.draftRotations(threads, m_options.rotate), this,
                 [this](const Result<std::vector<RotateDraft>> &drafts) {
                     if (drafts)
                         withPlan(planRotation(*drafts, m_options.rotate));
                     else
                         refuse(drafts.error());
                 });
    };
    if (!m_options.above) {
        draft(m_options.arguments);
        return;
    }
    whenDone(m_operations.threadsAbove(*m_options.above), this, [this, draft](const Result<QStringList> &ids) {
        if (ids)
            draft(*ids);
        else
            refuse(ids.error());
    });
}

void OperationCommand::exportArchive()
{
    const QStringList given = m_options.arguments.mid(1);
    const auto plan = [this](const QStringList &threads) {
        whenDone(m_operations.planArchive(threads, m_options.toFile), this,
                 [this](const Result<Plan> &made) { withPlan(made); });
    };
    if (!given.isEmpty()) {
        plan(given);
        return;
    }
    whenDone(m_store->read([filter = m_options.filter](Reader &reader) -> Result<QStringList> {
        RowQuery query;
        query.filter = filter;
        const auto keys = reader.keys(RowKind::Threads, query);
        if (!keys)
            return fail(keys.error());
        const auto rows = reader.rows<ThreadRow>(keys->keys);
        if (!rows)
            return fail(rows.error());
        QStringList ids;
        for (const ThreadRow &row : *rows)
            ids << row.id;
        return ids;
    }),
             this, [this, plan](const Result<QStringList> &ids) {
                 if (ids)
                     plan(*ids);
                 else
                     refuse(ids.error());
             });
}

void OperationCommand::again()
{
    const bool retry = m_options.command == "retry"_L1;
    withOperation([this, retry](qint64 key) {
        whenDone(
            m_store->read([key](Reader &reader) { return withTargets(reader, key); }), this,
            [this, key, retry](const Result<DoneOperation> &operation) {
                if (!operation) {
                    refuse(operation.error());
                    return;
                }
                DoneOperation open = *operation;
                std::erase_if(open.targets, [retry](const DoneTarget &t) {
                    const bool is = t.state == TargetState::Stopped ||
                        (retry ? t.state == TargetState::Failed
                               : t.state == TargetState::Planned || t.state == TargetState::Running);
                    return !is;
                });
                if (m_options.dryRun || open.targets.empty()) {
                    tellOutcome(m_options.form, open);
                    m_end(open.targets.empty() ? NothingToDo : AllDone);
                    return;
                }
                if (!confirmed(u"Go on with %1 targets of operation %2"_s.arg(open.targets.size()).arg(key), [] {})) {
                    m_end(Refused);
                    return;
                }
                whenDone(retry ? m_operations.retryFailed(key) : m_operations.finish(key), this,
                         [this, key](const Done &done) {
                             if (done)
                                 follow(key);
                             else
                                 refuse(done.error());
                         });
            });
    });
}

void OperationCommand::withOperation(const std::function<void(qint64)> &use)
{
    whenDone(m_store->read([given = m_options.arguments](Reader &reader) -> Result<qint64> {
        if (!given.isEmpty()) {
            const qint64 key = given.first().toLongLong();
            const auto there = reader.operation(key);
            if (there)
                return key;
            if (there.error().kind != Error::Kind::NotFound)
                return fail(there.error());
            return fail(Error::Kind::Input, u"there is no operation \"%1\"; activity lists them"_s.arg(given.first()));
        }
        RowQuery newest;
        newest.sort = "created";
        const auto keys = reader.keys(RowKind::Operations, newest, 1);
        if (!keys)
            return fail(keys.error());
        if (keys->keys.empty())
            return fail(Error::Kind::Input, u"There was no operation yet."_s);
        return keys->keys.front();
    }),
             this, [this, use](const Result<qint64> &key) {
                 if (key)
                     use(*key);
                 else
                     refuse(key.error());
             });
}

void OperationCommand::showPlan(const Plan &plan) const
{
    Output output(m_options.form,
                  {{u"target"_s, u"Target"_s, false},
                   {u"label"_s, u"Label"_s, false},
                   {u"included"_s, u"Included"_s, false},
                   {u"why"_s, u"Why"_s, false},
                   {u"messages"_s, u"Messages"_s, true},
                   {u"lastActive"_s, u"Last active"_s, false},
                   {u"costUsd"_s, u"Cost"_s, true},
                   {u"unknownRuns"_s, u"Unpriced"_s, true},
                   {u"keptBack"_s, u"Kept back"_s, false}});
    for (const PlanTarget &t : plan.targets) {
        const QString included = t.included() ? u"yes"_s : u"no"_s;
        const QVariant cost = t.cost && t.cost->pricedRuns > 0 ? QVariant(t.cost->known.dollars()) : QVariant();
        output.add({{t.id, t.id},
                    {t.label.left(40), t.label},
                    {included, t.included()},
                    {t.why, t.why},
                    number(t.messages),
                    {format::when(t.lastActive), t.lastActive ? QVariant(format::isoTime(*t.lastActive)) : QVariant()},
                    {t.cost ? format::money(*t.cost) : u"–"_s, cost},
                    t.cost ? number(t.cost->unknownRuns) : Cell{u"–"_s, {}},
                    {t.keptBack, t.keptBack.isEmpty() ? QVariant() : QVariant(t.keptBack)}});
    }
    if (m_options.form == Form::Json) {
        const auto list = [](const QStringList &lines) { return QJsonArray::fromStringList(lines); };
        printJson({{u"kind"_s, kindWord(plan.kind)},
                   {u"title"_s, titleOf(plan)},
                   {u"warnings"_s, list(plan.warnings)},
                   {u"cannotComeBack"_s, list(plan.cannotComeBack)},
                   {u"smallPrint"_s, list(plan.smallPrint)},
                   {u"targets"_s, output.toJson()}});
        return;
    }
    output.finish();
    if (m_options.form == Form::Text)
        print(titleOf(plan) + u" · "_s + format::count(plan.keptBackCount()) + u" kept back"_s);
    say(plan);
}

// The same words whether it is shown, asked about, or done at once with --yes.
void OperationCommand::say(const Plan &plan) const
{
    for (const QString &warning : plan.warnings)
        complain(u"warning: "_s + warning);
    for (const QString &lost : plan.cannotComeBack)
        complain(u"an undo does not bring back: "_s + lost);
    for (const QString &line : plan.smallPrint)
        complain(u"note: "_s + line);
}

void OperationCommand::withPlan(const Result<Plan> &plan)
{
    if (!plan) {
        refuse(plan.error());
        return;
    }
    if (plan->count() == 0 || m_options.dryRun) {
        showPlan(*plan);
        m_end(plan->count() == 0 ? NothingToDo : AllDone);
        return;
    }
    if (m_options.yes && m_options.form != Form::Json)
        say(*plan);
    if (confirmed(titleOf(*plan), [&] { showPlan(*plan); }))
        carryOut(*plan);
    else
        m_end(Refused);
}

bool OperationCommand::confirmed(const QString &title, const std::function<void()> &show) const
{
    if (m_options.yes)
        return true;
    if (!isTerminal(stdin)) {
        complain(u"nobody is there to ask: add --yes to do it, or --dry-run to see the plan"_s);
        return false;
    }
    m_patience.end(); // now it is the person who takes his time
    show();
    std::fprintf(stderr, "%s? [y/N] ", qPrintable(title));
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

void OperationCommand::carryOut(const Plan &plan)
{
    whenDone(m_operations.start(std::make_shared<const Plan>(plan)), this, [this](const Result<qint64> &key) {
        if (key)
            follow(*key);
        else
            refuse(key.error());
    });
}

void OperationCommand::follow(qint64 operation)
{
    m_operation = operation;
    m_patience.begin(u"operation %1"_s.arg(operation));
    connect(&m_operations, &Operations::progressed, this, [this, operation](const OperationProgress &p) {
        if (p.operation == operation)
            progressed(p);
    });
    connect(&m_operations, &Operations::ended, this, [this, operation](qint64 which, const Done &done) {
        if (which != operation)
            return;
        if (m_gaveUp)
            m_end(TimedOut);
        else if (!done)
            refuse(done.error());
        else
            tell(operation);
    });
    if (!m_operations.running(operation))
        tell(operation);
}

void OperationCommand::progressed(const OperationProgress &p)
{
    if (p.waits)
        m_patience.waits(p.waits->what, p.waits->next, p.waits->sinceMs);
    else
        m_patience.moved();
    QString line = u"%1 of %2"_s.arg(format::count(p.settled()), format::count(p.total));
    if (p.failed > 0)
        line += u", %1 failed"_s.arg(format::count(p.failed));
    if (p.restMs && p.settled() < p.total)
        line += u", about %1 left"_s.arg(format::duration(p.restMs));
    if (p.waits)
        line += u" · %1: %2"_s.arg(p.waits->what, p.waits->next);
    m_patience.progress(line);
    if (p.state != OperationProgress::State::Asking || !p.error)
        return;
    // Nobody can be asked: what was not begun is left, and can be finished later.
    complain(errorText(*p.error).line());
    m_operations.cancel(m_operation);
}

void OperationCommand::tell(qint64 operation)
{
    m_patience.end();
    disconnect(&m_operations, nullptr, this, nullptr);
    whenDone(m_store->read([operation](Reader &reader) { return withTargets(reader, operation); }), this,
             [this](const Result<DoneOperation> &found) {
                 if (!found) {
                     refuse(found.error());
                     return;
                 }
                 DoneOperation told = *found;
                 if (m_options.form != Form::Json)
                     told.cannotComeBack.clear(); // was said before
                 tellOutcome(m_options.form, told);
                 const bool all = std::ranges::all_of(found->targets, [](const DoneTarget &t) {
                     return t.state == TargetState::Finished || t.state == TargetState::Skipped;
                 });
                 m_end(all ? AllDone : PartFailed);
             });
}

} // namespace bobbin::cli
