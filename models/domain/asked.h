// SPDX-License-Identifier: GPL-3.0-or-later
// What a program asks of a server, and what the server tells it, as whoever stands between them understands it.
#pragma once

#include "models/domain/content.h"

namespace bobbin {

struct Asked {
    enum class What : quint8 {
        Other, // nothing that is judged
        CreateThread,
        AddMessage,
        StartRun,
        StartThreadAndRun,
        SubmitOutputs,
        CallModel, // without any thread of the server's: chat completions, responses
    };
    What what = What::Other;
    bool tells = false; // an answer to it is an object that is kept
    QString thread, run; // ids in the path; empty: none
    QString assistant, model; // empty: not said
    QString conversation, follows; // of a call: whose it is, or the response before it
    qint64 userMessages = 0, characters = 0; // of messages that come with it
    QStringList attached; // files, for searching in them
    Metadata metadata; // of a thread that is made with it, or of a call
    [[nodiscard]] bool spends() const
    {
        return what == What::StartRun || what == What::StartThreadAndRun || what == What::CallModel;
    }
};

struct Told {
    Objects objects;
    QStringList unlisted; // threads among them that no list of the server tells, nor any other request
};

} // namespace bobbin
