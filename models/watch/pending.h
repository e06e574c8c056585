// SPDX-License-Identifier: GPL-3.0-or-later
// Questions and writes whose answer is still to come: whoever wants to end waits for them.
#pragma once

#include "models/store/whendone.h"

#include <functional>

namespace bobbin {

class Pending {
public:
    // `rested` follows every answer.
    Pending(QObject *owner, std::function<void()> rested) : m_owner(owner), m_rested(std::move(rested)) { }
    [[nodiscard]] bool isEmpty() const { return m_count == 0; }
    template <class T, class F> void then(const QFuture<T> &future, F answer)
    {
        ++m_count;
        whenDone(future, m_owner, [this, answer = std::move(answer)](const T &result) mutable {
            answer(result);
            --m_count;
            m_rested();
        });
    }

private:
    QObject *m_owner; // has this as a member
    std::function<void()> m_rested;
    int m_count = 0;
};

} // namespace bobbin
