// SPDX-License-Identifier: GPL-3.0-or-later
// Where turns by hand meet the person: tells the composer what the next one will read and cost, takes it under the
// policy, has its tool calls answered, tells what it came to.
#pragma once

#include "models/session/session.h"
#include "models/turns/toolcommand.h"
#include "models/turns/turn.h"
#include "ui/widgets/notice.h"

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
    QString m_begunAt; // what was shown then
    bool m_isSend = false; // it takes the message that is written along
    QString m_shown;
    // What it waits for the person with, and said last: shown wherever its thread is.
    std::vector<ToolCall> m_calls;
    std::optional<AgainAdvice> m_advice;
    std::optional<std::pair<QString, Notice::Tone>> m_note;
    std::vector<BudgetUse> m_uses; // what was spent, and of which policy
    GuardPolicy m_usesOf;
    QElapsedTimer m_usesRead;
    int m_asked = 0; // answers for an earlier question are dropped

    Turn &make();
    void send();
    void again();
    void answer();
    void editTools();
    void ended(const TurnEnd &end);
    void drop();
    void place(); // the composer shows the turn of its thread only
    void note(const QString &text, Notice::Tone tone = Notice::Tone::Info);
    void showAgain();
    [[nodiscard]] QString where() const { return m_turnThread.isEmpty() ? m_begunAt : m_turnThread; }
    [[nodiscard]] bool isHere() const { return m_turn && where() == m_shown; }
};

} // namespace bobbin::ui
