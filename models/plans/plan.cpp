// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/plans/plan.h"

#include "models/plans/neutraljson.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct PlanText {
    Q_DECLARE_TR_FUNCTIONS(Plan)
};

struct KindWord {
    OperationKind kind;
    QLatin1String word;
    const char *text;
};
constexpr KindWord kinds[] = {
    {OperationKind::Rotate, QLatin1String("rotate"), QT_TRANSLATE_NOOP("Plan", "rotate")},
    {OperationKind::CancelRuns, QLatin1String("cancel"), QT_TRANSLATE_NOOP("Plan", "cancel")},
    {OperationKind::Cleanup, QLatin1String("cleanup"), QT_TRANSLATE_NOOP("Plan", "clean up")},
    {OperationKind::Consolidate, QLatin1String("consolidate"), QT_TRANSLATE_NOOP("Plan", "consolidate")},
    {OperationKind::Answer, QLatin1String("answer"), QT_TRANSLATE_NOOP("Plan", "answer")},
    {OperationKind::Turn, QLatin1String("turn"), QT_TRANSLATE_NOOP("Plan", "turn")},
    {OperationKind::Archive, QLatin1String("archive"), QT_TRANSLATE_NOOP("Plan", "archive")},
    {OperationKind::Undo, QLatin1String("undo"), QT_TRANSLATE_NOOP("Plan", "undo")},
};

} // namespace

qint64 Plan::count() const
{
    return std::ranges::count_if(targets, &PlanTarget::included);
}

qint64 Plan::keptBackCount() const
{
    return std::ranges::count_if(targets, [](const PlanTarget &t) { return !t.keptBack.isEmpty(); });
}

CostSum Plan::savedPerDay() const
{
    CostSum sum;
    for (const PlanTarget &target : targets)
        if (target.included() && target.savedPerDay)
            sum += *target.savedPerDay;
    return sum;
}

std::optional<Money> Plan::savedPerTurn() const
{
    std::optional<Money> sum;
    for (const PlanTarget &target : targets)
        if (target.included() && target.savedPerTurn)
            sum = sum.value_or(Money()) + *target.savedPerTurn;
    return sum;
}

namespace {

// What it does, not what was done: "Restore 71 threads".
QString undoTitle(const Plan &plan)
{
    int threads = 0;
    int stores = 0;
    int rotations = 0;
    for (const PlanTarget &target : plan.targets) {
        if (!target.included())
            continue;
        const auto has = [&](Act act) {
            return std::ranges::find(target.steps, act, &Step::act) != target.steps.end();
        };
        rotations += has(Act::DeleteThread) ? 1 : 0;
        threads += has(Act::RestoreThread) && !has(Act::DeleteThread) ? 1 : 0;
        stores += has(Act::CreateStore) ? 1 : 0;
    }
    QStringList parts;
    if (threads > 0)
        parts << PlanText::tr("%n thread(s)", nullptr, threads);
    if (stores > 0)
        parts << PlanText::tr("%n vector store(s)", nullptr, stores);
    if (rotations > 0)
        return PlanText::tr("Undo the rotation of %n thread(s)", nullptr, rotations);
    return parts.isEmpty() ? plan.title : PlanText::tr("Restore %1").arg(parts.join(u", "_s));
}

} // namespace

QString titleOf(const Plan &plan)
{
    const auto counted = [&](const PlanTarget &target) -> std::array<int, 3> { // threads and runs, stores, files
        if (!target.included())
            return {};
        if (target.resource == Resource::Files)
            return {0, 0, 1};
        if (target.resource != Resource::VectorStores)
            return {1, 0, 0};
        return {0, int(std::ranges::count(target.steps, Act::DeleteStore, &Step::act)), 0};
    };
    int threads = 0;
    int stores = 0;
    int files = 0;
    for (const PlanTarget &target : plan.targets) {
        const auto [t, s, f] = counted(target);
        threads += t;
        stores += s;
        files += f;
    }
    switch (plan.kind) {
    case OperationKind::Rotate:
        return PlanText::tr("Rotate %n thread(s)", nullptr, threads);
    case OperationKind::CancelRuns:
        return PlanText::tr("Cancel %n run(s)", nullptr, threads);
    case OperationKind::Archive:
        return PlanText::tr("Archive %n thread(s)", nullptr, threads);
    case OperationKind::Cleanup:
    case OperationKind::Consolidate: {
        QStringList parts;
        if (threads > 0 || plan.kind == OperationKind::Cleanup)
            parts << PlanText::tr("%n thread(s)", nullptr, threads);
        if (stores > 0 || (plan.kind == OperationKind::Consolidate && files == 0))
            parts << PlanText::tr("%n vector store(s)", nullptr, stores);
        if (files > 0)
            parts << PlanText::tr("%n file(s)", nullptr, files);
        const QString last = parts.takeLast();
        const auto groups = std::ranges::count_if(plan.targets, [](const PlanTarget &t) {
            return t.included() && std::ranges::find(t.steps, Act::AwaitStore, &Step::act) != t.steps.end();
        });
        const QString where =
            groups > 0 ? PlanText::tr("Delete %1 in %n group(s)", nullptr, int(groups)) : PlanText::tr("Delete %1");
        return where.arg(parts.isEmpty() ? last : PlanText::tr("%1 and %2").arg(parts.join(u", "_s), last));
    }
    case OperationKind::Undo:
        return undoTitle(plan);
    case OperationKind::Answer:
    case OperationKind::Turn:
        break;
    }
    return plan.title;
}

Step takeMarkOff(Resource resource, const Metadata &metadata)
{
    return {Act::TakeMarkOff,
            {},
            {},
            {{u"resource"_s, resource == Resource::VectorStores ? u"vector_store"_s : u"thread"_s},
             {u"metadata"_s, toJson(metadata)}}};
}

QString kindWord(OperationKind kind)
{
    return std::ranges::find(kinds, kind, &KindWord::kind)->word;
}

std::vector<std::pair<QString, QString>> kindWords()
{
    std::vector<std::pair<QString, QString>> all;
    for (const KindWord &one : kinds)
        all.emplace_back(one.word, PlanText::tr(one.text));
    return all;
}

std::optional<OperationKind> kindFromWord(const QString &word)
{
    for (const KindWord &one : kinds)
        if (word == one.word)
            return one.kind;
    return std::nullopt;
}

QJsonObject seenOf(const PlanTarget &thread)
{
    const auto orNull = [](const std::optional<qint64> &n) { return n ? QJsonValue(*n) : QJsonValue(); };
    return {{u"last_active"_s, orNull(thread.lastActive)},
            {u"messages"_s, orNull(thread.messages)},
            {u"runs"_s, orNull(thread.runs)}};
}

std::vector<Step> stepsOf(OperationKind kind, const PlanTarget &target)
{
    if (!target.steps.empty() || kind != OperationKind::Cleanup)
        return target.steps;
    const QJsonObject seen = seenOf(target);
    return {{Act::CheckThread, target.id, {}, seen},
            {Act::ArchiveThread, target.id, {}, {}},
            {Act::DeleteThread, target.id, {}, seen}};
}

QJsonArray stepsToJson(const std::vector<Step> &steps)
{
    QJsonArray array;
    for (const Step &step : steps) {
        QJsonObject json{{u"act"_s, actWord(step.act)}};
        if (!step.object.isEmpty())
            json.insert(u"object"_s, step.object);
        if (!step.parent.isEmpty())
            json.insert(u"parent"_s, step.parent);
        if (!step.body.isEmpty())
            json.insert(u"body"_s, step.body);
        array << json;
    }
    return array;
}

Result<std::vector<Step>> stepsFromJson(const QJsonArray &json)
{
    std::vector<Step> steps;
    for (const QJsonValue value : json) {
        const auto act = actFromWord(value["act"_L1].toString());
        if (!act)
            return fail(Error::Kind::Storage,
                        u"the journal has a step of an unknown kind, \"%1\": it was written by "
                        "a newer Bobbin"_s.arg(value["act"_L1].toString()));
        steps.push_back(
            {*act, value["object"_L1].toString(), value["parent"_L1].toString(), value["body"_L1].toObject()});
    }
    return steps;
}

} // namespace bobbin
