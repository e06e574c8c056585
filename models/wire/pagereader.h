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

// Where a page says the next one begins, from its last bytes alone: time to ask for it while this one is decoded.
// Only a hint: none where it is not plain, and to be checked against the page's last item.
std::optional<QString> peekCursor(const QByteArray &bytes);

} // namespace bobbin::wire
