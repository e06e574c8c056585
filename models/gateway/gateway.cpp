// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/gateway.h"

#include "models/core/clock.h"
#include "models/gateway/upstream.h"

#include <QUrl>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto sweepEvery = 600s;

} // namespace

Gateway::Gateway(Workspace &workspace, Auditor &auditor, GuardActs &acts, GuardPolicy policy,
                 std::function<bool()> stopped, QObject *parent)
    : QObject(parent), m_workspace(workspace), m_auditor(auditor), m_acts(acts),
      m_policy(std::make_shared<const GuardPolicy>(std::move(policy))), m_budgets(allBudgets(*m_policy)),
      m_stopped(std::move(stopped)), m_pending(this, [] {}), m_passing(passingOf(workspace.store().provider()))
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
    m_listener = std::make_unique<PassingListener>(workspace.store().provider(), basePath(), std::move(hands));
    connect(&acts, &GuardActs::attempted, this, &Gateway::attempted);
    connect(&m_sweep, &QTimer::timeout, this, [this] { m_passed.sweep(nowMs()); });
    m_sweep.start(sweepEvery);
    connect(&m_idleCheck, &QTimer::timeout, this, [this] {
        if (!m_line || m_line->figures().running == 0) {
            m_idleCheck.stop();
            Q_EMIT idle();
        }
    });
}

Gateway::~Gateway()
{
    m_line.reset(); // nothing of it comes any more
}

QByteArray Gateway::basePath() const
{
    return QUrl(m_workspace.connection().baseUrl).path(QUrl::FullyEncoded).toLatin1();
}

void Gateway::start(const GatewayOptions &options)
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
    line.basePath = basePath();
    m_hasOwnKey = !options.token.isEmpty();
    m_line = std::make_unique<HttpLine>(*upstream, line, *m_listener);
    if (!m_key.isEmpty())
        setKey(std::exchange(m_key, {}));
    const auto port = m_line->start();
    if (!port) {
        Q_EMIT notBegun(port.error());
        return;
    }
    m_port = *port;
    m_address = u"http://127.0.0.1:"_s + QString::number(*port) + QString::fromLatin1(basePath());
    Q_EMIT listening(m_address);
}

void Gateway::setKey(const QByteArray &key)
{
    if (m_line)
        m_line->setKey(m_workspace.store().provider().authorization(m_workspace.connection(), key));
    else
        m_key = key;
}

void Gateway::rest()
{
    if (m_line)
        m_line->rest();
    m_idleCheck.start(50ms);
}

const LineFigures *Gateway::figures() const
{
    return m_line ? &m_line->figures() : nullptr;
}

QString Gateway::address() const
{
    return m_address;
}

void Gateway::heard(const Asked &asked, const Heard &what)
{
    for (const auto &[run, calls] : what.waiting)
        m_passed.runWaits(run, calls, nowMs());
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
                           const auto told = m_passing->readTold(whose, what.json);
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
            m_passed.runEnded(run.id);
    }
    threads.removeDuplicates();
    const bool born = asked.what == Asked::What::CreateThread || asked.what == Asked::What::StartThreadAndRun;
    // A run has read what its thread began with.
    const qint64 characters = asked.what == Asked::What::CreateThread ? asked.characters : 0;
    for (const QString &thread : born ? threads : QStringList())
        m_passed.threadBorn(thread, asked.userMessages, characters, nowMs());
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
    if (status == 401 && m_hasOwnKey)
        Q_EMIT keyWanted();
    if (status < 200 || status >= 300)
        return;
    if (asked.what == Asked::What::AddMessage)
        m_passed.messageAdded(asked.thread, asked.characters, nowMs());
    else if (asked.what == Asked::What::StartRun)
        m_passed.runBegun(asked.thread, asked.userMessages, nowMs());
    else if (asked.what == Asked::What::SubmitOutputs)
        m_passed.outputsTaken(asked.run);
}

} // namespace bobbin
