// SPDX-License-Identifier: GPL-3.0-or-later
// What the audit found, written down.
#include "models/audit/findingjson.h"
#include "models/store/writer.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

void Writer::keepFindings(const FindingChanges &changes, qint64 now)
{
    m_changes.kinds |= Changed::Findings;
    const auto pico = [](const std::optional<Money> &money) {
        return money ? std::optional(money->pico) : std::nullopt;
    };
    Statement drop = m_database.prepare(u"DELETE FROM finding WHERE rule=?1 AND subject=?2 AND CASE WHEN "
                                        "?2={subject.thread} THEN thread=?3 ELSE id=?4 END"_s);
    for (const Finding &f : changes.gone)
        drop.bind(QString::fromLatin1(f.rule), int(f.subject), f.key, f.id).step();
    Statement put = m_database.prepare(
        u"INSERT INTO finding(rule,subject,id,thread,severity,spent,monthly,content,first_seen,count) VALUES(?1,?2,"
        "CASE WHEN ?2={subject.thread} THEN (SELECT id FROM thread WHERE key=?4) ELSE ?3 END,nullif(?4,0),"
        "?5,?6,?7,?8,?9,?10) ON CONFLICT(rule,subject,id) DO UPDATE SET severity=excluded.severity, "
        "spent=excluded.spent, "
        "monthly=excluded.monthly, content=excluded.content, count=excluded.count"_s);
    for (const Finding &f : changes.put)
        put.bind(QString::fromLatin1(f.rule), int(f.subject), f.id, f.key, int(f.severity), pico(f.spent),
                 pico(f.monthly), QString::fromUtf8(contentOf(f)), now, f.evidenceCount)
            .step();
    Statement judged = m_database.prepare(u"UPDATE thread SET unjudged=0 WHERE key=? AND unjudged=?"_s);
    for (const auto &[key, seen] : changes.judged)
        judged.bind(key, seen).step();
    if (!changes.judgedBy.isEmpty())
        setMeta(judgedByKey(), changes.judgedBy);
}

} // namespace bobbin
