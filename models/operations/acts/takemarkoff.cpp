// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"
#include "models/operations/acts/restoring.h"

#include <QCoreApplication>

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

struct ActText {
    Q_DECLARE_TR_FUNCTIONS(Acts)
};

QByteArray rawOf(const Objects &made)
{
    return !made.threads.empty() ? made.threads.front().raw
        : !made.stores.empty()   ? made.stores.front().raw
                                 : QByteArray();
}

// What it is to have: as planned, or as the archive has it.
Result<Metadata> planned(const Hands &hands, const QJsonObject &body)
{
    if (!body.contains("file"_L1))
        return metadataFromJson(body.value("metadata"_L1).toObject());
    Result<ArchivedThread> archived = archivedThread(hands, body);
    if (!archived)
        return fail(archived.error());
    return std::move(archived->thread.metadata);
}

bool refusedForGood(const Error &error)
{
    return error.kind == Error::Kind::Rejected || error.kind == Error::Kind::Forbidden;
}

// Settled: it will not have to be found any more. What somebody else wrote meanwhile stays.
QCoro::Task<Done> takeOff(Hands &hands, StepContext c)
{
    const Resource resource =
        c.step.body.value("resource"_L1).toString() == "vector_store"_L1 ? Resource::VectorStores : Resource::Threads;
    auto asking = hands.get(resource, c.made);
    const Result<Objects> now = co_await asking;
    if (!now && now.error().kind == Error::Kind::NotFound)
        co_return Done();
    if (!now)
        co_return fail(now.error());
    const auto read = hands.provider().readBelongings(rawOf(*now));
    if (!read)
        co_return fail(read.error());
    const Result<Metadata> wanted = planned(hands, c.step.body);
    if (!wanted)
        co_return fail(wanted.error());
    Metadata metadata = read->metadata;
    metadata.remove(markKey);
    for (auto it = wanted->begin(); it != wanted->end(); ++it)
        if (!metadata.contains(it.key()) && metadata.size() < hands.provider().capabilities().metadataPairs)
            metadata.insert(it.key(), it.value());
    if (metadata == read->metadata)
        co_return Done();
    const Change unmarking = resource == Resource::VectorStores
        ? Change(change::EditStore{c.made, metadata})
        : Change(change::EditThread{c.made, metadata, {}, {markKey}});
    auto editing = hands.edit(resource, unmarking);
    co_return co_await editing;
}

OutcomeTask perform(Hands &hands, StepContext c)
{
    auto taking = takeOff(hands, c);
    Done done = co_await taking;
    if (!done && refusedForGood(done.error())) { // by a proxy, or because it changed while it was read
        auto again = takeOff(hands, c);
        done = co_await again;
    }
    if (!done && refusedForGood(done.error()))
        co_return finished({}, ActText::tr("the server keeps our mark (metadata bobbin_step) on %1").arg(c.made));
    co_return done ? finished() : failed(done.error());
}

} // namespace

const Handler acts::TakeMarkOff{
    .act = Act::TakeMarkOff,
    .text = QT_TRANSLATE_NOOP("Acts", "take the operation's mark off"),
    .perform = perform,
    .changes = true,
};

} // namespace bobbin
