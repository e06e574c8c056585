// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include "app/cli/outcomes.h"

#include "models/audit/threadfindings.h"
#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QCoreApplication>
#include <QDir>

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

bool isOperation(const Options &options)
{
    static const QStringList all{u"rotate"_s, u"cancel"_s, u"cleanup"_s, u"consolidate"_s,
                                 u"undo"_s,   u"retry"_s,  u"finish"_s};
    return all.contains(options.command) ||
        (options.command == "archive"_L1 && options.arguments.value(0) == "export"_L1);
}

OperationCommand::OperationCommand(const Options &options, std::shared_ptr<Store> store, Workspace &workspace, End end)
    : m_options(options), m_store(std::move(store)), m_operations(workspace.operations()), m_end(std::move(end))
{
}

void OperationCommand::refuse(const Error &error)
{
    complain(errorText(error).line());
    m_end(error.kind == Error::Kind::Input || error.kind == Error::Kind::Conflict ? Refused : Failed);
}

void OperationCommand::start()
{
    const QString &command = m_options.command;
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
        whenDone(m_store->read([key](Reader &reader) { return reader.targets(key, {}, 0, 0); }), this,
                 [this, key, retry](const Result<std::vector<DoneTarget>> &targets) {
                     const auto open = [retry](const DoneTarget &t) {
                         return t.state == TargetState::Stopped ||
                             (retry ? t.state == TargetState::Failed
                                    : t.state == TargetState::Planned || t.state == TargetState::Running);
                     };
                     if (!targets) {
                         refuse(targets.error());
                         return;
                     }
                     if (m_options.dryRun || std::ranges::none_of(*targets, open)) {
                         std::vector<DoneTarget> shown = *targets;
                         std::erase_if(shown, std::not_fn(open));
                         tellTargets(m_options.form, shown);
                         m_end(shown.empty() ? NothingToDo : AllDone);
                         return;
                     }
                     const auto count = std::ranges::count_if(*targets, open);
                     if (!confirmed(u"Go on with %1 targets of operation %2"_s.arg(count).arg(key), [] {})) {
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
                   {u"last_active"_s, u"Last active"_s, false},
                   {u"cost"_s, u"Cost"_s, true},
                   {u"kept_back"_s, u"Kept back"_s, false}});
    for (const PlanTarget &t : plan.targets) {
        const QString included = t.included() ? u"yes"_s : u"no"_s;
        const QVariant cost = t.cost && t.cost->pricedRuns > 0 ? QVariant(t.cost->known.dollars()) : QVariant();
        output.add({{t.id, t.id},
                    {t.label.left(40), t.label},
                    {included, t.included()},
                    {t.why, t.why},
                    number(t.messages),
                    {format::when(t.lastActive), t.lastActive ? QVariant(*t.lastActive) : QVariant()},
                    {t.cost ? format::money(*t.cost) : u"–"_s, cost},
                    {t.keptBack, t.keptBack.isEmpty() ? QVariant() : QVariant(t.keptBack)}});
    }
    output.finish();
    if (m_options.form != Form::Text)
        return;
    print(titleOf(plan) + u" · "_s + format::count(plan.keptBackCount()) + u" kept back"_s);
    for (const QString &warning : plan.warnings)
        print(u"warning: "_s + warning);
    for (const QString &lost : plan.cannotComeBack)
        print(u"an undo does not bring back: "_s + lost);
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
    connect(&m_operations, &Operations::progressed, this, [this, operation](const OperationProgress &p) {
        if (p.operation != operation || p.state != OperationProgress::State::Asking || !p.error)
            return;
        // Nobody can be asked: what was not begun is left, and can be finished later.
        complain(errorText(*p.error).line());
        m_operations.cancel(operation);
    });
    connect(&m_operations, &Operations::ended, this, [this, operation](qint64 which, const Done &done) {
        if (which != operation)
            return;
        if (!done)
            refuse(done.error());
        else
            tell(operation);
    });
    if (!m_operations.running(operation))
        tell(operation);
}

void OperationCommand::tell(qint64 operation)
{
    disconnect(&m_operations, nullptr, this, nullptr);
    whenDone(m_store->read([operation](Reader &reader) { return reader.targets(operation, {}, 0, 0); }), this,
             [this](const Result<std::vector<DoneTarget>> &targets) {
                 if (!targets) {
                     refuse(targets.error());
                     return;
                 }
                 tellTargets(m_options.form, *targets);
                 const bool all = std::ranges::all_of(*targets, [](const DoneTarget &t) {
                     return t.state == TargetState::Finished || t.state == TargetState::Skipped;
                 });
                 m_end(all ? AllDone : PartFailed);
             });
}

} // namespace bobbin::cli
