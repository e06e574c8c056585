// SPDX-License-Identifier: GPL-3.0-or-later
// What the gateway remembers of what has passed, beside what is in the store; for a day. Times in ms.
#pragma once

#include "models/domain/content.h"

#include <QHash>
#include <QSet>

namespace bobbin {

class PassedBy {
public:
    // Whether the store has a thread as it is: it was looked at lately, and what came since has passed here.
    [[nodiscard]] bool isKnown(const QString &thread, qint64 now) const;
    void lookedAt(const QString &thread, qint64 now);
    // With so many messages of the person, which no answer tells.
    void threadBorn(const QString &thread, qint64 userMessages, qint64 characters, qint64 now);
    void messageAdded(const QString &thread, qint64 characters, qint64 now);
    void runBegun(const QString &thread, qint64 userMessages, qint64 now);
    void threadRotated(const QString &thread, const QString &successor, qint64 now);
    struct Unread { // of a thread
        qint64 characters = 0; // of messages since its last run
        qint64 userMessages = 0; // that the store has not got
        qint64 lately = 0;
    };
    [[nodiscard]] Unread unread(const QString &thread) const { return m_unread.value(thread); }

    void runWaits(const QString &run, const std::vector<ToolCall> &calls, qint64 now);
    void outputsTaken(const QString &run);
    void runEnded(const QString &run) { m_waits.remove(run); }
    [[nodiscard]] qint64 rounds(const QString &run) const { return m_waits.value(run).submitted + 1; } // with the next
    [[nodiscard]] qint64 repeats(const QString &run) const { return m_waits.value(run).repeats; }

    qint64 refused(const QString &mark, qint64 now); // so many times by now

    void sweep(qint64 now); // what nobody has asked for lately

private:
    struct Waits { // a run, for tool outputs
        qint64 submitted = 0; // times
        QSet<quint64> calls; // by name and arguments
        QSet<QString> seen; // their ids
        qint64 repeats = 0;
        qint64 lately = 0;
    };
    struct Times {
        qint64 number = 0;
        qint64 lately = 0;
    };
    QHash<QString, qint64> m_lookedAt; // thread
    QHash<QString, Unread> m_unread; // thread
    QHash<QString, Waits> m_waits; // run
    QHash<QString, Times> m_refused; // mark

    Unread &touch(const QString &thread, qint64 now);
};

} // namespace bobbin
