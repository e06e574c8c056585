// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace bobbin {

QByteArray newCallerToken(); // what callers of a gateway send where the key is the connection's own; 256 random bits

} // namespace bobbin
