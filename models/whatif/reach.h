// SPDX-License-Identifier: GPL-3.0-or-later
// How far back an answer reaches: to the oldest turn that it cites, or whose words it says again. What is cut before
// that is what the answer would have missed, as far as text can show it.
#pragma once

#include "models/whatif/replay.h"

#include <QStringList>

namespace bobbin {

struct SaidMessage {
    qint32 turn = 0; // 1-based
    bool answer = false;
    QString text;
    QStringList files; // attached to it; of an answer: cited
};

struct Reach { // of an answer
    qint32 turn = 0;
    qint32 to = 0; // the turn that it needs, at the latest place where that stands; its own turn: nothing older
    bool cited = false; // else words that it repeats
    QString quote; // these, or the cited file
};
std::vector<Reach> reachOf(const std::vector<SaidMessage> &messages); // of its answers, oldest first

// Answers that needed what would have been cut.
std::vector<Reach> missedBy(const std::vector<Reach> &answers, const ThreadReplay &replayed, const Measures &measures);

} // namespace bobbin
