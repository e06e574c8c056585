// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/cleanupplan.h"

#include "models/core/days.h"
#include "models/core/format.h"

#include <QCoreApplication>
#include <QJsonDocument>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct CleanupText {
    Q_DECLARE_TR_FUNCTIONS(CleanupPlan)
};

struct HowWord {
    MetadataTest::How how;
    QLatin1String word;
};
constexpr HowWord howWords[] = {{MetadataTest::How::Equals, QLatin1String("equals")},
                                {MetadataTest::How::Has, QLatin1String("has")},
                                {MetadataTest::How::Lacks, QLatin1String("lacks")}};

QJsonArray testsToJson(const std::vector<MetadataTest> &tests)
{
    QJsonArray array;
    for (const MetadataTest &test : tests)
        array << QJsonObject{{u"how"_s, std::ranges::find(howWords, test.how, &HowWord::how)->word},
                             {u"key"_s, test.key},
                             {u"value"_s, test.value}};
    return array;
}

std::vector<MetadataTest> testsFromJson(const QJsonArray &array)
{
    std::vector<MetadataTest> tests;
    for (const QJsonValue value : array)
        for (const HowWord &one : howWords)
            if (value["how"_L1].toString() == one.word)
                tests.push_back({one.how, value["key"_L1].toString(), value["value"_L1].toString()});
    return tests;
}

bool holds(const MetadataTest &test, const QJsonObject &metadata)
{
    switch (test.how) {
    case MetadataTest::How::Equals:
        return metadata.value(test.key).toString() == test.value && metadata.contains(test.key);
    case MetadataTest::How::Has:
        return metadata.contains(test.key);
    case MetadataTest::How::Lacks:
        return !metadata.contains(test.key);
    }
    return false;
}

QString words(const MetadataTest &test)
{
    switch (test.how) {
    case MetadataTest::How::Equals:
        return CleanupText::tr("metadata %1 = %2").arg(test.key, test.value);
    case MetadataTest::How::Has:
        return CleanupText::tr("metadata has %1").arg(test.key);
    case MetadataTest::How::Lacks:
        return CleanupText::tr("metadata lacks %1").arg(test.key);
    }
    return {};
}

class Planner {
public:
    Planner(const CleanupFacts &facts, const CleanupRule &rule, qint64 now) : m_facts(facts), m_rule(rule), m_now(now)
    {
        m_readsMetadata = rule.rotatedAway || !rule.metadata.empty() || !rule.keepMetadata.empty();
        const auto isMarked = [](const ThreadFacts &t) { return t.metadata.contains("\"rotated_to\""); };
        if (std::ranges::any_of(facts.threads, isMarked))
            for (const ThreadFacts &t : facts.threads)
                m_createdAt.insert(t.id, t.createdAt);
    }

    // Why the thread is stale; empty: it is not.
    [[nodiscard]] QString ground(const ThreadFacts &t, const QJsonObject &metadata) const
    {
        QStringList grounds;
        const OptTime lived = t.lastActiveAt ? t.lastActiveAt : t.createdAt;
        if (m_rule.idleDays && lived && m_now - *lived > *m_rule.idleDays * dayMs)
            grounds << CleanupText::tr("%n day(s) idle", nullptr, int((m_now - *lived) / dayMs));
        if (m_rule.neverUsed && t.syncedAt && t.messages == 0 && t.runs == 0 && t.createdAt &&
            m_now - *t.createdAt > dayMs)
            grounds << CleanupText::tr("never used");
        // Only a list that was read whole, and since the thread last ran, tells that.
        const bool listed = m_facts.assistantsListedAt && (!lived || *lived <= *m_facts.assistantsListedAt);
        if (m_rule.assistantGone && listed && !t.assistantId.isEmpty() && !m_facts.assistants.contains(t.assistantId))
            grounds << CleanupText::tr("its assistant is gone");
        if (m_rule.rotatedAway)
            if (const CleanupFacts::Rotated rotated = rotatedOf(t, metadata); !rotated.to.isEmpty())
                grounds << CleanupText::tr("rotated to %1").arg(rotated.to);
        if (!m_rule.idleDays && !m_rule.neverUsed && !m_rule.assistantGone && !m_rule.rotatedAway) {
            for (const MetadataTest &test : m_rule.metadata)
                grounds << words(test);
            if (m_rule.costBelow)
                grounds << CleanupText::tr("cost below %1").arg(format::money(*m_rule.costBelow));
            if (grounds.isEmpty() && !m_rule.assistantId.isEmpty())
                grounds << CleanupText::tr("of the assistant");
        }
        return grounds.join(u", "_s);
    }

    [[nodiscard]] bool withinLimits(const ThreadFacts &t, const QJsonObject &metadata) const
    {
        if (!m_rule.assistantId.isEmpty() && t.assistantId != m_rule.assistantId)
            return false;
        if (m_rule.costBelow && (t.cost.unknownRuns > 0 || t.cost.known >= *m_rule.costBelow))
            return false; // unknown is not "cheap"
        return std::ranges::all_of(m_rule.metadata, [&](const MetadataTest &test) { return holds(test, metadata); });
    }

    [[nodiscard]] QString keptBack(const ThreadFacts &t, const QJsonObject &metadata) const
    {
        if (t.activeRuns > 0)
            return CleanupText::tr("a run is active");
        if (m_facts.pinned.contains(t.id))
            return CleanupText::tr("pinned");
        if (!t.syncedAt)
            return CleanupText::tr("never synced: its last activity is unknown");
        if (t.partial || !t.problem.isEmpty())
            return CleanupText::tr("its last sync failed, so it cannot be archived whole");
        if (m_rule.rotatedGraceDays > 0) {
            const CleanupFacts::Rotated rotated = rotatedOf(t, metadata);
            if (!rotated.to.isEmpty() && !rotated.at)
                return CleanupText::tr("rotated to %1, when is not known").arg(rotated.to);
            if (!rotated.to.isEmpty() && m_now - *rotated.at < m_rule.rotatedGraceDays * dayMs)
                return CleanupText::tr("rotated less than %n day(s) ago", nullptr, m_rule.rotatedGraceDays);
        }
        if (m_rule.keepAssistants.contains(t.assistantId))
            return CleanupText::tr("its assistant is protected");
        for (const MetadataTest &test : m_rule.keepMetadata)
            if (holds(test, metadata))
                return words(test);
        return {};
    }

    [[nodiscard]] bool readsMetadata(const ThreadFacts &t) const
    {
        return m_readsMetadata || (m_rule.rotatedGraceDays > 0 && t.metadata.contains("\"rotated_to\""));
    }
    // A rotation by somebody else is known by its mark, and as old as the thread that took over.
    [[nodiscard]] CleanupFacts::Rotated rotatedOf(const ThreadFacts &t, const QJsonObject &metadata) const
    {
        if (const auto known = m_facts.rotated.constFind(t.id); known != m_facts.rotated.cend())
            return *known;
        const QString to = metadata.value("rotated_to"_L1).toString();
        return {to, m_createdAt.value(to)};
    }

private:
    const CleanupFacts &m_facts;
    const CleanupRule &m_rule;
    qint64 m_now;
    bool m_readsMetadata;
    QHash<QString, OptTime> m_createdAt;
};

// Stores and files that go along come after the threads, and only when those that use them are really gone.
void addStorage(CleanupPlan &made, const CleanupFacts &facts, const CleanupRule &rule, qint64 now)
{
    const auto recent = [&](const OwnedObject &store) {
        return !facts.allThreadsKnown && !rule.recentStores && store.lastActiveAt &&
            now - *store.lastActiveAt < recentStoreDays * dayMs;
    };
    QSet<QString> going;
    for (const PlanTarget &target : made.plan.targets)
        if (target.included())
            going.insert(target.id);
    const auto alone = [&](const OwnedObject &object, const QSet<QString> &also) {
        return std::ranges::all_of(object.owners,
                                   [&](const QString &owner) { return going.contains(owner) || also.contains(owner); });
    };
    for (const OwnedObject &store : facts.stores)
        if (alone(store, {})) {
            made.storesAlong.push_back(store);
            made.storagePerDay.add(store.perDay);
        }
    QSet<QString> stores;
    for (const OwnedObject &store : made.storesAlong)
        if (!recent(store))
            stores.insert(store.id);
    for (const OwnedObject &file : facts.files)
        if (alone(file, stores))
            made.filesAlong.push_back(file);
    if (!rule.storage)
        return;
    QHash<QString, QStringList> along; // thread -> what goes with it
    const auto add = [&](const OwnedObject &object, Resource resource) {
        PlanTarget target;
        target.id = object.id;
        target.resource = resource;
        target.label = object.name.isEmpty() ? object.id : object.name;
        target.why = CleanupText::tr("nothing else uses it");
        target.bytes = object.bytes;
        const bool store = resource == Resource::VectorStores;
        if (store)
            target.savedPerDay = object.perDay ? CostSum{*object.perDay, 1, 0} : CostSum{{}, 0, 1};
        target.phase = store ? 1 : 2;
        if (store && recent(object))
            target.keptBack = CleanupText::tr(
                "used within %n day(s); a thread that Bobbin does not know may point to it", nullptr, recentStoreDays);
        target.steps = {
            {Act::ArchiveStores, object.id, {}, {{store ? u"stores"_s : u"files"_s, QJsonArray{object.id}}}},
            {store ? Act::DeleteStore : Act::DeleteFile,
             object.id,
             {},
             {{u"owners"_s, QJsonArray::fromStringList(object.owners)}}}};
        for (const QString &owner : object.owners)
            if (target.keptBack.isEmpty())
                along[owner] << (store ? CleanupText::tr("store") : CleanupText::tr("file"));
        made.plan.targets.push_back(std::move(target));
    };
    for (const OwnedObject &store : made.storesAlong)
        add(store, Resource::VectorStores);
    for (const OwnedObject &file : made.filesAlong)
        add(file, Resource::Files);
    for (PlanTarget &target : made.plan.targets)
        if (const auto found = along.constFind(target.id); found != along.cend() && target.phase == 0)
            target.goesWith = found->join(u", "_s);
}

} // namespace

Done CleanupRule::check() const
{
    if (rotatedGraceDays < 0)
        return fail(Error::Kind::Input, CleanupText::tr("Days since a rotation must be 0 or more."), u"grace"_s);
    if (idleDays && *idleDays < 1)
        return fail(Error::Kind::Input, CleanupText::tr("Idle days must be 1 or more."), u"idle"_s);
    if (!idleDays && !neverUsed && !assistantGone && !rotatedAway && metadata.empty() && !costBelow &&
        assistantId.isEmpty())
        return fail(Error::Kind::Input,
                    CleanupText::tr("Choose at least one condition, such as days without activity."), u"rule"_s);
    for (const auto *tests : {&metadata, &keepMetadata})
        for (const MetadataTest &test : *tests)
            if (test.key.trimmed().isEmpty())
                return fail(Error::Kind::Input, CleanupText::tr("A metadata condition needs a key."), u"metadata"_s);
    return {};
}

QJsonObject toJson(const CleanupRule &rule)
{
    QJsonObject json{{u"never_used"_s, rule.neverUsed},
                     {u"assistant_gone"_s, rule.assistantGone},
                     {u"rotated_away"_s, rule.rotatedAway},
                     {u"assistant"_s, rule.assistantId},
                     {u"metadata"_s, testsToJson(rule.metadata)},
                     {u"keep_metadata"_s, testsToJson(rule.keepMetadata)},
                     {u"keep_assistants"_s, QJsonArray::fromStringList(rule.keepAssistants)},
                     {u"rotated_grace_days"_s, rule.rotatedGraceDays},
                     {u"recent_stores"_s, rule.recentStores},
                     {u"storage"_s, rule.storage}};
    if (rule.idleDays)
        json.insert(u"idle_days"_s, *rule.idleDays);
    if (rule.costBelow)
        json.insert(u"cost_below_pico"_s, QString::number(rule.costBelow->pico));
    return json;
}

Result<CleanupRule> cleanupRuleFromJson(const QJsonObject &json)
{
    CleanupRule rule;
    rule.idleDays.reset();
    if (json.contains("idle_days"_L1))
        rule.idleDays = json.value("idle_days"_L1).toInt();
    rule.neverUsed = json.value("never_used"_L1).toBool();
    rule.assistantGone = json.value("assistant_gone"_L1).toBool();
    rule.rotatedAway = json.value("rotated_away"_L1).toBool();
    rule.assistantId = json.value("assistant"_L1).toString();
    rule.metadata = testsFromJson(json.value("metadata"_L1).toArray());
    rule.keepMetadata = testsFromJson(json.value("keep_metadata"_L1).toArray());
    for (const QJsonValue id : json.value("keep_assistants"_L1).toArray())
        rule.keepAssistants << id.toString();
    rule.storage = json.value("storage"_L1).toBool();
    rule.recentStores = json.value("recent_stores"_L1).toBool();
    rule.rotatedGraceDays = json.value("rotated_grace_days"_L1).toInt(rule.rotatedGraceDays);
    if (json.contains("cost_below_pico"_L1))
        rule.costBelow = Money{json.value("cost_below_pico"_L1).toString().toLongLong()};
    if (Done done = rule.check(); !done)
        return fail(done.error());
    return rule;
}

QString keptNow(const CleanupRule &rule, const QJsonObject &before, const QJsonObject &now)
{
    for (const MetadataTest &test : rule.keepMetadata)
        if (holds(test, now))
            return CleanupText::tr("spared: %1").arg(words(test));
    for (const MetadataTest &test : rule.metadata)
        if (!holds(test, now))
            return CleanupText::tr("spared: its metadata changed since, and the rule no longer holds");
    const QString rotated = now.value("rotated_to"_L1).toString();
    if (rule.rotatedGraceDays > 0 && !rotated.isEmpty() && rotated != before.value("rotated_to"_L1).toString())
        return CleanupText::tr("spared: it was rotated to %1 since").arg(rotated);
    return {};
}

QString unseenThreads(qint64 known)
{
    return CleanupText::tr("This server does not list threads: %n known thread(s) will be asked just before a store or "
                           "file goes; threads Bobbin does not know are not seen.",
                           nullptr, int(known));
}

QString lookedAround()
{
    return CleanupText::tr(
        "Just before a store or file goes, assistants and threads are asked anew who points to it. A "
        "pointer set in the instant between those answers and the deletion is not seen.");
}

QString restoredAnew()
{
    return CleanupText::tr(
        "ids and times of threads and messages: an undo makes new threads with the same messages; runs, "
        "steps, citations and who wrote what by which run stay in the archive");
}

CleanupPlan planCleanup(const CleanupFacts &facts, const CleanupRule &rule, qint64 nowMs)
{
    const Planner planner(facts, rule, nowMs);
    CleanupPlan made;
    made.plan.kind = OperationKind::Cleanup;
    made.plan.options = toJson(rule);
    for (const ThreadFacts &t : facts.threads) {
        const QJsonObject metadata = planner.readsMetadata(t) && !t.metadata.isEmpty()
            ? QJsonDocument::fromJson(t.metadata).object()
            : QJsonObject();
        if (!planner.withinLimits(t, metadata))
            continue;
        QString why = planner.ground(t, metadata);
        if (why.isEmpty())
            continue;
        PlanTarget target;
        target.id = t.id;
        target.label = t.title.isEmpty() ? t.id : t.title;
        target.why = std::move(why);
        target.keptBack = planner.keptBack(t, metadata);
        target.lastActive = t.lastActiveAt;
        target.messages = t.messages;
        target.runs = t.runs;
        target.bytes = t.characters;
        target.cost = t.cost;
        if (target.included())
            made.archiveBytes +=
                t.characters + 600 * (t.messages.value_or(0) + t.runs.value_or(0)); // the JSON around the texts
        made.plan.targets.push_back(std::move(target));
    }
    addStorage(made, facts, rule, nowMs);
    made.plan.cannotComeBack = {restoredAnew()};
    if (rule.storage && !made.storesAlong.empty())
        made.plan.cannotComeBack << CleanupText::tr("ids of vector stores: an undo makes new ones with the files that "
                                                    "are still there");
    if (rule.storage && !made.filesAlong.empty())
        made.plan.cannotComeBack << CleanupText::tr(
            "files, also as attachments and pictures of messages: they are in the archive where the server lets their "
            "content be read and it is not above 32 MB");
    made.plan.smallPrint = {CleanupText::tr(
        "Each thread is read once more, whole, when it has been archived, and deleted at once if nothing changed. What "
        "reaches the server in the instant between that answer and the deletion goes unseen: the protocol has no "
        "deletion with a condition. Edits of a run's metadata after it ended are not looked for.")};
    if (rule.storage)
        made.plan.smallPrint << lookedAround();
    if (rule.assistantGone && !facts.assistantsListedAt)
        made.plan.warnings << CleanupText::tr("The list of assistants was never read whole, so it is not known which "
                                              "ones are gone.");
    const auto unread = std::ranges::count_if(
        facts.threads, [](const ThreadFacts &t) { return !t.syncedAt || t.partial || !t.problem.isEmpty(); });
    if (rule.storage && unread > 0)
        made.plan.warnings << CleanupText::tr("%n thread(s) were not read to their end: they may use a store or file "
                                              "that is deleted.",
                                              nullptr, int(unread));
    if (rule.storage && !facts.allThreadsKnown)
        made.plan.warnings << unseenThreads(qint64(facts.threads.size()));
    return made;
}

} // namespace bobbin
