// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/auditor.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/store/whendone.h"

#include <QElapsedTimer>

namespace bobbin {

using namespace std::chrono_literals;

namespace {

constexpr auto gathered = 300ms; // changes that come together are judged together
constexpr qint64 cheapMs = 20; // what takes no longer is read with every change
constexpr qint64 seldomMs = 10'000;
constexpr int rulesVersion = 1; // other rules judge everything anew

QByteArray keyOf(const Finding &finding)
{
    return finding.rule + '\n' + QByteArray::number(int(finding.subject)) + '\n' +
        (finding.subject == SubjectKind::Thread ? QByteArray::number(finding.key) : finding.id.toUtf8());
}

// Takes what was found in place of what was known, and says what is different.
void replace(std::vector<Finding> &known, std::vector<Finding> found, FindingChanges &changes)
{
    QHash<QByteArray, const Finding *> before;
    for (const Finding &finding : known)
        before.insert(keyOf(finding), &finding);
    for (const Finding &now : found) {
        const Finding *was = before.take(keyOf(now));
        if (!was || !now.saysTheSame(*was))
            changes.put.push_back(now);
    }
    for (const Finding *gone : std::as_const(before))
        changes.gone.push_back(*gone);
    known = std::move(found);
}

QString written(const Limits &limits)
{
    QStringList all;
    for (const qint64 limit :
         {limits.contextCeiling, limits.failedInARow, limits.toolSteps, limits.turnCap, limits.sessionTokens,
          limits.windowPercent, limits.attachedAgain, limits.staleDays, limits.stuckMinutes, limits.retireDays})
        all << QString::number(limit);
    return all.join(u' ');
}

// By what everything was judged, in a line.
QString judgedBy(const LimitSet &limits)
{
    QStringList all{QString::number(rulesVersion), written(limits.usual)};
    QStringList assistants = limits.assistants.keys();
    assistants.sort();
    for (const QString &assistant : std::as_const(assistants))
        all << assistant + u' ' + written(limits.assistants[assistant]);
    return all.join(u';');
}

bool hasActive(const ThreadFact &thread)
{
    return std::ranges::any_of(thread.runs, [](const RunFact &run) { return isActive(run.status); });
}

} // namespace

Auditor::Auditor(std::shared_ptr<Store> store, LimitSet limits, QObject *parent)
    : QObject(parent), m_store(std::move(store)), m_limits(std::move(limits))
{
    m_soon.setSingleShot(true);
    m_everyMinute.setInterval(60s); // runs get stuck by doing nothing
    connect(&m_soon, &QTimer::timeout, this, &Auditor::audit);
    connect(&m_everyMinute, &QTimer::timeout, this, &Auditor::audit);
    connect(m_store.get(), &Store::changed, this, &Auditor::storeChanged, Qt::QueuedConnection);
}

Auditor::~Auditor()
{
    m_stop->stop();
}

void Auditor::start()
{
    m_started = true;
    m_store->write([runs = int(m_limits.usual.failedInARow)](Writer &writer) { writer.setFailedInARow(runs); });
    m_everyMinute.start();
    audit();
}

void Auditor::setLimits(const LimitSet &limits)
{
    if (limits == m_limits)
        return;
    m_limits = limits;
    m_ready = false;
    if (!m_started)
        return; // that all was judged by other ones is seen when it starts
    m_store->write([runs = int(limits.usual.failedInARow)](Writer &writer) { writer.setFailedInARow(runs); });
    m_limitsChanged = true;
    m_soon.start(gathered);
}

void Auditor::storeChanged(const Changes &changes)
{
    const ChangedKinds watched =
        Changed::Threads | Changed::Runs | Changed::Messages | Changed::Assistants | Changed::Stores | Changed::Files;
    if (!(changes.kinds & watched))
        return; // of its own making, for one
    m_pending |= changes.kinds;
    m_storageDue = true; // also threads and messages point to stores and files
    m_ready = false;
    if (!m_soon.isActive())
        m_soon.start(gathered);
}

bool Auditor::storageNow() const
{
    if (!m_storageDue || (m_reading && m_reading()))
        return false;
    return m_storageMs <= cheapMs || !m_storageRead.isValid() || m_storageRead.elapsed() > seldomMs;
}

void Auditor::audit()
{
    if (m_busy || !m_started)
        return;
    m_busy = true;
    m_pending = {};
    Job job;
    job.limits = m_limits;
    job.everyThread = std::exchange(m_limitsChanged, false);
    job.reload = std::exchange(m_reload, false);
    job.holdStorage = m_reading && m_reading();
    job.storage = storageNow();
    if (job.storage) {
        m_storageDue = false;
        m_storageRead.start();
    }
    whenDone(m_store->scan([state = m_state, job](Reader &reader) { return run(reader, *state, job); }, m_stop), this,
             [this](const Result<Outcome> &outcome) { finished(outcome); });
}

void Auditor::failedWith(const Error &error)
{
    m_busy = false;
    m_reload = true;
    m_storageDue = true;
    Q_EMIT failed(error);
}

void Auditor::settled(const AuditReport &report)
{
    m_busy = false;
    m_hasLedger = true;
    const bool more = m_pending || m_limitsChanged || m_soon.isActive();
    m_ready = !more && !m_storageDue;
    if (!m_ready && !m_soon.isActive())
        m_soon.start(m_storageDue && !more ? 1s : gathered);
    Q_EMIT audited(report);
}

void Auditor::finished(const Result<Outcome> &outcome)
{
    if (!outcome) {
        failedWith(outcome.error());
        return;
    }
    if (outcome->storageMs > 0)
        m_storageMs = outcome->storageMs;
    if (outcome->changes.isEmpty()) {
        settled(outcome->report);
        return;
    }
    if (!outcome->changes.gone.empty()) // what comes again is told again
        m_store->journal().speakAgain(outcome->changes.gone);
    // What is judged is read as such only when it is written down.
    whenDone(m_store->write([changes = outcome->changes](Writer &writer) { writer.keepFindings(changes, nowMs()); }),
             this, [this, report = outcome->report](const Done &done) {
                 if (done)
                     settled(report);
                 else
                     failedWith(done.error());
             });
}

Result<Auditor::Outcome> Auditor::run(Reader &reader, State &state, const Job &job)
{
    QElapsedTimer clock;
    clock.start();
    Outcome outcome;
    const QWriteLocker lock(&state.lock);
    if (job.reload) {
        state.loaded = false;
        state.ofThreads.clear();
        state.ofWorkspace.clear();
    }
    auto unjudged = reader.unjudgedThreads();
    if (!unjudged)
        return fail(unjudged.error());
    bool everyThread = job.everyThread;
    const QString by = judgedBy(job.limits);
    const bool first = !state.loaded;
    if (first) {
        const Result<QString> known = reader.meta(judgedByKey());
        auto kept = reader.findings();
        if (!known || !kept)
            return fail(!known ? known.error() : kept.error());
        if (Done read = reader.readLedger(state.ledger); !read)
            return fail(read.error());
        everyThread = everyThread || *known != by;
        for (Finding &finding : *kept)
            (isOfThread(finding.rule) ? state.ofThreads[finding.key] : state.ofWorkspace).push_back(std::move(finding));
        state.active.clear();
        for (const ThreadFact &thread : state.ledger.threads)
            if (hasActive(thread))
                state.active.push_back(thread.key);
    } else if (Done read = reader.readLedger(state.ledger, *unjudged); !read) {
        return fail(read.error());
    }
    if (first || job.storage) {
        QElapsedTimer storage;
        storage.start();
        auto facts = reader.workspaceFacts();
        if (!facts)
            return fail(facts.error());
        state.facts = *std::move(facts);
        outcome.storageMs = std::max<qint64>(1, storage.elapsed());
    }
    state.loaded = true;
    if (everyThread)
        outcome.changes.judgedBy = by;
    const AuditInput input{state.ledger, job.limits, nowMs()};
    std::vector<RowKey> now = std::exchange(state.active, {});
    const auto judge = [&](ThreadFact &thread) {
        std::vector<Finding> found;
        judgeThread(input, thread, found);
        const auto known = state.ofThreads.find(thread.key);
        if (known != state.ofThreads.end())
            replace(known->second, std::move(found), outcome.changes);
        else if (!found.empty())
            replace(state.ofThreads[thread.key], std::move(found), outcome.changes);
        ++outcome.report.judged;
        // Once: judged again from memory, it says nothing of what was settled meanwhile.
        if (const qint64 seen = std::exchange(thread.unjudged, 0); seen > 0)
            outcome.changes.judged.emplace_back(thread.key, seen);
        if (hasActive(thread))
            state.active.push_back(thread.key);
    };
    if (everyThread) {
        for (ThreadFact &thread : state.ledger.threads)
            judge(thread);
    } else {
        now.insert(now.end(), unjudged->begin(), unjudged->end());
        if (const qint64 today = input.now / dayMs; std::exchange(state.day, today) != today)
            for (const auto &[key, findings] : state.ofThreads)
                if (std::ranges::any_of(findings, [](const Finding &f) { return f.monthly && f.monthly->pico > 0; }))
                    now.push_back(key);
        std::ranges::sort(now);
        now.erase(std::ranges::unique(now).begin(), now.end());
        for (const RowKey key : now)
            if (ThreadFact *thread = state.ledger.thread(key))
                judge(*thread);
    }
    std::vector<Finding> found;
    judgeWorkspace(input, state.facts, found);
    if (job.holdStorage) { // as it was
        std::erase_if(found, [](const Finding &finding) { return isOfStorage(finding.rule); });
        for (const Finding &finding : state.ofWorkspace)
            if (isOfStorage(finding.rule))
                found.push_back(finding);
    }
    replace(state.ofWorkspace, std::move(found), outcome.changes);
    for (Finding &gone : outcome.changes.gone) // its verdict goes by its id
        if (gone.subject == SubjectKind::Thread && gone.id.isEmpty())
            gone.id = reader.threadId(gone.key).value_or(QString());
    outcome.report.threads = qint64(state.ledger.threads.size());
    outcome.report.runs = qint64(state.ledger.runs());
    outcome.report.changed = qint64(outcome.changes.put.size()) + qint64(outcome.changes.gone.size());
    outcome.report.milliseconds = clock.elapsed();
    return outcome;
}

} // namespace bobbin
