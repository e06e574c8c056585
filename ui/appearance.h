// SPDX-License-Identifier: GPL-3.0-or-later
// How the program looks: its own light or dark palette, as the person chose or the system has it, and the size of text.
#pragma once

#include <QFont>

#include <QObject>
#ifdef BOBBIN_DBUS
#include <QDBusVariant>
#endif

class QApplication;
class QSettings;

namespace bobbin::ui {

class Appearance : public QObject {
    Q_OBJECT
public:
    enum class Look { System, Light, Dark };
    Appearance(QApplication &app, QSettings &settings);

    [[nodiscard]] Look look() const { return m_look; }
    [[nodiscard]] int textSize() const { return m_textSize; } // percent of the system's
    void setLook(Look look);
    void setTextSize(int percent);
    void force(const QString &theme); // "light" or "dark" for this run, whatever is chosen

    // Texts of a server get into labels and tool tips: none of them may be read as HTML, which would open files it
    // names.
    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void changed(); // colours or sizes are others now

private:
    QApplication &m_app;
    QSettings &m_settings;
    QFont m_systemFont;
    Look m_look;
    int m_textSize;
    QString m_forced;
    bool m_systemDark;

    void apply();
    void askSystem(); // where it tells by a message, it tells of changes too

#ifdef BOBBIN_DBUS
private Q_SLOTS:
    void systemSaid(const QString &group, const QString &key, const QDBusVariant &value);
#endif
};

} // namespace bobbin::ui
