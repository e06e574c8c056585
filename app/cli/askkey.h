// SPDX-License-Identifier: GPL-3.0-or-later
// A key typed on the terminal, unseen, or read from standard input: never an argument, which other users can list.
#pragma once

#include <QByteArray>

#include <optional>

namespace bobbin::cli {

// One line; nothing: the input ended. Blocks. Shows `prompt` and hides what is typed where it is a terminal.
std::optional<QByteArray> askKey(const char *prompt);

} // namespace bobbin::cli
