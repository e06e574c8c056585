// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/consolidateplan.h"

#include "models/core/days.h"
#include "models/plans/neutraljson.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <algorithm>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ConsolidateText {
    Q_DECLARE_TR_FUNCTIONS(ConsolidatePlan)
};

constexpr qint64 recentMs = recentStoreDays * dayMs;
constexpr qsizetype mostSaid = 3; // consequences of one group, in its line

NewStoreFile newFile(const StoreFileFacts &file)
{
    return {file.file, QJsonDocument::fromJson(file.extra).object()};
}

QString nameOf(const StoreFacts &store)
{
    return store.name.isEmpty() ? store.id : store.name;
}

class GroupPlanner {
public:
    GroupPlanner(const ConsolidateFacts &facts, const ConsolidateOptions &options, const Capabilities &can, qint64 now)
        : m_facts(facts), m_options(options), m_can(can), m_now(now)
    {
    }

    PlanTarget target(const StoreGroup &group, Plan &plan)
    {
        const StoreFacts &survivor = m_facts.stores[group.survivor];
        std::vector<const StoreFacts *> all{&survivor};
        for (const std::size_t other : group.others)
            all.push_back(&m_facts.stores[other]);
        const std::vector<const StoreFacts *> leaving =
            m_options.intoNew ? all : std::vector<const StoreFacts *>(all.begin() + 1, all.end());

        PlanTarget target;
        target.id = survivor.id;
        target.resource = Resource::VectorStores;
        target.label = nameOf(survivor);
        target.lastActive = survivor.lastActiveAt;
        const std::vector<const StoreFileFacts *> lacking = missing(survivor, all);
        target.why = reason(group, survivor, lacking.empty());
        Money saved;
        bool known = true;
        qint64 bytes = 0;
        for (const StoreFacts *store : leaving) {
            known = known && store->perDay && store->bytes;
            saved += store->perDay.value_or(Money());
            bytes += store->bytes.value_or(0);
        }
        Money added; // what the survivor grows by, at the rate of the store it came from
        for (const StoreFileFacts *file : m_options.intoNew ? allFiles(all) : lacking)
            if (survivor.perDay && survivor.bytes.value_or(0) > 0)
                added += Money{
                    qint64(double(survivor.perDay->pico) / double(*survivor.bytes) * double(file->bytes.value_or(0)))};
        target.savedPerDay = known ? CostSum{saved - added, 1, 0} : CostSum{{}, 0, 1};
        target.cost = target.savedPerDay;
        target.bytes = bytes;
        target.messages = qint64(leaving.size());
        QStringList goes;
        if (!lacking.empty() && !m_options.intoNew)
            goes << ConsolidateText::tr("%n file(s) to add", nullptr, int(lacking.size()));
        const bool differs = warn(target, all, leaving, plan);
        const bool named =
            std::ranges::any_of(all, [&](const StoreFacts *s) { return m_options.preferred.contains(s->id); });
        target.chosen = named || (group.relation == StoreGroup::Relation::Equal && !differs) ||
            (group.relation == StoreGroup::Relation::Contained && m_options.contained) ||
            (group.relation == StoreGroup::Relation::Overlapping && m_options.overlapping);
        QStringList whom = changesFor(survivor, all, lacking);
        if (whom.size() > mostSaid)
            whom = whom.mid(0, mostSaid) << ConsolidateText::tr("%1 more see other files").arg(whom.size() - mostSaid);
        target.why = (QStringList{target.why} + whom).join(u"; "_s);
        for (const StoreFacts *store : leaving)
            if (target.keptBack.isEmpty())
                target.keptBack = usedLately(*store);
        addSteps(target, survivor, all, leaving, lacking);
        int pointers = 0;
        for (const Step &step : target.steps)
            pointers += int(step.act == Act::RepointAssistant || step.act == Act::RepointThread);
        if (pointers > 0)
            goes << ConsolidateText::tr("%n pointer(s) to move", nullptr, pointers);
        target.goesWith = goes.join(u", "_s);
        return target;
    }

    PlanTarget orphan(const StoreFacts &store) const
    {
        PlanTarget target;
        target.id = store.id;
        target.resource = Resource::VectorStores;
        target.label = nameOf(store);
        target.why = ConsolidateText::tr("no assistant and no known thread points to it");
        target.chosen = m_options.orphans;
        target.keptBack = usedLately(store);
        target.lastActive = store.lastActiveAt;
        target.bytes = store.bytes;
        target.savedPerDay = store.perDay ? CostSum{*store.perDay, 1, 0} : CostSum{{}, 0, 1};
        target.cost = target.savedPerDay;
        target.messages = 1;
        QJsonObject files{{store.id, fileIds(store)}};
        target.steps = {{Act::CheckStores, store.id, {}, {{u"stores"_s, files}}},
                        {Act::ArchiveStores, store.id, {}, {{u"stores"_s, QJsonArray{store.id}}}},
                        {Act::DeleteStore, store.id, {}, {}}};
        return target;
    }

private:
    const ConsolidateFacts &m_facts;
    const ConsolidateOptions &m_options;
    const Capabilities &m_can;
    qint64 m_now;

    [[nodiscard]] QString usedLately(const StoreFacts &store) const
    {
        if (m_facts.allThreadsKnown || m_options.recentStores || !store.lastActiveAt ||
            m_now - *store.lastActiveAt >= recentMs)
            return {};
        return ConsolidateText::tr("“%1” was used within %n day(s); a thread that Bobbin does not know may point to it",
                                   nullptr, recentStoreDays)
            .arg(nameOf(store));
    }

    // Who would search more files than now, or other ones.
    [[nodiscard]] QStringList changesFor(const StoreFacts &survivor, const std::vector<const StoreFacts *> &all,
                                         const std::vector<const StoreFileFacts *> &lacking) const
    {
        const auto after = contents(survivor) + std::ssize(lacking);
        QStringList lines;
        for (const StoreFacts *store : all) {
            const auto before = contents(*store);
            if (before == after)
                continue;
            const auto say = [&](const QString &id, const QString &text) {
                lines << text.arg(m_facts.names.value(id, id).left(40)).arg(after).arg(before);
            };
            for (const QString &id : store->assistants)
                say(id, ConsolidateText::tr("the assistant %1 would see %2 files instead of %3"));
            for (const QString &id : store->threads)
                say(id, ConsolidateText::tr("the thread %1 would see %2 files instead of %3"));
        }
        return lines;
    }
    [[nodiscard]] qsizetype contents(const StoreFacts &store) const // different ones that can be searched
    {
        QSet<QString> all;
        for (const StoreFileFacts &file : store.files)
            if (!file.failed)
                all.insert(same(file.file));
        return all.size();
    }

    [[nodiscard]] QString same(const QString &file) const { return m_facts.sameContent.value(file, file); }

    static QJsonArray fileIds(const StoreFacts &store)
    {
        QStringList ids;
        for (const StoreFileFacts &file : store.files)
            ids << file.file;
        ids.sort();
        return QJsonArray::fromStringList(ids);
    }

    [[nodiscard]] QString reason(const StoreGroup &group, const StoreFacts &survivor, bool holdsAll) const
    {
        QStringList names;
        for (const std::size_t other : group.others)
            names << nameOf(m_facts.stores[other]);
        QString listed = names.mid(0, 4).join(u", "_s);
        if (names.size() > 4)
            listed = ConsolidateText::tr("%1 and %2 more").arg(listed).arg(names.size() - 4);
        const int files = int(survivor.files.size());
        switch (group.relation) {
        case StoreGroup::Relation::Equal:
            return ConsolidateText::tr("the same %n file(s) are in %1", nullptr, files).arg(listed);
        case StoreGroup::Relation::Contained:
            return holdsAll ? ConsolidateText::tr("it holds everything of %1").arg(listed)
                            : ConsolidateText::tr("one of these holds everything of the others: %1").arg(listed);
        case StoreGroup::Relation::Overlapping:
            return ConsolidateText::tr("it shares most of its files with %1").arg(listed);
        }
        return {};
    }

    // One file of each content that the survivor does not have.
    [[nodiscard]] std::vector<const StoreFileFacts *> missing(const StoreFacts &survivor,
                                                              const std::vector<const StoreFacts *> &all) const
    {
        QSet<QString> has;
        for (const StoreFileFacts &file : survivor.files)
            if (!file.failed)
                has.insert(same(file.file));
        std::vector<const StoreFileFacts *> lacking;
        for (const StoreFacts *store : all)
            for (const StoreFileFacts &file : store->files)
                if (!file.failed && !has.contains(same(file.file))) {
                    has.insert(same(file.file));
                    lacking.push_back(&file);
                }
        return lacking;
    }

    [[nodiscard]] std::vector<const StoreFileFacts *> allFiles(const std::vector<const StoreFacts *> &all) const
    {
        return missing(StoreFacts(), all);
    }

    // Answers whether files of the same content are chunked or described differently.
    bool warn(const PlanTarget &target, const std::vector<const StoreFacts *> &all,
              const std::vector<const StoreFacts *> &leaving, Plan &plan) const
    {
        const auto say = [&](const QString &text) { plan.warnings << target.label + u": "_s + text; };
        QHash<QString, QByteArray> chunking;
        bool differs = false;
        for (const StoreFacts *store : all)
            for (const StoreFileFacts &file : store->files) {
                const auto known = chunking.constFind(same(file.file));
                if (known == chunking.cend())
                    chunking.insert(same(file.file), file.extra);
                else
                    differs = differs || *known != file.extra;
            }
        if (differs)
            say(ConsolidateText::tr("some files are chunked or described differently in these stores; the survivor's "
                                    "way stays"));
        if (std::ranges::any_of(all, [](const StoreFacts *s) { return s->expiresAt.has_value(); }))
            say(ConsolidateText::tr("one of the stores expires; the survivor keeps its own rule"));
        for (const StoreFacts *store : leaving) {
            if (store->metadata != all.front()->metadata) {
                say(ConsolidateText::tr("metadata differs; what only “%1” has goes with it").arg(nameOf(*store)));
                break;
            }
        }
        for (const StoreFacts *store : leaving)
            if (store->lastActiveAt && m_now - *store->lastActiveAt < recentMs) {
                say(ConsolidateText::tr("“%1” was used within 7 days: somebody may point to it").arg(nameOf(*store)));
                break;
            }
        return differs;
    }

    void addSteps(PlanTarget &target, const StoreFacts &survivor, const std::vector<const StoreFacts *> &all,
                  const std::vector<const StoreFacts *> &leaving,
                  const std::vector<const StoreFileFacts *> &lacking) const
    {
        std::vector<Step> &steps = target.steps;
        const QString to = m_options.intoNew ? QString() : survivor.id;
        QJsonObject files;
        QStringList stores;
        QStringList from;
        QStringList assistants;
        QStringList threads;
        for (const StoreFacts *store : all) {
            files.insert(store->id, fileIds(*store));
            stores << store->id;
        }
        for (const StoreFacts *store : leaving) {
            from << store->id;
            for (const QString &id : store->assistants)
                if (!assistants.contains(id))
                    assistants << id;
            for (const QString &id : store->threads)
                if (!threads.contains(id))
                    threads << id;
        }
        const auto array = [](const QStringList &list) { return QJsonArray::fromStringList(list); };
        steps.push_back({Act::CheckStores, survivor.id, {}, {{u"stores"_s, files}}});
        steps.push_back(
            {Act::ArchiveStores,
             survivor.id,
             {},
             {{u"stores"_s, array(stores)}, {u"assistants"_s, array(assistants)}, {u"threads"_s, array(threads)}}});
        std::vector<const StoreFileFacts *> toAdd = lacking;
        qsizetype expected = std::ranges::count_if(survivor.files, [](const auto &f) { return !f.failed; });
        if (m_options.intoNew) {
            steps.push_back({Act::CreateStore, {}, {}, toJson(NewStore{survivor.name, survivor.metadata, {}})});
            steps.push_back(takeMarkOff(Resource::VectorStores, survivor.metadata));
            toAdd = allFiles(all);
            expected = 0;
        }
        expected += qsizetype(toAdd.size());
        for (std::size_t at = 0; at < toAdd.size(); at += std::size_t(m_can.filesPerBatch)) {
            std::vector<NewStoreFile> batch;
            for (std::size_t i = at; i < std::min(toAdd.size(), at + std::size_t(m_can.filesPerBatch)); ++i)
                batch.push_back(newFile(*toAdd[i]));
            steps.push_back({Act::AddStoreFiles, to, {}, {{u"files"_s, toJson(batch)}}});
        }
        const auto failedBefore =
            m_options.intoNew ? 0 : std::ranges::count_if(survivor.files, &StoreFileFacts::failed);
        steps.push_back({Act::AwaitStore, to, {}, {{u"files"_s, expected}, {u"failed"_s, qint64(failedBefore)}}});
        // Each with the stores it points to itself: an undo points it back there.
        const auto repoint = [&](Act act, const QString &id, QStringList StoreFacts::*owners) {
            QStringList own;
            for (const StoreFacts *store : leaving)
                if ((store->*owners).contains(id))
                    own << store->id;
            steps.push_back({act, id, {}, {{u"from"_s, array(own)}, {u"to"_s, to}}});
        };
        for (const QString &id : assistants)
            repoint(Act::RepointAssistant, id, &StoreFacts::assistants);
        for (const QString &id : threads)
            repoint(Act::RepointThread, id, &StoreFacts::threads);
        steps.push_back(
            {Act::VerifyPointers,
             to,
             {},
             {{u"from"_s, array(from)}, {u"assistants"_s, array(assistants)}, {u"threads"_s, array(threads)}}});
        for (const StoreFacts *store : leaving)
            steps.push_back({Act::DeleteStore, store->id, {}, {}});
    }
};

} // namespace

ConsolidatePlan planConsolidation(const ConsolidateFacts &facts, const ConsolidateOptions &options,
                                  const Capabilities &can, qint64 nowMs)
{
    ConsolidatePlan made;
    Plan &plan = made.plan;
    plan.kind = OperationKind::Consolidate;
    plan.options = {{u"overlap_percent"_s, options.overlapPercent}, {u"into_new"_s, options.intoNew}};
    GroupPlanner planner(facts, options, can, nowMs);
    QSet<QString> grouped;
    for (const StoreGroup &group : groupStores(facts, options)) {
        grouped.insert(facts.stores[group.survivor].id);
        for (const std::size_t other : group.others)
            grouped.insert(facts.stores[other].id);
        plan.targets.push_back(planner.target(group, plan));
        auto &members = made.groups[plan.targets.back().id];
        const auto add = [&](const StoreFacts &store) {
            members.push_back(
                {store.id,
                 ConsolidateText::tr("%1 (%n file(s))", nullptr, int(store.files.size())).arg(nameOf(store))});
        };
        add(facts.stores[group.survivor]);
        for (const std::size_t other : group.others)
            if (facts.stores[other].status != "expired"_L1)
                add(facts.stores[other]);
    }
    for (const StoreFacts &store : facts.stores)
        if (!grouped.contains(store.id) && store.filesKnown && store.assistants.isEmpty() && store.threads.isEmpty())
            plan.targets.push_back(planner.orphan(store));
    for (const OwnedObject &file : facts.orphanFiles) {
        PlanTarget target;
        target.id = file.id;
        target.resource = Resource::Files;
        target.label = file.name.isEmpty() ? file.id : file.name;
        target.why = ConsolidateText::tr("no store, assistant, thread or known message uses it");
        target.chosen = options.orphans;
        target.bytes = file.bytes;
        target.phase = 1;
        target.steps = {{Act::ArchiveStores, file.id, {}, {{u"files"_s, QJsonArray{file.id}}}},
                        {Act::DeleteFile, file.id, {}, {}}};
        plan.targets.push_back(std::move(target));
    }
    if (!facts.allThreadsKnown)
        plan.warnings << unseenThreads(facts.knownThreads);
    plan.smallPrint = {lookedAround()};
    plan.cannotComeBack = {
        ConsolidateText::tr("ids of deleted stores: an undo makes new ones with the same files and "
                            "points back to them"),
        ConsolidateText::tr("files that nothing uses and that are deleted: they are in the archive "
                            "where the server lets their content be read and it is not above 32 MB")};
    return made;
}

} // namespace bobbin
