// SPDX-License-Identifier: GPL-3.0-or-later
// What the person may do to an operation while it runs, and what it tells meanwhile.
#pragma once

#include "models/core/cancellation.h"
#include "models/core/error.h"

#include <QObject>

namespace bobbin {

struct OperationProgress {
    enum class State { Running, Paused, Waiting, Asking, Ended };
    qint64 operation = 0;
    State state = State::Running; // Waiting: for the network; Asking: for a key, for room on the disk
    qint64 total = 0, done = 0, failed = 0, skipped = 0;
    std::optional<qint64> restMs; // at the present pace
    std::optional<Error> error; // why it waits or asks
    // What has taken longest of all that is under way, where that is some seconds.
    struct Waits {
        QString what; // "follow run to its end, run_7"
        QString next; // what happens next
        qint64 sinceMs = 0;
    };
    std::optional<Waits> waits;
    [[nodiscard]] qint64 settled() const { return done + failed + skipped; }
};

// Asked from any thread. Cancelling ends it between steps: what was begun on the server is brought to its end.
class Control : public QObject {
    Q_OBJECT
public:
    [[nodiscard]] bool cancelled() const { return m_cancelled; }
    [[nodiscard]] bool paused() const { return m_paused; }
    void cancel()
    {
        m_cancelled = true;
        tell();
    }
    void pause()
    {
        m_paused = true;
        tell();
    }
    void resume() // from a pause, or when what it asked for is there
    {
        m_paused = false;
        ++m_resumed;
        tell();
    }
    [[nodiscard]] int resumed() const { return m_resumed; }
    // Who looks at all this and then waits for changed() must not miss one in between.
    [[nodiscard]] int changes() const { return m_changes; }
    void tell()
    {
        ++m_changes;
        Q_EMIT changed();
    }

Q_SIGNALS:
    void changed();

private:
    std::atomic_bool m_cancelled = false, m_paused = false;
    std::atomic_int m_resumed = 0, m_changes = 0;
};

} // namespace bobbin
