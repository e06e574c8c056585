// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/importers/archiveimporter.h"

#include "models/archive/archive.h"
#include "models/providers/registry.h"

namespace bobbin {

using namespace Qt::Literals::StringLiterals;

namespace {

template <class T> void append(std::vector<T> &to, std::vector<T> &from, const QString &id = {})
{
    if (from.size() == 1 && !id.isEmpty())
        from.front().id = id;
    std::ranges::move(from, std::back_inserter(to));
}

Done add(const Provider &provider, const ArchivedObject &object, Objects &into)
{
    const std::optional<Resource> resource = resourceOf(object.type);
    if (!resource)
        return {}; // of a newer format: kept in the file
    Result<Objects> read = provider.readItem(*resource, object.parent, object.raw);
    if (!read)
        return fail(read.error());
    append(into.assistants, read->assistants);
    append(into.threads, read->threads);
    append(into.messages, read->messages, object.id);
    append(into.runs, read->runs, object.id);
    append(into.steps, read->steps);
    append(into.files, read->files);
    append(into.stores, read->stores);
    append(into.storeFiles, read->storeFiles);
    return {};
}

} // namespace

QString ArchiveImporter::name() const
{
    return u"Bobbin archive"_s;
}

bool ArchiveImporter::recognises(const QByteArray &head) const
{
    return head.startsWith("\x28\xb5\x2f\xfd"); // a zstd frame
}

Result<const Provider *> ArchiveImporter::provider(const QString &path) const
{
    std::optional<Result<const Provider *>> found;
    const auto count = readArchive(path, [&](const ArchivedFrame &frame) -> Done {
        found = providerById(frame.origin.provider);
        return fail(Error::Kind::Cancelled, {}); // no further
    });
    return found ? *found : fail(count.error());
}

Result<ContentCount> ArchiveImporter::read(const QString &path, const Provider &provider,
                                           const std::function<Done(const Imported &)> &each) const
{
    return readArchive(path, [&](const ArchivedFrame &frame) -> Done {
        if (frame.origin.provider != provider.id())
            return fail(Error::Kind::Archive,
                        u"it holds what was read from two kinds of servers (%1 and %2): open them one by one"_s.arg(
                            provider.id(), frame.origin.provider),
                        path);
        auto objects = std::make_shared<Objects>();
        QStringList whole;
        for (const ArchivedObject &object : frame.objects) {
            if (Done done = add(provider, object, *objects); !done)
                return done;
            if (object.type == "thread"_L1)
                whole << objects->threads.back().id; // others are only referred to
        }
        return each({objects, whole, frame.origin.writtenMs});
    });
}

} // namespace bobbin
