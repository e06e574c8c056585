// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/domain/runstatus.h"

namespace bobbin {

QString statusName(RunStatus status)
{
    constexpr QStringView names[] = {u"unknown",   u"queued", u"in_progress", u"requires_action", u"cancelling",
                                     u"cancelled", u"failed", u"completed",   u"incomplete",      u"expired"};
    static_assert(std::size(names) == runStatusCount);
    return std::size_t(status) < std::size(names) ? names[std::size_t(status)].toString() : names[0].toString();
}

} // namespace bobbin
