// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/executor.h"

#include <QCoreApplication>
#include <QCoroFuture>
#include <QCoroTimer>
#include <QDateTime>
#include <QDir>
#include <QTimer>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct ExecutorText {
    Q_DECLARE_TR_FUNCTIONS(Executor)
};

constexpr int mostTries = 5; // of a step that the server answers with errors

qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

// No other request will get around these: the person is asked, then it goes on.
bool needsPerson(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Unauthorized:
    case Error::Kind::Quota:
    case Error::Kind::Storage:
    case Error::Kind::SwitchedOff:
    case Error::Kind::Redirected:
    case Error::Kind::Tls:
        return true;
    default:
        return false;
    }
}

bool isNetwork(const Error &error)
{
    return error.kind == Error::Kind::Network || error.kind == Error::Kind::Timeout;
}

bool mayPass(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Network:
    case Error::Kind::Timeout:
    case Error::Kind::Server:
    case Error::Kind::RateLimited:
    case Error::Kind::Decode:
    case Error::Kind::NotThisProtocol:
        return true;
    default:
        return false;
    }
}

// The server answered and refused: surely nothing was done. After all others the step has to be looked up.
bool surelyNotDone(const Error &error)
{
    return error.httpStatus >= 400 && error.httpStatus < 500 && error.httpStatus != 408;
}

QString endText(OperationKind kind, const QString &made, const QStringList &notes)
{
    if (!notes.isEmpty())
        return notes.join(u"; "_s);
    switch (kind) {
    case OperationKind::Rotate:
        return ExecutorText::tr("%1 took over").arg(made);
    case OperationKind::Cleanup:
        return ExecutorText::tr("archived and deleted");
    case OperationKind::Undo:
        return made.isEmpty() ? ExecutorText::tr("taken back") : ExecutorText::tr("created again as %1").arg(made);
    case OperationKind::Answer:
        return ExecutorText::tr("answered");
    case OperationKind::CancelRuns:
    case OperationKind::Consolidate:
        return ExecutorText::tr("done");
    }
    return {};
}

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
    Q_EMIT progressed(p);
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
    const Request request = m_client.provider().change(change);
    auto sending = sendRequest(request);
    co_return co_await sending;
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
    const Changes changes = resource == Resource::Threads ? Changed::Threads
        : resource == Resource::Files                     ? Changed::Files
                                                          : Changed::Stores;
    auto writing = m_store.write([resource, id](Writer &writer) { writer.setGone(resource, id); }, changes);
    co_return co_await writing;
}

QCoro::Task<> Executor::waitFor(JobPtr run, std::chrono::milliseconds time)
{
    QTimer timer;
    timer.setSingleShot(true);
    const auto wake = [&timer] { timer.start(0); };
    QObject::connect(run->control.get(), &Control::changed, &timer, wake);
    QObject::connect(m_stop.get(), &Cancellation::cancelled, &timer, wake);
    timer.start(m_stop->requested() ? 0ms : time);
    co_await timer;
}

// Between steps: waits out a pause and whatever another lane asks for. False: leave.
QCoro::Task<bool> Executor::mayGoOn(JobPtr run, bool begun)
{
    while (!m_stop->requested() && (run->halted || run->control->paused()) && !run->control->cancelled()) {
        if (!run->halted && run->progress.state != OperationProgress::State::Paused) {
            run->progress.state = OperationProgress::State::Paused;
            tell(run);
        }
        auto waiting = waitFor(run, 60s);
        co_await waiting;
    }
    if (run->progress.state == OperationProgress::State::Paused && !run->control->paused()) {
        run->progress.state = OperationProgress::State::Running;
        tell(run);
    }
    co_return !m_stop->requested() && (begun || !run->control->cancelled());
}

QCoro::Task<bool> Executor::ask(JobPtr run, Error error)
{
    run->halted = true;
    run->progress.state = OperationProgress::State::Asking;
    run->progress.error = std::move(error);
    tell(run);
    const int before = run->control->resumed();
    while (run->control->resumed() == before && !run->control->cancelled() && !m_stop->requested()) {
        auto waiting = waitFor(run, 60s);
        co_await waiting;
    }
    run->halted = false;
    run->progress.state = OperationProgress::State::Running;
    run->progress.error.reset();
    tell(run);
    Q_EMIT run->control->changed(); // the lanes that waited with this one
    co_return !m_stop->requested() && !run->control->cancelled();
}

// The network may come back by itself: asked again after a while, until the person has enough.
QCoro::Task<bool> Executor::waitOut(JobPtr run, Error error, int tries)
{
    run->progress.state = OperationProgress::State::Waiting;
    run->progress.error = std::move(error);
    tell(run);
    const auto wait = std::min(m_times.firstRetry * (1 << std::min(tries, 10)), m_times.longestRetry);
    auto waiting = waitFor(run, wait);
    co_await waiting;
    run->progress.state = OperationProgress::State::Running;
    run->progress.error.reset();
    tell(run);
    co_return !m_stop->requested();
}

// Written down whatever it takes: without it nothing may be sent. False: leave.
QCoro::Task<bool> Executor::noted(JobPtr run, JournalEntry entry)
{
    while (true) {
        auto writing = journal(entry);
        const Done done = co_await writing;
        if (done)
            co_return true;
        auto asking = ask(run, done.error());
        if (!co_await asking)
            co_return false;
    }
}

QCoro::Task<> Executor::leave(JobPtr run, DoneTarget target, std::vector<StepRecord> steps, TargetRecord outcome)
{
    JournalEntry entry{target.key, std::move(steps), outcome};
    auto writing = noted(run, std::move(entry));
    if (co_await writing)
        settled(run, outcome.state);
}

QCoro::Task<> Executor::carryOut(JobPtr run, DoneTarget target)
{
    const OperationKind kind = run->operation.kind;
    const std::vector<Step> steps = stepsOf(kind, target.target);
    if (run->resumed) {
        auto reading = m_store.read([key = target.key](Reader &reader) { return reader.begunSteps(key); });
        auto begun = co_await reading;
        if (!begun) {
            TargetRecord record{TargetState::Failed, errorText(begun.error()).line(), {}};
            auto leaving = leave(run, target, {}, record);
            co_await leaving;
            co_return;
        }
        target.steps = *std::move(begun);
    }
    const auto knownAt = [&](int place) -> const DoneStep * {
        const auto found = std::ranges::find(target.steps, place, &DoneStep::place);
        return found == target.steps.end() ? nullptr : &*found;
    };
    bool changed = std::ranges::any_of(target.steps, [](const DoneStep &s) {
        return changesServer(s.step.act) && (s.state == StepState::Sent || s.state == StepState::Finished);
    });
    std::vector<StepRecord> unwritten; // answers, written together with what is sent next
    QStringList notes;
    Context c;
    c.run = run;
    c.target = &target;
    c.made = target.made;
    c.marker = run->operation.id + u'.' + QString::number(target.place);
    for (int place = 0; place < int(steps.size()); ++place) {
        const Step &step = steps[std::size_t(place)];
        const DoneStep *known = knownAt(place);
        const bool check = step.act == Act::CheckThread || step.act == Act::CheckStores;
        if (known && (known->state == StepState::Finished || known->state == StepState::Skipped) &&
            (changed || !check)) {
            if (const QString id = known->result.value("id"_L1).toString(); !id.isEmpty())
                c.made = id;
            continue;
        }
        c.step = step;
        c.place = place;
        c.again = known != nullptr || run->resumed;
        c.sentAt = known ? known->sentAt : OptTime();
        bool unsure = known && known->state == StepState::Sent && changesServer(step.act);
        bool sent = unsure;
        int tries = 0;
        while (true) {
            auto going = mayGoOn(run, changed);
            if (!co_await going) {
                if (m_stop->requested())
                    co_return;
                TargetRecord record{TargetState::Skipped, ExecutorText::tr("cancelled before it began"), {}};
                auto leaving = leave(run, target, unwritten, record);
                co_await leaving;
                co_return;
            }
            if (!sent) {
                c.sentAt = nowMs();
                JournalEntry entry{target.key, std::move(unwritten), TargetRecord{TargetState::Running, {}, c.made}};
                entry.steps.push_back({place, step.act, StepState::Sent, c.sentAt, {}, {}, {}});
                unwritten.clear();
                auto writing = noted(run, std::move(entry));
                if (!co_await writing)
                    co_return;
                sent = true;
            }
            const int resumedBefore = run->control->resumed();
            auto doing = unsure ? recover(c) : perform(c);
            Outcome outcome = co_await doing;
            if (m_stop->requested())
                co_return; // as after a crash: what came of it is looked up at the next start
            if (outcome.kind == Outcome::Kind::NotDone) {
                unsure = false;
                continue;
            }
            if (outcome.kind == Outcome::Kind::Finished) {
                if (const QString id = outcome.result.value("id"_L1).toString(); !id.isEmpty())
                    c.made = id;
                if (!outcome.note.isEmpty())
                    notes << outcome.note;
                changed = changed || changesServer(step.act);
                unwritten.push_back({place, step.act, StepState::Finished, {}, nowMs(), outcome.result, outcome.note});
                break;
            }
            if (outcome.kind == Outcome::Kind::Skip) {
                unwritten.push_back({place, step.act, StepState::Skipped, {}, nowMs(), {}, outcome.note});
                notes << outcome.note;
                if (changed)
                    break; // what was begun goes on without it
                auto leaving = leave(run, target, unwritten, {TargetState::Skipped, outcome.note, {}});
                co_await leaving;
                co_return;
            }
            const Error error = *outcome.error;
            unsure = changesServer(step.act) && (unsure || !surelyNotDone(error));
            if (needsPerson(error)) {
                if (run->control->resumed() != resumedBefore)
                    continue; // it was sent with the old key
                auto asking = ask(run, error);
                if (co_await asking)
                    continue;
                if (m_stop->requested())
                    co_return;
            } else if (mayPass(error) && (isNetwork(error) || ++tries < mostTries) && !run->control->cancelled()) {
                auto waiting = waitOut(run, error, tries);
                if (co_await waiting)
                    continue;
                co_return;
            }
            const QString words = errorText(error).line();
            const StepState state = unsure ? StepState::Sent : StepState::Failed; // unknown stays to be looked up
            unwritten.push_back({place, step.act, state, {}, nowMs(), {}, words});
            auto leaving = leave(run, target, unwritten, {TargetState::Failed, words, c.made});
            co_await leaving;
            co_return;
        }
    }
    auto leaving = leave(run, target, unwritten, {TargetState::Finished, endText(kind, c.made, notes), c.made});
    co_await leaving;
    // What it made is shown like everything else. It is no part of the operation: the next sync would bring it too.
    if (!c.made.isEmpty() && target.target.resource == Resource::Threads && !m_stop->requested()) {
        auto refreshing = m_sync.refresh(c.made, m_stop);
        std::ignore = co_await refreshing;
    }
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
    while (!run->queue.empty() && !run->control->cancelled() && !m_stop->requested()) {
        const int phase = run->queue.front().target.phase;
        std::vector<QCoro::Task<>> lanes;
        lanes.reserve(std::size_t(m_lanes));
        for (int i = 0; i < m_lanes; ++i)
            lanes.push_back(lane(run, phase));
        for (QCoro::Task<> &one : lanes)
            co_await one;
    }
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
        return reader.targets(operation, {TargetState::Running, TargetState::Failed, TargetState::Stopped}, 0, 0);
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
        const std::vector<Step> steps = stepsOf(run->operation.kind, target.target);
        JournalEntry entry{target.key, {}, TargetRecord{TargetState::Stopped, {}, {}}};
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
        return createThread(c);
    case Act::RestoreThread:
        return restoreThread(c);
    case Act::RestoreMessages:
        return restoreMessages(c);
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
