// SPDX-License-Identifier: GPL-3.0-or-later
// Tells a person who is looking elsewhere that something long has ended: through the desktop's notifications, and by
// asking for attention in the task bar.
#pragma once

#include <QObject>
#include <memory>

class QSystemTrayIcon;
class QWidget;

namespace bobbin::ui {

class Notifier : public QObject {
    Q_OBJECT
public:
    explicit Notifier(QWidget *window);
    ~Notifier() override;
    void tell(const QString &title, const QString &text); // nothing where the person sees the window

private:
    QWidget *m_window;
    std::unique_ptr<QSystemTrayIcon> m_tray;

    void tellFromTray(const QString &title, const QString &text);
};

} // namespace bobbin::ui
