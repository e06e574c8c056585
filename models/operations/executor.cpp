// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/executor.h"

#include "models/core/clock.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QDateTime>
#include <QDir>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct WaitText {
    Q_DECLARE_TR_FUNCTIONS(Executor)
};

} // namespace

Executor::Executor(ApiClient &client, Store &store, SyncService &sync, QObject *parent)
    : QObject(parent), m_client(client), m_store(store), m_sync(sync)
{
}

void Executor::stop()
{
    m_stop->request();
}

Executor::Outcome Executor::finished(QJsonObject result, QString note)
{
    return {Outcome::Kind::Finished, std::move(result), std::move(note), {}};
}

Executor::Outcome Executor::skip(QString why)
{
    return {Outcome::Kind::Skip, {}, std::move(why), {}};
}

Executor::Outcome Executor::failed(Error error)
{
    return {Outcome::Kind::Failed, {}, {}, std::move(error)};
}

void Executor::tell(const JobPtr &run)
{
    OperationProgress &p = run->progress;
    const qint64 settledNow = p.settled() - run->settledBefore;
    p.restMs.reset();
    if (settledNow >= 3)
        p.restMs = (nowMs() - run->startedMs) * (p.total - p.settled()) / settledNow;
    p.waits = longestWait(*run);
    Q_EMIT progressed(p);
}

std::optional<OperationProgress::Waits> Executor::longestWait(const Job &run) const
{
    constexpr qint64 worthAWordMs = 3'000;
    const OperationProgress::Waits *longest = nullptr;
    for (const OperationProgress::Waits &one : run.underWay)
        if (!longest || one.sinceMs < longest->sinceMs)
            longest = &one;
    if (!longest || nowMs() - longest->sinceMs < worthAWordMs)
        return std::nullopt;
    OperationProgress::Waits waits = *longest;
    if (const auto held = m_client.heldFor(); held.count() > 0)
        waits.next = WaitText::tr("the server asked for fewer requests; the next one goes out in %1")
                         .arg(format::duration(held.count()));
    return waits;
}

void Executor::settled(const JobPtr &run, TargetState state)
{
    switch (state) {
    case TargetState::Finished:
        ++run->progress.done;
        break;
    case TargetState::Failed:
    case TargetState::Stopped:
        ++run->progress.failed;
        break;
    case TargetState::Skipped:
        ++run->progress.skipped;
        break;
    case TargetState::Planned:
    case TargetState::Running:
        return;
    }
    tell(run);
}

QCoro::Task<Done> Executor::journal(JournalEntry entry)
{
    moment("before journal");
    auto written = m_store.journal().write(std::move(entry));
    Done done = co_await written;
    moment("after journal");
    co_return done;
}

QCoro::Task<Result<QByteArray>> Executor::sendRequest(Request request)
{
    moment("before request");
    auto sending = m_client.send(std::move(request), m_stop);
    Result<QByteArray> answer = co_await sending;
    moment("after request");
    co_return answer;
}

QCoro::Task<Result<QByteArray>> Executor::send(Change change)
{
    const Result<Request> request = m_client.provider().change(change);
    if (!request)
        co_return fail(request.error());
    auto sending = sendRequest(*request);
    co_return co_await sending;
}

QCoro::Task<Result<QByteArray>> Executor::sendNow(Change change)
{
    Result<Request> request = m_client.provider().change(change);
    if (!request)
        co_return fail(request.error());
    request->prompt = true;
    auto sending = sendRequest(*request);
    co_return co_await sending;
}

QCoro::Task<Done> Executor::edit(Resource resource, Change change)
{
    auto sending = send(change);
    const Result<QByteArray> answer = co_await sending;
    if (!answer)
        co_return fail(answer.error());
    if (const Result<Objects> now = m_client.provider().readItem(resource, {}, *answer)) {
        auto storing = put(*now);
        std::ignore = co_await storing;
    }
    co_return Done();
}

QCoro::Task<Done> Executor::eachPage(ListRef ref, std::function<bool(const Page &)> use)
{
    ListToken from;
    QSet<ListToken> seen;
    while (true) {
        auto asking = m_client.page(ref, from, m_stop);
        const Result<Page> page = co_await asking;
        if (!page)
            co_return fail(page.error());
        // The server repeats itself: nothing of it is counted twice.
        if (page->next && seen.contains(*page->next))
            co_return Done();
        if (!use(*page) || !page->next)
            co_return Done();
        from = *page->next;
        seen.insert(from);
    }
}

QCoro::Task<Result<Objects>> Executor::get(Resource resource, QString id, QString thread)
{
    Parent parent;
    parent.thread = thread;
    moment("before request");
    auto asking = m_client.item(resource, id, parent, m_stop);
    Result<Objects> found = co_await asking;
    moment("after request");
    co_return found;
}

QCoro::Task<Done> Executor::put(Objects objects)
{
    auto writing = m_store.put(std::make_shared<const Objects>(std::move(objects)));
    co_return co_await writing;
}

QCoro::Task<Done> Executor::setGone(Resource resource, QString id)
{
    const ChangedKinds changes = resource == Resource::Threads ? Changed::Threads
        : resource == Resource::Files                          ? Changed::Files
                                                               : Changed::Stores;
    auto writing = m_store.write([resource, id](Writer &writer) { writer.setGone(resource, id); }, changes);
    co_return co_await writing;
}

QCoro::Task<> Executor::lane(JobPtr run, int phase)
{
    while (!run->queue.empty() && run->queue.front().target.phase == phase && !run->control->cancelled() &&
           !m_stop->requested()) {
        DoneTarget target = std::move(run->queue.front());
        run->queue.pop_front();
        auto carrying = carryOut(run, std::move(target));
        co_await carrying;
    }
}

QCoro::Task<Done> Executor::load(JobPtr run)
{
    struct Loaded {
        DoneOperation operation;
        std::vector<DoneTarget> open;
        OperationRow row;
        qint64 archived = 0;
    };
    const auto query = [key = run->operation.key](Reader &reader) -> Result<Loaded> {
        Loaded all;
        auto operation = reader.operation(key);
        if (!operation)
            return fail(operation.error());
        all.operation = *std::move(operation);
        auto open = reader.targets(key, {TargetState::Planned, TargetState::Running}, 0, 0);
        if (!open)
            return fail(open.error());
        all.open = *std::move(open);
        const auto rows = reader.rows<OperationRow>({key});
        if (!rows)
            return fail(rows.error());
        all.row = rows->front();
        const auto archived = reader.archivedBytes(key);
        if (!archived)
            return fail(archived.error());
        all.archived = *archived;
        return all;
    };
    auto reading = m_store.read(query);
    auto loaded = co_await reading;
    if (!loaded)
        co_return fail(loaded.error());
    run->resumed = loaded->operation.state != OperationState::Planned;
    run->operation = std::move(loaded->operation);
    std::ranges::stable_sort(loaded->open, {}, [](const DoneTarget &t) { return t.target.phase; });
    run->queue.assign(std::make_move_iterator(loaded->open.begin()), std::make_move_iterator(loaded->open.end()));
    run->archived = loaded->archived;
    OperationProgress &p = run->progress;
    p.operation = run->operation.key;
    p.total = loaded->row.targets;
    p.done = loaded->row.done;
    p.failed = loaded->row.failed;
    p.skipped = loaded->row.skipped;
    run->settledBefore = p.settled();
    run->startedMs = nowMs();
    if (run->operation.archive.isEmpty()) {
        const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-hhmmss"_s);
        run->operation.archive =
            stamp + u'-' + kindWord(run->operation.kind) + u'-' + run->operation.id.mid(3, 8) + u".jsonl.zst"_s;
        auto writing = m_store.journal().setArchive(run->operation.key, run->operation.archive);
        const Done done = co_await writing;
        if (!done)
            co_return done;
    }
    run->archivePath = QDir(Store::archiveFolder(m_store.path())).filePath(run->operation.archive);
    co_return Done();
}

QCoro::Task<Done> Executor::run(qint64 operation, std::shared_ptr<Control> control)
{
    JobPtr run = std::make_shared<Job>();
    run->operation.key = operation;
    run->control = std::move(control);
    auto loading = load(run);
    Done done = co_await loading;
    if (!done)
        co_return done;
    auto starting = m_store.journal().setState(operation, OperationState::Running, nowMs());
    done = co_await starting;
    if (!done)
        co_return done;
    tell(run);
    QTimer beat; // tells of waits, where nothing else happens
    connect(&beat, &QTimer::timeout, this, [this, run] {
        if (longestWait(*run))
            tell(run);
    });
    beat.start(1'000);
    while (!run->queue.empty() && !run->control->cancelled() && !m_stop->requested()) {
        const int phase = run->queue.front().target.phase;
        std::vector<QCoro::Task<>> lanes;
        lanes.reserve(std::size_t(m_lanes));
        for (int i = 0; i < m_lanes; ++i)
            lanes.push_back(lane(run, phase));
        for (QCoro::Task<> &one : lanes)
            co_await one;
    }
    beat.stop();
    run->archive.reset();
    if (m_stop->requested())
        co_return fail(Error::Kind::Cancelled, {});
    const auto state = run->control->cancelled() ? OperationState::Cancelled : OperationState::Finished;
    auto ending = m_store.journal().setState(operation, state, nowMs());
    done = co_await ending;
    run->progress.state = OperationProgress::State::Ended;
    tell(run);
    co_return done;
}

QCoro::Task<Done> Executor::lookUp(qint64 operation)
{
    JobPtr run = std::make_shared<Job>();
    run->operation.key = operation;
    run->control = std::make_shared<Control>();
    auto loading = load(run);
    Done done = co_await loading;
    if (!done)
        co_return done;
    const auto query = [operation](Reader &reader) {
        // Also what is to be tried again: it may have been sent before.
        return reader.targets(
            operation, {TargetState::Planned, TargetState::Running, TargetState::Failed, TargetState::Stopped}, 0, 0);
    };
    auto reading = m_store.read(query);
    auto targets = co_await reading;
    if (!targets)
        co_return fail(targets.error());
    for (const DoneTarget &target : *targets) {
        auto readingSteps = m_store.read([key = target.key](Reader &reader) { return reader.begunSteps(key); });
        const auto begun = co_await readingSteps;
        if (!begun)
            co_return fail(begun.error());
        const bool unknown = std::ranges::any_of(*begun, [](const DoneStep &s) { return s.state == StepState::Sent; });
        if (!unknown && target.state != TargetState::Running)
            continue;
        const std::vector<Step> steps = stepsOf(run->operation.kind, target.target);
        const auto state = target.state == TargetState::Failed ? TargetState::Failed : TargetState::Stopped;
        JournalEntry entry{target.key, {}, TargetRecord{state, target.outcome, {}}};
        for (const DoneStep &known : *begun) {
            if (known.state != StepState::Sent || std::size_t(known.place) >= steps.size())
                continue;
            Context c;
            c.run = run;
            c.target = &target;
            c.step = steps[std::size_t(known.place)];
            c.place = known.place;
            c.made = target.made;
            c.again = true;
            c.sentAt = known.sentAt;
            c.marker = run->operation.id + u'.' + QString::number(target.place);
            auto looking = happened(c);
            const Outcome outcome = co_await looking;
            if (outcome.kind == Outcome::Kind::Failed)
                co_return fail(*outcome.error);
            const bool yes = outcome.kind == Outcome::Kind::Finished;
            if (const QString id = outcome.result.value("id"_L1).toString(); !id.isEmpty())
                entry.outcome->made = id;
            entry.steps.push_back({known.place,
                                   c.step.act,
                                   yes ? StepState::Finished : StepState::Failed,
                                   {},
                                   nowMs(),
                                   outcome.result,
                                   outcome.note});
        }
        auto writing = journal(std::move(entry));
        done = co_await writing;
        if (!done)
            co_return done;
    }
    if (run->operation.state == OperationState::Finished)
        co_return Done();
    auto ending = m_store.journal().setState(operation, OperationState::Cancelled, nowMs());
    co_return co_await ending;
}

Executor::Answer Executor::perform(Context c)
{
    switch (c.step.act) {
    case Act::CheckThread:
        return checkThread(c);
    case Act::ArchiveThread:
        return archiveThread(c);
    case Act::CreateThread:
        return createTolerantly(c, threadFromJson(c.step.body));
    case Act::RestoreThread:
        return restoreThread(c);
    case Act::RestoreMessages:
        return restoreMessages(c);
    case Act::PointRestored:
        return pointRestored(c);
    case Act::AddMessage:
        return addMessage(c);
    case Act::EditMetadata:
        return editMetadata(c);
    case Act::DeleteThread:
        return deleteThread(c);
    case Act::CancelRun:
        return cancelRun(c);
    case Act::FollowRun:
        return followRun(c);
    case Act::SubmitToolOutputs:
        return submitToolOutputs(c);
    case Act::CheckStores:
        return checkStores(c);
    case Act::ArchiveStores:
        return archiveStores(c);
    case Act::CreateStore:
        return createStore(c);
    case Act::AddStoreFiles:
        return addStoreFiles(c);
    case Act::AwaitStore:
        return awaitStore(c);
    case Act::RepointAssistant:
    case Act::RepointThread:
        return repoint(c);
    case Act::VerifyPointers:
        return verifyPointers(c);
    case Act::DeleteStore:
    case Act::DeleteFile:
        return deleteOwned(c);
    case Act::TakeMarkOff:
        return takeMarkOff(c);
    case Act::RemoveStoreFiles:
        return removeStoreFiles(c);
    }
    Q_UNREACHABLE();
}

// Before it is sent again. Only what would make a second one, or answer twice, must be looked up; the rest may be
// repeated and ends the same.
Executor::Answer Executor::recover(Context c)
{
    switch (c.step.act) {
    case Act::CreateThread:
    case Act::RestoreThread:
    case Act::CreateStore:
    case Act::AddMessage:
    case Act::SubmitToolOutputs: {
        auto looking = happened(c);
        co_return co_await looking;
    }
    default:
        co_return Outcome{Outcome::Kind::NotDone};
    }
}

} // namespace bobbin
