// SPDX-License-Identifier: GPL-3.0-or-later
// Where the person has been, as a browser knows it: a page, and on Threads a thread.
#pragma once

#include <QString>
#include <deque>
#include <optional>

namespace bobbin::ui {

struct Place {
    int page = 0;
    QString thread; // id; empty: none, or another page
    bool operator==(const Place &) const = default;
};

class Places {
public:
    void visit(const Place &place) // what was ahead is forgotten; the same place again is no other one
    {
        if (!m_places.empty() && m_places[m_at] == place)
            return;
        // From a page as such to what it shows first is no step of the person's.
        if (!m_places.empty() && m_places[m_at].page == place.page && m_places[m_at].thread.isEmpty()) {
            m_places[m_at] = place;
            return;
        }
        if (!m_places.empty())
            m_places.resize(m_at + 1);
        m_places.push_back(place);
        if (m_places.size() > most)
            m_places.pop_front();
        m_at = m_places.size() - 1;
    }
    [[nodiscard]] bool hasBack() const { return m_at > 0; }
    [[nodiscard]] bool hasForward() const { return m_at + 1 < m_places.size(); }
    std::optional<Place> back() { return hasBack() ? std::optional(m_places[--m_at]) : std::nullopt; }
    std::optional<Place> forward() { return hasForward() ? std::optional(m_places[++m_at]) : std::nullopt; }
    void clear()
    {
        m_places.clear();
        m_at = 0;
    }

private:
    static constexpr std::size_t most = 100;
    std::deque<Place> m_places;
    std::size_t m_at = 0;
};

} // namespace bobbin::ui
