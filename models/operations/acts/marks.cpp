// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/operations/acts/marks.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 clockSlackMs = 3'600'000; // the server's clock may be an hour off
constexpr int mostPages = 100;

struct Made {
    QString id;
    OptTime createdAt;
    QByteArray raw;
};

std::vector<Made> madeOf(Resource resource, const Objects &objects)
{
    std::vector<Made> all;
    if (resource == Resource::Threads)
        for (const Thread &one : objects.threads)
            all.push_back({one.id, one.createdAt, one.raw});
    else
        for (const VectorStore &one : objects.stores)
            all.push_back({one.id, one.createdAt, one.raw});
    return all;
}

// Newest first, back to before it was sent.
OutcomeTask findMade(Hands &hands, StepContext c, Resource resource)
{
    if (resource == Resource::Threads) {
        auto asking = hands.sync.listsThreads(hands.stop);
        const Result<bool> lists = co_await asking;
        if (!lists)
            co_return failed(lists.error());
        // Where threads cannot be listed they are created empty, so one that is lost holds nothing.
        if (!*lists)
            co_return notDone();
    }
    QString id;
    int pages = 0;
    const auto look = [&](const Page &page) {
        const std::vector<Made> made = madeOf(resource, page.objects);
        for (const Made &one : made) {
            const auto read = hands.provider().readBelongings(one.raw);
            if (read && read->metadata.value(markKey) == c.marker)
                id = one.id;
        }
        const bool before = c.sentAt && !made.empty() && made.back().createdAt && made.front().createdAt &&
            *made.back().createdAt <= *made.front().createdAt && *made.back().createdAt < *c.sentAt - clockSlackMs;
        return id.isEmpty() && !made.empty() && !before && ++pages < mostPages;
    };
    ListRef ref{resource};
    ref.newestFirst = true;
    auto reading = hands.eachPage(ref, look);
    const Done done = co_await reading;
    if (!done)
        co_return failed(done.error());
    co_return id.isEmpty() ? Outcome{Outcome::Kind::NotDone} : finished({{u"id"_s, id}});
}

} // namespace

Metadata marked(Metadata metadata, const StepContext &c, const Provider &provider)
{
    while (metadata.size() >= provider.capabilities().metadataPairs)
        metadata.remove(metadata.lastKey());
    metadata.insert(markKey, c.marker);
    return metadata;
}

OutcomeTask findMadeThread(Hands &hands, StepContext c)
{
    return findMade(hands, std::move(c), Resource::Threads);
}

OutcomeTask findMadeStore(Hands &hands, StepContext c)
{
    return findMade(hands, std::move(c), Resource::VectorStores);
}

} // namespace bobbin
