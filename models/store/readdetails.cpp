// SPDX-License-Identifier: GPL-3.0-or-later
// What belongs to what, for the details of one object.
#include "models/store/listing.h"

#include <map>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// Each yields id, name, whether it is gone; ?1 is the id of the object that is asked about.
const std::map<std::pair<RowKind, RowKind>, const char *> &relations()
{
    using enum RowKind;
    static const std::map<std::pair<RowKind, RowKind>, const char *> all = {
        {{Runs, Assistants},
         "SELECT r.assistant, coalesce(a.name,''), coalesce(a.gone,0) FROM run r LEFT JOIN assistant a ON "
         "a.id=r.assistant "
         "WHERE r.id=?1 AND r.assistant<>''"},
        {{Assistants, Threads},
         "SELECT h.id, coalesce(nullif(h.title,''),h.preview,''), h.gone FROM thread h "
         "WHERE h.key IN (SELECT thread FROM run WHERE assistant=?1) ORDER BY h.cost DESC"},
        {{Stores, Assistants},
         "SELECT a.id, a.name, a.gone FROM reference f JOIN assistant a ON a.id=f.owner WHERE f.target=?1 AND "
         "f.kind={resource.assistant} "
         "ORDER BY a.name COLLATE NOCASE"},
        {{Stores, Threads},
         "SELECT h.id, coalesce(nullif(h.title,''),h.preview,''), h.gone FROM reference f JOIN thread h ON "
         "h.id=f.owner "
         "WHERE f.target=?1 AND f.kind={resource.thread} ORDER BY h.last_active DESC"},
        {{Stores, Files},
         "SELECT s.file, coalesce(f.name,''), coalesce(f.gone,0) FROM store_file s LEFT JOIN file f ON f.id=s.file "
         "WHERE s.store=(SELECT key FROM store WHERE id=?1) ORDER BY f.name COLLATE NOCASE"},
        {{Files, Stores},
         "SELECT s.id, s.name, s.gone FROM store_file f JOIN store s ON s.key=f.store WHERE f.file=?1 "
         "ORDER BY s.name COLLATE NOCASE"},
        {{Files, Assistants},
         "SELECT a.id, a.name, a.gone FROM reference f JOIN assistant a ON a.id=f.owner WHERE f.target=?1 AND "
         "f.kind={resource.assistant} "
         "ORDER BY a.name COLLATE NOCASE"},
        {{Files, Threads},
         "SELECT h.id, coalesce(nullif(h.title,''),h.preview,''), h.gone FROM thread h WHERE h.key IN "
         "(SELECT m.thread FROM reference f JOIN message m ON m.key=CAST(f.owner AS INTEGER) WHERE f.target=?1 AND "
         "f.kind={resource.message}) "
         "OR h.id IN (SELECT owner FROM reference WHERE target=?1 AND kind={resource.thread}) ORDER BY h.last_active "
         "DESC"},
    };
    return all;
}

} // namespace

Result<RelatedList> Reader::related(RowKind of, const QString &id, RowKind to, int most)
{
    RelatedList list;
    const auto found = relations().find({of, to});
    if (found == relations().end())
        return list;
    const QString sql = QString::fromLatin1(found->second);
    Statement count = prepare(u"SELECT count(*) FROM ("_s + sql + u")"_s);
    if (count.bind(id).step())
        list.all = count.integer(0);
    Statement query = prepare(sql + u" LIMIT "_s + QString::number(most));
    query.bind(id);
    while (query.step())
        list.some.push_back({to, query.text(0), query.text(1), true, query.integer(2) != 0});
    return unlessFailed(std::move(list));
}

Result<std::vector<Related>> Reader::named(RowKind kind, const QStringList &ids)
{
    std::vector<Related> all;
    Statement query =
        prepare(u"SELECT name, gone FROM "_s + QString::fromLatin1(listing(kind).from) + u" WHERE t.id=?"_s);
    for (const QString &id : ids) {
        const bool known = query.bind(id).step();
        all.push_back({kind, id, known ? query.text(0) : QString(), known, known && query.integer(1) != 0});
        query.reset();
    }
    return unlessFailed(std::move(all));
}

} // namespace bobbin
