// SPDX-License-Identifier: GPL-3.0-or-later
// Where the guard meets the person: the policy of the open connection, its watch and its gateway, the stop of all
// guarding. What the guard sees and does is in the store.
#pragma once

#include "models/gateway/gateway.h"
#include "models/session/session.h"
#include "models/settings/guardfiles.h"
#include "models/watch/policyreads.h"
#include "models/watch/watch.h"

#include <QElapsedTimer>
#include <QTimer>

class QSettings;
class QWidget;

namespace bobbin::ui {

class ConsentDialog;
class Notifier;

class GuardDesk : public QObject {
    Q_OBJECT
public:
    enum class Watching { Off, Asking, Starting, On, Blind, Stopping };
    struct State {
        bool possible = false; // a connection with a server is open
        Watching watching = Watching::Off;
        bool acts = false; // what watches may do something, and not only tell
        QString problem; // why it does not watch, or cannot see
        bool wantsGateway = false; // it is there, or begins
        QString address, token; // of the gateway; empty: it does not listen, or takes nothing new
        std::optional<GuardStop> stopped;
    };
    // `keys`: where the connection's own comes from, for callers of the gateway that have a token.
    GuardDesk(Session &session, KeySource keys, QSettings &settings, QWidget *window);
    ~GuardDesk() override;

    void opened(); // a connection is there
    [[nodiscard]] State state() const;
    [[nodiscard]] Watch *watch() const { return m_watch.get(); } // null: none runs
    [[nodiscard]] Gateway *gateway() const { return m_gateway.get(); }
    [[nodiscard]] GuardActs *acts(); // who does what the guard is to do, at this moment

    [[nodiscard]] const GuardPolicy &policy() const { return m_policy; }
    // What is wrong with its file, which is left as it is and not used; the usual policy holds, and only tells.
    [[nodiscard]] const std::vector<Error> &problems() const { return m_problems; }
    [[nodiscard]] bool keepsPolicy() const { return m_session.workspace() && !m_session.connection().id.isEmpty(); }
    Done setPolicy(const GuardPolicy &policy); // kept in its file; what watches goes on with it, once it may

    void setWatching(bool on);
    void setGateway(bool on, quint16 port = 0, bool ownKey = false); // it watches besides
    void setStopped(bool stopped, const QString &reason = {}); // all guarding, in every program
    void answer(const GuardRow &asked, bool allowed);

Q_SIGNALS:
    void changed(); // its state, or its policy
    void noted(const bobbin::GuardRow &row); // it is new, or its state changed
    void told(const QString &text);
    void failed(const bobbin::Error &error);

private:
    enum class Start { ByPerson, Again, ByItself };

    Session &m_session;
    KeySource m_keys;
    QSettings &m_settings;
    QWidget *m_window;
    Notifier *m_notifier;
    GuardPolicy m_policy, m_used; // as it is kept; as what runs was given it
    std::vector<Error> m_problems;
    std::unique_ptr<GuardActs> m_acts; // where nothing watches
    std::unique_ptr<Watch> m_watch;
    std::unique_ptr<Gateway> m_gateway;
    QPointer<ConsentDialog> m_dialog; // while it is open
    Watching m_watching = Watching::Off;
    bool m_wantsGateway = false, m_ownKey = false;
    bool m_again = false; // when what runs has ended
    bool m_keyAsked = false;
    quint16 m_port = 0; // kept over a restart, as is the token: programs were told of them
    QByteArray m_token;
    QString m_problem;
    std::optional<GuardStop> m_stopped;
    QTimer m_stopCheck;
    QElapsedTimer m_told; // since the last that was only told
    int m_starting = 0; // answers for an earlier start are dropped

    [[nodiscard]] GuardPlace place() const { return m_wantsGateway ? GuardPlace::InLine : GuardPlace::Outside; }
    void start(Start how);
    void whenLedgerIsRead(const std::function<void()> &go);
    // `go` gets what may be begun; none: the person does not want it.
    void consent(Start how, const std::function<void(std::optional<GuardPolicy>)> &go);
    std::optional<Consent> ask(const TriedPolicy &tried);
    void begin(const GuardPolicy &policy);
    void beginGateway();
    void askKey(bool fresh, const std::function<void(const Result<QByteArray> &)> &go);
    void endGateway();
    void end(bool again);
    void ended();
    void afterwards(const std::function<void()> &go);
    void drop(); // at once: what was begun is in the journal
    void anotherStart(); // what an earlier one waits for is not wanted any more
    void setState(Watching watching, const QString &problem = {});
    void tell(const GuardRow &row);
    void checkStop();
    void remember();
};

QString guardSentence(const GuardRow &row); // what it saw, and what is done about it

} // namespace bobbin::ui
