// SPDX-License-Identifier: GPL-3.0-or-later
// Cursor paging over rows kept oldest first: limit, order, after, before, and the list envelope.
#pragma once

#include "app/demo/httpserver.h"
#include "app/demo/state.h"

namespace bobbin::demo {

struct Reply {
    int status = 200;
    QByteArray body;
    QByteArray type = "application/json";
    std::function<QByteArray(bool *done)> more = {}; // what comes as it is made, asked again and again; none: body
};

// Index of the last row of recent pages, by its id.
inline QHash<QByteArray, qint64> &pageEnds()
{
    thread_local QHash<QByteArray, qint64> kept;
    return kept;
}

template <class Rows, class IdOf, class AsJson>
Reply listReply(const HttpRequest &request, const Rows &rows, IdOf idOf, AsJson asJson, qint64 mostLimit = 100,
                qint64 usualLimit = 20)
{
    const auto refuse = [](const QByteArray &message, const char *param) {
        return Reply{400,
                     "{\"error\":{\"message\":" + jsonString(message) +
                         ",\"type\":\"invalid_request_error\",\"param\":\"" + param +
                         "\",\"code\":\"invalid_value\"}}"};
    };
    const QString asked = request.query.queryItemValue(QStringLiteral("limit"));
    bool number = true;
    const qint64 limit = asked.isEmpty() ? usualLimit : asked.toLongLong(&number);
    if (!number || limit < 1 || limit > mostLimit)
        return refuse("Invalid 'limit': expected a value between 1 and " + QByteArray::number(mostLimit) + ".",
                      "limit");
    const QString order = request.query.queryItemValue(QStringLiteral("order"));
    if (!order.isEmpty() && order != QLatin1String("asc") && order != QLatin1String("desc"))
        return refuse("Invalid value for 'order': expected 'asc' or 'desc'.", "order");
    const bool ascending = order == QLatin1String("asc");
    const QByteArray after = request.query.queryItemValue(QStringLiteral("after"), QUrl::FullyDecoded).toLatin1();
    const QByteArray before = request.query.queryItemValue(QStringLiteral("before"), QUrl::FullyDecoded).toLatin1();
    const qint64 n = qint64(rows.size());
    // Position in the asked order <-> index of the row.
    const auto at = [&](qint64 position) -> const auto &
    {
        return rows[std::size_t(ascending ? position : n - 1 - position)];
    };
    const auto positionOf = [&](const QByteArray &id) -> qint64 {
        // A cursor is nearly always the last id of a page given out before: a long list is not searched for it.
        const qint64 hint = pageEnds().value(id, -1);
        if (hint >= 0 && hint < n && idOf(rows[std::size_t(hint)]) == id)
            return ascending ? hint : n - 1 - hint;
        for (qint64 i = 0; i < n; ++i)
            if (idOf(at(i)) == id)
                return i;
        return -1;
    };
    qint64 first = 0;
    qint64 last = n; // one past
    if (!after.isEmpty()) {
        const qint64 position = positionOf(after);
        if (position < 0)
            return refuse("No item with id '" + after + "' in this list.", "after");
        first = position + 1;
    }
    bool more = false;
    if (!before.isEmpty()) {
        const qint64 position = positionOf(before);
        if (position < 0)
            return refuse("No item with id '" + before + "' in this list.", "before");
        last = position;
        more = after.isEmpty() && last - first > limit;
        if (after.isEmpty())
            first = std::max<qint64>(first, last - limit);
    }
    if (last - first > limit) {
        last = first + limit;
        more = true;
    }
    QByteArray out = "{\"object\":\"list\",\"data\":[";
    for (qint64 i = first; i < last; ++i) {
        if (i > first)
            out += ',';
        out += asJson(at(i));
    }
    if (first < last) {
        if (pageEnds().size() > 20'000)
            pageEnds().clear();
        pageEnds().insert(idOf(at(last - 1)).toByteArray(), ascending ? last - 1 : n - last);
    }
    const auto idJson = [&](qint64 position) {
        // Of an empty page OpenAI says null, but its own schema demands text.
        return first < last ? jsonString(idOf(at(position))) : QByteArray("\"\"");
    };
    out += "],\"first_id\":" + idJson(first) + ",\"last_id\":" + idJson(last - 1) +
        ",\"has_more\":" + (more ? "true" : "false") + '}';
    return Reply{200, out};
}

inline Reply listReply(const HttpRequest &request, const std::deque<QJsonObject> &rows, qint64 mostLimit = 100,
                       qint64 usualLimit = 20)
{
    // Ids of JSON rows are made anew at each call: cheap enough for lists of hundreds.
    struct Row {
        QByteArray id;
        const QJsonObject *object;
    };
    std::vector<Row> all;
    all.reserve(rows.size());
    for (const QJsonObject &row : rows)
        all.push_back({row[QLatin1String("id")].toString().toLatin1(), &row});
    return listReply(
        request, all, [](const Row &row) { return QByteArrayView(row.id); },
        [](const Row &row) { return compact(*row.object); }, mostLimit, usualLimit);
}

} // namespace bobbin::demo
