// SPDX-License-Identifier: GPL-3.0-or-later
// Finds provider ids in any text: pasted lines, logs, CSV, JSON, SQL dumps. Borders keep look-alikes such as
// thread_pool or vs_code out; keys in the text are counted, never kept.
#pragma once

#include "models/domain/objects.h"

#include <QByteArrayView>
#include <QString>
#include <QStringList>
#include <map>

namespace bobbin {

struct FoundIds {
    std::map<Resource, QStringList> byKind; // each id once, in order of first sight
    int secrets = 0; // how many keys the text holds

    [[nodiscard]] QStringList of(Resource kind) const
    {
        const auto hit = byKind.find(kind);
        return hit == byKind.end() ? QStringList() : hit->second;
    }
};

using IdShapes = std::vector<IdShape>; // of a provider
FoundIds findIds(QByteArrayView text, const IdShapes &shapes); // bytes in any encoding that contains ASCII
Result<FoundIds> findIdsInFile(const QString &path, const IdShapes &shapes); // any size, in pieces; UTF-16 too

} // namespace bobbin
