// SPDX-License-Identifier: GPL-3.0-or-later
// The plan that takes an operation back: what the journal and the archive have of it, and how it stands now.
#include "models/operations/acts/handler.h"
#include "models/operations/operations.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDir>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct UndoText {
    Q_DECLARE_TR_FUNCTIONS(UndoPlan)
};

// Cut short, or with a step that was sent and whose answer is not known.
bool isUnsure(const DoneOperation &operation)
{
    const bool open = operation.state != OperationState::Finished && operation.state != OperationState::Cancelled;
    return open || std::ranges::any_of(operation.targets, [](const DoneTarget &target) {
               return std::ranges::any_of(target.steps, [](const DoneStep &step) {
                   return step.state == StepState::Sent && changesServer(step.step.act);
               });
           });
}

Result<DoneOperation> readWhole(Reader &reader, qint64 key)
{
    auto operation = withTargets(reader, key);
    if (!operation)
        return operation;
    for (DoneTarget &target : operation->targets) {
        auto begun = reader.begunSteps(target.key);
        if (!begun)
            return fail(begun.error());
        const std::vector<Step> steps = stepsOf(operation->kind, target.target);
        for (DoneStep &step : *begun)
            if (std::size_t(step.place) < steps.size())
                step.step = steps[std::size_t(step.place)];
        target.steps = *std::move(begun);
    }
    return operation;
}

// What the archive has of the stores that were deleted.
Result<UndoFacts> archivedStores(const DoneOperation &operation, const QString &folder, const Provider &own)
{
    UndoFacts facts;
    for (const DoneTarget &target : operation.targets) {
        const DoneStep *archived = target.done(Act::ArchiveStores);
        if (!archived || !target.done(Act::DeleteStore))
            continue;
        const auto frame = readArchived(QDir(folder).filePath(operation.archive), frameFromJson(archived->result));
        if (!frame)
            return fail(frame.error());
        const Result<const Provider *> provider = providerOf(frame->origin, own);
        if (!provider)
            return fail(provider.error());
        for (const ArchivedObject &object : frame->objects) {
            if (object.type != "vector_store"_L1)
                continue;
            const auto read = (*provider)->readItem(Resource::VectorStores, {}, object.raw);
            const auto about = (*provider)->readBelongings(object.raw);
            if (!read || read->stores.empty() || !about)
                continue;
            const QString id = read->stores.front().id;
            ArchivedStore one{{about->name, about->metadata, about->expires}, {}};
            for (const ArchivedObject &file : frame->objects)
                if (file.type == "vector_store_file"_L1 && file.parent.store == id)
                    if (const auto again = (*provider)->againInStore(file.raw))
                        one.files.push_back(*again);
            facts.stores.insert(id, one);
        }
    }
    return facts;
}

} // namespace

QCoro::Task<Result<UndoFacts>> Operations::madeThreads(DoneOperation operation)
{
    QStringList made;
    for (const DoneTarget &target : operation.targets)
        if (!target.made.isEmpty())
            made << target.made;
    auto refreshing = refreshAll(made);
    co_await refreshing;
    const auto query = [made](Reader &reader) -> Result<UndoFacts> {
        UndoFacts facts;
        for (const QString &id : made) {
            const auto key = reader.keyOf(RowKind::Threads, id);
            if (!key)
                return fail(key.error());
            if (!*key)
                continue;
            const auto rows = reader.rows<ThreadRow>({**key});
            if (!rows)
                return fail(rows.error());
            const ThreadRow &row = rows->front();
            facts.made.insert(
                id, {row.messages.value_or(0), row.runs.value_or(0), row.activeRuns, row.lastActiveAt, row.gone});
        }
        return facts;
    };
    auto reading = m_store.read(query);
    co_return co_await reading;
}

QCoro::Task<Result<Plan>> Operations::undo(qint64 operation)
{
    if (!takeUp(operation)) // and it cannot go on while this is planned
        co_return fail(Error::Kind::Conflict, UndoText::tr("It is running; cancel it first, or wait for its end."));
    auto planning = planTakingBack(operation);
    Result<Plan> plan = co_await planning;
    letGo(operation);
    co_return plan;
}

Result<DoneOperation> withTargets(Reader &reader, qint64 operation)
{
    auto done = reader.operation(operation);
    if (!done)
        return done;
    auto targets = reader.targets(operation, {}, 0, 0);
    if (!targets)
        return fail(targets.error());
    const auto result = reader.result(operation);
    if (!result)
        return fail(result.error());
    done->targets = *std::move(targets);
    done->result = *result;
    return done;
}

QCoro::Task<Result<Plan>> Operations::planTakingBack(qint64 operation)
{
    const auto query = [operation](Reader &reader) { return readWhole(reader, operation); };
    auto reading = m_store.read(query, Store::Lane::Scan);
    auto done = co_await reading;
    if (!done)
        co_return fail(done.error());
    if (isUnsure(*done)) {
        const Result<Hold> held = hold(); // of a program that died, or of another one at work
        if (!held)
            co_return fail(held.error());
        auto looking = m_executor.lookUp(operation);
        const Done looked = co_await looking;
        if (!looked)
            co_return fail(looked.error());
        auto readingAgain = m_store.read(query, Store::Lane::Scan);
        done = co_await readingAgain;
        if (!done)
            co_return fail(done.error());
    }
    Result<UndoFacts> facts;
    if (done->kind == OperationKind::Rotate) {
        auto looking = madeThreads(*done);
        facts = co_await looking;
    } else {
        const auto archive = [operation = *done, folder = Store::archiveFolder(m_store.path())](Reader &reader) {
            return archivedStores(operation, folder, reader.provider());
        };
        auto asking = m_store.read(archive, Store::Lane::Scan);
        facts = co_await asking;
    }
    if (!facts)
        co_return fail(facts.error());
    const auto before = [operation](Reader &reader) { return reader.takenBack(operation); };
    auto askingBefore = m_store.read(before);
    const auto takenBack = co_await askingBefore;
    if (!takenBack)
        co_return fail(takenBack.error());
    facts->takenBack = *takenBack;
    co_return bobbin::planUndo(*done, *facts, m_client.provider().capabilities());
}

} // namespace bobbin
