// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/gateway/callertoken.h"

#include <QRandomGenerator>

#include <array>

namespace bobbin {

QByteArray newCallerToken()
{
    std::array<quint32, 8> random{};
    QRandomGenerator::system()->fillRange(random.data(), qsizetype(random.size()));
    return "bobbin-" + QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random).toHex();
}

} // namespace bobbin
