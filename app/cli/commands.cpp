// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include "models/archive/importarchive.h"
#include "models/audit/threadfindings.h"
#include "models/core/format.h"
#include "models/store/whendone.h"

#include <QCoreApplication>
#include <QDir>

#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace bobbin::cli {

using namespace Qt::Literals::StringLiterals;

namespace {

bool canAsk()
{
#ifdef Q_OS_WIN
    return _isatty(_fileno(stdin)) != 0;
#else
    return isatty(fileno(stdin)) != 0;
#endif
}

QString stateWord(TargetState state)
{
    switch (state) {
    case TargetState::Planned:
        return u"not begun"_s;
    case TargetState::Running:
        return u"running"_s;
    case TargetState::Finished:
        return u"done"_s;
    case TargetState::Skipped:
        return u"spared"_s;
    case TargetState::Failed:
        return u"failed"_s;
    case TargetState::Stopped:
        return u"stopped"_s;
    }
    return {};
}

Cell number(std::optional<qint64> n)
{
    return n ? Cell{format::count(*n), *n} : Cell{u"–"_s, {}};
}

void tellTargets(Form form, const std::vector<DoneTarget> &targets)
{
    Output output(form,
                  {{u"target"_s, u"Target"_s, false},
                   {u"label"_s, u"Label"_s, false},
                   {u"state"_s, u"State"_s, false},
                   {u"made"_s, u"Made"_s, false},
                   {u"outcome"_s, u"Outcome"_s, false}});
    for (const DoneTarget &t : targets)
        output.add({{t.target.id, t.target.id},
                    {t.target.label.left(40), t.target.label},
                    {stateWord(t.state), stateWord(t.state)},
                    {t.made, t.made.isEmpty() ? QVariant() : QVariant(t.made)},
                    {t.outcome, t.outcome}});
    output.finish();
}

} // namespace

bool isOperation(const QString &command)
{
    return QStringList{u"rotate"_s, u"cancel"_s, u"cleanup"_s, u"consolidate"_s, u"undo"_s}.contains(command);
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
    if (command == "cleanup"_L1) {
        whenDone(m_operations.planCleanup(m_options.rule), this, [this](const Result<CleanupPlan> &made) {
            if (made)
                withPlan(made->plan);
            else
                refuse(made.error());
        });
    } else if (command == "consolidate"_L1) {
        whenDone(m_operations.planConsolidation(m_options.consolidate, m_options.compare), this, plan);
    } else if (command == "cancel"_L1) {
        whenDone(m_operations.planCancelRuns(m_options.all ? QStringList() : m_options.arguments), this, plan);
    } else if (command == "undo"_L1) {
        undo();
    } else {
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
}

void OperationCommand::undo()
{
    whenDone(m_store->read([given = m_options.arguments](Reader &reader) -> Result<qint64> {
        if (!given.isEmpty())
            return given.first().toLongLong();
        RowQuery newest;
        newest.sort = "created";
        const auto keys = reader.keys(RowKind::Operations, newest, 1);
        if (!keys)
            return fail(keys.error());
        if (keys->keys.empty())
            return fail(Error::Kind::Input, u"There is no operation to take back."_s);
        return keys->keys.front();
    }),
             this, [this](const Result<qint64> &key) {
                 if (!key) {
                     refuse(key.error());
                     return;
                 }
                 whenDone(m_operations.planUndo(*key), this, [this](const Result<Plan> &made) { withPlan(made); });
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
    print(plan.title + u" · "_s + format::count(plan.keptBackCount()) + u" kept back"_s);
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
    if (!m_options.yes) {
        if (!canAsk()) {
            complain(u"nobody is there to ask: add --yes to do it, or --dry-run to see the plan"_s);
            m_end(Refused);
            return;
        }
        showPlan(*plan);
        std::fprintf(stderr, "%s? [y/N] ", qPrintable(plan->title));
        const int answer = std::getchar();
        if (answer != 'y' && answer != 'Y') {
            m_end(Refused);
            return;
        }
    }
    carryOut(*plan);
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

void showActivity(const Options &options, const std::shared_ptr<Store> &store, QObject *context,
                  const OperationCommand::End &end)
{
    if (!options.arguments.isEmpty()) {
        const qint64 key = options.arguments.first().toLongLong();
        whenDone(store->read([key](Reader &reader) { return reader.targets(key, {}, 0, 0); }), context,
                 [form = options.form, end](const Result<std::vector<DoneTarget>> &targets) {
                     if (!targets) {
                         complain(errorText(targets.error()).line());
                         end(Failed);
                         return;
                     }
                     tellTargets(form, *targets);
                     end(targets->empty() ? NothingToDo : AllDone);
                 });
        return;
    }
    whenDone(store->read([limit = options.limit](Reader &reader) -> Result<std::vector<OperationRow>> {
        RowQuery newest;
        newest.sort = "created";
        const auto keys = reader.keys(RowKind::Operations, newest, limit);
        if (!keys)
            return fail(keys.error());
        return reader.rows<OperationRow>(keys->keys);
    }),
             context, [form = options.form, end](const Result<std::vector<OperationRow>> &rows) {
                 if (!rows) {
                     complain(errorText(rows.error()).line());
                     end(Failed);
                     return;
                 }
                 Output output(form,
                               {{u"operation"_s, u"No."_s, true},
                                {u"created_at"_s, u"Started"_s, false},
                                {u"title"_s, u"Operation"_s, false},
                                {u"state"_s, u"State"_s, false},
                                {u"targets"_s, u"Targets"_s, true},
                                {u"done"_s, u"Done"_s, true},
                                {u"failed"_s, u"Failed"_s, true},
                                {u"spared"_s, u"Spared"_s, true},
                                {u"undone_by"_s, u"Taken back by"_s, true}});
                 for (const OperationRow &r : *rows)
                     output.add({{QString::number(r.key), r.key},
                                 {format::when(r.createdAt), *r.createdAt},
                                 {r.title, r.title},
                                 {r.state, r.state},
                                 number(r.targets),
                                 number(r.done),
                                 number(r.failed),
                                 number(r.skipped),
                                 r.undoneBy ? Cell{QString::number(r.undoneBy), r.undoneBy} : Cell{{}, {}}});
                 output.finish();
                 end(AllDone);
             });
}

int archiveCommand(const Options &options, const std::shared_ptr<const PriceTable> &prices)
{
    const QString what = options.arguments.value(0);
    const QString file = options.arguments.value(1);
    Result<ArchiveCount> count = fail(Error::Kind::Input, u"archive wants: verify FILE, or open FILE --store FILE"_s);
    if (what == "verify"_L1) {
        count = readArchive(file, {});
    } else if (what == "open"_L1) {
        auto store = Store::open(options.storeFile, prices).result();
        count = store ? importArchive(file, **store) : fail(store.error());
    }
    if (!count) {
        complain(errorText(count.error()).line());
        return Failed;
    }
    Output output(options.form,
                  {{u"frames"_s, u"Frames"_s, true},
                   {u"threads"_s, u"Threads"_s, true},
                   {u"messages"_s, u"Messages"_s, true},
                   {u"runs"_s, u"Runs"_s, true},
                   {u"steps"_s, u"Steps"_s, true},
                   {u"vector_stores"_s, u"Stores"_s, true},
                   {u"files"_s, u"Files"_s, true},
                   {u"contents"_s, u"Contents"_s, true},
                   {u"bytes"_s, u"Bytes"_s, true}});
    output.add({number(count->frames), number(count->threads), number(count->messages), number(count->runs),
                number(count->steps), number(count->stores), number(count->files), number(count->contents),
                number(count->bytes)});
    output.finish();
    return AllDone;
}

} // namespace bobbin::cli
