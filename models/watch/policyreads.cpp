// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/watch/policyreads.h"

namespace bobbin {

Result<QHash<QString, ThreadTags>> tagsOf(const GuardPolicy &policy, Reader &reader)
{
    QHash<QString, ThreadTags> tags;
    for (const MetadataLayer &layer : policy.metadata) {
        if (tags.contains(layer.key))
            continue;
        auto read = reader.threadTags(layer.key);
        if (!read)
            return fail(read.error());
        tags.insert(layer.key, *std::move(read));
    }
    return tags;
}

} // namespace bobbin
