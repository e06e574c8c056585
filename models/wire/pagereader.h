// SPDX-License-Identifier: GPL-3.0-or-later
// Splits one list answer into its items, each with its exact bytes, and gives each to a decoder. One bad item
// becomes a problem of the list, it does not lose the others.
#pragma once

#include "models/wire/json.h"

#include <functional>

namespace bobbin::wire {

struct ListAnswer {
    Objects objects;
    QString firstId, lastId;
    bool hasMore = false;
    std::vector<Error> problems; // items that could not be read
};

// Reads {object:"list", data:[…], has_more} or a bare array. `decode` adds the item to the answer's objects.
using ItemDecoder = std::function<Done(json::Value item, const QByteArray &raw, Objects &into)>;
Result<ListAnswer> readList(const QByteArray &bytes, const ItemDecoder &decode);

// Reads one object.
Result<Objects> readItem(const QByteArray &bytes, const ItemDecoder &decode);

// Where a page says the next one begins, from its last bytes alone: time to ask for it while this one is decoded.
// Only a hint: none where it is not plain, and to be checked against the page's last item.
std::optional<QString> peekCursor(const QByteArray &bytes);

} // namespace bobbin::wire
