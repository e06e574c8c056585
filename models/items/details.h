// SPDX-License-Identifier: GPL-3.0-or-later
// One run, assistant, vector store or file in words: its state, its figures, what belongs to it.
#pragma once

#include "models/store/reader.h"

namespace bobbin {

struct Detail {
    struct Link {
        RowKind kind = RowKind::Threads;
        QString id;
        bool operator==(const Link &) const = default;
    };
    QString label, text; // label empty: goes on with the one before
    std::optional<Link> link; // where the text leads
    bool operator==(const Detail &) const = default;
};
struct DetailSection {
    QString title;
    std::vector<Detail> details;
    bool operator==(const DetailSection &) const = default;
};
struct Details {
    QString title, id;
    QString facts; // state and cost in a line
    std::vector<DetailSection> sections; // none without a detail
    QByteArray raw; // as the server sent it
    bool operator==(const Details &) const = default;
};
Result<Details> detailsOf(Reader &reader, RowKind kind, RowKey key, qint64 nowMs);

} // namespace bobbin
