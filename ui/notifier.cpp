// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/notifier.h"

#include <QApplication>
#include <QIcon>
#include <QSystemTrayIcon>
#include <QTimer>
#include <QWidget>

#ifdef BOBBIN_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#endif

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto shownFor = 10s;

} // namespace

Notifier::Notifier(QWidget *window) : QObject(window), m_window(window)
{
}

Notifier::~Notifier() = default;

void Notifier::tell(const QString &title, const QString &text)
{
    if (m_window->isActiveWindow())
        return;
    QApplication::alert(m_window);
#ifdef BOBBIN_DBUS
    // Linux desktops without a tray still have this service; where it is missing, the tray is tried.
    QDBusMessage call =
        QDBusMessage::createMethodCall(u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s,
                                       u"org.freedesktop.Notifications"_s, u"Notify"_s);
    const QVariantMap hints{{u"desktop-entry"_s, QGuiApplication::desktopFileName()}};
    call.setArguments({QGuiApplication::applicationDisplayName(), 0U, QGuiApplication::desktopFileName(), title,
                       text.toHtmlEscaped(), QStringList(), hints, -1});
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, title, text] {
        watcher->deleteLater();
        if (QDBusPendingReply<uint>(*watcher).isError())
            tellFromTray(title, text);
    });
#else
    tellFromTray(title, text);
#endif
}

void Notifier::tellFromTray(const QString &title, const QString &text)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable() || !QSystemTrayIcon::supportsMessages())
        return;
    if (!m_tray)
        m_tray = std::make_unique<QSystemTrayIcon>(QApplication::windowIcon());
    m_tray->show(); // only one that is shown may speak
    m_tray->showMessage(title, text);
    QTimer::singleShot(shownFor, m_tray.get(), &QSystemTrayIcon::hide);
}

} // namespace bobbin::ui
