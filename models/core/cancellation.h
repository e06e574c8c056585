// SPDX-License-Identifier: GPL-3.0-or-later
// A wish to stop, shared by who may ask and who must listen. Not std::stop_token: Apple's library lacks it.
#pragma once

#include <QObject>
#include <atomic>
#include <memory>

namespace bobbin {

class Cancellation : public QObject {
    Q_OBJECT
public:
    [[nodiscard]] bool requested() const { return m_requested.load(); }
    void request() // from any thread
    {
        if (!m_requested.exchange(true))
            Q_EMIT cancelled();
    }

Q_SIGNALS:
    void cancelled();

private:
    std::atomic_bool m_requested = false;
};

using Cancel = std::shared_ptr<Cancellation>;
inline Cancel makeCancel()
{
    return std::make_shared<Cancellation>();
}

} // namespace bobbin
