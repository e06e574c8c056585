// SPDX-License-Identifier: GPL-3.0-or-later
// Where turns by hand meet the person: tells the composer what the next one will read and cost, takes it under the
// policy, has its tool calls answered, tells what it came to.
#pragma once

#include "models/session/session.h"
#include "models/turns/toolcommand.h"
#include "models/turns/turn.h"

class QSettings;

namespace bobbin::ui {

class Composer;
class GuardDesk;

class TurnDesk : public QObject {
    Q_OBJECT
public:
    TurnDesk(Session &session, GuardDesk &guard, QSettings &settings, Composer &composer, QWidget *window);
    ~TurnDesk() override;

    void setThread(const QString &id); // that is shown; empty: none
    void look(); // what the next turn will be may have changed
    [[nodiscard]] const Turn *turn() const { return m_turn.get(); } // null: none is taken

Q_SIGNALS:
    void threadWanted(const QString &id);
    void failed(const bobbin::Error &error);

private:
    Session &m_session;
    GuardDesk &m_guard;
    QSettings &m_settings;
    Composer &m_composer;
    QWidget *m_window;
    ToolAnswers m_tools;
    std::unique_ptr<Turn> m_turn;
    QString m_turnThread; // where it is taken; empty: in one that is not there yet
    QString m_shown;
    int m_asked = 0; // answers for an earlier question are dropped

    Turn &make();
    void send();
    void again();
    void answer();
    void editTools();
    void ended(const TurnEnd &end);
    void drop();
    void place(); // the composer shows the turn of its thread only
    [[nodiscard]] bool isHere() const { return m_turn && m_turnThread == m_shown; }
};

} // namespace bobbin::ui
