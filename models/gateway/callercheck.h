// SPDX-License-Identifier: GPL-3.0-or-later
// Who may ask through the line at all: programs of this computer that were told its address, and no web page, whatever
// name it has for us. Pure.
#pragma once

#include "models/gateway/httpline.h"

namespace bobbin {

struct CallerHead { // of a request
    QByteArray target, host;
    bool fromPage = false; // a browser says that a page asks
    std::vector<QByteArray> keys; // that it sends, as they are in its fields
};
struct CallerRefusal {
    int status = 403;
    QString message;
    QByteArray code;
};
std::optional<CallerRefusal> refusedCaller(const CallerHead &head, const LineOptions &options, quint16 port);

} // namespace bobbin
