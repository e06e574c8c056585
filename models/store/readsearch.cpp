// SPDX-License-Identifier: GPL-3.0-or-later
// What the search page asks.
#include "models/store/reader.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

QString snippetAt(const QString &text, qsizetype at, qsizetype length)
{
    constexpr qsizetype before = 50;
    constexpr qsizetype after = 120;
    const qsizetype from = std::max<qsizetype>(0, at - before);
    const qsizetype to = std::min(text.size(), at + length + after);
    return (from > 0 ? u"…"_s : QString()) + text.mid(from, to - from).simplified() +
        (to < text.size() ? u"…"_s : QString());
}

} // namespace

Result<MessageSlice> Reader::searchMessages(const QString &text, RowKey before, int slice)
{
    Statement query =
        prepare(u"SELECT m.key, m.id, m.role, m.created, h.key, h.id, "
                "coalesce(nullif(h.title,''),h.preview,'') FROM message m JOIN thread h ON h.key=m.thread "
                "WHERE ?1=0 OR m.key<?1 ORDER BY m.key DESC LIMIT ?2"_s);
    query.bind(before, slice);
    MessageSlice found;
    while (query.step()) {
        ++found.looked;
        found.next = query.integer(0);
        const Result<QByteArray> raw = this->raw(Resource::Messages, query.integer(0));
        if (!raw)
            return fail(raw.error());
        const auto content = m_provider.readMessage(*raw);
        if (!content)
            continue;
        for (const ContentPart &part : content->parts) {
            const qsizetype at = part.text.indexOf(text, 0, Qt::CaseInsensitive);
            if (at < 0)
                continue;
            found.hits.push_back({query.integer(0), query.integer(4), query.text(5), query.text(6), query.text(1),
                                  query.text(2), snippetAt(part.text, at, text.size()), query.optional(3)});
            break;
        }
    }
    if (found.looked < slice)
        found.next = 0;
    return unlessFailed(std::move(found));
}

Result<qint64> Reader::messageCount()
{
    Statement query = prepare(u"SELECT count(*) FROM message"_s);
    const qint64 count = query.step() ? query.integer(0) : 0;
    return unlessFailed(count);
}

Result<std::vector<MessageHit>> Reader::searchThreads(const QString &text, int most)
{
    RowQuery query;
    query.filter.text = text;
    query.sort = "lastActive";
    const auto found = keys(RowKind::Threads, query, most);
    if (!found)
        return fail(found.error());
    const auto threads = rows<ThreadRow>(found->keys);
    if (!threads)
        return fail(threads.error());
    std::vector<MessageHit> hits;
    for (const ThreadRow &row : *threads) {
        const Result<QByteArray> json = raw(Resource::Threads, row.key);
        if (!json)
            return fail(json.error());
        const QString object = QString::fromUtf8(*json).simplified();
        MessageHit hit;
        hit.thread = row.key;
        hit.threadId = row.id;
        hit.threadTitle = row.title;
        hit.createdAt = row.lastActiveAt;
        // What stands for a title where there is none is a message, and found as that.
        const QString title = object.contains(row.title) ? row.title : QString();
        for (const auto &[where, in] :
             {std::pair(MessageHit::Where::Id, row.id), std::pair(MessageHit::Where::Title, title),
              std::pair(MessageHit::Where::MetadataPair, object)}) {
            const qsizetype at = in.indexOf(text, 0, Qt::CaseInsensitive);
            if (at < 0)
                continue;
            hit.where = where;
            hit.snippet = where == MessageHit::Where::MetadataPair ? snippetAt(in, at, text.size()) : in;
            hits.push_back(std::move(hit));
            break; // in none of them: it is its assistant's name
        }
    }
    return unlessFailed(std::move(hits));
}

} // namespace bobbin
