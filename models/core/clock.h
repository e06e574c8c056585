// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

namespace bobbin {

inline qint64 nowMs() // Unix, UTC
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace bobbin
