// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace bobbin {

// What a file holds that was read into a store, or could be.
struct ContentCount {
    qint64 parts = 0, threads = 0, messages = 0, runs = 0, steps = 0, stores = 0, files = 0, contents = 0, bytes = 0;
};

} // namespace bobbin
