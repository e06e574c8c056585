// SPDX-License-Identifier: GPL-3.0-or-later
// What of threads' metadata a policy asks the store for.
#pragma once

#include "models/guard/policy.h"
#include "models/store/reader.h"

namespace bobbin {

Result<QHash<QString, ThreadTags>> tagsOf(const GuardPolicy &policy, Reader &reader); // by key

} // namespace bobbin
