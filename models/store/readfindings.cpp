// SPDX-License-Identifier: GPL-3.0-or-later
// What the audit found, as it is kept.
#include "models/audit/findingjson.h"
#include "models/store/listing.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

// A verdict holds until its time is over, or the finding gets worse: more serious, or by a quarter more of its money or
// of what it rests on.
constexpr auto joinVerdicts =
    "LEFT JOIN journal.verdict v ON v.rule=f.rule AND v.subject=f.subject AND v.id=f.id AND (v.until IS NULL OR "
    "v.until>CAST(strftime('%s','now') AS INTEGER)*1000) AND f.severity<=v.severity AND "
    "coalesce(f.spent<=v.spent+v.spent/4, f.spent IS NULL) AND coalesce(f.monthly<=v.monthly+v.monthly/4, "
    "f.monthly IS NULL) AND f.count<=v.count+v.count/4 ";

} // namespace

Result<qint64> Reader::openFindings()
{
    Statement query =
        prepare(u"SELECT count(*) FROM finding f "_s + QString::fromLatin1(joinVerdicts) + u"WHERE v.given IS NULL"_s);
    const qint64 count = query.step() ? query.integer(0) : 0;
    return unlessFailed(count);
}

Result<std::vector<Finding>> Reader::findings(const std::optional<RowKey> &thread)
{
    Statement query =
        prepare(u"SELECT f.rule, f.subject, f.id, coalesce(f.thread,0), f.severity, f.spent, f.monthly, f.content, "
                "f.first_seen, v.given, v.until, v.reason, coalesce(nullif(t.title,''),t.preview,'') FROM finding f "
                "LEFT JOIN thread t ON t.key=f.thread "_s +
                QString::fromLatin1(joinVerdicts) + u"WHERE ?1 IS NULL OR f.thread=?1"_s);
    query.bind(thread);
    std::vector<Finding> all;
    while (query.step()) {
        Finding &f = all.emplace_back();
        f.rule = query.text(0).toLatin1();
        f.subject = SubjectKind(query.integer(1));
        f.id = query.text(2);
        f.key = query.integer(3);
        f.severity = Severity(query.integer(4));
        for (const auto &[money, at] : {std::pair(&f.spent, 5), {&f.monthly, 6}})
            if (const auto pico = query.optional(at))
                *money = Money{*pico};
        if (Done read = readContent(query.text(7).toUtf8(), f); !read)
            return fail(read.error());
        if (f.subject == SubjectKind::Thread)
            f.name = query.text(12);
        f.firstSeen = query.optional(8);
        if (query.isNull(9))
            continue;
        f.until = query.optional(10);
        f.state = f.until ? Finding::State::Snoozed : Finding::State::Dismissed;
        f.reason = query.text(11);
    }
    sortByMoney(all);
    return unlessFailed(std::move(all));
}

Result<QString> Reader::threadId(RowKey key)
{
    Statement query = prepare(u"SELECT id FROM thread WHERE key=?"_s);
    const QString id = query.bind(key).step() ? query.text(0) : QString();
    return unlessFailed(id);
}

Done Reader::nameEvidence(std::vector<Finding> &findings)
{
    Statement run = prepare(u"SELECT r.id, t.id FROM run r JOIN thread t ON t.key=r.thread WHERE r.key=?"_s);
    for (Finding &finding : findings)
        for (Evidence &evidence : finding.evidence) {
            if (evidence.kind == SubjectKind::Run && run.bind(evidence.key).step()) {
                evidence.id = run.text(0);
                evidence.thread = run.text(1);
            }
            run.reset();
        }
    return m_database.status();
}

Result<bool> Reader::isJudged(RowKey thread)
{
    Statement query = prepare(u"SELECT 1 FROM thread WHERE key=? AND unjudged=0"_s);
    const bool judged = query.bind(thread).step();
    return unlessFailed(judged);
}

Result<std::vector<RowKey>> Reader::unjudgedThreads()
{
    Statement query = prepare(u"SELECT key FROM thread WHERE unjudged>0"_s);
    return query.collect<RowKey>([](const Statement &q) { return q.integer(0); });
}

} // namespace bobbin
