// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/doneoperation.h"

#include <algorithm>

namespace bobbin {

const DoneStep *DoneTarget::done(Act act) const
{
    const auto found = std::ranges::find_if(
        steps, [&](const DoneStep &s) { return s.step.act == act && s.state == StepState::Finished; });
    return found == steps.end() ? nullptr : &*found;
}

} // namespace bobbin
