// SPDX-License-Identifier: GPL-3.0-or-later
// Where a file of the person's is put, so that it is there once and searched once. Pure but for the store.
#pragma once

#include "models/store/reader.h"

namespace bobbin {

struct Attaching {
    enum class How : quint8 {
        IsInAssistant, // its own vector store holds it: nothing is attached
        IsInThread,
        UseStore, // the thread, which has none, gets a vector store that holds just this and that nobody else uses
        UseFile, // the server has it: it is attached
        Upload,
    };
    How how = How::Upload;
    QString store, file; // ids
};
// `same`: files of the server of this content.
Result<Attaching> placeFor(Reader &reader, const std::vector<Reader::KnownFile> &same, const QString &thread,
                           const QString &assistant);
QString attachingText(const Attaching &place, const QString &name);

} // namespace bobbin
