// SPDX-License-Identifier: GPL-3.0-or-later
// The workspaces the demo server can start with: the story of a real company's half year, one in which
// nothing is wrong, or plain bulk by numbers.
#pragma once

#include "app/demo/state.h"

namespace bobbin::demo {

struct BulkSize {
    int threads = 0, runsPerThread = 10, stepsPerRun = 3, messagesPerThread = 20;
};

void fillStory(DemoState &state, qint64 nowSeconds);
void fillClean(DemoState &state, qint64 nowSeconds); // in which nothing stands out
void fillBulk(DemoState &state, const BulkSize &size, qint64 nowSeconds);

} // namespace bobbin::demo
