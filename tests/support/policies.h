// SPDX-License-Identifier: GPL-3.0-or-later
// Policies, said briefly.
#pragma once

#include "models/guard/policy.h"

namespace bobbin::test {

inline RuleSaid upTo(qint64 number, std::optional<GuardAct> act = {})
{
    RuleLimit limit;
    limit.number = number;
    return {limit, act};
}
inline RuleSaid &of(PolicyLayer &layer, GuardRule rule)
{
    return layer[std::size_t(rule)];
}
inline const RuleNow &of(const PolicyNow &now, GuardRule rule)
{
    return now[std::size_t(rule)];
}
inline const RuleSaid &of(const GuardPolicy &policy, GuardRule rule)
{
    return policy.connection[std::size_t(rule)];
}
inline RuleSaid &of(GuardPolicy &policy, GuardRule rule)
{
    return of(policy.connection, rule);
}

} // namespace bobbin::test
