// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/ledger.h"

namespace bobbin {

qint32 NameList::number(std::string_view name)
{
    if (const auto known = find(name))
        return *known;
    const auto number = qint32(m_names.size());
    m_names.emplace_back(name);
    m_numbers.emplace(name, number);
    return number;
}

std::optional<qint32> NameList::find(std::string_view name) const
{
    const auto known = m_numbers.find(name);
    return known == m_numbers.end() ? std::nullopt : std::optional(known->second);
}

void Ledger::put(ThreadFact thread)
{
    const auto [place, isNew] = places.try_emplace(thread.key, threads.size());
    if (isNew)
        threads.push_back(std::move(thread));
    else
        threads[place->second] = std::move(thread);
}

ThreadFact *Ledger::thread(RowKey key)
{
    const auto place = places.find(key);
    return place == places.end() ? nullptr : &threads[place->second];
}

std::size_t Ledger::runs() const
{
    std::size_t all = 0;
    for (const ThreadFact &thread : threads)
        all += thread.runs.size();
    return all;
}

} // namespace bobbin
