// SPDX-License-Identifier: GPL-3.0-or-later
// How a person at a terminal, or a script's log, learns that nothing moves: a line within ten seconds, again every half
// minute, and the end when it has lasted too long.
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>

namespace bobbin::cli {

class Patience : public QObject {
    Q_OBJECT
public:
    Patience(int timeoutSeconds, QObject *parent);
    void begin(const QString &what); // "reading the workspace": said where nothing better is known
    void end();
    void moved();
    void waits(const QString &what, const QString &next, qint64 sinceMs);
    void progress(const QString &line); // on a terminal, over the last one

Q_SIGNALS:
    void timedOut();

private:
    QTimer m_beat;
    qint64 m_movedAt = 0, m_saidAt = 0, m_timeoutMs;
    QString m_what, m_next;
    bool m_line = false; // a progress line stands there

    void beat();
    void clearLine();
};

} // namespace bobbin::cli
