// SPDX-License-Identifier: GPL-3.0-or-later
// What an object says beside the columns of its table, read from its raw JSON when a person looks at it.
#pragma once

#include "models/wire/requests.h"

namespace bobbin::wire {

struct ObjectFacts {
    QString instructions, description;
    QString errorMessage; // of a run that failed, or the details of a file's status
    QStringList tools; // types; functions by name
    std::vector<std::pair<QString, QString>> settings; // the protocol's names: temperature, max_prompt_tokens …
    std::vector<std::pair<QString, qint64>> fileCounts; // of a store: in_progress, completed …
    Belongings belongings;
};
Result<ObjectFacts> readFacts(const QByteArray &raw);

} // namespace bobbin::wire
