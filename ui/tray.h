// SPDX-License-Identifier: GPL-3.0-or-later
// While the guard watches, Bobbin is in the tray, where there is one: its window may be closed, and the watch goes on.
#pragma once

#include "ui/guarddesk.h"

#include <QMenu>

class QAction;
class QSystemTrayIcon;

namespace bobbin::ui {

class Tray : public QObject {
    Q_OBJECT
public:
    Tray(GuardDesk &desk, QWidget *window);
    ~Tray() override;
    [[nodiscard]] bool isShown() const; // the window need not be
    [[nodiscard]] QMenu &menu() { return m_menu; }
    void tellThatItStays(); // once

Q_SIGNALS:
    void windowWanted();
    void quitWanted();

private:
    GuardDesk &m_desk;
    QWidget *m_window;
    QMenu m_menu;
    QAction *m_state, *m_watch, *m_stop;
    std::unique_ptr<QSystemTrayIcon> m_icon;
    bool m_told = false;

    void tell();
};

QString guardStateWords(const GuardDesk::State &state); // in a few words

} // namespace bobbin::ui
