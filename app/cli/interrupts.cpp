// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/interrupts.h"

#include <csignal>

namespace bobbin::cli {

namespace {

volatile std::sig_atomic_t asked = 0;

// A handler may do next to nothing.
void askToEnd(int)
{
    asked = asked + 1;
}

} // namespace

void countInterrupts(bool on)
{
    std::signal(SIGINT, on ? askToEnd : SIG_DFL);
    std::signal(SIGTERM, on ? askToEnd : SIG_DFL);
}

int interrupts()
{
    return asked;
}

} // namespace bobbin::cli
