// SPDX-License-Identifier: GPL-3.0-or-later
// Splits one list answer into its items, each with its exact bytes, and gives each to a decoder. One bad item
// becomes a problem of the page, it does not lose the others.
#pragma once

#include "models/wire/json.h"

#include <functional>

namespace bobbin::wire {

// Reads {object:"list", data:[…], has_more} or a bare array. `decode` adds the item to `page.objects`.
using ItemDecoder = std::function<Done(json::Value item, const QByteArray &raw, Objects &into)>;
Result<Page> readPage(const QByteArray &bytes, const ItemDecoder &decode);

// Reads one object.
Result<Objects> readItem(const QByteArray &bytes, const ItemDecoder &decode);

} // namespace bobbin::wire
