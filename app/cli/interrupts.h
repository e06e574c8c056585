// SPDX-License-Identifier: GPL-3.0-or-later
// How often the program was asked to end, by Ctrl+C or by the system.
#pragma once

namespace bobbin::cli {

void countInterrupts(bool on); // from now on; off: the first one ends the program, as usual
int interrupts(); // so far

} // namespace bobbin::cli
