// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/scanlanes.h"

#include <algorithm>

namespace bobbin {

ScanLanes::Lane &ScanLanes::take()
{
    const QMutexLocker lock(&m_lock);
    auto lane = std::ranges::min_element(m_lanes, {}, [](const auto &one) { return one->busy.load(); });
    if (lane == m_lanes.end() || ((*lane)->busy > 0 && m_lanes.size() < most)) {
        m_lanes.push_back(std::make_unique<Lane>());
        lane = m_lanes.end() - 1;
    }
    ++(*lane)->busy;
    return **lane;
}

Done ScanLanes::open(Lane &lane)
{
    if (!lane.reader) {
        auto database = m_open();
        if (!database)
            return fail(database.error());
        lane.database = *std::move(database);
        lane.reader = std::make_unique<Reader>(*lane.database, m_provider);
    }
    const QMutexLocker lock(&m_lock);
    lane.reader->setPrices(m_prices);
    return {};
}

} // namespace bobbin
