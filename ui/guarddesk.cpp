// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/guarddesk.h"

#include "models/core/clock.h"
#include "models/core/days.h"
#include "models/core/errortext.h"
#include "models/core/format.h"
#include "models/gateway/callertoken.h"
#include "models/guard/policyedit.h"
#include "models/guard/policyjson.h"
#include "models/guard/policytext.h"
#include "models/guard/sight.h"
#include "models/settings/settings.h"
#include "models/store/whendone.h"
#include "ui/dialogs/consentdialog.h"
#include "ui/notifier.h"

#include <QFile>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto stopCheckedEvery = 1s;
constexpr std::chrono::milliseconds toldEvery = 1min;
constexpr auto longestEnd = 30s; // what was begun and takes longer, the next start goes on with

} // namespace

QString guardSentence(const GuardRow &row)
{
    const auto act = actOfWord(row.act);
    QString said = crossedText(row);
    if (act && *act != GuardAct::Notify)
        said += GuardDesk::tr(". Act: %1 — %2").arg(guardActName(*act), guardStateName(row.state));
    return said;
}

GuardDesk::GuardDesk(Session &session, KeySource keys, QSettings &settings, QWidget *window)
    : QObject(window), m_session(session), m_keys(std::move(keys)), m_settings(settings), m_window(window),
      m_notifier(new Notifier(window))
{
    connect(&session, &Session::closing, this, [this] {
        drop();
        m_acts.reset();
    });
    connect(&session, &Session::closed, this, [this] {
        m_policy = {};
        m_problems.clear();
        Q_EMIT changed();
    });
    connect(&m_stopCheck, &QTimer::timeout, this, &GuardDesk::checkStop);
    m_stopCheck.start(stopCheckedEvery);
    m_stopped = guardStop();
}

GuardDesk::~GuardDesk() = default;

GuardDesk::State GuardDesk::state() const
{
    State state;
    state.possible = m_session.workspace() != nullptr;
    state.watching = m_watching;
    state.acts = m_watch && isActing(m_used, m_gateway ? GuardPlace::InLine : GuardPlace::Outside);
    state.problem = m_problem;
    state.wantsGateway = m_wantsGateway;
    state.address = m_gateway && m_watching != Watching::Stopping ? m_gateway->address() : QString();
    state.token = state.address.isEmpty() ? QString() : QString::fromLatin1(m_token);
    state.stopped = m_stopped;
    return state;
}

GuardActs *GuardDesk::acts()
{
    if (m_watch)
        return &m_watch->acts();
    if (!m_acts) {
        m_acts = std::make_unique<GuardActs>(*m_session.workspace(), [this] { return !m_stopped; });
        connect(m_acts.get(), &GuardActs::noted, this, &GuardDesk::noted);
        connect(m_acts.get(), &GuardActs::failed, this, &GuardDesk::failed);
    }
    return m_acts.get();
}

void GuardDesk::opened()
{
    m_policy = {};
    m_problems.clear();
    const QString id = m_session.connection().id;
    if (const QString file = policyFile(id); !id.isEmpty() && QFile::exists(file)) {
        const Result<PolicyRead> read = readPolicy(file);
        if (!read)
            m_problems.push_back(read.error());
        else if (read->problems.empty())
            m_policy = read->policy;
        else
            m_problems = read->problems;
    }
    Q_EMIT changed();
    for (const Error &problem : m_problems)
        Q_EMIT failed(problem);
    if (m_session.workspace() && m_problems.empty() && isWatched(m_settings, id))
        start(Start::ByItself);
}

Done GuardDesk::setPolicy(const GuardPolicy &policy)
{
    const QString file = policyFile(m_session.connection().id);
    // One that could not be read is the person's work all the same.
    if (!m_problems.empty() && QFile::exists(file)) {
        const QString aside = file + u".unread"_s;
        QFile::remove(aside);
        if (!QFile::rename(file, aside))
            return fail(Error::Kind::Storage, tr("what is there cannot be put aside"), file);
    }
    if (Done written = writePolicy(file, policy); !written)
        return written;
    m_policy = policy;
    m_problems.clear();
    Q_EMIT changed();
    if (m_watching == Watching::Asking) { // under the earlier one
        anotherStart();
        setState(Watching::Off);
        start(Start::ByPerson);
    } else if (m_watch && (m_watching != Watching::Stopping || m_again)) {
        // What runs goes on until the person has looked at what is to follow.
        consent(Start::Again, [this](const std::optional<GuardPolicy> &may) {
            if (may && m_watching != Watching::Stopping)
                end(true);
            else if (!may)
                Q_EMIT told(tr("The policy is kept. What runs goes on with the earlier one until it is begun anew."));
        });
    }
    return {};
}

void GuardDesk::setWatching(bool on)
{
    if (m_watching == Watching::Stopping)
        m_again = on || m_wantsGateway;
    else if (on && m_watching == Watching::Off)
        start(Start::ByPerson);
    else if (!on && m_watching != Watching::Off && !m_wantsGateway)
        end(false);
    remember();
    Q_EMIT changed();
}

void GuardDesk::setGateway(bool on, quint16 port, bool ownKey)
{
    if (on != m_wantsGateway) {
        m_wantsGateway = on;
        m_port = port;
        m_ownKey = ownKey;
        m_token = on && ownKey ? newCallerToken() : QByteArray();
        if (m_watching == Watching::Off) {
            start(Start::ByPerson);
        } else if (m_watching == Watching::Asking && !on) {
            anotherStart();
            setState(Watching::Off);
        } else if (m_watching == Watching::Stopping) {
            m_again = true;
        } else {
            end(true); // what watches goes on, with it or without
        }
        remember();
    }
    Q_EMIT changed();
}

void GuardDesk::remember()
{
    setWatched(m_settings, m_session.connection().id,
               m_watching != Watching::Off && (m_again || m_watching != Watching::Stopping));
}

void GuardDesk::start(Start how)
{
    if (!m_session.workspace() || m_watch)
        return;
    m_again = false;
    anotherStart();
    setState(Watching::Asking);
    consent(how, [this, how](const std::optional<GuardPolicy> &may) {
        if (may) {
            begin(*may);
            return;
        }
        const bool without = std::exchange(m_wantsGateway, false) && how == Start::Again;
        if (without && !isActing(m_policy)) { // what only watched before does so again
            begin(m_policy);
            return;
        }
        setState(Watching::Off, m_problem);
        remember();
    });
}

// What a policy would have done is read from all runs.
void GuardDesk::whenLedgerIsRead(const std::function<void()> &go)
{
    Auditor *auditor = m_session.auditor();
    if (auditor->hasLedger()) {
        go();
        return;
    }
    auto *once = new QObject(auditor);
    connect(auditor, &Auditor::audited, once, [this, once, go, starting = m_starting] {
        once->deleteLater();
        if (starting == m_starting)
            go();
    });
}

void GuardDesk::consent(Start how, const std::function<void(std::optional<GuardPolicy>)> &go)
{
    if (!isActing(m_policy, place())) {
        go(m_policy);
        return;
    }
    struct Known {
        Consent given = Consent::NotAsked;
        TriedPolicy tried;
    };
    whenLedgerIsRead([this, how, go] {
        whenDone(
            m_session.auditor()->withLedger([policy = m_policy](const Ledger &ledger, Reader &reader) -> Result<Known> {
                const auto given = consentTo(policy, reader);
                auto tried = tryHere(policy, ledger, reader, startOfLastDays(ConsentDialog::days, nowMs()));
                if (!given || !tried)
                    return fail(!given ? given.error() : tried.error());
                return Known{*given, *std::move(tried)};
            }),
            this, [this, how, go, starting = m_starting](const Result<Known> &known) {
                if (starting != m_starting)
                    return;
                if (!known) {
                    m_problem = errorText(known.error()).line();
                    Q_EMIT failed(known.error());
                    go({});
                    return;
                }
                std::optional<Consent> said = known->given;
                if (how == Start::ByItself && said == Consent::NotAsked) { // nobody need be there
                    m_problem = tr("The policy acts, and nobody looked at it since it changed: turn the watch on to do "
                                   "so.");
                    setState(Watching::Off, m_problem);
                    Q_EMIT told(m_problem);
                    return;
                }
                if (said == Consent::NotAsked || (said == Consent::OnlyTell && how == Start::ByPerson)) {
                    said = ask(known->tried);
                    if (starting != m_starting) // it was closed meanwhile
                        return;
                    if (!said) {
                        m_problem.clear();
                        go({});
                        return;
                    }
                }
                const GuardPolicy may = said == Consent::Act ? m_policy : onlyTelling(m_policy);
                if (said == known->given) {
                    go(may);
                    return;
                }
                whenDone(keepConsent(m_policy, *said, *m_session.store()), this,
                         [this, go, may, starting](const Done &kept) {
                             if (starting != m_starting)
                                 return;
                             if (kept) {
                                 go(may);
                                 return;
                             }
                             m_problem = errorText(kept.error()).line();
                             Q_EMIT failed(kept.error());
                             go({});
                         });
            });
    });
}

std::optional<Consent> GuardDesk::ask(const TriedPolicy &tried)
{
    ConsentDialog dialog(m_policy, tried, m_window);
    m_dialog = &dialog;
    dialog.exec();
    return dialog.choice();
}

void GuardDesk::anotherStart()
{
    ++m_starting;
    if (m_dialog)
        m_dialog->reject();
}

void GuardDesk::begin(const GuardPolicy &policy)
{
    m_used = policy;
    m_watch = std::make_unique<Watch>(*m_session.workspace(), *m_session.auditor(), policy,
                                      [] { return guardStop().has_value(); });
    const auto unlessEnding = [this](Watching watching, const QString &problem) {
        if (m_watching != Watching::Stopping)
            setState(watching, problem);
    };
    connect(m_watch.get(), &Watch::watching, this, [unlessEnding] { unlessEnding(Watching::On, {}); });
    connect(m_watch.get(), &Watch::blind, this,
            [unlessEnding](const Error &error) { unlessEnding(Watching::Blind, errorText(error).line()); });
    connect(m_watch.get(), &Watch::sees, this, [unlessEnding] { unlessEnding(Watching::On, {}); });
    connect(m_watch.get(), &Watch::notBegun, this, [this](const Error &error) {
        m_again = false;
        Q_EMIT failed(error);
        afterwards([this, why = errorText(error).line()] {
            drop();
            setState(Watching::Off, why);
        });
    });
    connect(m_watch.get(), &Watch::noted, this, &GuardDesk::tell);
    connect(m_watch.get(), &Watch::failed, this, &GuardDesk::failed);
    connect(m_watch.get(), &Watch::idle, this, &GuardDesk::ended);
    setState(Watching::Starting);
    if (m_wantsGateway)
        beginGateway();
    m_watch->start();
    remember();
}

// A key of its own is there before callers are: their token is nothing to the server.
void GuardDesk::beginGateway()
{
    m_gateway = std::make_unique<Gateway>(*m_session.workspace(), *m_session.auditor(), m_watch->acts(), m_used,
                                          [] { return guardStop().has_value(); });
    connect(m_gateway.get(), &Gateway::listening, this, [this] {
        m_port = m_gateway->port();
        Q_EMIT changed();
    });
    connect(m_gateway.get(), &Gateway::notBegun, this, [this](const Error &error) {
        Q_EMIT failed(error);
        afterwards([this] { endGateway(); });
    });
    connect(m_gateway.get(), &Gateway::noted, this, &GuardDesk::tell);
    connect(m_gateway.get(), &Gateway::failed, this, &GuardDesk::failed);
    connect(m_gateway.get(), &Gateway::idle, this, [this] {
        if (m_watch)
            m_watch->stop();
    });
    connect(m_gateway.get(), &Gateway::keyWanted, this, [this] {
        askKey(true, [this](const Result<QByteArray> &key) {
            if (key)
                m_gateway->setKey(*key);
            else
                Q_EMIT failed(key.error());
        });
    });
    if (!m_ownKey) {
        m_gateway->start({m_port, {}});
        return;
    }
    askKey(false, [this](const Result<QByteArray> &key) {
        if (!key) {
            Q_EMIT failed(key.error());
            endGateway();
            return;
        }
        m_gateway->start({m_port, m_token});
        m_gateway->setKey(*key);
    });
}

void GuardDesk::askKey(bool fresh, const std::function<void(const Result<QByteArray> &)> &go)
{
    if (std::exchange(m_keyAsked, true)) // every request that the server refuses wants one
        return;
    m_keys(m_session.connection(), fresh,
           [self = QPointer(this), starting = m_starting, go](const Result<QByteArray> &key) {
               if (!self || starting != self->m_starting)
                   return;
               self->m_keyAsked = false;
               if (self->m_gateway)
                   go(key);
           });
}

// It could not begin: what watches goes on without it.
void GuardDesk::endGateway()
{
    m_gateway.reset();
    m_wantsGateway = false;
    if (m_watching == Watching::Stopping && m_watch)
        m_watch->stop();
    Q_EMIT changed();
}

void GuardDesk::end(bool again)
{
    m_again = again;
    if (m_watching == Watching::Stopping)
        return;
    if (!m_watch) { // it was not begun yet
        anotherStart();
        setState(Watching::Off);
        if (std::exchange(m_again, false))
            start(Start::ByPerson);
        return;
    }
    setState(Watching::Stopping);
    if (m_gateway && m_gateway->port() != 0) {
        m_gateway->rest();
    } else {
        m_gateway.reset();
        m_watch->stop();
    }
    QTimer::singleShot(longestEnd, m_watch.get(), [this] { ended(); });
}

void GuardDesk::ended()
{
    afterwards([this] {
        const bool again = std::exchange(m_again, false), gateway = m_wantsGateway;
        const QByteArray token = m_token;
        drop();
        if (Workspace *workspace = m_session.workspace())
            workspace->setFollowing(true); // as without a watch
        m_wantsGateway = gateway && again;
        if (m_wantsGateway)
            m_token = token;
        if (again)
            start(Start::Again);
        else
            remember();
    });
}

// Not from within a signal of what goes.
void GuardDesk::afterwards(const std::function<void()> &go)
{
    QMetaObject::invokeMethod(
        this,
        [this, go, starting = m_starting] {
            if (starting == m_starting)
                go();
        },
        Qt::QueuedConnection);
}

void GuardDesk::drop()
{
    anotherStart();
    m_gateway.reset();
    m_watch.reset();
    m_token.clear();
    m_wantsGateway = m_keyAsked = m_again = false;
    setState(Watching::Off);
}

void GuardDesk::setState(Watching watching, const QString &problem)
{
    m_watching = watching;
    m_problem = problem;
    Q_EMIT changed();
}

void GuardDesk::setStopped(bool stopped, const QString &reason)
{
    if (const Done done = stopped ? stopGuard(reason) : letGuardGo(); !done)
        Q_EMIT failed(done.error());
    checkStop();
}

void GuardDesk::checkStop()
{
    const auto stop = guardStop();
    if (stop.has_value() == m_stopped.has_value())
        return;
    m_stopped = stop;
    Q_EMIT changed();
}

void GuardDesk::answer(const GuardRow &row, bool allowed)
{
    if (!m_session.store())
        return;
    whenDone(Watch::answer(*m_session.store(), row, allowed), this, [this, allowed](const Result<bool> &answered) {
        if (!answered)
            Q_EMIT failed(answered.error());
        else if (!*answered)
            Q_EMIT told(tr("It does not ask that any longer."));
        else if (allowed && !m_watch)
            Q_EMIT told(tr("The next watch does it: none runs here."));
    });
}

void GuardDesk::tell(const GuardRow &row)
{
    Q_EMIT noted(row);
    // A bot that goes astray goes beyond many limits at once.
    const bool urgent = row.state != GuardState::Told;
    if (!urgent && m_told.isValid() && m_told.elapsed() < toldEvery.count())
        return;
    if (!urgent)
        m_told.start();
    m_notifier->tell(row.state == GuardState::Asked ? tr("The guard asks") : tr("The guard"), guardSentence(row));
}

} // namespace bobbin::ui
