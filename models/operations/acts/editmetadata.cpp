// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/handler.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

// Whether a modify replaces the map or merges it is not documented: read, edit, send all of it.
OutcomeTask perform(Hands &hands, StepContext c)
{
    auto asking = hands.get(Resource::Threads, c.step.object);
    const Result<Objects> thread = co_await asking;
    if (!thread) {
        if (thread.error().kind == Error::Kind::NotFound && c.step.body.value("may_be_gone"_L1).toBool())
            co_return finished({}, ActText::tr("the server no longer has it"));
        co_return failed(thread.error());
    }
    const auto read = hands.provider().readBelongings(thread->threads.front().raw);
    if (!read)
        co_return failed(read.error());
    Metadata metadata = read->metadata;
    const Metadata set = metadataFromJson(c.step.body.value("set"_L1).toObject());
    for (auto it = set.begin(); it != set.end(); ++it)
        metadata.insert(it.key(), it.value() == "{made}"_L1 ? c.made : it.value());
    const QStringList removed = strings(c.step.body.value("remove"_L1));
    for (const QString &key : removed)
        metadata.remove(key);
    const Change marking = change::EditThread{c.step.object, metadata, {}, removed};
    auto editing = hands.edit(Resource::Threads, marking);
    const Done edited = co_await editing;
    co_return edited ? finished() : failed(edited.error());
}

OutcomeTask happened(Hands &hands, StepContext c)
{
    auto asking = hands.get(Resource::Threads, c.step.object);
    const Result<Objects> thread = co_await asking;
    if (!thread && thread.error().kind != Error::Kind::NotFound)
        co_return failed(thread.error());
    const auto read = thread && !thread->threads.empty() ? hands.provider().readBelongings(thread->threads.front().raw)
                                                         : fail(Error::Kind::NotFound, {});
    const QStringList keys = c.step.body.value("set"_L1).toObject().keys();
    const bool all = read && !keys.isEmpty() &&
        std::ranges::all_of(keys, [&](const QString &key) { return read->metadata.contains(key); });
    co_return all ? finished() : notDone();
}

// A thread that was deleted too comes back without the mark.
void undo(UndoDraft &draft, const DoneStep &step)
{
    const DoneTarget &done = *draft.done;
    if (done.made.isEmpty() || done.done(Act::DeleteThread))
        return;
    const QJsonArray keys = QJsonArray::fromStringList(step.step.body.value("set"_L1).toObject().keys());
    draft.target(u"rotation"_s, done.made)
        .steps.push_back({Act::EditMetadata, done.target.id, {}, {{u"remove"_s, keys}, {u"may_be_gone"_s, true}}});
}

} // namespace

const Handler acts::EditMetadata{
    .act = Act::EditMetadata,
    .text = QT_TRANSLATE_NOOP("Acts", "mark thread"),
    .perform = perform,
    .changes = true,
    .happened = happened,
    .undo = undo,
};

} // namespace bobbin
