// SPDX-License-Identifier: GPL-3.0-or-later
// A turn that a person takes: what is sent to the server for it. Pure.
#pragma once

#include "models/plans/plan.h"

namespace bobbin {

struct NewTurn {
    QString thread; // id; empty: a new one
    QString label; // what a person knows it by
    QString assistant, model; // model empty: the assistant's own
    QString text; // empty: no message, what was written before is run again
    qint64 messages = 0; // of the thread, so far
    struct Upload {
        QString path, name;
        qint64 bytes = 0;
    };
    std::optional<Upload> upload; // attached to the message, for searching in it
    QString file; // instead: one that the server has
    QString store; // a vector store that the thread is to have, which has none
};
Plan planTurn(const NewTurn &turn);

} // namespace bobbin
