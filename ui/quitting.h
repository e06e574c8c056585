// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the window may close. While operations run the person is asked, and may let them end first: the window is
// gone then, comes back where one of them needs something, and closes when the last has ended.
#pragma once

#include "models/session/session.h"

namespace bobbin::ui {

class Quitting : public QObject {
    Q_OBJECT
public:
    Quitting(Session &session, QWidget *window);
    [[nodiscard]] bool mayClose();
    [[nodiscard]] bool waits() const { return m_waits; } // the window is gone until what runs has ended

Q_SIGNALS:
    void over(); // nothing runs any more that was waited for; a hidden window takes no close()

private:
    Session &m_session;
    QWidget *m_window;
    bool m_waits = false; // for what runs to end

    enum class Choice { Now, Later, Stay };
    Choice ask() const;
    void waitFor(Operations &operations);
    void stopWaiting();
};

} // namespace bobbin::ui
