// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <utility>

namespace bobbin::ui {

// One question at a time: what is asked meanwhile is asked when the answer is there.
class Asking {
public:
    [[nodiscard]] bool begin() // false: one is under way
    {
        m_due = m_busy;
        return !std::exchange(m_busy, true);
    }
    [[nodiscard]] bool end() // true: ask again
    {
        m_busy = false;
        return std::exchange(m_due, false);
    }

private:
    bool m_busy = false, m_due = false;
};

} // namespace bobbin::ui
