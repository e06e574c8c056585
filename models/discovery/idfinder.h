// SPDX-License-Identifier: GPL-3.0-or-later
// Finds provider ids in any text: pasted lines, logs, CSV, JSON, SQL dumps. Borders keep look-alikes such as
// thread_pool or vs_code out; keys in the text are counted, never kept.
#pragma once

#include "models/core/error.h"

#include <QByteArrayView>
#include <QString>
#include <QStringList>
#include <map>

namespace bobbin {

enum class IdKind { Thread, Assistant, Run, Step, Message, VectorStore, File };

struct FoundIds {
    std::map<IdKind, QStringList> byKind; // each id once, in order of first sight
    int secrets = 0; // how many keys the text holds

    [[nodiscard]] QStringList of(IdKind kind) const
    {
        const auto hit = byKind.find(kind);
        return hit == byKind.end() ? QStringList() : hit->second;
    }
};

FoundIds findIds(QByteArrayView text); // bytes in any encoding that contains ASCII
Result<FoundIds> findIdsInFile(const QString &path); // any size, read in pieces; UTF-16 too

} // namespace bobbin
