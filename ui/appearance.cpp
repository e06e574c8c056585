// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/appearance.h"

#include "models/settings/settings.h"
#include "ui/theme.h"

#include <QApplication>
#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QPalette>
#include <QSettings>
#ifdef BOBBIN_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#endif

namespace bobbin::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// Before our palette hides what the platform has.
bool platformIsDark()
{
#ifdef Q_OS_WIN
    const QSettings registry(u"HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize"_s,
                             QSettings::NativeFormat);
    return registry.value(u"AppsUseLightTheme"_s, 1).toInt() == 0;
#else
    return QApplication::palette().color(QPalette::Window).lightness() < 128;
#endif
}

#ifdef BOBBIN_DBUS
const QString appearanceGroup = u"org.freedesktop.appearance"_s;
const QString schemeKey = u"color-scheme"_s;
constexpr uint preferDark = 1;
#endif

} // namespace

Appearance::Appearance(QApplication &app, QSettings &settings)
    : m_app(app), m_settings(settings), m_systemFont(QApplication::font()),
      m_look(Look(settingOf(settings, setting::look))), m_textSize(int(settingOf(settings, setting::textSize))),
      m_systemDark(platformIsDark())
{
    m_app.installEventFilter(this);
    // Figures and dates are written the same way everywhere, as models/core/format does.
    QLocale::setDefault(QLocale::c());
    apply();
    askSystem();
}

bool Appearance::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Polish) // before the first layout; a tool tip's before it has a text
        if (auto *label = qobject_cast<QLabel *>(watched); label && label->textFormat() == Qt::AutoText)
            label->setTextFormat(Qt::PlainText);
    return QObject::eventFilter(watched, event);
}

void Appearance::setLook(Look look)
{
    m_look = look;
    m_forced.clear();
    setSetting(m_settings, setting::look, int(look));
    apply();
    Q_EMIT changed();
}

void Appearance::setTextSize(int percent)
{
    setSetting(m_settings, setting::textSize, percent);
    m_textSize = int(settingOf(m_settings, setting::textSize));
    apply();
    Q_EMIT changed();
}

void Appearance::force(const QString &theme)
{
    m_forced = theme;
    apply();
    Q_EMIT changed();
}

void Appearance::apply()
{
    const bool dark = !m_forced.isEmpty() ? m_forced == "dark"_L1
        : m_look == Look::System          ? m_systemDark
                                          : m_look == Look::Dark;
    applyTheme(m_app, dark);
    QFont font = m_systemFont;
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * m_textSize / 100.0);
    else
        font.setPixelSize(font.pixelSize() * m_textSize / 100);
    QApplication::setFont(font);
}

void Appearance::askSystem()
{
#ifdef BOBBIN_DBUS
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    const QString service = u"org.freedesktop.portal.Desktop"_s;
    const QString path = u"/org/freedesktop/portal/desktop"_s;
    const QString interface = u"org.freedesktop.portal.Settings"_s;
    bus.connect(service, path, interface, u"SettingChanged"_s, this, SLOT(systemSaid(QString, QString, QDBusVariant)));
    QDBusMessage ask = QDBusMessage::createMethodCall(service, path, interface, u"Read"_s);
    ask << appearanceGroup << schemeKey;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(ask), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (!reply.isError())
            systemSaid(appearanceGroup, schemeKey, reply.value());
        watcher->deleteLater();
    });
#endif
}

#ifdef BOBBIN_DBUS
void Appearance::systemSaid(const QString &group, const QString &key, const QDBusVariant &value)
{
    if (group != appearanceGroup || key != schemeKey)
        return;
    QVariant scheme = value.variant(); // a variant in a variant, by some
    if (scheme.canConvert<QDBusVariant>())
        scheme = scheme.value<QDBusVariant>().variant();
    m_systemDark = scheme.toUInt() == preferDark;
    if (m_look != Look::System || !m_forced.isEmpty())
        return;
    apply();
    Q_EMIT changed();
}
#endif

} // namespace bobbin::ui
