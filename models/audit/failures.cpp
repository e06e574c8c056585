// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audit/failures.h"

#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

FailureClass failureClass(RunStatus status, QStringView errorCode, bool stuck)
{
    switch (status) {
    case RunStatus::Failed:
        // A used-up quota has a code of its own: waiting does not bring it back.
        if (errorCode == "rate_limit_exceeded"_L1 || errorCode == "server_error"_L1)
            return FailureClass::Transient;
        return errorCode == "invalid_prompt"_L1 ? FailureClass::Structural : FailureClass::Fatal;
    case RunStatus::Expired:
    case RunStatus::Incomplete:
        return FailureClass::Structural;
    case RunStatus::RequiresAction:
        return stuck ? FailureClass::Structural : FailureClass::None;
    default:
        return FailureClass::None;
    }
}

std::optional<StepCeiling> recommendedCeiling(std::vector<qint64> toolStepsOfRuns)
{
    const std::size_t n = toolStepsOfRuns.size();
    if (n == 0)
        return std::nullopt;
    const std::size_t rank = (n * 99 + 99) / 100; // rounded up
    const auto at = toolStepsOfRuns.begin() + qsizetype(rank - 1);
    std::ranges::nth_element(toolStepsOfRuns, at);
    return StepCeiling{*at + 2, qint64(n)};
}

} // namespace bobbin
