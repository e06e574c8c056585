// SPDX-License-Identifier: GPL-3.0-or-later
// Summaries made offline from the words of a conversation: nothing in them that was not said.
#pragma once

#include <QString>
#include <vector>

namespace bobbin {

struct Said {
    QString role, text;
};

// The sentences that hold most of what a summary may forget (names, numbers, dates, …), in the order they were said,
// and a list of what did not fit into one.
QString extractSummary(const std::vector<Said> &conversation, qsizetype mostCharacters = 4000);
// The last thing an assistant said, up to `mostCharacters`; empty: it said nothing.
QString lastAnswer(const std::vector<Said> &conversation, qsizetype mostCharacters = 500);
// What a model is asked to write one: the whole conversation after an instruction.
QString summaryInstruction();

} // namespace bobbin
