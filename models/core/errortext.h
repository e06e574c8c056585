// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that turns an error into words: what happened, and what to do about it.
#pragma once

#include "models/core/error.h"

namespace bobbin {

struct ErrorText {
    QString what; // one sentence
    QString remedy; // one sentence, may be empty
    QString details; // code, status, request id: for the "Details" part
    [[nodiscard]] QString line() const; // all on one line, for a table cell or a terminal
};

ErrorText errorText(const Error &error);

} // namespace bobbin
