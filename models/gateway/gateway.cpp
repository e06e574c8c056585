// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/gateway.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/texthash.h"
#include "models/gateway/refusal.h"
#include "models/gateway/upstream.h"
#include "models/watch/policyreads.h"

#include <QCoreApplication>
#include <QUrl>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct GatewayText {
    Q_DECLARE_TR_FUNCTIONS(Gateway)
};

constexpr qint64 hourMs = 3'600'000;
constexpr qint64 stillKnownMs = 600'000; // a thread that was looked at, and of which the rest has passed here
constexpr qint64 usesHoldMs = 2'000; // what was spent
constexpr qint64 againAfterMs = 60'000; // a rotation that could not be done
constexpr auto lookWithin = 10s;
constexpr auto rotateWithin = 120s;
constexpr auto sweepEvery = 600s;
constexpr qint64 forgottenMs = 24 * hourMs;

bool isAct(const GuardRow &row, GuardAct act)
{
    return row.act == QLatin1String(actWord(act));
}

} // namespace

struct Gateway::Case {
    LineRequest request;
    Asked asked;
    std::function<void(Verdict)> answer; // once
    Verdict verdict;
    void pass()
    {
        if (auto once = std::exchange(answer, nullptr))
            once(std::move(verdict));
    }
};

Gateway::Gateway(Workspace &workspace, Auditor &auditor, GuardActs &acts, GuardPolicy policy,
                 std::function<bool()> stopped, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_auditor(auditor), m_acts(acts),
      m_policy(std::make_shared<const GuardPolicy>(std::move(policy))), m_budgets(allBudgets(*m_policy)),
      m_stopped(std::move(stopped)), m_pending(this, [] {})
{
    PassingListener::Hands hands;
    hands.judge = [this](const LineRequest &request, const Asked &asked, std::function<void(Verdict)> answer) {
        auto one = std::make_shared<Case>(Case{request, asked, std::move(answer), {}});
        QMetaObject::invokeMethod(this, [this, one] { take(one); });
    };
    hands.heard = [this](const Asked &asked, const Heard &what) {
        QMetaObject::invokeMethod(this, [this, asked, what] { heard(asked, what); });
    };
    hands.passed = [this](const Asked &asked, int status) {
        QMetaObject::invokeMethod(this, [this, asked, status] { passed(asked, status); });
    };
    m_listener = std::make_unique<PassingListener>(
        workspace.store().provider(), QUrl(workspace.connection().baseUrl).path(QUrl::FullyEncoded).toLatin1(),
        std::move(hands));
    connect(&acts, &GuardActs::attempted, this, &Gateway::attempted);
    connect(&m_sweep, &QTimer::timeout, this, &Gateway::sweep);
    m_sweep.start(sweepEvery);
    connect(&m_idleCheck, &QTimer::timeout, this, [this] {
        if (m_line && figures().running == 0) {
            m_idleCheck.stop();
            Q_EMIT idle();
        }
    });
}

Gateway::~Gateway()
{
    m_line.reset(); // nothing of it comes any more
}

void Gateway::start(const GatewayOptions &options)
{
    load(options);
}

void Gateway::load(const GatewayOptions &options)
{
    m_pending.then(m_workspace.store().read([](Reader &reader) { return rotatedThreads(reader); }),
                   [this, options](const Result<QHash<QString, QString>> &moved) {
                       if (!moved) {
                           Q_EMIT notBegun(moved.error());
                           return;
                       }
                       m_listener->setMoved(*moved);
                       begin(options);
                   });
}

void Gateway::begin(const GatewayOptions &options)
{
    if (!m_budgets.empty() && !m_auditor.hasLedger()) { // what was spent is not known yet
        QTimer::singleShot(100ms, this, [this, options] { begin(options); });
        return;
    }
    const auto upstream = upstreamOf(m_workspace.connection());
    if (!upstream) {
        Q_EMIT notBegun(upstream.error());
        return;
    }
    LineOptions line;
    line.port = options.port;
    line.token = options.token;
    line.keyFields = keyFieldsOf(m_workspace.store().provider());
    line.basePath = QUrl(m_workspace.connection().baseUrl).path(QUrl::FullyEncoded).toLatin1();
    m_line = std::make_unique<HttpLine>(*upstream, line, *m_listener);
    const auto port = m_line->start();
    if (!port) {
        Q_EMIT notBegun(port.error());
        return;
    }
    m_address = u"http://127.0.0.1:"_s + QString::number(*port) + QUrl(m_workspace.connection().baseUrl).path();
    Q_EMIT listening(m_address);
}

void Gateway::setKey(const QByteArray &key)
{
    if (m_line)
        m_line->setKey(m_workspace.store().provider().authorization(m_workspace.connection(), key));
}

void Gateway::rest()
{
    if (m_line)
        m_line->rest();
    m_idleCheck.start(50ms);
}

const LineFigures &Gateway::figures() const
{
    return m_line->figures();
}

QString Gateway::address() const
{
    return m_address;
}

// What is asked of a thread that was rotated goes to the one that took over, but for what is about the old one itself
// and its runs.
void Gateway::take(const CasePtr &one)
{
    const QString from = one->asked.thread;
    const QString to = from.isEmpty() ? QString() : m_listener->successor(from);
    const bool inside = one->request.target.contains("/threads/" + from.toUtf8() + '/');
    if (to.isEmpty() || !inside) {
        look(one);
        return;
    }
    if (one->asked.run.isEmpty()) {
        goOn(one, to);
        look(one);
        return;
    }
    m_pending.then(m_lastWrite, [this, one, to](const Done &) { // its beginning may just have been heard
        m_pending.then(
            m_workspace.store().read([run = one->asked.run, to](Reader &reader) { return isRunOf(reader, run, to); }),
            [this, one, to](const Result<bool> &its) {
                if (its && *its)
                    goOn(one, to);
                look(one);
            });
    });
}

void Gateway::goOn(const CasePtr &one, const QString &thread)
{
    QByteArray target = one->verdict.target.isEmpty() ? one->request.target : one->verdict.target;
    one->verdict.target =
        target.replace("/threads/" + one->asked.thread.toUtf8() + '/', "/threads/" + thread.toUtf8() + '/');
    one->asked.thread = thread;
    m_listener->becomes(one->request.number, one->asked);
}

void Gateway::look(const CasePtr &one)
{
    const Asked &asked = one->asked;
    const bool plain = asked.what == Asked::What::Other || asked.what == Asked::What::CreateThread ||
        (asked.what == Asked::What::AddMessage && asked.attached.isEmpty());
    if (plain || (m_stopped && m_stopped())) {
        one->pass();
        return;
    }
    const QString thread = asked.thread;
    if (thread.isEmpty() || nowMs() - m_lookedAt.value(thread, 0) < stillKnownMs) {
        count(one);
        return;
    }
    // Somebody else may have written there. A server that does not answer is not waited for: its answer to the
    // request itself will say so.
    auto waits = std::make_shared<bool>(true);
    QTimer::singleShot(lookWithin, this, [this, one, waits] {
        if (std::exchange(*waits, false))
            count(one);
    });
    m_pending.then(m_workspace.refresh(thread), [this, one, thread, waits](const Done &done) {
        if (done) {
            m_lookedAt.insert(thread, nowMs());
            unread(thread).userMessages = 0;
        } else {
            Q_EMIT unclear(thread, done.error());
        }
        if (std::exchange(*waits, false))
            count(one);
    });
}

// What is spent by now, where a budget may refuse it: read once for all that wait, and never of another day.
void Gateway::count(const CasePtr &one)
{
    const qint64 now = nowMs();
    const bool isNew = now - m_usesReadAt < usesHoldMs && now / dayMs == m_usesReadAt / dayMs;
    if (!one->asked.spends() || m_budgets.empty() || isNew) {
        judge(one);
        return;
    }
    m_counting.push_back(one);
    if (m_counting.size() > 1)
        return;
    m_pending.then(m_auditor.withLedger([wanted = m_budgets](const Ledger &ledger, Reader &reader) {
        return readUses(ledger, reader, wanted);
    }),
                   [this, now](const Result<std::vector<BudgetUse>> &uses) {
                       m_uses = uses.value_or(std::vector<BudgetUse>());
                       m_usesReadAt = uses ? now : 0;
                       if (!uses)
                           Q_EMIT failed(uses.error());
                       for (const CasePtr &waiting : std::exchange(m_counting, {}))
                           judge(waiting);
                   });
}

void Gateway::judge(const CasePtr &one)
{
    // What was heard so far is in the store before it is asked.
    m_pending.then(m_lastWrite, [this, one](const Done &) {
        m_pending.then(
            m_workspace.store().read([asked = one->asked](Reader &reader) -> Result<std::pair<Asked, AskedAbout>> {
                Asked whose = asked;
                if (whose.what == Asked::What::CallModel) {
                    whose.thread = whose.conversation;
                    if (whose.thread.isEmpty() && !whose.follows.isEmpty()) {
                        const auto chain = threadOfResponse(reader, whose.follows);
                        if (!chain)
                            return fail(chain.error());
                        whose.thread = *chain;
                    }
                }
                auto about = readAbout(reader, whose);
                if (!about)
                    return fail(about.error());
                return std::pair(whose, *std::move(about));
            }),
            [this, one](const Result<std::pair<Asked, AskedAbout>> &about) {
                if (!about) {
                    Q_EMIT failed(about.error());
                    one->pass();
                    return;
                }
                one->asked = about->first;
                m_listener->becomes(one->request.number, one->asked);
                weigh(one, about->second);
            });
    });
}

void Gateway::weigh(const CasePtr &one, AskedAbout about)
{
    const Asked &asked = one->asked;
    const qint64 now = nowMs();
    std::vector<GuardRow> rows;
    const auto add = [&rows](std::vector<GuardRow> more) {
        for (GuardRow &row : more)
            rows.push_back(std::move(row));
    };
    if (asked.what == Asked::What::SubmitOutputs) {
        const Waiting waiting = m_runs.value(asked.run);
        NextOutputs next{
            asked.thread,   asked.run, about.assistant, about.metadata, std::max(about.rounds, waiting.submitted + 1),
            waiting.repeats};
        add(foreseen(next, *m_policy, now));
    }
    if (asked.spends()) {
        NextRun next;
        next.thread = asked.thread;
        next.fact = about.fact();
        next.metadata = about.known ? about.metadata : asked.metadata;
        next.assistant = about.assistant;
        next.model = about.model;
        const Unread since = m_unread.value(asked.thread);
        next.userMessages = about.userMessages + since.userMessages + asked.userMessages;
        next.characters = since.characters + asked.characters;
        if (asked.what == Asked::What::CallModel) // without messages of its own, each is a turn
            next.userMessages = (next.fact ? qint64(next.fact->runs.size()) : 0) + 1;
        add(foreseen(about.ledger, next, *m_policy, now));
        add(foreseen(m_uses, next, now));
        if (asked.what != Asked::What::StartRun)
            std::erase_if(rows, [](const GuardRow &row) { return isAct(row, GuardAct::Rotate); });
    }
    if (!asked.attached.isEmpty() && !asked.thread.isEmpty()) {
        NextAttachments next{asked.thread, about.assistant, about.metadata, {}};
        for (const QString &file : asked.attached)
            next.files.emplace_back(file, about.attachedBefore.value(file) + 1);
        add(foreseen(next, *m_policy, now));
        std::erase_if(rows, [&](const GuardRow &row) {
            return isAct(row, GuardAct::Replace) && !about.inStore.contains(row.name);
        });
    }
    if (rows.empty())
        one->pass();
    else
        note(one, std::move(rows));
}

// Written down before anything comes of it; what cannot be written down is not done. What was written down before, by
// whomever, is as the journal has it now: a person may have answered meanwhile.
void Gateway::note(const CasePtr &one, std::vector<GuardRow> rows)
{
    const int most = int(m_policy->actsAnHour);
    const Journal::ActLimit limit{
        nowMs() - hourMs, most,
        GatewayText::tr("%n act(s) in the last hour: beyond that the policy asks.", nullptr, most)};
    m_pending.then(m_workspace.store().journal().noteSeen(rows, limit),
                   [this, one, rows](const Result<std::vector<GuardRow>> &fresh) {
                       if (!fresh) {
                           Q_EMIT failed(fresh.error());
                           one->pass();
                           return;
                       }
                       for (const GuardRow &row : *fresh)
                           Q_EMIT noted(row);
                       m_pending.then(
                           m_workspace.store().read([rows](Reader &reader) { return asWritten(reader, rows); }),
                           [this, one](const Result<std::vector<GuardRow>> &written) {
                               if (written) {
                                   carryOut(one, *written);
                                   return;
                               }
                               Q_EMIT failed(written.error());
                               one->pass();
                           });
                   });
}

// A person may have said no, or is still asked.
bool Gateway::holdsBack(const GuardRow &row) const
{
    return row.state != GuardState::Asked && row.state != GuardState::Declined && row.state != GuardState::Told;
}

void Gateway::carryOut(const CasePtr &one, const std::vector<GuardRow> &rows)
{
    std::vector<GuardRow> replaced;
    const GuardRow *rotates = nullptr;
    bool isRefused = false;
    for (const GuardRow &row : rows) {
        if (!holdsBack(row))
            continue;
        if (isAct(row, GuardAct::Replace)) {
            replaced.push_back(row);
        } else if (isAct(row, GuardAct::Rotate)) {
            rotates = rotates ? rotates : &row;
        } else {
            refuse(one, row);
            isRefused = true;
        }
    }
    if (isRefused)
        return;
    if (!replaced.empty()) {
        QStringList files;
        for (const GuardRow &row : replaced)
            files << row.name;
        const auto body = passingOf(m_workspace.store().provider())->withoutAttached(one->request.body, files);
        if (body)
            one->verdict.body = *body;
        else
            Q_EMIT failed(body.error());
        for (const GuardRow &row : replaced)
            if (body && row.state == GuardState::Acting)
                m_acts.settle(row, GuardState::Acted,
                              GatewayText::tr("The message went on without it: it is in the thread's store."));
    }
    if (rotates)
        rotate(one, *rotates);
    else
        one->pass();
}

// The first that refuses is told to the caller; each is an act of its own.
void Gateway::refuse(const CasePtr &one, const GuardRow &row)
{
    Times &times = m_times[row.mark];
    times.lately = nowMs();
    ++times.number;
    if (row.state == GuardState::Acting && isAct(row, GuardAct::CancelRun))
        m_acts.perform(row);
    else if (row.state == GuardState::Acting)
        m_acts.settle(row, GuardState::Acted, GatewayText::tr("It was refused before it began."));
    Q_EMIT refused(row, times.number);
    if (!one->answer)
        return;
    one->verdict.answer = refusalOf(row);
    one->pass();
}

void Gateway::rotate(const CasePtr &one, const GuardRow &row)
{
    std::vector<CasePtr> &waiting = m_rotating[row.key];
    waiting.push_back(one);
    if (row.state == GuardState::Acted) { // by somebody else
        continueIn(row);
        return;
    }
    const bool due = row.state == GuardState::Acting || row.state == GuardState::Allowed;
    if (!due || nowMs() - m_triedAt.value(row.key, 0) < againAfterMs) {
        letGo(row.key);
        return;
    }
    if (waiting.size() > 1)
        return;
    QTimer::singleShot(rotateWithin, this, [this, key = row.key] {
        if (m_rotating.contains(key))
            m_triedAt.insert(key, nowMs());
        letGo(key);
    });
    m_acts.perform(row);
}

// A thread that cannot be rotated, now or at all, is used as it is: the policy does not say that it is refused.
void Gateway::attempted(qint64 key)
{
    m_pending.then(m_workspace.store().read([key](Reader &reader) { return reader.guardRow(key); }),
                   [this, key](const Result<std::optional<GuardRow>> &row) {
                       const bool isRotated =
                           row && *row && (*row)->state == GuardState::Acted && isAct(**row, GuardAct::Rotate);
                       if (isRotated) {
                           continueIn(**row);
                       } else if (m_rotating.contains(key)) {
                           m_triedAt.insert(key, nowMs());
                           letGo(key);
                       }
                   });
}

// Also where nobody waits for it: whoever asks for the old thread from now on goes on in the new one.
void Gateway::continueIn(const GuardRow &row)
{
    m_pending.then(
        m_workspace.store().read([row](Reader &reader) { return reader.madeBy(row.operation, {row.thread}); }),
        [this, row](const Result<QHash<QString, QString>> &made) {
            const QString to = made ? made->value(row.thread) : QString();
            if (!to.isEmpty()) {
                if (m_listener->successor(row.thread).isEmpty()) {
                    m_listener->addMoved(row.thread, to);
                    m_lookedAt.insert(to, nowMs());
                    m_unread.remove(row.thread);
                    Q_EMIT moved(row.thread, to);
                }
                for (const CasePtr &one : m_rotating.value(row.key))
                    goOn(one, to);
            }
            letGo(row.key);
        });
}

void Gateway::letGo(qint64 row)
{
    for (const CasePtr &one : m_rotating.take(row))
        one->pass();
}

Gateway::Unread &Gateway::unread(const QString &thread)
{
    Unread &found = m_unread[thread];
    found.lately = nowMs();
    return found;
}

void Gateway::heard(const Asked &asked, const Heard &what)
{
    for (const auto &[run, calls] : what.waiting) {
        Waiting &waiting = m_runs[run];
        waiting.lately = nowMs();
        for (const ToolCall &call : calls) {
            if (waiting.seen.contains(call.id))
                continue;
            waiting.seen.insert(call.id);
            const quint64 hash = textHash((call.name + u'\n' + call.input).toStdString());
            waiting.repeats += waiting.calls.contains(hash) ? 1 : 0;
            waiting.calls.insert(hash);
        }
    }
    if (what.told.unlisted.isEmpty() || asked.what == Asked::What::CallModel) {
        keep(asked, what.told);
        return;
    }
    // A response that is asked for again belongs to where it was made.
    m_pending.then(m_lastWrite, [this, asked, what](const Done &) {
        m_pending.then(m_workspace.store().read([id = what.told.objects.runs.front().id](Reader &reader) {
            return threadOfResponse(reader, id);
        }),
                       [this, asked, what](const Result<QString> &thread) {
                           Asked whose = asked;
                           whose.thread = thread.value_or(QString());
                           const auto told = passingOf(m_workspace.store().provider())->readTold(whose, what.json);
                           keep(whose, told ? *told : what.told);
                       });
    });
}

void Gateway::keep(const Asked &asked, const Told &told)
{
    QStringList threads;
    for (const Thread &thread : told.objects.threads)
        threads << thread.id;
    for (const Message &message : told.objects.messages)
        threads << message.threadId;
    for (const Run &run : told.objects.runs) {
        threads << run.threadId;
        if (!isActive(run.status))
            m_runs.remove(run.id);
    }
    threads.removeDuplicates();
    const bool born = asked.what == Asked::What::CreateThread || asked.what == Asked::What::StartThreadAndRun;
    for (const QString &thread : born ? threads : QStringList()) {
        if (m_unread.contains(thread))
            continue; // a stream tells of it more than once
        // Its first messages are told by no answer: it is looked at before it is judged.
        if (asked.userMessages == 0)
            m_lookedAt.insert(thread, nowMs());
        Unread &fresh = unread(thread);
        fresh.userMessages = asked.userMessages;
        if (asked.what == Asked::What::CreateThread)
            fresh.characters = asked.characters;
    }
    m_lastWrite = m_workspace.store().write([told, threads](Writer &writer) {
        writer.write(told.objects);
        for (const QString &thread : threads)
            writer.settleThread(thread);
        for (const QString &thread : told.unlisted)
            writer.setGone(Resource::Threads, thread);
    });
    m_pending.then(m_lastWrite, [this](const Done &kept) {
        if (!kept)
            Q_EMIT failed(kept.error());
    });
}

void Gateway::passed(const Asked &asked, int status)
{
    if (status == 401)
        Q_EMIT keyWanted();
    if (status < 200 || status >= 300)
        return;
    if (asked.what == Asked::What::AddMessage) {
        unread(asked.thread).characters += asked.characters;
    } else if (asked.what == Asked::What::StartRun) {
        Unread &read = unread(asked.thread);
        read.characters = 0;
        read.userMessages += asked.userMessages;
        if (asked.userMessages > 0)
            m_lookedAt.remove(asked.thread);
    } else if (asked.what == Asked::What::SubmitOutputs && m_runs.contains(asked.run)) {
        ++m_runs[asked.run].submitted;
    }
}

void Gateway::sweep()
{
    const qint64 now = nowMs();
    const auto old = [now](const auto &entry) { return now - entry.value().lately > forgottenMs; };
    m_times.removeIf(old);
    m_unread.removeIf(old);
    m_runs.removeIf(old);
    m_lookedAt.removeIf([now](const auto &entry) { return now - entry.value() > stillKnownMs; });
    m_triedAt.removeIf([now](const auto &entry) { return now - entry.value() > againAfterMs; });
}

} // namespace bobbin
