// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of vector stores and files.
#include "models/audit/rules/judging.h"

#include <algorithm>

namespace bobbin::rules {

using namespace Qt::Literals::StringLiterals;

namespace {

// What an account pays less a month without these bytes: what is below the free gigabyte costs nothing.
class Saving {
public:
    Saving(const AuditInput &input, const std::vector<StoreFacts> &stores) : m_prices(input.ledger.rates.prices())
    {
        for (const StoreFacts &store : stores)
            m_all += store.bytes.value_or(0);
    }
    [[nodiscard]] std::optional<Money> aMonth(const std::optional<qint64> &bytes) const
    {
        if (!m_prices || !bytes)
            return std::nullopt;
        return (m_prices->storagePerDay(m_all) - m_prices->storagePerDay(std::max<qint64>(0, m_all - *bytes))) *
            monthDays;
    }

private:
    std::shared_ptr<const PriceTable> m_prices;
    qint64 m_all = 0;
};

Evidence ofStore(const StoreFacts &store)
{
    Evidence evidence;
    evidence.kind = SubjectKind::Store;
    evidence.id = store.id;
    evidence.name = store.name;
    evidence.when = store.lastActiveAt;
    evidence.amount = store.bytes;
    return evidence;
}

Finding about(const char *rule, Severity severity, const StoreFacts &store, Remedy remedy)
{
    Finding finding;
    finding.rule = rule;
    finding.severity = severity;
    finding.subject = SubjectKind::Store;
    finding.id = store.id;
    finding.name = store.name.isEmpty() ? store.id : store.name;
    finding.remedy = remedy;
    finding.facts = {{u"files"_s, qint64(store.files.size())}};
    if (store.bytes)
        finding.facts.insert(u"bytes"_s, *store.bytes);
    return finding;
}

} // namespace

void judgeStorage(const AuditInput &input, const WorkspaceFacts &facts, std::vector<Finding> &found)
{
    const std::vector<StoreFacts> &stores = facts.storage.stores;
    std::vector<bool> duplicate(stores.size());
    const Saving saving(input, stores);
    ConsolidateOptions whole; // an overlapping store must not hide two that are equal
    whole.overlapPercent = 100;
    for (const StoreGroup &group : groupStores(facts.storage, whole)) {
        Finding finding = about("duplicate-stores", Severity::Warning, stores[group.survivor], Remedy::Consolidate);
        std::optional<qint64> bytes = 0;
        std::vector<Evidence> evidence{ofStore(stores[group.survivor])};
        for (const std::size_t other : group.others) {
            duplicate[other] = true;
            bytes = bytes && stores[other].bytes ? std::optional(*bytes + *stores[other].bytes) : std::nullopt;
            evidence.push_back(ofStore(stores[other]));
        }
        finding.monthly = saving.aMonth(bytes);
        finding.facts.insert(u"stores"_s, qint64(group.others.size()) + 1);
        finding.facts.insert(u"contained"_s, group.relation == StoreGroup::Relation::Contained);
        setEvidence(finding, std::move(evidence));
        found.push_back(std::move(finding));
    }
    const qint64 stale = input.now - input.limits.usual.staleDays * dayMs;
    for (std::size_t i = 0; i < stores.size(); ++i) {
        const StoreFacts &store = stores[i];
        const bool expired = store.status == "expired"_L1 || (store.expiresAt && *store.expiresAt < input.now);
        if (expired) {
            const bool used = !store.assistants.isEmpty() || !store.threads.isEmpty();
            Finding finding = about("expired-store", used ? Severity::Warning : Severity::Note, store,
                                    used ? Remedy::None : Remedy::DeleteUnused);
            finding.facts.insert(u"used"_s, used);
            finding.monthly = saving.aMonth(store.bytes);
            found.push_back(std::move(finding));
        } else if (!duplicate[i] && store.assistants.isEmpty() && store.threads.isEmpty() &&
                   store.lastActiveAt.value_or(store.createdAt.value_or(input.now)) < stale) {
            Finding finding = about("unused-store", Severity::Warning, store, Remedy::DeleteUnused);
            finding.monthly = saving.aMonth(store.bytes);
            finding.facts.insert(u"allThreadsKnown"_s, facts.storage.allThreadsKnown);
            found.push_back(std::move(finding));
        }
    }
    if (facts.storage.orphanFiles.empty())
        return;
    Finding finding;
    finding.rule = "unused-files";
    finding.severity = Severity::Note;
    finding.subject = SubjectKind::Workspace;
    finding.remedy = Remedy::DeleteUnused;
    qint64 bytes = 0;
    std::vector<Evidence> evidence;
    for (const OwnedObject &file : facts.storage.orphanFiles) {
        bytes += file.bytes.value_or(0);
        Evidence one;
        one.kind = SubjectKind::File;
        one.id = file.id;
        one.name = file.name;
        one.amount = file.bytes;
        evidence.push_back(std::move(one));
    }
    finding.facts = {{u"files"_s, qint64(evidence.size())},
                     {u"bytes"_s, bytes},
                     {u"allThreadsKnown"_s, facts.storage.allThreadsKnown}};
    setEvidence(finding, std::move(evidence));
    found.push_back(std::move(finding));
}

// No known provider bills it: only where the person says what theirs takes. A thread keeps what its last call read.
void judgeStoredTokens(const AuditInput &input, std::vector<Finding> &found)
{
    const qint64 rate = input.limits.usual.storedTokenRate;
    if (rate <= 0)
        return;
    const auto aMonth = [rate](qint64 tokens) { return Money{rate * 1'000} * tokens * monthDays; };
    const qint64 stale = input.now - input.limits.usual.staleDays * dayMs;
    qint64 tokens = 0, idleTokens = 0, idle = 0;
    std::vector<Evidence> evidence;
    for (const ThreadFact &thread : input.ledger.threads) {
        const auto last =
            std::find_if(thread.runs.rbegin(), thread.runs.rend(), [](const RunFact &run) { return run.context >= 0; });
        if (thread.gone || last == thread.runs.rend())
            continue;
        const qint64 kept = qint64(last->context) + std::max(0, last->completion);
        tokens += kept;
        if (thread.lastActive.value_or(input.now) >= stale)
            continue;
        ++idle;
        idleTokens += kept;
        evidence.push_back(ofRun(*last, kept));
        evidence.back().money = aMonth(kept);
    }
    if (idle == 0)
        return;
    Finding finding;
    finding.rule = "stored-tokens";
    finding.severity = Severity::Note;
    finding.subject = SubjectKind::Workspace;
    finding.estimated = true;
    finding.monthly = aMonth(idleTokens);
    finding.facts = {{u"tokens"_s, tokens},
                     {u"idleTokens"_s, idleTokens},
                     {u"threads"_s, idle},
                     {u"days"_s, input.limits.usual.staleDays}};
    setEvidence(finding, std::move(evidence));
    found.push_back(std::move(finding));
}

} // namespace bobbin::rules
