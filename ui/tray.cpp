// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tray.h"

#include <QApplication>
#include <QSystemTrayIcon>

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

QString guardStateWords(const GuardDesk::State &state)
{
    if (state.stopped)
        return Tray::tr("Guarding is stopped");
    switch (state.watching) {
    case GuardDesk::Watching::Off:
        return Tray::tr("Not watching");
    case GuardDesk::Watching::Asking:
    case GuardDesk::Watching::Starting:
        return Tray::tr("The watch begins");
    case GuardDesk::Watching::On:
        return !state.address.isEmpty() ? Tray::tr("Watching, and in the line") : Tray::tr("Watching");
    case GuardDesk::Watching::Blind:
        return Tray::tr("The watch cannot see");
    case GuardDesk::Watching::Stopping:
        return Tray::tr("The watch ends");
    }
    return {};
}

Tray::Tray(GuardDesk &desk, QWidget *window) : QObject(window), m_desk(desk), m_window(window)
{
    m_state = m_menu.addAction(QString());
    m_state->setEnabled(false);
    m_menu.addAction(tr("Open Bobbin"), this, &Tray::windowWanted);
    m_menu.addSeparator();
    m_watch = m_menu.addAction(tr("Watch this connection"));
    m_watch->setCheckable(true);
    connect(m_watch, &QAction::triggered, &m_desk, &GuardDesk::setWatching);
    m_stop = m_menu.addAction(QString(), this, [this] { m_desk.setStopped(!m_desk.state().stopped); });
    m_menu.addSeparator();
    m_menu.addAction(tr("Quit"), this, &Tray::quitWanted);
    connect(&m_desk, &GuardDesk::changed, this, &Tray::tell);
    tell();
}

Tray::~Tray() = default;

bool Tray::isShown() const
{
    return m_icon && m_icon->isVisible() && QSystemTrayIcon::isSystemTrayAvailable();
}

void Tray::tell()
{
    const GuardDesk::State state = m_desk.state();
    const bool watching = state.watching != GuardDesk::Watching::Off;
    m_state->setText(guardStateWords(state));
    m_watch->setChecked(watching);
    m_watch->setEnabled(state.possible && !state.wantsGateway);
    m_stop->setText(state.stopped ? tr("Let guarding go on") : tr("Stop all guarding"));
    if (!m_icon && watching && QSystemTrayIcon::isSystemTrayAvailable()) {
        m_icon = std::make_unique<QSystemTrayIcon>(QApplication::windowIcon());
        m_icon->setContextMenu(&m_menu);
        connect(m_icon.get(), &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
                Q_EMIT windowWanted();
        });
    }
    if (!m_icon)
        return;
    m_icon->setToolTip(tr("Bobbin: %1").arg(guardStateWords(state)));
    // Without the icon a hidden window would be out of reach.
    if (!watching && m_icon->isVisible() && !m_window->isVisible())
        Q_EMIT windowWanted();
    m_icon->setVisible(watching);
}

void Tray::tellThatItStays()
{
    if (!std::exchange(m_told, true) && m_icon && QSystemTrayIcon::supportsMessages())
        m_icon->showMessage(tr("Bobbin goes on watching"), tr("It is in the tray; Quit is in its menu there."));
}

} // namespace bobbin::ui
