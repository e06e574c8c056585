// SPDX-License-Identifier: GPL-3.0-or-later
// What the guard saw and did, as the journal has it.
#pragma once

#include <QString>

namespace bobbin {

enum class GuardState : quint8 {
    Told, // and nothing else
    Asked, // waits for the person
    Allowed, // by the person, and not begun
    Acting, // to be done, or being done: then it has an operation
    Acted,
    Failed, // `note` says why
    Late, // what it would have acted on was over
    Declined, // by the person
};

struct GuardRow {
    qint64 key = 0;
    QString mark; // what it is about: what has the same is said and done once
    qint64 at = 0; // ms
    QString rule, act; // their words in a policy's file
    QString thread, run; // ids; empty: none
    QString name; // of the model or the file; of a budget whose it is
    qint64 value = 0, limit = 0; // in the rule's unit
    QString from; // where the policy says so
    GuardState state = GuardState::Told;
    qint64 operation = 0; // of the journal; 0: none
    QString note;
    bool operator==(const GuardRow &) const = default;
};

} // namespace bobbin
